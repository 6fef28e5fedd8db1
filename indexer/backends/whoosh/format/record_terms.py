"""The term dictionary of record fields: which values of which papers have a word.

Terms are the keys of `indexer.record.record_fields`. A posting is a value, not a paper, so that all
words of a query can be asked of one value; values are numbered in the order of their papers.
Segments written before there was this dictionary have none of its arrays; it is then made of their
papers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.array_file import Sink, fitting
from indexer.backends.whoosh.format.segment import Ints, Lexicon
from indexer.paper import Paper
from indexer.record.record_fields import RecordValueReader

_NAME: Final = "record_terms"


@dataclass(frozen=True, slots=True)
class RecordTerms:
    """Posting lists of the words of record fields.

    Attributes:
        keys: distinct, rising.
        ptr: [keys + 1] into `values`.
        values: int32, numbers of values; rising within a key.
        docs: int32, the paper of each value, rising.
    """

    keys: Lexicon
    ptr: Ints
    values: NDArray[np.int32]
    docs: NDArray[np.int32]

    def papers_of(self, keys: Sequence[str]) -> NDArray[np.int32]:
        """Returns the papers of which one value has all these keys, rising."""
        values = [self._values_of(key) for key in keys]
        if not values:
            return np.zeros(0, np.int32)
        values.sort(key=len)
        common = reduce(_common, values)
        return np.unique(self.docs[common])

    def _values_of(self, key: str) -> NDArray[np.int32]:
        term = self.keys.find(key)
        if term < 0:
            return np.zeros(0, np.int32)
        return self.values[self.ptr[term] : self.ptr[term + 1]]

    @classmethod
    def of_papers(cls, papers: Iterable[Paper]) -> Self:
        """Returns the dictionary of papers, which are numbered in the order given."""
        reader = RecordValueReader()
        ids: dict[str, int] = {}
        terms: list[int] = []
        sizes: list[int] = []
        docs: list[int] = []
        for number, paper in enumerate(papers):
            for value in reader.values(paper):
                terms += [ids.setdefault(key, len(ids)) for key in value]
                sizes.append(len(value))
                docs.append(number)
        raws = [key.encode(errors="surrogatepass") for key in ids]
        values = np.repeat(np.arange(len(sizes)), np.array(sizes, np.int64))
        return cls._of_postings(raws, np.array(terms, np.int64), values, np.array(docs, np.int32))

    @classmethod
    def merged(cls, parts: Sequence[RecordTerms], doc_ids: Sequence[Ints]) -> Self:
        """Merges dictionaries.

        Args:
            parts: of the segments.
            doc_ids: for each part the new number of each of its papers, -1 where it is dropped.
        """
        ids: dict[bytes, int] = {}
        terms: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
        values: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
        docs: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
        first = 0
        for part, new_ids in zip(parts, doc_ids, strict=True):
            local = [ids.setdefault(raw, len(ids)) for raw in part.keys.raws()]
            terms.append(np.repeat(np.array(local, np.int64), np.diff(part.ptr)))
            values.append(part.values.astype(np.int64) + first)
            docs.append(np.asarray(new_ids[part.docs], np.int64))
            first += len(part.docs)
        owners = np.concatenate(docs)
        by_doc = np.argsort(owners, kind="stable")
        by_doc = by_doc[owners[by_doc] >= 0]
        number = np.full(len(owners), -1, np.int64)
        number[by_doc] = np.arange(len(by_doc))
        term, value = np.concatenate(terms), number[np.concatenate(values)]
        kept = value >= 0
        return cls._of_postings(list(ids), term[kept], value[kept], owners[by_doc].astype(np.int32))

    @classmethod
    def _of_postings(
        cls,
        raws: Sequence[bytes],
        terms: NDArray[np.int64],
        values: NDArray[np.int64],
        docs: NDArray[np.int32],
    ) -> Self:
        """Sorts postings, of which each is a term and a value; terms without any fall away."""
        used = np.bincount(terms, minlength=len(raws))
        rising = sorted((raw, at) for at, raw in enumerate(raws) if used[at])
        rank = np.zeros(len(raws), np.int64)
        places = np.array([at for _, at in rising], np.int64)
        rank[places] = np.arange(len(places))
        order = np.lexsort((values, rank[terms]))
        ptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(used[places])])
        keys = Lexicon.of_raws([raw for raw, _ in rising])
        return cls(keys, ptr, values[order].astype(np.int32), docs)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Returns it as arrays by name; `among` reads them back."""
        return {
            f"{_NAME}.blob": self.keys.blob,
            f"{_NAME}.ends": fitting(self.keys.ends),
            f"{_NAME}_ptr": fitting(self.ptr),
            f"{_NAME}_values": self.values,
            f"{_NAME}_docs": self.docs,
        }

    def put(self, sink: Sink) -> None:
        """Writes it among the arrays of a segment."""
        for name, array in self.arrays().items():
            sink.put(name, array)

    @classmethod
    def among(cls, arrays: Mapping[str, NDArray[Any]]) -> Self | None:
        """Returns the dictionary among the arrays of a segment; None where it has none.

        Raises:
            ValueError: when its parts do not fit each other.
        """
        if f"{_NAME}_docs" not in arrays or f"{_NAME}.blob" not in arrays:
            return None
        column = cls(
            Lexicon(arrays[f"{_NAME}.blob"], arrays[f"{_NAME}.ends"]),
            arrays[f"{_NAME}_ptr"],
            arrays[f"{_NAME}_values"],
            arrays[f"{_NAME}_docs"],
        )
        if len(column.ptr) != len(column.keys) + 1 or column.ptr[-1] != len(column.values):
            raise ValueError("its record fields do not fit")
        return column


def _common(some: NDArray[np.int32], others: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.intersect1d(some, others, assume_unique=True)
