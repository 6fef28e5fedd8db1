"""Names beside an author's name: those that read the same, those that may be the same person."""

from __future__ import annotations

from dataclasses import dataclass

from indexer import AuthorCluster, Suggestion, name_key


@dataclass(frozen=True, slots=True)
class Beside:
    """Another exact name.

    Attributes:
        count: papers under it.
        reasons: what speaks for one person, a phrase each; empty where the names only read the
            same.
        strength: the evidence in a word; empty without reasons.
    """

    name: str
    count: int
    reasons: tuple[str, ...] = ()
    strength: str = ""


def names_beside(cluster: AuthorCluster) -> tuple[Beside, ...]:
    """List the names to point at from a cluster: those that fold to the same name first."""
    suggested = {name_key(one.name): one for one in cluster.same_person}
    found: list[Beside] = []
    for other in cluster.same_folded:
        one = suggested.pop(name_key(other.value), None)
        strength = one.strength.value if one else ""
        found.append(Beside(other.value, other.count, _reasons(one) if one else (), strength))
    found += [
        Beside(one.name, one.papers, _reasons(one), one.strength.value)
        for one in suggested.values()
    ]
    return tuple(found)


def _reasons(one: Suggestion) -> tuple[str, ...]:
    evidence = one.evidence
    found: list[str] = []
    shared = evidence.coauthors
    if shared:
        more = f" and {len(shared) - 3} more" if len(shared) > 3 else ""
        found.append(f"wrote with {', '.join(shared[:3])}{more}, too")
    if evidence.venues:
        found.append(f"at {', '.join(evidence.venues[:4])}, too")
    if evidence.topics >= 0.1:
        found.append("on like subjects")
    if evidence.gap >= 4:
        found.append(f"but {evidence.gap} years apart")
    if evidence.rivals:
        found.append(
            "but another name fits as well"
            if evidence.rivals == 1
            else f"but {evidence.rivals} other names fit as well"
        )
    return tuple(found)
