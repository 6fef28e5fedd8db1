"""Names files of other kinds, which Quiver does not read, and says what to do with them."""

from __future__ import annotations

import re
from typing import Final

from indexer.formats.xml_formats.xml_records import root_of

_BEGINNINGS: Final = (
    (b"%PDF", "a PDF document", "export the references it was made from"),
    (b"{\\rtf", "a text of a word processor (RTF)", "export the references as RIS"),
    (b"\xd0\xcf\x11\xe0", "an old file of Microsoft Office", "save a table as .xlsx or CSV"),
    (b"SQLite format 3", "an SQLite database", "export it as CSV, BibTeX or RIS"),
    (b"PAR1", "a Parquet file", "write it as JSON lines or CSV"),
    (b"Obj\x01", "an Avro file", "write it as JSON lines"),
    (b"\x89HDF", "an HDF5 file", "write it as JSON lines or CSV"),
    (b"\x89PNG", "a picture", "give a dump of records"),
    (b"\xff\xd8\xff", "a picture", "give a dump of records"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it"),
    (b"Rar!", "a RAR archive", "unpack it"),
)
_ROOTS: Final = {
    "rdf": ("RDF XML of another kind than Zotero's", "export BibTeX or RIS"),
    "html": ("a web page", "export the records as RIS, BibTeX or CSV"),
    "svg": ("a picture", "give a dump of records"),
    "tei": ("TEI XML, as GROBID writes it", "let GROBID write BibTeX"),
    "sources": ("Word\u2019s list of sources", "convert it to BibTeX"),
    "rss": ("an RSS feed", "export the records"),
    "resource": ("DataCite XML", "export BibTeX or RIS"),
}
_REFWORKS = re.compile(rb"^RT [A-Z][a-z]+.*\r?\n(?:SR|ID|A1|T1) ", re.MULTILINE)
_MARC = re.compile(rb"\d{5}[acdnpo ][a-z][a-z ].{17}.*\x1e", re.DOTALL)


def foreign_kind(head: bytes) -> tuple[str, str]:
    """Returns what a file is and what to do with it; two empty texts where it is not known.

    >>> foreign_kind(b"%PDF-1.7")[0]
    'a PDF document'
    """
    start = head[:4096].lstrip()
    for beginning, kind, remedy in _BEGINNINGS:
        if start.startswith(beginning):
            return kind, remedy
    if _REFWORKS.search(start) is not None:
        return "RefWorks' tagged text", "export RIS or EndNote"
    if _MARC.match(start) is not None:
        return "a MARC file", "convert it to MODS and BibTeX (bibutils), or export RIS"
    if b"PAR1" in start[:8]:
        return "a Parquet file", "write it as JSON lines or CSV"
    return _xml_kind(head, start)


def _xml_kind(head: bytes, start: bytes) -> tuple[str, str]:
    root = root_of(head).lower()
    if root in ("collection", "record", "records") and b"loc.gov/MARC21" in head[:65536]:
        return "MARC XML", "convert it to BibTeX (bibutils), or harvest oai_dc"
    if start[:15].lower().startswith((b"<!doctype html", b"<html")):
        root = "html"
    if root in _ROOTS:
        return _ROOTS[root]
    return (f"XML with the root element {root[:60]}", "export RIS or BibTeX") if root else ("", "")
