"""SQLite's FTS5 with its Porter stems."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path

from indexer.paper import Paper
from tests.bench.engines import Hits
from tests.bench.questions import Question

_BEST = (
    "SELECT paper.title FROM text JOIN paper ON paper.rowid = text.rowid "
    "WHERE text MATCH ? {where} ORDER BY bm25(text, 2.0, 1.0, 1.0) LIMIT 10"
)
_COUNT = (
    "SELECT count(*) FROM text JOIN paper ON paper.rowid = text.rowid WHERE text MATCH ? {where}"
)
_VENUES = (
    "SELECT paper.venue, count(*) FROM text JOIN paper ON paper.rowid = text.rowid "
    "WHERE text MATCH ? GROUP BY paper.venue"
)
_YEARS = (
    "SELECT paper.year, count(*) FROM text JOIN paper ON paper.rowid = text.rowid "
    "WHERE text MATCH ? GROUP BY paper.year"
)
_AUTHORS = (
    "SELECT author.name, count(*) AS papers FROM text JOIN author ON author.paper = text.rowid "
    "WHERE text MATCH ? GROUP BY author.name ORDER BY papers DESC LIMIT 20"
)
_DISTINCT = (
    "SELECT count(DISTINCT author.name) FROM text JOIN author ON author.paper = text.rowid "
    "WHERE text MATCH ?"
)


def make(name: str) -> SQLite:
    return SQLite()


class SQLite:
    """One FTS5 table beside a table of papers and one of authors."""

    def build(self, papers: Iterable[Paper], folder: Path) -> None:
        with sqlite3.connect(folder / "papers.db") as db:
            db.executescript(
                "CREATE TABLE paper (id TEXT UNIQUE, title TEXT, abstract TEXT, venue TEXT, "
                "year INT, authors TEXT);"
                "CREATE TABLE author (paper INT, name TEXT);"
                "CREATE VIRTUAL TABLE text USING fts5(title, abstract, author, "
                "tokenize = 'porter unicode61');"
            )
            for paper in papers:
                self._add(db, paper)
            db.executescript("CREATE INDEX by_paper ON author (paper);")
        db.close()

    def update(self, papers: list[Paper], folder: Path) -> None:
        with sqlite3.connect(folder / "papers.db") as db:
            for paper in papers:
                row = db.execute("SELECT rowid FROM paper WHERE id = ?", (paper.id,)).fetchone()
                if row:
                    db.execute("DELETE FROM text WHERE rowid = ?", row)
                    db.execute("DELETE FROM author WHERE paper = ?", row)
                    db.execute("DELETE FROM paper WHERE rowid = ?", row)
                self._add(db, paper)
        db.close()

    def _add(self, db: sqlite3.Connection, paper: Paper) -> None:
        authors = "; ".join(paper.authors)
        row = db.execute(
            "INSERT INTO paper VALUES (?, ?, ?, ?, ?, ?)",
            (paper.id, paper.title, paper.abstract, paper.venue, paper.year, authors),
        ).lastrowid
        db.execute(
            "INSERT INTO text (rowid, title, abstract, author) VALUES (?, ?, ?, ?)",
            (row, paper.title, paper.abstract, authors),
        )
        db.executemany("INSERT INTO author VALUES (?, ?)", [(row, name) for name in paper.authors])

    def open(self, folder: Path) -> Callable[[Question], Hits | None]:
        db = sqlite3.connect(folder / "papers.db", check_same_thread=False)

        def answer(question: Question) -> Hits:
            text, where, values = _asked(question)
            titles = [row[0] for row in db.execute(_BEST.format(where=where), (text, *values))]
            total = db.execute(_COUNT.format(where=where), (text, *values)).fetchone()[0]
            counts: dict[str, int] = {}
            if question.facets:
                counts = dict(db.execute(_VENUES, (text,)).fetchall())
                db.execute(_YEARS, (text,)).fetchall()
                db.execute(_AUTHORS, (text,)).fetchall()
                if question.distinct:
                    db.execute(_DISTINCT, (text,)).fetchall()
            return total, titles, counts

        weakref.finalize(answer, db.close)
        return answer


def _asked(question: Question) -> tuple[str, str, list[object]]:
    between = " AND " if question.every or question.author else " OR "
    text = between.join(f'"{word}"' for word in question.words)
    if question.phrase:
        text = f'"{" ".join(question.words)}"'
    text = f"author : ({text})" if question.author else f"{{title abstract}} : ({text})"
    if question.venue:
        return text, "AND paper.venue = ?", [question.venue]
    if question.years:
        return text, "AND paper.year BETWEEN ? AND ?", list(question.years)
    return text, "", []
