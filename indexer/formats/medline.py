"""MEDLINE as PubMed displays and saves it (www.nlm.nih.gov/bsd/mms/medlineelements.html)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.errors import RecordError
from indexer.formats.tagged_lines import Tagged, Tagging, read_tagged
from indexer.intake.dump import Dump
from indexer.intake.names import initials_first, natural_order
from indexer.intake.record import Read, Record
from indexer.paper import JOURNAL

_TAGGING = Tagging(re.compile(r"([A-Z]{2,4}) {0,2}- ?(.*)$"), first="PMID")
_START = re.compile(r"^PMID ?- ?\d+", re.MULTILINE)
_DOI = re.compile(r"(10\.\S+)\s*\[doi\]")


def sniff(head: bytes, name: str) -> bool:
    """Recognise a PubMed number at the beginning of a line."""
    del name
    return (
        _START.search(head[:65536].decode("utf-8", errors="replace").removeprefix("\ufeff"))
        is not None
    )


def read(dump: Dump) -> Iterator[Read]:
    """Read the citations."""
    for item in read_tagged(dump, _TAGGING):
        yield item if isinstance(item, RecordError) else _record(item)


def _record(tagged: Tagged) -> Record:
    pmid = tagged.first("PMID").split("\n")[0].strip()
    dois = (
        match[1]
        for value in (*tagged.values.get("AID", ()), *tagged.values.get("LID", ()))
        if (match := _DOI.search(value))
    )
    # "Vernacular titles" of papers not in English are in TT; TI is then in brackets.
    return Record(
        line=tagged.line,
        id=f"pmid:{pmid}",
        title=tagged.first("TI", "BTI", "TT").removesuffix("."),
        abstract=tagged.first("AB"),
        authors=tuple(
            initials_first(natural_order(name)) for name in tagged.all("FAU", "AU", "CN")
        ),
        venue=tagged.first("JT", "TA"),
        year=tagged.first("DP", "DEP"),
        type=JOURNAL if "Journal Article" in tagged.values.get("PT", ()) else tagged.first("PT"),
        doi=next(dois, ""),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid.isdigit() else "",
        keywords=tuple(word.strip("* ") for word in tagged.all("OT", "MH")),
    )
