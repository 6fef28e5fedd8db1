"""The backends under test, each behind the same few lines."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from indexer.backends.opensearch.connection import ClusterConfig
from indexer.budget import Limits
from indexer.paper import Paper
from indexer.ranking import Ranking
from indexer.search import Index, MeaningIndex, Searcher
from tests.oracle import MemoryIndex
from tests.semantic import choice, encoder

CLUSTER = "QUIVER_TEST_CLUSTER"
"""Environment variable with the addresses of the cluster under test, a comma between them."""


def _forget_nothing(_folder: Path) -> None:
    """What is on disk goes with its folder; a function by name, so that a backend pickles."""


@dataclass(frozen=True)
class Backend:
    """One implementation of the contract.

    Attributes:
        open: makes an index in an empty directory, or opens the one that is there.
        on_disk: another process, or a second index of the same directory, sees what was written.
        forget: removes what is not in the directory.
    """

    name: str
    open: Callable[[Path, Ranking], Index]
    on_disk: bool
    forget: Callable[[Path], None] = _forget_nothing

    @contextmanager
    def index(self, ranking: Ranking | None = None) -> Iterator[Index]:
        """Yield an empty index in a directory of its own."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            try:
                yield self.open(Path(folder), ranking or Ranking())
            finally:
                self.forget(Path(folder))

    @contextmanager
    def holding(
        self, papers: Iterable[Paper], ranking: Ranking | None = None, *, meaning: bool = False
    ) -> Iterator[Searcher]:
        """Yield a searcher over an index of these papers, with vectors where it keeps them."""
        with self.index(ranking) as index:
            with index.writer() as writer:
                for paper in papers:
                    writer.add(paper)
            if meaning and isinstance(index, MeaningIndex):
                index.encode_meaning(encoder())
            with index.searcher() as searcher:
                yield searcher


def _memory(folder: Path, ranking: Ranking) -> Index:
    return MemoryIndex(ranking=ranking)


def _whoosh(folder: Path, ranking: Ranking) -> Index:
    from indexer.backends.whoosh.index import WhooshIndex

    return WhooshIndex(folder, ranking=ranking, encoder=choice())


def _cluster_config(folder: Path) -> ClusterConfig:
    """Name the index of a directory in the cluster that the fixture `cluster` started."""
    hosts = tuple(os.environ[CLUSTER].split(","))
    name = hashlib.blake2b(str(folder).encode(), digest_size=8).hexdigest()
    return ClusterConfig(hosts=hosts, name=f"t{name}", shards=2, timeout=60)


def _opensearch(folder: Path, ranking: Ranking) -> Index:
    from indexer.backends.opensearch.index import OpenSearchIndex

    return OpenSearchIndex(_cluster_config(folder), ranking=ranking, limits=Limits(seconds=60))


def _forget_opensearch(folder: Path) -> None:
    from indexer.backends.opensearch.connection import connect

    config = _cluster_config(folder)
    client = connect(config)
    client.indices.delete(index=f"{config.name}-*", ignore=[404])
    client.close()


ORACLE = Backend("oracle", _memory, on_disk=False)
WHOOSH = Backend("whoosh", _whoosh, on_disk=True)
OPENSEARCH = Backend("opensearch", _opensearch, on_disk=True, forget=_forget_opensearch)
BACKENDS = (ORACLE, WHOOSH, OPENSEARCH)
