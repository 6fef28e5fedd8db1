"""``quiver export``: all papers of a query, as references."""

from __future__ import annotations

from collections.abc import Iterator

import click

from indexer.citation import (
    CITATION_FORMATS,
    DEFAULT_KEY,
    KEY_PARTS,
    REFERENCE_STYLES,
    write_citations,
    write_references,
)
from indexer.cleaning.venues import load_venues
from indexer.cli.filters import filter_options, order_options, read_filters
from indexer.cli.group import Session, example, overwrite_option, with_session
from indexer.cli.opening import open_searcher
from indexer.errors import QueryError, QueryTimedOut
from indexer.language.parse import parse_query
from indexer.paper import Paper
from indexer.query import Match, Query, Sort
from indexer.query_analysis.typed_text import read_typed_text
from indexer.reviews.labels import labels_of
from indexer.reviews.screening_table import FORMAT as SCREENING
from indexer.reviews.screening_table import write_screening_table
from indexer.search import Searcher
from indexer.system.output_file import OutputFile
from indexer.system.protected import STDOUT, protect


@click.command(
    short_help="Export search results as references.",
    epilog=example(
        "quiver export gossip venue:ICML",
        "quiver export --author 'Martin Jaggi' --format ris",
        "quiver export gossip --style apa",
        "quiver export gossip --format asreview",
    ),
)
@click.argument("query", nargs=-1)
@click.option(
    "--format",
    "format_name",
    default="bibtex",
    show_default=True,
    metavar="FORMAT",
    help=f"One of {', '.join(CITATION_FORMATS)} and {SCREENING}; with --json always jsonl. "
    "With --style text or html.",
)
@click.option(
    "--style",
    metavar="STYLE",
    help=f"Write formatted references: {', '.join(REFERENCE_STYLES)}, or the path of a CSL file.",
)
@click.option(
    "--output",
    "-o",
    default=STDOUT,
    metavar="FILE",
    help="File to write; standard output by default.",
)
@overwrite_option
@click.option(
    "--limit", type=click.IntRange(min=1), help="Write at most this many papers; all by default."
)
@click.option(
    "--abstract/--no-abstract",
    default=None,
    help="Include abstracts or not; by default in every format but BibTeX.",
)
@click.option(
    "--key",
    default=DEFAULT_KEY,
    show_default=True,
    metavar="PATTERN",
    help=f"Pattern of citation keys, made from {' '.join(f'{{{part}}}' for part in KEY_PARTS)}.",
)
@click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark, as Excel needs it.")
@click.option(
    "--unicode", is_flag=True, help="Write non-ASCII letters in BibTeX as they are, not as TeX."
)
@filter_options
@order_options
@with_session
def export(
    session: Session,
    *,
    query: tuple[str, ...],
    format_name: str,
    output: str,
    overwrite: bool,
    limit: int | None,
    abstract: bool | None,
    key: str,
    unicode: bool,
    style: str | None,
    bom: bool,
    years: tuple[str, ...],
    match: str,
    sort: str,
    **chosen: tuple[str, ...],
) -> None:
    """Write every paper that a search finds, however many, in the order of the results."""
    text = " ".join(query).encode(errors="replace").decode()
    protected = protect((), session.settings_files, indexes=(str(session.directory),))
    with (
        OutputFile(output, protected, overwrite=overwrite) as file,
        open_searcher(session) as searcher,
    ):
        venues = load_venues(session.config.build.venues)
        filters, span = read_filters(searcher, chosen, years, venues)
        asked = parse_query(text, filters=filters, years=span, match=Match(match), sort=Sort(sort))
        asked = read_typed_text(asked, searcher, venues)
        papers = _papers(searcher, asked, limit)
        if style is not None:
            pieces = write_references(papers, style, as_html=_is_html(format_name))
        elif format_name.strip().lower() == SCREENING and not session.json:
            labels = labels_of(searcher)
            pieces = write_screening_table(papers, labels, abstract=abstract is not False, bom=bom)
        else:
            pieces = write_citations(
                papers,
                "jsonl" if session.json else format_name,
                abstract=abstract,
                key=key,
                ascii=not unicode,
                bom=bom,
            )
        for piece in pieces:
            file.write(piece)


def _is_html(format_name: str) -> bool:
    """Whether references are written as HTML; the default of the option stands for text."""
    if format_name not in ("bibtex", "text", "html"):
        raise QueryError("format", f"expected text or html with --style; got '{format_name[:80]}'")
    return format_name == "html"


def _papers(searcher: Searcher, asked: Query, limit: int | None) -> Iterator[Paper]:
    page = searcher.for_page()
    ids = page.ids(asked)
    if page.timed_out:
        raise QueryTimedOut
    for number, paper_id in enumerate(ids):
        if number == limit:
            return
        paper = searcher.get(paper_id)
        if paper is not None:
            yield paper
