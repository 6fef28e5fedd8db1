"""The best of many scores, and rounding that leaves no order to the last bits of a sum."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.backends.whoosh.scoring.scored_docs import candidates, rounded, rounded_score


@settings(deadline=None)
@given(
    size=st.integers(1, 5000),
    wanted=st.integers(1, 300),
    seed=st.integers(0, 10**6),
    tied=st.booleans(),
)
def test_candidates_hold_the_best_and_their_equals(
    *, size: int, wanted: int, seed: int, tied: bool
) -> None:
    chance = np.random.default_rng(seed)
    scores = chance.integers(0, 9, size).astype(float) if tied else chance.random(size) * 40 - 5
    least = np.sort(scores)[::-1][min(wanted, size) - 1]

    found = candidates(scores, min(wanted, size))

    assert set(np.flatnonzero(scores >= least)) <= set(found.tolist())
    assert (np.diff(found) > 0).all()


@given(st.lists(st.floats(-1e6, 1e6).filter(lambda one: one == 0 or abs(one) > 1e-6), min_size=1))
def test_rounding_many_is_rounding_each(scores: list[float]) -> None:
    many = rounded(np.array(scores)).tolist()
    for score, one in zip(scores, many, strict=True):
        assert abs(one - rounded_score(score)) <= abs(score) * 2e-6


def test_sums_in_another_order_round_to_equals() -> None:
    first, second = 0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1
    assert first != second
    assert rounded(np.array([first]))[0] == rounded(np.array([second]))[0]
