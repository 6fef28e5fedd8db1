"""Alerts over every backend: each paper told once, and nothing lost, whatever happens between."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from indexer import (
    Alert,
    AlertError,
    AlertReport,
    AlertsFile,
    DeliveryError,
    Index,
    Paper,
    StateFolder,
    Target,
    load_config,
    preview_alerts,
    run_alerts,
)
from indexer.alerts.alert_file import read_alerts
from indexer.alerts.notice import Notice
from tests.conformance.backends import ORACLE, Backend
from webui.alert_pages import site_pages

SITE = site_pages(load_config(overrides={"web.public_url": "https://papers.example.org"}))
OUT = (Target("file", "one"), Target("file", "two"))
GOSSIP = Alert("gossip", "search", OUT, parameters=(("q", "gossip"), ("match", "all")))
ADA = Alert("ada", "author", OUT, subject="ada-byron")
SHELF = Alert("shelf", "shelf", OUT, parameters=(("id", "a"), ("id", "later")))
A = Paper("a", "Gossip in groups", "On gossip.", ("Ada Byron",), "ICML", 2020)
B = Paper("b", "Bees", "On bees.", ("Ada Byron",), "ICML", 2021)
C = Paper("c", "More gossip", "On gossip again.", ("Carl Z.",), "JMLR", 2022)


class Mailbox:
    """Targets that remember what they took, and may be away."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, Notice]] = []
        self.is_away: Callable[[Target], bool] = lambda _: False

    def deliver(self, notice: Notice, target: Target) -> None:
        if self.is_away(target):
            raise DeliveryError("nobody is there")
        self.taken.append((target.address, notice))

    def told(self, target: str = "one") -> list[str]:
        """Returns what one target took: "gossip:+c", a "+" for new, "~" changed, "-" removed."""
        return [
            f"{notice.alert}:{sign}{paper.id}"
            for address, notice in self.taken
            if address == target
            for sign, papers in (
                ("+", notice.new),
                ("~", notice.changed),
                ("-", notice.removed),
            )
            for paper in papers
        ]


def write(index: Index, *papers: Paper, gone: tuple[str, ...] = (), rebuild: bool = False) -> None:
    with index.writer(rebuild=rebuild) as writer:
        for paper in papers:
            writer.add(paper)
        for one in gone:
            writer.delete(one)


@pytest.fixture
def index(backend: Backend) -> Iterator[Index]:
    with backend.index() as made:
        write(made, A, B)
        yield made


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def run(index: Index, box: Mailbox, tmp_path: Path) -> Callable[..., tuple[AlertReport, ...]]:
    def run(*alerts: Alert, **options: Any) -> tuple[AlertReport, ...]:
        file = AlertsFile("alerts.yaml", alerts or (GOSSIP, ADA, SHELF))
        delivery: Any = box
        return run_alerts(file, index, SITE, StateFolder(str(tmp_path / "s")), delivery, **options)

    return run


Run = Callable[..., tuple[AlertReport, ...]]


def test_each_paper_is_told_once_and_again_when_it_changes(
    index: Index, box: Mailbox, run: Run
) -> None:
    first = run()
    assert [report.papers for report in first] == [1, 2, 1]
    assert all(report.is_first for report in first)
    assert not box.taken
    run()
    assert not box.taken
    write(index, C, replace(A, venue="JMLR"), Paper("later", "A late paper"))
    run()
    assert box.told() == ["gossip:+c", "gossip:~a", "ada:~a", "shelf:+later", "shelf:~a"]
    assert box.told("two") == box.told()
    notice = box.taken[0][1]
    assert notice.page == "https://papers.example.org/search?q=gossip&match=all"
    assert notice.new[0].address == "https://papers.example.org/paper/c"
    assert notice.title == "“gossip”"
    run()
    write(index, gone=("a",))
    run()
    assert box.told()[5:] == ["shelf:-a"]
    write(index, A)
    run()
    assert box.told()[6:] == ["gossip:~a", "ada:~a", "shelf:+a"]  # as it was before its change


def test_a_paper_taken_off_a_shelf_has_not_left_the_index(
    index: Index, box: Mailbox, run: Run
) -> None:
    both = replace(SHELF, parameters=(("id", "a"), ("id", "b")))
    only_a = replace(SHELF, parameters=(("id", "a"),))
    run(both)
    run(only_a)
    run(replace(GOSSIP, name="shelf"))
    run(only_a)
    assert not box.taken
    write(index, gone=("b",))
    run(only_a)
    assert not box.taken
    write(index, gone=("a",))
    run(only_a)
    assert box.told() == ["shelf:-a"]


def test_since_tells_what_came_before_the_first_run(index: Index, box: Mailbox, run: Run) -> None:
    old = str(index.generation())
    write(index, C)
    assert run(GOSSIP, since=old)[0].is_first
    assert box.told() == ["gossip:+c"]
    run(ADA, since="2000-01-01")
    assert sorted(box.told()[1:]) == ["ada:+a", "ada:+b"]
    run(SHELF, since="2999-01-01")
    assert len(box.told()) == 3


