"""``quiver duplicates``: papers that may be one work, with reasons, to be decided."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from indexer.cli.group import Session, example, with_session
from indexer.cli.opening import open_searcher
from indexer.cli.terminal import counted, echo_lines
from indexer.cli.versions import find_groups, group_lines
from indexer.intake.duplicates_file import read_decisions
from indexer.related.duplicates import NO_DECISIONS, DuplicateDecisions, decisions_of
from indexer.related.versions import Versions
from indexer.search import Searcher


@click.command(
    short_help="List possible duplicates for a decision.",
    epilog=example("quiver duplicates", "quiver duplicates --yaml"),
)
@click.option("--yaml", "as_yaml", is_flag=True, help="Print entries for the file of decisions.")
@with_session
def duplicates(session: Session, *, as_yaml: bool) -> None:
    """List papers that may be one work, near-duplicates and versions, each group with its reason.

    The file that the setting build.duplicates names (data/duplicates.yaml) holds the decisions:
    papers that are the same, the preferred one of them, and papers that are different. The next
    build applies them, and undoes a decision that is no longer in the file.
    """
    if as_yaml and session.json:
        raise click.UsageError("--yaml and --json cannot be combined")
    path = session.config.build.duplicates
    with open_searcher(session) as searcher:
        applied = decisions_of(searcher)
        decisions = read_decisions(path) or NO_DECISIONS
        groups = decisions.undecided(find_groups(searcher))
        groups = tuple(group for group in groups if not _is_decided(group, decisions))
        if session.json:
            click.echo(json.dumps(_as_json(groups, decisions, applied), ensure_ascii=False))
        elif as_yaml:
            echo_lines(*_as_yaml(groups, searcher))
        else:
            echo_lines(*_report(groups, decisions, applied, searcher, path))


def _is_decided(group: Versions, decisions: DuplicateDecisions) -> bool:
    """Whether all papers of a group are decided to be one work."""
    works = {decisions.work(paper_id) for paper_id in group.ids}
    return len(works) == 1 and None not in works


def _report(
    groups: tuple[Versions, ...],
    decisions: DuplicateDecisions,
    applied: DuplicateDecisions,
    searcher: Searcher,
    path: str,
) -> Iterator[str]:
    yield f"{counted(len(groups), 'group')} of papers that may be one work."
    for group in groups:
        yield from group_lines(group, searcher)
    if decisions.same or decisions.different:
        yield ""
        yield (
            f"{path} lists {counted(len(decisions.same), 'work')} with several papers and "
            f"{counted(len(decisions.different), 'group')} of papers that are different works."
        )
    if decisions != applied:
        yield ""
        yield "The index was built with other decisions; `quiver build` applies these."


def _as_json(
    groups: tuple[Versions, ...], decisions: DuplicateDecisions, applied: DuplicateDecisions
) -> dict[str, object]:
    return {
        "groups": [
            {"kind": group.kind, "ids": group.ids, "reason": group.reason} for group in groups
        ],
        "same": [
            {"ids": decided.ids, "preferred": decided.preferred, "note": decided.note}
            for decided in decisions.same
        ],
        "different": decisions.different,
        "applied": decisions == applied,
    }


def _as_yaml(groups: tuple[Versions, ...], searcher: Searcher) -> Iterator[str]:
    """Writes each group as an entry in comments: what is left in is decided by a person."""
    yield "# Move correct entries under the key `same:` or `different:` and remove the # signs."
    for group in groups:
        yield ""
        yield from (f"# {line.strip()}" for line in group_lines(group, searcher) if line)
        ids = ", ".join(json.dumps(paper_id, ensure_ascii=False) for paper_id in group.ids)
        yield f"#  - ids: [{ids}]"
        yield f"#    preferred: {json.dumps(group.ids[-1], ensure_ascii=False)}"
