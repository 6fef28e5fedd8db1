"""arXiv metadata as JSON lines: the snapshot at kaggle.com/datasets/Cornell-University/arxiv."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.errors import RecordError
from indexer.formats.arxiv import NUMBER, listed_names, venue_of, year_of
from indexer.formats.json_values import Object, first_object, read_objects, text
from indexer.intake.dump import Dump
from indexer.intake.record import Read, Record
from indexer.intake.tex_letters import without_tex_letters

MOST_AUTHORS = 10_001
"""Most authors of a paper that are looked at: one more than are kept."""


def sniff(head: bytes, name: str) -> bool:
    """Recognise an arXiv number beside fields that only arXiv has."""
    del name
    record = first_object(head)
    if record is None or NUMBER.fullmatch(text(record.get("id"))) is None:
        return False
    return len(record.keys() & {"submitter", "categories", "journal-ref", "update_date"}) >= 2


def read(dump: Dump) -> Iterator[Read]:
    """Read the records."""
    for item in read_objects(dump):
        yield item if isinstance(item, RecordError) else _record(*item)


def _record(line: int, value: Object) -> Record:
    number = text(value.get("id"))
    return Record(
        line=line,
        id=number,
        title=text(value.get("title")),
        abstract=text(value.get("abstract")),
        authors=_authors(value),
        venue=venue_of(text(value.get("journal-ref"))),
        year=year_of(number) or text(value.get("update_date")),
        doi=text(value.get("doi")).split(" ")[0],
        url=f"https://arxiv.org/abs/{number}",
        keywords=tuple(text(value.get("categories")).split()),
    )


def _authors(value: Object) -> tuple[str, ...]:
    parsed = value.get("authors_parsed")
    if isinstance(parsed, list) and parsed:
        names: list[str] = []
        for parts in parsed[:MOST_AUTHORS]:
            if not isinstance(parts, list):
                return listed_names(text(value.get("authors")))
            last, first, suffix = (*(text(part) for part in parts[:3]), "", "", "")[:3]
            name = " ".join(part for part in (first, last, suffix) if part)
            names.append(without_tex_letters(name.replace(". -", ".-")))
        return tuple(names)
    return listed_names(text(value.get("authors")))
