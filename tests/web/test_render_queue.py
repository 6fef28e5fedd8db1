"""Turns: pages of one worker are made one at a time, and nobody waits long for a slow one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from indexer import load_config
from tests.oracle import MemoryIndex, MemorySearcher
from tests.web.conftest import PAPERS
from webui import create_app
from webui.http.render_queue import LONGEST, Turn, Turns


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(2_000):
        if holds():
            return
        time.sleep(0.005)
    raise AssertionError("it did not come about within ten seconds")


def test_first_come_first_served() -> None:
    turns = Turns(longest=60)
    served: list[int] = []

    def serve(number: int) -> None:
        turn = turns.take()
        served.append(number)
        turns.give_back(turn)

    first = turns.take()
    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=serve, args=(number,)))
        threads[-1].start()
        _until(lambda: len(turns._waiting) == number + 1)  # noqa: B023 - called at once
    assert served == []
    turns.give_back(first)
    for thread in threads:
        thread.join(10)

    assert served == [0, 1, 2, 3, 4]


def test_a_turn_ends_by_itself() -> None:
    now = [0.0]
    turns = Turns(longest=0.02, clock=lambda: now[0])
    slow = turns.take()
    now[0] = 0.03

    second = turns.take()  # does not wait for the first
    turns.give_back(slow)  # which takes nothing from the second
    taken: list[Turn] = []
    third = threading.Thread(target=lambda: taken.append(turns.take()))
    third.start()
    _until(lambda: len(turns._waiting) == 1)
    assert not taken
    turns.give_back(second)
    third.join(10)

    assert len(taken) == 1


class _Searches:
    """Searches that end when they may, and how many are under way."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.under_way = 0
        self.most = 0
        self.count = 0
        self._lock = threading.Lock()

    @contextmanager
    def one(self) -> Iterator[None]:
        with self._lock:
            self.under_way += 1
            self.count += 1
            self.most = max(self.most, self.under_way)
        assert self.may_end.wait(10)
        yield
        with self._lock:
            self.under_way -= 1


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> _Searches:
    held = _Searches()
    search = MemorySearcher.search

    def slowly(searcher: MemorySearcher, query: object, **named: object) -> object:
        with held.one():
            return search(searcher, query, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(MemorySearcher, "search", slowly)
    return held


def _ask(client: Callable[[], object], count: int) -> list[threading.Thread]:
    threads = [threading.Thread(target=client) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def test_pages_are_made_one_at_a_time(searches: _Searches) -> None:
    app = create_app(index=MemoryIndex.of(PAPERS))
    app.extensions["quiver.turns"] = Turns(longest=60)
    threads = _ask(lambda: app.test_client().get("/search?q=learning"), 4)
    _until(lambda: len(app.extensions["quiver.turns"]._waiting) == 3)
    searches.may_end.set()
    for thread in threads:
        thread.join(10)

    assert searches.most == 1


def test_a_slow_page_keeps_nobody_waiting_for_long(searches: _Searches) -> None:
    app = create_app(index=MemoryIndex.of(PAPERS))
    threads = _ask(lambda: app.test_client().get("/search?q=slow"), 1)
    _until(lambda: searches.under_way == 1)
    began = time.monotonic()

    assert app.test_client().get("/references").status_code == 200
    took = time.monotonic() - began
    searches.may_end.set()
    threads[0].join(10)

    assert took >= LONGEST / 2
    assert took < 5


def test_what_needs_no_work_waits_for_nobody(searches: _Searches) -> None:
    app = create_app(index=MemoryIndex.of(PAPERS))
    app.extensions["quiver.turns"] = Turns(longest=60)
    client = app.test_client()
    assert client.get("/references").status_code == 200  # kept from now on
    threads = _ask(lambda: app.test_client().get("/search?q=slow"), 1)
    _until(lambda: searches.under_way == 1)

    assert client.get("/references").status_code == 200
    with client.get("/static/quiver.css") as style:
        assert style.status_code == 200
    assert client.get("/metrics").status_code == 200
    assert client.get("/nothing/there").status_code == 404
    searches.may_end.set()
    threads[0].join(10)


def test_an_error_ends_the_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> object:
        raise RuntimeError("broken")

    monkeypatch.setattr(MemorySearcher, "search", broken)
    app = create_app(index=MemoryIndex.of(PAPERS))
    app.extensions["quiver.turns"] = Turns(longest=60)
    client = app.test_client()
    for _ in range(3):
        assert client.get("/search?q=learning").status_code == 500


@pytest.mark.parametrize(("kept", "made"), [(32, 1), (0, 4)])
def test_a_page_that_somebody_before_asked_for_is_made_once(
    searches: _Searches, kept: int, made: int
) -> None:
    config = load_config()
    config = replace(config, web=replace(config.web, page_cache=kept))
    app = create_app(config, index=MemoryIndex.of(PAPERS))
    app.extensions["quiver.turns"] = Turns(longest=60)
    pages: list[bytes] = []
    threads = _ask(lambda: pages.append(app.test_client().get("/search?q=learning").data), 4)
    _until(lambda: len(app.extensions["quiver.turns"]._waiting) == 3)
    searches.may_end.set()
    for thread in threads:
        thread.join(10)

    assert searches.count == made
    assert len(pages) == 4
    assert all(b"learning" in page for page in pages)


def test_who_is_torn_out_of_the_line_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns(longest=60)
    first = turns.take()

    def torn(_: float | None) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(turns._changed, "wait", torn)
    with pytest.raises(KeyboardInterrupt):
        turns.take()
    monkeypatch.undo()
    turns.give_back(first)

    assert not turns.take().waited


class _ElsewhereIndex(MemoryIndex):
    """An index whose searches a service does."""

    @property
    def in_process(self) -> bool:
        return False


def test_pages_of_a_cluster_take_no_turns() -> None:
    app = create_app(load_config(), index=_ElsewhereIndex.of(PAPERS))

    assert "quiver.turns" not in app.extensions
    assert app.test_client().get("/search?q=learning").status_code == 200
