"""How good the ranking is, measured on judged collections with the product's own search.

A collection is indexed anew in a folder of its own, every query is asked as plain words, and the
answers are scored by ir_measures. Two settings are compared by Fisher's randomisation test.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from indexer.evaluation.judged import Judged, JudgedQuery, index_id
from indexer.query import Clause, Match, Part, Query, Word, Words
from indexer.search import Index, Searcher
from indexer.system.extras import require_extra

IndexFactory = Callable[[Path], Index]
"""Opens an index in an empty folder; it holds the settings that are to be measured."""
Advance = Callable[[str, int], None]
"""Told what is under way ("papers", "queries") and how many of them are done."""

MEASURES: Final = ("ndcg@10", "recall@100", "map", "mrr@10")
_RECALL: Final = "recall@100"
_RECALLED: Final = 100
"""Places that `_RECALL` looks at."""
DEPTH: Final = 1000
"""Hits of a query that are scored."""
MOST_WORDS: Final = 1024
"""Words of a query that are asked."""
_RUN_LINE: Final = re.compile(r"[^\n]+ Q0 [^\n]+ [0-9]{1,4} [0-9]{1,4} quiver\n")
ROUNDS: Final = 20_000
"""Random sign flips of a test; with fewer than 15 queries all of them are tried."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one setting does on one collection.

    Attributes:
        name: of the collection.
        scores: mean over the queries, by measure, in the order of `MEASURES`; 0 to 1.
        by_query: the same for each query, by query id.
        runs: document ids by query id, best first, at most `DEPTH`.
        papers: documents indexed.
        unjudged: queries left out because nobody judged them.
        missing: documents that were judged and are not in the collection; they count as not found.
        beside: as `scores`, of the same queries under another `Match`; empty where none was asked.
        recall_with_close: mean recall@100 where the papers listed as close in meaning
            (`Results.close`) take the last of the first hundred places; None without vectors.
    """

    name: str
    scores: Mapping[str, float]
    by_query: Mapping[str, Mapping[str, float]]
    runs: Mapping[str, tuple[str, ...]]
    papers: int
    unjudged: int
    missing: int
    beside: Mapping[str, float] = field(default_factory=dict)
    recall_with_close: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two settings on the same queries.

    Attributes:
        measure: what is compared.
        difference: mean of the second minus mean of the first.
        p_value: chance of a difference as large if both settings were the same.
        changes: second minus first by query id, those that differ, greatest gain first.
        ties: number of queries on which both are equal.
    """

    measure: str
    difference: float
    p_value: float
    changes: tuple[tuple[str, float], ...]
    ties: int


