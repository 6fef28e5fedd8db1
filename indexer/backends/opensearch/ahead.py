"""Papers that were listed together are read together: one request instead of hundreds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from threading import local
from typing import Final

from indexer.paper import Paper

BLOCK: Final = 200
"""Papers that are read at once."""


class ReadAhead:
    """Remembers which ids were given out last, and reads their papers when the first is wanted.

    Safe to use from several threads: each has its own list.
    """

    def __init__(self, read: Callable[[Sequence[str]], Mapping[str, Paper]]) -> None:
        """Read by `read`, which gives those papers of some ids that are there."""
        self._read = read
        self._here = local()

    def listed(self, ids: Iterator[str]) -> Iterator[str]:
        """Give ids on, a block at a time."""
        while block := list(islice(ids, BLOCK)):
            self._here.listed = frozenset(block)
            yield from block

    def paper(self, paper_id: str) -> Paper | None:
        """Give a paper whose id was listed of late; None where it was not, or is not there."""
        here = self._here
        listed: frozenset[str] = getattr(here, "listed", frozenset())
        papers: dict[str, Paper] = getattr(here, "papers", {})
        if paper_id not in papers and paper_id in listed:
            papers = here.papers = dict(self._read(sorted(listed)))
            here.listed = frozenset()
        return papers.pop(paper_id, None)
