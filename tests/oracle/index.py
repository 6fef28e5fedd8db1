"""Snapshots of papers, and writing as a new generation."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from indexer.analysis import Analyzer
from indexer.errors import IndexLocked, IndexMissing
from indexer.generations.publishing import check_attachment
from indexer.meaning.model import SentenceEncoder
from indexer.paper import Paper, name_key
from indexer.ranking import Ranking
from indexer.results import Changes
from indexer.reviews.labels import read_labels
from indexer.search import IndexInfo, PaperTimes
from tests.oracle.document import Collection, Document
from tests.oracle.meaning import Meaning
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


@dataclass(frozen=True)
class MemoryGeneration:
    """What one generation holds."""

    papers: dict[str, Paper]
    times: dict[str, PaperTimes]
    attached: dict[str, bytes]
    info: IndexInfo


def _rising(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(ids, key=str.encode))


class MemoryIndex:
    """Keeps every generation in memory and nothing on disk."""

    def __init__(self, *, analyzer: Analyzer | None = None, ranking: Ranking | None = None) -> None:
        self.encoder: SentenceEncoder | None = None
        self.analyzer = analyzer or Analyzer()
        self.ranking = ranking or Ranking()
        self._generations: dict[str, MemoryGeneration] = {}
        self._documents: dict[Paper, Document] = {}
        self._writing = False
        self._identity = uuid.uuid4().hex

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
    def searcher(self, generation: str | None = None) -> Iterator[MemorySearcher]:
        found = self._kept(generation)
        documents = [self._document(paper) for paper in found.papers.values()]
        papers = list(found.papers.values())
        yield MemorySearcher(
            Collection(
                documents,
                self.analyzer,
                read_labels(found.attached.get("labels")),
                found.attached.get("people"),
            ),
            self.ranking,
            found.info,
            found.times,
            found.attached,
            meaning=None if self.encoder is None else Meaning(self.encoder, papers),
        )

    def has_vectors(self) -> bool:
        return self.encoder is not None

    def encode_meaning(
        self,
        encoder: SentenceEncoder,
        advance: Callable[[int, int], None] | None = None,  # noqa: ARG002 - nothing takes time
    ) -> str | None:
        """Makes a vector of each paper from now on, in every generation."""
        self.encoder = encoder
        return self.generation()

    @contextmanager
    def writer(
        self, *, rebuild: bool = False, dumps: tuple[str, ...] = ()
    ) -> Iterator[MemoryWriter]:
        if self._writing:
            raise IndexLocked("another writer is at work; wait until its block ends")
        self._writing = True
        try:
            base = None if rebuild else self._newest()
            writer = MemoryWriter(dict(base.papers), dict(base.attached)) if base else None
            writer = writer or MemoryWriter({}, {})
            yield writer
            self._publish(writer, dumps)
        finally:
            self._writing = False

    @property
    def place(self) -> str:
        return "memory"

    @property
    def in_process(self) -> bool:
        return True

    def verify(self) -> int:
        return self._kept(None).info.papers

    def rollback(self) -> str:
        names = self.published()
        if len(names) < 2:
            raise IndexMissing("there is no generation to go back to; write some papers")
        before = self._kept(names[-2])
        name = f"m{len(names) + 1:06}"
        now = datetime.now(UTC).isoformat(timespec="seconds")
        info = replace(before.info, generation=name, built=now)
        self._generations[name] = replace(before, info=info)
        return name

    def changes(self, before: str, after: str | None = None) -> Changes:
        old, new = self._kept(before).papers, self._kept(after).papers
        both = old.keys() & new.keys()
        return Changes(
            added=_rising(new.keys() - old.keys()),
            changed=_rising(
                one for one in both if replace(old[one], source="") != replace(new[one], source="")
            ),
            gone=_rising(old.keys() - new.keys()),
        )

    def _kept(self, name: str | None) -> MemoryGeneration:
        found = self._generations.get(self.generation() or "" if name is None else name)
        if found is None:
            raise IndexMissing(f"there is no generation {name or ''}; write some papers")
        return found

    def generation(self) -> str | None:
        return next(reversed(self._generations), None)

    def identity(self) -> str | None:
        return self._identity if self._generations else None

    def published(self) -> tuple[str, ...]:
        return tuple(self._generations)

    def _newest(self) -> MemoryGeneration | None:
        name = self.generation()
        return self._generations[name] if name else None

    def _document(self, paper: Paper) -> Document:
        if paper not in self._documents:
            self._documents[paper] = Document.of(paper, self.analyzer)
        return self._documents[paper]

    def _times_of(self, paper: Paper, now: str) -> PaperTimes:
        """Returns the times of a paper that is published now."""
        newest = self._newest()
        if newest is None or paper.id not in newest.papers:
            return PaperTimes(now, now)
        old, before = newest.times[paper.id], newest.papers[paper.id]
        same = replace(before, source="") == replace(paper, source="")
        return PaperTimes(old.first_indexed, old.last_changed if same else now)

    def _publish(self, writer: MemoryWriter, dumps: tuple[str, ...]) -> None:
        papers = writer.papers
        now = datetime.now(UTC).isoformat(timespec="seconds")
        years = [paper.year for paper in papers.values() if paper.year is not None]
        names = {name_key(name) for paper in papers.values() for name in paper.authors}
        info = IndexInfo(
            generation=f"m{len(self._generations) + 1:06}",
            built=now,
            papers=len(papers),
            venues=len({paper.venue for paper in papers.values() if paper.venue}),
            authors=len(names),
            first_year=min(years, default=None),
            last_year=max(years, default=None),
            bytes=0,
            dumps=dumps,
            backend="memory",
            identity=self._identity,
        )
        times = {one: self._times_of(paper, now) for one, paper in papers.items()}
        self._generations[info.generation] = MemoryGeneration(papers, times, writer.attached, info)
