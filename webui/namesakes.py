"""Names beside an author's name: those that read the same, those that may be the same person."""

from __future__ import annotations

from dataclasses import dataclass, replace

from indexer import AuthorCluster, Suggestion, name_key, name_slug
from webui.narrowing import Narrowing


@dataclass(frozen=True, slots=True)
class Beside:
    """Another exact name.

    Attributes:
        count: papers under it.
        reasons: what speaks for one person, a phrase each; empty where the names only read the
            same.
        strength: the evidence in a word; empty without reasons.
        include: address of the page that puts its papers with those shown.
    """

    name: str
    count: int
    reasons: tuple[str, ...] = ()
    strength: str = ""
    include: str = ""


def names_beside(cluster: AuthorCluster, narrowing: Narrowing) -> tuple[Beside, ...]:
    """List the names to point at from a cluster: the strongest evidence first, then without any.

    Args:
        cluster: the names shown.
        narrowing: what the page was asked for, for the addresses.
    """
    told = {name_key(one.name) for one in cluster.same_person}
    found = [
        Beside(one.name, one.papers, _reasons(one), one.strength.value)
        for one in cluster.same_person
    ]
    found += [
        Beside(other.value, other.count)
        for other in cluster.same_folded
        if name_key(other.value) not in told
    ]
    return tuple(
        replace(one, include=narrowing.including(name_slug(one.name)).href(cluster.slug))
        for one in found
    )


def _reasons(one: Suggestion) -> tuple[str, ...]:
    evidence = one.evidence
    found = [f"the names differ in {evidence.likeness.difference}"]
    shared = evidence.coauthors
    if shared:
        more = f" and {len(shared) - 3} more" if len(shared) > 3 else ""
        found.append(f"wrote with {', '.join(shared[:3])}{more}, too")
    if evidence.venues:
        found.append(f"at {', '.join(evidence.venues[:4])}, too")
    if evidence.topics >= 0.1:
        found.append("on like subjects")
    if evidence.both:
        first, last = evidence.both
        found.append(f"both in {first}" if first == last else f"both from {first} to {last}")
    if evidence.gap >= 4:
        found.append(f"but {evidence.gap} years apart")
    if evidence.rivals:
        found.append(
            "but another name fits as well"
            if evidence.rivals == 1
            else f"but {evidence.rivals} other names fit as well"
        )
    return tuple(found)
