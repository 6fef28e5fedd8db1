"""Arrays that are not what was written are said to be, and never given to compiled loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.backends.whoosh.format.generation import (
    LoadedSegment,
    Snapshot,
    segment_from,
    store_from,
)
from indexer.backends.whoosh.searcher import WhooshSearcher
from indexer.errors import IndexDamaged
from indexer.language.parse import parse_query
from indexer.query import Match
from tests.backends.whoosh.in_memory import arrays_of
from tests.backends.whoosh.test_kernels import INFO, some_papers
from tests.backends.whoosh.test_term_scores import ANALYZER, LOOPS, opened

Damage = Callable[[NDArray[Any]], None]


def _commonest(arrays: dict[str, NDArray[Any]]) -> tuple[int, str]:
    stem = int(np.argmax(np.diff(arrays["stem_ptr"])))
    return stem, segment_from(arrays).stems[stem]


def _beyond_papers(stem: int, arrays: dict[str, NDArray[Any]]) -> tuple[str, Damage]:
    last = int(arrays["stem_ptr"][stem + 1]) - 1
    return "docs", lambda docs: docs.__setitem__(last, 10**8)


def _beyond_postings(stem: int, arrays: dict[str, NDArray[Any]]) -> tuple[str, Damage]:
    return "stem_ptr", lambda pointers: pointers.__setitem__(stem + 1, 10**8)


def _before_postings(stem: int, arrays: dict[str, NDArray[Any]]) -> tuple[str, Damage]:
    return "stem_ptr", lambda pointers: pointers.__setitem__(stem, -5)


def _unknown_venue(stem: int, arrays: dict[str, NDArray[Any]]) -> tuple[str, Damage]:
    return "venue", lambda venues: venues.__setitem__(slice(0, None, 3), 5000)


@pytest.mark.parametrize("loops", LOOPS)
@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.parametrize("match", [Match.ALL, Match.ANY])
@pytest.mark.parametrize(
    "damage", [_beyond_papers, _beyond_postings, _before_postings, _unknown_venue]
)
def test_it_is_said(
    damage: Callable[[int, dict[str, NDArray[Any]]], tuple[str, Damage]],
    match: Match,
    loops: str,
    *,
    deleted: bool,
) -> None:
    arrays = dict(arrays_of(some_papers(), ANALYZER))
    stem, word = _commonest(arrays)
    name, change = damage(stem, arrays)
    arrays[name] = arrays[name].copy()
    change(arrays[name])
    gone = np.zeros(len(arrays["year"]), np.bool_)
    gone[5] = deleted
    segment = LoadedSegment(segment_from(arrays), store_from(arrays), gone)
    searcher = WhooshSearcher(Snapshot((segment,), INFO), analyzer=ANALYZER, kernels=opened(loops))

    for text in (word, f"{word} other", f'"{word} {word}"'):
        with pytest.raises(IndexDamaged, match="quiver verify"):
            searcher.search(parse_query(text, match=match))
