"""Sets with scores: every way they are put together, against plain sets and dicts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.backends.whoosh.query.boolean import Workspace
from indexer.backends.whoosh.scoring.scored_docs import ScoredDocs

SIZE = 400
EVERY = np.arange(SIZE, dtype=np.int32)
numbers = st.sets(st.integers(0, SIZE - 1), max_size=120)


@st.composite
def matches(draw: st.DrawFn) -> ScoredDocs:
    docs = np.array(sorted(draw(numbers)), np.int32)
    if draw(st.booleans()):
        return ScoredDocs(docs, negated=draw(st.booleans()))
    scores = np.array([draw(st.sampled_from((0.5, 1.0, 2.0))) for _ in docs], np.float64)
    return ScoredDocs(docs, scores, positive=draw(st.booleans()))


def plain(one: ScoredDocs) -> dict[int, float]:
    """Write a set out as paper -> score."""
    docs = one.docs.tolist()
    if one.negated:
        return dict.fromkeys(set(range(SIZE)) - set(docs), 0.0)
    scores = [0.0] * len(docs) if one.scores is None else one.scores.tolist()
    return dict(zip(docs, scores, strict=True))


@given(st.lists(matches(), min_size=1, max_size=5))
def test_every_is_intersection_with_added_scores(parts: list[ScoredDocs]) -> None:
    desk = Workspace(SIZE)
    expected = plain(parts[0])
    for part in map(plain, parts[1:]):
        expected = {doc: score + part[doc] for doc, score in expected.items() if doc in part}

    assert plain(desk.intersect(parts)) == pytest.approx(expected)
    assert clean(desk)


@given(st.lists(matches(), min_size=1, max_size=5))
def test_either_is_union_with_added_scores(parts: list[ScoredDocs]) -> None:
    desk = Workspace(SIZE)
    expected: dict[int, float] = {}
    for part in map(plain, parts):
        for doc, score in part.items():
            expected[doc] = expected.get(doc, 0.0) + score

    assert plain(desk.unite(parts, EVERY)) == pytest.approx(expected)
    assert clean(desk)


@given(matches(), matches().filter(lambda one: not one.negated))
def test_preferred_takes_nothing_away(found: ScoredDocs, wished: ScoredDocs) -> None:
    desk = Workspace(SIZE)
    more = plain(wished)

    result = plain(desk.add_optional(found, wished, EVERY))

    assert result == pytest.approx({d: s + more.get(d, 0.0) for d, s in plain(found).items()})
    assert clean(desk)


def clean(desk: Workspace) -> bool:
    """Whether the room is left as it was found; what stays would be in the next answer."""
    return not desk.sums.any() and not desk.marks.any()
