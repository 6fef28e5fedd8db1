"""The canonical short names of venues: "Advances in Neural … Systems 31" is NeurIPS."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, TypeAlias

import yaml

from indexer.errors import ConfigError
from indexer.paper import CONFERENCE, JOURNAL
from indexer.record.identifiers import normalised

BUILT_IN: Final = "built-in"
"""Stands for the table that comes with Quiver."""
MISSING: Final = frozenset(
    "unknown n/a na none null nan undefined tbd tba - ? venue journal conference".split()
)
"""What stands in dumps where there is no venue; `UNKNOWN` must never be one."""

_KEYS: Final = frozenset(("full", "type", "aliases", "issn", "dblp"))
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TYPES = {"conference": CONFERENCE, "journal": JOURNAL}
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth fortieth "
    "fiftieth sixtieth seventieth eightieth ninetieth hundredth twenty thirty forty fifty sixty "
    "seventy eighty ninety"
)
_MONTHS = "january february march april may june july august september october november december"
_IGNORED = frozenset(
    "proceedings proc the of in on at for and annual biennial ieee acm cvf rsj aaai eurographics "
    f"siam usenix vol volume no number issue long short papers main {_ORDINALS} {_MONTHS}".split()
)
_LONG_FORMS = {"conf": "conference", "int": "international", "intl": "international",
               "symp": "symposium", "trans": "transactions", "j": "journal"}  # fmt: skip
_LESSER = frozenset("workshop workshops companion tutorial tutorials doctoral adjunct".split())
_APOSTROPHE = re.compile(r"['’](?!\d)")
_NUMBER = re.compile(r"\d+(?:st|nd|rd|th)?|[ivxl]+", re.IGNORECASE)
_BRACKETED = re.compile(r"\(([^()]{2,40})\)\s*\W*$")
_PROCEEDINGS = re.compile(
    r"^(?:in:?\s+)?(?:proceedings|proc\.?)\s+(?:of\s+)?(?:the\s+)?", re.IGNORECASE
)
_YEARS = re.compile(
    rf"(?:\b(?:{'|'.join(_MONTHS.split())})\b\W*)?\b(?:1[5-9]|20)\d\d\b|\b\d+(?:st|nd|rd|th)\b"
    r"|\b(?:vol|volume|no|number|issue)\b\.?\s*\d+",
    re.IGNORECASE,
)
_OCCASION = re.compile(
    r"^(?:(?:1[5-9]|20)\d\d\s+)?(?:\d+(?:st|nd|rd|th)\s+(?=(?:\S+\s+){0,8}?(?:conference|workshop"
    r"|symposium|meeting|congress|colloquium|conf|symp|school|seminar|assembly)\b))?",
    re.IGNORECASE,
)
"""Year and ordinal before the name of a meeting."""
_DBLP_PLACE = re.compile(
    r",\s*[A-Z][\w/@&+'-]*(?:[ -][A-Z][\w/@&+'-]*){0,2}[ -](?:19|20)\d\d\s*,.*$"
)
"""What DBLP writes after the name: ", ISKS 2015, Lisbon, Portugal, May 24-27, 2015"."""
_TAIL = re.compile(
    rf"[\s,;:\-–]+(?:\((?:1[5-9]|20)\d\d\)|'?(?:1[5-9]|20)\d\d|'\d\d"
    rf"|(?:{'|'.join(_MONTHS.split())})(?:\s+\d{{1,2}}(?:\s*[-–]\s*\d{{1,2}})?)?"
    r"|(?:vol|volume|no|number|issue)\b\.?\s*\d+|\d{1,4})[\s,;:\-–]*$",
    re.IGNORECASE,
)
"""Year, month, volume or number at the end of a name."""
_PREPRINT = re.compile(
    r"arxiv\s+(?:e-?)?(?:preprint|prints?)\b|arxiv(?:\.org)?\s*[:,]|corr,?\s+(?:vol|abs)",
    re.IGNORECASE,
)
_MEETING = re.compile(
    r"\b(?:conferences?|workshops?|symposi(?:um|a)|meetings?|congress|colloqui(?:um|a)|conf|symp"
    r"|tagung|colloque|kongress|congreso|conférence|conferencia|summit|school|seminar|assembly)\b",
    re.IGNORECASE,
)
"""Names of meetings, which have a year of their own each time."""
_MOST_REMEMBERED = 100_000
_MORE: Final = "more_venues.yaml"
"""Entries that are known by whole names alone, and what is known beside of others."""
# A run of white space is tried from its beginning alone, so that each takes linear time.
_PLACE = re.compile(r"(?<!\s)\s*\([^()]*\)\s*$")
_NLM_SUBTITLE = re.compile(r"(?<!\s)\s+:\s.*$")
_OCCASION_YEAR = re.compile(r"(?<![\s'])[\s']+(?:(?:19|20)\d\d|'?\d\d)$")

VenueTable: TypeAlias = Mapping[str, Mapping[str, object]]
"""What is known of venues by canonical name, as the YAML files have it."""


class Venues:
    """The table of venues, and what was looked up in it so far."""

    def __init__(
        self, table: VenueTable, read_more: Callable[[], VenueTable] | None = None
    ) -> None:
        """Indexes the names of a table that is checked already.

        Args:
            table: that of ``venues.yaml``; ids are made of its names, and queries read them.
            read_more: reads further venues, which are known by whole names alone; an entry without
                a full name adds to one of `table`. It is called when a record is cleaned, so that
                a query does not wait for it.
        """
        self._table = table
        self._read_more = read_more
        self._names: dict[tuple[str, ...], str] = {}
        for name, entry in table.items():
            for alias in (name, str(entry["full"]), *_listed_in(entry, "aliases")):
                self._names.setdefault(_key(alias), name)
        self._longest = max(map(len, self._names))
        self._remembered: dict[str, str] = {}

    @cached_property
    def full_names(self) -> Mapping[str, str]:
        """Full name by canonical name."""
        return {name: str(entry["full"]) for name, entry in self._entries.items()}

    @cached_property
    def types(self) -> Mapping[str, str]:
        """One of `PAPER_TYPES` by canonical name."""
        return {name: _TYPES[str(entry["type"])] for name, entry in self._entries.items()}

    @cached_property
    def issn(self) -> Mapping[str, tuple[str, ...]]:
        """ISSNs by canonical name, where any are known."""
        return {name: issn for name, entry in self._facts if (issn := _listed_in(entry, "issn"))}

    @cached_property
    def dblp(self) -> Mapping[str, str]:
        """Key at dblp.org by canonical name, where it is known ("journals/jmlr")."""
        return {name: str(entry["dblp"]) for name, entry in self._facts if entry.get("dblp")}

    @cached_property
    def _more(self) -> VenueTable:
        return self._read_more() if self._read_more else {}

    @cached_property
    def _further(self) -> VenueTable:
        """Those of `_more` that are venues of their own."""
        return {name: entry for name, entry in self._more.items() if "full" in entry}

    @cached_property
    def _entries(self) -> VenueTable:
        return {**self._table, **self._further}

    @cached_property
    def _facts(self) -> Sequence[tuple[str, Mapping[str, object]]]:
        return (*self._table.items(), *self._more.items())

    @cached_property
    def _by_whole_name(self) -> Mapping[str, str]:
        """Canonical name by whole name, for venues that are known by nothing else."""
        whole: dict[str, str] = {}
        for name, entry in self._further.items():
            for alias in (name, str(entry["full"]), *_listed_in(entry, "aliases")):
                whole.setdefault(_whole_key(alias), name)
        return whole

    @cached_property
    def _by_issn(self) -> Mapping[str, str]:
        return {issn: name for name, listed in self.issn.items() for issn in listed}

    @cached_property
    def _by_dblp(self) -> Mapping[str, str]:
        counts = Counter(self.dblp.values())
        return {key: name for name, key in self.dblp.items() if counts[key] == 1}

    @cached_property
    def _first(self) -> Venues:
        """The table of the first release alone."""
        return Venues(self._table) if self._read_more else self

    def canonical(self, text: str) -> str:
        """Returns the short name of a venue; an unlisted one keeps its name, a meeting no year.

        Empty for a text that only says that the venue is missing.
        """
        known = self._remembered.get(text)
        if known is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            known = self._remembered[text] = self._look_up(text)
        return known

    def alias(self, text: str) -> str:
        """Returns the short name of which a text is a name or an alias; empty where it is none."""
        return self._names.get(_key(text), "") if any(map(str.isalpha, text)) else ""

    def identified(self, identifiers: Iterable[tuple[str, str]]) -> str:
        """Returns the venue that identifiers of a paper tell: an ISSN, or its key at DBLP.

        Empty where none does.
        """
        for scheme, value in identifiers:
            if scheme == "issn" and (name := self._by_issn.get(value)):
                return name
            if scheme == "dblp" and (name := self._by_dblp.get("/".join(value.split("/")[:2]))):
                return name
        return ""

    def name_in_ids(self, text: str) -> str:
        """Returns the name of which `indexer.paper.paper_id` makes ids.

        It is that of the first release, so that ids stay while names get better.
        """
        text = text.strip()
        first = self._first
        known = first.canonical(text)
        if not known or text in first.types or known in first.types:
            return known
        return _without_years(text)

    def _look_up(self, text: str) -> str:
        text = text.strip()
        if text.casefold() in MISSING or not any(char.isalnum() for char in text):
            return ""
        if text in self.types:
            return text
        tidied = _tidied(text)
        whole = self._whole_name(text) or self._whole_name(tidied)
        return whole or self._listed(text) or tidied

    def _whole_name(self, text: str) -> str:
        """Returns the venue of which a text is the whole name, but for a place or a subtitle."""
        if not self._by_whole_name:
            return ""
        plain = _PLACE.sub("", text)
        for candidate in (text, plain, _NLM_SUBTITLE.sub("", plain), _OCCASION_YEAR.sub("", plain)):
            if name := self._by_whole_name.get(_whole_key(candidate)):
                return name
        return ""

    def _listed(self, text: str) -> str:
        bracketed = _BRACKETED.search(text)
        plain = text[: bracketed.start()] if bracketed else text
        for candidate in (text, plain, plain.split(":")[0]):
            if name := self._names.get(_key(candidate)):
                return name
        key = _key(plain)
        lesser = not _LESSER.isdisjoint(key)
        if not lesser:
            for length in range(min(len(key), self._longest), 2, -1):
                if name := self._names.get(key[:length]):
                    return name
        if bracketed and not lesser:
            return self._names.get(_key(bracketed[1]), "")
        return ""


def _listed_in(entry: Mapping[str, object], field: str) -> tuple[str, ...]:
    listed = entry.get(field)
    return tuple(map(str, listed)) if isinstance(listed, list) else ()


def _whole_key(text: str) -> str:
    """Returns a name without case, punctuation and a leading "The"; an acronym keeps its case."""
    plain = text.strip()
    if plain.isalpha() and plain.isupper():
        return plain
    words = re.findall(r"\w+", plain.casefold().replace("&", " and "))
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


def _key(text: str) -> tuple[str, ...]:
    """Returns the words that tell a venue from others."""
    words = re.findall(r"[^\W_]+", _APOSTROPHE.sub("", text.casefold()))
    words = [_LONG_FORMS.get(word, word) for word in words if not _NUMBER.fullmatch(word)]
    return tuple(word for word in words if word not in _IGNORED) or tuple(words)


def _tidied(text: str) -> str:
    """Returns the name of a meeting without the year and number of one occasion.

    All its years are one venue. Any other name is as printed but for white space.
    Years and numbers stand at its beginning or its end; those within a name are its own ("20th
    Century British History", "Horizon 2020 Reports").
    """
    if len(text.split()) < 3:
        return " ".join(text.split())
    if _PREPRINT.match(text):
        return "arXiv"
    if _MEETING.search(text) is None:
        return " ".join(text.split())
    tidied = _OCCASION.sub("", _PROCEEDINGS.sub("", text))
    tidied = _DBLP_PLACE.sub("", tidied)
    before = ""
    while before != tidied:
        before, tidied = tidied, _TAIL.sub("", tidied)
    tidied = " ".join(tidied.split())
    return tidied if any(char.isalpha() for char in tidied) else text


def _without_years(text: str) -> str:
    """Returns a name as ids were made of it when years within it were taken out, too."""
    if len(text.split()) < 3:
        return text
    tidied = _YEARS.sub(" ", _PROCEEDINGS.sub("", text))
    tidied = re.sub(r"\(\s*\)|,(?=\s*,)", " ", tidied)
    tidied = re.sub(r"[\s,;:\-–'\d]+$", "", " ".join(tidied.split()))
    return tidied if any(char.isalpha() for char in tidied) else text


def load_venues(path: str = BUILT_IN) -> Venues:
    """Read the table of venues.

    Args:
        path: a YAML file; "built-in" = the one that comes with Quiver.

    Raises:
        ConfigError: when the file cannot be read or an entry is not as it must be.
    """
    own = path != BUILT_IN
    name = path if own else "venues.yaml"
    try:
        file = Path(path) if own else Path(__file__).with_name("venues.yaml")
        table = yaml.load(file.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 - a safe one
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise ConfigError((f"{name}: cannot be read: {error}",)) from error
    if not isinstance(table, dict) or not table:
        raise ConfigError((f"{name}: expected a mapping of venues, got {type(table).__name__}",))
    faults = tuple(fault for key, entry in table.items() for fault in _faults(name, key, entry))
    if faults:
        raise ConfigError(faults)
    if own:
        return Venues(table)
    return Venues(table, _read_further_venues)


def _read_further_venues() -> VenueTable:
    """Reads the venues of Quiver that ``venues.yaml`` does not have."""
    file = Path(__file__).with_name(_MORE)
    table: VenueTable = yaml.load(file.read_text(encoding="utf-8"), _LOADER)  # noqa: S506
    return table


def _faults(file: str, name: object, entry: object) -> list[str]:
    where = f"{file}: {name}"
    if not isinstance(name, str):
        return [f"{where}: expected a name in text, got {type(name).__name__}; put it in quotes"]
    if not isinstance(entry, dict):
        return [f"{where}: expected full, type and aliases, got {type(entry).__name__}"]
    faults = [f"{where}: unknown key {key!r}" for key in entry.keys() - _KEYS]
    if not isinstance(entry.get("full"), str):
        faults.append(f"{where}.full: expected a text, got {entry.get('full')!r}")
    if entry.get("type") not in _TYPES:
        faults.append(f"{where}.type: expected conference or journal, got {entry.get('type')!r}")
    aliases = entry.get("aliases", [])
    if not isinstance(aliases, list) or not all(isinstance(aliase, str) for aliase in aliases):
        faults.append(f"{where}.aliases: expected a list of texts, got {aliases!r}")
    issn = entry.get("issn", [])
    if not isinstance(issn, list) or not all(normalised("issn", str(one)) for one in issn):
        faults.append(f"{where}.issn: expected a list of ISSNs, got {issn!r}")
    if not isinstance(entry.get("dblp", ""), str):
        faults.append(f"{where}.dblp: expected a text, got {entry['dblp']!r}")
    return faults
