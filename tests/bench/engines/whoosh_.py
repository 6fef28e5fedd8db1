"""Stock Whoosh, with its own codec, writer and searcher."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from indexer.analysis import STOP_WORDS, Analyzer
from indexer.paper import Paper
from tests.bench.engines import Hits
from tests.bench.questions import Question

_ANALYZER = Analyzer()


def stem(word: str) -> str:
    """Stem as we do; Whoosh pickles it by this name."""
    return _ANALYZER.stem(word)


def make(name: str) -> Whoosh:
    return Whoosh()


class Whoosh:
    """The same words, stems and stop words as ours; titles weigh twice.

    Of facets it counts venues and years only: authors would take it half a second. So it is not
    asked how many of them differ.
    """

    def build(self, papers: Iterable[Paper], folder: Path) -> None:
        from whoosh import fields, index
        from whoosh.analysis import LowercaseFilter, RegexTokenizer, StemFilter, StopFilter

        words = (
            RegexTokenizer(r"\w+")
            | LowercaseFilter()
            | StopFilter(stoplist=STOP_WORDS, minsize=1)
            | StemFilter(stemfn=stem, cachesize=-1)
        )
        schema = fields.Schema(
            id=fields.ID(unique=True, stored=True),
            title=fields.TEXT(words, stored=True, field_boost=2.0),
            abstract=fields.TEXT(words, stored=True),
            author=fields.TEXT(RegexTokenizer(r"\w+") | LowercaseFilter(), stored=True),
            venue=fields.ID(stored=True, sortable=True),
            year=fields.NUMERIC(stored=True, sortable=True),
        )
        self._write(index.create_in(folder, schema), papers)

    def update(self, papers: list[Paper], folder: Path) -> None:
        from whoosh import index

        self._write(index.open_dir(folder), papers, replace=True)

    def _write(self, index: Any, papers: Iterable[Paper], *, replace: bool = False) -> None:
        writer = index.writer(limitmb=512)
        put = writer.update_document if replace else writer.add_document
        for paper in papers:
            put(
                id=paper.id,
                title=paper.title,
                abstract=paper.abstract,
                author="; ".join(paper.authors),
                venue=paper.venue,
                year=paper.year,
            )
        writer.commit()

    def open(self, folder: Path) -> Callable[[Question], Hits | None]:
        from whoosh import index, query, sorting
        from whoosh.qparser import MultifieldParser, OrGroup, QueryParser

        opened = index.open_dir(folder)
        searcher = opened.searcher()
        schema = opened.schema
        parsers = {
            False: MultifieldParser(["title", "abstract"], schema, group=OrGroup),
            True: MultifieldParser(["title", "abstract"], schema),
        }
        names = QueryParser("author", schema)

        def answer(question: Question) -> Hits | None:
            if question.distinct:
                return None
            text = " ".join(question.words)
            if question.author:
                parsed = names.parse(text)
            else:
                parsed = parsers[question.every].parse(f'"{text}"' if question.phrase else text)
            chosen = None
            if question.venue:
                chosen = query.Term("venue", question.venue)
            if question.years:
                chosen = query.NumericRange("year", *question.years)
            if not question.facets:
                found = searcher.search(parsed, limit=10, filter=chosen)
                return -1, [hit["title"] for hit in found], {}
            grouped = sorting.Facets()
            for name in ("venue", "year"):
                grouped.add_facet(name, sorting.FieldFacet(name, maptype=sorting.Count))
            found = searcher.search(parsed, limit=10, groupedby=grouped)
            counts = dict(found.groups("venue"))
            return len(found), [found[at]["title"] for at in range(min(10, len(found)))], counts

        return answer
