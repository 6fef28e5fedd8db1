"""Which authors a page may show, though each shard gave only its commonest ones."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.backends.opensearch import facets
from indexer.backends.opensearch.facets import foremost
from indexer.search import FacetRequest

SHARD = 4
"""Values that each shard gives in these examples."""


def answered(shards: list[Counter[str]]) -> dict[str, Any]:
    """What a cluster of these shards answers, see InternalTerms.reduce."""
    given = [sorted(one.items(), key=lambda pair: (-pair[1], pair[0]))[:SHARD] for one in shards]
    least = [
        part[-1][1] if len(part) < len(shard) else 0
        for part, shard in zip(given, shards, strict=True)
    ]
    counts: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for part in given:
        counts.update(dict(part))
    for key in counts:
        missed[key] = sum(
            gap for part, gap in zip(given, least, strict=True) if key not in dict(part)
        )
    ranked = sorted(counts, key=lambda key: (-counts[key], key))[:SHARD]
    return {
        "values": {
            "doc_count_error_upper_bound": sum(least),
            "buckets": [
                {"key": key, "doc_count": counts[key], "doc_count_error_upper_bound": missed[key]}
                for key in ranked
            ],
        }
    }


shards = st.lists(
    st.dictionaries(st.sampled_from("abcdefghij"), st.integers(1, 12), max_size=10).map(Counter),
    min_size=1,
    max_size=3,
)


@given(shards, st.integers(1, 3))
def test_the_page_is_among_those_that_are_counted_again(
    shards: list[Counter[str]], limit: int
) -> None:
    answer = answered(shards)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(facets, "FEW", SHARD // 2)
        doubtful = foremost(answer, FacetRequest("author", limit))
    every: Counter[str] = sum(shards, Counter())
    expected = sorted(every.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
    if doubtful:
        assert {key for key, _ in expected} <= set(doubtful)
    elif doubtful is not None:
        buckets = answer["values"]["buckets"]
        assert [(one["key"], one["doc_count"]) for one in buckets][:limit] == expected


def test_common_authors_are_found_and_rare_ones_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facets, "FEW", SHARD // 2)
    many = Counter({"a": 90, "b": 80, "c": 9, "d": 2, "e": 2, "f": 1})
    some = Counter({"b": 80, "c": 9, "g": 3, "e": 2, "f": 1})
    answer = answered([many, some])
    assert foremost(answer, FacetRequest("author", 2)) == ["b", "a"]
    assert foremost(answer, FacetRequest("author", 3)) == ["b", "a", "c"]
    assert foremost(answer, FacetRequest("author", 4)) is None
    few = Counter({"a": 2, "b": 1})
    assert foremost(answered([few, Counter({"c": 1})]), FacetRequest("author", 20)) == []
