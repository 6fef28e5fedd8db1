"""EndNote's tagged text (.enw), as EndNote, Google Scholar and publishers' sites export it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from indexer.cleaning.dates import iso_date
from indexer.cleaning.kinds import genre_of, kind_of
from indexer.errors import RecordError
from indexer.formats.keywords import split_keywords
from indexer.formats.people import inverted_names, names_of
from indexer.formats.tagged_formats.tagged_lines import Tagged, Tagging, read_tagged
from indexer.intake.dump import Dump
from indexer.intake.record import Read, Record
from indexer.publication import Publication
from indexer.record.extra_fields import extra_of_lines, with_extra_fields
from indexer.record.identifiers import arxiv_of

_TAGGING = Tagging(re.compile(r"%([0-9A-Z@!~>&$#()*+\]])(?:\s+(.*)|()$)"), first="0")
_CLEAR = frozenset(
    "article-journal article-magazine article-newspaper paper-conference report thesis".split()
)
"""Kinds that a type says for sure; of the others %9 may name one."""
_START = re.compile(r"^%0 [A-Z]", re.MULTILINE)


def sniff(head: bytes, name: str) -> bool:
    """Recognise the line that begins a reference."""
    del name
    text = head[:65536].decode("utf-8-sig", errors="replace")
    return _START.search(text) is not None and re.search(r"^%T ", text, re.MULTILINE) is not None


def read(dump: Dump) -> Iterator[Read]:
    """Read the references."""
    for item in read_tagged(dump, _TAGGING):
        yield item if isinstance(item, RecordError) else _record(item)


def _record(tagged: Tagged) -> Record:
    authors = inverted_names(tagged.all("A"))
    places = tuple(" ".join(value.split()) for value in tagged.all("+"))
    if authors and places:
        authors = (replace(authors[0], affiliations=places), *authors[1:])
    words = tagged.values.get("K", [])
    separators = ";\n" if len(words) > 1 or ";" in "".join(words) else ";\n,"
    record = Record(
        line=tagged.line,
        title=tagged.first("T", "!"),
        abstract=tagged.first("X"),
        authors=names_of(authors),
        venue=tagged.first("J", "B"),
        year=tagged.first("D", "8"),
        type=tagged.first("0"),
        doi=tagged.first("R"),
        url=tagged.first("U", ">").split("\n")[0],
        keywords=tuple(word for value in words for word in split_keywords(value, separators)),
        author_details=authors,
        identifiers=_identifiers(tagged),
        publication=_publication(tagged),
    )
    extra, _ = extra_of_lines(tagged.values.get("$", ()))
    return with_extra_fields(record, extra) if extra else record


def _publication(tagged: Tagged) -> Publication:
    type = tagged.first("0")
    number = tagged.first("N")
    is_report = kind_of(type) in ("report", "patent", "standard")
    is_versioned = kind_of(type) in ("software", "dataset")
    named = tagged.first("9")
    subkind = "" if genre_of(named) or kind_of(type) in _CLEAR else kind_of(named)
    return Publication(
        kind=subkind or kind_of(type),
        genre="" if subkind else tagged.first("9"),
        venue_short=tagged.first("O") if kind_of(type) == "article-journal" else "",
        original_title=tagged.first("("),
        volume=tagged.first("V"),
        issue="" if is_report else number,
        pages=tagged.first("P"),
        article_number=tagged.first("]"),
        number=tagged.first("@") if is_report else "",
        publisher=tagged.first("I"),
        place=tagged.first("C"),
        editors=inverted_names(tagged.all("E")),
        series=tagged.first("S"),
        edition=tagged.first("7") if not is_versioned else "",
        version=tagged.first("7") if is_versioned else "",
        date=tagged.first("8") if iso_date(tagged.first("8")) else "",
        language=tagged.first("G"),
        pdf_url=next((link for link in tagged.all(">") if link.startswith("http")), ""),
        note=tagged.first("Z"),
    )


def _identifiers(tagged: Tagged) -> tuple[tuple[str, str], ...]:
    pairs = []
    for value in tagged.values.get("@", ()):
        for part in re.split(r"[;,\n]|\s(?=\d{4}-?\d{3}|97[89])", value):
            digits = re.sub(r"[^0-9Xx]", "", part)
            if len(digits) in (8, 10, 13):
                pairs.append(("issn" if len(digits) == 8 else "isbn", part.strip()))
    scheme = "pmid" if "pubmed" in tagged.first("~").lower() else "own"
    pairs += [(scheme, tagged.first("M").strip()), ("pmcid", _pmcid(tagged.first("2")))]
    pairs += [("citekey", tagged.first("F").strip())]
    pairs += [
        ("arxiv", arxiv_id) for link in tagged.values.get("U", ()) if (arxiv_id := _arxiv(link))
    ]
    return tuple((scheme, value) for scheme, value in pairs if value)


def _pmcid(text: str) -> str:
    """Returns a number of PubMed Central; nothing of another note that stands in its place."""
    return text.strip() if re.fullmatch(r"\s*PMC\d+\s*", text) else ""


def _arxiv(address: str) -> str:
    """Returns the number of an address at arXiv; nothing of any other text."""
    return arxiv_of(address) if "arxiv.org/" in address else ""
