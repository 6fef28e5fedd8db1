"""Every number on a results page is the number of hits after the click, wherever clicks lead.

A reader is followed from state to state of the page, over the addresses that it writes: what a
number promises is read from the address of its link, as the server reads it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import pytest

from indexer import (
    Filter,
    Match,
    Query,
    Ranking,
    Searcher,
    Sort,
    Venues,
    YearRange,
    load_venues,
    parse_query,
    read_typed_text,
    search_corrected,
)
from indexer.build import read_papers
from indexer.paper import Paper
from tests.conformance.backends import OPENSEARCH, Backend
from tests.effort import effort
from webui.presentation.facets import Panel, facet_panel
from webui.urls import query_edits
from webui.urls.query_params import Params
from webui.urls.search_urls import SearchUrls

PARAMS: Final = Params(per_page=20, max_per_page=100)
URLS: Final = SearchUrls(PARAMS, lambda endpoint, **_values: f"/{endpoint}")
LONGEST_WALK: Final = 6
"""Clicks after which the reader begins anew."""
TEXTS: Final = (
    "",
    "federated learning",
    "lernaing graph",
    "author:jaggi",
    "author:^stich sgd",
    '"gradient descent"',
    "title:momentum OR sparse",
    "decentral* -byzantine",
    "ICML 2020",
    "NIPS",
    "in 2021",
    "martin jaggi",
    "year:2018-2020 optimization",
    "venue:ICLR attention",
    "no:abstract",
)


@pytest.fixture(scope="module")
def papers(checkout: Path) -> list[Paper]:
    return list(read_papers([str(checkout / "data" / "martin-jaggi.txt")]))


@pytest.fixture(scope="module")
def walked(backend: Backend, papers: list[Paper]) -> Iterator[Searcher]:
    with backend.holding(papers, Ranking(enough=3)) as searcher:
        yield searcher


def test_every_number_of_a_walk_is_true(
    backend: Backend, walked: Searcher, papers: list[Paper]
) -> None:
    states = effort(2, 100) if backend is OPENSEARCH else effort(12, 5_000)
    walk = Walk(walked, papers, random.Random(20))
    for _ in range(states):
        walk.hold()
        walk.go_on()
    assert walk.numbers > states


class Walk:
    """A reader who follows links at random.

    Attributes:
        numbers: that were held against the hits after their click.
        fallen_back: states in which papers with some of the words are shown.
    """

    def __init__(self, searcher: Searcher, papers: list[Paper], chance: random.Random) -> None:
        self.searcher = searcher
        self.chance = chance
        self.venues: Venues = load_venues()
        self.words = sorted({word for paper in papers for word in paper.title.split()})
        self.counted: dict[str, int] = {}
        self.numbers = self.fallen_back = self.steps = 0
        self.query = self.typed()
        self.panels: list[Panel] = []

    def typed(self) -> Query:
        """Returns a query typed into the empty box."""
        text = self.chance.choice(TEXTS)
        if self.chance.random() < 0.6:
            text = " ".join(self.chance.sample(self.words, self.chance.randint(1, 3)))
        return parse_query(text, per_page=PARAMS.per_page)

    def read(self, address: str) -> Query:
        """Returns the query that the server makes of an address."""
        pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
        asked = PARAMS.read(pairs)
        assert not asked.faults, address
        return read_typed_text(asked.query, self.searcher, self.venues)

    def after_click(self, address: str) -> int:
        """Returns the hits of the page at an address."""
        if address not in self.counted:
            query = replace(self.read(address), per_page=0)
            self.counted[address] = search_corrected(self.searcher, query).total
        return self.counted[address]

    def hold(self) -> None:
        """Hold every number of this state against the hits after its click."""
        results = search_corrected(
            self.searcher, read_typed_text(self.query, self.searcher, self.venues)
        )
        here = URLS.write(results.query)
        assert self.after_click(here) == results.total, here
        self.panels = [
            facet_panel(results.query, facet, URLS.around) for facet in results.facets.values()
        ]
        for panel in self.panels:
            for row in panel.rows:
                assert self.after_click(row.only) == row.count, (here, row.only)
        sort = self.chance.choice(tuple(Sort))
        sorted_so = URLS.write(replace(results.query, sort=sort, page=1))
        assert self.after_click(sorted_so) == results.total, sorted_so
        for other in results.receipt.alternatives:
            assert self.after_click(URLS.write(other.query)) == other.total, (here, other)
        if results.receipt.all_words:
            needed = URLS.write(replace(results.query, match=Match.ALL, page=1))
            assert self.after_click(needed) == results.receipt.all_words, here
        self.numbers += sum(len(panel.rows) for panel in self.panels)
        self.fallen_back += results.receipt.matched == "any"
        self.query = results.query

    def go_on(self) -> None:
        """Follow a link of the page, or begin anew."""
        self.steps += 1
        rows = [row for panel in self.panels for row in panel.rows]
        if self.steps % LONGEST_WALK == 0 or not rows:
            self.query = self.typed()
            return
        chance, query = self.chance.random(), self.query
        if chance < 0.6:
            row = self.chance.choice(rows)
            links = [link for link in (row.only, row.without, row.undo) if link]
            self.query = self.read(self.chance.choice(links))
        elif chance < 0.75:  # some boxes ticked, applied at once
            panel = self.chance.choice([panel for panel in self.panels if panel.rows])
            some = self.chance.sample(panel.rows, min(2, len(panel.rows)))
            filters = query_edits.without_field(query, panel.field).filters
            ticked = Filter(panel.field, tuple(row.value for row in some))
            self.query = replace(query, filters=(*filters, ticked), page=1)
        elif chance < 0.85:
            ends = sorted(self.chance.sample(range(2011, 2025), 2))
            self.query = replace(query, years=YearRange(*ends), page=1)
        elif chance < 0.95:
            self.query = replace(query, match=self.chance.choice(tuple(Match)), page=1)
        else:
            self.query = query_edits.cleared(query)
