"""What is said of authors beyond counting them: how two of them are connected."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.authors.clustering.people_table import ATTACHED, number_groups, paper_hash, write_table
from indexer.authors.curation import CuratedPapers, Curation, attach_curation
from indexer.authors.person_papers import NO_TABLE
from indexer.language.parse import parse_query
from indexer.paper import Paper, name_key
from indexer.query import And, Clause, LikelyPerson, Not, Query, Word
from indexer.search import Searcher
from tests import strategies
from tests.conformance.backends import ORACLE, Backend
from tests.conformance.pace import pace

PAPERS = (
    Paper("a", "One", authors=("Ann Ace", "Bob Bay")),
    Paper("b", "Two", authors=("BOB BAY", "Cy Coe")),
    Paper("c", "Three", authors=("Ann Ace", "Dee Day")),
    Paper("d", "Four", authors=("Dee Day", "Cy Coe")),
    Paper("e", "Five", authors=("Dee Day",)),
    Paper("f", "Six", authors=("Cy Coe", "Eve East", "Eve East")),
    Paper("g", "Seven", authors=("Far Away",)),
    Paper("h", "Eight"),
)


@pytest.fixture(scope="module")
def searcher(backend: Backend) -> Iterator[Searcher]:
    with backend.holding(PAPERS) as opened:
        yield opened


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Ann Ace", "Bob Bay", ("Ann Ace", "BOB BAY")),
        ("bob bay", "ann ace", ("BOB BAY", "Ann Ace")),
        # Dee Day has three papers, Bob Bay two.
        ("Ann Ace", "Cy Coe", ("Ann Ace", "Dee Day", "Cy Coe")),
        ("Ann Ace", "Eve East", ("Ann Ace", "Dee Day", "Cy Coe", "Eve East")),
        ("Ann Ace", "Ann Ace", ("Ann Ace",)),
        ("Ann Ace", "Far Away", ()),
        ("Ann Ace", "Nobody", ()),
        ("", "Ann Ace", ()),
        ("unknown", "Ann Ace", ()),
    ],
)
def test_the_shortest_chain_between_two_names(
    searcher: Searcher, one: str, other: str, expected: tuple[str, ...]
) -> None:
    assert searcher.chain(one, other) == expected


@pace()
@given(strategies.collections(), st.data())
def test_chains_are_those_of_the_oracle(
    engine: Backend, papers: tuple[Paper, ...], data: st.DataObject
) -> None:
    names = sorted({name for paper in papers for name in paper.authors})
    pick = st.sampled_from(names) if names else st.just("nobody")
    one, other = data.draw(pick), data.draw(pick)
    around = data.draw(st.lists(pick, max_size=2))
    with engine.holding(papers) as searcher, ORACLE.holding(papers) as oracle:
        chain = searcher.chain(one, other, around)

        assert chain == oracle.chain(one, other, around)
        for here, there in pairwise(chain):
            keys = {name_key(here), name_key(there)}
            assert any(keys <= set(map(name_key, paper.authors)) for paper in papers)


def test_a_chain_leads_around_names(searcher: Searcher) -> None:
    assert searcher.chain("Ann Ace", "Cy Coe", ["dee day"]) == ("Ann Ace", "BOB BAY", "Cy Coe")
    assert searcher.chain("Ann Ace", "Cy Coe", ["Dee Day", "Bob Bay", "Nobody"]) == ()
    # An end may be among them.
    assert searcher.chain("Ann Ace", "Bob Bay", ["Ann Ace", "Bob Bay"]) == ("Ann Ace", "BOB BAY")


def test_a_chain_leads_over_what_is_there_now(backend: Backend) -> None:
    with backend.index() as index:
        with index.writer() as writer:
            for paper in PAPERS[:4]:
                writer.add(paper)
        with index.writer() as writer:
            writer.delete("d")
            writer.add(Paper("z", "New", authors=("Far Away", "Cy Coe")))
        with index.searcher() as searcher:
            assert searcher.chain("Ann Ace", "Far Away") == (
                "Ann Ace", "BOB BAY", "Cy Coe", "Far Away"
            )  # fmt: skip
            assert searcher.count(Query()) == 4


SHARED = tuple(Paper(name, f"Title {name}", authors=("Ann Ace",)) for name in "uvwx")
TOLD = Curation(
    papers=(CuratedPapers("Ann Ace", same=("u", "v")), CuratedPapers("Ann Ace", same=("w", "x")),
            CuratedPapers("Ann Ace", different=("u", "w")))
)  # fmt: skip
TABLE = write_table(
    {
        "ann ace": number_groups(
            [(frozenset(map(paper_hash, papers)), 0.9) for papers in ("uv", "wx")], (), None
        )
    },
    (),
)
"""What the embedded engine makes of `TOLD`; other backends are handed it."""


@pytest.fixture(scope="module")
def shared(backend: Backend) -> Iterator[Searcher]:
    with backend.index() as index:
        with index.writer() as writer:
            for paper in SHARED:
                writer.add(paper)
            writer.attach(ATTACHED, TABLE)
            attach_curation(writer, TOLD)
        with index.searcher() as searcher:
            yield searcher


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        (LikelyPerson("Ann Ace", 1), "uv"),
        (LikelyPerson("ANN  ace", 2), "wx"),
        (LikelyPerson("Ann Ace", 9), ""),
        (LikelyPerson("Ann Ace", 0), ""),
        (LikelyPerson("Bob Bay", 1), ""),
        (Not(LikelyPerson("Ann Ace", 1)), "wx"),
        (And((Word("w"), LikelyPerson("Ann Ace", 2))), "w"),
        (parse_query('author:^"Ann Ace"#2 -w').clause, "x"),
    ],
)
def test_papers_are_found_by_the_likely_person(
    shared: Searcher, clause: Clause, expected: str
) -> None:
    results = shared.search(Query(clause=clause))
    if any(reading.note == NO_TABLE for reading in results.receipt.clauses):
        assert not set(shared.ids(Query(clause=LikelyPerson("Ann Ace", 1))))
    else:
        assert {hit.paper.id for hit in results.hits} == set(expected)
