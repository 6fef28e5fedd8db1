"""What to screen next, and the test of whether to stop, against definitions and by example."""

from __future__ import annotations

import csv
import io
import json
import re
from math import comb
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from indexer.language.parse import parse_query
from indexer.paper import Paper
from indexer.reviews.label_clauses import label_asked, unlabelled, without_label
from indexer.reviews.labels import PaperLabels, attach_labels
from indexer.reviews.screening_order import screening_order, screening_sentences
from indexer.reviews.stopping import stopping_estimate
from tests.oracle import MemoryIndex
from webui import create_app
from webui.cli import quiver

PAPERS = (
    Paper("a1", "Gossip learning on phones", "Phones train by gossip averaging.", year=2019),
    Paper("b2", "Gossip in villages", "Neighbours talk and gossip spreads.", year=2020),
    Paper("c3", "Gossip among neighbours", "Villages talk.", year=2019),
    Paper("d4", "Gossip for averaging", "Averaging on phones without a server.", year=2021),
    Paper("e5", "Honey bees", "Bees dance.", year=2021),
    Paper("f6", "Gossip", "", year=2022),
)
LABELS = PaperLabels((("a1", "included"), ("b2", "excluded")))


def labelled(labels: PaperLabels) -> MemoryIndex:
    index = MemoryIndex.of(PAPERS)
    with index.writer() as writer:
        attach_labels(writer, labels)
    return index


def test_papers_like_the_included_come_first_and_like_the_excluded_last() -> None:
    with labelled(LABELS).searcher() as searcher:
        order = screening_order(searcher, parse_query("gossip"))
        assert [candidate.paper.id for candidate in order.candidates] == ["d4", "f6", "c3"]
        assert (order.papers, order.included, order.excluded, order.left) == (5, 1, 1, 3)
        assert set(order.candidates[0].words) == {"averaging", "phones"}
        again = screening_order(searcher, parse_query("gossip label:none"), limit=1)
        assert (again.candidates, again.papers) == (order.candidates[:1], 5)


def test_without_included_papers_the_order_is_that_of_the_search() -> None:
    with labelled(PaperLabels((("b2", "excluded"),))).searcher() as searcher:
        order = screening_order(searcher, parse_query("gossip"))
        found = [paper for paper in searcher.ids(parse_query("gossip")) if paper != "b2"]
        assert [candidate.paper.id for candidate in order.candidates] == found
        assert "the order is that of the search" in screening_sentences(order)[1]
        assert order.stopping.probability == 1


def test_a_search_that_finds_nothing_leaves_nothing() -> None:
    with labelled(LABELS).searcher() as searcher:
        order = screening_order(searcher, parse_query("zebra"))
        assert (order.candidates, order.papers, order.left) == ((), 0, 0)
        assert screening_sentences(order)


def _by_counting(labels: list[bool], papers: int, target: float) -> float:
    """The same test over all samples, with exact binomial coefficients."""
    found, least = sum(labels), 1.0
    for drawn in range(1, len(labels) + 1):
        hits = sum(labels[-drawn:])
        remaining = papers - (len(labels) - drawn)
        missing = int(found / target) + 1 - (found - hits)
        if missing > remaining:
            return 0.0
        ways = sum(
            comb(missing, number) * comb(remaining - missing, drawn - number)
            for number in range(hits + 1)
            if drawn - number >= 0
        )
        least = min(least, ways / comb(remaining, drawn))
    return least


@given(st.lists(st.booleans(), min_size=1, max_size=25), st.integers(1, 60))
def test_the_stopping_test_is_the_published_one(labels: list[bool], more: int) -> None:
    papers = len(labels) + more
    estimate = stopping_estimate(labels, papers)
    expected = _by_counting(labels, papers, 0.95) if any(labels) else 1.0
    assert estimate.probability == pytest.approx(expected, abs=1e-9)


def test_screening_may_stop_when_all_is_screened_or_much_brought_nothing() -> None:
    assert stopping_estimate([True, False], 2).may_stop
    assert not stopping_estimate([], 10).may_stop
    assert not stopping_estimate([False] * 50, 100).may_stop
    late = [stopping_estimate([True] * 20 + [False] * none, 1000).probability for none in (9, 900)]
    assert late[0] > 0.5
    assert late[1] < 0.05


def test_the_label_of_a_query_is_taken_out() -> None:
    for text, label, rest in (
        ("gossip label:none", "none", "gossip"),
        ("label:included", "included", ""),
        ("gossip OR label:included", "", "gossip OR label:included"),
    ):
        clause = parse_query(text).clause
        assert label_asked(clause) == label
        assert without_label(clause) == parse_query(rest).clause
        assert label_asked(unlabelled(clause)) == "none"


def test_the_page_and_the_table_name_what_is_next() -> None:
    client = create_app(index=labelled(LABELS)).test_client()
    page = client.get("/screen?q=gossip").text
    assert page.index("Gossip for averaging") < page.index("Gossip among neighbours")
    assert "2 of 5 papers are screened: 1 included, 1 excluded; 3 left." in page
    assert "Go on screening" in page
    rows = list(csv.DictReader(io.StringIO(client.get("/screen.csv?q=gossip").text)))
    assert [(row["id"], row["included"]) for row in rows] == [("d4", ""), ("f6", ""), ("c3", "")]
    assert 'href="/screen?q=gossip"' in client.get("/search?q=gossip").text
    assert 'href="/screen?q=gossip"' in client.get("/record?q=gossip").text
    assert client.get("/screen?q=gossip&page=x").status_code == 400
    assert "no paper" not in create_app(index=MemoryIndex.of(())).test_client().get("/screen").text


def test_the_example_of_the_document_is_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checkout: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [
        {"id": paper.id, "title": paper.title, "abstract": paper.abstract, "year": paper.year}
        for paper in PAPERS
    ]
    Path("papers.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    Path("screened.csv").write_text("id,included\na1,1\nb2,0\n", encoding="utf-8")

    def run(*arguments: str) -> str:
        ran = CliRunner().invoke(quiver(), arguments)
        assert ran.exit_code == 0, ran.output
        return ran.stdout

    run("build", "papers.jsonl")
    run("label", "screened.csv")
    text = (checkout / "indexer/reviews/README.md").read_text(encoding="utf-8")
    shown = re.search(r"\$ quiver screen gossip --next 2\n(.*?)```", text, re.DOTALL)
    assert shown is not None
    assert run("screen", "gossip", "--next", "2") == shown[1]
    rows = csv.DictReader(io.StringIO(run("screen", "gossip", "--csv")))
    assert [row["id"] for row in rows] == ["d4", "f6", "c3"]
    told = json.loads(run("--json", "screen", "gossip"))
    assert (told["left"], told["stopping"]["may_stop"]) == (3, False)
    assert [one["id"] for one in told["next"]] == ["d4", "f6", "c3"]
