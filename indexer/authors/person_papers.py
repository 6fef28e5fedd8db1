"""The papers of one likely person of a name, for the clause ``author:"Yang Liu"#3``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from indexer.authors.clustering.people_table import paper_hash, read_table

NO_TABLE: Final = "this index keeps no groups of the papers of a name, so no paper matches"
NO_GROUPS: Final = "the papers of this name are in no groups, so no paper matches"
NO_NUMBER: Final = "no group of this name has number {}, so no paper matches"
MOVED: Final = "group {} is part of group {} now"
WHOLE: Final = "group {} is all papers of the name now"


@dataclass(frozen=True, slots=True)
class PersonPapers:
    """The papers of a group of an exact name.

    Attributes:
        ids: of the papers.
        note: what a reader should know of them; empty where the group is as it was asked for.
    """

    ids: tuple[str, ...] = field(default=(), repr=False)
    note: str = ""


def papers_of_person(
    table: bytes | None, key: str, number: int, ids_by: Callable[[str], Iterable[str]]
) -> PersonPapers:
    """Returns the papers of one of the likely people of a name.

    Args:
        table: the table of people of the generation; None where it has none.
        key: the `name_key`.
        number: of the group; one that was given up stands for the group that it leads to.
        ids_by: returns the ids of the papers of a `name_key`, deleted ones allowed.

    Raises:
        IndexDamaged: when the table cannot be read.
    """
    if table is None:
        return PersonPapers(note=NO_TABLE)
    people = read_table(table).people(key)
    if people is None:
        return PersonPapers(note=NO_GROUPS)
    current = people.current(number)
    if current is None:
        return PersonPapers(note=NO_NUMBER.format(number))
    ids = dict.fromkeys(ids_by(key))
    if not current:
        return PersonPapers(tuple(ids), WHOLE.format(number))
    members = people.groups[current]
    papers = tuple(paper_id for paper_id in ids if paper_hash(paper_id) in members)
    return PersonPapers(papers, MOVED.format(number, current) if current != number else "")
