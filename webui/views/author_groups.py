"""The likely people of one name on its page: what speaks for each group, and its address."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from indexer import AuthorCluster, Group, name_key, plain, title_words

SHOWN: Final = 3
"""Groups that stand without being asked for."""
_TITLES: Final = 3
_WORDS: Final = 5
_LIKELY: Final = 0.5
_VERY_LIKELY: Final = 0.8


def group_rows(
    cluster: AuthorCluster, chosen: str, href: Callable[[Group], str]
) -> list[dict[str, Any]]:
    """List the groups of a name, largest first.

    Args:
        cluster: all papers of the name.
        chosen: a paper of the group that the page is about; empty where it is about all.
        href: returns the address of a group.
    """
    titles = {paper.id: plain(paper.title) for paper in cluster.papers}
    topics = _topics(cluster, titles)
    return [
        {
            "group": group,
            "href": href(group),
            "chosen": chosen in group.papers,
            "titles": [titles[one] for one in group.papers[:_TITLES]],
            "topics": topics[group.key],
            "reasons": _reasons(cluster, group),
            "confidence": _confidence(group),
            "correction": _correction(cluster, group),
        }
        for group in cluster.groups
    ]


def _topics(cluster: AuthorCluster, titles: Mapping[str, str]) -> dict[str, list[str]]:
    """Returns the title words that tell each group from the others, most telling first."""
    words = {
        group.key: Counter(word for paper in group.papers for word in title_words(titles[paper]))
        for group in cluster.groups
    }
    total = sum(words.values(), Counter[str]())
    return {
        key: sorted(
            (word for word, count in own.items() if count > 1 and 2 * count > total[word]),
            key=lambda word: (-own[word], word),
        )[:_WORDS]
        for key, own in words.items()
    }


def _reasons(cluster: AuthorCluster, group: Group) -> list[str]:
    """Returns the evidence for a group, a phrase each."""
    own = {name_key(name) for name in cluster.names}
    members = set(group.papers)
    authors = {
        paper.id: {name_key(name) for name in paper.authors} - own
        for paper in cluster.papers
        if paper.id in members
    }
    counts = Counter(name for names in authors.values() for name in names)
    linked = sum(any(counts[name] > 1 for name in names) for names in authors.values())
    reasons = []
    if linked == len(members):
        reasons.append("every paper shares a co-author with another of the group")
    elif linked:
        reasons.append(f"{linked} of {len(members)} papers share a co-author with another")
    elif group.number:
        reasons.append("connected by topic, venues and years only")
    shared = [
        f"{name} with group {other.number}"
        for other in cluster.groups
        if other is not group and other.number
        for name, _ in other.coauthors
        if name_key(name) in counts
    ]
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
    if group.confidence >= _VERY_LIKELY:
        return "very likely a person of its own"
    return "likely a person of its own" if group.confidence >= _LIKELY else "perhaps a person"


def _correction(cluster: AuthorCluster, group: Group) -> str:
    """Returns the lines for the curation file that put a group with the largest one."""
    if not group.number:
        return ""
    name = json.dumps(cluster.names[0], ensure_ascii=False)
    others = [one for one in cluster.groups if one is not group]
    lines = ["papers:"]
    for kind, pair in (("same", (others[0].key, group.key)), ("different", _two(group))):
        ids = ", ".join(json.dumps(paper, ensure_ascii=False) for paper in pair)
        lines += [f"  - name: {name}", f"    {kind}: [{ids}]"]
    return "\n".join(lines)


def _two(group: Group) -> Sequence[str]:
    return (group.key, next(one for one in reversed(group.papers) if one != group.key))
