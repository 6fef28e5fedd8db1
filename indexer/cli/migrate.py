"""``quiver migrate``: an index that stock Whoosh wrote becomes one of Quiver's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from indexer.build import index_records
from indexer.cli.building import print_report, wait_option
from indexer.cli.group import Session, example, with_session
from indexer.cli.opening import open_session_index
from indexer.intake.stock_whoosh import NAMES, read_stock
from indexer.system.protected import lies_in


@click.command(
    short_help="Convert an index that stock Whoosh wrote.",
    epilog=example("quiver migrate old-whoosh-index data/index"),
)
@click.argument("old", metavar="OLD", type=click.Path(file_okay=False, path_type=Path))
@click.argument("new", metavar="NEW", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="FIELD=NAME",
    help="Take FIELD from the field NAME of OLD; an empty NAME leaves it out.",
)
@wait_option
@with_session
def migrate(
    session: Session, *, old: Path, new: Path, fields: tuple[str, ...], wait: float | None
) -> None:
    """Make the index NEW from the documents stored in OLD, an index that stock Whoosh wrote.

    Fields are found by their usual names (content is the abstract, author the authors); use
    --field for others. Text that OLD indexes without storing it cannot be recovered. Nothing in
    OLD is executed, and OLD is not changed; NEW is published when it is complete.
    """
    named = dict(_pair(field) for field in fields)
    if lies_in(new, old) or lies_in(old, new):
        raise click.UsageError("NEW and OLD must be different folders, neither inside the other")
    settings = replace(session.config.index, dir=str(new))
    session = replace(session, config=replace(session.config, index=settings)).waiting(wait)
    session.stand_back()
    report = index_records(
        read_stock(old, named),
        str(old),
        "whoosh",
        open_session_index(session),
        venues=session.config.build.venues,
    )
    print_report(session, report)


def _pair(text: str) -> tuple[str, str]:
    field, equals, name = text.partition("=")
    if not equals or field not in NAMES:
        raise click.BadParameter(
            f"{text!r}: expected FIELD=NAME, FIELD one of {', '.join(NAMES)}", param_hint="--field"
        )
    return field, name
