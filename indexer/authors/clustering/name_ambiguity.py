"""How many people may bear each name of a collection, judged by the names alone.

A name of a frequent surname and a frequent given name is borne by many: with n names in all, s of
them with the surname and g with the given names, s·g/n people are expected to bear both where the
two are independent (cf. Torvik & Smalheiser 2009, "Author name disambiguation in MEDLINE",
https://doi.org/10.1145/1552303.1552304).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
    surnames = Counter(surname for surname, _ in read)
    given = Counter(names for _, names in read)
    shorts = [f"{surname} {names[0][:1]}" if names else surname for surname, names in read]
    kin = Counter(shorts)
    ids: dict[str, int] = {}
    total = max(1, len(read))
    return NameAmbiguity(
        bearers=np.array(
            [surnames[surname] * given[names] / total if names else 0.0 for surname, names in read],
            np.float32,
        ),
        kin=np.array([kin[short] for short in shorts], np.float32),
        given_length=np.array([sum(map(len, names)) for _, names in read], np.float32),
        initials=np.array([all(len(name) == 1 for name in names) for _, names in read], np.float32),
        short=np.array([ids.setdefault(short, len(ids)) for short in shorts], np.int32),
    )


def _surname_and_given(key: str) -> tuple[str, tuple[str, ...]]:
    """Returns surname and given names; in ASCII as `read_person` does, many times faster."""
    if key.isascii():
        bare = key.replace(" ", "").isalpha()
        words = key.split() if bare else key.translate(_PRINTED).split()
        if len(words) > 1 and words[-1].isdigit():
            words.pop()
        if not words:
            return key, ()
        if bare:
            return words[-1], tuple(words[:-1])
        joined = " ".join(words[:-1]).replace("-", " ")
        return words[-1].replace("-", ""), tuple(joined.split())
    person = read_person(key)
    return (key, ()) if person is None else (person.surname, person.given)
