"""The field ``label:`` answers the same in every backend, in each generation by its own labels."""

from __future__ import annotations

from indexer.language.parse import parse_query
from indexer.query import And, Clause, Not, Query, Value, Word
from indexer.reviews.labels import NO_LABELS, PaperLabels, attach_labels, labels_of
from indexer.reviews.screening_order import screening_order
from indexer.search import Searcher
from tests.conformance.backends import Backend
from tests.conformance.examples import EVERY, PAPERS

LABELS = PaperLabels(
    (("surgery", "included"), ("grape", "excluded"), ("no such paper", "included"))
)


def matching(searcher: Searcher, clause: Clause) -> set[str]:
    return set(searcher.ids(Query(clause=clause)))


def test_papers_are_found_by_their_labels(backend: Backend) -> None:
    with backend.index() as index:
        with index.writer() as writer:
            for paper in PAPERS:
                writer.add(paper)
            attach_labels(writer, LABELS)
        with index.searcher() as before:
            assert labels_of(before) == LABELS
            assert matching(before, Value("label", "included")) == {"surgery"}
            assert matching(before, Value("label", "excluded")) == {"grape"}
            assert matching(before, Not(Value("label", "any"))) == EVERY - {"surgery", "grape"}
            both = And((Word("learning"), Not(Value("label", "included"))))
            assert matching(before, both) == {"invasive"}
            with index.writer() as writer:
                attach_labels(writer, NO_LABELS)
            assert matching(before, Value("label", "any")) == {"surgery", "grape"}
        with index.searcher() as after:
            assert matching(after, Value("label", "any")) == set()


def test_the_order_of_screening_is_the_same_everywhere(backend: Backend) -> None:
    with backend.index() as index:
        with index.writer() as writer:
            for paper in PAPERS:
                writer.add(paper)
            attach_labels(writer, LABELS)
        with index.searcher() as searcher:
            order = screening_order(searcher, parse_query(""))
    assert (order.papers, order.included, order.excluded) == (len(EVERY), 1, 1)
    assert {candidate.paper.id for candidate in order.candidates} == EVERY - {"surgery", "grape"}
    assert order.candidates[0].paper.id == "invasive"
