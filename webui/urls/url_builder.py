"""Addresses of the application's own pages, written fast: a page of results has a hundred."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, Final
from urllib.parse import quote

from werkzeug.routing import BaseConverter, BuildError

_HOLE: Final = "~hole~"
SAFE: Final = "!$&'()*+,/:;=@"
"""What Werkzeug leaves as it is in a path, beside letters, digits and ``_.-~``."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.~-]*")
_SHORT: Final = 100
"""Characters of a value up to which whole addresses are remembered."""


_DOTS: Final = re.compile(r"~*\.\.?")
"""A part of a path that browsers take out, even where its dots are percent-encoded (WHATWG URL,
"double-dot URL path segment"); or that is written as one of those."""


class AddressConverter(BaseConverter):
    """The rest of a path, slashes and all: ids of papers may hold anything.

    Parts that are "." or ".." are written "~." and "~..", and "~." is "~~.", so that every id has
    an address that a browser asks for: "../../x" has ``~../~../x``.
    """

    regex = ".+?"
    part_isolating = False

    def to_python(self, value: str) -> str:
        """Reads what `to_url` wrote, percent-encoding aside."""
        return undotted(value)

    def to_url(self, value: str) -> str:
        """Writes a value as the rest of a path."""
        return super().to_url(dotted(value))


def dotted(value: str) -> str:
    """Writes the parts of a path that browsers take out so that they stay."""
    if "." not in value:
        return value
    parts = value.split("/")
    return "/".join(f"~{part}" if _DOTS.fullmatch(part) else part for part in parts)


def undotted(path: str) -> str:
    """Reads back what `dotted` wrote; leaves any other path as it is."""
    if "~" not in path:
        return path
    parts = path.split("/")
    return "/".join(part.removeprefix("~") if _DOTS.fullmatch(part) else part for part in parts)


BuildUrl = Callable[..., str]
"""Builds the path of an endpoint from what its rule names, as `flask.url_for` does."""


class Addresses:
    """Writes what a builder writes, and remembers what stands around a name in a path."""

    def __init__(self, build: BuildUrl, root: Callable[[], str]) -> None:
        """Starts empty.

        Args:
            build: builds an address, slowly.
            root: returns the path under which the site is mounted, which a proxy may set.
        """
        self._build = build
        self._root = root
        # Keyed by the root, too; so they are bounded.
        self._around = lru_cache(maxsize=1024)(partial(_around, build))
        self._absolute = lru_cache(maxsize=1024)(partial(_absolute, build))

    def write(self, endpoint: str, **values: Any) -> str:
        """Writes the address of an endpoint, relative to the site, as `flask.url_for` does."""
        if endpoint.startswith("."):
            return self._build(endpoint, **values)
        if len(values) > 1:
            return self._remembered(endpoint, values)
        name, value = next(iter(values.items()), ("", ""))
        around = self._around(self._root(), endpoint, name)
        if around is None or not isinstance(value, str):
            return self._remembered(endpoint, values)
        head, tail, dots = around
        return head + _quoted(dotted(value) if dots else value) + tail

    def writer(self, endpoint: str, name: str) -> Callable[[str], str]:
        """Returns a function from the one value of an endpoint to its address."""
        around = self._around(self._root(), endpoint, name)
        if around is None:
            return lambda value: self._remembered(endpoint, {name: value})
        head, tail, dots = around
        return lambda value: head + _quoted(dotted(value) if dots else value) + tail

    def _remembered(self, endpoint: str, values: dict[str, Any]) -> str:
        """Writes an address that has few different ones like it."""
        told = tuple(values.items())
        if all(
            isinstance(value, str) and len(value) <= _SHORT and not name.startswith("_")
            for name, value in told
        ):
            return self._absolute(self._root(), endpoint, told)
        return self._build(endpoint, **values)


def _quoted(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else quote(value, safe=SAFE)


def _absolute(
    build: BuildUrl,
    root: str,  # noqa: ARG001 - a key
    endpoint: str,
    values: tuple[tuple[str, str], ...],
) -> str:
    given: dict[str, Any] = dict(values)
    return build(endpoint, **given)


def _around(
    build: BuildUrl,
    root: str,  # noqa: ARG001 - a key
    endpoint: str,
    name: str,
) -> tuple[str, str, bool] | None:
    """Returns an address before and after a value, and whether that is written by `dotted`.

    None where the value is no free part of a path.
    """
    if name.startswith("_"):
        return None
    values: dict[str, Any] = {name: _HOLE} if name else {}
    try:
        head, hole, tail = build(endpoint, **values).partition(_HOLE)
        probe: dict[str, Any] = {name: ".."}
        dots = bool(name) and "/~.." in build(endpoint, **probe)
    except (BuildError, ValueError):  # a value of a closed list takes no other
        return None
    if not name:
        return head, "", False
    return (head, tail, dots) if hole and "?" not in head else None