def test_a_target_that_is_away_is_told_later_and_the_other_once(
    index: Index, box: Mailbox, run: Run
) -> None:
    run(GOSSIP)
    box.is_away = lambda target: target.address == "two"
    write(index, C)
    (report,) = run(GOSSIP)
    assert report.pending == 1
    assert "nobody is there" in report.faults[0]
    write(index, replace(A, year=2019))
    run(GOSSIP)
    assert box.told() == ["gossip:+c", "gossip:~a"]
    assert box.told("two") == []
    box.is_away = lambda _: False
    (report,) = run(GOSSIP)
    assert (report.pending, report.faults) == (0, ())
    assert box.told() == box.told("two") == ["gossip:+c", "gossip:~a"]


def test_a_generation_that_is_gone_and_an_index_made_anew_lose_nothing(
    index: Index, box: Mailbox, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(GOSSIP)
    for number in range(4):  # more than are kept
        write(index, replace(B, year=2000 + number))
    write(index, C, replace(A, title="Gossip in small groups"))
    (report,) = run(GOSSIP)
    assert box.told() == ["gossip:+c", "gossip:~a"]
    if len(index.published()) < 6:
        assert "no longer kept" in report.notes[0]
    write(index, A, B, C, Paper("d", "Gossip, too"), rebuild=True)
    run(GOSSIP)
    assert sorted(box.told()[2:]) == ["gossip:+d", "gossip:~a"]


def test_papers_that_match_for_another_reason_are_noted_and_not_told(
    index: Index, box: Mailbox, run: Run
) -> None:
    run(GOSSIP)
    write(index, C)
    run(replace(GOSSIP, parameters=(("q", "bees OR gossip"),)))
    assert box.told() == ["gossip:+c"]
    write(index, replace(B, year=1999))
    run(replace(GOSSIP, parameters=(("q", "bees OR gossip"),)))
    assert box.told() == ["gossip:+c", "gossip:~b"]


def test_many_papers_are_several_notices(
    index: Index, box: Mailbox, run: Run, tmp_path: Path
) -> None:
    run(GOSSIP)
    write(index, *(Paper(f"m{number:03}", f"Gossip {number}") for number in range(205)))
    file = AlertsFile("alerts.yaml", (GOSSIP,))
    folder = StateFolder(str(tmp_path / "s"))
    ((_, notices),) = list(preview_alerts(file, index, SITE, folder))
    assert [(len(one.new), one.part, one.parts) for one in notices] == [(200, 1, 2), (5, 2, 2)]
    assert not box.taken
    run(GOSSIP)
    assert len(set(box.told())) == len(box.told()) == 205
    assert [notice.id for address, notice in box.taken if address == "one"] == [
        notice.id for notice in notices
    ]


def test_two_runs_do_not_meet(run: Run, tmp_path: Path) -> None:
    run(GOSSIP)
    with StateFolder(str(tmp_path / "s")).locked(), pytest.raises(AlertError, match="at work"):
        run(GOSSIP)


class Killed(BaseException):
    """Stands for SIGKILL."""


def test_killed_at_any_step_tells_once_or_again_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every write of a state and every delivery is a step, before and after which a run dies."""
    write_state = StateFolder.write
    for fatal in itertools.count():
        steps = itertools.count()

        def step(fatal: int = fatal, steps: Iterator[int] = steps) -> None:
            if next(steps) == fatal:
                raise Killed

        class Mortal(Mailbox):
            def deliver(self, notice: Notice, target: Target) -> None:
                step()
                super().deliver(notice, target)
                step()

        def write_and_step(folder: StateFolder, state: Any) -> None:
            step()
            write_state(folder, state)
            step()

        monkeypatch.setattr(StateFolder, "write", write_and_step)
        box: Any = Mortal()
        folder = StateFolder(str(tmp_path / str(fatal)))
        file = AlertsFile("alerts.yaml", (GOSSIP, ADA))
        killed = False
        with ORACLE.index() as index:
            write(index, A, B)
            for papers in ((), (C, replace(A, venue="JMLR")), ()):
                if papers:
                    write(index, *papers)
                try:
                    run_alerts(file, index, SITE, folder, box)
                except Killed:
                    killed = True
                    run_alerts(file, index, SITE, folder, box)
        for target in ("one", "two"):
            told = box.told(target)
            assert set(told) == {"gossip:+c", "gossip:~a", "ada:~a"}, fatal
            assert len(told) <= 3 + 2 * killed, fatal  # one notice again, of two papers
            ids = [notice.id for address, notice in box.taken if address == target]
            assert len(set(ids)) == 2, fatal
        if not killed:
            break
    assert fatal > 20


def test_the_search_means_what_the_page_means(tmp_path: Path, index: Index) -> None:
    path = tmp_path / "alerts.yaml"
    path.write_text("alerts: [{name: x, query: '-gossip', venue: ICML, year_to: 2021}]", "utf-8")
    (alert,) = read_alerts(str(path)).alerts
    with index.searcher() as searcher:
        page = SITE.watched(alert, searcher)
    assert page.ids == ("b",)
    assert page.address == "https://papers.example.org/search?q=-gossip&venue=ICML&year_to=2021"
