"""How many people may bear each name of a collection, judged by the names alone.

A name of a frequent surname and a frequent given name is borne by many: with n names in all, s of
them with the surname and g with the given names, s·g/n people are expected to bear both where the
two are independent (cf. Torvik & Smalheiser 2009, "Author name disambiguation in MEDLINE",
https://doi.org/10.1145/1552303.1552304).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.authors.clustering.collection_arrays import Floats, Ints
from indexer.authors.person_name import read_person

_PRINTED = str.maketrans(dict.fromkeys(".,'*()†‡§¶", " "))


@dataclass(frozen=True, slots=True)
class NameAmbiguity:
    """Statistics of each name, in the order of the names.

    Attributes:
        bearers: float32, expected number of people with this surname and these given names.
        kin: float32, names with the same surname and initial, the name itself among them.
        given_length: float32, letters of all given names.
        initials: float32, 1 where all given names are initials, else 0.
        short: int32, an id for each surname with an initial.
    """

    bearers: Floats
    kin: Floats
    given_length: Floats
    initials: Floats
    short: Ints


def measure_ambiguity(name_keys: Sequence[str]) -> NameAmbiguity:
    """Returns the statistics of names, each a `name_key`."""
    read = [_surname_and_given(key) for key in name_keys]
    surname = _numbered(surname for surname, _ in read)
    given = _numbered(given for _, given in read)
    short = _numbered(f"{surname} {given[:1]}" for surname, given in read)
    words = np.array([given.count(" ") + 1 for _, given in read], np.int32)
    letters = np.array([len(given) for _, given in read], np.int32) - words + 1
    # Where no given name is known, nobody else is expected to bear the name.
    both = np.bincount(surname)[surname] * np.bincount(given)[given] * (letters > 0)
    return NameAmbiguity(
        bearers=(both / max(1, len(read))).astype(np.float32),
        kin=np.bincount(short)[short].astype(np.float32),
        given_length=letters.astype(np.float32),
        initials=(letters <= words).astype(np.float32),
        short=short,
    )


def _numbered(strings: Iterable[str]) -> Ints:
    """Returns a number for each string, from 0, equal ones the same."""
    ids: dict[str, int] = {}
    return np.array([ids.setdefault(string, len(ids)) for string in strings], np.int32)


def _surname_and_given(key: str) -> tuple[str, str]:
    """Returns surname and given names; in ASCII as `read_person` does, many times faster."""
    if key.isascii():
        if key.replace(" ", "").isalpha():
            given, _, surname = key.rpartition(" ")
            return surname, given
        words = key.translate(_PRINTED).split()
        if len(words) > 1 and words[-1].isdigit():
            words.pop()
        if not words:
            return key, ""
        surname = words.pop().replace("-", "")
        return surname, " ".join(" ".join(words).replace("-", " ").split())
    person = read_person(key)
    return (key, "") if person is None else (person.surname, " ".join(person.given))
