"""``quiver screen``: what to screen next in a systematic review, and whether to go on."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from indexer.cleaning.venues import load_venues
from indexer.cli.filters import filter_options, read_filters
from indexer.cli.group import Session, example, with_session
from indexer.cli.opening import open_searcher
from indexer.cli.terminal import echo_lines
from indexer.language.parse import parse_query
from indexer.query_analysis.typed_text import read_typed_text
from indexer.reviews.labels import labels_of
from indexer.reviews.screening_order import (
    MOST_COMPARED,
    ScreeningOrder,
    screening_order,
    screening_sentences,
)
from indexer.reviews.screening_table import write_screening_table
from indexer.text.display import plain


@click.command(
    short_help="List the papers to screen next.",
    epilog=example("quiver screen gossip --next 50", "quiver screen gossip --csv > next.csv"),
)
@click.argument("query", nargs=-1)
@filter_options
@click.option(
    "--next",
    "number",
    type=click.IntRange(1, MOST_COMPARED),
    default=20,
    show_default=True,
    help="Number of papers.",
)
@click.option(
    "--csv",
    "as_table",
    is_flag=True,
    help="Write the table that `quiver label` and ASReview read: fill in its column included.",
)
@with_session
def screen(
    session: Session,
    *,
    query: tuple[str, ...],
    years: tuple[str, ...],
    number: int,
    as_table: bool,
    **chosen: tuple[str, ...],
) -> None:
    """List the papers of QUERY to screen next: like the included ones, unlike the excluded.

    The labels that `quiver label` keeps decide the order. Beside it stands how many papers are
    screened, and a test of whether enough of the relevant ones have been found.
    """
    text = " ".join(query).encode(errors="replace").decode()
    with open_searcher(session) as searcher:
        venues = load_venues(session.config.build.venues)
        filters, span = read_filters(searcher, chosen, years, venues)
        asked = parse_query(text, filters=filters, years=span)
        order = screening_order(searcher, read_typed_text(asked, searcher, venues), number)
        labels = labels_of(searcher)
    if session.json:
        click.echo(json.dumps(_as_json(order), ensure_ascii=False))
    elif as_table:
        papers = (candidate.paper for candidate in order.candidates)
        for line in write_screening_table(papers, labels):
            click.echo(line, nl=False)
        echo_lines(*screening_sentences(order), err=True)
    else:
        echo_lines(*_lines(order))


def _lines(order: ScreeningOrder) -> Iterator[str]:
    for place, candidate in enumerate(order.candidates, start=1):
        paper = candidate.paper
        words = f"  shares {', '.join(candidate.words)}" if candidate.words else ""
        yield f"{place:>4}. {plain(paper.title) or '(no title)'} ({paper.year or 'no year'})"
        yield f"      {paper.id}{words}"
    yield from screening_sentences(order)


def _as_json(order: ScreeningOrder) -> dict[str, object]:
    return {
        "papers": order.papers,
        "included": order.included,
        "excluded": order.excluded,
        "left": order.left,
        "stopping": {
            "target": order.stopping.target,
            "probability": order.stopping.probability,
            "may_stop": order.stopping.may_stop,
        },
        "next": [
            {
                "id": candidate.paper.id,
                "title": candidate.paper.title,
                "year": candidate.paper.year,
                "score": candidate.score,
                "words": list(candidate.words),
            }
            for candidate in order.candidates
        ],
    }
