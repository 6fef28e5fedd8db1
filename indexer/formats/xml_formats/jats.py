"""JATS, the journal article tag suite (jats.nlm.nih.gov): what PubMed Central and publishers give.

An element ``article``, alone or in a set.
"""

from __future__ import annotations

from collections.abc import Iterator

from indexer.errors import RecordError
from indexer.formats.xml_formats.jats_record import record_of
from indexer.formats.xml_formats.xml_records import read_elements, root_of
from indexer.intake.dump import Dump
from indexer.intake.record import Notice, Read

_ROOTS = frozenset(("article", "articles", "pmc-articleset", "sub-article"))
_MARKS = (b"<article-meta", b"<front", b"jats.nlm.nih.gov", b"JATS", b"article-type=")


def sniff(head: bytes, name: str) -> bool:
    """Recognises the root and a tag of the front matter."""
    del name
    return root_of(head) in _ROOTS and any(mark in head for mark in _MARKS)


def read(dump: Dump) -> Iterator[Read]:
    """Reads the articles."""
    for item in read_elements(dump, ("article",)):
        if isinstance(item, RecordError | Notice):
            yield item
        else:
            yield record_of(item.sourceline or 0, item)
