"""Writes what dumps hold: papers, deletions by their source, and decisions about duplicates."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from indexer.intake.record import PAPER_ID, Deletion
from indexer.paper import Paper
from indexer.query import Query, Value
from indexer.related.duplicates import DuplicateDecisions, DuplicateFilter
from indexer.search import Searcher, Writer


class ChangeWriter:
    """Writes the changes of one build in the order in which the dumps have them."""

    def __init__(
        self, writer: Writer, base: Searcher | None, decisions: DuplicateDecisions
    ) -> None:
        """Begins with no change.

        Args:
            writer: of the index.
            base: what an update begins with; None for a build from scratch.
            decisions: about duplicates.
        """
        self._writer = writer
        self._base = base
        self._filter = DuplicateFilter(decisions)

    def add(self, paper: Paper, source: str) -> None:
        """Writes a paper, or holds it back where a decision leaves it out.

        Args:
            paper: from a dump.
            source: name of the dump.
        """
        if self._filter.admits(paper, source):
            self._writer.add(paper)

    def delete(self, deletion: Deletion, ids: Collection[str]) -> None:
        """Takes out a record that its source deleted.

        Args:
            deletion: as the source marks it.
            ids: papers of this build that it deletes.
        """
        gone = set(ids)
        if self._base is not None and not gone:
            for scheme, value in deletion.identifiers:
                if scheme == PAPER_ID:
                    gone |= {value} if self._is_there(value) else set()
                    continue
                clause = Value("identifier", f"{scheme}:{value}")
                gone.update(self._base.ids(Query(clause=clause)))
        for paper_id in sorted(gone):
            self._filter.withdraw(paper_id)
            self._writer.delete(paper_id)

    def finish(self) -> Mapping[str, str]:
        """Writes what decisions held back in vain; takes out what they leave out of an update.

        Returns:
            the ids left out of those added, each with the name of its dump.
        """
        for paper in self._filter.released(self._is_there):
            self._writer.add(paper)
        if self._base is not None:
            for paper_id in self._filter.superseded(self._is_there):
                self._writer.delete(paper_id)
        return self._filter.left_out()

    def _is_there(self, paper_id: str) -> bool:
        return self._base is not None and self._base.get(paper_id) is not None
