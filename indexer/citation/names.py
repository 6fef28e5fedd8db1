"""Names as formats of references write them, made of their parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from indexer.author import Author, joined
from indexer.citation.person import person_of
from indexer.paper import Paper, unnumbered
from indexer.record.author_name import is_east_asian, people_of, with_parts

_LIST_WORD = re.compile(r"(?:^|\s)(?:and|others)(?:$|\s)|,", re.IGNORECASE)
_LOWER_WORD: Final = re.compile(r"[^\W\d_]")


def people(paper: Paper) -> tuple[Author, ...]:
    """Returns the authors of a paper in parts."""
    return people_of(paper)


def editors(paper: Paper) -> tuple[Author, ...]:
    """Returns the editors of the volume of a paper, in parts."""
    return tuple(with_parts(editor) for editor in paper.publication.editors)


def printed(author: Author) -> str:
    """Returns a name that is one whole, without DBLP's number."""
    return unnumbered(author.name).strip()


def is_whole(author: Author) -> bool:
    """Whether a name has no parts: that of an organisation, or of one word."""
    return author.literal or not author.family or printed(author) == author.family


def inverted(author: Author) -> str:
    """Returns a name as RIS and lists have it: "van der Plas, Lonneke", "King, Martin, Jr."."""
    return person_of(author).inverted


def bibtex_name(author: Author, write: Callable[[str], str]) -> str:
    """Returns a name as "von Last, Jr, First"; braces hold together what BibTeX would take apart.

    The order "First von Last" is never written: a word in small letters ("Wen-tau Yih") would
    become a particle, a particle in capitals ("Luc Van Gool") a given name.

    Args:
        author: in parts.
        write: writes plain text as TeX.
    """
    if is_whole(author):
        name = printed(author)
        bare = not author.literal and " " not in name and not _LIST_WORD.search(name)
        return write(name) if bare else f"{{{write(name)}}}"
    particle = joined(author.dropping_particle, author.particle)
    family = _braced(author.family, write, by_lower=True)
    if particle:
        starts_lower = all(_is_lower(word) for word in particle.split())
        whole = joined(particle, author.family)
        if not starts_lower or particle.endswith(("'", "’", "-")):
            family = _braced(whole, write, by_lower=True)
        else:
            family = f"{write(particle)} {family}"
    parts = [family, write(author.suffix), _braced(author.given, write)]
    return ", ".join(part for part in parts if part)


def csl_name(author: Author) -> dict[str, Any]:
    """Returns a name as CSL-JSON has it, with ORCID iD and affiliations as Crossref writes them."""
    if is_whole(author):
        known: dict[str, Any] = {"literal": printed(author)}
    else:
        known = {
            "family": author.family,
            "given": author.given,
            "non-dropping-particle": author.particle,
            "dropping-particle": author.dropping_particle,
            "suffix": author.suffix,
        }
    known["ORCID"] = f"https://orcid.org/{author.orcid}" if author.orcid else ""
    known["affiliation"] = [{"name": place} for place in author.affiliations]
    return {name: value for name, value in known.items() if value}


def endnote_name(author: Author) -> str:
    """Returns a name as EndNote has it: a comma behind that of an organisation."""
    name = inverted(author)
    is_group = is_whole(author) and " " in name and not is_east_asian(name)
    return f"{name.replace(',', '')}," if is_group else name


def _braced(text: str, write: Callable[[str], str], *, by_lower: bool = False) -> str:
    """Returns a part of a name, in braces where BibTeX would take it apart otherwise."""
    words = text.split()
    inner_lower = by_lower and len(words) > 1 and any(_is_lower(word) for word in words[:-1])
    if inner_lower or _LIST_WORD.search(text):
        return f"{{{write(text)}}}"
    return write(text)


def _is_lower(word: str) -> bool:
    first = _LOWER_WORD.search(word)
    return first is not None and first[0].islower()


def each(authors: Iterable[Author], write: Callable[[Author], str]) -> list[str]:
    """Returns the names that are not empty."""
    return [name for author in authors if (name := write(author))]
