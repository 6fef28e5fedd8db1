"""Addresses of the application's own pages, written fast: a page of results has a hundred."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from flask import request, url_for
from werkzeug.routing import BuildError

_HOLE: Final = "~hole~"
_SAFE: Final = "!$&'()*+,/:;=@"
"""What Werkzeug leaves as it is in a path, beside letters, digits and ``_.-~``."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.~-]*")
_SHORT: Final = 100
"""Characters of a value up to which whole addresses are remembered."""


class Addresses:
    """Writes what `flask.url_for` writes, and remembers what stands around a name in a path."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        # Keyed by the root, too, which a proxy may set; so they are bounded.
        self._around = lru_cache(maxsize=1024)(_around)
        self._whole = lru_cache(maxsize=1024)(_whole)

    def write(self, endpoint: str, **values: Any) -> str:
        """Write the address of an endpoint, relative to the site, as `flask.url_for` does."""
        if endpoint.startswith("."):
            return url_for(endpoint, **values)
        if len(values) > 1:
            return self._remembered(endpoint, values)
        name, value = next(iter(values.items()), ("", ""))
        around = self._around(request.script_root, endpoint, name)
        if around is None or not isinstance(value, str):
            return self._remembered(endpoint, values)
        return around[0] + _quoted(value) + around[1]

    def writer(self, endpoint: str, name: str) -> Callable[[str], str]:
        """Returns a function from the one value of an endpoint to its address."""
        around = self._around(request.script_root, endpoint, name)
        if around is None:
            return lambda value: self._remembered(endpoint, {name: value})
        head, tail = around
        return lambda value: head + _quoted(value) + tail

    def _remembered(self, endpoint: str, values: dict[str, Any]) -> str:
        """Write an address that has few different ones like it."""
        told = tuple(values.items())
        if all(
            isinstance(value, str) and len(value) <= _SHORT and not name.startswith("_")
            for name, value in told
        ):
            return self._whole(request.script_root, endpoint, told)
        return url_for(endpoint, **values)


def _quoted(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else quote(value, safe=_SAFE)


def _whole(root: str, endpoint: str, values: tuple[tuple[str, str], ...]) -> str:  # noqa: ARG001 - a key
    given: dict[str, Any] = dict(values)
    return url_for(endpoint, **given)


def _around(root: str, endpoint: str, name: str) -> tuple[str, str] | None:  # noqa: ARG001 - a key
    """Returns an address before and after a value; None if the value is no free part of a path."""
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
