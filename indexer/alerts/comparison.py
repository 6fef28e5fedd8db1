"""What came and what changed for an alert since its last run.

The set of papers that an alert has told is kept with a digest of each record. Where the generation
of the last run is still there, the index itself says what has come or changed since; otherwise
the papers are compared with the digests, and nothing is lost.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from indexer.alerts.alert import WatchedPage
from indexer.paper import Paper
from indexer.results import Changes
from indexer.search import Searcher
from indexer.serialization.details import details_json

REMOVED: Final = "removed"
"""Stands for the digest of a paper that is known to have left the index."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What an alert has to tell.

    Attributes:
        generation: that was looked at.
        built: when it was published, ISO 8601 in UTC.
        identity: of the index.
        digests: of all papers that the alert knows now, by id.
        new, changed: in the order of the page.
        removed: ids, of a shelf only.
    """

    generation: str
    built: str
    identity: str
    digests: Mapping[str, str]
    new: tuple[Paper, ...] = field(default=())
    changed: tuple[Paper, ...] = field(default=())
    removed: tuple[str, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.new or self.changed or self.removed)


def record_digest(paper: Paper) -> str:
    """Returns a digest of all fields of a record but its place in a dump.

    Empty fields do not count, so that one which a later version adds changes nothing.
    """
    fields = {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": list(paper.authors),
        "venue": paper.venue,
        "year": paper.year,
        "type": paper.type,
        "doi": paper.doi,
        "url": paper.url,
        "keywords": list(paper.keywords),
        "authors_cut": not paper.authors_complete,
        **details_json(paper),
    }
    kept = {name: value for name, value in fields.items() if value not in ("", None, [], False)}
    written = json.dumps(kept, ensure_ascii=True, sort_keys=True)
    return hashlib.blake2b(written.encode(), digest_size=8).hexdigest()


def baseline(page: WatchedPage, searcher: Searcher) -> Comparison:
    """Returns what an alert knows after its first run: all papers, none of them told."""
    digests = {
        paper_id: record_digest(paper)
        for paper_id in page.ids
        if (paper := searcher.get(paper_id)) is not None
    }
    return _comparison(searcher, digests)


def baseline_at(page: WatchedPage, searcher: Searcher, since: datetime) -> Mapping[str, str]:
    """Returns the digests of the papers that were there before a time, as far as known.

    A paper that came before and changed since has an empty digest: it differs from any.
    """
    digests: dict[str, str] = {}
    for paper_id in page.ids:
        times = searcher.times(paper_id)
        if times is None or instant(times.first_indexed) >= since:
            continue
        paper = searcher.get(paper_id)
        if paper is not None:
            unchanged = instant(times.last_changed) < since
            digests[paper_id] = record_digest(paper) if unchanged else ""
    return digests


def compare(
    page: WatchedPage, searcher: Searcher, digests: Mapping[str, str], changes: Changes | None
) -> Comparison:
    """Returns what is to be told of a page.

    Args:
        page: as it is now.
        searcher: of the same generation.
        digests: of the papers that the alert knows.
        changes: since the generation of `digests`; None where that is no longer there. A paper
            that is neither known nor among them matches for another reason than its record (fewer
            papers have all words, say): it is noted and not told, except on a page by label.
    """
    known = dict(digests)
    touched = None if changes is None else {*changes.added, *changes.changed}
    new: list[Paper] = []
    changed: list[Paper] = []
    for paper_id in page.ids:
        before = known.get(paper_id)
        if touched is not None and paper_id not in touched and before not in (None, "", REMOVED):
            continue
        paper = searcher.get(paper_id)
        if paper is None:
            continue
        known[paper_id] = record_digest(paper)
        if before is None or before == REMOVED:
            is_told = touched is None or paper_id in touched or before == REMOVED
            if is_told or page.is_by_label:
                new.append(paper)
        elif before != known[paper_id]:
            changed.append(paper)
    # A paper that was taken off the shelf is still in the index, and nothing is told of it.
    removed = tuple(
        paper_id for paper_id in page.missing if known.get(paper_id, REMOVED) != REMOVED
    )
    known.update(dict.fromkeys(removed, REMOVED))
    return _comparison(searcher, known, tuple(new), tuple(changed), removed)


def instant(text: str) -> datetime:
    """Reads a time of an index; one without a time zone is in UTC.

    Raises:
        ValueError: when it is none.
    """
    read = datetime.fromisoformat(text)
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)


def _comparison(
    searcher: Searcher,
    digests: Mapping[str, str],
    new: tuple[Paper, ...] = (),
    changed: tuple[Paper, ...] = (),
    removed: tuple[str, ...] = (),
) -> Comparison:
    return Comparison(
        generation=searcher.generation,
        built=searcher.info().built,
        identity=searcher.identity,
        digests=digests,
        new=new,
        changed=changed,
        removed=removed,
    )
