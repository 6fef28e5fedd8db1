"""Papers written as references, as people cite them, to look for them by.

The styles are those of the manuals: APA 7, IEEE, MLA 9, Chicago 17 (author-date), Vancouver
(NLM, Citing Medicine), ACM, Nature, AMS, Harvard (Cite Them Right) and GOST R 7.0.5; entries of
BibTeX and RIS; and plain words as people type them.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from indexer.citation import write_citations
from indexer.citation.person import Person, person_of
from indexer.paper import Paper, unnumbered
from indexer.text.display import plain

MOST_NAMES: Final = 20
"""Authors that a style prints before it shortens the list."""


def in_style(style: str, paper: Paper) -> str:
    """Returns a paper as a reference.

    Args:
        style: one of `STYLES`.
        paper: with an author, a title and a year.
    """
    return STYLES[style](paper)


def _people(paper: Paper) -> list[Person]:
    return [person_of(unnumbered(name)) for name in paper.authors[:MOST_NAMES]]


def _initials(person: Person, between: str = " ", end: str = ".") -> str:
    parts = person.given.replace("-", " ").split()
    return between.join(f"{part[0]}{end}" for part in parts if part)


def _title(paper: Paper) -> str:
    return plain(paper.title).strip().rstrip(".")


def _pages(paper: Paper) -> str:
    return paper.publication.pages or "1123-1131"


def _ended(text: str) -> str:
    return text if text.endswith(("?", "!")) else f"{text}."


def _apa(paper: Paper) -> str:
    names = [f"{person.family}, {_initials(person)}".strip(", ") for person in _people(paper)]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])}, & {names[-1]}"
    doi = f" https://doi.org/{paper.doi}" if paper.doi else ""
    where = f" In {paper.venue} (pp. {_pages(paper)})." if paper.venue else ""
    return f"{listed} ({paper.year}). {_ended(_title(paper))}{where}{doi}"


def _ieee(paper: Paper) -> str:
    names = [f"{_initials(person)} {person.family}".strip() for person in _people(paper)]
    if len(names) > 6:
        listed = f"{names[0]} et al."
    else:
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])}, and {names[-1]}"
    where = f" in Proc. {paper.venue}," if paper.venue else ""
    return f"{listed}, “{_title(paper)},”{where} {paper.year}, pp. {_pages(paper)}."


def _mla(paper: Paper) -> str:
    people = _people(paper)
    first = f"{people[0].family}, {people[0].given}".strip(", ")
    if len(people) == 2:
        first += f", and {people[1].given} {people[1].family}"
    elif len(people) > 2:
        first += ", et al"
    return f"{first}. “{_ended(_title(paper))}” {paper.venue}, {paper.year}, pp. {_pages(paper)}."


def _chicago(paper: Paper) -> str:
    people = _people(paper)
    names = [f"{people[0].family}, {people[0].given}".strip(", ")]
    names += [f"{person.given} {person.family}".strip() for person in people[1:10]]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])}, and {names[-1]}"
    title = _ended(_title(paper))
    return f"{listed}. {paper.year}. “{title}” In {paper.venue}, {_pages(paper)}."


def _vancouver(paper: Paper) -> str:
    names = [
        f"{person.family} {_initials(person, '', '')}".strip() for person in _people(paper)[:6]
    ]
    listed = ", ".join(names) + (", et al" if len(paper.authors) > 6 else "")
    return f"{listed}. {_ended(_title(paper))} {paper.venue}. {paper.year}:{_pages(paper)}."


def _acm(paper: Paper) -> str:
    names = [f"{person.given} {person.family}".strip() for person in _people(paper)]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])}, and {names[-1]}"
    title = _ended(_title(paper))
    return (
        f"{listed}. {paper.year}. {title} In Proceedings of {paper.venue}. "
        f"ACM, New York, NY, USA, {_pages(paper)}."
    )


def _nature(paper: Paper) -> str:
    names = [f"{person.family}, {_initials(person)}".strip(", ") for person in _people(paper)]
    if len(names) > 5:
        listed = f"{names[0]} et al."
    else:
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} & {names[-1]}"
    return f"{listed} {_ended(_title(paper))} {paper.venue} 30, {_pages(paper)} ({paper.year})."


def _ams(paper: Paper) -> str:
    names = [f"{_initials(person)} {person.family}".strip() for person in _people(paper)]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])}, and {names[-1]}"
    source = f"{paper.venue} 30 ({paper.year}), no. 2, {_pages(paper)}"
    return f"{listed}, {_title(paper)}, {source}."


def _harvard(paper: Paper) -> str:
    names = [f"{person.family}, {_initials(person, '')}".strip(", ") for person in _people(paper)]
    if len(names) > 3:
        listed = f"{names[0]} et al."
    else:
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{listed} ({paper.year}) ‘{_title(paper)}’, {paper.venue}, pp. {_pages(paper)}."


def _gost(paper: Paper) -> str:
    names = [f"{person.family} {_initials(person)}".strip() for person in _people(paper)]
    listed = f"{names[0]} et al." if len(names) > 3 else ", ".join(names)
    return f"{listed} {_title(paper)} // {paper.venue}. {paper.year}. Vol. 30. P. {_pages(paper)}."


def _ris(paper: Paper) -> str:
    return " ".join("".join(write_citations([paper], "ris", abstract=False)).split("\n"))


def _bibtex(paper: Paper) -> str:
    return "".join(write_citations([paper], "bibtex", abstract=False)).strip()


def _plain(paper: Paper) -> str:
    return f"{_people(paper)[0].family} {paper.year} {_title(paper)}"


STYLES: Final = MappingProxyType[str, Callable[[Paper], str]]({
    "APA": _apa, "IEEE": _ieee, "MLA": _mla, "Chicago": _chicago, "Vancouver": _vancouver,
    "ACM": _acm, "Nature": _nature, "AMS": _ams, "Harvard": _harvard, "GOST": _gost,
    "BibTeX": _bibtex, "RIS": _ris, "plain": _plain,
})  # fmt: skip
"""Styles by name, each with what writes a paper in it."""
