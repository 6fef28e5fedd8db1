"""What a score is made of in a cluster: plain frequencies, and three small scripts on top.

The cluster's own BM25 cannot be used: it knows one length a field, kept in one lossy byte, and
`combined_fields` one saturation over one summed length, where BM25F (`indexer.ranking`) wants each
field normalised on its own before they are summed and saturated. So a stream's similarity gives
just the number of times a term stands in it; a script weighs it by field; a script over the sum
saturates; and the last one rounds, so that ties are ties (see `rounded`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from indexer.backends.opensearch.mapping import Body
from indexer.query import TextField
from indexer.ranking import Ranking, idf

FIELDS: Final[tuple[TextField, ...]] = ("title", "abstract", "author")

WEIGH: Final = (
    "_score * params.weight / (1 - params.b + params.b * doc[params.length].value / params.average)"
)
SATURATE: Final = "params.weight * _score * (params.k1 + 1) / (params.k1 + _score)"
ROUND: Final = (
    "if (_score <= 0) return 0;"
    " double scale = Math.pow(10, 5 - Math.floor(Math.log10(_score)));"
    " return Math.rint(_score * scale) / scale;"
)
NOTHING: Final[Body] = {"match_none": {}}
EVERYTHING: Final[Body] = {"constant_score": {"filter": {"match_all": {}}, "boost": 0}}


@dataclass(frozen=True, slots=True)
class Collection:
    """What scoring knows of all papers together.

    Attributes:
        papers: how many there are.
        averages: mean length of each field, in words that count.
    """

    papers: int
    averages: Mapping[TextField, float]


@dataclass(frozen=True, slots=True)
class Scoring:
    """BM25F over one collection, written as queries."""

    collection: Collection
    ranking: Ranking

    def weighed(self, frequency: Body, field: TextField) -> Body:
        """Weighs a query that scores frequencies in one field, and normalises by its length."""
        weight = getattr(self.ranking, f"{field}_weight")
        b = getattr(self.ranking, f"{field}_b")
        average = self.collection.averages[field]
        if not average or not b:
            return _script(frequency, "_score * params.weight", {"weight": weight})
        params = {"weight": weight, "b": b, "length": f"{field}_length", "average": average}
        return _script(frequency, WEIGH, params)

    def norm(self, field: TextField, length: int) -> float:
        """Returns what one occurrence in a field of this length counts."""
        weight = float(getattr(self.ranking, f"{field}_weight"))
        b = float(getattr(self.ranking, f"{field}_b"))
        average = self.collection.averages[field]
        return weight / (1 - b + b * length / average) if average and b else weight

    def saturated(self, fields: list[Body], holding: int, boost: float) -> Body:
        """Scores one term from its weighed fields, `holding` papers holding it."""
        weight = idf(self.collection.papers, min(holding, self.collection.papers)) * boost
        summed = fields[0] if len(fields) == 1 else either(fields)
        return _script(summed, SATURATE, {"weight": weight, "k1": self.ranking.k1})


def rounded(query: Body) -> Body:
    """Round scores to six significant digits: the order of a sum must not order papers."""
    return _script(query, ROUND, {})


def quiet(query: Body) -> Body:
    """Lets a query match and score nothing."""
    return {"constant_score": {"filter": query, "boost": 0}}


def either(queries: list[Body]) -> Body:
    """At least one of these; scores add up."""
    if len(queries) == 1:
        return queries[0]
    return {"bool": {"should": queries, "minimum_should_match": 1}} if queries else NOTHING


def every(queries: list[Body]) -> Body:
    """All of these; scores add up."""
    if len(queries) == 1:
        return queries[0]
    return {"bool": {"must": queries}} if queries else EVERYTHING


def _script(query: Body, source: str, params: Mapping[str, object]) -> Body:
    script: Body = {"source": source}
    if params:
        script["params"] = dict(params)
    return {"script_score": {"query": query, "script": script}}
