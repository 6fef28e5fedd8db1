"""Certain evidence of who wrote a paper: the curation, ORCID iDs and OpenReview profiles.

Two papers of one name with the same ORCID iD, or the same id at the same source, are one person's;
with two ORCID iDs, or two OpenReview profiles, they are two people's. What people have curated goes
before both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from itertools import combinations

from indexer.author import Author
from indexer.authors.clustering.collection_arrays import Longs
from indexer.authors.clustering.same_name_clustering import Constraints
from indexer.authors.curation import CuratedPapers
from indexer.paper import Paper, name_key


class CertainEvidence:
    """Certain evidence of the papers of names; see `same_name_clustering.Evidence`."""

    def __init__(
        self,
        curated: Sequence[CuratedPapers],
        name_keys: Sequence[str],
        number: Callable[[str], int | None],
        paper: Callable[[int], Paper] | None,
    ) -> None:
        """Reads the curation.

        Args:
            curated: which papers of a name are one person's, and which are not.
            name_keys: of the collection.
            number: returns the number of a paper id.
            paper: returns the paper of a number; None where no paper tells more of its authors
                than their names.
        """
        self._name_keys = name_keys
        self._paper = paper
        self._authors: dict[int, tuple[Author, ...]] = {}
        self._curated: dict[str, dict[tuple[int, int], bool]] = {}
        self._salts: dict[str, int] = {}
        for person in curated:
            known = self._curated.setdefault(name_key(person.name), {})
            for papers, same in ((person.different, False), (person.same, True)):
                numbers = (number(paper) for paper in papers)
                ascending = sorted({each for each in numbers if each is not None})
                known.update(dict.fromkeys(combinations(ascending, 2), same))
            salt = hashlib.blake2b(repr(person).encode(), digest_size=8).digest()
            key = name_key(person.name)
            self._salts[key] = self._salts.get(key, 0) ^ int.from_bytes(salt, "little")

    def salt(self, key: str) -> int:
        """Returns 64 bits that change with the curation of a `name_key`."""
        return self._salts.get(key, 0)

    def __call__(self, name: int, papers: Longs) -> Constraints:
        """Returns the certain evidence of the papers of a name id."""
        key = self._name_keys[name]
        known: dict[tuple[int, int], bool] = {}
        if self._paper is not None:
            authors = {
                number: identified
                for number in papers.tolist()
                if (identified := self._author(number, key)) is not None
            }
            for one, other in combinations(authors, 2):
                same = same_author(authors[one], authors[other])
                if same is not None:
                    known[one, other] = same
        return known | self._curated.get(key, {})

    def _author(self, number: int, key: str) -> Author | None:
        """Returns what a paper tells of a name; None where it tells no id, or of two people."""
        if self._paper is None:
            return None
        if number not in self._authors:
            details = self._paper(number).author_details
            self._authors[number] = tuple(
                author for author in details if author.orcid or author.source_id
            )
        named = [author for author in self._authors[number] if name_key(author.name) == key]
        return named[0] if len(named) == 1 else None


def identifies_authors(paper: Paper) -> bool:
    """Returns whether a paper tells an id of any of its authors."""
    return any(author.orcid or author.source_id for author in paper.author_details)


def same_author(one: Author, other: Author) -> bool | None:
    """Returns whether two authors of one name are one person; None where their ids do not tell."""
    if one.orcid and other.orcid:
        return one.orcid == other.orcid
    if one.source_id and other.source_id:
        if one.source_id == other.source_id:
            return True
        profiles = one.source_id.startswith("~") and other.source_id.startswith("~")
        return False if profiles else None
    return None
