"""What is said of a search that went on from all words to some of them (query relaxation)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from indexer.query import Match
from indexer.search import Alternative, Results, Searcher

FEW: Final = 50
"""Up to so many hits with all words, those with some of them are offered."""
SOME_WORDS: Final = "with some of the words"


def offer_some_words(searcher: Searcher, results: Results) -> Results:
    """Returns results that offer papers with some of the words, where few have all of them.

    Args:
        searcher: that gave the results.
        results: whatever was asked.
    """
    query, receipt = results.query, results.receipt
    if query.clause is None or receipt.matched != "all" or results.total > FEW:
        return results
    wider = replace(query, match=Match.ANY, page=1)
    total = searcher.count(wider)
    if total <= results.total:
        return results
    offered = (*receipt.alternatives, Alternative(SOME_WORDS, wider, total))
    return replace(results, receipt=replace(receipt, alternatives=offered))


def relaxation_sentence(results: Results) -> str:
    """Returns how many hits have all words and how many more have some; empty where all have all.

    Example:
        "3 papers have all of these words, 812 more have some of them."
    """
    receipt = results.receipt
    having = receipt.all_words
    more = results.total - (having or 0)
    if having is None or not more:
        return ""
    elsewhere = receipt.all_words_elsewhere
    if having:
        where = "Under these filters, " if elsewhere else ""
        verb, some = ("has" if number == 1 else "have" for number in (having, more))
        counted = f"{_papers(having)} {verb} all of these words"
        return f"{where}{counted}, {more:,} more {some} some of them."
    if not elsewhere:
        return "No paper has all of these words; these have some of them."
    verb = "has" if elsewhere == 1 else "have"
    return (
        "No paper under these filters has all of these words; these have some of them. "
        f"Without the filters, {_papers(elsewhere)} {verb} all of them."
    )


def _papers(number: int) -> str:
    return f"{number:,} paper{'' if number == 1 else 's'}"
