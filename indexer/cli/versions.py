"""``quiver versions``: which papers of an index are one work."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from indexer.cli.group import Session, example, with_session
from indexer.cli.opening import open_searcher
from indexer.cli.terminal import counted, echo_lines
from indexer.paper import Paper
from indexer.query import Query
from indexer.related.duplicates import decisions_of
from indexer.related.versions import VersionFinder, Versions
from indexer.search import Searcher


@click.command(
    short_help="List the versions of works.",
    epilog=example("quiver versions", "quiver versions --json"),
)
@with_session
def versions(session: Session) -> None:
    """List papers that are versions of one work: at several venues, or near-duplicates.

    Nothing is merged: each is a paper of its own, and its page names the others.
    """
    with open_searcher(session) as searcher:
        groups = find_groups(searcher)
        if session.json:
            listed = [
                {"kind": group.kind, "ids": group.ids, "reason": group.reason} for group in groups
            ]
            click.echo(json.dumps(listed, ensure_ascii=False))
            return
        click.echo(f"{counted(len(groups), 'work')} with more than one paper.")
        for group in groups:
            echo_lines(*group_lines(group, searcher))


def find_groups(searcher: Searcher) -> tuple[Versions, ...]:
    """Returns the groups of papers that are one work, but for those decided to be different."""
    finder = VersionFinder()
    for paper_id in searcher.ids(Query()):
        finder.add(_paper(searcher, paper_id))
    groups = finder.groups(lambda paper_id: _paper(searcher, paper_id).abstract)
    return decisions_of(searcher).undecided(groups)


def group_lines(group: Versions, searcher: Searcher) -> Iterator[str]:
    """Writes a group: an empty line, kind and reason, and a line for each paper."""
    yield ""
    yield f"{group.kind}: {group.reason}"
    for paper_id in group.ids:
        paper = _paper(searcher, paper_id)
        place = " ".join(part for part in (paper.venue, str(paper.year or "")) if part)
        yield f"  {paper_id}  {paper.title}" + (f" ({place})" if place else "")


def _paper(searcher: Searcher, paper_id: str) -> Paper:
    paper = searcher.get(paper_id)
    if paper is None:
        raise LookupError(f"{paper_id} was found in this generation and is not in it")
    return paper
