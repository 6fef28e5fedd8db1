"""Real papers: the cluster answers as the embedded engine does, by the same formula."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from indexer.backends.opensearch.connection import ClusterConfig
from indexer.backends.opensearch.facets import MOST_DISTINCT
from indexer.backends.opensearch.index import OpenSearchIndex
from indexer.backends.opensearch.term_queries import MOST_COUNTED
from indexer.backends.whoosh.index import WhooshIndex
from indexer.budget import Limits
from indexer.language.parse import parse_query
from indexer.paper import Paper
from indexer.query import Filter, Query
from indexer.search import Index, Results, Searcher

pytestmark = pytest.mark.cluster

PAPERS = int(os.environ.get("QUIVER_AGREEMENT_PAPERS", "10000"))
QUERIES = int(os.environ.get("QUIVER_AGREEMENT_QUERIES", "200"))


@dataclass(frozen=True)
class Pair:
    """The same papers in two engines."""

    papers: list[Paper]
    embedded: Searcher
    cluster: Searcher
    seconds: list[float]
    """That each took to build, the embedded one first."""


def sampled(file: Path) -> list[Paper]:
    """Take some papers of the real collection, the same every time."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    kept = {record["id"]: record for record in random.Random(7).sample(records, PAPERS)}
    return [
        Paper(
            record["id"],
            record["title"],
            record.get("abstract") or "",
            tuple(record["authors"]),
            record.get("venue") or "",
            record.get("year"),
            record.get("type") or "",
        )
        for record in kept.values()
    ]


@pytest.fixture(scope="module")
def pair(
    cluster: tuple[str, ...], shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    papers = sampled(shared_data / "papers" / "papers.jsonl.gz")
    config = ClusterConfig(hosts=cluster, name=f"agree{os.getpid()}", shards=3, timeout=120)
    indices: list[Index] = [
        WhooshIndex(tmp_path_factory.mktemp("embedded"), limits=Limits(seconds=120)),
        OpenSearchIndex(config, limits=Limits(seconds=120)),
    ]
    seconds = []
    for index in indices:
        began = time.perf_counter()
        with index.writer(rebuild=True) as writing:
            for paper in papers:
                writing.add(paper)
        seconds.append(time.perf_counter() - began)
    with indices[0].searcher() as embedded, indices[1].searcher() as searcher:
        yield Pair(papers, embedded, searcher, seconds)


def queries(papers: list[Paper]) -> Iterator[Query]:
    """Make queries of every kind from the papers' own words."""
    chance = random.Random(11)
    texts = [f"{paper.title} {paper.abstract}".split() for paper in papers]
    words = [word for text in texts for word in text if len(word) > 2]
    for number in range(QUERIES):
        paper = chance.choice(papers)
        title = paper.title.split()
        name = chance.choice(paper.authors or ("Nobody",))
        at = chance.randrange(len(title))
        one, two, three = chance.sample(words, 3)
        kinds = (
            one,
            f"{one} {two}",
            f"{one} {two} {three}",
            " ".join(title[:3]),
            f'"{" ".join(title[at : at + 2])}"',
            f"author:{name.split()[-1]}",
            f'author:"{name}"',
            f"{one[:5]}*",
            f"{one}~",
            f"{one} OR ({two} -{three})",
        )
        query = parse_query(kinds[number % len(kinds)])
        if number % 3 == 0 and paper.venue:
            query = replace(query, filters=(Filter("venue", (paper.venue,)),))
        yield query


def told(results: Results) -> tuple[object, ...]:
    """Returns what must be the same to the letter."""
    receipt = results.receipt
    clauses = [(one.text, one.hits, one.emptied) for one in receipt.clauses]
    others = [(one.label, one.total) for one in receipt.alternatives]
    facets = [
        replace(facet, distinct=MOST_DISTINCT) if facet.distinct > MOST_DISTINCT else facet
        for _, facet in sorted(results.facets.items())
    ]
    return results.total, receipt.matched, clauses, others, facets


def counted(results: Results) -> bool:
    """Returns whether the cluster counts how often a pattern's words stand in a paper."""
    notes = " ".join(one.note for one in results.receipt.clauses)
    words = [int(one.replace(",", "")) for one in re.findall(r"([\d,]+) words", notes)]
    return max(words, default=0) <= MOST_COUNTED


def test_sets_counts_snippets_and_the_best_agree(pair: Pair) -> None:
    shared = shown = 0
    took: tuple[list[float], list[float]] = [], []
    for query in queries(pair.papers):
        one, other = pair.embedded.search(query), pair.cluster.search(query)
        took[0].append(one.took_ms)
        took[1].append(other.took_ms)

        assert told(one) == told(other), query.text
        authors = [results.facets["author"].distinct for results in (one, other)]
        assert authors[1] == pytest.approx(authors[0], rel=0.01), query.text
        assert set(pair.embedded.ids(query)) == set(pair.cluster.ids(query)), query.text
        snippets = {hit.paper.id: hit.snippets for hit in other.hits}
        scores = {hit.paper.id: hit.score for hit in other.hits}
        for hit in one.hits:
            if hit.paper.id in snippets:
                assert snippets[hit.paper.id] == hit.snippets, query.text
                if counted(one):
                    assert scores[hit.paper.id] == pytest.approx(hit.score, rel=1e-3), query.text
        best = [{hit.paper.id for hit in results.hits[:10]} for results in (one, other)]
        shared += len(best[0] & best[1])
        shown += len(best[0])

    print(  # noqa: T201 - shown by -s
        f"{len(pair.papers):,} papers, {len(took[0])} queries; of the ten best "
        f"{shared / shown:.1%} are the same"
    )
    for name, seconds, one_took in zip(("embedded", "cluster"), pair.seconds, took, strict=True):
        slow = statistics.quantiles(one_took, n=20)[-1]
        print(  # noqa: T201 - shown by -s
            f"{name}: built in {seconds:.1f} s; page {statistics.median(one_took):.1f} ms, "
            f"95% within {slow:.1f} ms"
        )

    assert shared >= 0.95 * shown > 0
