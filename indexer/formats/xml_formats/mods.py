"""MODS, the library standard (www.loc.gov/standards/mods): files of one record or of many."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.errors import RecordError
from indexer.formats.xml_formats.mods_record import record_of
from indexer.formats.xml_formats.xml_records import read_elements, root_of
from indexer.intake.dump import Dump
from indexer.intake.record import Notice, Read


def sniff(head: bytes, name: str) -> bool:
    """Recognises the root."""
    del name
    return root_of(head) in ("mods", "modsCollection")


def read(dump: Dump) -> Iterator[Read]:
    """Reads the records."""
    for item in read_elements(dump, ("mods",)):
        if isinstance(item, RecordError | Notice):
            yield item
        else:
            yield record_of(item.sourceline or 0, item)
