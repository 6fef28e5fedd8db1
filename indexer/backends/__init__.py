"""The engines, each in a folder of its own, found by the name the settings use for it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from indexer.configuration.config import BACKENDS, Config, load_config
from indexer.errors import ConfigError
from indexer.search import Index


def open_index(path: Path | str | None = None, *, config: Config | None = None) -> Index:
    """Name an index of the engine that the settings choose; it need not exist yet.

    Nothing is read before the first searcher or writer is asked for. The engine is imported here:
    its folder has a module `index` with ``open_configured(path, config)``.

    Args:
        path: folder of the index; None = that of the settings. An engine on a cluster has none.
        config: settings; None = the defaults.

    Raises:
        ConfigError: when the settings name an engine there is not, or one whose client is missing.
    """
    config = config or load_config()
    engine = config.index.backend
    if engine not in BACKENDS:
        known = ", ".join(BACKENDS)
        raise ConfigError((f"index.backend: expected one of {known}; got {engine!r}",))
    opening = import_module(f"indexer.backends.{engine}.index")
    opened: Index = opening.open_configured(Path(path or config.index.dir), config)
    return opened
