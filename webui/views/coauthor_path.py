"""How two authors are connected: a page and the same as JSON; ``from`` and ``to`` are names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from indexer import Connection, QueryError, connect, connection_json, known_name, similar_names
from webui.http import request_context
from webui.presentation.hit import shown
from webui.views.json_api import answer

blueprint = Blueprint("connections", __name__)
_LONGEST: Final = 500
_PAPERS: Final = 5


@dataclass(frozen=True, slots=True)
class _Ends:
    """The two names asked for.

    Attributes:
        typed: as they stand in the address, `from` first.
        names: as the index has them; None where it has no such name, or none was typed.
    """

    typed: tuple[str, str]
    names: tuple[str | None, str | None]

    @property
    def missing(self) -> tuple[str, ...]:
        """What was typed and is no name of the index."""
        both = zip(self.typed, self.names, strict=True)
        return tuple(typed for typed, name in both if typed and name is None)

    @property
    def connection(self) -> Connection | None:
        """What connects them; None where one is missing."""
        one, other = self.names
        if one is None or other is None:
            return None
        return connect(request_context.searcher(), one, other)


@blueprint.get("/path")
def page() -> ResponseReturnValue:
    """Shows the shortest chain of papers written together between two authors."""
    ends = _read_ends()
    connection = ends.connection
    links = [] if connection is None else connection.links
    display = request_context.display()
    return render_template(
        "connections/page.html",
        ends=ends,
        connection=connection,
        links=[
            {
                "link": link,
                "papers": [shown(paper, display) for paper in link.papers[:_PAPERS]],
                "more": max(0, len(link.papers) - _PAPERS),
            }
            for link in links
        ],
        generation=request_context.searcher().generation,
    )


@blueprint.get("/path.json")
def as_json() -> ResponseReturnValue:
    """Returns the shortest path between two authors, as ``quiver path --json`` prints it.

    Raises:
        QueryError: when one of the names is missing or on no paper.
    """
    ends = _read_ends()
    for parameter, typed, name in zip(("from", "to"), ends.typed, ends.names, strict=True):
        if name is None:
            near = similar_names(request_context.searcher(), typed)
            hint = f"; similar names: {', '.join(near)}" if near else ""
            reason = _no(typed) + hint if typed else "expected an author's name"
            raise QueryError(parameter, reason)
    connection = ends.connection
    if connection is None:
        raise AssertionError("both names are known")
    return answer(connection_json(str(ends.names[0]), str(ends.names[1]), connection))


def _no(name: str) -> str:
    return f"no paper has an author named “{name[:80]}”"


def _read_ends() -> _Ends:
    one, other = (request.args.get(name, "").strip()[:_LONGEST] for name in ("from", "to"))
    searcher = request_context.searcher()
    return _Ends((one, other), (known_name(searcher, one), known_name(searcher, other)))
