"""The real 86,867 papers: hits and facet counts equal a count over the file itself."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import pytest

from indexer.analysis import Analyzer
from indexer.language.parse import parse_query
from indexer.paper import UNKNOWN, Paper, name_key
from indexer.query import Filter, Match, Query, Sort, YearRange
from indexer.ranking import BM25F, Ranking
from indexer.search import FacetRequest, Searcher
from indexer.text.folding import fold
from tests.conformance.backends import Backend
from tests.conformance.test_differential import compare
from tests.oracle import MemoryIndex

pytestmark = pytest.mark.slow

VENUES = ("ICRA", "IROS")
YEARS = YearRange(2005, 2015)
_HYPHENED = re.compile(r"(?<![\w'-])[a-z]+(?:-[a-z]+){1,4}(?![\w'-])")


def read(shared_data: Path) -> Iterator[Paper]:
    """Read the papers as they stand, with ids of their own."""
    path = shared_data / "papers" / "papers.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            value = json.loads(line)
            yield Paper(
                id=f"p{number:05}",
                title=" ".join(value["title"].split()) or "untitled",
                abstract=" ".join((value.get("abstract") or "").split()),
                authors=tuple(" ".join(name.split()) for name in value.get("authors") or ()),
                venue=value.get("venue") or "",
                year=value.get("year"),
                type=value.get("type") or "",
            )


@dataclass(frozen=True)
class Real:
    """The papers and a searcher over all of them."""

    papers: list[Paper]
    searcher: Searcher


@pytest.fixture(scope="module")
def real(engine: Backend, shared_data: Path) -> Iterator[Real]:
    papers = list(read(shared_data))
    with engine.holding(papers, Ranking()) as searcher:
        yield Real(papers, searcher)


def holding(papers: list[Paper], words: str) -> list[Paper]:
    """Returns the papers that hold every word, by looking at each.

    A word that some paper hyphenates ("map-ping") is also held where its parts stand in a row
    ("map- ping", which dumps make of the ends of lines).
    """
    analyzer = Analyzer()
    texts = [fold(f"{paper.title} \n {paper.abstract}").text for paper in papers]
    partings: dict[str, set[str]] = {}
    for text in texts:
        for one in _HYPHENED.findall(text):
            partings.setdefault(one.replace("-", ""), set()).add(one)
    found = list(range(len(papers)))
    for word in words.split():
        parted = [one.split("-") for one in partings.get(word, ())]
        rows = [[analyzer.stem(word)], *([analyzer.stem(part) for part in one] for one in parted)]
        begins = [analyzer.stem(word)[:5], *(one[0] for one in parted)]
        found = [
            at
            for at in found
            if any(begin in texts[at] for begin in begins) and _holds(papers[at], rows, analyzer)
        ]
    return [papers[at] for at in found]


def _holds(paper: Paper, rows: list[list[str]], analyzer: Analyzer) -> bool:
    for field in (paper.title, paper.abstract):
        tokens = analyzer.tokens(field)
        stems = [token.stem for token in tokens if not token.joined]
        if any([token.stem] in rows for token in tokens if token.joined):
            return True
        for row in rows:
            if any(stems[at : at + len(row)] == row for at in range(len(stems))):
                return True
    return False


def query(text: str) -> Query:
    return replace(
        parse_query(text, match=Match.ALL, per_page=1000),
        filters=(Filter("venue", VENUES),),
        years=YEARS,
    )


def test_a_search_with_filters_and_its_facets(real: Real) -> None:
    text = "simultaneous localization mapping"
    every = holding(real.papers, text)
    in_years = [paper for paper in every if paper.year and 2005 <= paper.year <= 2015]
    in_venues = [paper for paper in every if paper.venue in VENUES]
    expected = [paper for paper in in_years if paper.venue in VENUES]
    assert len(expected) > 50

    requests = (
        FacetRequest("venue", 0),
        FacetRequest("year", 0),
        FacetRequest("type", 0),
        FacetRequest("author", 0),
    )
    found = real.searcher.search(query(text), facets=requests)

    assert {paper.id for paper in expected} == set(real.searcher.ids(query(text)))
    assert found.total == len(expected)

    def counts(name: str) -> dict[str, int]:
        values = found.facets[name].values  # type: ignore[index] # a name of a facet
        return {value.value: value.count for value in values}

    assert counts("venue") == Counter(paper.venue or UNKNOWN for paper in in_years)
    assert counts("year") == Counter(
        UNKNOWN if paper.year is None else str(paper.year) for paper in in_venues
    )
    assert counts("type") == Counter(paper.type or UNKNOWN for paper in expected)
    authors = Counter(key for paper in expected for key in set(map(name_key, paper.authors)))
    assert {name_key(value): count for value, count in counts("author").items()} == authors


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST, Sort.TITLE])
def test_the_pages_of_everything(real: Real, sort: Sort) -> None:
    """The last page of 86,867 papers is as good as the first: no wall, no repeats."""
    asked = Query(sort=sort, per_page=1000)
    every = list(real.searcher.ids(asked))
    assert len(every) == len(set(every)) == len(real.papers) == real.searcher.count(asked)
    for page in (1, 12, len(every) // 1000 + 1):
        found = real.searcher.search(replace(asked, page=page), facets=())
        expected = every[(page - 1) * 1000 : page * 1000]
        assert [hit.paper.id for hit in found.hits] == expected


def test_papers_come_back_equal(real: Real) -> None:
    for paper in random.Random(1).sample(real.papers, 500):
        assert real.searcher.get(paper.id) == paper


def test_a_sample_answers_as_the_oracle_does(engine: Backend, shared_data: Path) -> None:
    """Words, phrases, names and filters over two thousand real papers, against brute force."""
    papers = list(islice(read(shared_data), 0, None, 43))
    chance = random.Random(7)
    with (
        engine.holding(papers, BM25F) as searcher,
        MemoryIndex.of(papers, ranking=BM25F).searcher() as oracle,
    ):
        for number in range(60):
            words = chance.choice(papers).title.split()
            some = " ".join(chance.sample(words, min(len(words), 1 + number % 4)))
            start = chance.randrange(len(words))
            phrase = " ".join(words[start : start + 3])
            author = next(iter(chance.choice(papers).authors), "Jaggi")
            asked = parse_query(
                chance.choice((some, f'"{phrase}"', f'author:"{author}"', f"{some} -learning")),
                match=chance.choice(list(Match)),
                sort=chance.choice(list(Sort)),
                years=chance.choice((YearRange(), YEARS)),
            )
            compare(searcher, oracle, asked, (FacetRequest("venue", 5), FacetRequest("author", 5)))
