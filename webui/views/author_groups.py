"""The likely people of one name on its page: what speaks for each group, and its address."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from indexer import (
    CERTAIN_PERSON,
    LIKELY_PERSON,
    AuthorCluster,
    Group,
    group_topics,
    name_key,
    plain,
)

SHOWN: Final = 3
"""Groups that stand without being asked for."""
_TITLES: Final = 3


def group_rows(
    cluster: AuthorCluster, chosen: str, href: Callable[[Group], str]
) -> list[dict[str, Any]]:
    """Lists the groups of a name, largest first.

    Args:
        cluster: all papers of the name.
        chosen: a paper of the group that the page is about; empty where it is about all.
        href: returns the address of a group.
    """
    titles = {paper.id: plain(paper.title) for paper in cluster.papers}
    topics = group_topics(cluster.groups, titles)
    own = {name_key(name) for name in cluster.names}
    authors = {
        paper.id: {name_key(name) for name in paper.authors} - own for paper in cluster.papers
    }
    holders = _holders(cluster)
    return [
        {
            "group": group,
            "href": href(group),
            "chosen": chosen in group.papers,
            "titles": [titles[paper_id] for paper_id in group.papers[:_TITLES]],
            "topics": topics[group.key],
            "reasons": _reasons(group, authors, holders),
            "confidence": _confidence(group),
            "correction": _correction(cluster, group),
        }
        for group in cluster.groups
    ]


def likely_people(cluster: AuthorCluster) -> tuple[int, int]:
    """Returns how many people the groups are likely of, at least, and the groups that are unsure.

    A group is unsure that is more likely than not by the same person as another; all of these
    together count as one person. No group that is sure: no people are counted.
    """
    sure = sum(group.confidence >= LIKELY_PERSON for group in cluster.groups)
    unsure = len(cluster.groups) - sure
    return (sure + (unsure > 0) if sure else 0), unsure


def _holders(cluster: AuthorCluster) -> dict[str, list[tuple[int, str, Group]]]:
    """Returns the groups that each co-author is of: order, name as printed and group, by key."""
    holders: dict[str, list[tuple[int, str, Group]]] = {}
    numbered = (group for group in cluster.groups if group.number)
    pairs = ((name, group) for group in numbered for name, _ in group.coauthors)
    for order, (name, group) in enumerate(pairs):
        holders.setdefault(name_key(name), []).append((order, name, group))
    return holders


def _reasons(
    group: Group,
    authors_of: Mapping[str, set[str]],
    holders: Mapping[str, list[tuple[int, str, Group]]],
) -> list[str]:
    """Returns the evidence for a group, a phrase each.

    Args:
        group: one of a name.
        authors_of: keys of the other authors of each paper of the name.
        holders: see `_holders`.
    """
    members = set(group.papers)
    authors = {paper: authors_of[paper] for paper in members if paper in authors_of}
    counts = Counter(name for names in authors.values() for name in names)
    linked = sum(any(counts[name] > 1 for name in names) for names in authors.values())
    reasons = []
    if linked == len(members):
        reasons.append("every paper shares a co-author with another of the group")
    elif linked:
        reasons.append(f"{linked} of {len(members)} papers share a co-author with another")
    elif group.number:
        reasons.append("connected by topic, venues and years only")
    others = sorted(
        (order, name, other.number)
        for key in counts
        for order, name, other in holders.get(key, ())
        if other is not group
    )
    shared = [f"{name} with group {number}" for _, name, number in others]
    if shared:
        more = f" and {len(shared) - 2} more" if len(shared) > 2 else ""
        reasons.append(f"but it shares the co-author {', '.join(shared[:2])}{more}")
    elif group.number:
        reasons.append("no co-author in common with the other groups")
    return reasons


def _confidence(group: Group) -> str:
    """Returns in words how likely it is that none of the other groups is the same person."""
    if not group.number:
        return ""
    if group.confidence >= CERTAIN_PERSON:
        return "very likely another person"
    likely = group.confidence >= LIKELY_PERSON
    return "likely another person" if likely else "perhaps another person"


def _correction(cluster: AuthorCluster, group: Group) -> str:
    """Returns the lines for the curation file that put a group with the largest one."""
    if not group.number:
        return ""
    name = json.dumps(cluster.names[0], ensure_ascii=False)
    others = [other for other in cluster.groups if other is not group]
    lines = ["papers:"]
    for kind, pair in (("same", (others[0].key, group.key)), ("different", _two(group))):
        ids = ", ".join(json.dumps(paper, ensure_ascii=False) for paper in pair)
        lines += [f"  - name: {name}", f"    {kind}: [{ids}]"]
    return "\n".join(lines)


def _two(group: Group) -> Sequence[str]:
    return (
        group.key,
        next(paper_id for paper_id in reversed(group.papers) if paper_id != group.key),
    )
