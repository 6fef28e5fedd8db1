"""Addresses of the application's own pages, written fast: a page of results has a hundred."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from flask import request, url_for
from werkzeug.routing import BuildError

_HOLE: Final = "~hole~"
_SAFE: Final = "!$&'()*+,/:;=@"
"""What Werkzeug leaves as it is in a path, beside letters, digits and ``_.-~``."""


class Addresses:
    """Writes what `flask.url_for` writes, and remembers what stands around a name in a path."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        # Keyed by the root, too, which a proxy may set; so it is bounded.
        self._around = lru_cache(maxsize=1024)(_around)

    def write(self, endpoint: str, **values: Any) -> str:
        """Write the address of an endpoint, relative to the site, as `flask.url_for` does."""
        if len(values) > 1 or endpoint.startswith("."):
            return url_for(endpoint, **values)
        name, value = next(iter(values.items()), ("", ""))
        around = self._around(request.script_root, endpoint, name)
        if around is None or not isinstance(value, str):
            return url_for(endpoint, **values)
        head, tail = around
        return f"{head}{quote(value, safe=_SAFE)}{tail}" if name else head


def _around(root: str, endpoint: str, name: str) -> tuple[str, str] | None:  # noqa: ARG001 - a key
    """Give an address before and after a value; None where the value is no free part of a path."""
    if name.startswith("_"):
        return None
    values: dict[str, Any] = {name: _HOLE} if name else {}
    try:
        head, hole, tail = url_for(endpoint, **values).partition(_HOLE)
    except (BuildError, ValueError):  # a value of a closed list takes no other
        return None
    if not name:
        return head, ""
    return (head, tail) if hole and "?" not in head else None
