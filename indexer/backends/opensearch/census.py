"""What a finished generation knows of itself, counted once before it is published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from indexer.backends.opensearch.mapping import APART, Body
from indexer.backends.opensearch.scoring import FIELDS, Collection
from indexer.paper import UNKNOWN

Ask = Callable[[Body], Body]
PAGE: Final = 10_000
MOST_VARIANTS: Final = 50_000
"""Spellings that a request can name; the cluster takes at most 65,536 terms."""


@dataclass(frozen=True, slots=True)
class Census:
    """counts of one generation; see `indexer.search.IndexInfo` and `ledger.Generation`."""

    collection: Collection
    venues: int
    authors: int
    first_year: int | None
    last_year: int | None
    spellings: dict[str, str]
    variants: tuple[str, ...]


def take_census(ask: Ask) -> Census:
    """Count a generation through `ask`, which sends it search bodies."""
    lengths = {field: {"sum": {"field": f"{field}_length"}} for field in FIELDS}
    years = {"first": {"min": {"field": "year"}}, "last": {"max": {"field": "year"}}}
    answer = ask({"size": 0, "track_total_hits": True, "aggs": {**lengths, **years}})
    papers = int(answer["hits"]["total"]["value"])
    found = answer["aggregations"]
    averages = {field: float(found[field]["value"]) / max(1, papers) for field in FIELDS}
    authors, spellings, variants = _spellings(ask)
    return Census(
        Collection(papers, averages),
        sum(value != UNKNOWN for value, _ in _values(ask, "venue")),
        authors,
        _year(found["first"]["value"]),
        _year(found["last"]["value"]),
        spellings,
        variants,
    )


def _year(value: float | None) -> int | None:
    return None if value is None else int(value)


def _spellings(ask: Ask) -> tuple[int, dict[str, str], tuple[str, ...]]:
    """Count distinct `name_key`s, and choose a spelling for those that have several.

    The last are all spellings of these, rising. Beyond `MOST_VARIANTS` of them, the names with
    fewest papers are taken as if each of their papers had the spelling that it has.
    """
    keys = 0
    last = ""
    names: dict[str, int] = {}
    several: list[tuple[int, str, dict[str, int]]] = []

    def close() -> None:
        # A bearer of the name "unknown" shares its facet value with papers without authors.
        if len(names) > 1 or (last == UNKNOWN and names):
            several.append((-sum(names.values()), last, dict(names)))

    for value, count in _values(ask, "author_spelling"):
        key, _, name = value.partition(APART)
        if key != last:
            close()
            keys, last = keys + 1, key
            names.clear()
        names[name] = count
    close()
    chosen: dict[str, str] = {}
    variants: list[str] = []
    for _, key, held in sorted(several, key=lambda one: one[:2]):
        if len(variants) + len(held) <= MOST_VARIANTS:
            chosen[key] = min(held, key=lambda name: (-held[name], name))
            variants += [*held, *([UNKNOWN] if key == UNKNOWN else [])]
    return keys, chosen, tuple(sorted(set(variants)))


def _values(ask: Ask, column: str) -> Iterator[tuple[str, int]]:
    """Give every value of a column with its number of papers, rising."""
    source: Body = {"size": PAGE, "sources": [{"value": {"terms": {"field": column}}}]}
    while True:
        body = {"size": 0, "track_total_hits": False, "aggs": {"all": {"composite": source}}}
        answer = ask(body)["aggregations"]["all"]
        for one in answer["buckets"]:
            yield str(one["key"]["value"]), int(one["doc_count"])
        if "after_key" not in answer or len(answer["buckets"]) < PAGE:
            return
        source["after"] = answer["after_key"]
