"""Which inner loops answer: numpy's, or those that numba compiles once they are ready."""

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

from indexer.backends.whoosh.format.ragged_arrays import SLACK, address
from indexer.errors import ConfigError
from indexer.extras import has_module, install_command

KernelName = Literal["auto", "numpy", "numba"]
PATIENCE: Final = 20
"""Queries that are answered by numpy before, under "auto", numba is made ready meanwhile."""


@dataclass(frozen=True, slots=True)
class Kernels:
    """The compiled loops; see `kernels.intersection` and the modules beside it."""

    join: Callable[[NDArray[np.int64], NDArray[np.uint64]], int]
    best_any: Callable[..., int]
    every: Callable[..., int]
    list_bits: Callable[[NDArray[np.uint64], NDArray[np.int32]], int]
    count_codes: Callable[[NDArray[np.int32], NDArray[Any], NDArray[np.int64]], None]
    count_runs: Callable[..., None]
    see_keys: Callable[..., int]
    most_frequent: Callable[..., tuple[int, int]]
    count_shared: Callable[[NDArray[np.uint64], NDArray[np.uint64]], int]
    first_ranks: Callable[..., int]
    first_keys: Callable[..., tuple[int, int, int]]
    find_papers: Callable[[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]], None]
    score_list: Callable[..., None]
    mark: Callable[[NDArray[np.int32], NDArray[np.uint64]], None]
    outline: Callable[..., None]


class KernelChoice:
    """Says which loops to use; safe to ask from several threads.

    Under "auto" a process that answers a few queries never waits for numba: one that goes on gets
    it from a thread of its own, a second later (half a minute where nothing was compiled before).
    """

    def __init__(self, name: KernelName = "auto") -> None:
        """Choose by name: "numpy", "numba", or "auto" (numba where it is installed).

        Raises:
            ConfigError: for "numba" where it is not installed.
        """
        there = has_module("numba")
        if name == "numba" and not there:
            command = install_command("fast")
            raise ConfigError((f"search.kernels: numba is not installed; {command} installs it",))
        self._name = name
        self._left = PATIENCE if name == "auto" and there else -1
        self._lock = threading.Lock()
        self._ready: Kernels | None = None

    def opened(self) -> None:
        """Note that an index is opened for searching: "numba" is made ready now."""
        with self._lock:
            if self._name == "numba" and self._ready is None:
                self._prepare()

    @property
    def ready(self) -> Kernels | None:
        """The compiled loops; None where numpy is to be used (still)."""
        return self._ready

    def asked(self) -> None:
        """Note that a query came."""
        if self._left < 0:
            return
        with self._lock:
            self._left -= 1
            if self._left == 0:
                self._left = -1
                threading.Thread(target=self._prepare, name="kernels", daemon=True).start()

    def _prepare(self) -> None:
        self._ready = prepared()


def _digest() -> str:
    """Returns a digest of what is compiled: all modules here, and the one number they import."""
    told = hashlib.blake2b(repr(SLACK).encode(), digest_size=6)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        told.update(path.read_bytes())
    return told.hexdigest()


def prepared() -> Kernels:
    """Compile the loops, or load what was compiled before: each has run once."""
    from indexer.backends.whoosh.kernels import (
        facet_counts,
        intersection,
        posting_list_scores,
        union_top_k,
    )
    from indexer.backends.whoosh.kernels import intersection as loops

    kept = partial(loops.compiled, sources=_digest())
    made = Kernels(
        kept(loops.join),
        kept(union_top_k.best_any),
        kept(loops.every),
        kept(loops.list_bits),
        kept(facet_counts.count_codes),
        kept(facet_counts.count_runs),
        kept(facet_counts.see_keys),
        kept(facet_counts.most_frequent),
        kept(facet_counts.count_shared),
        kept(facet_counts.first_ranks),
        kept(facet_counts.first_keys),
        kept(intersection.find_papers),
        kept(posting_list_scores.score_list),
        kept(posting_list_scores.mark),
        kept(posting_list_scores.outline),
    )
    docs, scores = np.arange(2, dtype=np.int32), np.ones(2)
    pointers = np.zeros(3, np.int32)
    firsts = [np.zeros((2, 4), kind) for kind in (np.uint16, np.int32)]
    mores = [np.zeros(0, one.dtype) for one in firsts]
    for given in (docs, pointers, *firsts, *mores):
        given.flags.writeable = False  # as those of an index; others may be put in their place
    bits, room, sums = np.zeros(1, np.uint64), np.zeros(2, np.int32), np.zeros(2)
    rows: Any = np.array([(address(docs), address(scores), 2, 0, 0, 0, 0, 0, 0)] * 2)
    made.join(rows, bits)
    made.best_any(rows, 1, 0, 2, bits[:0], room, np.zeros(2), np.zeros(1))
    made.every(rows, room, sums)
    made.list_bits(bits, room)
    held = np.zeros(2, np.int64)
    for codes in (np.zeros(2, kind) for kind in (np.uint8, np.uint16, np.int32)):
        made.count_codes(docs, codes, held)
    made.count_runs(bits, docs, docs, held)
    heap, counts = np.zeros(1, np.int64), np.zeros(6, np.int32)
    for first, more in zip(firsts, mores, strict=True):
        made.see_keys(docs, first, pointers, more, docs, np.zeros(2, np.uint8), room)
        made.most_frequent(bits, 0, pointers, docs, first, pointers, more, room, counts, heap)
    made.count_shared(bits, bits)
    made.first_ranks(held, docs, docs, docs, heap, heap)
    made.first_keys(docs, np.zeros(3, np.int64), docs, docs, heap, heap)
    made.find_papers(np.zeros((1, 2), np.int64), room, np.zeros((1, 2), np.int64))
    few = np.ones(2, np.uint8)
    row, lengths = np.array([2, address(docs), *[address(few)] * 3]), np.zeros((3, 2), np.uint16)
    made.score_list(row, lengths, np.ones((3, 1)), 1.0, 1.0, sums)
    for papers in (docs, np.arange(2, dtype=np.int32)):
        made.mark(papers, np.zeros(1, np.uint64))
        made.outline(papers, sums, np.zeros(2, np.int32), np.zeros(1))
    for loop in (getattr(made, one.name) for one in fields(made)):
        loop.disable_compile()
    return made
