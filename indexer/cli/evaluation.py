"""``quiver evaluate``: how good the ranking is, and whether an index finds what is in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from indexer.cleaning.venues import load_venues
from indexer.cli.group import Session, example, overwrite_option, with_session
from indexer.cli.meaning import meaning_setting
from indexer.cli.opening import open_searcher
from indexer.cli.terminal import counted, echo_lines
from indexer.configuration.config import Config, load_config
from indexer.evaluation.evaluate import (
    MEASURES,
    Comparison,
    Evaluation,
    compare,
    comparison_json,
    evaluation_json,
    holds_run,
    run_lines,
)
from indexer.evaluation.evaluate import evaluate as evaluate_on
from indexer.evaluation.judged import Judged, read_judged
from indexer.evaluation.known_item import SelfTest, run_self_test, self_test_json
from indexer.query import Match
from indexer.search import Index, MeaningIndex
from indexer.system.extras import require_extra
from indexer.system.output_file import OutputFile
from indexer.system.protected import protect

SHOWN = 10
"""Most queries gained, queries lost and papers missed that are listed for people."""


@click.command(
    short_help="Measure the ranking.",
    epilog=example("quiver evaluate --known-item --sample 20"),
)
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@click.option(
    "--match",
    type=click.Choice([match.value for match in Match]),
    default=Match.ANY.value,
    show_default=True,
    help="Which words of a query a paper must contain.",
)
@click.option(
    "--split", default="test", show_default=True, help="Use the judgements in qrels/SPLIT.tsv."
)
@click.option(
    "--run",
    "run_file",
    metavar="FILE",
    help="Write the results as a TREC run; - is stdout.",
)
@overwrite_option
@click.option(
    "--against",
    metavar="FILE",
    help="Settings to compare with: the gains and losses, and their significance.",
)
@click.option(
    "--meaning",
    is_flag=True,
    help="Compare words alone with words and meaning (the extra semantic).",
)
@click.option(
    "--known-item",
    is_flag=True,
    help="Test the index on a random sample of its papers.",
)
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="Number of papers that --known-item samples.",
)
@with_session
def evaluate(
    session: Session,
    *,
    directory: Path | None,
    match: str,
    split: str,
    run_file: str | None,
    overwrite: bool,
    against: str | None,
    meaning: bool,
    known_item: bool,
    sample: int,
) -> None:
    """Score the ranking on a judged collection: a folder in BEIR or TREC layout.

    That is corpus.jsonl, queries.jsonl and qrels/test.tsv, or documents, topics and qrels. The
    collection is indexed in a temporary folder and searched with its own queries, under the
    settings of --config; your index is not changed. With --match any, the scores of auto, which
    the pages use, are printed as well. With --known-item the index itself is tested: each sampled
    paper must come first for its title and near the top for its author, year and words.
    """
    if known_item is (directory is not None):
        raise click.UsageError("name either the DIRECTORY of a judged collection or --known-item")
    if known_item and run_file is not None:
        raise click.UsageError("--run writes the answers to a judged collection, not --known-item")
    if meaning and (known_item or against is not None):
        raise click.UsageError("--meaning needs a judged collection; it excludes --against")
    if known_item:
        _test_index(session, sample)
        return
    assert directory is not None  # noqa: S101 - said for the type checker; the line above holds it
    require_extra("evaluate")
    if meaning:
        meaning_setting(session, option=True)
    judged = read_judged(directory, split=split)
    other_config = None if against is None else load_config(against)
    with ExitStack() as opened:
        run: OutputFile | None = None
        if run_file is not None:
            settings = (*session.settings_files, *((against,) if against else ()))
            files = (str(path) for path in directory.rglob("*") if path.is_file())
            protected = protect(
                (str(directory),), (*settings, *files), indexes=(str(session.directory),)
            )
            run = OutputFile(run_file, protected, is_own=holds_run, overwrite=overwrite)
            opened.enter_context(run)
        words = replace(session.config.search, meaning="off")
        config = replace(session.config, search=words) if meaning else session.config
        scored = _score(judged, config, Match(match))
        if run is not None:
            for line in run_lines(scored):
                run.write(f"{line}\n")
    # Scores in the middle of a run would make it unreadable.
    say = partial(_print, session, apart=run is not None and run.is_stdout)
    if meaning:
        other_config = replace(session.config, search=replace(session.config.search, meaning="on"))
    if other_config is None:
        data = evaluation_json(scored)
        if scored.beside:
            data["auto"] = {name: round(score, 5) for name, score in scored.beside.items()}
        say(data, _score_lines(scored))
        return
    other = _score(judged, other_config, Match(match), meaning=meaning)
    comparisons = [compare(scored, other, measure) for measure in MEASURES]
    key, head = ("meaning", "With meaning") if meaning else ("against", "With the other settings")
    say(
        {**evaluation_json(scored), key: comparison_json(other, comparisons)},
        _comparison_lines(scored, other, comparisons, head),
    )


def _score(judged: Judged, config: Config, match: Match, *, meaning: bool = False) -> Evaluation:
    """Scores one setting; with `meaning` the papers are encoded when they are in the index."""
    from indexer import open_index
    from indexer.meaning.model import load_encoder

    def encode(index: Index) -> None:
        if isinstance(index, MeaningIndex):
            index.encode_meaning(load_encoder(config.meaning.model))

    def index_in(folder: Path) -> Index:
        return open_index(folder, config=config)

    with _progress() as bar:
        advance = _steps(bar)
        beside = Match.AUTO if match is Match.ANY else None
        prepare = encode if meaning else None
        return evaluate_on(
            judged, index_in, match=match, beside=beside, prepare=prepare, advance=advance
        )


def _test_index(session: Session, sample: int) -> None:
    with open_searcher(session) as searcher, _progress() as bar:
        bar.total = min(sample, searcher.info().papers)
        advance = _steps(bar)
        venues = load_venues(session.config.build.venues)
        test = run_self_test(
            searcher, sample=sample, venues=venues, advance=lambda done: advance("papers", done)
        )
    _print(session, self_test_json(test), _self_test_lines(test))
    if not test.passed:
        raise click.exceptions.Exit(1)


@contextmanager
def _progress() -> Iterator[Any]:
    with tqdm(unit="", disable=None, leave=False, dynamic_ncols=True) as bar:
        yield bar


def _steps(bar: Any) -> Callable[[str, int], None]:
    def advance(what: str, done: int) -> None:
        if done == 1:
            bar.reset(total=bar.total)
            bar.set_description_str(what, refresh=False)
        bar.update(done - bar.n)

    return advance


def _print(
    session: Session, data: dict[str, Any], lines: Iterator[str], *, apart: bool = False
) -> None:
    if session.json:
        click.echo(json.dumps(data, ensure_ascii=False), err=apart)
    else:
        echo_lines(*lines, err=apart)


def _score_lines(scored: Evaluation) -> Iterator[str]:
    yield f"{scored.name}: {counted(scored.papers, 'paper')}, {len(scored.by_query):,} queries"
    for measure, score in scored.scores.items():
        beside = f"  auto {scored.beside[measure]:.4f}" if scored.beside else ""
        yield f"  {measure:<11} {score:.4f}{beside}"
    if scored.unjudged:
        yield f"Queries without judgements, left out: {scored.unjudged:,}."
    if scored.missing:
        yield f"Judged but not in the collection: {counted(scored.missing, 'paper')}."


def _comparison_lines(
    first: Evaluation, second: Evaluation, comparisons: list[Comparison], title: str
) -> Iterator[str]:
    yield from _score_lines(first)
    yield f"{title}:"
    for comparison in comparisons:
        score = second.scores[comparison.measure]
        yield (
            f"  {comparison.measure:<11} {score:.4f}  {comparison.difference:+.4f}"
            f"  p = {comparison.p_value:.4f}"
        )
    if second.recall_with_close is not None:
        yield f"  recall@100  {second.recall_with_close:.4f}  with the list of close papers"
    changes = comparisons[0].changes
    gained = [change for change in changes if change[1] > 0][:SHOWN]
    lost = [change for change in reversed(changes) if change[1] < 0][:SHOWN]
    for head, queries in (("Gain most", gained), ("Lose most", lost)):
        if queries:
            listed = ", ".join(f"{query} {change:+.3f}" for query, change in queries)
            yield f"{head} in {comparisons[0].measure}: {listed}"


def _self_test_lines(test: SelfTest) -> Iterator[str]:
    yield f"Generation {test.generation}: {counted(test.papers, 'paper')} sampled"
    for tally in test.tallies:
        share = f"{tally.found:>6,} of {tally.asked:>6,}  {tally.share:8.3%}"
        times = f"{tally.p95_ms:7.1f} ms  {tally.p95_cpu_ms:7.1f} ms of CPU"
        yield f"  {tally.kind:<33} {share}  {times}"
    for miss in test.misses[:SHOWN]:
        yield f"Missed ({miss.kind}): {miss.paper.id} by {miss.asked}"
        yield f"  the first result was: {miss.instead or 'none'}"
    yield (
        "Passed."
        if test.passed
        else "Failed. Required: titles 99.5%, descriptions 95%, links 100%, identifiers and "
        "references 99%, four words or one typo 97%, titles without their subtitle 96.5%, other "
        "ways 95%."
    )
