"""Sideways counts: every facet under all filters but its own, asked and read.

Authors are counted by spelling (a paper has one spelling for each `name_key`) and added up here:
the most frequent spelling of a key, which is shown and orders equal counts, is known for the keys
that have several (`Spellings`), and for all others is the one there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from indexer.backends.opensearch.document import bounded
from indexer.backends.opensearch.mapping import Body
from indexer.backends.opensearch.term_dictionary import EVERY_SHARD
from indexer.backends.opensearch.term_queries import year_range
from indexer.paper import UNKNOWN, name_key
from indexer.query import FacetField, Query
from indexer.search import Facet, FacetRequest, FacetValue
from indexer.text.folding import fold, forms

Spellings = Mapping[str, str]
"""For each `name_key` that is spelled in several ways the spelling most papers have."""
MOST_VALUES: Final = 60_000
"""Values of a facet that one answer can hold; the cluster gives at most 65,535."""
FEW: Final = 250
"""Up to so many authors are read from the commonest of each shard, where that is enough."""
MOST_DISTINCT: Final = 10_000
"""Up to so many distinct authors their number is exact; beyond, it is the cluster's estimate."""
SURE: Final = 2_000
"""Up to so many distinct values the cluster's estimate of their number is exact."""
_COLUMNS: Final[Mapping[FacetField, str]] = {
    "venue": "venue",
    "year": "year_value",
    "type": "type",
    "author": "author",
}


def key_of(value: str, field: FacetField) -> str:
    """Returns what a value is compared by: authors by `name_key`, all else as it is."""
    return bounded(name_key(value) if field == "author" else value)


def filter_query(query: Query, *, but: FacetField | None = None) -> Body | None:
    """Writes the filters of a query, those of one facet left out; None where there are none."""
    wanted: list[Body] = []
    taken: list[Body] = []
    years = query.years
    if but != "year" and (years.low is not None or years.high is not None):
        wanted.append(year_range(years.low, years.high))
    for facet_filter in query.filters:
        if facet_filter.field == but:
            continue
        column = _COLUMNS[facet_filter.field]
        if facet_filter.include:
            keys = sorted({key_of(value, facet_filter.field) for value in facet_filter.include})
            wanted.append({"terms": {column: keys}})
        if facet_filter.exclude:
            keys = sorted({key_of(value, facet_filter.field) for value in facet_filter.exclude})
            taken.append({"terms": {column: keys}})
    if not wanted and not taken:
        return None
    body: Body = {"filter": wanted} if wanted else {}
    if taken:
        body["must_not"] = taken
    return {"bool": body}


def facet_aggs(
    query: Query,
    requests: tuple[FacetRequest, ...],
    spellings: Spellings,
    variants: tuple[str, ...] = (),
    *,
    every: bool = False,
) -> Body:
    """Writes the counts of some facets, each under all filters but its own.

    Args:
        query: for its filters.
        requests: which facets, and how much of them.
        spellings: of the names that have several.
        variants: every spelling of these.
        every: look at every value of every shard, where the commonest of each are not enough.
    """
    return {
        f"facet_{request.field}": {
            "filter": filter_query(query, but=request.field) or {"match_all": {}},
            "aggs": _counts(query, request, spellings, variants, every=every),
        }
        for request in requests
    }


def _counts(
    query: Query,
    request: FacetRequest,
    spellings: Spellings,
    variants: tuple[str, ...],
    *,
    every: bool,
) -> Body:
    field = request.field
    column = _COLUMNS[field]
    chosen = query.filter(field)
    named = sorted({key_of(value, field) for value in (*chosen.include, *chosen.exclude)})
    aggs: Body = {}
    if field == "author":
        # A name of several spellings is counted by its key, all others by their one spelling.
        last = request.offset + request.limit
        if every or not request.limit or request.contains or last > FEW:
            aggs["values"] = values_of("author_shown", MOST_VALUES, exclude=variants)
        else:
            aggs["values"] = values_of("author_shown", 2 * FEW, exclude=variants)
            aggs["values"]["terms"] |= {"shard_size": 2 * FEW, "show_term_doc_count_error": True}
        if spellings:
            aggs["spelled"] = values_of(column, len(spellings), include=sorted(spellings))
        aggs["distinct"] = {"cardinality": {"field": column, "precision_threshold": 40_000}}
    else:
        aggs["values"] = values_of(column, MOST_VALUES)
    if named:
        aggs["named"] = values_of(column, len(named), include=named)
    return aggs


def values_of(
    column: str,
    size: int,
    include: str | list[str] | None = None,
    exclude: tuple[str, ...] = (),
) -> Body:
    """Counts the papers of each value of a column, exactly, most papers first.

    Args:
        column: of the mapping.
        size: most values to give.
        include: only these values, or those that fit a regular expression.
        exclude: not these values.
    """
    body: Body = {
        "field": column,
        "size": size,
        "shard_size": EVERY_SHARD,
        "order": [{"_count": "desc"}, {"_key": "asc"}],
    }
    if include is not None:
        body["include"] = include
    if exclude:
        body["exclude"] = list(exclude)
    return {"terms": body}


@dataclass(frozen=True, slots=True)
class FacetFacts:
    """What is known beside the counts.

    Attributes:
        spellings: of the generation.
        chosen: how the authors that filters name are shown, by key.
        distinct: exact number of authors, where the estimate is not sure.
        some: papers with some of the words by key, for keys that filters name and of which no paper
            has all words.
    """

    spellings: Spellings
    chosen: Spellings
    distinct: int | None = None
    some: Mapping[str, int] = field(default_factory=dict)


