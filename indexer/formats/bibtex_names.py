r"""Names of BibTeX and biblatex: "von Last, Jr, First", braces, ``family=…, given=…``.

How BibTeX splits a list and takes a name apart is told by N. Markey, "Tame the BeaST", section 11;
the extended names of biblatex by biber's manual, section 3.4. No format of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from indexer.author import Author
from indexer.cleaning.names import split_listed
from indexer.cleaning.tex_letters import without_tex_letters
from indexer.intake.record import AUTHORS_READ
from indexer.record.author_name import inverted_name, is_organisation, person, split_particle

_TOKEN = re.compile(r"\\.|[{}]|\s+and(?=\s|$)|,|[\s~]+", re.IGNORECASE)
_UNPRINTED = re.compile(
    r"\\(?:noopsort|sortnoop|thanks|footnote(?:mark|text)?|textsuperscript|orcid\w*|label|index)"
    r"\s*(?:\[[^][]*\])?\{[^{}]*\}",
    re.IGNORECASE,
)
_COMMAND = re.compile(r"\\[A-Za-z]+\*?\s*|\\.")
_FIELD = re.compile(r"\s*(family|given|prefix|suffix|useprefix|[a-z][a-z-]*)\s*=\s*(.*)", re.DOTALL)
_OPTION = re.compile(r"(?!family|given|prefix|suffix)[a-z]+=[^\s,{}]+")
_STRAY = re.compile(r",? *\b[a-z]+ ?= ?\{[^{}]*\} ?,?")
_ANNOTATION = re.compile(r'(\d+)\s*=\s*"([^"]*)"')
_ORCID_NUMBER = re.compile(r"([^/;\n]+)/(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])")
_KNOWN: Final = frozenset(("family", "given", "prefix", "suffix"))


def authors_of(text: str) -> tuple[Author, ...]:
    """Returns the names of a list; what is known of their parts is in them."""
    authors: list[Author] = []
    for name in split_at_and(" ".join(text.split())):
        if len(authors) >= AUTHORS_READ:
            break
        if _OPTION.fullmatch(name):
            continue
        author = _extended(name)
        if author is None:
            cleaned = _STRAY.sub(_without_stray, name)
            listed = () if "{" in cleaned else split_listed(plain(cleaned))
            if len(listed) > 1:
                authors.extend(map(inverted_name, listed[:AUTHORS_READ]))
                continue
            author = author_of_name(cleaned)
        if author.name:
            authors.append(author)
    return tuple(authors)


def split_at_and(text: str) -> list[str]:
    """Returns the items between "and" outside braces; empty items are left out."""
    items = _split(text, most=2 * AUTHORS_READ)  # some of them are empty
    return [item.strip() for item in items if item.strip() and item.strip().lower() != "and"]


def _split(text: str, separators: str = "", *, most: int = 0) -> list[str]:
    """Returns what stands, outside braces, between "and", or between some signs.

    Args:
        text: a list of names, or one name.
        separators: the signs; none = "and".
        most: items after which the rest is left out; 0 = none is.
    """
    pieces: list[str] = []
    depth, start = 0, 0
    for match in _TOKEN.finditer(text):
        sign = match[0]
        if sign in "{}":
            depth += 1 if sign == "{" else -1
            continue
        cuts = sign[0] in separators if separators else sign.strip().lower() == "and"
        if cuts and depth <= 0:
            pieces.append(text[start : match.start()])
            start = match.end()
            if most and len(pieces) == most:
                return pieces
    return [*pieces, text[start:]]


def author_of_name(text: str) -> Author:
    """Returns one name; parts only where commas or braces tell them."""
    stripped = text.strip().strip(",").strip()
    if is_braced(stripped):
        name = plain(stripped)
        return Author(name, literal=" " in name or is_organisation(name))
    parts = [part.strip() for part in _split(stripped, ",")]
    parts = [part for part in parts if part]
    if len(parts) == 1:
        return _natural(stripped)
    if len(parts) > 3 or not all(plain(part) for part in parts):
        return inverted_name(plain(stripped))
    if any("," in plain(part) for part in parts):
        family, given = parts[0], parts[-1]
        return person(family=plain(family), given=plain(given))
    simple = inverted_name(", ".join(plain(part) for part in parts))
    if simple.has_parts and is_braced(parts[0]):
        # Braces keep a family name together, its particle with it.
        return with_whole_family(plain(parts[0]), simple)
    return simple


def with_whole_family(family: str, author: Author) -> Author:
    """Returns an author with this family name, no particle taken off it."""
    return Author(author.name, family=family, given=author.given, suffix=author.suffix)


def _natural(text: str) -> Author:
    """Returns a name in natural order; parts only where braces hold words together."""
    words = [word for word in _split(text, " ~\t") if word]
    name = plain(text)
    if len(words) > 1 and is_braced(words[-1]) and " " in (family := plain(words[-1])):
        particle, rest = split_particle(family)
        given = plain(" ".join(words[:-1]))
        return Author(name, family=rest, given=given, particle=particle)
    return Author(name, literal=True) if is_organisation(name) and len(words) == 1 else Author(name)


def _extended(text: str) -> Author | None:
    """Returns a name written as ``family=…, given=…``; None where it is not written so."""
    values: dict[str, str] = {}
    for piece in _split(text, ","):
        match = _FIELD.fullmatch(piece)
        if match is None:
            return None
        values[match[1]] = plain(match[2].strip())
    if not _KNOWN & values.keys():
        return None
    drops = values.get("useprefix") == "false"
    prefix = values.get("prefix", "")
    return person(
        family=values.get("family", ""),
        given=values.get("given", ""),
        particle="" if drops else prefix,
        dropping_particle=prefix if drops else "",
        suffix=values.get("suffix", ""),
    )


def _without_stray(match: re.Match[str]) -> str:
    """Take out a field that a faulty exporter put among the names (PMLR: "pages = {1-9},")."""
    return ", " if match[0].startswith(",") and match[0].endswith(",") else " "


def is_braced(text: str) -> bool:
    r"""Whether one pair of braces is around the whole text, and it is no accent (``{\'e}``)."""
    if not (text.startswith("{") and text.endswith("}")) or re.match(r"\{\\\W", text):
        return False
    depth = 0
    for match in re.finditer(r"\\.|[{}]", text):
        depth += (match[0] == "{") - (match[0] == "}")
        if depth == 0:
            return match.end() == len(text)
    return False


def plain(text: str) -> str:
    """Returns a name, or a part of one, without its TeX: commands print nothing of their own."""
    if "\\" not in text and "{" not in text and "~" not in text:
        return " ".join(without_tex_letters(text).split())
    text = _UNPRINTED.sub("", text)
    text = without_tex_letters(text)
    if "\\" in text:
        text = _COMMAND.sub("", text)
    return " ".join(text.replace("{", "").replace("}", "").split()).rstrip(",")


def without_unprinted(text: str) -> str:
    r"""Returns a value without commands that print nothing (``\noopsort{1973b}``)."""
    return _UNPRINTED.sub("", text) if "\\" in text else text


def with_orcids(
    authors: tuple[Author, ...], fields: Mapping[str, str], role: str
) -> tuple[Author, ...]:
    """Returns people with the ORCID iDs of their entry.

    biblatex annotates the first, second, … name of a list (``author+an:orcid = {1="0000-…"}``,
    manual, 3.7); Web of Science writes ``orcid-numbers = {Lee, Ann/0000-…}``, a person a line.

    Args:
        authors: the people.
        fields: of the entry.
        role: "author" or "editor".
    """
    notes = dict(_ANNOTATION.findall(fields.get(f"{role}+an:orcid", "")))
    listed = fields.get("orcid-numbers", "") if role == "author" else ""
    if not notes and not listed:
        return authors
    named = {
        plain(name).split(",")[0].casefold(): (plain(name), orcid)
        for name, orcid in _ORCID_NUMBER.findall(listed)
    }
    people: list[Author] = []
    for place, author in enumerate(authors, start=1):
        name, orcid = named.get(author.sort_family.casefold(), ("", ""))
        given = name.partition(",")[2].strip()
        if not author.given.casefold().startswith(given[:1].casefold()):
            orcid = ""
        orcid = notes.get(str(place), orcid)
        people.append(replace(author, orcid=orcid) if orcid else author)
    return tuple(people)
