r"""BibTeX (www.bibtex.org/Format), as ACM, ACL, DBLP, PMLR, Zotero, Google Scholar … write it.

An entry takes what it lacks from the proceedings it refers to by ``crossref``, or, at PMLR, from
those that lead the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from indexer.errors import RecordError
from indexer.formats.bibtex_entries import Entry, read_entries
from indexer.formats.keywords import split_keywords
from indexer.intake.dump import Dump
from indexer.intake.names import natural_order, split_listed
from indexer.intake.record import Notice, Read, Record
from indexer.intake.tex_letters import without_tex_letters

MOST_WAITING: Final = 20_000
"""Most entries held back for the proceedings they refer to, which follow them in the file."""

_NO_PAPERS = {
    "proceedings": "a volume of proceedings, no paper",
    "periodical": "an issue of a periodical, no paper",
    "set": "a set of other entries, no paper",
    "xdata": "data for other entries, no paper",
}
_VOLUMES = frozenset((*_NO_PAPERS, "book", "collection"))
_TYPES = {"inproceedings": "Conference Paper", "conference": "Conference Paper",
          "article": "Journal Article"}  # fmt: skip
_THESES = frozenset(("phdthesis", "mastersthesis", "thesis", "techreport", "report"))
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_STRAY = re.compile(r",? *\b[a-z]+ ?= ?\{[^{}]*\} ?,?")
_DOI_KEY = re.compile(r"(?:doi:)?10\.\d{4,9}/\S+")
_ANTHOLOGY = re.compile(
    r"(?:aclweb\.org/anthology|aclanthology\.org)/(?:papers/\w/\w+/)?"
    r"([A-Z]\d\d-\d{4}|\d{4}\.[\w-]+\.\d+)"
)
_URL_COMMAND = re.compile(r"\\(?:url|href)\s*\{([^{}]*)\}")


def sniff(head: bytes, name: str) -> bool:
    """Recognise an entry at the beginning of a line."""
    text = head[:65536].decode("utf-8", errors="replace")
    entry = re.search(
        r"^\s*@\s*(?:article|inproceedings|proceedings|book|misc|string|comment|preamble|conference"
        r"|incollection|inbook|techreport|phdthesis|mastersthesis|unpublished|online|thesis|report"
        r"|manual|booklet|collection|dataset|software|patent)\s*[{(]",
        text.removeprefix("\ufeff"),
        re.IGNORECASE | re.MULTILINE,
    )
    return entry is not None or (
        name.lower().endswith((".bib", ".bibtex"))
        and re.search(r"^\s*@\w+\s*\{", text, re.MULTILINE) is not None
    )


def read(dump: Dump) -> Iterator[Read]:
    """Read the entries; proceedings and the like are given as `RecordError`."""
    volumes: dict[str, Entry] = {}
    leading: Entry | None = None
    waiting: list[Entry] = []
    seen_paper = False
    for item in read_entries(dump):
        if isinstance(item, RecordError | Notice):
            yield item
            continue
        if item.type in _VOLUMES and len(volumes) < MOST_WAITING:
            volumes[item.key.casefold()] = item
        if item.type in _NO_PAPERS:
            if item.type == "proceedings" and not seen_paper:
                leading = item
            yield RecordError(dump.name, item.line, _NO_PAPERS[item.type])
            continue
        seen_paper = True
        parent = item.fields.get("crossref", "").casefold()
        if parent and parent not in volumes and len(waiting) < MOST_WAITING:
            waiting.append(item)
        else:
            inherits = item.type == "inproceedings" and not parent
            yield _record(item, leading if inherits else volumes.get(parent))
    for item in waiting:
        found = volumes.get(item.fields["crossref"].casefold())
        if found is None:
            key = item.fields["crossref"][:80]
            yield Notice(dump.name, item.line, f"crossref to {key!r}, which is not in the file")
        yield _record(item, found)


def _record(entry: Entry, parent: Entry | None) -> Record:
    fields = entry.fields

    def text(*names: str) -> str:
        given = next((fields[name] for name in names if fields.get(name, "").strip()), "")
        return without_tex_letters(given)

    inherited = parent.fields if parent is not None else {}
    venue = text("booktitle", "journal", "journaltitle", "shortjournal", "maintitle")
    if not venue:
        names = ("booktitle", "shortname", "name", "title", "journal")
        venue = without_tex_letters(next((inherited[n] for n in names if inherited.get(n)), ""))
    if not venue and entry.type in _THESES:
        venue = text("school", "institution")
    authors = fields.get("author", "")
    return Record(
        line=entry.line,
        id=_identity(entry),
        title=text("title"),
        abstract=text("abstract"),
        authors=_authors(authors),
        venue=venue,
        year=text("year", "date", "issue_date") or inherited.get("year", ""),
        type=_TYPES.get(entry.type, entry.type),
        doi=_address(fields.get("doi", "")),
        url=_address(fields.get("url", "")).split(" ")[0],
        keywords=split_keywords(text("keywords", "keyword")),
    )


def _authors(text: str) -> tuple[str, ...]:
    """Split at "and" outside braces; a name in braces is one name, whatever is in it."""
    found: list[str] = []
    one_line = " ".join(text.split())
    for name in _names(_STRAY.sub(_without_stray, one_line)):
        stripped = name.strip()
        whole = stripped.startswith("{") and stripped.endswith("}") and "," not in stripped[-3:]
        plain = " ".join(without_tex_letters(stripped).split())
        if whole:
            found.append(plain)
        elif "{" in stripped:
            found.append(natural_order(plain))
        else:
            found.extend(split_listed(plain))
    return tuple(name for name in found if name)


def _without_stray(match: re.Match[str]) -> str:
    """Take out a field that a faulty exporter put among the names (PMLR: "pages = {1-9},")."""
    return ", " if match[0].startswith(",") and match[0].endswith(",") else " "


def _names(text: str) -> list[str]:
    if "{" not in text:
        return _AND.split(text)
    names, depth, start = [], 0, 0
    for match in re.finditer(r"\\.|[{}]|\s+and\s+", text, re.IGNORECASE):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
        elif match[0][0] != "\\" and depth <= 0:
            names.append(text[start : match.start()])
            start = match.end()
    return [*names, text[start:]]


def _identity(entry: Entry) -> str:
    """Give the id that others use, too: DOI, Anthology or arXiv number, DBLP or PMLR key."""
    fields = entry.fields
    anthology = _ANTHOLOGY.search(fields.get("url", ""))
    if anthology is not None:
        return anthology[1]
    if fields.get("doi"):
        return ""  # the cleaning takes a DOI for the id
    if (
        fields.get("eprint")
        and "arxiv" in fields.get("archiveprefix", fields.get("eprinttype", "")).lower()
    ):
        return fields["eprint"]
    if _DOI_KEY.fullmatch(entry.key) or entry.key.startswith(("DBLP:", "pmlr-", "dblp:")):
        return entry.key
    return ""


def _address(text: str) -> str:
    r"""Undo ``\url{…}`` and escapes; nothing else of an address is TeX."""
    inner = _URL_COMMAND.search(text)
    plain = inner[1] if inner else text
    return re.sub(r"\\([_%#&~])|\{\\([_%#&~])\}|[{}]", r"\1\2", plain).strip()
