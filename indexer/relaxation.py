"""What is said of a search that went on from all words to some of them (query relaxation)."""

from __future__ import annotations

from indexer.search import Results


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
