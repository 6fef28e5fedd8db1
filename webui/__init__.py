"""The face: pages, JSON, feeds and exports over one index, as a Flask application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from webui.app import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    """Loads the application when it is first asked for; the command line mostly needs no Flask."""
    if name == "create_app":
        from webui.app import create_app

        return create_app
    raise AttributeError(name)
