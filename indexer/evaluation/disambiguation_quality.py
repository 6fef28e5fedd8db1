"""What the evidence is worth, on papers whose authors are known, beside the exact names alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from indexer.authors.collection_variants import Names, Pair
from indexer.authors.name_variants import Strength
from indexer.authors.same_name_groups import suspect_several
from indexer.evaluation.ground_truth import SEPARATE, Identity, Truth, same_people
from indexer.paper import Paper

SURE: Final = 2
"""Papers on which an id stands that tells people apart for sure."""


@dataclass(frozen=True, slots=True)
class Score:
    """How often something said is right, and how much of what there is to say is said.

    Attributes:
        shown: how often it is said at all.
        judged: how often, of these, the truth can tell.
        right: how often, of these, it is right.
        wanted: what there is to say, as far as the truth can tell.
        found: how much of that is said.
    """

    shown: int
    judged: int
    right: int
    wanted: int
    found: int

    @property
    def precision(self) -> float:
        """Share of what can be judged that is right; 0 where nothing can."""
        return self.right / self.judged if self.judged else 0.0

    @property
    def recall(self) -> float:
        """Share of what there is to say that is said; 0 where there is nothing."""
        return self.found / self.wanted if self.wanted else 0.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the evidence is worth.

    Attributes:
        names: exact names in the collection.
        strong: pairs of names said to be one person's with strong evidence.
        fair: those with strong or fair evidence.
        strong_sure, fair_sure: the same, two names taken for different people only where an id of
            each stands on `SURE` papers or more. A person whom a source counts twice has mostly
            one id on a single paper, so this leaves out most faults of the truth, and with them
            some errors about people of whom little is known.
        several: pairs of groups of one name said to be different people; wanted and found count
            names that several people bear.
        exact: pairs of appearances under one exact name, taken for one person; wanted are the
            pairs of appearances of one person.
        joined: the same, with names joined whose evidence is strong.
    """

    names: int
    strong: Score
    fair: Score
    strong_sure: Score
    fair_sure: Score
    several: Score
    exact: Score
    joined: Score


def judge(papers: Iterable[Paper], truth: Truth) -> Judgement:
    """Gathers the evidence for all names of a collection and compares it with the truth."""
    names = Names(papers)
    pairs = [pair for pair in names.pairs() if pair.evidence.strength is not Strength.WEAK]
    strong = [pair for pair in pairs if pair.evidence.strength is Strength.STRONG]
    return Judgement(
        names=len(names.papers),
        strong=_score_pairs(strong, truth),
        fair=_score_pairs(pairs, truth),
        strong_sure=_score_pairs(strong, truth, least=SURE),
        fair_sure=_score_pairs(pairs, truth, least=SURE),
        several=_score_several(names, truth),
        exact=_score_grouping({name: name for name in truth.known}, truth),
        joined=_score_grouping(_joined(strong, truth), truth),
    )


def judgement_as_json(judgement: Judgement) -> dict[str, Any]:
    """Writes a judgement as ``quiver evaluate-authors --json`` prints it."""
    return {
        "names": judgement.names,
        "same_person": {
            "strong": _score_as_json(judgement.strong),
            "strong_or_fair": _score_as_json(judgement.fair),
            "strong_sure_ids": _score_as_json(judgement.strong_sure),
            "strong_or_fair_sure_ids": _score_as_json(judgement.fair_sure),
        },
        "several_people": _score_as_json(judgement.several),
        "appearances": {
            "exact_name": _score_as_json(judgement.exact),
            "strong_joined": _score_as_json(judgement.joined),
        },
    }


def _score_as_json(score: Score) -> dict[str, float]:
    return {
        "precision": round(score.precision, 4),
        "recall": round(score.recall, 4),
        "shown": score.shown,
        "judged": score.judged,
        "right": score.right,
        "wanted": score.wanted,
        "found": score.found,
    }


def _score_pairs(pairs: Sequence[Pair], truth: Truth, *, least: int = 1) -> Score:
    papers = Counter(identity for known in truth.known.values() for identity in known.values())

    def verdict(pair: Pair) -> bool | None:
        one, other = truth.people(pair.one), truth.people(pair.other)
        if one & other:
            return True
        sure = [frozenset(who for who in both if papers[who] >= least) for both in (one, other)]
        return same_people(*sure)

    verdicts = [verdict(pair) for pair in pairs]
    right = verdicts.count(True)
    bearers: dict[Identity, set[str]] = defaultdict(set)
    for name in truth.known:
        for identity in truth.people(name):
            bearers[identity].add(name)
    wanted = {pair for names in bearers.values() for pair in combinations(sorted(names), 2)}
    return Score(len(pairs), right + verdicts.count(False), right, len(wanted), right)


def _score_several(names: Names, truth: Truth) -> Score:
    shown = judged = right = 0
    kin = Counter(person.short for person in names.people.values())
    found: set[str] = set()
    wanted = {name for name in truth.known if _has_several(truth.people(name))}
    for name, person in names.people.items():
        groups = suspect_several(name, names.papers[name], kin[person.short])
        known = truth.known.get(name, {})
        people = [
            frozenset(
                known[paper]
                for paper in group.papers
                if paper in known and known[paper].source in SEPARATE
            )
            for group in groups
        ]
        for one, other in combinations(people, 2):
            shown += 1
            verdict = same_people(one, other)
            if verdict is not None:
                judged += 1
            if verdict is False:
                right += 1
                found.add(name)
    return Score(shown, judged, right, len(wanted), len(wanted & found))


def _has_several(people: frozenset[Identity]) -> bool:
    counts = Counter(identity.source for identity in people)
    return any(counts[source] > 1 for source in SEPARATE)


def _joined(pairs: Iterable[Pair], truth: Truth) -> dict[str, str]:
    """Returns for each known name the first of the names that it is joined with."""
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root.get(name, name) != name:
            name = root[name]
        return name

    for pair in pairs:
        first, second = sorted((find(pair.one), find(pair.other)))
        root[second] = first
    return {name: find(name) for name in truth.known}


def _score_grouping(group_of: dict[str, str], truth: Truth) -> Score:
    """Scores a grouping of names by pairs of appearances, source by source."""
    cells: Counter[tuple[str, Identity]] = Counter()
    for name, known in truth.known.items():
        for identity in known.values():
            if identity.source in SEPARATE:
                cells[group_of[name], identity] += 1
    groups: Counter[tuple[str, str]] = Counter()
    people: Counter[Identity] = Counter()
    for (group, identity), count in cells.items():
        groups[group, identity.source] += count
        people[identity] += count
    right = sum(map(_pairs, cells.values()))
    said = sum(map(_pairs, groups.values()))
    return Score(said, said, right, sum(map(_pairs, people.values())), right)


def _pairs(count: int) -> int:
    return count * (count - 1) // 2
