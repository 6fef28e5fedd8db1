"""The embedded index that the settings describe."""

from __future__ import annotations

from pathlib import Path

from indexer.backends.whoosh.index import WhooshIndex
from indexer.backends.whoosh.storage.policy import Policy
from indexer.config import Config


def open_configured(path: Path, config: Config) -> WhooshIndex:
    """Name the index of a folder; it need not exist yet."""
    build = config.build
    policy = Policy(
        keep=build.keep, wait=build.wait, most_lost=build.most_lost, workers=build.workers
    )
    return WhooshIndex(path, ranking=config.ranking, policy=policy)
