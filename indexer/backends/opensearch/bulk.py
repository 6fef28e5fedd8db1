"""Documents to the cluster in batches, several on their way, each applied exactly once.

A document's id is its paper's, so sending it again changes nothing: whatever was lost on the way
(a full queue, a node that went) is sent again, with growing pauses. Batches that name the same
paper never travel side by side, so the last word on a paper is the last.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from indexer.backends.opensearch.connection import ClusterConfig, ClusterUnavailable
from indexer.backends.opensearch.mapping import Body
from indexer.errors import IndexError_

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

LANES: Final = 3
"""Batches on their way at once."""
LONGEST_PAUSE: Final = 30.0
_PASSING: Final = frozenset({429, 500, 502, 503, 504})
"""Answers that may be better next time."""


@dataclass(slots=True)
class Batch:
    """Changes of distinct papers: a document to put, or None to delete."""

    changes: dict[str, Body | None] = field(default_factory=dict)

    def lines(self, ids: list[str]) -> str:
        """Write the changes of some papers as the body of a bulk request."""
        written: list[str] = []
        for one in ids:
            document = self.changes[one]
            action = "delete" if document is None else "index"
            written.append(json.dumps({action: {"_id": one}}))
            if document is not None:
                written.append(json.dumps(document))
        return "\n".join(written) + "\n"


class BulkSender:
    """Sends batches to one index of the cluster."""

    def __init__(
        self,
        client: OpenSearch,
        index: str,
        config: ClusterConfig,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Send to `index`; `close` when done."""
        self._client = client
        self._index = index
        self._config = config
        self._sleep = sleep
        self._pool = ThreadPoolExecutor(LANES, thread_name_prefix="bulk")
        self._sent: list[tuple[Future[None], frozenset[str]]] = []

    def send(self, batch: Batch) -> None:
        """Put a batch on its way; returns at once while a lane is free.

        Raises:
            ClusterUnavailable: when an earlier batch could not be sent.
            IndexError_: when the cluster refuses a document of an earlier batch.
        """
        ids = frozenset(batch.changes)
        if any(ids & others for _, others in self._sent):
            self.drain()
        while len(self._sent) >= LANES:
            done, _ = self._sent.pop(0)
            done.result()
        self._sent.append((self._pool.submit(self._deliver, batch), ids))

    def drain(self) -> None:
        """Wait until all that was sent is there; raises as `send`."""
        while self._sent:
            self._sent.pop(0)[0].result()

    def close(self) -> None:
        """Give up what has not begun, and the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _deliver(self, batch: Batch) -> None:
        """Send one batch until all of it is there."""
        left = list(batch.changes)
        reason = ""
        for attempt in range(self._config.retries + 1):
            if attempt:
                self._sleep(min(LONGEST_PAUSE, 2.0 ** (attempt - 1)))
            left, reason = self._attempt(batch, left)
            if not left:
                return
        raise ClusterUnavailable(
            f"{self._index}: {len(left)} papers could not be sent in "
            f"{self._config.retries + 1} tries ({reason}); nothing was published; "
            "run the build again, it goes on where it stopped"
        )

    def _attempt(self, batch: Batch, ids: list[str]) -> tuple[list[str], str]:
        """Send some changes of a batch once; give those that are not there, and why."""
        from opensearchpy.exceptions import TransportError

        try:
            answer = self._client.bulk(
                body=batch.lines(ids),
                index=self._index,
                params={"request_timeout": self._config.bulk_timeout},
            )
        except TransportError as error:
            status = error.status_code
            if isinstance(status, int) and status not in _PASSING:
                raise IndexError_(f"{self._index}: the cluster refuses: {error.error}") from error
            return ids, str(error.error)
        left: list[str] = []
        reason = ""
        for one, item in zip(ids, answer["items"], strict=True):
            (result,) = item.values()
            status = int(result["status"])
            if status in _PASSING:
                left.append(one)
                reason = str(result.get("error", {}).get("type", status))
            elif status >= 400 and not (batch.changes[one] is None and status == 404):
                cause = result.get("error", {})
                raise IndexError_(
                    f"{self._index}: paper {one!r}: the cluster refuses it: "
                    f"{cause.get('reason', status)}"
                )
        return left, reason
