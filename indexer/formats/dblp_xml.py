"""XML of DBLP (dblp.org/xml, dblp.org/faq/16154937.html): no abstracts, but numbered homonyms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from indexer.errors import RecordError
from indexer.formats.xml_records import (
    children,
    inner_text,
    local_name,
    read_elements,
    root_of,
    text_at,
)
from indexer.intake.dump import Dump
from indexer.intake.record import Notice, Read, Record

_PAPERS = ("article", "inproceedings", "incollection", "phdthesis", "mastersthesis", "book")
_NO_PAPERS = {
    "proceedings": "a volume of proceedings, no paper",
    "www": "a home page, no paper",
    "person": "a person, no paper",
    "data": "a data set, no paper",
}
_DOI = re.compile(r"https?://(?:dx\.)?doi\.org/(10\.\S+)")


def sniff(head: bytes, name: str) -> bool:
    """Recognise the root, or a single record with DBLP's key."""
    del name
    root = root_of(head)
    return root in ("dblp", "dblpperson") or (root in _PAPERS and b' key="' in head[:4096])


def read(dump: Dump) -> Iterator[Read]:
    """Read the publications; volumes, home pages and the like are given as `RecordError`."""
    for item in read_elements(dump, (*_PAPERS, *_NO_PAPERS)):
        if isinstance(item, RecordError | Notice):
            yield item
        elif (reason := _NO_PAPERS.get(local_name(item))) is not None:
            yield RecordError(dump.name, item.sourceline or 0, reason)
        elif item.get("publtype") == "withdrawn":
            yield RecordError(dump.name, item.sourceline or 0, "the publication was withdrawn")
        else:
            yield _record(item)


def _record(element: etree._Element) -> Record:
    key = element.get("key") or ""
    addresses = [inner_text(one).strip() for one in children(element, "ee")]
    dois = (match[1] for one in addresses if (match := _DOI.fullmatch(one)))
    return Record(
        line=element.sourceline or 0,
        id=f"DBLP:{key}" if key else "",
        title=text_at(element, "title").removesuffix("."),
        authors=tuple(inner_text(one) for one in children(element, "author")),
        venue=text_at(element, "booktitle")
        or text_at(element, "journal")
        or text_at(element, "school"),
        year=text_at(element, "year"),
        type=local_name(element),
        doi=next(dois, ""),
        url=next((one for one in addresses if one.startswith("http")), "")
        or (f"https://dblp.org/rec/{key}" if key else ""),
    )
