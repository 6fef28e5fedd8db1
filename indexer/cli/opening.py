"""Opening the index that a run's settings name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from indexer.cli.group import Session
from indexer.cli.terminal import echo_lines
from indexer.search import Index, Searcher


def open_session_index(session: Session) -> Index:
    """Opens the index of the settings, with their ranking; it need not exist yet."""
    from indexer import open_index

    return open_index(session.directory, config=session.config)


@contextmanager
def open_searcher(session: Session) -> Iterator[Searcher]:
    """Opens the newest generation of the index of the settings; warns where it is damaged.

    Raises:
        IndexMissing: where nothing was built yet.
    """
    with open_session_index(session).searcher() as searcher:
        reason = searcher.integrity.fallback_reason
        if reason:
            echo_lines(f"Warning: {reason}", err=True)
        yield searcher
