"""A query with a misspelt word corrects itself, visibly, where nothing has all that was typed."""

from __future__ import annotations

from dataclasses import replace

from indexer.query import Query, Repair
from indexer.results import Results
from indexer.search import Searcher
from indexer.suggestions.relaxation_text import offer_some_words
from indexer.suggestions.spelling_correction import corrects


def search_corrected(searcher: Searcher, query: Query, *, explain: bool = False) -> Results:
    """Returns the answer to a query or, where that has none, to the query that was probably meant.

    A correction applies where no paper has all that was asked for, a word of it is in no paper at
    all, and papers have all of the corrected query. The answer is then that of the corrected
    query, whose repairs say so.

    Args:
        searcher: of the collection.
        query: as typed.
        explain: whether hits say what their scores are made of.
    """
    results = searcher.search(query, explain=explain)
    changed = correction_of(results)
    if changed is not None:
        results = searcher.search(changed, explain=explain)
    return offer_some_words(searcher, results)


def correction_of(results: Results) -> Query | None:
    """Returns the corrected query that applies in place of the one answered; None where none does.

    It keeps the page that was asked for.
    """
    receipt, query = results.receipt, results.query
    full = results.total if receipt.all_words is None else receipt.all_words
    if full or not any(clause.hits == 0 for clause in receipt.clauses):
        return None
    first = next(
        (alternative for alternative in receipt.alternatives if corrects(alternative.label)), None
    )
    if first is None:
        return None
    reason = f"No paper has all of “{query.text}”, so “{first.query.text}” was searched instead."
    repair = Repair(0, len(query.text), reason)
    return replace(first.query, repairs=(repair,), page=query.page)
