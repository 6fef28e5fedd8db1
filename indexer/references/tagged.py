"""An entry of RIS, EndNote or CSL-JSON as pasted into one box, read by its tags.

A browser puts a blank for each line end of a pasted text, so tags are found wherever they stand.
Whole files are read by `indexer.formats`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

LONGEST: Final = 20_000
"""Characters of an entry that are read; abstracts stand in it, too."""
_RIS_BEGINNING = re.compile(r"\s*TY {1,2}- ?[A-Z]")
_ENDNOTE_BEGINNING = re.compile(r"\s*%[0-9A-Z] ")
_RIS_TAG = re.compile(r"(?:^|\s)([A-Z][A-Z0-9]) {1,2}-(?= |\s|$)")
_ENDNOTE_TAG = re.compile(r"(?:^|\s)%([0-9A-Z@?!#$&~]) (?=\S)")
_RIS: Final = MappingProxyType({
    "TI": "title", "T1": "title", "CT": "title", "BT": "title", "AU": "author", "A1": "author",
    "PY": "year", "Y1": "year", "DA": "year", "SP": "page", "EP": "end", "DO": "identifier",
    "UR": "identifier", "T2": "venue", "JO": "venue", "JF": "venue", "ID": "key",
})  # fmt: skip
"""Tags of RIS that name a paper, https://en.wikipedia.org/wiki/RIS_(file_format)."""
_ENDNOTE: Final = MappingProxyType({
    "T": "title", "A": "author", "D": "year", "P": "page", "R": "identifier", "U": "identifier",
    "J": "venue", "B": "venue", "F": "key",
})  # fmt: skip
"""Tags of EndNote's export, as in Refer (BSD, refer(1))."""


@dataclass(frozen=True, slots=True)
class TaggedEntry:
    """What the tags of one entry say.

    Attributes:
        values: for each of "title", "author", "year", "page", "end", "identifier", "venue" and
            "key" what stands behind its tags, in order.
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def first(self, name: str) -> str:
        """Returns the first value of a name; empty where there is none."""
        return next(iter(self.values.get(name, ())), "")

    @property
    def pages(self) -> str:
        """First and last page, joined by a hyphen; empty where there are none."""
        return "-".join(filter(None, (self.first("page"), self.first("end"))))


def is_tagged(text: str) -> bool:
    """Whether a text begins as an entry of RIS, EndNote or CSL-JSON does."""
    if _RIS_BEGINNING.match(text) or _ENDNOTE_BEGINNING.match(text):
        return True
    return text.lstrip("[ \n\t\r")[:1] == "{" and '"title"' in text[:LONGEST]


def read_tagged(text: str) -> TaggedEntry:
    """Returns what an entry says; nothing where it is none or is torn.

    >>> read_tagged("TY  - JOUR TI  - Kites of wind AU  - Lee, Ann PY  - 2019 ER  -").first("title")
    'Kites of wind'
    """
    text = text[:LONGEST]
    if _RIS_BEGINNING.match(text):
        return _read_tags(text, _RIS_TAG, _RIS)
    if _ENDNOTE_BEGINNING.match(text):
        return _read_tags(text, _ENDNOTE_TAG, _ENDNOTE)
    return _read_json(text)


def _read_tags(text: str, tag: re.Pattern[str], names: Mapping[str, str]) -> TaggedEntry:
    values: dict[str, tuple[str, ...]] = {}
    tags = list(tag.finditer(text))
    ends = [match.start() for match in tags[1:]] + [len(text)]
    for match, end in zip(tags, ends, strict=True):
        if match[1] == "ER":
            break
        name = names.get(match[1])
        value = " ".join(text[match.end() : end].split())
        if name and value:
            values[name] = (*values.get(name, ()), value)
    return TaggedEntry(values)


def _read_json(text: str) -> TaggedEntry:
    try:
        item, _ = json.JSONDecoder().raw_decode(text.lstrip("[ \n\t\r"))
    except (ValueError, RecursionError):
        return TaggedEntry()
    if not isinstance(item, dict):
        return TaggedEntry()
    values: dict[str, tuple[str, ...]] = {
        name: (value,)
        for name, key in (("title", "title"), ("page", "page"), ("venue", "container-title"),
                          ("key", "id"))
        if isinstance(value := item.get(key), str)
    }  # fmt: skip
    authors = item.get("author")
    people = authors if isinstance(authors, list) else []
    names = (person.get("family") or person.get("literal") for person in people
             if isinstance(person, dict))  # fmt: skip
    values["author"] = tuple(name for name in names if isinstance(name, str))
    values["year"] = tuple(re.findall(r"\b\d{4}\b", json.dumps(item.get("issued")))[:1])
    links = (item.get(key) for key in ("DOI", "URL"))
    values["identifier"] = tuple(link for link in links if isinstance(link, str))
    return TaggedEntry(values)
