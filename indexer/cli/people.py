"""``quiver evaluate-authors``: what the evidence about names is worth."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from indexer.build import read_papers
from indexer.cli.group import Session, example, with_session
from indexer.identity.judge import Judgement, Score, judge, judgement_as_json
from indexer.identity.truth import read_truth


@click.command(
    name="evaluate-authors",
    short_help="Measure what is said about authors.",
    epilog=example("quiver evaluate-authors data/martin-jaggi.txt data/known-authors.jsonl"),
)
@click.argument("dump")
@click.argument("truth")
@with_session
def evaluate_authors(session: Session, *, dump: str, truth: str) -> None:
    """Compare what is said about authors with who they are, beside the exact names alone.

    DUMP holds the papers. TRUTH is JSON lines, one a paper: {"paper": ID, "authors": [NAME, ...],
    "ids": [ID, ...]}; ids are OpenReview profiles, IEEE numbers or ACL Anthology slugs.
    """
    known = read_truth([truth])
    judgement = judge(read_papers([dump]), known)
    if session.json:
        click.echo(json.dumps(judgement_as_json(judgement)))
    else:
        click.echo("\n".join(_lines(judgement)))


def _lines(judgement: Judgement) -> Iterator[str]:
    yield f"{judgement.names:,} exact names"
    yield f"{'':<48}{'precision':>9} {'recall':>7} {'shown':>8} {'judged':>8} {'wanted':>8}"
    yield _line("Pairs of names said to be one person's, strong", judgement.strong)
    yield _line("  … strong or fair", judgement.fair)
    yield _line("Groups of one name said to be different people", judgement.several)
    yield _line("Appearances taken for one person: exact name", judgement.exact)
    yield _line("  … strong suggestions followed", judgement.joined)


def _line(what: str, score: Score) -> str:
    return (
        f"{what:<48}{score.precision:>9.3f} {score.recall:>7.3f} "
        f"{score.shown:>8,} {score.judged:>8,} {score.wanted:>8,}"
    )
