"""How two authors are connected, and who of a name's co-authors wrote together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given

from indexer.authors.coauthors import (
    MOST_TIED,
    MOST_TIES,
    coauthors_of,
    printed_names,
    strongest_ties,
)
from indexer.authors.shortest_path import connect, known_name
from indexer.paper import Paper, name_key
from indexer.search import Searcher
from tests import strategies
from tests.oracle import MemoryIndex
from webui.cli import quiver

PAPERS = (
    Paper("a", "Old", authors=("Ann Ace", "Bób Bay"), year=2001),
    Paper("b", "New", authors=("Ann Ace", "Bób Bay", "Cy Coe"), year=2002),
    Paper("c", "Other", authors=("Cy Coe", "***"), year=2003),
    Paper("d", "Alone", authors=("Dee Day",)),
    Paper("e", "By nobody"),
)


@pytest.fixture
def searcher() -> Iterator[Searcher]:
    with MemoryIndex.of(PAPERS).searcher() as opened:
        yield opened


def test_links_hold_the_papers_of_both_newest_first(searcher: Searcher) -> None:
    found = connect(searcher, "ann ace", "***")

    assert found.names == ("Ann Ace", "Cy Coe", "***")
    assert [[paper.id for paper in link.papers] for link in found.links] == [["b"], ["c"]]
    assert [paper.id for paper in connect(searcher, "Ann Ace", "Bób Bay").links[0].papers] == [
        "b",
        "a",
    ]


def test_nothing_connects_those_who_wrote_alone(searcher: Searcher) -> None:
    assert connect(searcher, "Ann Ace", "Dee Day").names == ()
    assert connect(searcher, "Dee Day", "Dee Day").links == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ANN ACE", "Ann Ace"),
        ("ann-ace", "Ann Ace"),
        ("Bob Bay", "Bób Bay"),
        ("***", "***"),
        ("Nobody", None),
        ("unknown", None),
        ("", None),
    ],
)
def test_a_text_is_read_as_a_name(searcher: Searcher, text: str, name: str | None) -> None:
    assert known_name(searcher, text) == name


@given(strategies.collections())
def test_ties_count_papers_that_both_are_on(papers: tuple[Paper, ...]) -> None:
    coauthors = coauthors_of(printed_names(papers), ())
    ties = strongest_ties(papers, coauthors)

    assert sorted(one.name for one in ties.people) == sorted(
        one.name for one in coauthors[:MOST_TIED]
    )
    assert len(ties.ties) <= MOST_TIES
    for tie in ties.ties:
        both = {name_key(ties.people[at].name) for at in (tie.one, tie.other)}
        assert tie.one < tie.other
        assert tie.count == sum(both <= set(map(name_key, paper.authors)) for paper in papers)


def test_those_who_wrote_together_most_stand_side_by_side() -> None:
    papers = [
        *(Paper(f"x{at}", "X", authors=("A", "C")) for at in range(3)),
        *(Paper(f"y{at}", "Y", authors=("B", "D")) for at in range(2)),
        *(Paper(f"z{at}", "Z", authors=("B",)) for at in range(3)),
    ]
    ties = strongest_ties(papers, coauthors_of(printed_names(papers), ()))

    assert [one.name for one in ties.people] == ["B", "D", "A", "C"]
    assert [(tie.one, tie.other, tie.count) for tie in ties.ties] == [(2, 3, 3), (0, 1, 2)]


def test_on_the_command_line(checkout: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    index = ("--index", str(tmp_path / "index"))
    built = run(quiver(), ["build", str(checkout / "data" / "martin-jaggi.txt"), *index])
    assert built.exit_code == 0, built.output

    asked = ("path", "Sebastian U. Stich", "francois fleuret", *index)
    said = run(quiver(), asked)
    assert said.exit_code == 0
    assert "Martin Jaggi" in said.output
    found = json.loads(run(quiver(), (*asked, "--json")).stdout)
    assert found["steps"] == len(found["links"]) == len(found["names"]) - 1 == 2
    assert found["from"] == "Sebastian U. Stich"
    assert all(link["count"] >= len(link["papers"]) > 0 for link in found["links"])
    missing = run(quiver(), ("path", "Sebastian U. Stich", "No Body", *index))
    assert missing.exit_code == 1
    assert "no paper has an author named 'No Body'" in missing.output
    for verb in (("path", "Sebastian U. Stich"), ("author",)):
        for typed in ("Jaggi", "Jagi", "Jaggi, X.", "M. Jagi", "Xaver Jaggi"):
            near = run(quiver(), (*verb, typed, *index))
            assert near.exit_code == 1
            assert "similar names: Martin Jaggi" in near.output
