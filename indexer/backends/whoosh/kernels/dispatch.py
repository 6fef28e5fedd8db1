"""Which inner loops answer a query: NumPy's, or those that numba compiles once they are ready.

Importing this module does not import numba (https://numba.pydata.org).
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels import address
from indexer.errors import ConfigError
from indexer.system.extras import has_module, install_command

KernelName = Literal["auto", "numpy", "numba"]
PATIENCE: Final = 20
"""Queries after which "auto" starts to compile in a thread: a command that asks a few never pays
for it. Not critical: twice as many only delay the faster loops."""


@dataclass(frozen=True, slots=True)
class Kernels:
    """The compiled loops; each is documented where it is defined."""

    union_bits: Callable[[NDArray[np.int64], NDArray[np.uint64]], int]
    top_k_of_union: Callable[..., int]
    intersect: Callable[..., int]
    bitset_to_docs: Callable[[NDArray[np.uint64], NDArray[np.int32]], int]
    count_codes: Callable[[NDArray[np.int32], NDArray[Any], NDArray[np.int64]], None]
    count_runs: Callable[..., None]
    count_distinct_keys: Callable[..., int]
    most_frequent: Callable[..., tuple[int, int]]
    count_intersection: Callable[[NDArray[np.uint64], NDArray[np.uint64]], int]
    top_ranks: Callable[..., int]
    top_keys: Callable[..., tuple[int, int, int]]
    find_docs: Callable[[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]], None]
    score_postings: Callable[..., None]
    set_bits: Callable[[NDArray[np.int32], NDArray[np.uint64]], None]
    find_block_maxima: Callable[..., None]
    sign_distances: Callable[..., None]


class KernelChoice:
    """Chooses between the NumPy and the compiled loops; safe to use from several threads.

    Under "auto" no query waits for numba: a thread loads the loops after `PATIENCE` queries, which
    takes a second (half a minute where no compiled code is cached).

    >>> KernelChoice("numpy").ready is None
    True
    """

    def __init__(self, name: KernelName = "auto") -> None:
        """Chooses by name: "numpy", "numba", or "auto" (numba where it is installed).

        Raises:
            ConfigError: for "numba" where it is not installed.
        """
        installed = has_module("numba")
        if name == "numba" and not installed:
            command = install_command("fast")
            raise ConfigError((f"search.kernels: numba is not installed; {command} installs it",))
        self._name = name
        self._queries_left = PATIENCE if name == "auto" and installed else -1
        self._lock = threading.Lock()
        self._ready: Kernels | None = None

    def opened(self) -> None:
        """Notes that an index is opened for searching; "numba" compiles its loops now."""
        with self._lock:
            if self._name == "numba" and self._ready is None:
                self._load()

    @property
    def ready(self) -> Kernels | None:
        """The compiled loops; None while NumPy's are to be used."""
        return self._ready

    def count_query(self) -> None:
        """Counts a query; under "auto" the last of `PATIENCE` starts the compiling thread."""
        if self._queries_left < 0:
            return
        with self._lock:
            self._queries_left -= 1
            if self._queries_left == 0:
                self._queries_left = -1
                threading.Thread(target=self._load, name="kernels", daemon=True).start()

    def _load(self) -> None:
        self._ready = load_kernels()


def _digest() -> str:
    """Returns a digest of what is compiled: the modules of this folder."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def load_kernels() -> Kernels:
    """Returns the loops, compiled or loaded from numba's cache.

    Each is called once with every signature that occurs, so that no query compiles anything.
    """
    from indexer.backends.whoosh.kernels import (
        facet_counts,
        intersection,
        posting_list_scores,
        union_top_k,
        vector_scan,
    )

    compiled = partial(intersection.compiled, sources=_digest())
    kernels = Kernels(
        compiled(intersection.union_bits),
        compiled(union_top_k.top_k_of_union),
        compiled(intersection.intersect),
        compiled(intersection.bitset_to_docs),
        compiled(facet_counts.count_codes),
        compiled(facet_counts.count_runs),
        compiled(facet_counts.count_distinct_keys),
        compiled(facet_counts.most_frequent),
        compiled(facet_counts.count_intersection),
        compiled(facet_counts.top_ranks),
        compiled(facet_counts.top_keys),
        compiled(intersection.find_docs),
        compiled(posting_list_scores.score_postings),
        compiled(posting_list_scores.set_bits),
        compiled(posting_list_scores.find_block_maxima),
        compiled(vector_scan.sign_distances),
    )
    docs, scores = np.arange(2, dtype=np.int32), np.ones(2)
    pointers = np.zeros(3, np.int32)
    firsts = [np.zeros((2, 4), kind) for kind in (np.uint16, np.int32)]
    mores = [np.zeros(0, first.dtype) for first in firsts]
    for array in (docs, pointers, *firsts, *mores):
        # Arrays of an index are read-only, which numba makes part of a signature.
        array.flags.writeable = False
    bits, scratch, sums = np.zeros(1, np.uint64), np.zeros(2, np.int32), np.zeros(2)
    rows: Any = np.array([(address(docs), address(scores), 2, 0, 0, 0, 0, 0, 0)] * 2)
    kernels.union_bits(rows, bits)
    kernels.top_k_of_union(rows, 1, 0, 2, bits[:0], scratch, np.zeros(2), np.zeros(1))
    kernels.intersect(rows, scratch, sums)
    kernels.bitset_to_docs(bits, scratch)
    code_counts = np.zeros(2, np.int64)
    for codes in (np.zeros(2, kind) for kind in (np.uint8, np.uint16, np.int32)):
        kernels.count_codes(docs, codes, code_counts)
    kernels.count_runs(bits, docs, docs, code_counts)
    heap, counts = np.zeros(1, np.int64), np.zeros(6, np.int32)
    for first, more in zip(firsts, mores, strict=True):
        seen = np.zeros(2, np.uint8)
        kernels.count_distinct_keys(docs, first, pointers, more, docs, seen, scratch)
        kernels.most_frequent(bits, 0, pointers, docs, first, pointers, more, scratch, counts, heap)
    kernels.count_intersection(bits, bits)
    kernels.top_ranks(code_counts, docs, docs, docs, heap, heap)
    kernels.top_keys(docs, np.zeros(3, np.int64), docs, docs, heap, heap)
    kernels.find_docs(np.zeros((1, 2), np.int64), scratch, np.zeros((1, 2), np.int64))
    tfs = np.ones(2, np.uint8)
    row, lengths = np.array([2, address(docs), *[address(tfs)] * 3]), np.zeros((3, 2), np.uint16)
    kernels.score_postings(row, lengths, np.ones((3, 1)), 1.0, 1.0, sums)
    for doc_ids in (docs, np.arange(2, dtype=np.int32)):
        kernels.set_bits(doc_ids, np.zeros(1, np.uint64))
        kernels.find_block_maxima(doc_ids, sums, np.zeros(2, np.int32), np.zeros(1))
    signs, distances = np.zeros((2, 1), np.uint64), np.zeros(2, np.uint16)
    for writeable in (True, False):
        signs.flags.writeable = writeable
        kernels.sign_distances(signs, bits, heap[:0], distances)
    for loop in (getattr(kernels, field.name) for field in fields(kernels)):
        loop.disable_compile()
    return kernels
