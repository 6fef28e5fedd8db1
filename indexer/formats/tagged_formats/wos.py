"""Web of Science field-tagged text ("plain text file"), which begins with ``FN`` and ``VR``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from indexer.author import Author
from indexer.cleaning.dates import iso_date
from indexer.errors import RecordError
from indexer.formats.keywords import split_keywords
from indexer.formats.pages import page_range
from indexer.formats.people import inverted_names, names_of
from indexer.formats.tagged_formats.tagged_lines import Tagged, Tagging, read_tagged
from indexer.intake.dump import Dump
from indexer.intake.record import AUTHORS_READ, Read, Record
from indexer.publication import Publication
from indexer.record.author_name import inverted_name

_TAGGING = Tagging(
    re.compile(r"([A-Z][A-Z0-9])(?: (.*)|()$)"), first="PT", last="ER", ignored=frozenset(("EF",))
)
_START = re.compile(r"^(?:FN .*\r?\nVR [\d.]+|PT [A-Z]\r?\n(?:AU|AF|TI) )", re.MULTILINE)
_SMALL = re.compile(r"(?<= )(?:And|Of|The|In|On|For|To|At)(?= )")
_ADDRESS = re.compile(r"\[([^\]]*)\]\s*(.*)")
_KINDS = {"Book": "book", "Book Chapter": "chapter", "Book Review": "review-book",
          "Data Paper": "article-journal"}  # fmt: skip
_TYPES = {"J": "Journal Article", "C": "Conference Paper"}


def sniff(head: bytes, name: str) -> bool:
    """Recognises the two lines that begin a file, or those that begin a record."""
    del name
    return (
        _START.search(head[:65536].decode("utf-8", errors="replace").removeprefix("\ufeff"))
        is not None
    )


def read(dump: Dump) -> Iterator[Read]:
    """Reads the records."""
    for item in read_tagged(dump, _TAGGING):
        yield item if isinstance(item, RecordError) else _record(item)


def _record(tagged: Tagged) -> Record:
    authors = _authors(tagged)
    kind = tagged.first("DT")
    kind = (
        "Conference Paper" if "Proceedings Paper" in kind else _TYPES.get(tagged.first("PT"), kind)
    )
    return Record(
        line=tagged.line,
        id=tagged.first("UT").replace("ISI:", "WOS:"),
        title=tagged.first("TI"),
        abstract=tagged.first("AB"),
        authors=names_of(authors),
        venue=_recased(tagged.first("SO")),
        year=tagged.first("PY"),
        type=kind,
        doi=tagged.first("DI"),
        keywords=split_keywords(" ".join(tagged.first("DE").split()), ";"),
        author_details=authors,
        identifiers=_identifiers(tagged),
        publication=_publication(tagged),
    )


def _recased(source: str) -> str:
    """Returns the name of a source, which is in capitals, in title case."""
    return _SMALL.sub(lambda word: word[0].lower(), source.title()) if source.isupper() else source


def _authors(tagged: Tagged) -> tuple[Author, ...]:
    names = [name for value in tagged.all("AF", "AU") for name in value.split("\n")]
    short = [name for value in tagged.all("AU") for name in value.split("\n")]
    names = names[:AUTHORS_READ]
    places: dict[str, list[str]] = {}
    for value in tagged.values.get("C1", ()):
        for line in value.split("\n"):
            if match := _ADDRESS.match(line.strip()):
                for name in match[1].split(";"):
                    places.setdefault(name.strip().casefold(), []).append(match[2].strip())
    orcids: dict[str, str] = {}
    for pair in " ".join(tagged.first("OI").split()).split(";"):
        name, _, orcid = pair.strip().rpartition("/")
        orcids[name.strip().casefold()] = orcid
    authors: list[Author] = []
    for at, name in enumerate(names):
        keys = [name.strip().casefold()]
        if len(short) == len(names):
            keys.append(short[at].strip().casefold())
        authors.append(
            replace(
                inverted_name(" ".join(name.split())),
                affiliations=next((tuple(places[key]) for key in keys if key in places), ()),
                orcid=next((orcids[key] for key in keys if key in orcids), ""),
            )
        )
    groups = (name for value in tagged.all("CA") for name in value.split("\n"))
    return (*authors, *(Author(" ".join(name.split()), literal=True) for name in groups))


def _publication(tagged: Tagged) -> Publication:
    year, month = tagged.first("PY"), tagged.first("PD")
    editors = [name for value in tagged.all("BE", "ED") for name in value.split("\n")]
    subjects = (
        keyword
        for tag in ("ID", "WC", "SC")
        for keyword in split_keywords(" ".join(tagged.first(tag).split()), ";")
    )
    types = tagged.first("DT")
    return Publication(
        kind=_KINDS.get(types.split(";")[0].strip(), ""),
        venue_short=tagged.first("JI", "J9"),
        volume=tagged.first("VL"),
        issue=tagged.first("IS"),
        pages=page_range(tagged.first("BP"), tagged.first("EP")),
        article_number=tagged.first("AR"),
        page_count=tagged.first("PG"),
        publisher=_recased(tagged.first("PU")),
        place=_recased(tagged.first("PI")),
        event=" ".join(tagged.first("CT").split()),
        event_place=" ".join(tagged.first("CL").split()),
        editors=inverted_names(editors),
        series=_recased(" ".join(tagged.first("SE").split())),
        date=iso_date(f"{year} {month.title()}") if month else "",
        language=tagged.first("LA"),
        retracted="Retracted Publication" in types,
        subjects=tuple(dict.fromkeys(subjects)),
    )


def _identifiers(tagged: Tagged) -> tuple[tuple[str, str], ...]:
    pairs = [
        ("wos", tagged.first("UT").replace("ISI:", "WOS:")),
        ("pmid", tagged.first("PM")),
        ("issn", tagged.first("SN")),
        ("issn", tagged.first("EI")),
        *(("isbn", isbn) for isbn in tagged.first("BN").split(";")),
    ]
    return tuple((scheme, value.strip()) for scheme, value in pairs if value.strip())
