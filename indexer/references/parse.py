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
from indexer.references.name_list import behind_names
from indexer.references.tagged import TaggedEntry, is_tagged, read_tagged
from indexer.text.display import plain as plain_text
from indexer.text.folding import fold

MAX_REFERENCE: Final = 4000
"""Characters of a reference that are read."""
MOST_TITLES: Final = 6
"""Stretches of a reference that are tried as its title."""

_YEAR = r"(?:1[89]|20)\d\d"
_HYPHENATED = re.compile(r"(\w)[\u00ad-]\s*\n\s*(?=[a-z])|(?<=\w)[\u00ad]\s*(?=\w)")
_TEX_ITEM = re.compile(r"\\(?:bibitem\s*(?:\[[^\]]{0,80}\])?\s*\{[^}]{0,80}\}|newblock\b)")
_LIGATURES: Final = str.maketrans({"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl"})
_NUMBER = re.compile(
    r"^\s*(?:\[\w{1,12}\+?\]|\[[^\[\]]{3,60}\d{2}[a-z]?\]|\(\d{1,3}\)|\d{1,3}\.(?=\s)|[•*–-](?=\s))\s*"
)
"""A number or a label ("[Lee et al., 2019]") before a reference."""
_QUOTED = re.compile(
    r"[“„«]([^”“„»]{8,400})[”“»]|\"([^\"]{8,400})\"|``(.{8,400}?)''|‘([^’]{8,400}?)’"
)
_BIBTEX = re.compile(r"^\s*@\s*\w+\s*[{(]")
_FIELD = re.compile(r"(?:^|[,{\n])\s*(\w+)\s*=\s*(\{|\")", re.MULTILINE)
_YEAR_MARK = re.compile(rf"[(\[]?\b({_YEAR})[a-z]?\b(?:[,;][^()\[\]]{{0,20}})?[)\]]?[.,:]?\s+")
_SENTENCE = re.compile(r"(?:(?<=[^\W\d_]{2})|(?<=[\d)?!”\"']))\.(?=[\s”\"])\s*|(?<=[?!])\s+")
_LISTED_NAME = r"[^\W\d_][\w'’ -]{0,40} [A-Z][A-Z-]{0,3}"
_VANCOUVER = re.compile(rf"(?:{_LISTED_NAME}, ){{0,60}}{_LISTED_NAME}(?:,? et al)?\. (?=\S)")
_TITLE_END = re.compile(
    r"\s*//|[.,;]\s+[Ii]n:?\s|(?<=[^\W\d_]{2})\.\s|(?<=[\d)”’\"'])\.\s|(?<=[?!])\s+(?=[A-Z])"
)
"""Where the title ends behind a list of names."""
_SLASHES = re.compile(r"\s*(?<!:)//\s*")
_PAGES = re.compile(
    r"(?:pp?\.?\s*|:\s*|pages\s+|,\s*)([A-Z]?\d{1,6})\s*[-–—]{1,2}\s*([A-Z]?\d{1,6})"
)
_MARKS = (
    re.compile(r"\bet\.? al\b", re.IGNORECASE),
    re.compile(rf"\({_YEAR}[a-z]?\)"),
    re.compile(rf"[.,;] {_YEAR}[a-z]?[.;:,]|[.,] {_YEAR}[.)]?$"),
    re.compile(r"\bpp?\.? ?\d|\b\d+ ?[-–—] ?\d+|\bvol\.|\bno\. ?\d"),
    re.compile(r"\b[Ii]n:? (?:Proc|[A-Z])|\bProceedings\b|\bConference\b|\bJournal\b|\barXiv\b"),
    re.compile(
        r"(?:^|[ ,])[A-Z]\. ?(?:[A-Z]\. ?)?(?:[A-Z]\w+|,)|[A-Z]\w+,? [A-Z]{1,2}[,.]"
        r"|(?:^|, )[A-Z]{1,3} [A-Z][\w'’-]+[,…]"
    ),
    re.compile(
        rf"\([^()]{{0,99}}(?:\bet\.? al\b|&|\band\b)[^()]{{0,99}}{_YEAR}[a-z]?\)|{_YEAR}: ?\d"
    ),
    re.compile(
        rf"^\[[^\[\]]*{_YEAR}[a-z]?\]|\bet\.? al\.?,? \(?{_YEAR}[a-z]?\)?\.?$"
        rf"| - .{{1,200}}, {_YEAR} - "
    ),
    re.compile(r"[,.]\s*[\"“”]\s|[\"“].{15,}[,.?!][\"”]"),
    re.compile(r",? (?:and|&) [^,]+?[.,]"),
    re.compile(r"\bdoi\b|https?://", re.IGNORECASE),
)
LEAST_MARKS: Final = 2
"""Marks of a reference that a text shows which is one; one more where it has no year."""
_CITED_BEHIND = re.compile(
    rf"(?:\([^()]*\b{_YEAR}[a-z]?\)|[,.]\s[^\W\d_][\w'’-]+ et\.? al\b.*)[.\s]*$"
)
"""What follows a title in "Kites (Lee et al., ACL 2019)" and "Kites, Lee et al., 2019"."""
_LISTED_BEHIND = re.compile(
    rf"\s[A-Z]{{1,3}} [A-Z][\w'’-]+(?:, [A-Z]{{1,3}} [A-Z][\w'’-]+)*…? - .*\b{_YEAR}\b"
)
"""What follows a title in a list of Google Scholar: "A Lee, B Doe… - ACL, 2019 - site"."""
_OPERATORS = re.compile(r"\b(?:AND|OR|NOT|ANDNOT|NEAR/\d)\b|(?:^|\s)[-+]\w|\b[a-z]{2,8}:[^\s/]")
_NO_OPERATORS = re.compile(r", AND (?=[A-Z])|\b(?i:doi|arxiv|https?|isbn|url|pmid)\b:?\S*")


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
    if is_tagged(text):
        return _of_tagged(read_tagged(text))
    text = text[:MAX_REFERENCE].translate(_LIGATURES)
    if _BIBTEX.match(text):
        return _of_bibtex(text)
    if "\\" in text:
        text = plain_text(_TEX_ITEM.sub(" ", text).replace("~", " "))
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
    if is_tagged(text):
        return bool(read_tagged(text).first("title"))
    words = text.split()
    if len(text) < 30 or len(words) < 6 or len(text) > MAX_REFERENCE:
        return False
    if _OPERATORS.search(_NO_OPERATORS.sub("", text)):
        return False
    plain = " ".join(words)
    marks = sum(mark.search(plain) is not None for mark in _MARKS)
    dated = re.search(rf"\b{_YEAR}|\b10\.\d{{4,9}}/|arXiv", plain)
    return marks >= (LEAST_MARKS if dated else LEAST_MARKS + 1)


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
    cited = _CITED_BEHIND.search(text)
    if cited is not None:
        titles.append(text[: cited.start()])
    listed = _LISTED_BEHIND.search(text, 15)
    if listed is not None:
        titles.append(text[: listed.start()])
    behind = behind_names(text)
    if behind:
        titles.append(_TITLE_END.split(behind, maxsplit=1)[0])
        titles.append(_first_sentence(behind))
    if _SLASHES.search(text):  # GOST R 7.0.5 parts the title from its source so
        before = _SLASHES.split(text, maxsplit=1)[0]
        titles.append(behind_names(before) or before)
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


def _of_tagged(entry: TaggedEntry) -> ParsedReference:
    """Returns what an entry of RIS, EndNote or CSL-JSON says, as a reference."""
    titles = tuple(dict.fromkeys(entry.values.get("title", ())))
    year = re.search(_YEAR, entry.first("year"))
    names = entry.values.get("author", ())
    line = " ".join((*names, *titles[:1], entry.first("venue")))
    links = entry.values.get("identifier", ())
    identifiers = {found.key: found for link in links for found in _identifiers(link)}
    return ParsedReference(
        line, titles, int(year[0]) if year else None, (int(year[0]),) if year else (),
        entry.pages, tuple(identifiers.values()), entry.first("key"), words_of(line),
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