def unmet(answer: Body, query: Query, request: FacetRequest) -> list[str]:
    """Returns the keys that the filters of a facet name and that no counted paper has."""
    chosen = query.filter(request.field)
    named = {key_of(value, request.field) for value in (*chosen.include, *chosen.exclude)}
    return sorted(named - {str(bucket["key"]) for bucket in _buckets(answer, "named")})


def named_aggs(query: Query, request: FacetRequest, keys: list[str]) -> Body:
    """Counts the papers of some keys of a facet, under all filters but its own."""
    return {
        "some": {
            "filter": filter_query(query, but=request.field) or {"match_all": {}},
            "aggs": {"named": values_of(_COLUMNS[request.field], len(keys), include=keys)},
        }
    }


def named_counts(answer: Body) -> dict[str, int]:
    """Reads the answer to `named_aggs`."""
    return {
        str(bucket["key"]): int(bucket["doc_count"]) for bucket in _buckets(answer["some"], "named")
    }


def read_facet(answer: Body, query: Query, request: FacetRequest, known: FacetFacts) -> Facet:
    """Reads one facet from the answer to `facet_aggs`.

    Args:
        answer: the aggregations of the facet.
        query: whose filters say what is selected.
        request: what to show.
        known: what else is needed.
    """
    field = request.field
    counts, shown = _read_counts(answer, field, known.spellings)
    chosen = query.filter(field)
    named = {key_of(value, field): value for value in (*chosen.exclude, *chosen.include)}
    exact = {str(bucket["key"]): int(bucket["doc_count"]) for bucket in _buckets(answer, "named")}
    for key, value in named.items():
        counts[key] = exact.get(key, 0)
        if key not in shown:
            shown[key] = known.chosen.get(key, value) if field == "author" else key
    part = fold(request.contains).text

    def fits(key: str) -> bool:
        return any(part in form for form in forms(shown[key]))

    fitting = [key for key, count in counts.items() if count and fits(key)]
    order = _order(field, counts, shown)
    fitting.sort(key=order)
    last = request.offset + request.limit if request.limit else None
    page = fitting[request.offset : last]
    page += [key for key in named if key not in page]
    counts |= known.some
    page.sort(key=order)
    included = {key_of(value, field) for value in chosen.include}
    excluded = {key_of(value, field) for value in chosen.exclude}
    values = tuple(
        FacetValue(shown[key], counts[key], key in included, key in excluded) for key in page
    )
    total = len(fitting)
    if field == "author" and not request.contains:
        total = int(answer["distinct"]["value"]) if known.distinct is None else known.distinct
    return Facet(field, values, total + sum(map(fits, known.some)))


def foremost(answer: Body, request: FacetRequest) -> list[str] | None:
    """Returns the values that may be on a page, where each shard gave only its commonest ones.

    A value that a shard did not give may have as many papers there as the last one that it gave;
    the cluster tells how many that are, of each value and of those that no shard gave. So the
    count of a value is at least what was told, and at most that much more.

    Returns:
        the values whose counts have to be asked for; none where all are exact, None where values
        that were not told may be on the page.
    """
    values = answer.get("values", {})
    buckets = values.get("buckets", [])
    unseen = int(values.get("doc_count_error_upper_bound", 0))
    told = [
        (
            str(bucket["key"]),
            int(bucket["doc_count"]),
            int(bucket.get("doc_count_error_upper_bound", 0)),
        )
        for bucket in buckets
    ]
    if not unseen and not any(missed for _, _, missed in told):
        return []
    last = request.offset + request.limit
    if len(told) < last:
        return None
    least = told[last - 1][1]
    behind = told[-1][1] if len(told) >= 2 * FEW else 0
    if behind + unseen >= least:
        return None
    return [value for value, count, missed in told if count + missed >= least]


def unsure(answer: Body, request: FacetRequest) -> bool:
    """Returns whether the number of distinct values has to be counted by itself."""
    return (
        request.field == "author"
        and not request.contains
        and SURE < int(answer["distinct"]["value"]) <= MOST_DISTINCT
    )


def _read_counts(
    answer: Body, field: FacetField, spellings: Spellings
) -> tuple[Counter[str], dict[str, str]]:
    """Returns the count of each key, and how each is shown."""
    counts: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for bucket in _buckets(answer, "values"):
        value = str(bucket["key"])
        key = key_of(value, field)
        if key not in spellings:
            counts[key] += int(bucket["doc_count"])
            shown[key] = value
    for bucket in _buckets(answer, "spelled"):
        key = str(bucket["key"])
        counts[key] = int(bucket["doc_count"])
        shown[key] = spellings[key]
    return counts, shown


def _buckets(answer: Body, name: str) -> list[Body]:
    buckets: list[Body] = answer.get(name, {}).get("buckets", [])
    return buckets


def _order(
    field: FacetField, counts: Mapping[str, int], shown: Mapping[str, str]
) -> Callable[[str], tuple[int, int, str]]:
    def year(key: str) -> tuple[int, int, str]:
        return (key == UNKNOWN, -int(key) if key.isdecimal() and len(key) < 10 else 1, key)

    def count(key: str) -> tuple[int, int, str]:
        return (-counts[key], 0, shown[key])

    return year if field == "year" else count
