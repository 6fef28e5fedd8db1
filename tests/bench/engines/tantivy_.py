"""Tantivy (Lucene's design in Rust) through its Python binding."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from indexer.analysis import STOP_WORDS
from indexer.paper import Paper
from tests.bench.engines import Hits
from tests.bench.questions import Question

BOOST = {"title": 2.0}


def make(name: str) -> Tantivy:
    return Tantivy()


class Tantivy:
    """One segment, one thread, English stems, our stop words."""

    def _index(self, folder: Path) -> Any:
        import tantivy

        schema = tantivy.SchemaBuilder()
        schema.add_text_field("id", stored=True, tokenizer_name="raw", fast=True)
        for name in ("title", "abstract", "author"):
            schema.add_text_field(name, stored=True, tokenizer_name="english")
        schema.add_text_field("venue", stored=True, tokenizer_name="raw", fast=True)
        schema.add_text_field("names", tokenizer_name="raw", fast=True)
        schema.add_integer_field("year", stored=True, indexed=True, fast=True)
        index = tantivy.Index(schema.build(), path=str(folder))
        analyzer = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(r"\w+"))
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.custom_stopword(sorted(STOP_WORDS)))
            .filter(tantivy.Filter.stemmer("english"))
            .build()
        )
        index.register_tokenizer("english", analyzer)
        return index

    def build(self, papers: Iterable[Paper], folder: Path) -> None:
        self._write(self._index(folder), papers)

    def update(self, papers: list[Paper], folder: Path) -> None:
        self._write(self._index(folder), papers, replace=True)

    def _write(self, index: Any, papers: Iterable[Paper], *, replace: bool = False) -> None:
        import tantivy

        writer = index.writer(heap_size=200_000_000, num_threads=1)
        for paper in papers:
            if replace:
                writer.delete_documents("id", paper.id)
            document = tantivy.Document(
                id=paper.id,
                title=paper.title,
                abstract=paper.abstract,
                author="; ".join(paper.authors),
                venue=paper.venue or "unknown",
                year=paper.year or 0,
            )
            for name in paper.authors:
                document.add_text("names", name)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> Callable[[Question], Hits | None]:
        index = self._index(folder)
        index.reload()
        searcher = index.searcher()

        def answer(question: Question) -> Hits:
            found = searcher.search(index.parse_query(*_parsed(question), field_boosts=BOOST), 10)
            titles = [searcher.doc(at)["title"][0] for _, at in found.hits]
            counts: dict[str, int] = {}
            if question.facets:
                query = index.parse_query(*_parsed(question), field_boosts=BOOST)
                asked = _AGGREGATIONS | _DISTINCT if question.distinct else _AGGREGATIONS
                made = searcher.aggregate(query, asked)
                counts = {one["key"]: one["doc_count"] for one in made["venue"]["buckets"]}
            return found.count, titles, counts

        return answer


_AGGREGATIONS = {
    "venue": {"terms": {"field": "venue", "size": 100}},
    "year": {"terms": {"field": "year", "size": 100}},
    "author": {"terms": {"field": "names", "size": 20}},
}
_DISTINCT = {"distinct": {"cardinality": {"field": "names"}}}
"""About how many authors differ: tantivy estimates the number."""


def _parsed(question: Question) -> tuple[str, list[str]]:
    fields = ["title", "abstract"]
    text = (" AND " if question.every or question.author else " ").join(question.words)
    if question.author:
        fields = ["author"]
    if question.phrase:
        text = f'"{" ".join(question.words)}"'
    if question.venue:
        text = f'({text}) AND venue:"{question.venue}"'
    if question.years:
        text = f"({text}) AND year:[{question.years[0]} TO {question.years[1]}]"
    return text, fields
