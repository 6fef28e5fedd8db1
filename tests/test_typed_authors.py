"""Authors typed as people cite them are read as such; the same words otherwise are not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.cleaning.venues import Venues, load_venues
from indexer.language.parse import parse_query
from indexer.paper import Paper
from indexer.query_analysis.typed_text import read_typed_text
from indexer.search import Searcher
from tests.oracle import MemoryIndex

PAPERS = (
    Paper("kites", "Kites and looms", "Wind.", ("Ann B. Leander", "Bo van der Berg"), "ICML", 2014),
    Paper("wind", "Wind of looms", "Kites.", ("Cy Doe", "Ann B. Leander"), "ICML", 2014),
    Paper("looms", "Compressed looms", "Weave.", ("Ann Leander",), "ICML", 2018),
    Paper("long", "Long kites of 2019", "Long.", ("Ed Short",), "ICML", 2019),
    Paper("longs", "Long looms", "Weave.", ("Fay Long",), "ICML", 2019),
    Paper("may", "Kites in May", "Weave.", ("Jo May",), "ICML", 2019),
    Paper("he", "Nets", "Weave.", ("Kai He",), "ICML", 2019),
    Paper("k", "K-nets", "He K.", ("Gus Gray",), "ICML", 2020),
)


@pytest.fixture(scope="module")
def searcher() -> Iterator[Searcher]:
    with MemoryIndex.of(PAPERS).searcher() as opened:
        yield opened


@pytest.fixture(scope="module")
def venues() -> Venues:
    return load_venues()


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("Leander 2014", ["kites", "wind"]),
        ("Leander et al. (2014)", ["kites", "wind"]),
        ("(Leander et al., 2014)", ["kites", "wind"]),
        ("leander2014looms", ["kites", "wind"]),
        ("Leander2018", ["looms"]),
        ("Leander & van der Berg", ["kites"]),
        ("Doe and Leander 2014", ["wind"]),
        ("Leander AB, Doe C", ["wind"]),
        ("Doe, C., Leander, A. B.", ["wind"]),
        ("Cy Doe, Ann B. Leander", ["wind"]),
        ("papers by Ann Leander on compression", ["looms"]),
    ],
)
def test_authors_as_cited_are_read(
    searcher: Searcher, venues: Venues, typed: str, ids: list[str]
) -> None:
    query = read_typed_text(parse_query(typed), searcher, venues)
    assert [hit.paper.id for hit in searcher.search(query).hits] == ids
    said = f"“{typed}” was read as papers"
    assert any(repair.reason.startswith(said) for repair in query.repairs)


@pytest.mark.parametrize("typed", ["Long 2019", "May 2019", "ICML 2014", "kites and looms", "a, b"])
def test_words_are_no_citation(searcher: Searcher, venues: Venues, typed: str) -> None:
    query = read_typed_text(parse_query(typed), searcher, venues)
    assert not any("was read as papers" in repair.reason for repair in query.repairs)


def test_a_dotted_initial_makes_a_name(searcher: Searcher, venues: Venues) -> None:
    query = read_typed_text(parse_query("K. He"), searcher, venues)
    assert searcher.search(query).hits[0].paper.id == "he"
