"""Long texts, such as an abstract that is pasted: reduced to their most distinctive words.

A word tells the more the oftener it stands in the text and the rarer it is in the collection
(tf-idf; Salton & Buckley 1988, "Term-weighting approaches in automatic text retrieval",
https://doi.org/10.1016/0306-4573(88)90021-0).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace
from typing import Final

from indexer.analysis import STOP_WORDS
from indexer.query import Match, Part, Query, Repair, Word, Words
from indexer.query_analysis.plain_text import MOST_WORDS
from indexer.search import Searcher
from indexer.text.folding import fold

KEPT_WORDS: Final = 12
"""Words that are searched for; more make the query slower and its best papers no better."""
MOST_CANDIDATES: Final = 24
"""Words whose papers are counted: the most frequent of the text, of equals the longest. With 40
reading took a half longer; papers came first for their own abstract with both (38 and 37 asked)."""
_WORD: Final = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_OPERATOR: Final = re.compile(
    r"(?:^|\s)(?:AND|OR|NOT|ANDNOT)\s"
    r"|(?:^|[\s(])(?:title|abstract|author|venue|year|type|id|doi|has|no|all):\S"
)


def read_long_text(query: Query, searcher: Searcher) -> Query:
    """Returns a query of the most distinctive words of a long text; a short one as it is.

    Args:
        query: as parsed.
        searcher: of the collection; asked how many papers have each word.
    """
    words = _words_of(query)
    if len(words) <= MOST_WORDS or query.match is Match.ALL:
        return query
    counts = Counter(word.casefold() for word in words)
    asked = [
        word
        for word in counts
        if len(word) > 2 and not word.isdigit() and fold(word).text not in STOP_WORDS
    ]
    asked.sort(key=lambda word: (-counts[word], -len(word)))
    papers = max(1, searcher.count(Query()))
    weights = {}
    for word in asked[:MOST_CANDIDATES]:
        holding = searcher.count(Query(clause=Word(word)))
        if holding:
            weights[word] = (1 + math.log(counts[word])) * math.log1p(papers / holding)
    best = set(sorted(weights, key=lambda word: (-weights[word], word))[:KEPT_WORDS])
    if len(best) < 2:
        return query
    kept = [word for word in dict.fromkeys(words) if word.casefold() in best]
    kept = list({word.casefold(): word for word in reversed(kept)}.values())[::-1]
    reason = (
        f"Of the {len(words):,} words of this text, the {len(kept)} most distinctive are searched "
        f"for: {', '.join(kept)}."
    )
    return replace(
        query,
        clause=Words(tuple(Part(Word(word)) for word in kept)),
        repairs=(Repair(0, len(query.text), reason),),
    )


def _words_of(query: Query) -> list[str]:
    """Returns the words of a query's text; none of one with operators or fields."""
    if len(query.text) < 2 * MOST_WORDS or query.clause is None:
        return []
    return [] if _OPERATOR.search(query.text) else _WORD.findall(query.text)
