"""What formatted references are made of: runs of text, lists of names, pages, dates.

No style of its own; see `indexer.citation.reference_styles`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from indexer.author import Author, joined
from indexer.citation.names import is_whole, printed
from indexer.paper import Paper
from indexer.publication import Publication
from indexer.text.display import plain

_ENDS: Final = (".", "?", "!", "…", ".”", "?”", "!”")
_MONTHS: Final = (
    "January February March April May June July August September October November December"
).split()
_ADDRESS = re.compile(r"https?://\S+$")
_ACRONYM = re.compile(r"[^\W\d_a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a reference in one look.

    Attributes:
        text: plain characters.
        italic: set in italics.
    """

    text: str
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A paper as a style cites it.

    Attributes:
        runs: in order.
    """

    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """The reference as plain text."""
        return "".join(run.text for run in self.runs)

    @property
    def html(self) -> str:
        """The reference as HTML: text escaped, italics in ``<i>``."""
        return "".join(
            f"<i>{html.escape(run.text)}</i>" if run.italic else html.escape(run.text)
            for run in self.runs
        )


Part: TypeAlias = "Run | str | Sequence[Part]"
"""A piece of a reference before it is put together; empty ones are left out."""


def runs_of(part: Part) -> list[Run]:
    """Returns the runs of a part that hold text."""
    if isinstance(part, str):
        return [Run(part)] if part else []
    if isinstance(part, Run):
        return [part] if part.text else []
    return [run for piece in part for run in runs_of(piece)]


def listed(parts: Iterable[Part], separator: str = ", ") -> list[Run]:
    """Returns the parts that are not empty with a separator between."""
    runs: list[Run] = []
    for part in parts:
        text_runs = runs_of(part)
        if text_runs and runs:
            runs.append(Run(separator))
        runs += text_runs
    return runs


def sentences(parts: Iterable[Part]) -> Reference:
    """Returns a reference of sentences: each ends in a full stop, unless it ends in a sign.

    An address stands at the end without one.
    """
    runs: list[Run] = []
    for part in parts:
        text_runs = runs_of(part)
        if not text_runs:
            continue
        if runs:
            runs.append(Run(" "))
        runs += text_runs
        last = text_runs[-1].text
        if not last.endswith(_ENDS) and not _ADDRESS.search(last):
            runs.append(Run("."))
    return Reference(_merged(runs))


def _merged(runs: Iterable[Run]) -> tuple[Run, ...]:
    merged: list[Run] = []
    for run in runs:
        if merged and merged[-1].italic == run.italic:
            merged[-1] = Run(merged[-1].text + run.text, run.italic)
        else:
            merged.append(run)
    return tuple(merged)


def quoted(text: str, end: str) -> str:
    """Returns a title in quotation marks with a sign inside them, unless it ends in another."""
    return f"“{text}”" if text.endswith(("?", "!", ".")) and end in ".," else f"“{text}{end}”"


def shown(text: str) -> str:
    """Returns a text of a paper as plain characters on one line."""
    return " ".join(plain(text).split())


def initials(given: str) -> str:
    """Returns the initials of given names.

    >>> initials("Jean-Pierre Marie"), initials("J.R.R."), initials("GH")
    ('J.-P. M.', 'J. R. R.', 'G. H.')
    """
    letters_: list[str] = []
    for word in re.sub(r"\.(?!-)", ". ", given).split():
        letters = word.replace(".", "")
        if _ACRONYM.fullmatch(letters) and "." not in word:
            letters_ += [f"{letter}." for letter in letters]
            continue
        parts = [part for part in letters.split("-") if part]
        if parts and parts[0][0].isalpha():
            first, *others = parts
            letters_.append("-".join((f"{first[0].upper()}.", *(f"{part[0]}." for part in others))))
    return " ".join(letters_)


def family_first(author: Author, *, short: bool) -> str:
    """Returns "van der Plas, Lonneke" or "van der Plas, L."."""
    if is_whole(author):
        return shown(printed(author))
    given = initials(author.given) if short else author.given
    given = " ".join(part for part in (given, author.dropping_particle) if part)
    return ", ".join(part for part in (shown(author.sort_family), shown(given), author.suffix)
                     if part)  # fmt: skip


def given_first(author: Author, *, short: bool = False) -> str:
    """Returns "Lonneke van der Plas" or "L. van der Plas"."""
    if is_whole(author):
        return shown(printed(author))
    given = initials(author.given) if short else author.given
    family = joined(author.dropping_particle, author.particle, author.family)
    return shown(" ".join(part for part in (given, family, author.suffix) if part))


def name_list(
    names: Sequence[str], *, last: str, two: str = "", most: int = 0, first: int = 1
) -> str:
    """Returns names as a list.

    Args:
        names: in order.
        last: between the last two of three or more (", and ").
        two: between two names; as `last` where nothing is said.
        most: of more names than this, the `first` ones and "et al." are given; 0 gives all.
        first: how many names stand before "et al.".
    """
    if most and len(names) > most:
        comma = "," if first > 1 else ""
        return f"{', '.join(names[:first])}{comma} et al."
    if len(names) == 2:
        return (two or last).join(names)
    return last.join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)


def with_others(text: str, paper: Paper) -> str:
    """Returns a list of authors with "et al." where the dump is known to cut it short."""
    cut = not paper.authors_complete and text and not text.endswith("et al.")
    return f"{text}, et al." if cut else text


def page_span(pages: str) -> str:
    """Returns pages with dashes: "45–67"."""
    return re.sub(r"(?<=\w)-(?=\w)", "–", pages)


def pages_label(pages: str, one: str, several: str) -> str:
    """Returns pages behind "p." or "pp."; nothing where there are none."""
    if not pages:
        return ""
    label = several if re.search(r"[-,–]", pages) else one
    return f"{label} {page_span(pages)}"


def link(paper: Paper) -> str:
    """Returns the address of the DOI, or the paper's own."""
    if paper.doi:
        return f"https://doi.org/{paper.doi}"
    arxiv = paper.identifier("arxiv")
    return paper.url or (f"https://arxiv.org/abs/{arxiv}" if arxiv else "")


