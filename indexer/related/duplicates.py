"""Decisions about duplicates: which papers are one work, and which only look so.

They come from a file (`indexer.intake.duplicates_file`) and are applied by a build: of the papers
decided to be the same only the preferred one is written. Nothing is merged, so a build after the
decision was taken out of the file brings every paper back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from indexer.paper import Paper
from indexer.related.versions import Versions
from indexer.search import Searcher, Writer

ATTACHED: Final = "duplicates"
"""Name of the attachment that keeps the decisions that a generation was built with."""


@dataclass(frozen=True, slots=True)
class SameWork:
    """Papers decided to be one work.

    Attributes:
        ids: paper ids, distinct, two or more.
        preferred: the one of them that stays.
        note: why, for people.
    """

    ids: tuple[str, ...]
    preferred: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class DuplicateDecisions:
    """All decisions. No paper id is in two of the works.

    Attributes:
        different: groups of ids, no two of a group one work.
    """

    same: tuple[SameWork, ...] = ()
    different: tuple[tuple[str, ...], ...] = ()
    _work: Mapping[str, SameWork] = field(init=False, repr=False, compare=False)
    _different: frozenset[frozenset[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        work = {paper_id: decided for decided in self.same for paper_id in decided.ids}
        pairs = (frozenset(pair) for group in self.different for pair in combinations(group, 2))
        object.__setattr__(self, "_work", work)
        object.__setattr__(self, "_different", frozenset(pairs))

    def work(self, paper_id: str) -> SameWork | None:
        """Returns the decided work of a paper, or None."""
        return self._work.get(paper_id)

    def are_different(self, one: str, other: str) -> bool:
        """Whether two papers were decided to be different works."""
        return frozenset((one, other)) in self._different

    def undecided(self, groups: Iterable[Versions]) -> tuple[Versions, ...]:
        """Returns the groups without papers decided to be different from every other one."""
        kept = []
        for group in groups:
            ids = tuple(
                paper_id
                for paper_id in group.ids
                if any(
                    other != paper_id and not self.are_different(paper_id, other)
                    for other in group.ids
                )
            )
            if len(ids) > 1:
                kept.append(Versions(group.kind, ids, group.reason))
        return tuple(kept)


NO_DECISIONS: Final = DuplicateDecisions()


class DuplicateFilter:
    """Holds back the papers of a build that a decision leaves out.

    A work whose preferred paper is in no dump keeps the first of its others, so that a decision
    never loses a work.
    """

    def __init__(self, decisions: DuplicateDecisions) -> None:
        """Begins with no paper met."""
        self._decisions = decisions
        self._held: dict[str, tuple[Paper, str]] = {}
        self._met: set[str] = set()

    def admits(self, paper: Paper, source: str) -> bool:
        """Whether a paper is to be written now; others are held back until `released`.

        Args:
            paper: read from a dump.
            source: name of the dump.
        """
        decided = self._decisions.work(paper.id)
        if decided is None:
            return True
        if decided.preferred == paper.id:
            self._met.add(paper.id)
            return True
        self._held[paper.id] = (paper, source)
        return False

    def withdraw(self, paper_id: str) -> None:
        """Forgets a paper that its source deleted."""
        self._held.pop(paper_id, None)
        self._met.discard(paper_id)

    def released(self, is_there: Callable[[str], bool]) -> Iterator[Paper]:
        """Yields held papers whose work would be lost otherwise; they are held no longer.

        Args:
            is_there: whether the index already has a paper with this id.
        """
        for decided in self._decisions.same:
            held = [paper_id for paper_id in decided.ids if paper_id in self._held]
            there = decided.preferred in self._met or any(map(is_there, decided.ids))
            if held and not there:
                yield self._held.pop(held[0])[0]

    def left_out(self) -> Mapping[str, str]:
        """Returns the ids held back, each with the name of its dump."""
        return {paper_id: source for paper_id, (_, source) in self._held.items()}

    def superseded(self, is_there: Callable[[str], bool]) -> tuple[str, ...]:
        """Returns the ids to take out of an index that is updated: their preferred one is there."""
        return tuple(
            paper_id
            for decided in self._decisions.same
            if decided.preferred in self._met or is_there(decided.preferred)
            for paper_id in decided.ids
            if paper_id != decided.preferred
        )


def attach_decisions(writer: Writer, decisions: DuplicateDecisions) -> None:
    """Keeps the decisions with an index; no decisions take away what was kept."""
    body = {
        "same": [
            [list(decided.ids), decided.preferred, decided.note] for decided in decisions.same
        ],
        "different": [list(group) for group in decisions.different],
    }
    written = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    writer.attach(ATTACHED, written if decisions != NO_DECISIONS else b"")


def decisions_of(searcher: Searcher) -> DuplicateDecisions:
    """Returns the decisions that a generation was built with."""
    data = searcher.attachment(ATTACHED)
    if data is None:
        return NO_DECISIONS
    body = json.loads(data)
    same = tuple(SameWork(tuple(ids), preferred, note) for ids, preferred, note in body["same"])
    return DuplicateDecisions(same, tuple(map(tuple, body["different"])))
