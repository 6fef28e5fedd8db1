"""The likely people of a name, each with the few words that tell it from the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from indexer.authors.author_profile import title_words
from indexer.authors.clustering.people_table import ATTACHED, paper_hash, read_table
from indexer.authors.disambiguation import papers_of
from indexer.authors.same_name_groups import Group, groups_of_people
from indexer.paper import Paper, name_key
from indexer.search import Searcher
from indexer.text.display import plain

LIKELY: Final = 0.5
"""Probability from which a group is likely another person than all other groups of the name."""
CERTAIN: Final = 0.8
"""Probability from which a group counts as a person of its own."""
_TOPICS: Final = 5
_LABEL: Final = 2


@dataclass(frozen=True, slots=True)
class LabelledPerson:
    """One of the likely people of a name.

    Attributes:
        name: the exact name, as it was asked for.
        number: of the group, as in its address.
        papers: number of papers of the group.
        label: topic words, or where it has none, a venue and years.
    """

    name: str
    number: int
    papers: int
    label: str


def labelled_people(
    searcher: Searcher, name: str, *, least: float = LIKELY
) -> tuple[LabelledPerson, ...]:
    """Returns the likely people of an exact name, those with most papers first.

    Args:
        searcher: the snapshot to read.
        name: any spelling of the name.
        least: probability that a group is another person than all others; less likely ones are
            left out.

    Returns:
        Two people or more; nothing where the index keeps no groups of the name, or fewer of them
        are likely enough.
    """
    data = searcher.attachment(ATTACHED)
    people = None if data is None else read_table(data).people(name_key(name))
    if people is None or sum(chance >= least for chance in people.confidence.values()) < 2:
        return ()
    papers = tuple(papers_of(searcher, name))
    groups = groups_of_people(name, papers, people)
    topics = group_topics(groups, {paper.id: plain(paper.title) for paper in papers})
    likely = [group for group in groups if group.confidence >= least]
    return tuple(
        LabelledPerson(name, group.number, len(group.papers), _label(group, topics[group.key]))
        for group in (likely if len(likely) > 1 else ())
    )


def shared_coauthor_names(
    searcher: Searcher, papers: Iterable[Paper], names: Iterable[str]
) -> dict[str, int]:
    """Returns the co-author names that stand for several people on some papers.

    Args:
        searcher: the snapshot to read.
        papers: of an author.
        names: exact names on them.

    Returns:
        By `name_key`, the number of people, two or more, as far as the index is certain of them.
        Papers in no group count as nobody's.
    """
    data = searcher.attachment(ATTACHED)
    if data is None:
        return {}
    table = read_table(data)
    known = {key: table.people(key) for key in map(name_key, names)}
    groups: dict[str, set[int]] = {key: set() for key, people in known.items() if people}
    for paper in papers:
        for key in groups.keys() & set(map(name_key, paper.authors)):
            people = known[key]
            number = people.number_of(paper_hash(paper.id)) if people is not None else 0
            if number:
                # All groups that are not certain may be one person's.
                sure = people is not None and people.confidence[number] >= CERTAIN
                groups[key].add(number if sure else 0)
    return {key: len(numbers) for key, numbers in groups.items() if len(numbers) > 1}


def group_topics(groups: Iterable[Group], titles: Mapping[str, str]) -> dict[str, list[str]]:
    """Returns by key of the group the title words that tell it from the others.

    Args:
        groups: of one name.
        titles: by paper id, without markup.
    """
    words = {
        group.key: Counter(word for paper in group.papers for word in title_words(titles[paper]))
        for group in groups
    }
    total = Counter[str]()
    for counts in words.values():
        total.update(counts)
    return {
        key: sorted(
            (word for word, count in own.items() if count > 1 and 2 * count > total[word]),
            key=lambda word: (-own[word], word),
        )[:_TOPICS]
        for key, own in words.items()
    }


def _label(group: Group, topics: list[str]) -> str:
    if topics:
        return ", ".join(topics[:_LABEL])
    years = dict.fromkeys(str(year) for year in (group.first, group.last) if year is not None)
    return ", ".join((*group.venues[:1], *filter(None, ("–".join(years),)))) or "no topic"
