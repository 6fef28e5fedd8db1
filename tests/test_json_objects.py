"""The JSON of the command line and the web: the keys that scripts rely on, in JSON's own types."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from indexer.authors.clusters import AuthorCluster, Spelling
from indexer.paper import CONFERENCE, Paper
from indexer.query import Filter, Match, Query, Repair, Sort, Word, YearRange
from indexer.search import (
    Alternative,
    ClauseReading,
    Contribution,
    Facet,
    FacetValue,
    Hit,
    IndexInfo,
    Receipt,
    Results,
    Snippet,
    Span,
)
from indexer.serialization import json_objects

PAPER = Paper(
    id="icml2020-1",
    title="On sparse bees",
    abstract="We study bees.",
    authors=("Anna Sørén", "Tao Lin 0004"),
    venue="ICML",
    year=2020,
    type=CONFERENCE,
    doi="10.1/x",
    url="https://example.org/x",
    keywords=("bees",),
    authors_complete=False,
    source="x.jsonl:1",
)
QUERY = Query(
    text="bees",
    clause=Word("bees"),
    filters=(Filter("venue", ("ICML",), ("TMLR",)), Filter("year", ("2020",))),
    years=YearRange(2019, None),
    match=Match.ANY,
    sort=Sort.NEWEST,
    page=2,
    per_page=5,
)
RESULTS = Results(
    query=QUERY,
    total=6,
    hits=(
        Hit(
            PAPER,
            1.5,
            (Snippet("title", "On sparse bees", spans=(Span(10, 14),)),),
            (Contribution("bee", "title", 1.5),),
        ),
    ),
    facets={
        "venue": Facet("venue", (FacetValue("ICML", 6, selected=True),), 1),
        "year": Facet("year", (FacetValue("2020", 6), FacetValue("unknown", 1)), 2),
    },
    receipt=Receipt(
        "bees",
        (ClauseReading(Word("bees"), "bees", 6, note="a note"),),
        "any",
        (Repair(0, 1, "a reason"),),
        (Alternative("in any year", Query(text="bees"), 9),),
    ),
    generation="7",
    took_ms=1.23456,
)


def test_results_have_the_shape_that_scripts_rely_on() -> None:
    written = json_objects.results_json(RESULTS)
    assert json.loads(json.dumps(written)) == written
    assert {"query", "total", "took_ms", "generation", "receipt", "hits", "facets"} <= set(written)
    assert (written["query"], written["total"], written["generation"]) == ("bees", 6, "7")
    assert written["took_ms"] == 1.235
    (hit,) = written["hits"]
    assert {"id", "score", "title", "authors", "venue", "year", "type", "snippets"} <= set(hit)
    assert hit["snippets"] == [
        {
            "field": "title",
            "text": "On sparse bees",
            "offset": 0,
            "spans": [[10, 14]],
            "whole": True,
        }
    ]
    assert hit["why"] == [{"label": "bee", "field": "title", "value": 1.5}]
    assert written["facets"]["venue"] == [
        {"value": "ICML", "count": 6, "selected": True, "excluded": False}
    ]
    assert list(written["facets"]) == ["venue", "year"]
    assert written["facet_distinct"] == {"venue": 1, "year": 2}


def test_the_receipt_names_clauses_repairs_and_alternatives() -> None:
    assert json_objects.results_json(RESULTS)["receipt"] == {
        "read_as": "bees",
        "matched": "any",
        "clauses": [{"text": "bees", "hits": 6, "emptied": False, "note": "a note"}],
        "repairs": [{"start": 0, "end": 1, "reason": "a reason"}],
        "alternatives": [
            {
                "label": "in any year",
                "total": 9,
                "parameters": {
                    "q": "bees",
                    "match": "auto",
                    "sort": "relevance",
                    "page": 1,
                    "per_page": 20,
                },
            }
        ],
    }


def test_a_query_is_written_in_the_parameters_of_the_search_page() -> None:
    assert json_objects.query_json(QUERY) == {
        "q": "bees",
        "venue": ["ICML"],
        "venue_not": ["TMLR"],
        "year": ["2020"],
        "year_from": 2019,
        "match": "any",
        "sort": "-year",
        "page": 2,
        "per_page": 5,
    }


def test_a_paper_loses_nothing() -> None:
    written = json.loads(json.dumps(json_objects.paper_json(PAPER)))
    fields: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in written.items()
    }
    again = Paper(**fields)
    assert again == PAPER


def test_a_hit_without_explanation_has_no_why() -> None:
    assert "why" not in json_objects.hit_json(Hit(PAPER, 0.0))


def test_an_index_and_a_cluster_are_plain_json() -> None:
    info = json_objects.info_json(
        IndexInfo("7", "2026-01-01T00:00:00Z", 1, 1, 2, 2020, 2020, 10, ("x",), "whoosh")
    )
    assert json.loads(json.dumps(info)) == info
    cluster = json_objects.cluster_json(
        AuthorCluster(
            name="Tao Lin",
            key="tao lin",
            slug="tao-lin",
            spellings=(Spelling("Tao Lin", 1),),
            papers=(PAPER,),
            names=("Tao Lin",),
            same_folded=(FacetValue("Tao Lin 0004", 2),),
        )
    )
    assert json.loads(json.dumps(cluster)) == cluster
    assert (cluster["paper_count"], cluster["author_rows"]) == (1, 1)
    assert cluster["same_folded"] == [{"name": "Tao Lin 0004", "slug": "tao-lin-0004", "count": 2}]
    assert [paper["id"] for paper in cluster["papers"]] == ["icml2020-1"]


def test_the_receipt_counts_papers_with_all_words_where_others_follow() -> None:
    receipt = replace(RESULTS.receipt, all_words=3, all_words_elsewhere=2)

    written = json_objects.receipt_json(receipt)

    assert (written["all_words"], written["all_words_elsewhere"]) == (3, 2)
