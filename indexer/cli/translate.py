"""``quiver translate``: a query in the search languages of bibliographic databases, and back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click

from indexer.cli.group import Session, example, with_session
from indexer.cli.terminal import echo_lines
from indexer.errors import SearchStringError
from indexer.language.parse import parse_query
from indexer.query import Clause
from indexer.reviews.search_databases import DATABASES
from indexer.reviews.search_strings.reading import (
    LONGEST,
    ReadingNote,
    SearchStringReading,
    read_search_string,
)
from indexer.reviews.translation import Translation
from indexer.reviews.translation import translate as translate_clause

_NAMES: Final = [database.name for database in DATABASES]
_PARTS_SHOWN: Final = 8
"""Parts of a search string that a note on the terminal names."""


@click.command(
    short_help="Write a query for PubMed, Ovid, Scopus and others, or read theirs.",
    epilog=example(
        "quiver translate '\"federated learning\" privacy'",
        'quiver translate "title:gossip OR epidem*" --to pubmed',
        "quiver translate --from ovid --from-file strategy.txt",
    ),
)
@click.argument("query", required=False)
@click.option(
    "--to",
    "names",
    multiple=True,
    type=click.Choice(_NAMES),
    help="Database to write for; repeat it for several. All of them by default.",
)
@click.option(
    "--from",
    "source",
    type=click.Choice(_NAMES),
    help="QUERY is a search string of this database; print the query that Quiver reads.",
)
@click.option(
    "--from-file",
    "path",
    metavar="FILE",
    help="Read the search string from this file, - for standard input: one string, or numbered "
    "lines of a search history.",
)
@with_session
def translate(
    session: Session, *, query: str | None, names: tuple[str, ...], source: str | None,
    path: str | None,
) -> None:  # fmt: skip
    """Write QUERY as a search string for each database, as a systematic review documents it.

    All words are required. Notes say what a database cannot express, and which part of the query it
    concerns. Check each string in the database before you rely on it.

    With --from, QUERY is a search string of that database. It is printed as a query for Quiver,
    with notes on each part that has no equal; with --to, also for other databases.
    """
    if (query is None) == (path is None):
        raise click.UsageError("name either QUERY or --from-file")
    if path is not None and source is None:
        raise click.UsageError(f"--from-file needs --from: one of {', '.join(_NAMES)}")
    if source is None:
        _print(session, _translations(parse_query(query or "").clause, names or tuple(_NAMES)))
        return
    try:
        reading = read_search_string(_file(path) if path is not None else query or "", source)
    except SearchStringError as error:
        raise click.ClickException(f"{path}: {error}" if path else str(error)) from error
    _print(session, _translations(reading.clause, names), reading)


def _file(path: str) -> str:
    """Returns the text of a file, as far as it is read."""
    try:
        if path == "-":
            data = sys.stdin.buffer.read(4 * LONGEST + 1)
        else:
            with Path(path).open("rb") as file:
                data = file.read(4 * LONGEST + 1)
        return data.decode("utf-8-sig")
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path}: is not UTF-8; save it as text in UTF-8") from error


def _translations(clause: Clause | None, names: tuple[str, ...]) -> list[Translation]:
    chosen = [database for database in DATABASES if database.name in names]
    return [translate_clause(clause, database) for database in chosen]


def _print(
    session: Session, translations: list[Translation], reading: SearchStringReading | None = None
) -> None:
    if session.json:
        listed: Any = [
            {
                "database": made.database.name,
                "text": made.text,
                "notes": [{"text": note.text, "reason": note.reason} for note in made.notes],
            }
            for made in translations
        ]
        if reading is not None:
            listed = {**_as_json(reading), "translations": listed}
        click.echo(json.dumps(listed, ensure_ascii=False))
        return
    if reading is not None:
        echo_lines("Quiver:", f"  {reading.query or '(nothing)'}", *_note_lines(reading.notes))
    for place, made in enumerate(translations):
        blank = [""] if place or reading is not None else []
        notes = [
            f"  note: {note.text}: {note.reason}" if note.text else f"  note: {note.reason}"
            for note in made.notes
        ]
        text = made.text or "(nothing)"
        echo_lines(*blank, f"{made.database.label}:", f"  {text}", *notes)


def _note_lines(notes: tuple[ReadingNote, ...]) -> Iterator[str]:
    for note in notes:
        yield f"  note: {note.reason}"
        for part in note.parts[:_PARTS_SHOWN]:
            yield f"    line {part.line}: {part.text}"
        if len(note.parts) > _PARTS_SHOWN:
            yield f"    … and {len(note.parts) - _PARTS_SHOWN:,} more; --json lists them"


def _as_json(reading: SearchStringReading) -> dict[str, Any]:
    return {
        "query": reading.query,
        "notes": [
            {
                "reason": note.reason,
                "parts": [
                    {"text": part.text, "line": part.line, "column": part.column}
                    for part in note.parts
                ],
            }
            for note in reading.notes
        ],
    }
