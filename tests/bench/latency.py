"""Interleaved rounds: every engine answers every question once a round, in changing order."""

from __future__ import annotations

import gc
import random
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from tests.bench.engines import Hits
from tests.bench.questions import Question

Answer = Callable[[Question], Hits | None]


@dataclass(frozen=True, slots=True)
class Latency:
    """How long one engine takes for one class of questions, in milliseconds.

    Attributes:
        ratios: the reference engine's median is in 1; of each round this engine's median divided
            by the reference's, rising.
        found: median number of matches, -1 where the engine does not count.
    """

    engine: str
    kind: str
    p50: float
    p95: float
    p99: float
    ratios: tuple[float, ...]
    found: float


def measure(
    engines: Mapping[str, Answer],
    questions: list[Question],
    rounds: int,
    reference: str,
    clock: Callable[[], float] = time.perf_counter,
) -> list[Latency]:
    """Ask all questions of all engines, `rounds` times after one that warms up.

    Args:
        engines: by name.
        questions: of all classes.
        rounds: how often each is timed.
        reference: the engine the others are compared with.
        clock: gives seconds; `time.thread_time` leaves out what other processes take.
    """
    taken: dict[tuple[str, str, int], list[float]] = defaultdict(list)
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    names = list(engines)
    order = random.Random(0)
    for round_ in range(rounds + 1):
        for question in questions:
            order.shuffle(names)
            for name in names:
                gc.disable()
                started = clock()
                hits = engines[name](question)
                seconds = clock() - started
                gc.enable()
                if hits is not None and round_:
                    taken[name, question.kind, round_].append(seconds * 1000)
                    found[name, question.kind].append(hits[0])
    kinds = list(dict.fromkeys(question.kind for question in questions))
    return [
        _summed(
            name,
            kind,
            [taken[name, kind, round_] for round_ in range(1, rounds + 1)],
            [taken[reference, kind, round_] for round_ in range(1, rounds + 1)],
            found[name, kind],
        )
        for kind in kinds
        for name in engines
        if found[name, kind]
    ]


def measure_first(
    engines: Mapping[str, Callable[[], Answer]],
    questions: list[Question],
    reference: str,
    clock: Callable[[], float] = time.perf_counter,
) -> list[Latency]:
    """Ask each question once of engines just opened, whose caches know nothing of its words.

    What an engine makes for its first question of all is not counted: before it comes another one,
    of a common word that is not in it.

    Args:
        engines: what opens them, by name.
        questions: of all classes; those of one common word come before others.
        reference: the engine the others are compared with.
        clock: gives seconds.

    Returns:
        One for each class and engine, the class named as in "kw, first".
    """
    taken: dict[tuple[str, str], list[float]] = defaultdict(list)
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    others = sorted(questions, key=lambda one: one.kind != "one_common")
    for question in questions:
        words = set(question.words)
        before = next((one for one in others if not words & set(one.words)), None)
        gc.collect()
        for name, opened in engines.items():
            answer = opened()
            if before is not None:
                answer(before)
            gc.disable()
            started = clock()
            hits = answer(question)
            seconds = clock() - started
            gc.enable()
            if hits is not None:
                taken[name, question.kind].append(seconds * 1000)
                found[name, question.kind].append(hits[0])
    return [
        _summed(
            name,
            f"{kind}, first",
            [taken[name, kind]],
            [taken[reference, kind] or taken[name, kind]],
            found[name, kind],
        )
        for kind in dict.fromkeys(question.kind for question in questions)
        for name in engines
        if found[name, kind]
    ]


def _summed(
    name: str,
    kind: str,
    mine: list[list[float]],
    theirs: list[list[float]],
    found: list[int],
) -> Latency:
    """Sum up one engine's times of one class, a list a round, beside the reference's."""
    every = sorted(one for times in mine for one in times)
    last = len(every) - 1
    pairs = zip(mine, theirs, strict=True)
    return Latency(
        name,
        kind,
        median(every),
        every[int(0.95 * last)],
        every[int(0.99 * last)],
        tuple(sorted(median(one) / median(other) for one, other in pairs)),
        median(found),
    )
