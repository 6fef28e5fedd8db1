"""``quiver translate``: a query in the search languages of bibliographic databases."""

from __future__ import annotations

import json

import click

from indexer.cli.group import Session, example, with_session
from indexer.cli.terminal import echo_lines
from indexer.language.parse import parse_query
from indexer.reviews.search_databases import DATABASES
from indexer.reviews.translation import translate as translate_clause


@click.command(
    short_help="Write a query for PubMed, Ovid, Scopus and others.",
    epilog=example(
        "quiver translate '\"federated learning\" privacy'",
        'quiver translate "title:gossip OR epidem*" --to pubmed',
    ),
)
@click.argument("query")
@click.option(
    "--to",
    "names",
    multiple=True,
    type=click.Choice([database.name for database in DATABASES]),
    help="Database to write for; repeat it for several. All of them by default.",
)
@with_session
def translate(session: Session, *, query: str, names: tuple[str, ...]) -> None:
    """Write QUERY as a search string for each database, as a systematic review documents it.

    All words are required. Notes say what a database cannot express, and which part of the query it
    concerns. Check each string in the database before you rely on it.
    """
    asked = parse_query(query)
    chosen = [database for database in DATABASES if not names or database.name in names]
    translations = [translate_clause(asked.clause, database) for database in chosen]
    if session.json:
        listed = [
            {
                "database": made.database.name,
                "text": made.text,
                "notes": [{"text": note.text, "reason": note.reason} for note in made.notes],
            }
            for made in translations
        ]
        click.echo(json.dumps(listed, ensure_ascii=False))
        return
    for place, made in enumerate(translations):
        blank = [""] if place else []
        notes = [
            f"  note: {note.text}: {note.reason}" if note.text else f"  note: {note.reason}"
            for note in made.notes
        ]
        text = made.text or "(nothing)"
        echo_lines(*blank, f"{made.database.label}:", f"  {text}", *notes)
