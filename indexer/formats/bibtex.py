r"""BibTeX (www.bibtex.org/Format), as ACM, ACL, DBLP, PMLR, Zotero, Google Scholar … write it.

The file is cut into entries as it is read, so that its size does not matter. An entry that is never
closed ends where the next one begins. ``@string`` macros are kept; an entry takes what it lacks
from the proceedings it refers to by ``crossref``, or, at PMLR, from those that lead the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from indexer.dump import Dump
from indexer.errors import RecordError
from indexer.formats.keywords import split_keywords
from indexer.formats.tex_letters import without_tex_letters
from indexer.names import natural_order
from indexer.record import Notice, Read, Record, Unread

LONGEST_ENTRY: Final = 4 * 1024 * 1024
"""Most characters of one entry."""
LONGEST_MACRO: Final = 100_000
"""Most characters that the macros of one value may come to."""
MOST_MACROS: Final = 10_000
MOST_WAITING: Final = 20_000
"""Most entries held back for the proceedings they refer to, which follow them in the file."""

_START = re.compile(r"@\s*([A-Za-z]+)\s*([{(])")
_NO_PAPERS = {
    "proceedings": "a volume of proceedings, no paper",
    "periodical": "an issue of a periodical, no paper",
    "set": "a set of other entries, no paper",
    "xdata": "data for other entries, no paper",
}
_TYPES = {"inproceedings": "Conference Paper", "conference": "Conference Paper",
          "article": "Journal Article"}  # fmt: skip
_MONTHS = {
    name[:3]: name
    for name in "january february march april may june july august september october november "
    "december".split()
}
_NEW_ENTRY = re.compile(r"@[A-Za-z]+\s*[{(]\s*[^\s,{}=\"]+\s*,\s*$")
"""An entry's first line at the very left, which no value holds."""
_BRACKET = re.compile(r"\\[{}]|[{})]")
_DELIMITER = re.compile(r"\\[{}]|[{}\"]")
_KEY = re.compile(r"\s*([^\s,={}\"]*)\s*,")
_FIELD = re.compile(r"(?<![^\s=,{}\"#%'()])([^\s=,{}\"#%'()]{1,100})\s*=\s*(?=[{\"\w])")
_JOINT = re.compile(r"\s*#\s*")
_THESES = frozenset(("phdthesis", "mastersthesis", "thesis", "techreport", "report"))
_BARE = re.compile(r"[^\s,#{}\"=]+")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_DOI_KEY = re.compile(r"(?:doi:)?10\.\d{4,9}/\S+")
_ANTHOLOGY = re.compile(
    r"(?:aclweb\.org/anthology|aclanthology\.org)/(?:papers/\w/\w+/)?"
    r"([A-Z]\d\d-\d{4}|\d{4}\.[\w-]+\.\d+)"
)
_URL_COMMAND = re.compile(r"\\(?:url|href)\s*\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: fields by lower-case name, values without their outer braces, TeX untouched."""

    line: int
    type: str
    key: str
    fields: Mapping[str, str]


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
    macros = dict(_MONTHS)
    volumes: dict[str, Entry] = {}
    leading: Entry | None = None
    waiting: list[Entry] = []
    seen_paper = False
    for item in _entries(dump, macros):
        if isinstance(item, RecordError):
            yield item
            continue
        if item.type in _NO_PAPERS or item.type in ("book", "collection"):
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
            yield _record(item, volumes.get(parent) or leading)
    for item in waiting:
        found = volumes.get(item.fields["crossref"].casefold())
        if found is None:
            key = item.fields["crossref"][:80]
            yield Notice(dump.name, item.line, f"crossref to {key!r}, which is not in the file")
        yield _record(item, found or leading)


def _entries(dump: Dump, macros: dict[str, str]) -> Iterator[Entry | RecordError]:
    """Cut the file into entries; what stands between them is comment."""
    cutter = _Cutter()
    for number, line in dump.lines():
        at = 0
        if cutter.open and _NEW_ENTRY.match(line) is not None:
            yield cutter.unclosed(dump.name, "a brace is missing")
            cutter = _Cutter()
        while at < len(line):
            if not cutter.open:
                begin = _START.search(line, at)
                if begin is None:
                    break
                cutter = _Cutter(number, begin[1].lower(), begin[2])
                at = begin.end()
            at = cutter.take(line, at)
            if not cutter.open:
                yield from _parsed(cutter, dump.name, macros)
        if cutter.size > LONGEST_ENTRY:
            yield RecordError(dump.name, cutter.line, f"an entry of over {LONGEST_ENTRY >> 20} MiB")
            cutter = _Cutter()
    if cutter.open:
        yield cutter.unclosed(dump.name, "the file is cut short")


class _Cutter:
    """Takes in the lines of one entry up to the bracket that closes it."""

    def __init__(self, line: int = 0, type: str = "", bracket: str = "") -> None:
        self.line = line
        self.type = type
        self.open = bool(bracket)
        self.size = 0
        self._pieces: list[str] = []
        self._depth = 0
        self._round = bracket == "("

    @property
    def text(self) -> str:
        """What stands between the brackets."""
        return "".join(self._pieces)

    def unclosed(self, source: str, why: str) -> Unread:
        """Give the error of an entry that has no end."""
        raw = f"@{self.type}{{{self.text}"
        return Unread(source, self.line, f"the entry is never closed: {why}", raw)

    def take(self, line: str, at: int) -> int:
        """Take in a line from `at` on; give the place after what belonged to the entry."""
        for match in _BRACKET.finditer(line, at):
            if match[0] == "{":
                self._depth += 1
            elif match[0] == "}":
                self._depth -= 1
            closing = self._depth < 0 if not self._round else match[0] == ")" and not self._depth
            if closing:
                self._pieces.append(line[at : match.start()])
                self.open = False
                return match.end()
        self._pieces += (line[at:], "\n")
        self.size += len(line) - at + 1
        return len(line)


def _parsed(cutter: _Cutter, source: str, macros: dict[str, str]) -> Iterator[Entry | RecordError]:
    """Parse what was cut out; macros are kept, comments and preambles are not records."""
    text, type = cutter.text, cutter.type
    if type == "string":
        if len(macros) < MOST_MACROS:
            macros.update(_fields(text, 0, macros))
    elif type not in ("comment", "preamble"):
        key = _KEY.match(text)
        fields = _fields(text, key.end() if key else 0, macros)
        if fields:
            yield Entry(cutter.line, type, key[1] if key else "", fields)
        else:
            yield RecordError(source, cutter.line, "the entry has no fields")


def _fields(text: str, at: int, macros: Mapping[str, str]) -> dict[str, str]:
    """Parse ``name = value`` pairs; of two with the same name, the first counts."""
    fields: dict[str, str] = {}
    while (match := _FIELD.search(text, at)) is not None:
        value, at = _value(text, match.end(), macros)
        fields.setdefault(match[1].lower(), value)
    return fields


def _value(text: str, at: int, macros: Mapping[str, str]) -> tuple[str, int]:
    """Parse a value: braced, quoted, a number or a macro, or several joined by ``#``."""
    pieces: list[str] = []
    length = 0
    while at < len(text):
        if text[at] in '{"':
            end = _end_of_value(text, at)
            pieces.append(text[at + 1 : end])
            at = end + 1
        elif (bare := _BARE.match(text, at)) is not None:
            macro = macros.get(bare[0].lower(), bare[0])
            # A macro made of macros made of macros … must not fill the memory.
            length += len(macro)
            pieces.append(macro if length <= LONGEST_MACRO else "")
            at = bare.end()
        else:
            break
        joint = _JOINT.match(text, at)
        if joint is None:
            break
        at = joint.end()
    return "".join(pieces), at


def _end_of_value(text: str, start: int) -> int:
    """Find the brace or quote that closes the value; the end of the text if none does."""
    depth = 0
    quoted = text[start] == '"'
    for match in _DELIMITER.finditer(text, start + 1):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            if not quoted and depth == 0:
                return match.start()
            depth -= 1
        elif match[0] == '"' and quoted and depth <= 0:
            return match.start()
    return len(text)


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
    for name in _names(" ".join(text.split())):
        stripped = name.strip()
        whole = stripped.startswith("{") and stripped.endswith("}") and "," not in stripped[-3:]
        plain = " ".join(without_tex_letters(stripped).split())
        found.append(plain if whole else natural_order(plain))
    return tuple(name for name in found if name)


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
