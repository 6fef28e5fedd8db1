"""Read a dump in tests, and write what was read in the form of the golden files."""

from __future__ import annotations

import io
from typing import Any

from indexer.cleaning.clean_record import clean
from indexer.cleaning.venues import load_venues
from indexer.errors import RecordError
from indexer.formats import detect, load_formats
from indexer.intake.dump import Dump
from indexer.intake.record import Deletion, Notice
from indexer.intake.unpack import Counted, unpack
from indexer.paper import Paper
from indexer.serialization.json_objects import paper_json


def opened(name: str, data: bytes) -> Dump:
    """Open bytes as a dump of this name."""
    inside, content = next(unpack(name, Counted(io.BytesIO(data))))
    return Dump(inside, content)


def as_json(name: str, data: bytes) -> dict[str, Any]:
    """Returns format, papers, skipped records and notices; empty fields are left out."""
    dump = opened(name, data)
    format = detect(dump, load_formats())
    assert format is not None, f"no format for {name}"
    papers: list[dict[str, Any]] = []
    skipped: list[str] = []
    notices: list[str] = []
    venues = load_venues()
    for item in format.read(dump):
        if isinstance(item, Notice):
            notices.append(str(item))
            continue
        if isinstance(item, Deletion):
            skipped.append(f"{item.source}:{item.line}: the repository deleted the record")
            continue
        try:
            if isinstance(item, RecordError):
                raise item
            papers.append(_fields(clean(item, name, venues, this_year=2026).paper))
        except RecordError as error:
            skipped.append(str(error))
    return {"format": format.name, "papers": papers, "skipped": skipped, "notices": notices}


def _fields(paper: Paper) -> dict[str, Any]:
    written = paper_json(paper)
    empty = paper_json(Paper(id="", title=""))
    return {name: value for name, value in written.items() if value != empty.get(name)}
