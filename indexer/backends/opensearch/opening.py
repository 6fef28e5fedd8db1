"""The index in a cluster that the settings describe."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from indexer.backends.opensearch.connection import ClusterConfig
from indexer.backends.opensearch.index import OpenSearchIndex
from indexer.budget import Limits
from indexer.config import Config


def open_configured(_: Path, config: Config) -> OpenSearchIndex:
    """Name the index of a cluster, which has no folder; nothing is asked yet.

    Raises:
        ConfigError: where the client, a file or the password is missing.
    """
    cluster = dataclasses.asdict(config.cluster)
    cluster["hosts"] = tuple(host.strip() for host in config.cluster.hosts.split(","))
    build = config.build
    kept = ClusterConfig(**cluster, keep=build.keep, wait=build.wait, most_lost=build.most_lost)
    limits = Limits(seconds=config.search.timeout)
    return OpenSearchIndex(kept, ranking=config.ranking, limits=limits)