def evaluate(  # noqa: PLR0913 - one keyword a choice of the verb
    judged: Judged,
    index_factory: IndexFactory,
    *,
    match: Match = Match.ANY,
    beside: Match | None = None,
    prepare: Callable[[Index], None] | None = None,
    advance: Advance | None = None,
) -> Evaluation:
    """Indexes a collection in a temporary folder, asks all its queries, and score the answers.

    Args:
        judged: the collection.
        index_factory: opens the index.
        match: which of a query's words a paper must hold.
        beside: another `Match` to score on the same index.
        prepare: called with the index when the papers are in it.
        advance: told how far it is.

    Raises:
        DumpError: when the documents cannot be read.
        ExtraMissing: when ir_measures is not installed; nothing is indexed then.
    """
    require_extra("evaluate")
    tell = advance or (lambda _what, _done: None)
    with TemporaryDirectory(prefix="quiver-evaluate-") as folder:
        index = index_factory(Path(folder) / "index")
        own_ids: dict[str, str] = {}
        with index.writer(rebuild=True, dumps=(judged.name,)) as writer:
            for done, (identifier, paper) in enumerate(judged.papers(), start=1):
                own_ids[paper.id] = identifier
                writer.add(paper)
                tell("papers", done)
        if prepare is not None:
            prepare(index)
        with index.searcher() as searcher:

            def ask(what: str, match: Match) -> dict[str, tuple[str, ...]]:
                runs: dict[str, tuple[str, ...]] = {}
                for done, query in enumerate(judged.queries, start=1):
                    best = _best(searcher, query, match)
                    runs[query.id] = tuple(own_ids[paper_id] for paper_id in best)
                    tell(what, done)
                return runs

            others = {} if beside is None else ask(f"queries, {beside}", beside)
            runs = ask("queries", match)
            close: dict[str, tuple[str, ...]] = {}
            if searcher.meaning() is not None:
                for query in judged.queries:
                    listed = tuple(own_ids[paper_id] for paper_id in _close(searcher, query, match))
                    close[query.id] = _with_close(runs[query.id], listed)
    by_query = score_runs(judged, runs)
    judged_ids = {paper_id for query in judged.queries for paper_id in judged.judgements[query.id]}
    missing = sum(index_id(paper_id) not in own_ids for paper_id in judged_ids)
    return Evaluation(
        judged.name,
        _means(by_query),
        by_query,
        runs,
        len(own_ids),
        judged.unjudged,
        missing,
        {} if beside is None else _means(score_runs(judged, others)),
        _means(score_runs(judged, close))[_RECALL] if close else None,
    )


