"""Snapshots of papers, and writing as a new generation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from indexer.analysis import Analyzer
from indexer.attachment import check_attachment
from indexer.errors import IndexLocked, IndexMissing
from indexer.paper import Paper, name_key
from indexer.ranking import Ranking
from indexer.search import IndexInfo, PaperTimes
from tests.oracle.document import Collection, Document
from tests.oracle.searcher import MemorySearcher


class MemoryWriter:
    """Changes to a copy of the papers."""

    def __init__(self, papers: dict[str, Paper], attached: dict[str, bytes]) -> None:
        self.papers = papers
        self.attached = attached

    def add(self, paper: Paper) -> None:
        self.papers[paper.id] = paper

    def delete(self, paper_id: str) -> bool:
        return self.papers.pop(paper_id, None) is not None

    def attach(self, name: str, data: bytes) -> None:
        check_attachment(name, data)
        self.attached.pop(name, None)
        if data:
            self.attached[name] = data


class MemoryIndex:
    """Keeps the newest generation in memory and nothing on disk."""

    def __init__(self, *, analyzer: Analyzer | None = None, ranking: Ranking | None = None) -> None:
        self.analyzer = analyzer or Analyzer()
        self.ranking = ranking or Ranking()
        self._papers: dict[str, Paper] = {}
        self._times: dict[str, PaperTimes] = {}
        self._attached: dict[str, bytes] = {}
        self._documents: dict[Paper, Document] = {}
        self._info: IndexInfo | None = None
        self._number = 0
        self._writing = False

    @classmethod
    def of(
        cls,
        papers: Iterable[Paper],
        *,
        analyzer: Analyzer | None = None,
        ranking: Ranking | None = None,
    ) -> MemoryIndex:
        """Make an index that holds these papers."""
        index = cls(analyzer=analyzer, ranking=ranking)
        with index.writer() as writer:
            for paper in papers:
                writer.add(paper)
        return index

    @contextmanager
    def searcher(self) -> Iterator[MemorySearcher]:
        if self._info is None:
            raise IndexMissing("nothing was published yet; write some papers first")
        documents = [self._document(paper) for paper in self._papers.values()]
        yield MemorySearcher(
            Collection(documents, self.analyzer),
            self.ranking,
            self._info,
            self._times,
            self._attached,
        )

    @contextmanager
    def writer(
        self, *, rebuild: bool = False, dumps: tuple[str, ...] = ()
    ) -> Iterator[MemoryWriter]:
        if self._writing:
            raise IndexLocked("another writer is at work; wait until its block ends")
        self._writing = True
        try:
            writer = MemoryWriter(
                {} if rebuild else dict(self._papers), {} if rebuild else dict(self._attached)
            )
            yield writer
            self._attached = writer.attached
            self._publish(writer.papers, dumps)
        finally:
            self._writing = False

    def generation(self) -> str | None:
        return self._info.generation if self._info else None

    def _document(self, paper: Paper) -> Document:
        if paper not in self._documents:
            self._documents[paper] = Document.of(paper, self.analyzer)
        return self._documents[paper]

    def _times_of(self, paper: Paper, now: str) -> PaperTimes:
        """Give the times of a paper that is published now."""
        old, before = self._times.get(paper.id), self._papers.get(paper.id)
        if old is None or before is None:
            return PaperTimes(now, now)
        same = replace(before, source="") == replace(paper, source="")
        return PaperTimes(old.first_indexed, old.last_changed if same else now)

    def _publish(self, papers: dict[str, Paper], dumps: tuple[str, ...]) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._number += 1
        self._times = {one: self._times_of(paper, now) for one, paper in papers.items()}
        self._papers = papers
        years = [paper.year for paper in papers.values() if paper.year is not None]
        names = {name_key(name) for paper in papers.values() for name in paper.authors}
        self._info = IndexInfo(
            generation=f"m{self._number:06}",
            built=now,
            papers=len(papers),
            venues=len({paper.venue for paper in papers.values() if paper.venue}),
            authors=len(names),
            first_year=min(years, default=None),
            last_year=max(years, default=None),
            bytes=0,
            dumps=dumps,
            backend="memory",
        )
