"""Two words typed side by side that are one, and what a compound's parts are worth beside it.

A name with a stop word is one, too.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.language.parse import parse_query
from indexer.paper import Paper
from indexer.query import Match
from indexer.ranking import Ranking
from indexer.search import DEFAULT_FACETS, Searcher
from tests.conformance.backends import Backend
from tests.conformance.test_differential import compare
from tests.oracle import MemoryIndex

PAPERS = (
    Paper("hyphen", "A non-invasive sensor", "It learns from multi-agent play.", ("Ann Lee",)),
    Paper("apart", "A non invasive probe", "Agents, multi and more.", ("Bo Xu",)),
    Paper("joined", "A noninvasive method", "Sensors of a multiagent kind.", ("Cy Doe",)),
    Paper("part", "An invasive species", "A sensor that learns; deep-learning.", ("Di Fox",)),
    Paper("other", "Learning deep in the sea", "No sensor here, agents only.", ("Ed Gray",)),
    Paper("far", "Non of it is invasive", "Deep play.", ("Multi Agent",)),
)
PEOPLE = (
    Paper("an", "Security games", "Played by an agent.", ("Bo An 0001", "Will Smith")),
    Paper("bo", "BO: an overview", "Bo is Bayesian optimisation.", ("Ann Lee",)),
    Paper("apart", "What he saw", "Di and others.", ("Di Xu", "Bo He")),
    Paper("he", "Networks", "He and she may.", ("B. An", "Di He")),
    Paper("may", "What he may do", "Trees.", ("Jörg May",)),
    Paper("li", "An ion battery", "Smith says it will.", ("An Li", "Bo An Xu")),
)


@pytest.fixture(scope="module")
def searcher(backend: Backend) -> Iterator[Searcher]:
    with backend.holding(PAPERS) as opened:
        yield opened


@pytest.fixture(scope="module")
def people(backend: Backend) -> Iterator[Searcher]:
    with backend.holding(PEOPLE) as opened:
        yield opened


def found(searcher: Searcher, text: str, match: Match = Match.ALL) -> set[str]:
    return set(searcher.ids(parse_query(text, match=match)))


@pytest.mark.parametrize("text", ["non invasive", "Non Invasive", "non-invasive", "noninvasive"])
def test_three_spellings_are_one_set(searcher: Searcher, text: str) -> None:
    assert found(searcher, text) == {"hyphen", "apart", "joined"}
    assert found(searcher, f"{text} sensor") == {"hyphen", "joined"}
    assert found(searcher, f"sensor -({text})") == {"part", "other"}


def test_only_prefixes_that_somebody_hyphenates_are_joined(searcher: Searcher) -> None:
    assert found(searcher, "deep learning") == {"part", "other"}
    assert found(searcher, "non species") == set()
    assert found(searcher, "multi agent") == {"hyphen", "joined", "far"}  # a name, too


@pytest.mark.parametrize("text", ["+non invasive", "=non invasive", "title:non abstract:invasive"])
def test_words_that_were_typed_apart_stay_two(searcher: Searcher, text: str) -> None:
    clauses = searcher.search(parse_query(text, match=Match.ALL)).receipt.clauses

    assert [one.note for one in clauses] == ["", ""]


def test_leaving_one_of_them_out_leaves_the_other(searcher: Searcher) -> None:
    results = searcher.search(parse_query("non invasive species"))

    assert (results.total, results.receipt.matched) == (4, "any")
    assert [one.emptied for one in results.receipt.clauses] == [True, False, True]


def test_parts_score_where_words_may_be_missing_and_find_nothing_more(searcher: Searcher) -> None:
    asked = parse_query("non-invasive sensor", match=Match.ANY)

    assert found(searcher, "non-invasive sensor", Match.ANY) == {
        "hyphen", "apart", "joined", "part", "other",
    }  # fmt: skip
    order = list(searcher.ids(asked))
    assert order.index("part") < order.index("other")


@pytest.mark.parametrize("match", list(Match))
@pytest.mark.parametrize(
    "text",
    [
        "non invasive sensor",
        "non-invasive multi agent learning",
        "multi agent OR (non invasive)",
        "non non invasive invasive",
        "author:multi agent",
        "deep-learning non-invasive sensor probe",
    ],
)
def test_they_answer_as_the_oracle_does(engine: Backend, text: str, match: Match) -> None:
    with (
        engine.holding(PAPERS, Ranking()) as searcher,
        MemoryIndex.of(PAPERS, ranking=Ranking()).searcher() as oracle,
    ):
        compare(searcher, oracle, parse_query(text, match=match), DEFAULT_FACETS)


@pytest.mark.parametrize("text", ["careful measurements", "measure careful", "measurement ments"])
def test_two_words_of_one_stem_in_one_place_are_near_once(engine: Backend, text: str) -> None:
    """Of a compound that a line break made, the first part and the whole stand in one place."""
    papers = [
        Paper("broken", "A tactile robot", "A careful measure-ments design.", ("A",)),
        Paper("whole", "A tactile robot", "A careful measurements design.", ("B",)),
        Paper("other", "A wheel", "Nothing of it.", ("C",)),
    ]
    with (
        engine.holding(papers, Ranking()) as searcher,
        MemoryIndex.of(papers, ranking=Ranking()).searcher() as oracle,
    ):
        for match in Match:
            compare(searcher, oracle, parse_query(text, match=match), DEFAULT_FACETS)


def test_feedback_lifts_what_is_like_the_best(backend: Backend) -> None:
    """Two papers hold one word of the query alike; one of them is about the same as the best."""
    papers = [
        Paper("best", "Gossip agents", "Gossip agents exchange rumours over a network.", ("A",)),
        Paper("alike", "Agents of old", "They exchange rumours over a network.", ("B",)),
        Paper("unlike", "Agents of old", "They ferment cabbage inside a jar.", ("C",)),
        *(Paper(f"p{at}", f"Nothing {at}", "About other matters.", ("D",)) for at in range(9)),
    ]
    asked = parse_query("gossip agents", match=Match.ANY, per_page=3)
    scores = {}
    for weight in (0.0, 0.25):
        with backend.holding(papers, Ranking(feedback=weight)) as searcher:
            scores[weight] = {hit.paper.id: hit.score for hit in searcher.search(asked).hits}

    assert scores[0]["alike"] == pytest.approx(scores[0]["unlike"], rel=0.01)
    assert scores[0.25]["alike"] > scores[0.25]["unlike"] > scores[0]["unlike"]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Bo An", {"an", "he", "li"}),
        ("bo an", {"an", "he", "li"}),
        ("bo an games", {"an"}),
        ("di he", {"he"}),
        ("Jörg May", {"may"}),
        ("jorg may trees", {"may"}),
        ("Will Smith", {"an"}),
        ("will smith", {"an", "li"}),
        ("An Li", {"li"}),
        ("an li ion", {"li"}),
        ("An Bo", {"an", "apart", "bo", "li"}),
        ("+Bo An", {"an", "apart", "bo", "li"}),
        ("title:bo an", {"bo"}),
        ("He Bo", {"apart", "bo", "an", "li"}),
    ],
)
def test_a_stop_word_counts_where_it_makes_a_name(
    people: Searcher, text: str, ids: set[str]
) -> None:
    assert found(people, text) == ids


@pytest.mark.parametrize("match", list(Match))
@pytest.mark.parametrize(
    "text",
    ["Bo An games", "agent bo an OR (Will Smith)", "An Bo An", "-(di he) an li ion", "he an"],
)
def test_names_answer_as_the_oracle_does(engine: Backend, text: str, match: Match) -> None:
    with (
        engine.holding(PEOPLE, Ranking()) as searcher,
        MemoryIndex.of(PEOPLE, ranking=Ranking()).searcher() as oracle,
    ):
        compare(searcher, oracle, parse_query(text, match=match), DEFAULT_FACETS)


def test_a_name_read_so_is_said(engine: Backend) -> None:
    with engine.holding(PEOPLE) as searcher:
        clauses = searcher.search(parse_query("Bo An games")).receipt.clauses

    assert [one.note for one in clauses] == ["read as an author's name: Bo An"] * 2 + [""]
    assert [one.hits for one in clauses] == [3, 3, 1]
