"""The flow of records through the builds of an index, as a review reports it.

The numbers are those of the flow diagram of PRISMA 2020 (doi.org/10.1136/bmj.n71, figure 1) up to
screening: records identified by source, records removed by reason, records left.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Final

from indexer.search import Searcher, Writer

ATTACHED: Final = "flow"
"""Name of the attachment that keeps the flow of a generation."""
MOST_SOURCES: Final = 500
"""Sources kept one by one; those of further updates are added up."""
REASONS: Final = MappingProxyType({
    "faulty": "cannot be read as a paper", "deleted": "deleted by their source",
    "same_id": "same id as another record", "decided": "duplicates by decision",
    "updated": "replaced or deleted by later updates",
})  # fmt: skip
"""Why records of a dump are removed, in words for people."""
EARLIER: Final = "earlier builds"
"""Source of the papers of an index that an older program built and this one updated."""
_OF_SOURCE: Final = ("faulty", "deleted", "same_id", "decided")


@dataclass(frozen=True, slots=True)
class SourceFlow:
    """The records of one dump.

    Attributes:
        source: name of the dump.
        records: all that it holds.
        faulty: could not become papers.
        deleted: marks of deletion, and the records that they deleted.
        same_id: replaced a record with the same id, or was replaced.
        decided: left out by a decision, see `indexer.related.duplicates`.
    """

    source: str
    records: int
    faulty: int = 0
    deleted: int = 0
    same_id: int = 0
    decided: int = 0

    @property
    def left(self) -> int:
        """Papers that are left."""
        return self.records - self.faulty - self.deleted - self.same_id - self.decided


def flow_json(sources: Sequence[SourceFlow], papers: int) -> dict[str, Any]:
    """Returns the flow as JSON.

    Args:
        sources: in the order in which they were read.
        papers: that the index holds; fewer than were left where updates replaced some, more where
            an earlier build kept no flow: its papers are a source of their own, before the others.
    """
    left = sum(source.left for source in sources)
    if sources and papers > left:
        sources = (SourceFlow(EARLIER, papers - left), *sources)
        left = papers
    removed: dict[str, int] = {
        reason: sum(getattr(source, reason) for source in sources) for reason in _OF_SOURCE
    }
    removed["updated"] = left - papers if sources else 0
    return {
        "read": sum(source.records for source in sources),
        "removed": removed,
        "left": papers,
        "sources": [
            {
                "source": source.source,
                "read": source.records,
                "removed": {reason: getattr(source, reason) for reason in _OF_SOURCE},
                "left": source.left,
            }
            for source in sources
        ],
    }


def attach_flow(writer: Writer, sources: Sequence[SourceFlow]) -> None:
    """Keeps the flow with the generation that is written."""
    kept = [*sources[:MOST_SOURCES]]
    if rest := sources[MOST_SOURCES:]:
        sums = {
            name: sum(getattr(source, name) for source in rest) for name in ("records", *_OF_SOURCE)
        }
        kept.append(SourceFlow(f"{len(rest):,} further sources", **sums))
    body = json.dumps(
        [asdict(source) for source in kept], ensure_ascii=False, separators=(",", ":")
    )
    writer.attach(ATTACHED, body.encode())


def flow_of(searcher: Searcher) -> tuple[SourceFlow, ...]:
    """Returns the flow of a generation by source; none where an older program built it."""
    data = searcher.attachment(ATTACHED)
    return () if data is None else tuple(SourceFlow(**entry) for entry in json.loads(data))
