"""What makes a paper come first, in numbers: BM25F and the signals on top of it.

BM25F adds up a term's frequency over the fields, each weighted and normalised by the field's
length, before it saturates (Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework:
BM25 and Beyond", section 3.6):

    tf'(t, d) = sum over fields f of  w_f * tf(t, d, f) / (1 - b_f + b_f * len(d, f) / avglen(f))
    score(t, d) = idf(t) * tf' * (k1 + 1) / (k1 + tf')
    idf(t) = ln(1 + (N - n_t + 0.5) / (n_t + 0.5))

with N the papers of the collection, n_t those that hold the term in any field, and avglen the
mean over all papers. On the best few hundred papers, signals that can only add are applied (after
Metzler & Croft 2005, "A Markov Random Field Model for Term Dependencies"):

    final(d) = score(d) * (1 + coverage * c + title_match * j^2) + sum over a, b of closeness(a, b)
    closeness(a, b) = max(idf a, idf b) * (ordered * sat(o) + window * sat(w))
    sat(x) = x * (k1 + 1) / (k1 + x)

over the q distinct terms of the query that are words of the text and not negated, in its order,
and over each two neighbours a, b among them: c is the share of them that the paper holds, each
counted by its idf; j = m / (q + l - m) where m of them stand in the title and l is the title's
length, so that a query which is the whole title counts double; o is how often b begins right where
a ends, and w how many pairs of an a and a b begin less than `WINDOW` places apart, whichever comes
first, both in one field and counted over title and abstract together. With a single term only j
takes part. So no paper can sink below one that was not looked at.

Where words of the query may be missing (`Match.ANY`), two things more are done. A word typed with
hyphens is scored as one ("non-invasive"), and each of its parts beside it, `parts` times a word of
its own, in all papers that are found anyway; the q terms above are then its parts in its place. And
the best papers lead on to others like them: with q > 1, to the final scores of the papers looked at
is added

    feedback * q * sum over w of  P(w) * score(w, d)
    P(w) ~ sum over the best papers r of  final(r) * tf(w, r) / (words(r) + 100)

over the 20 stems w of highest P in title and abstract of the 10 best r, P adding up to 1 over these
20 (`indexer.query_analysis.relevance_model`); score(w, d) counts title and abstract only. That is
RM3 as a signal: a weight of 0.3 is RM3's 0.23, the share of what counts that is the words of the
papers.

Where the index has vectors and the query is a text (`indexer.query_analysis.meaning_text`), the
last feature is meaning: to each of the papers looked at is added

    meaning * max(score) * max(0, cos(query, d)) / max(cos)

over the papers looked at: with a weight of 1 words and meaning count the same. To the sum

    neighbours / (1 - neighbours) * mean of the sums of the ten nearest to d

of the best hundred of them is added (of itself, behind these), since papers close to one another in
meaning answer the same queries (Diaz 2005, "Regularizing ad hoc retrieval scores",
https://doi.org/10.1145/1099554.1099722). The order is that of (1 - neighbours) * sum + neighbours
* mean, but no score sinks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

WINDOW: Final = 8
"""Two words this many places apart, or more, are not close."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The weights of the ranking; defaults are those that did best over eleven collections.

    Attributes:
        k1: how soon more of the same word counts no more; above 0.
        title_weight, abstract_weight, author_weight: w_f of the fields.
        title_b, abstract_b, author_b: how much a field's length matters, 0 to 1.
        ordered: weight of two query words next to each other in order.
        window: weight of two query words within eight positions.
        coverage: weight of the share of the query's words a paper holds.
        title_match: weight of the likeness of query and title (j^2 above).
        parts: weight of the parts of a compound, where words may be missing.
        feedback: weight of the words that the best papers share, where words may be missing.
        depth: how many of the best papers the signals look at; 0 = none of these.
        meaning: weight of the likeness of meaning, where the index has vectors.
        neighbours: share of a score that is that of the papers nearest in meaning, there; below 1.
        enough: how many papers of the collection must have all bare words for `Match.AUTO` to show
            these only; fewer come first, and papers with some of the words follow.
    """

    k1: float = 1.5
    title_weight: float = 3.0
    abstract_weight: float = 1.0
    author_weight: float = 1.0
    title_b: float = 0.75
    abstract_b: float = 0.75
    author_b: float = 0.75
    ordered: float = 0.2
    window: float = 0.05
    coverage: float = 0.1
    title_match: float = 1.0
    parts: float = 0.5
    feedback: float = 0.3
    meaning: float = 1.0
    neighbours: float = 0.3
    depth: int = 200
    enough: int = 10


BM25F = Ranking(
    ordered=0.0,
    window=0.0,
    coverage=0.0,
    title_match=0.0,
    parts=0.0,
    feedback=0.0,
    meaning=0.0,
    neighbours=0.0,
    depth=0,
)
"""BM25F and nothing else, for comparison with other engines."""


def idf(papers: int, holding: int) -> float:
    """Returns the inverse document frequency of a term; never negative.

    Args:
        papers: papers in the collection.
        holding: papers that hold the term in any field, at most `papers`.
    """
    return math.log1p((papers - holding + 0.5) / (holding + 0.5))
