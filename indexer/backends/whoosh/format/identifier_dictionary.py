"""The term dictionary of identifiers: which papers of a segment have a DOI, a number, an address.

Keys are those of `indexer.record.identifier_forms`. A key that several papers have stands there
once for each. Segments written before there was a dictionary have none of its arrays; it is then
made of their papers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.array_file import Sink
from indexer.backends.whoosh.format.segment import Lexicon, Strings
from indexer.paper import Paper
from indexer.record.identifier_forms import paper_keys

KEYS: Final = "identifiers"
PAPERS: Final = "identifier_papers"


@dataclass(frozen=True, slots=True)
class IdentifierDictionary:
    """Keys of identifiers with the papers that have them.

    Attributes:
        keys: rising by UTF-8 bytes, a key repeated for each of its papers.
        papers: int32, the paper of each key; rising within a key.
    """

    keys: Lexicon
    papers: NDArray[np.int32]

    def papers_of(self, key: str) -> NDArray[np.int32]:
        """Returns the papers that have a key, rising."""
        places = self.keys.equal_range(key.encode(errors="surrogatepass"))
        return np.asarray(self.papers[places.start : places.stop])

    @classmethod
    def of_pairs(cls, keys: Sequence[bytes], papers: Sequence[int]) -> Self:
        """Sorts pairs of key and paper into a dictionary."""
        pairs = sorted(zip(keys, papers, strict=True))
        return cls(
            Lexicon.of_raws([key for key, _ in pairs]),
            np.array([paper for _, paper in pairs], np.int32),
        )

    @classmethod
    def of_papers(cls, papers: Iterable[Paper]) -> Self:
        """Returns the dictionary of papers, which are numbered in the order given."""
        keys, owners = keys_of(papers)
        return cls.of_pairs(keys.raws(), owners.tolist())

    @classmethod
    def among(cls, arrays: Mapping[str, NDArray[Any]]) -> Self | None:
        """Returns the dictionary among the arrays of a segment; None where it has none.

        Raises:
            ValueError: when its keys and its papers are not as many as each other.
        """
        if PAPERS not in arrays or f"{KEYS}.blob" not in arrays:
            return None
        dictionary = cls(Lexicon(arrays[f"{KEYS}.blob"], arrays[f"{KEYS}.ends"]), arrays[PAPERS])
        if len(dictionary.keys) != len(dictionary.papers):
            raise ValueError("its identifiers do not fit")
        return dictionary

    def put(self, sink: Sink) -> None:
        """Writes it among the arrays of a segment."""
        sink.put(f"{KEYS}.blob", self.keys.blob)
        sink.put(f"{KEYS}.ends", self.keys.ends)
        sink.put(PAPERS, self.papers)


def keys_of(papers: Iterable[Paper]) -> tuple[Strings, NDArray[np.int32]]:
    """Returns every key of some papers, paper by paper, and the paper of each, from 0."""
    keys: list[bytes] = []
    owners: list[int] = []
    for number, paper in enumerate(papers):
        here = paper_keys(paper)
        keys += [key.encode(errors="surrogatepass") for key in here]
        owners += [number] * len(here)
    return Strings.of_raws(keys), np.array(owners, np.int32)
