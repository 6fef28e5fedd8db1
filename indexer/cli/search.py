"""``quiver search``: one page of ranked answers."""

from __future__ import annotations

import json

import click

from indexer.cleaning.venues import load_venues
from indexer.cli.filters import filter_options, order_options, read_filters
from indexer.cli.group import Session, example, with_session
from indexer.cli.opening import open_searcher
from indexer.cli.terminal import echo_lines, results_lines
from indexer.errors import QueryError
from indexer.language.parse import parse_query
from indexer.query import Match, Sort
from indexer.query_analysis.typed_text import read_typed_text
from indexer.serialization.json_objects import results_json
from indexer.suggestions.query_correction import search_corrected
from indexer.suggestions.relaxation_text import offer_some_words


@click.command(
    short_help="Search for papers.",
    epilog=example(
        "quiver search federated learning",
        "quiver search 'author:jaggi title:\"gradient descent\"' --venue ICML --year 2019-2022",
    ),
)
@click.argument("query", nargs=-1)
@filter_options
@order_options
@click.option(
    "--page",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Page of the results to print.",
)
@click.option("--per-page", type=click.IntRange(min=0), help="Results on a page; 0 = counts only.")
@click.option("--explain", is_flag=True, help="Show how each score is made up.")
@with_session
def search(
    session: Session,
    *,
    query: tuple[str, ...],
    years: tuple[str, ...],
    match: str,
    sort: str,
    page: int,
    per_page: int | None,
    explain: bool,
    **chosen: tuple[str, ...],
) -> None:
    """Search for papers: words, "phrases", author:NAME, year:2019-2022, AND OR NOT -word.

    Without a query, print all papers that pass the filters, newest first. Put -- before a query
    that begins with a hyphen.
    """
    limits = session.config.search
    size = limits.per_page if per_page is None else per_page
    if size > limits.max_per_page:
        raise QueryError(
            "--per-page",
            f"expected at most {limits.max_per_page} (search.max_per_page); got {size}",
        )
    text = " ".join(query).encode(errors="replace").decode()
    with open_searcher(session) as searcher:
        venues = load_venues(session.config.build.venues)
        filters, span = read_filters(searcher, chosen, years, venues)
        asked = parse_query(
            text,
            filters=filters,
            years=span,
            match=Match(match),
            sort=Sort(sort),
            page=page,
            per_page=size,
        )
        asked = read_typed_text(asked, searcher, venues)
        if session.json:
            results = offer_some_words(searcher, searcher.search(asked, explain=explain))
        else:
            results = search_corrected(searcher, asked, explain=explain)
    if session.json:
        click.echo(json.dumps(results_json(results), ensure_ascii=False))
        return
    echo_lines(*results_lines(results))
    if results.total > page * size > 0:
        click.echo(f"Next page: add --page {page + 1}", err=True)
