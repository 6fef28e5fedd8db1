"""Measures the exact scan of vectors beside faiss and usearch, on the same vectors.

    python -m tests.bench --vectors 86867,1000000

The vectors are made up: points around some hundred centres in a space of 64 dimensions of falling
weight, turned into 384 and of length 1, much as sentence encoders give them. Compared are the time
of one query on one core and how many of the ten nearest by float32 are found (recall@10). Peers:
https://github.com/facebookresearch/faiss (a flat index in float32, one in eight bits) and
https://github.com/unum-cloud/usearch (exact search in eight bits).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from statistics import median
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.dispatch import KernelChoice
from indexer.meaning.quantization import SignScan, cosines, nearest_signs, quantize, signs_of

WIDTH: Final = 384
SHORTLIST: Final = 1000
QUERIES: Final = 25
NEAREST: Final = 10
_LATENT: Final = 64
Floats = NDArray[np.float32]
Ask = Callable[[Floats], NDArray[np.int64]]
"""Returns the ten nearest rows of one vector."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What was measured of one engine.

    Attributes:
        engine: its name.
        vectors: how many were scanned.
        milliseconds: median of one query.
        recall: share of the ten nearest by float32 that are found.
        megabytes: of the vectors as they are held.
    """

    engine: str
    vectors: int
    milliseconds: float
    recall: float
    megabytes: float


def made_up(count: int, seed: int) -> Floats:
    """Returns float32[count, WIDTH], rows of length 1; see the module."""
    space = np.random.default_rng(0)
    turn = space.standard_normal((_LATENT, WIDTH), np.float32)
    turn *= (1 / np.sqrt(np.arange(1, _LATENT + 1, dtype=np.float32)))[:, None]
    centres = space.standard_normal((300, _LATENT), np.float32)
    chance = np.random.default_rng(seed)
    rows = np.empty((count, WIDTH), np.float32)
    for low in range(0, count, 50_000):
        part = rows[low : low + 50_000]
        latent = centres[chance.integers(0, 300, len(part))]
        latent = latent + 0.7 * chance.standard_normal(latent.shape, np.float32)
        part[:] = latent @ turn
        part += 0.2 * chance.standard_normal(part.shape, np.float32)
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return rows


def measure(count: int, seed: int, clock: Callable[[], float] = time.process_time) -> list[Scan]:
    """Returns one row an engine; those that are not installed are left out."""
    vectors = made_up(count, seed)
    asked = made_up(QUERIES, seed + 1)
    exact = [set(np.argpartition(-(vectors @ row), NEAREST)[:NEAREST].tolist()) for row in asked]
    scans = []
    for name, megabytes, ask in _engines(vectors):
        ask(asked[0])
        times, found = [], 0
        for row, nearest in zip(asked, exact, strict=True):
            begun = clock()
            rows = ask(row)
            times.append(clock() - begun)
            found += len(nearest.intersection(rows.tolist()))
        recall = found / (NEAREST * QUERIES)
        scans.append(Scan(name, count, 1000 * median(times), recall, megabytes))
    return scans


def table(scans: list[Scan]) -> list[str]:
    """Returns the lines of a Markdown table."""
    lines = ["| vectors | engine | ms a query | recall@10 | MB |", "|--:|---|--:|--:|--:|"]
    lines += [
        f"| {scan.vectors:,} | {scan.engine} | {scan.milliseconds:.1f} | {scan.recall:.3f} "
        f"| {scan.megabytes:,.0f} |"
        for scan in scans
    ]
    return lines


def _engines(vectors: Floats) -> Iterator[tuple[str, float, Ask]]:
    coded = quantize(vectors)
    signs = signs_of(coded.codes)
    size = (coded.codes.nbytes + signs.nbytes) / 1e6

    def quiver(scan: SignScan | None) -> Ask:
        def ask(row: Floats) -> NDArray[np.int64]:
            query = quantize(row.reshape(1, -1))
            chosen = nearest_signs(signs, signs_of(query.codes), SHORTLIST, None, scan)
            near = cosines(coded.take(chosen), query)
            return chosen[np.argsort(-near, kind="stable")[:NEAREST]]

        return ask

    yield "quiver, NumPy", size, quiver(None)
    if find_spec("numba"):
        choice = KernelChoice("numba")
        choice.opened()
        if choice.ready is not None:
            yield "quiver, numba", size, quiver(choice.ready.sign_distances)
    if find_spec("faiss"):
        yield from _faiss(vectors)
    if find_spec("usearch"):
        yield _usearch(coded.codes)


def _faiss(vectors: Floats) -> Iterator[tuple[str, float, Ask]]:
    import faiss  # type: ignore[import-not-found, unused-ignore]

    faiss.omp_set_num_threads(1)
    quantizer = faiss.ScalarQuantizer.QT_8bit
    for name, index, width in (
        ("faiss, flat", faiss.IndexFlatIP(WIDTH), 4),
        (
            "faiss, 8 bits",
            faiss.IndexScalarQuantizer(WIDTH, quantizer, faiss.METRIC_INNER_PRODUCT),
            1,
        ),
    ):
        index.train(vectors[:100_000])
        index.add(vectors)

        def ask(row: Floats, index: Any = index) -> NDArray[np.int64]:
            rows: NDArray[np.int64] = index.search(row.reshape(1, -1), NEAREST)[1][0]
            return rows

        yield name, len(vectors) * WIDTH * width / 1e6, ask


def _usearch(codes: NDArray[np.int8]) -> tuple[str, float, Ask]:
    from usearch.index import MetricKind, search  # type: ignore[import-not-found, unused-ignore]

    def ask(row: Floats) -> NDArray[np.int64]:
        query = quantize(row.reshape(1, -1)).codes[0]
        matches = search(codes, query, NEAREST, MetricKind.Cos, exact=True, threads=1)
        return np.asarray(matches.keys, np.int64)

    return "usearch, 8 bits", codes.nbytes / 1e6, ask
