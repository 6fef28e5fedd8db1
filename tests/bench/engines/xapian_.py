"""Xapian through Debian's binding (python3-xapian)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from indexer.analysis import Analyzer
from indexer.paper import Paper
from tests.bench.engines import Hits
from tests.bench.questions import Question

VENUE, YEAR = 0, 1


def make(name: str) -> Xapian:
    return Xapian()


class Xapian:
    """Our own stems with positions, title and abstract as one field, titles twice."""

    def build(self, papers: Iterable[Paper], folder: Path) -> None:
        xapian: Any = import_module("xapian")

        analyzer = Analyzer()
        db = xapian.WritableDatabase(str(folder), xapian.DB_CREATE_OR_OVERWRITE)
        for paper in papers:
            document = xapian.Document()
            document.set_data(paper.title)
            at = 0
            for text, weight in ((paper.title, 2), (paper.abstract, 1)):
                tokens = [token for token in analyzer.tokens(text) if not token.joined]
                for token in tokens:
                    document.add_posting(token.stem[:200], at + token.position, weight)
                at += len(tokens) + 100
            for name in paper.authors:
                for word in name.lower().split():
                    document.add_boolean_term(f"XA{word}"[:200])
            document.add_boolean_term(f"XV{paper.venue}"[:200])
            document.add_value(VENUE, paper.venue)
            document.add_value(YEAR, xapian.sortable_serialise(paper.year or 0))
            db.add_document(document)
        db.commit()
        db.close()

    def open(self, folder: Path) -> Callable[[Question], Hits | None]:
        xapian: Any = import_module("xapian")

        analyzer = Analyzer()
        db = xapian.Database(str(folder))

        def answer(question: Question) -> Hits | None:
            if question.facets:
                return None
            joined = xapian.Query.OP_OR
            if question.phrase:
                joined = xapian.Query.OP_PHRASE
            elif question.every or question.author:
                joined = xapian.Query.OP_AND
            if question.author:
                terms = [f"XA{word}" for word in question.words]
            else:
                terms = [analyzer.stem(word) for word in question.words]
            query = xapian.Query(joined, terms)
            if question.venue:
                venue = xapian.Query(f"XV{question.venue}")
                query = xapian.Query(xapian.Query.OP_FILTER, query, venue)
            if question.years:
                low, high = map(xapian.sortable_serialise, question.years)
                span = xapian.Query(xapian.Query.OP_VALUE_RANGE, YEAR, low, high)
                query = xapian.Query(xapian.Query.OP_FILTER, query, span)
            enquire = xapian.Enquire(db)
            enquire.set_query(query)
            found = enquire.get_mset(0, 10)
            titles = [hit.document.get_data().decode() for hit in found]
            return found.get_matches_estimated(), titles, {}

        return answer
