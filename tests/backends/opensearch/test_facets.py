"""Which pages of authors are exact, though each shard gave only its commonest ones."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from indexer.backends.opensearch.facets import certain
from indexer.search import FacetRequest

SHARD = 4
"""Values that each shard gives in these examples."""


def answered(shards: list[Counter[str]]) -> dict[str, object]:
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
def test_what_is_certain_is_true(shards: list[Counter[str]], limit: int) -> None:
    answer = answered(shards)
    if not certain(answer, FacetRequest("author", limit)):
        return
    every: Counter[str] = sum(shards, Counter())
    expected = sorted(every.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
    buckets = answer["values"]["buckets"]  # type: ignore[index]
    assert [(one["key"], one["doc_count"]) for one in buckets][:limit] == expected


def test_common_authors_are_certain_and_rare_ones_are_not() -> None:
    many = Counter({"a": 90, "b": 80, "c": 3, "d": 2, "e": 2, "f": 1})
    assert certain(answered([many, many]), FacetRequest("author", 2))
    assert not certain(answered([many, many]), FacetRequest("author", 4))
    few = Counter({"a": 2, "b": 1})
    assert certain(answered([few, Counter({"c": 1})]), FacetRequest("author", 20))