def month_of(paper: Paper) -> str:
    """Returns the English name of the month; empty where it is unknown."""
    parts = paper.publication.date.partition("/")[0].split("-")
    return _MONTHS[int(parts[1]) - 1] if len(parts) > 1 else ""


def year_of(paper: Paper) -> str:
    """Returns the year; empty where it is unknown."""
    return str(paper.year or paper.publication.date[:4])


def edition(text: str, word: str) -> str:
    """Returns an edition as an ordinal with a word: "2nd ed."; the first is not told.

    >>> edition("2", "ed."), edition("Third", "ed."), edition("1", "ed.")
    ('2nd ed.', 'Third ed.', '')
    """
    plain_text = re.sub(r"(?i)\s*ed(?:ition|\.)?$", "", shown(text)).strip()
    if not plain_text or plain_text.lower() in ("1", "1st", "first"):
        return ""
    if plain_text.isdecimal() and len(plain_text) < 4:
        number = int(plain_text)
        teen = 10 <= number % 100 <= 20
        ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        plain_text = f"{number}{ending}"
    return f"{plain_text} {word}"


def edition_or_version(known: Publication, word: str) -> str:
    """Returns an edition as `edition` does, or the version of software or data."""
    version = re.sub(r"(?i)^v(?:ersion)?[.\s]*(?=\d)", "", shown(known.version))
    return edition(known.edition, word) or (f"Version {version}" if version else "")


def italic(text: str) -> Run:
    """Returns a text of a paper in italics."""
    return Run(shown(text), italic=True)


def each_name(people: Iterable[Author], write: Callable[[Author], str]) -> list[str]:
    """Returns the names that are not empty."""
    return [name for person in people if (name := write(person))]
