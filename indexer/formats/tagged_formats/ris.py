"""RIS (en.wikipedia.org/wiki/RIS_(file_format)), in the dialects of its many exporters.

Which tag holds what differs: titles in TI or T1, abstracts in AB or N2, journals in JF, JO, T2 ….
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from indexer.author import Author
from indexer.cleaning.dates import iso_date
from indexer.cleaning.kinds import genre_of, kind_of
from indexer.cleaning.names import split_listed, split_names
from indexer.errors import RecordError
from indexer.formats.keywords import split_keywords
from indexer.formats.pages import page_range
from indexer.formats.people import initials_last, inverted_names, names_of
from indexer.formats.tagged_formats.tagged_lines import Tagged, Tagging, read_tagged
from indexer.intake.dump import Dump
from indexer.intake.record import Read, Record
from indexer.publication import Publication
from indexer.record.extra_fields import extra_of_lines, with_extra_fields
from indexer.record.identifiers import arxiv_of

_TAGGING = Tagging(
    re.compile(r"\s{0,3}([A-Z][A-Z0-9](?=[ \t]{1,3}-)|ER(?=\s*$))(?:[ \t]{1,3}-[ \t]?(.*)|\s*)$"),
    first="TY",
    last="ER",
    leading=True,
)
_START = re.compile(r"^\s{0,3}TY[ \t]{1,3}-", re.MULTILINE)
_ARTICLES = frozenset(("JOUR", "JFULL", "MGZN", "NEWS", "EJOUR", "INPR", "ABST"))
_NUMBERED = frozenset(("RPRT", "PAT", "STAND", "GOVDOC", "COMP", "UNPB"))
_WITH_GENRE = frozenset(("THES", "RPRT", "UNPB", "COMP", "DATA", "PAT", "STAND", "GEN", "BOOK"))
_CLEAR = frozenset(("JOUR", "MGZN", "NEWS", "THES", "RPRT", "BOOK", "CONF", "CPAPER"))
"""Types that stand for one kind of work; of the others M3 may name one."""
_VERSIONED = frozenset(("COMP", "DATA"))
_DATABASE = re.compile(r"(?:PUBMED|EMBASE|CINAHL|MEDLINE|CTgov|ICTRP)\s+[\w-]*\d")
_DOI_ADDRESS = re.compile(r"https?://(?:dx\.)?doi\.org/(10\.\S+)")


def sniff(head: bytes, name: str) -> bool:
    """Recognise a line that begins a reference."""
    del name
    return (
        _START.search(head[:65536].decode("utf-8", errors="replace").removeprefix("\ufeff"))
        is not None
    )


def read(dump: Dump) -> Iterator[Read]:
    """Read the references."""
    for item in read_tagged(dump, _TAGGING):
        yield item if isinstance(item, RecordError) else _record(item)


def _record(tagged: Tagged) -> Record:
    addresses = [
        link for value in tagged.all("UR", "L2", "LK") for link in re.split(r"[;\s]+", value)
    ]
    dois = (match[1] for address in addresses if (match := _DOI_ADDRESS.match(address)))
    authors = tuple(
        author for value in tagged.all("AU", "A1") for author in _authors(" ".join(value.split()))
    )
    places = tuple(" ".join(value.split()) for value in tagged.all("AD"))
    if authors and places:
        # The address is that of the authors as a group, or of the first.
        authors = (replace(authors[0], affiliations=places), *authors[1:])
    record = Record(
        line=tagged.line,
        title=tagged.first("TI", "T1", "CT", "BT"),
        abstract=tagged.first("AB", "N2"),
        authors=names_of(authors),
        venue=_venue(tagged),
        year=tagged.first("PY", "Y1", "DA"),
        type=tagged.first("TY"),
        doi=tagged.first("DO", "DI") or next(dois, ""),
        url=next((address for address in addresses if address), ""),
        keywords=tuple(
            word.lstrip("*")
            for value in tagged.all("KW", "DE")
            for word in split_keywords(value, ";\n")
        ),
        author_details=authors,
        identifiers=_identifiers(tagged),
        publication=_publication(tagged),
    )
    extra, _ = extra_of_lines(tagged.values.get("U5", ()))
    return with_extra_fields(record, extra) if extra else record


def _authors(text: str) -> Iterator[Author]:
    """Returns the author of a line; some programs write them all into one ("A, B., C, D.")."""
    names = split_names(text) if text.count(",") > 2 or ";" in text else split_listed(text)
    if len(names) > 1:
        yield from map(initials_last, names)
    else:
        yield initials_last(text)


def _venue(tagged: Tagged) -> str:
    """Returns the venue: the full name of a journal where there is one, JO and JA shorten it.

    Cochrane has numbers of other databases in C3 ("PUBMED 21314913").
    """
    type = tagged.first("TY").strip()
    tags: tuple[str, ...] = ("JF", "JO", "T2", "C3", "BT", "JA", "J2", "J1", "T3")
    if type in _ARTICLES:
        tags = ("JF", "T2", *tags)
    elif type == "CPAPER":  # T2 is the conference, C3 its proceedings
        tags = ("C3", *tags)
    elif type in ("BOOK", "EDBOOK"):  # T3 is the series of a book
        tags = tags[:-1]
    venues = (tagged.first(tag) for tag in tags)
    return next((venue for venue in venues if venue and _DATABASE.match(venue) is None), "")


def _publication(tagged: Tagged) -> Publication:
    type = tagged.first("TY").strip()
    is_part = type in ("CHAP", "CPAPER", "CONF", "ECHAP")
    number = tagged.first("IS", "M1") if not is_part or tagged.first("IS") else ""
    short = tagged.first("JA", "J2", "J1")
    venue = _venue(tagged)
    if not short and tagged.first("JO") != venue:
        short = tagged.first("JO")
    note = tagged.first("N1")
    edition = tagged.first("ET") if len(tagged.first("ET")) < 40 else ""
    first, last = tagged.first("SP"), tagged.first("EP")
    date = next((date_ for date_ in tagged.all("DA") if iso_date(date_)), "")
    published = tagged.first("PY", "Y1")
    exact = iso_date(published)
    dated = iso_date(date)
    is_report = type in _NUMBERED
    named = tagged.first("M3")
    subkind = "" if genre_of(named) or type in _CLEAR else kind_of(named)
    return Publication(
        kind=subkind or kind_of(type),
        genre=named if type in _WITH_GENRE and not subkind else "",
        venue_short=short if short != venue else "",
        volume=tagged.first("VL"),
        issue="" if is_report else number if number.isascii() and len(number) < 40 else "",
        chapter=tagged.first("SE") if type == "CHAP" and len(tagged.first("SE")) < 20 else "",
        pages=page_range(first, last),
        article_number=tagged.first("C7") if len(tagged.first("C7")) < 40 else "",
        number=number if is_report else "",
        publisher=tagged.first("PB"),
        place=tagged.first("C1") if type == "CPAPER" else tagged.first("CY", "PP"),
        event_place=tagged.first("CY") if type == "CPAPER" else "",
        series_number=tagged.first("NV") if type == "CHAP" else tagged.first("M2"),
        original_title=tagged.first("OP") if len(tagged.first("OP")) < 500 else "",
        event=_event(tagged),
        editors=inverted_names(tagged.all("ED", "A2" if type != "THES" else "ED")),
        series=tagged.first("T3") if tagged.first("T3") != venue else "",
        edition=edition if type not in _VERSIONED else "",
        version=edition if type in _VERSIONED else "",
        date=dated if not published or (len(exact) < 5 and dated.startswith(exact)) else exact,
        language=tagged.first("LA"),
        pdf_url=next((link for link in tagged.all("L1") if link.startswith("http")), ""),
        note="" if len(note) > 500 else note,
    )


def _event(tagged: Tagged) -> str:
    """Returns the conference of a paper, where its proceedings have a name beside it."""
    type = tagged.first("TY").strip()
    named = tagged.first("C3", "BT") if type == "CONF" else ""
    if type == "CPAPER" and tagged.first("C3") != tagged.first("T2"):
        named = tagged.first("C3")
    return tagged.first("T2") if named else ""


def _identifiers(tagged: Tagged) -> tuple[tuple[str, str], ...]:
    pairs = []
    for value in tagged.values.get("SN", ()):
        for part in re.split(r"[;,\n]|\s(?=\d{4}-?\d{3}|97[89])", re.sub(r"\([^()]*\)", "", value)):
            digits = re.sub(r"[^0-9Xx]", "", part)
            if len(digits) in (8, 10, 13):
                pairs.append(("issn" if len(digits) == 8 else "isbn", part.strip()))
    own = tagged.first("AN", "U2").strip()
    is_pubmed = "pubmed" in tagged.first("DB", "DP").lower()
    if is_pubmed and own.isascii() and own.isdecimal() and len(own) < 9:
        pairs.append(("pmid", own))
    elif match := re.fullmatch(r"(?:WOS|ISI):(\S+)", own):
        pairs.append(("wos", f"WOS:{match[1]}"))
    elif match := re.fullmatch(r"(?:rayyan|PMID:?)?\s*(\d{6,8})", own):
        pairs.append(("pmid" if is_pubmed else "own", match[1]))
    else:
        pairs.append(("own", own))
    pairs.append(("pmcid", tagged.first("C2") if tagged.first("C2").startswith("PMC") else ""))
    pairs.append(("citekey", tagged.first("ID")))
    pairs += [("arxiv", arxiv_id) for link in tagged.all("UR", "L2") if (arxiv_id := _arxiv(link))]
    return tuple((scheme, value) for scheme, value in pairs if value)


def _arxiv(address: str) -> str:
    """Returns the number of an address at arXiv; nothing of any other text."""
    return arxiv_of(address) if "arxiv.org/" in address else ""
