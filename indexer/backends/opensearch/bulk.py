"""Documents to the cluster in batches, several on their way, each applied exactly once.

A document's id is its paper's, so sending it again changes nothing: whatever was lost on the way
(a full queue, a node that went) is sent again, in smaller requests after growing pauses. Batches
that name the same paper never travel side by side, so the last word on a paper is the last.

How hard a cluster is pressed: less as soon as it says that it is too much, more again by and by.

Additive increase, multiplicative decrease, as TCP does it (Chiu & Jain 1989, "Analysis of the
Increase and Decrease Algorithms for Congestion Avoidance"), of both the requests on their way and
the papers in each.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition
from typing import TYPE_CHECKING, Final

from indexer.backends.opensearch.connection import ClusterConfig
from indexer.backends.opensearch.mapping import Body
from indexer.errors import IndexError_, IndexUnavailable

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

_LOG: Final = logging.getLogger(__name__)
LANES: Final = 3
"""Requests on their way at once, at most."""
LARGEST: Final = 4 << 20
"""Characters of a request's body, at most, unless one paper alone has more."""
LONGEST_PAUSE: Final = 30.0
_PASSING: Final = frozenset({408, 429, 500, 502, 503, 504})
"""Answers that may be better next time."""


@dataclass(slots=True)
class Batch:
    """Changes of distinct papers: a document to put, or None to delete."""

    changes: dict[str, Body | None] = field(default_factory=dict)

    def line(self, one: str) -> str:
        """Writes the change of one paper as it stands in the body of a bulk request."""
        document = self.changes[one]
        if document is None:
            return json.dumps({"delete": {"_id": one}}) + "\n"
        return f"{json.dumps({'index': {'_id': one}})}\n{json.dumps(document)}\n"


class BulkSender:
    """Sends batches to one index of the cluster, pressing it no harder than it can bear."""

    def __init__(
        self,
        client: OpenSearch,
        index: str,
        config: ClusterConfig,
        *,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Sends to `index`; `close` when done.

        Args:
            client: of the cluster.
            index: to write to.
            config: papers in a batch, time-out, tries.
            sleep: waits for some seconds.
            chance: gives numbers from 0 to 1, which set apart the pauses of several lanes.
        """
        self._client = client
        self._index = index
        self._config = config
        self._sleep = sleep
        self._chance = chance
        self._pace = Pace(papers=config.batch, requests=LANES)
        self._pool = ThreadPoolExecutor(LANES, thread_name_prefix="bulk")
        self._sent: list[tuple[Future[None], frozenset[str]]] = []

    def send(self, batch: Batch) -> None:
        """Puts a batch on its way; returns at once while a lane is free.

        Raises:
            IndexUnavailable: when an earlier batch could not be sent.
            IndexError_: when the cluster refuses a document of an earlier batch.
        """
        ids = frozenset(batch.changes)
        self.settle(ids)
        while len(self._sent) > LANES:
            done, _ = self._sent.pop(0)
            done.result()
        self._sent.append((self._pool.submit(self._deliver, batch), ids))

    def settle(self, ids: frozenset[str]) -> None:
        """Waits until nothing of some papers is on its way; raises as `send`."""
        if any(ids & others for _, others in self._sent):
            self.drain()

    def drain(self) -> None:
        """Waits until all that was sent is there; raises as `send`."""
        while self._sent:
            self._sent.pop(0)[0].result()

    def close(self) -> None:
        """Cancel what has not begun, and the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _deliver(self, batch: Batch) -> None:
        """Sends one batch, request by request, until all of it is there."""
        lines = [(change, batch.line(change)) for change in batch.changes]
        failures = 0
        while lines:
            with self._pace.turn():
                sent = self._portion(lines)
                left, reason = self._attempt(batch, lines[:sent])
            if not left:
                self._pace.faster()
                failures = 0
            else:
                self._pace.slower()
                failures = failures + 1 if len(left) == sent else 1
                if failures > self._config.retries:
                    raise IndexUnavailable(
                        f"{self._index}: {len(lines)} papers could not be sent in "
                        f"{failures} tries ({reason}); nothing was published; "
                        "bring back nodes that are missing and run the build again, it goes on "
                        "where it stopped"
                    )
                pause = min(LONGEST_PAUSE, 2.0 ** (failures - 1))
                _LOG.warning(
                    "%s: %d of %d papers were not accepted (%s); try %d of %d follows",
                    self._index,
                    len(left),
                    sent,
                    reason,
                    failures + 1,
                    self._config.retries + 1,
                )
                self._sleep(pause * (0.5 + self._chance() / 2))
            lines = left + lines[sent:]

    def _portion(self, lines: list[tuple[str, str]]) -> int:
        """Returns how many of the next changes make one request."""
        size = 0
        for count, (_, line) in enumerate(lines[: self._pace.papers]):
            size += len(line)
            if size > LARGEST and count:
                return count
        return min(len(lines), self._pace.papers)

    def _attempt(
        self, batch: Batch, lines: list[tuple[str, str]]
    ) -> tuple[list[tuple[str, str]], str]:
        """Sends some changes of a batch once; returns those that are not there, and why."""
        from opensearchpy.exceptions import TransportError

        try:
            answer = self._client.bulk(
                body="".join(line for _, line in lines),
                index=self._index,
                params={"request_timeout": self._config.bulk_timeout},
            )
        except TransportError as error:
            status = error.status_code
            if isinstance(status, int) and status not in _PASSING and status != 413:
                raise IndexError_(f"{self._index}: the cluster refuses: {error.error}") from error
            return lines, str(error.error)
        left: list[tuple[str, str]] = []
        reason = ""
        for change, item in zip(lines, answer["items"], strict=True):
            (result,) = item.values()
            status = int(result["status"])
            if status in _PASSING:
                left.append(change)
                reason = str(result.get("error", {}).get("type", status))
            elif status >= 400 and not (batch.changes[change[0]] is None and status == 404):
                cause = result.get("error", {})
                raise IndexError_(
                    f"{self._index}: paper {change[0]!r}: the cluster refuses it: "
                    f"{cause.get('reason', status)}"
                )
        return left, reason


LEAST: Final = 10
"""Papers that a request has at least, where there are so many."""
CALM: Final = 8
"""Requests in a row that must go well before one more goes at the same time."""


class Pace:
    """The papers of a request and the requests on their way; safe to use from several threads."""

    def __init__(self, *, papers: int, requests: int) -> None:
        """Begins at the most: `papers` in a request, `requests` on their way."""
        self._most = (papers, requests)
        self._papers = papers
        self._requests = requests
        self._under_way = 0
        self._well = 0
        self._changed = Condition()

    @property
    def papers(self) -> int:
        """Papers that the next request may have."""
        return self._papers

    @property
    def requests(self) -> int:
        """Requests that may be on their way."""
        return self._requests

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits until one more request may be sent, and counts as one until the block ends."""
        with self._changed:
            self._changed.wait_for(lambda: self._under_way < self._requests)
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def slower(self) -> None:
        """Halve both: a request was too much, or was lost."""
        with self._changed:
            self._papers = max(min(LEAST, self._most[0]), self._papers // 2)
            self._requests = max(1, self._requests // 2)
            self._well = 0

    def faster(self) -> None:
        """Goes up by a little: a request went well."""
        with self._changed:
            most_papers, most_requests = self._most
            self._papers = min(most_papers, self._papers + max(1, most_papers // 16))
            self._well += 1
            if self._well >= CALM and self._requests < most_requests:
                self._well = 0
                self._requests += 1
                self._changed.notify_all()
