"""Replies of OAI-PMH (www.openarchives.org/OAI/openarchivesprotocol.html): arXiv's formats, OAI-DC.

Records hold ``arXiv``, ``arXivRaw`` or Dublin Core (``dc``); Dublin Core of other repositories is
read the same way. Also the Atom feed of arXiv's search interface, which has ``entry`` elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from indexer.errors import RecordError
from indexer.formats.arxiv import NUMBER, listed_names, venue_of, year_of
from indexer.formats.xml_records import (
    child,
    children,
    inner_text,
    local_name,
    read_elements,
    root_of,
    text_at,
)
from indexer.intake.dump import Dump
from indexer.intake.names import natural_order
from indexer.intake.record import Notice, Read, Record
from indexer.intake.tex_letters import without_tex_letters

_ROOTS = frozenset(("OAI-PMH", "ListRecords", "GetRecord", "record", "records", "feed", "entry"))
_NUMBER_AT_END = re.compile(
    rf"(?:arxiv\.org/abs/|arXiv(?:\.org)?:)({NUMBER.pattern})$", re.IGNORECASE
)
_DOI = re.compile(r"(?:doi:|https?://(?:dx\.)?doi\.org/)(10\.\S+)", re.IGNORECASE)


def sniff(head: bytes, name: str) -> bool:
    """Recognise a reply, a bare record, or a feed of arXiv."""
    del name
    root = root_of(head)
    if root in ("feed", "entry"):
        return b"arxiv.org" in head
    return root in _ROOTS and (b"openarchives.org" in head or b"purl.org/dc/" in head)


def read(dump: Dump) -> Iterator[Read]:
    """Read the records; deleted ones are given as `RecordError`."""
    for item in read_elements(dump, ("record", "entry")):
        if isinstance(item, RecordError | Notice):
            yield item
            continue
        line = item.sourceline or 0
        header = child(item, "header")
        metadata = child(item, "metadata")
        inner = item if local_name(item) == "entry" else metadata
        inner = next(iter(metadata), None) if metadata is not None else inner
        if header is not None and header.get("status") == "deleted":
            yield RecordError(dump.name, line, "the repository deleted the record")
        elif inner is None:
            yield RecordError(dump.name, line, "the record has no metadata")
        elif not _is_readable(inner):
            kind = local_name(inner)
            fault = f"metadata format {kind} is not read; harvest oai_dc instead (--prefix oai_dc)"
            yield RecordError(dump.name, line, fault)
        else:
            yield _record(line, inner, text_at(header, "identifier"))


def _is_readable(inner: etree._Element) -> bool:
    """Says whether the metadata are arXiv's, an Atom entry, or hold terms of Dublin Core."""
    kind = local_name(inner)
    if kind in ("entry", "arXiv", "arXivRaw", "arXivOld") or "dc" in kind.lower():
        return True
    return any(True for _ in children(inner, "title", "creator"))


def _record(line: int, inner: etree._Element, identifier: str) -> Record:
    kind = local_name(inner)
    if kind == "entry":
        return _atom(line, inner)
    if kind in ("arXiv", "arXivRaw", "arXivOld"):
        return _arxiv(line, inner)
    return _dublin_core(line, inner, identifier)


def _arxiv(line: int, inner: etree._Element) -> Record:
    number = text_at(inner, "id")
    people = child(inner, "authors")
    if people is not None and len(people):
        parts = ("forenames", "keyname", "suffix")
        authors = tuple(
            " ".join(part for name in parts if (part := text_at(one, name))) for one in people
        )
    else:
        authors = listed_names(inner_text(people))
    return Record(
        line=line,
        id=number,
        title=text_at(inner, "title"),
        abstract=text_at(inner, "abstract"),
        authors=tuple(without_tex_letters(name) for name in authors),
        venue=venue_of(text_at(inner, "journal-ref")),
        year=year_of(number) or text_at(inner, "created"),
        doi=text_at(inner, "doi").split(" ")[0],
        url=f"https://arxiv.org/abs/{number}" if number else "",
        keywords=tuple(text_at(inner, "categories").split()),
    )


def _dublin_core(line: int, inner: etree._Element, identifier: str) -> Record:
    def every(name: str) -> list[str]:
        return [text for one in children(inner, name) if (text := inner_text(one).strip())]

    identifiers = [*every("identifier"), *every("relation")]
    numbers = (_NUMBER_AT_END.search(one) for one in (*identifiers, identifier))
    number = next((match[1] for match in numbers if match), "")
    dois = (match[1] for one in identifiers if (match := _DOI.match(one)))
    dates = sorted(every("date"))
    abstracts = (one for one in every("description") if not one.startswith("Comment:"))
    plain = [one for one in identifiers if not _DOI.match(one) and "://" not in one]
    return Record(
        line=line,
        id=number or identifier,
        title=next(iter(every("title")), ""),
        abstract=max(abstracts, key=len, default=""),
        authors=tuple(natural_order(without_tex_letters(name)) for name in every("creator")),
        venue=venue_of(plain[0] if plain else "") if number else next(iter(every("source")), ""),
        year=year_of(number) or next(iter(dates), ""),
        type=next((one.rpartition("/")[2] for one in every("type")), ""),
        doi=next(dois, ""),
        url=next((one for one in identifiers if one.startswith(("http://", "https://"))), ""),
        keywords=tuple(every("subject")),
    )


def _atom(line: int, entry: etree._Element) -> Record:
    address = text_at(entry, "id")
    number = re.sub(r"v\d+$", "", address.rpartition("/abs/")[2])
    return Record(
        line=line,
        id=number,
        title=text_at(entry, "title"),
        abstract=text_at(entry, "summary"),
        authors=tuple(text_at(one, "name") for one in children(entry, "author")),
        venue=venue_of(text_at(entry, "journal_ref")),
        year=year_of(number) or text_at(entry, "published"),
        doi=text_at(entry, "doi").split(" ")[0],
        url=f"https://arxiv.org/abs/{number}",
        keywords=tuple(one.get("term") or "" for one in children(entry, "category")),
    )
