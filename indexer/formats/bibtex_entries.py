r"""The entries of a BibTeX file, cut out and parsed as it is read (www.bibtex.org/Format).

What stands between entries is comment. An entry that is never closed ends where the next one
begins. ``@string`` macros are kept; values keep their TeX.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from indexer.errors import RecordError
from indexer.intake.dump import Dump
from indexer.intake.record import Notice, Unread

LONGEST_ENTRY: Final = 4 * 1024 * 1024
"""Most characters of one entry."""
LONGEST_MACRO: Final = 100_000
"""Most characters that the macros of one value may come to."""
MOST_MACROS: Final = 10_000

_START = re.compile(r"@\s*([A-Za-z]+)\s*([{(])")
_MONTHS = {
    name[:3]: name
    for name in "january february march april may june july august september october november "
    "december".split()
}
_NEW_ENTRY = re.compile(
    r"@[A-Za-z]{2,30}\s*[{(]\s*[^\s,{}=\"@]{1,300}\s*,\s*(?:$|[\w-]{1,100}\s*=)"
)
"""An entry's first line at the very left: the key alone, or a first field after it."""
_BRACKET = re.compile(r"\\[{}]|[{})]")
_DELIMITER = re.compile(r"\\[{}]|[{}\"]")
_KEY = re.compile(r"\s*+([^\s,={}\"]*+)\s*+,")
_FIELD = re.compile(r"(?<![^\s=,{}\"#%'()])([^\s=,{}\"#%'()]{1,100})\s*=\s*(?=[{\"\w])")
_JOINT = re.compile(r"\s*+#\s*+")
_BARE = re.compile(r"[^\s,#{}\"=]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: fields by lower-case name, values without their outer braces, TeX untouched."""

    line: int
    type: str
    key: str
    fields: Mapping[str, str]


def read_entries(dump: Dump) -> Iterator[Entry | RecordError | Notice]:
    """Yields each entry that may be a record; comments, preambles and macros are none."""
    macros = dict(_MONTHS)
    cutter = _Cutter()
    for number, line in dump.lines():
        at = 0
        if cutter.open and _NEW_ENTRY.match(line.removeprefix(cutter.indent)) is not None:
            yield from _unclosed(cutter, dump.name, "a brace is missing", macros)
            cutter = _Cutter()
        while at < len(line):
            if not cutter.open:
                begin = _START.search(line, at)
                if begin is None:
                    break
                indent = line[: begin.start()]
                cutter = _Cutter(number, begin[1].lower(), begin[2], indent)
                at = begin.end()
            at = cutter.take(line, at)
            if not cutter.open:
                yield from _parsed(cutter, dump.name, macros)
        if cutter.size > LONGEST_ENTRY:
            yield RecordError(dump.name, cutter.line, f"an entry of over {LONGEST_ENTRY >> 20} MiB")
            cutter = _Cutter()
    if cutter.open:
        yield from _unclosed(cutter, dump.name, "the file is cut short", macros)


class _Cutter:
    """Takes in the lines of one entry up to the bracket that closes it."""

    def __init__(self, line: int = 0, type: str = "", bracket: str = "", indent: str = "") -> None:
        self.line = line
        self.type = type
        self.open = bool(bracket)
        self.indent = indent if indent.isspace() else ""
        self.size = 0
        self._pieces: list[str] = []
        self._depth = 0
        self._round = bracket == "("

    @property
    def balanced(self) -> bool:
        """Whether every brace within the entry is closed."""
        return self._depth == 0

    @property
    def text(self) -> str:
        """What stands between the brackets."""
        return "".join(self._pieces)

    def unclosed(self, source: str, why: str) -> Unread:
        """Returns the error of an entry that has no end."""
        raw = f"@{self.type}{{{self.text}"
        return Unread(source, self.line, f"the entry is never closed: {why}", raw)

    def take(self, line: str, at: int) -> int:
        """Takes in a line from `at` on; returns the place after what belonged to the entry."""
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


def _unclosed(
    cutter: _Cutter, source: str, why: str, macros: dict[str, str]
) -> Iterator[Entry | RecordError | Notice]:
    """Reads an entry that lacks nothing but its last brace; any other is a fault."""
    parsed = list(_parsed(cutter, source, macros)) if cutter.balanced else []
    if any(isinstance(item, Entry) for item in parsed):
        yield Notice(source, cutter.line, f"{why}: the entry was read, parts of it may be wrong")
        yield from parsed
    else:
        yield cutter.unclosed(source, why)


def _parsed(cutter: _Cutter, source: str, macros: dict[str, str]) -> Iterator[Entry | RecordError]:
    """Parses what was cut out; macros are kept, comments and preambles are not records."""
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
    """Parses ``name = value`` pairs; of two with the same name, the first counts."""
    fields: dict[str, str] = {}
    while (match := _FIELD.search(text, at)) is not None:
        value, at = _value(text, match.end(), macros)
        fields.setdefault(match[1].lower(), value)
    return fields


def _value(text: str, at: int, macros: Mapping[str, str]) -> tuple[str, int]:
    """Parses a value: braced, quoted, a number or a macro, or several joined by ``#``."""
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
    """Finds the brace or quote that closes the value; the end of the text if none does."""
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
