"""Exports papers to each format and reads them again by other programs: no field may get lost.

    python -m tests.bench.exchange DUMP… [--papers 10000] [--citation-js FOLDER]

The other programs are rispy, bibtexparser, pybtex, pandoc and citation-js; of these a program that
is not there is left out and named. What they read is compared with the papers: title, year,
authors, volume, pages and DOI. Each difference is counted, and the first of each kind is shown.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final

from indexer.build import read_papers
from indexer.citation import write_citations
from indexer.paper import Paper
from indexer.text.display import plain

Fields = Mapping[str, str]
Reader = Callable[[Path], list[Fields]]
FIELDS: Final = ("title", "year", "authors", "volume", "pages", "doi")
_CITATION_JS: Final = """
import { Cite } from '@citation-js/core'
import '@citation-js/plugin-bibtex'
import '@citation-js/plugin-ris'
import { readFileSync } from 'fs'
const read = new Cite(readFileSync(process.argv[2], 'utf8'))
process.stdout.write(JSON.stringify(read.data))
"""


def letters(text: str) -> str:
    """Returns the letters and digits of a text: what is left of it in every program's spelling.

    Accents, TeX and punctuation are written in many ways that mean the same.
    """
    bare = re.sub(r"\\[A-Za-z]+|\$[^$]*\$|<[^<>]*>", "", plain(text))
    marked = unicodedata.normalize("NFKD", bare.replace("ı", "i"))
    return "".join(char for char in marked.casefold() if char.isascii() and char.isalnum())


def expected(paper: Paper) -> Fields:
    """Returns the fields of a paper that every program reads."""
    return {
        "title": letters(paper.title),
        "year": str(paper.year or paper.publication.date[:4]),
        "authors": str(len(paper.authors) or ""),
        "volume": letters(paper.publication.volume),
        "pages": letters(paper.publication.pages or paper.publication.article_number),
        "doi": letters(paper.doi),
    }


def _fields(record: Mapping[str, Any], authors: int) -> Fields:
    places = ("pages", "page", "eid", "custom7")  # an article number stands for its pages
    pages = next((record[place] for place in places if record.get(place)), "")
    if record.get("start_page"):
        pages = f"{record['start_page']}{record.get('end_page', '')}"
    return {
        "title": letters(str(record.get("title", ""))),
        "year": str(record.get("year", ""))[:4],
        "authors": str(authors or ""),
        "volume": letters(str(record.get("volume", ""))),
        "pages": letters(str(pages)),
        "doi": letters(str(record.get("doi", record.get("DOI", "")))),
    }


def read_rispy(path: Path) -> list[Fields]:
    """Reads RIS with rispy."""
    import rispy

    with path.open(encoding="utf-8") as file:
        records = rispy.load(file)
    return [
        _fields(
            {**one, "title": one.get("title", one.get("primary_title", ""))},
            len(one.get("authors", ())),
        )
        for one in records
    ]


def _and_count(names: str) -> int:
    """Returns how many names a list of BibTeX has; "others" is none."""
    depth, count, words = 0, 1 if names.strip() else 0, names.split()
    for word in words:
        count += word == "and" and depth == 0
        depth += word.count("{") - word.count("}")
    return count - (words[-1:] == ["others"])


def read_bibtexparser(path: Path) -> list[Fields]:
    """Reads BibTeX with bibtexparser 2."""
    from bibtexparser.entrypoint import parse_string

    logging.disable(logging.WARNING)
    library = parse_string(path.read_text(encoding="utf-8"))
    entries = [{key: field.value for key, field in entry.fields_dict.items()}
               for entry in library.entries]  # fmt: skip
    return [_fields(one, _and_count(one.get("author", ""))) for one in entries]


def read_pybtex(path: Path) -> list[Fields]:
    """Reads BibTeX with pybtex."""
    from pybtex.database import parse_file

    entries = parse_file(str(path), bib_format="bibtex").entries.values()
    return [
        _fields(
            {key.lower(): value for key, value in one.fields.items()},
            sum(str(person) != "others" for person in one.persons.get("author", ())),
        )
        for one in entries
    ]


def _csl(items: Iterable[Mapping[str, Any]]) -> list[Fields]:
    found = []
    for item in items:
        parts = (item.get("issued") or {}).get("date-parts") or [[""]]
        names = [one for one in item.get("author", ()) if one.get("family") != "others"]
        found.append(_fields({**item, "year": parts[0][0]}, len(names)))
    return found


def pandoc(format: str) -> Reader:
    """Returns a reader of a format with pandoc."""

    def read(path: Path) -> list[Fields]:
        command = ["pandoc", "-f", format, "-t", "csljson", str(path)]
        done = subprocess.run(command, capture_output=True, check=True, timeout=1200)
        if done.stderr:
            sys.stdout.write(f"pandoc says: {done.stderr[:400].decode(errors='replace')}\n")
        return _csl(json.loads(done.stdout))

    return read


def citation_js(folder: Path) -> Reader:
    """Returns a reader with citation-js, which a folder has in its ``node_modules``."""

    def read(path: Path) -> list[Fields]:
        program = folder / "read.mjs"
        program.write_text(_CITATION_JS, encoding="utf-8")
        done = subprocess.run(
            ["node", str(program), str(path)],
            capture_output=True,
            check=True,
            timeout=1200,
            cwd=folder,
        )
        return _csl(json.loads(done.stdout))

    return read


def readers(folder: Path | None) -> Iterator[tuple[str, str, str, Reader]]:
    """Yields program, format, suffix and reader of each program that is there."""
    yield "rispy", "ris", "ris", read_rispy
    yield "bibtexparser", "bibtex", "bib", read_bibtexparser
    yield "pybtex", "bibtex", "bib", read_pybtex
    if shutil.which("pandoc"):
        yield "pandoc", "bibtex", "bib", pandoc("bibtex")
        yield "pandoc", "biblatex", "bib", pandoc("biblatex")
        yield "pandoc", "ris", "ris", pandoc("ris")
        yield "pandoc", "csl", "json", pandoc("csljson")
    if folder is not None and shutil.which("node"):
        yield "citation-js", "bibtex", "bib", citation_js(folder)
        yield "citation-js", "ris", "ris", citation_js(folder)
        yield "citation-js", "csl", "json", citation_js(folder)


def differences(
    papers: list[Paper], format: str, suffix: str, read: Reader, folder: Path
) -> Iterator[tuple[str, Paper, str, str]]:
    """Yields the field, the paper, what it has and what was read, of each difference."""
    path = folder / f"papers.{suffix}"
    path.write_text("".join(write_citations(papers, format)), encoding="utf-8", newline="")
    records = read(path)
    if len(records) != len(papers):
        yield "records", papers[0], str(len(papers)), str(len(records))
        return
    for paper, record in zip(papers, records, strict=True):
        for field, value in expected(paper).items():
            if record[field] != value:
                yield field, paper, value, record[field]


def main(given: list[str]) -> None:
    """Runs the comparison and prints its figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.exchange", description=__doc__)
    parser.add_argument("dumps", nargs="+")
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--citation-js", type=Path, help="folder with citation-js installed")
    options = parser.parse_args(given)
    papers = list(islice(read_papers(options.dumps), options.papers))
    with tempfile.TemporaryDirectory() as folder:
        for program, format, suffix, read in readers(options.citation_js):
            counts: Counter[str] = Counter()
            shown: dict[str, str] = {}
            for field, paper, value, other in differences(
                papers, format, suffix, read, Path(folder)
            ):
                counts[field] += 1
                shown.setdefault(
                    field, f"{paper.source}: {value[:80]!r} was read as {other[:80]!r}"
                )
            sys.stdout.write(f"{program} {format}: {len(papers):,} papers, {dict(counts)}\n")
            for field, text in shown.items():
                sys.stdout.write(f"  {field}: {text}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