def _means(by_query: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    return {
        name: statistics.fmean(scored[name] for scored in by_query.values()) for name in MEASURES
    }


def plain_clause(text: str) -> Clause | None:
    """Returns plain text as a clause: its words side by side, no character an operator."""
    pieces = (piece.strip("()[]{}<>\"'`“”‘’,.;:!?*~^=+-/|&") for piece in re.split(r"\s+", text))
    words = [piece for piece in pieces if any(char.isalnum() for char in piece)]
    if len(words) < 2:
        return Word(words[0]) if words else None
    return Words(tuple(Part(Word(word)) for word in words[:MOST_WORDS]))


def score_runs(judged: Judged, runs: Mapping[str, tuple[str, ...]]) -> dict[str, dict[str, float]]:
    """Score ranked document ids by ir_measures (ir-measur.es), for each judged query.

    nDCG has linear gains; a query without answers scores 0.

    Raises:
        ExtraMissing: when ir_measures is not installed.
    """
    require_extra("evaluate")
    from ir_measures import AP, RR, Qrel, R, ScoredDoc, iter_calc, nDCG

    measures = dict(zip(MEASURES, (nDCG @ 10, R @ 100, AP, RR @ 10), strict=True))
    names = {measure: name for name, measure in measures.items()}
    asked = {query.id for query in judged.queries}
    qrels = [
        Qrel(query, document, grade)
        for query, grades in judged.judgements.items()
        if query in asked
        for document, grade in grades.items()
    ]
    ranked = [
        ScoredDoc(query, document, float(DEPTH - rank))
        for query, documents in runs.items()
        for rank, document in enumerate(documents)
    ]
    scored = {query.id: dict.fromkeys(MEASURES, 0.0) for query in judged.queries}
    for result in iter_calc(list(measures.values()), qrels, ranked):
        scored[result.query_id][names[result.measure]] = float(result.value)
    return scored


def run_lines(evaluation: Evaluation, tag: str = "quiver") -> Iterator[str]:
    """Writes the answers as a TREC run: query, Q0, document, rank from 1, score, tag."""
    for query, documents in evaluation.runs.items():
        for rank, document in enumerate(documents, start=1):
            yield f"{query} Q0 {document} {rank} {DEPTH - rank + 1} {tag}"


def holds_run(path: Path) -> bool:
    """Whether a file holds nothing but lines that `run_lines` writes under its default tag.

    Raises:
        OSError: when it cannot be read.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return all(_RUN_LINE.fullmatch(line) for line in file)


def compare(first: Evaluation, second: Evaluation, measure: str = "ndcg@10") -> Comparison:
    """Compares two settings over the queries that both answered.

    Raises:
        ValueError: when they have no query in common.
    """
    shared = [query for query in first.by_query if query in second.by_query]
    if not shared:
        raise ValueError("the two evaluations have no query in common")
    changes = {
        query: second.by_query[query][measure] - first.by_query[query][measure] for query in shared
    }
    moved = sorted(
        ((query, change) for query, change in changes.items() if abs(change) > 1e-12),
        key=lambda pair: -pair[1],
    )
    values = [change for _, change in moved]
    return Comparison(
        measure,
        math.fsum(values) / len(shared),
        randomisation_test(values),
        tuple(moved),
        len(shared) - len(moved),
    )


def randomisation_test(differences: list[float]) -> float:
    """Returns the two-sided p-value of Fisher's paired randomisation test.

    Under the null hypothesis each difference might as well have the other sign (Smucker, Allan &
    Carterette 2007, "A comparison of statistical significance tests for information retrieval
    evaluation"). Differences of 0 play no part. The seed is fixed: the same numbers, the same p.
    """
    import numpy as np

    values = np.asarray([difference for difference in differences if difference], dtype=np.float64)
    if not values.size:
        return 1.0
    observed = abs(values.sum()) - 1e-12
    if values.size < 15:
        bits = np.arange(2**values.size)[:, None] >> np.arange(values.size) & 1
        return float(np.mean(np.abs((1 - 2 * bits) @ values) >= observed))
    generator = np.random.default_rng(2007)
    reached = 1
    for _ in range(ROUNDS // 1000):
        signs = generator.choice((-1.0, 1.0), size=(1000, values.size))
        reached += int(np.count_nonzero(np.abs(signs @ values) >= observed))
    return reached / (ROUNDS + 1)


def evaluation_json(evaluation: Evaluation) -> dict[str, Any]:
    """Writes the scores as the object of ``quiver evaluate --json``."""
    scores = {name: round(score, 5) for name, score in evaluation.scores.items()}
    close = evaluation.recall_with_close
    listed = {} if close is None else {"recall@100 with close": round(close, 5)}
    return {**scores, **listed, "queries": len(evaluation.by_query)}


def comparison_json(second: Evaluation, comparisons: list[Comparison]) -> dict[str, Any]:
    """Writes what the second of two settings does better and worse, as JSON values."""
    return {
        **evaluation_json(second),
        "comparisons": [
            {
                "measure": comparison.measure,
                "difference": round(comparison.difference, 5),
                "p_value": round(comparison.p_value, 5),
                "ties": comparison.ties,
                "changes": [
                    {"query": query, "difference": round(change, 5)}
                    for query, change in comparison.changes
                ],
            }
            for comparison in comparisons
        ],
    }


def _judged_query(query: JudgedQuery, match: Match, per_page: int) -> Query | None:
    clause = plain_clause(query.text)
    if clause is None:
        return None
    return Query(text=query.text, clause=clause, match=match, per_page=per_page)


def _best(searcher: Searcher, query: JudgedQuery, match: Match) -> list[str]:
    asked = _judged_query(query, match, DEPTH)
    return [] if asked is None else list(islice(searcher.ids(asked), DEPTH))


def _close(searcher: Searcher, query: JudgedQuery, match: Match) -> list[str]:
    """Returns the papers that a page lists below its results as close in meaning."""
    asked = _judged_query(query, match, 1)
    close = () if asked is None else searcher.search(asked, facets=()).close
    return [hit.paper.id for hit in close]


def _with_close(run: tuple[str, ...], close: tuple[str, ...]) -> tuple[str, ...]:
    """Returns a run in which the papers of the list end the first hundred."""
    first = max(0, _RECALLED - len(close))
    return tuple(dict.fromkeys((*run[:first], *close, *run[first:])))[:DEPTH]
