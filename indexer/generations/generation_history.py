"""What the generations of an index say of its past: publications, deletions, restored papers.

`PaperTimes` tells when a paper was written, a moment before its generation was published, and
nothing of papers that are gone. Who copies a collection bit by bit needs more: when each change
could first be seen, and what disappeared. Both follow from the kept generations, compared one with
the next. What is learnt so is attached to the next generation that a build publishes, so it
outlives rebuilds and the generations themselves.
"""

from __future__ import annotations

import json
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Final

from indexer.errors import IndexError_
from indexer.generations.publishing import MOST_ATTACHED
from indexer.query import Query
from indexer.search import Changes, Index, Searcher, Writer

ATTACHED: Final = "history"
"""Name of the attachment that carries the history from build to build."""
MOST_PUBLICATIONS: Final = 10_000
"""Publications remembered, the latest ones."""
_BLOCK: Final = 10_000


@dataclass(frozen=True, slots=True)
class PastPaper:
    """A paper whose `PaperTimes` do not tell when it was deleted or restored.

    Attributes:
        time: when the generation without it, or with it again as it was before, was published.
        venue: that it has or had.
        last_changed: its own `PaperTimes.last_changed`; empty where it is deleted.
    """

    time: str
    venue: str
    last_changed: str = ""


@dataclass(frozen=True)
class GenerationHistory:
    """The past of one generation. All times are ISO 8601 in UTC, as `IndexInfo.built`.

    Attributes:
        publications: names and times of generations, rising; gaps are possible.
        deleted: papers that are gone, by id.
        restored: papers that a rollback made what they were before, by id.
    """

    publications: tuple[tuple[str, str], ...] = ()
    deleted: Mapping[str, PastPaper] = field(default_factory=dict)
    restored: Mapping[str, PastPaper] = field(default_factory=dict)

    @property
    def newest(self) -> str:
        """Name of the last generation that it knows; empty where it knows none."""
        return self.publications[-1][0] if self.publications else ""

    def published(self, time: str) -> str:
        """Returns when a paper of this `last_changed` was published: never before that time."""
        times = self._times
        at = bisect_left(times, time)
        return times[at] if at < len(times) else time

    def change_bounds(self, since: str, until: str) -> tuple[str, str] | None:
        """Returns bounds of `last_changed` for papers published from `since` to `until`.

        Empty bounds are none. None where nothing was published then.
        """
        times = self._times
        first = bisect_left(times, since) if since else 0
        last = bisect_right(times, until) if until else len(times)
        if first >= last:
            return None
        low = ""
        if first:
            before = datetime.fromisoformat(times[first - 1]) + timedelta(seconds=1)
            low = before.isoformat(timespec="seconds")
        return low, times[last - 1] if last < len(times) else ""

    @cached_property
    def past(self) -> tuple[tuple[str, str], ...]:
        """Deleted and restored papers as (time, id), the earliest first."""
        papers = (*self.deleted.items(), *self.restored.items())
        return tuple(sorted((paper.time, paper_id) for paper_id, paper in papers))

    @cached_property
    def _times(self) -> list[str]:
        return sorted(time for _, time in self.publications)


def history_of(index: Index, generation: str) -> GenerationHistory:
    """Returns the past of a generation, as far as it is known.

    Compares those kept generations up to it that no build has compared yet.

    Args:
        index: the index.
        generation: name of a kept one.
    """
    history = GenerationHistory()
    kept = [name for name in index.published() if name <= generation]
    for before, name in pairwise(("", *kept)):
        with suppress(IndexError_), index.searcher(name) as searcher:
            if searcher.generation != name:
                continue
            # Of two that reach as far, the attached one saw generations that are gone now.
            history = max(_attached(searcher), history, key=lambda known: known.newest)
            if history.newest >= name:
                continue
            publication = (name, searcher.info().built)
            if before and history.newest == before:
                history = _compared(index, history, before, searcher)
            history = replace(history, publications=(*history.publications, publication))
    return history


def _compared(
    index: Index, history: GenerationHistory, before: str, searcher: Searcher
) -> GenerationHistory:
    """Returns a history with what changed from one generation to the next."""
    changes = index.changes(before, searcher.generation)
    built = searcher.info().built
    touched = {*changes.added, *changes.changed, *changes.gone}
    deleted = {
        paper_id: past for paper_id, past in history.deleted.items() if paper_id not in touched
    }
    restored = {
        paper_id: past for paper_id, past in history.restored.items() if paper_id not in touched
    }
    if changes.gone:
        with index.searcher(before) as earlier:
            for paper_id in changes.gone:
                paper = earlier.get(paper_id)
                deleted[paper_id] = PastPaper(built, paper.venue if paper else "")
    earlier_time = history.publications[-1][1]
    for paper_id in _not_written(searcher, changes, earlier_time):
        paper, times = searcher.get(paper_id), searcher.times(paper_id)
        if paper is not None and times is not None:
            restored[paper_id] = PastPaper(built, paper.venue, times.last_changed)
    return replace(history, deleted=deleted, restored=restored)


def _not_written(searcher: Searcher, changes: Changes, since: str) -> set[str]:
    """Returns papers that differ from the generation before and were not written since then."""
    differing = {*changes.added, *changes.changed}
    if searcher.dated(Query(), since=since, limit=0).total >= len(differing):
        return set()
    after = ("", "")
    while page := searcher.dated(Query(), since=since, after=after, limit=_BLOCK).entries:
        differing.difference_update(paper_id for _, paper_id in page)
        after = page[-1]
    return differing


def attach_history(writer: Writer, history: GenerationHistory) -> None:
    """Keeps a history with the generation that is written; the oldest deletions go if need be."""
    publications = history.publications[-MOST_PUBLICATIONS:]
    history = replace(history, publications=publications)
    data = _packed(history)
    while len(data) > MOST_ATTACHED and (history.deleted or history.restored):
        history = replace(
            history, deleted=_latest(history.deleted), restored=_latest(history.restored)
        )
        data = _packed(history)
    writer.attach(ATTACHED, data if history != GenerationHistory() else b"")


def _latest(papers: Mapping[str, PastPaper]) -> dict[str, PastPaper]:
    ordered = sorted(papers.items(), key=lambda item: item[1].time)
    return dict(ordered[(len(ordered) + 1) // 2 :])


def _packed(history: GenerationHistory) -> bytes:
    body = {
        "publications": history.publications,
        "deleted": {
            paper_id: (past.time, past.venue) for paper_id, past in history.deleted.items()
        },
        "restored": {
            paper_id: (past.time, past.venue, past.last_changed)
            for paper_id, past in history.restored.items()
        },
    }
    return zlib.compress(json.dumps(body, separators=(",", ":")).encode(), 6)


def _attached(searcher: Searcher) -> GenerationHistory:
    data = searcher.attachment(ATTACHED)
    if data is None:
        return GenerationHistory()
    body = json.loads(zlib.decompress(data))
    return GenerationHistory(
        publications=tuple((name, time) for name, time in body["publications"]),
        deleted={paper_id: PastPaper(*past) for paper_id, past in body["deleted"].items()},
        restored={paper_id: PastPaper(*past) for paper_id, past in body["restored"].items()},
    )
