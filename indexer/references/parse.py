"""A reference as pasted, read into what it may name: titles, year, pages, identifiers.

Styles differ in where the title stands: in quotation marks (IEEE, MLA, Chicago), behind the year
(APA, ACM), behind the authors (Vancouver). Every stretch that may be the title is kept, likeliest
first; `indexer.references.match` finds out by the papers of the collection which one it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from indexer.record.identifier_forms import Identifier, doi_in, identifiers_in
from indexer.record.identifiers import arxiv_of
from indexer.text.folding import fold

MAX_REFERENCE: Final = 4000
"""Characters of a reference that are read."""
MOST_TITLES: Final = 6
"""Stretches of a reference that are tried as its title."""

_YEAR = r"(?:1[89]|20)\d\d"
_HYPHENATED = re.compile(r"(\w)[\u00ad-]\s*\n\s*(?=[a-z])|(?<=\w)[\u00ad]\s*(?=\w)")
_LIGATURES: Final = str.maketrans({"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl"})
_NUMBER = re.compile(r"^\s*(?:\[\w{1,12}\+?\]|\(\d{1,3}\)|\d{1,3}\.(?=\s)|[•*–-](?=\s))\s*")
_QUOTED = re.compile(
    r"[“„«]([^”“„»]{8,400})[”“»]|\"([^\"]{8,400})\"|``(.{8,400}?)''|‘([^’]{8,400}?)’"
)
_BIBTEX = re.compile(r"^\s*@\s*\w+\s*[{(]")
_FIELD = re.compile(r"(?:^|[,{\n])\s*(\w+)\s*=\s*(\{|\")", re.MULTILINE)
_YEAR_MARK = re.compile(rf"[(\[]?\b({_YEAR})[a-z]?\b(?:[,;][^()\[\]]{{0,20}})?[)\]]?[.,:]?\s+")
_SENTENCE = re.compile(r"(?:(?<=[^\W\d_]{2})|(?<=[\d)?!”\"']))\.(?=[\s”\"])\s*|(?<=[?!])\s+")
_LISTED_NAME = r"[^\W\d_][\w'’ -]{0,40} [A-Z][A-Z-]{0,3}"
_VANCOUVER = re.compile(rf"(?:{_LISTED_NAME}, ){{0,60}}{_LISTED_NAME}(?:,? et al)?\. (?=\S)")
_PAGES = re.compile(
    r"(?:pp?\.?\s*|:\s*|pages\s+|,\s*)([A-Z]?\d{1,6})\s*[-–—]{1,2}\s*([A-Z]?\d{1,6})"
)
_MARKS = (
    re.compile(r"\bet\.? al\b", re.IGNORECASE),
    re.compile(rf"\({_YEAR}[a-z]?\)"),
    re.compile(rf"[.,;] {_YEAR}[a-z]?[.;:,]|[.,] {_YEAR}[.)]?$"),
    re.compile(r"\bpp?\.? ?\d|\b\d+ ?[-–—] ?\d+|\bvol\.|\bno\. ?\d"),
    re.compile(r"\b[Ii]n:? (?:Proc|[A-Z])|\bProceedings\b|\bConference\b|\bJournal\b|\barXiv\b"),
    re.compile(r"(?:^|[ ,])[A-Z]\. ?(?:[A-Z]\. ?)?(?:[A-Z]\w+|,)|[A-Z]\w+,? [A-Z]{1,2}[,.]"),
    re.compile(r"[,.]\s*[\"“”]\s|[\"“].{15,}[,.?!][\"”]"),
    re.compile(r",? (?:and|&) [^,]+?[.,]"),
    re.compile(r"\bdoi\b|https?://", re.IGNORECASE),
)
_OPERATORS = re.compile(r"\b(?:AND|OR|NOT|ANDNOT|NEAR/\d)\b|(?:^|\s)[-+]\w|\b[a-z]{2,8}:[^\s/]")


@dataclass(frozen=True, slots=True)
class ParsedReference:
    """One reference as it was read.

    Attributes:
        text: in one line, without its number and its hyphens at line ends.
        titles: stretches that may be its title, likeliest first.
        year: CE; None where none stands in it.
        years: every year that stands in it.
        pages: "5998-6008"; empty where none stand in it.
        identifiers: DOI and the like that stand in it.
        key: by which the user cites it; empty where it has none.
        words: folded words of the text, in order.
    """

    text: str
    titles: tuple[str, ...]
    year: int | None = None
    years: tuple[int, ...] = ()
    pages: str = ""
    identifiers: tuple[Identifier, ...] = ()
    key: str = ""
    words: tuple[str, ...] = ()


def words_of(text: str) -> tuple[str, ...]:
    """Returns the folded words of a text, hyphens and TeX aside."""
    return tuple(re.findall(r"[^\W_]+", fold(text).text.casefold()))


@lru_cache(64)
def parse_reference(text: str) -> ParsedReference:
    """Reads a reference; any text gives one."""
    text = text[:MAX_REFERENCE].translate(_LIGATURES)
    if _BIBTEX.match(text):
        return _of_bibtex(text)
    plain = " ".join(_HYPHENATED.sub(r"\1", text).split())
    plain = _NUMBER.sub("", plain)
    identifiers = _identifiers(plain)
    bare = re.sub(r"https?://\S+|\bdoi:?\s*10\.\S+|\b10\.\d{4,9}/\S+", " ", plain)
    years = tuple(
        int(digits) for digits in re.findall(rf"(?<![\d.:/–-]){_YEAR}(?![\d–]|-\d|\.\d)", bare)
    )
    pages = [span for span in _PAGES.findall(bare) if span[0] not in map(str, years)]
    return ParsedReference(
        plain, _titles(bare), years[0] if years else None, years,
        "-".join(pages[-1]) if pages else "", identifiers, "", words_of(bare),
    )  # fmt: skip


def is_reference(text: str) -> bool:
    """Whether a text typed into a search box is a pasted reference.

    It is one if it is long, names a year or an identifier, and shows two marks of references
    ("et al.", a year in brackets, pages, initials, "In Proceedings"), and no query operators.
    """
    if _BIBTEX.match(text):
        return "=" in text and "title" in text.lower()
    words = text.split()
    if len(text) < 30 or len(words) < 6 or len(text) > MAX_REFERENCE:
        return False
    if _OPERATORS.search(
        re.sub(r"\b(?:doi|arxiv|https?|isbn|url|pmid)\b:?\S*", "", text, flags=re.IGNORECASE)
    ):
        return False
    plain = " ".join(words)
    if not re.search(rf"\b{_YEAR}|\b10\.\d{{4,9}}/|arXiv", plain):
        return False
    return sum(mark.search(plain) is not None for mark in _MARKS) >= 2


def _identifiers(text: str) -> tuple[Identifier, ...]:
    identifiers: dict[str, Identifier] = {}
    doi = doi_in(text)
    if doi:
        identifier = Identifier("doi", doi)
        identifiers[identifier.key] = identifier
    for match in re.finditer(
        r"arXiv[:.\s]+(?:preprint\s+)?(?:arXiv[:.\s]*)?([\w.-]+(?:/\d{7})?)", text, re.IGNORECASE
    ):
        if number := arxiv_of(match[1].rstrip(".,")):
            identifiers.setdefault(f"arxiv:{number}", Identifier("arxiv", number))
    for match in re.finditer(r"https?://[^\s>\]]+|\bPMC\d+|\bPMID:? ?\d+", text):
        for identifier in identifiers_in(match[0].rstrip(".,;)")):
            identifiers.setdefault(identifier.key, identifier)
    return tuple(identifiers.values())


def _titles(text: str) -> tuple[str, ...]:
    """Returns stretches that may be the title, likeliest first."""
    titles: list[str] = [
        next(filter(None, match.groups())).rstrip(".,;") for match in _QUOTED.finditer(text)
    ]
    titles.sort(key=len, reverse=True)
    listed = _VANCOUVER.match(text)
    if listed is not None:
        titles.append(_first_sentence(text[listed.end() :]))
    for match in _YEAR_MARK.finditer(text):
        if match.start() > 3 and not re.search(r"[“\"]", text[: match.start()]):
            titles.append(_first_sentence(text[match.end() :]))
            break
    sentences = [part.strip(" .,;") for part in _SENTENCE.split(text) if part.strip(" .,;")]
    titles += [sentence for sentence in sentences if not _is_names(sentence)][:3]
    plain = re.sub(rf"\b{_YEAR}[a-z]?\b", " ", text)
    if len(text.split()) <= 40:
        titles.append(" ".join(plain.split()[1:]))
    kept = dict.fromkeys(
        candidate.strip(' .,;"“”') for candidate in titles if len(words_of(candidate)) > 1
    )
    return tuple(kept)[:MOST_TITLES]


def _first_sentence(text: str) -> str:
    """Returns a text up to its first full stop, but not after an abbreviation or initial."""
    return _SENTENCE.split(text.strip(" .,;"), maxsplit=1)[0]


def _is_names(text: str) -> bool:
    """Whether a stretch is a list of names: most of its words are capitalised and parted."""
    words = re.findall(r"[^\W\d_]+", text)
    if not words:
        return True
    capitals = sum(word[0].isupper() or word in ("and", "et", "al", "de", "van") for word in words)
    return capitals == len(words) and text.count(",") * 3 >= len(words) - 2


def _of_bibtex(text: str) -> ParsedReference:
    """Reads one BibTeX entry by its braces; `indexer.formats` reads whole files."""
    fields: dict[str, str] = {}
    for match in _FIELD.finditer(text):
        fields.setdefault(match[1].lower(), _value(text, match.end() - 1))
    for match in re.finditer(r"\b(year|volume)\s*=\s*(\d+)", text):
        fields.setdefault(match[1], match[2])
    title = " ".join(re.sub(r"[{}]", "", fields.get("title", "")).split())
    key = re.match(r"\s*@\s*\w+\s*[{(]\s*([^,\s]+)", text)
    year = re.search(_YEAR, fields.get("year", "") or fields.get("date", ""))
    line = " ".join(re.sub(r"[{}]", "", part) for part in (fields.get("author", ""), title))
    given = " ".join(fields.get(name, "") for name in ("doi", "url", "eprint", "note"))
    identifiers = _identifiers(given)
    number = arxiv_of(fields.get("eprint", ""))
    if number:
        identifiers = (*identifiers, Identifier("arxiv", number))
    return ParsedReference(
        " ".join(line.split()), (title,) if title else (), int(year[0]) if year else None,
        (int(year[0]),) if year else (), fields.get("pages", "").replace("--", "-"), identifiers,
        key[1] if key else "", words_of(line),
    )  # fmt: skip


def _value(text: str, opening: int) -> str:
    if text[opening] == '"':
        return text[opening + 1 :].partition('"')[0]
    depth = 0
    for place in range(opening, len(text)):
        depth += (text[place] == "{") - (text[place] == "}")
        if depth == 0:
            return text[opening + 1 : place]
    return text[opening + 1 :]
