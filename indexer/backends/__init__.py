"""The engines, each in a folder of its own, found by the name the settings use for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Final

from indexer.config import Config, load_config
from indexer.errors import ConfigError
from indexer.search import Index


def open_index(path: Path | str | None = None, *, config: Config | None = None) -> Index:
    """Name an index of the engine that the settings choose; it need not exist yet.

    Nothing is read before the first searcher or writer is asked for.

    Args:
        path: folder of the index; None = that of the settings.
        config: settings; None = the defaults.

    Raises:
        ConfigError: when the settings name an engine there is not.
    """
    config = config or load_config()
    opener = BACKENDS.get(config.index.backend)
    if opener is None:
        known = ", ".join(BACKENDS)
        got = config.index.backend
        raise ConfigError((f"index.backend: expected one of {known}; got {got!r}",))
    return opener(Path(path or config.index.dir), config)


def _open_whoosh(path: Path, config: Config) -> Index:
    from indexer.backends.whoosh.index import WhooshIndex
    from indexer.backends.whoosh.storage.policy import Policy

    build = config.build
    policy = Policy(
        keep=build.keep, wait=build.wait, most_lost=build.most_lost, workers=build.workers
    )
    return WhooshIndex(path, ranking=config.ranking, policy=policy)


BACKENDS: Final = MappingProxyType[str, Callable[[Path, Config], Index]]({"whoosh": _open_whoosh})
"""How to open an index of each engine; each is imported when it is asked for."""
