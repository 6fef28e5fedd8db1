"""MEDLINE as PubMed displays and saves it (www.nlm.nih.gov/bsd/mms/medlineelements.html)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from indexer.author import Author
from indexer.cleaning.dates import iso_date
from indexer.errors import RecordError
from indexer.formats.pages import whole_pages
from indexer.formats.people import initials_last, inverted_names, names_of
from indexer.formats.tagged_formats.tagged_lines import Tagged, Tagging, read_tagged
from indexer.intake.dump import Dump
from indexer.intake.record import Read, Record
from indexer.paper import JOURNAL
from indexer.publication import Publication

_SUFFIXED = re.compile(r"^([^,]+, [^,]+) (Jr|Sr|II|III|IV|2nd|3rd)\.?$")
_TAGGING = Tagging(re.compile(r"([A-Z]{2,4}) {0,2}- ?(.*)$"), first="PMID")
_START = re.compile(r"^PMID ?- ?\d+", re.MULTILINE)
_DOI = re.compile(r"(10\.\S+)\s*\[doi\]")


def sniff(head: bytes, name: str) -> bool:
    """Recognises a PubMed number at the beginning of a line."""
    del name
    return (
        _START.search(head[:65536].decode("utf-8", errors="replace").removeprefix("\ufeff"))
        is not None
    )


def read(dump: Dump) -> Iterator[Read]:
    """Reads the citations."""
    for item in read_tagged(dump, _TAGGING):
        yield item if isinstance(item, RecordError) else _record(item)


def _record(tagged: Tagged) -> Record:
    pmid = tagged.first("PMID").split("\n")[0].strip()
    dois = (
        match[1]
        for value in (*tagged.values.get("AID", ()), *tagged.values.get("LID", ()))
        if (match := _DOI.search(value))
    )
    title = tagged.first("TI")
    # TI of a work without an English title says so; its own title is in TT.
    if title.strip("[]. ").casefold() in ("", "not available"):
        title = tagged.first("BTI", "TT") or title
    title = title.removesuffix(".")
    if title.startswith("[") and title.endswith("]") and "]" not in title[:-1]:
        title = title[1:-1].removesuffix(".")
    authors = _authors(tagged)
    return Record(
        line=tagged.line,
        id=f"pmid:{pmid}",
        title=title,
        abstract=tagged.first("AB"),
        authors=names_of(authors),
        venue=tagged.first("JT", "TA"),
        year=tagged.first("DP", "DEP"),
        type=JOURNAL if "Journal Article" in tagged.values.get("PT", ()) else tagged.first("PT"),
        doi=next(dois, ""),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid.isdigit() else "",
        keywords=tuple(word.strip("* ") for word in tagged.all("OT", "MH")),
        author_details=authors,
        identifiers=_identifiers(tagged, pmid),
        publication=_publication(tagged, title),
    )


def _authors(tagged: Tagged) -> tuple[Author, ...]:
    """Returns authors with what follows each: AUID and AD belong to the name before them."""
    full = bool(tagged.all("FAU"))
    authors: list[Author] = []
    for tag, value in tagged.pairs:
        line = " ".join(value.split())
        if not line:
            continue
        if tag in ("FAU", "CN") or (tag == "AU" and not full):
            named = _SUFFIXED.sub(r"\1, \2", line)  # "Smith, John A Jr"
            authors.append(Author(line, literal=True) if tag == "CN" else initials_last(named))
        elif tag == "AD" and authors:
            authors[-1] = replace(authors[-1], affiliations=(*authors[-1].affiliations, line))
        elif tag == "AUID" and authors and line.startswith("ORCID:"):
            authors[-1] = replace(authors[-1], orcid=line.removeprefix("ORCID:").strip())
        elif tag == "FED":
            break
    if authors and not any(author.affiliations for author in authors):
        # Before 2014 PubMed gave the first author's address, ahead of the names.
        places = tuple(" ".join(value.split()) for value in tagged.all("AD"))
        authors[0] = replace(authors[0], affiliations=places)
    return tuple(authors)


def _publication(tagged: Tagged, title: str) -> Publication:
    types = set(tagged.values.get("PT", ()))
    vernacular = tagged.first("TT").removesuffix(".")
    printed, electronic = iso_date(tagged.first("DP")), iso_date(tagged.first("DEP"))
    more_exact = printed and electronic.startswith(printed)
    return Publication(
        kind="article" if "Preprint" in types else "",
        venue_short=tagged.first("TA"),
        original_title=vernacular if vernacular != title else "",
        volume=tagged.first("VI"),
        issue=tagged.first("IP"),
        pages=whole_pages(tagged.first("PG")),
        publisher=tagged.first("PB"),
        place=tagged.first("PL"),
        editors=inverted_names(tagged.all("FED", "ED")),
        series=tagged.first("CTI"),
        edition=tagged.first("EN"),
        date=electronic if more_exact or not tagged.first("DP") else printed,
        language=tagged.first("LA"),
        retracted="Retracted Publication" in types,
        subjects=tuple(word.strip("* ") for word in tagged.all("MH")),
        note=tagged.first("CI"),
    )


def _identifiers(tagged: Tagged, pmid: str) -> tuple[tuple[str, str], ...]:
    pairs = [("pmid", pmid), ("pmcid", tagged.first("PMC"))]
    pairs += [("issn", value.split(" ")[0]) for value in tagged.all("IS")]
    pairs += [("isbn", value.split(" ")[0]) for value in tagged.all("ISBN")]
    for value in (*tagged.values.get("AID", ()), *tagged.values.get("LID", ())):
        if value.endswith("[pii]"):
            pairs.append(("pii", value.removesuffix("[pii]").strip()))
    return tuple((scheme, value) for scheme, value in pairs if value.strip())
