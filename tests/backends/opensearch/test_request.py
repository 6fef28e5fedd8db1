"""What a cluster is asked, word for word: each query beside the request it becomes.

After a wanted change: ``QUIVER_GOLDEN=write pytest tests/backends/opensearch/test_request.py``,
and read the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from indexer.analysis import Analyzer
from indexer.authors.person_papers import PersonPapers
from indexer.backends.opensearch.boolean_query import clauses, matching_query, scored_query, scores
from indexer.backends.opensearch.facets import facet_aggs, filter_query
from indexer.backends.opensearch.mapping import index_mapping, index_settings
from indexer.backends.opensearch.scoring import Collection, Scoring
from indexer.backends.opensearch.search_requests import OrderedQuery, page_body
from indexer.budget import Budget
from indexer.language.parse import parse_query
from indexer.query import Filter, Match, Query, Sort, YearRange
from indexer.query_analysis.expansion_shares import reader_of
from indexer.query_analysis.leaf_analysis import Expansion
from indexer.query_analysis.plan import plan_of
from indexer.query_analysis.terms import StemTerm, TextTerm, Way
from indexer.ranking import Ranking
from indexer.search import DEFAULT_FACETS

GOLDEN = Path(__file__).parents[2] / "golden" / "opensearch"
SCORING = Scoring(
    Collection(1000, {"title": 8.0, "abstract": 100.0, "author": 6.0}), Ranking(depth=0)
)


class Words:
    """A vocabulary of a few words."""

    analyzer = Analyzer()

    def stem(self, word: str) -> str:
        return self.analyzer.stem(word)

    def partings(self, word: str) -> tuple[Way, ...]:
        return (("non", "invasive"),) if word == "noninvasive" else ()

    def named(self, words: Way) -> bool:
        return words == ("bo", "an")

    def fitting(self, pattern: str, *, names: bool) -> Expansion:  # noqa: ARG002 - of the protocol
        return Expansion(() if names else ("learned", "learning"), 0 if names else 2)

    def close(self, word: str, distance: int, *, names: bool) -> Expansion:  # noqa: ARG002
        return Expansion(("jaggi",) if names else (), int(names))

    def labelled(self, label: str) -> tuple[str, ...]:
        return ("one", "two") if label == "included" else ()

    def papers_of_person(self, key: str, number: int) -> PersonPapers:
        return PersonPapers((f"{key}-{number}",))


def holding(term: TextTerm) -> int:
    return 40 if isinstance(term, StemTerm) else 4


def body(query: Query, match: Match = Match.ALL) -> dict[str, object]:
    vocabulary = Words()
    plan = plan_of(query.clause, reader_of(query.clause, vocabulary, Budget()))
    scored = scores(plan)
    found = OrderedQuery(
        scored_query(plan, match, holding, SCORING) if scored else matching_query(plan, match),
        filter_query(query),
        query.sort if scored or query.sort is not Sort.RELEVANCE else Sort.NEWEST,
        scored,
    )
    aggs = facet_aggs(query, DEFAULT_FACETS, {"ann ace": "Ann Ace"}) if query.filters else None
    return page_body(found, 20, 20, aggs=aggs)


CASES: dict[str, Query] = {
    "nothing": parse_query(""),
    "one_word": parse_query("learning"),
    "two_words": parse_query("federated learning"),
    "compound": parse_query("noninvasive"),
    "phrase": parse_query('"deep learning of"'),
    "near": parse_query('"deep learning"~3'),
    "wildcard": parse_query("learn*"),
    "fuzzy_author": parse_query("author:jagi~ OR jagi~"),
    "author": parse_query('author:"Jaggi, M"'),
    "first_author": parse_query('author:^Jaggi author:="Tao Lin 0004"'),
    "boolean": parse_query("(deep OR title:graph^2) NOT robot venue:ICML year:2019-2021 has:doi"),
    "record": parse_query('affiliation:"ETH Zurich" kind:thesis -subject:cs.LG'),
    "signs": parse_query("+deep learning -robot"),
    "filters": parse_query(
        "learning",
        filters=(
            Filter("venue", ("ICML", "unknown")),
            Filter("author", ("Ann ACE",), ("Bob Bay",)),
        ),
        years=YearRange(2010, None),
        sort=Sort.TITLE,
    ),
}


def hold(name: str, made: object) -> None:
    """Compare with the file of this name, or write it."""
    path = GOLDEN / f"{name}.json"
    text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("QUIVER_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", CASES)
def test_a_query_becomes_this_request(name: str) -> None:
    hold(name, body(CASES[name]))


def test_any_needs_one_word() -> None:
    hold("two_words_any", body(CASES["two_words"], Match.ANY))


def test_the_parts_of_a_compound_score_where_words_may_be_missing() -> None:
    query = parse_query("non-invasive methods")
    assert '"invas"' not in json.dumps(body(query, Match.ALL))

    hold("compound_any", body(query, Match.ANY))


def test_every_file_has_its_query() -> None:
    names = {path.stem for path in GOLDEN.glob("*.json")}

    assert names == {*CASES, "two_words_any", "compound_any", "index"}


def test_an_index_begins_so() -> None:
    hold(
        "index",
        {
            "settings": index_settings(shards=3, replicas=1),
            "mappings": index_mapping({"mark": "of this build"}),
        },
    )


def test_single_conditions_are_counted() -> None:
    assert clauses(body(CASES["one_word"])["query"]) == 3
    assert clauses(body(CASES["nothing"])["query"]) == 1


def test_facets_leave_their_own_filter_out() -> None:
    query = CASES["filters"]

    assert "2010" in json.dumps(filter_query(query, but="venue"))
    assert "2010" not in json.dumps(filter_query(query, but="year"))
    assert "ICML" not in json.dumps(filter_query(query, but="venue"))
    assert filter_query(parse_query("learning")) is None
