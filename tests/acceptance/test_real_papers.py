"""86,867 real papers, held against a brute-force count over the file."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer import Filter, Index, Query, YearRange, name_key, parse_query
from indexer.analysis import Analyzer, name_words
from indexer.query import Match

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def records(papers_file: Path) -> list[dict[str, Any]]:
    with gzip.open(papers_file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def test_every_paper_is_in(papers: Index, records: list[dict[str, Any]]) -> None:
    with papers.searcher() as searcher:
        assert searcher.info().papers == len(records) == 86_867
        assert set(searcher.ids(Query())) == {record["id"] for record in records}


def test_author_lists_are_not_doubled(papers: Index, records: list[dict[str, Any]]) -> None:
    doubled = [
        record
        for record in records
        if record["venue"] in ("IROS", "ICRA")
        and len(record["authors"]) % 2 == 0
        and record["authors"][: len(record["authors"]) // 2]
        == record["authors"][len(record["authors"]) // 2 :]
    ]
    assert len(doubled) > 35_000
    with papers.searcher() as searcher:
        for record in random.Random(1).sample(doubled, 500):
            paper = searcher.get(record["id"])
            assert paper is not None
            assert len(paper.authors) == len(record["authors"]) // 2


def matching(records: list[dict[str, Any]], words: list[str]) -> Iterator[dict[str, Any]]:
    """Every record that holds all words, by analysing each text on its own."""
    analyzer = Analyzer()
    stems = {analyzer.stem(word): word for word in words}
    for record in records:
        # Cheap, and never wrong: a stem begins as its words do, and a line break may cut a word.
        low = f"{record['title']} {record['abstract']}".lower().replace("-", "")
        names = " ".join(record["authors"]).lower()
        if not all(stem[:4] in low or word in names for stem, word in stems.items()):
            continue
        held = {token.stem for text in (record["title"], record["abstract"])
                for token in analyzer.tokens(text)}  # fmt: skip
        named = {part for name in record["authors"] for part in name_words(name)}
        if all(stem in held or word in named for stem, word in stems.items()):
            yield record


def test_hits_and_facets_agree_with_a_count_over_the_file(
    papers: Index, records: list[dict[str, Any]]
) -> None:
    words = ["simultaneous", "localization", "mapping"]
    found = list(matching(records, words))
    within = [r for r in found if 2005 <= r["year"] <= 2015 and r["venue"] in ("ICRA", "IROS")]
    query = parse_query(
        " ".join(words),
        filters=(Filter("venue", ("ICRA", "IROS")),),
        years=YearRange(2005, 2015),
        match=Match.ALL,
    )
    with papers.searcher() as searcher:
        results = searcher.search(query)
        assert set(searcher.ids(query)) == {record["id"] for record in within}

    facets = results.facets
    venues = Counter(r["venue"] for r in found if 2005 <= r["year"] <= 2015)
    years = Counter(str(r["year"]) for r in found if r["venue"] in ("ICRA", "IROS"))
    authors = Counter(key for r in within for key in {name_key(name) for name in r["authors"]})
    assert results.total == len(within) > 100
    assert {value.value: value.count for value in facets["venue"].values} == venues
    assert {value.value: value.count for value in facets["year"].values if value.count} == years
    assert {value.value: value.count for value in facets["type"].values} == {
        "Conference Paper": len(within)
    }
    for value in facets["author"].values:
        assert value.count == authors[name_key(value.value)]
    assert facets["author"].distinct == len(authors)


def test_a_sample_of_author_links_lists_its_papers(
    papers: Index, records: list[dict[str, Any]]
) -> None:
    with papers.searcher() as searcher:
        for record in random.Random(2).sample(records, 300):
            paper = searcher.get(record["id"])
            assert paper is not None
            for author in paper.authors:
                query = Query(filters=(Filter("author", (author,)),))
                assert paper.id in set(searcher.ids(query)), author
