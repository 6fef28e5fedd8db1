"""Connections are shared out: a worker leaves a new one to another that has fewer."""

from __future__ import annotations

from webui.server.connection_balancer import PATIENCE, ROWS, Share, table


class _Time:
    """A clock that goes on only where somebody pauses."""

    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += seconds


def _shares(*connections: int) -> tuple[_Time, list[Share]]:
    time, shared = _Time(), table()
    shares = [Share(shared, row, time.clock, time.pause) for row in range(len(connections))]
    for share, count in zip(shares, connections, strict=True):
        share.tell(count)
    return time, shares


def test_the_one_with_the_fewest_is_next() -> None:
    _, (busy, idle, between) = _shares(3, 0, 1)

    assert [busy.is_next(), idle.is_next(), between.is_next()] == [False, True, False]


def test_with_as_many_each_is_next() -> None:
    _, shares = _shares(2, 2)

    assert all(share.is_next() for share in shares)


def test_a_worker_alone_is_next() -> None:
    _, (alone,) = _shares(9)

    assert alone.is_next()


def test_who_has_ended_is_not_waited_for() -> None:
    _, (busy, gone) = _shares(3, 0)
    gone.end()

    assert busy.is_next()


def test_who_takes_nothing_is_not_waited_for_long() -> None:
    time, (busy, _) = _shares(3, 0)
    began = time.now
    while not busy.is_next():
        assert time.now - began <= PATIENCE * 1.1

    assert time.now - began >= PATIENCE * 0.9
    assert not busy.is_next()  # the next one is left to the other again


def test_each_connection_is_left_for_as_long() -> None:
    time, (busy, _) = _shares(3, 0)
    assert not busy.is_next()
    time.now += 60
    began = time.now
    while not busy.is_next():
        pass

    assert time.now - began >= PATIENCE * 0.9


def test_rows_are_used_again() -> None:
    shared = table()
    Share(shared, 1).tell(0)
    later = Share(shared, 1 + ROWS)
    later.tell(5)

    assert later.is_next()  # nobody else is there
