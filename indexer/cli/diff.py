"""``quiver diff``: what changed from one generation of an index to another."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import click

from indexer.cli.group import Session, example, with_session
from indexer.cli.opening import open_session_index
from indexer.cli.terminal import counted, echo_lines
from indexer.errors import IndexMissing
from indexer.search import Searcher

SHOWN = 20
"""Most papers of a kind that are listed for people."""


@click.command(
    short_help="Show what changed between two generations.",
    epilog=example("quiver diff", "quiver diff g000001 g000002"),
)
@click.argument("old", required=False)
@click.argument("new", required=False)
@with_session
def diff(session: Session, *, old: str | None, new: str | None) -> None:
    """List the papers added, changed and removed from generation OLD to generation NEW.

    NEW is the newest by default, OLD the one before NEW. A paper has changed if any of its fields
    differs. The setting build.keep says how many generations stay on disk.
    """
    index = open_session_index(session)
    published = index.published()
    new = new or (published[-1] if published else "")
    old = old or _before(session, new, published)
    changes = index.changes(old, new)
    kinds = {"added": changes.added, "changed": changes.changed, "gone": changes.gone}
    if session.json:
        click.echo(json.dumps({"old": old, "new": new, **kinds}, ensure_ascii=False))
        return
    numbers = ", ".join(f"{len(ids):,} {kind}" for kind, ids in kinds.items())
    echo_lines(
        f"From {old} to {new}: {counted(sum(map(len, kinds.values())), 'paper')}: {numbers}."
    )
    with index.searcher() as searcher:
        for kind, ids in kinds.items():
            for line in _listed(kind, ids, searcher):
                echo_lines(line)


def _before(session: Session, new: str, published: Sequence[str]) -> str:
    """Returns the generation before one; a wrong name is left for the index to refuse."""
    if new and new not in published:
        return new
    at = published.index(new) if new else 0
    if at == 0:
        there = ", ".join(published) or "none"
        raise IndexMissing(
            f"{session.place}: there is no generation before {new or 'the newest'} to compare "
            f"with; there are: {there}"
        )
    return published[at - 1]


def _listed(kind: str, ids: Sequence[str], searcher: Searcher) -> Iterator[str]:
    """Lists papers with their titles, as far as the newest generation has them."""
    if not ids:
        return
    yield ""
    yield f"{kind}:"
    for paper_id in ids[:SHOWN]:
        paper = searcher.get(paper_id)
        yield f"  {paper_id}  {paper.title}" if paper else f"  {paper_id}"
    if len(ids) > SHOWN:
        yield f"  … and {len(ids) - SHOWN:,} more; --json lists them"
