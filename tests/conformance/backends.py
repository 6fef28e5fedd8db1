"""The backends under test, each behind the same few lines."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from indexer.paper import Paper
from indexer.ranking import Ranking
from indexer.search import Index, Searcher
from tests.oracle import MemoryIndex


@dataclass(frozen=True)
class Backend:
    """One implementation of the contract.

    Attributes:
        open: makes an index in an empty directory, or opens the one that is there.
        on_disk: another process, or a second index of the same directory, sees what was written.
    """

    name: str
    open: Callable[[Path, Ranking], Index]
    on_disk: bool

    @contextmanager
    def index(self, ranking: Ranking | None = None) -> Iterator[Index]:
        """Give an empty index in a directory of its own."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            yield self.open(Path(folder), ranking or Ranking())

    @contextmanager
    def holding(
        self, papers: Iterable[Paper], ranking: Ranking | None = None
    ) -> Iterator[Searcher]:
        """Give a searcher over an index of these papers."""
        with self.index(ranking) as index:
            with index.writer() as writer:
                for paper in papers:
                    writer.add(paper)
            with index.searcher() as searcher:
                yield searcher


def _memory(folder: Path, ranking: Ranking) -> Index:
    return MemoryIndex(ranking=ranking)


def _whoosh(folder: Path, ranking: Ranking) -> Index:
    from indexer.backends.whoosh.index import WhooshIndex

    return WhooshIndex(folder, ranking=ranking)


ORACLE = Backend("oracle", _memory, on_disk=False)
WHOOSH = Backend("whoosh", _whoosh, on_disk=True)
BACKENDS = (ORACLE, WHOOSH)
