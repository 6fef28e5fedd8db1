"""``quiver evaluate-authors``: how good author name disambiguation is, and its weights."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.build import read_papers
from indexer.cli.group import Session, example, overwrite_option, with_session
from indexer.cli.terminal import counted, echo_lines
from indexer.evaluation.disambiguation_quality import Judgement, Score, judge, judgement_as_json
from indexer.evaluation.foreign_truth import is_foreign, read_foreign_truth
from indexer.evaluation.ground_truth import read_truth
from indexer.system.output_file import OutputFile
from indexer.system.protected import protect

if TYPE_CHECKING:
    from indexer.evaluation.clustering_quality import Row, Statement


@click.command(
    name="evaluate-authors",
    short_help="Score author name disambiguation.",
    epilog=example("quiver evaluate-authors data/martin-jaggi.txt data/known-authors.jsonl"),
)
@click.argument("dump")
@click.argument("truth")
@click.option(
    "--fit",
    metavar="FILE",
    help="Fit the weights to TRUTH, write them to FILE, and score them by cross-validation.",
)
@overwrite_option
@with_session
def evaluate_authors(
    session: Session, *, dump: str, truth: str, fit: str | None, overwrite: bool
) -> None:
    """Score author name disambiguation against known identities, beside exact names alone.

    DUMP has the papers. TRUTH is JSON lines, one per paper: {"paper": ID, "authors": [NAME, ...],
    "ids": [ID, ...]}; ids are OpenReview profiles, IEEE numbers or ACL Anthology slugs. It may
    also be a JSON file of WhoIsWho, or a folder of S2AND, with the paper ids of DUMP.
    """
    # The engine and its arrays are slow to import, and only this command needs them.
    from indexer.authors.clustering.calibration import weights_json
    from indexer.evaluation.clustering_quality import quality_json
    from indexer.evaluation.likely_people import score_people

    output: OutputFile | None = None
    if fit is not None:
        shielded = protect((dump, truth), session.settings_files)
        output = OutputFile(fit, shielded, overwrite=overwrite)
    papers = list(read_papers([dump]))
    if is_foreign(truth):
        known = read_foreign_truth(truth, {paper.id: paper for paper in papers}.get)
    else:
        known = read_truth([truth])
    judgement = judge(papers, known)
    with tempfile.TemporaryDirectory(prefix="quiver-authors-") as folder:
        fitted_on = Path(dump).name if fit is not None else ""
        scored = score_people(papers, known, Path(folder), fitted_on=fitted_on)
    if output is not None:
        with output:
            output.write(weights_json(scored.weights))
    if session.json:
        said = {**judgement_as_json(judgement), **quality_json(scored.rows, scored.said)}
        click.echo(json.dumps(said))
    else:
        echo_lines(*_lines(judgement), *_row_lines(scored.rows), *_statement_lines(scored.said))


def _lines(judgement: Judgement) -> Iterator[str]:
    yield f"{judgement.names:,} exact names"
    yield f"{'':<48}{'precision':>9} {'recall':>7} {'shown':>8} {'judged':>8} {'wanted':>8}"
    yield _line("Pairs of names taken for one person, strong", judgement.strong)
    yield _line("  … strong or fair", judgement.fair)
    yield _line("  strong, by ids on two papers or more", judgement.strong_sure)
    yield _line("  … strong or fair, by such ids", judgement.fair_sure)
    yield _line("Groups of one name taken for different people", judgement.several)
    yield _line("Authorships taken for one person: exact name", judgement.exact)
    yield _line("  … strong suggestions followed", judgement.joined)


def _line(what: str, score: Score) -> str:
    return (
        f"{what:<48}{score.precision:>9.3f} {score.recall:>7.3f} "
        f"{score.shown:>8,} {score.judged:>8,} {score.wanted:>8,}"
    )


def _row_lines(rows: Iterable[Row]) -> Iterator[str]:
    head = "Papers of one exact name, by source and papers a name"
    yield f"{head:<62}{'pairs P':>9} {'R':>6} {'B-cubed P':>10} {'R':>6} {'F1':>6}"
    for row in rows:
        kind = f"{row.size} papers a name" if row.size != "all" else "all names"
        several = ", of several people" if row.several else ""
        yield f"  {row.source}, {kind}{several}: {counted(row.names, 'name')}"
        for method, (pairs, cubed) in row.methods.items():
            yield (
                f"    {method:<58}{pairs.precision:>9.3f} {pairs.recall:>6.3f} "
                f"{cubed.precision:>10.3f} {cubed.recall:>6.3f} {cubed.f1:>6.3f}"
            )


def _statement_lines(said: Iterable[Statement]) -> Iterator[str]:
    yield f"{'Papers of one name said to be by two people':<48}{'precision':>9} {'recall':>7}"
    for row in said:
        what = f"  {row.source}, from a probability of {row.at_least:.2f} on"
        yield f"{what:<48}{row.precision:>9.3f} {row.recall:>7.3f} {row.said:>8,} {row.wanted:>8,}"
