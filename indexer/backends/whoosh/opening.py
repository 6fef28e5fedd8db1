"""The embedded index that the settings describe."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from indexer.backends.whoosh.index import WhooshIndex
from indexer.backends.whoosh.kernels.choice import KernelName
from indexer.backends.whoosh.storage.policy import Policy
from indexer.budget import Limits
from indexer.config import Config


def open_configured(path: Path, config: Config) -> WhooshIndex:
    """Name the index of a folder; it need not exist yet."""
    build = config.build
    policy = Policy(
        keep=build.keep, wait=build.wait, most_lost=build.most_lost, workers=build.workers
    )
    kernels = cast("KernelName", config.search.kernels)
    limits = Limits(seconds=config.search.timeout)
    return WhooshIndex(
        path, ranking=config.ranking, policy=policy, kernels=kernels, limits=limits
    )
