"""Which papers match a tree, and with what score."""

from __future__ import annotations

from functools import cached_property

from indexer.query import And, Clause, Leaf, Match, Not, Occur, Or, Part, TextField, Word, Words
from indexer.ranking import Ranking, idf
from tests.oracle.document import Collection, Document
from tests.oracle.reading import Terms, about_words, read, shares_of, speaking
from tests.oracle.terms import FIELDS, Found, Term

Scores = dict[int, float]
"""The matching papers, by their place in the collection, and the score of each."""


class Matching:
    """Evaluates trees over one collection; remembers what it found for each leaf."""

    def __init__(self, collection: Collection, ranking: Ranking) -> None:
        self.collection = collection
        self.ranking = ranking
        self._found: dict[Term, dict[int, Found]] = {}
        self._leaves: dict[Leaf, Scores] = {}

    def ask(self, clause: Clause | None) -> None:
        """Note which query is answered: its patterns share its budget of words."""
        shares = shares_of(clause, self.collection)
        if shares != self.collection.shares:
            self.collection.shares = shares
            self._leaves = {}

    @cached_property
    def everything(self) -> Scores:
        return dict.fromkeys(range(len(self.collection.documents)), 0.0)

    def scores(self, clause: Clause | None, match: Match) -> Scores:
        """Evaluate a tree under "all" or "any"."""
        read_as = speaking(clause, self.collection)
        return self.everything if read_as is None else self._scores(read_as, match)

    def _scores(self, clause: Clause, match: Match) -> Scores:
        match clause:
            case Words(parts):
                return self._words(parts, match)
            case And(clauses):
                return _all([self._scores(one, match) for one in clauses], self.everything)
            case Or(clauses):
                return _any([self._scores(one, match) for one in clauses])
            case Not(inner):
                return _without(self.everything, self._scores(inner, match))
            case _:
                return self.leaf(clause)

    def _words(self, parts: tuple[Part, ...], match: Match) -> Scores:
        needed: list[Scores] = []
        wanted: list[Scores] = []
        hinted: list[Scores] = []
        free = False
        result = self.everything
        for part in parts:
            scores = self._scores(part.clause, match)
            if part.occur is Occur.EXCLUDED:
                result = _without(result, scores)
            elif part.occur is Occur.REQUIRED:
                needed.append(scores)
                free = free or about_words(part.clause)
            elif match is Match.ALL or not about_words(part.clause):
                needed.append(scores)
            else:
                wanted.append(scores)
                hinted += self._parts(part.clause)
        result = _all(needed, result)
        if wanted and not free:
            result = _all([_any(wanted)], result)
            wanted = []
        for scores in (*wanted, *hinted):
            result = {paper: score + scores.get(paper, 0) for paper, score in result.items()}
        return result

    def _parts(self, clause: Clause) -> list[Scores]:
        """Score the parts of the compounds of a word: they may add, and are never needed."""
        asked = read(clause, self.collection) if isinstance(clause, Word) else None
        if not isinstance(asked, Terms):
            return []
        factor = self.ranking.parts * asked.boost
        return [
            {paper: score * factor for paper, score in self._term(part).items()}
            for parts in asked.parts
            for part in parts
        ]

    def leaf(self, leaf: Leaf) -> Scores:
        """Evaluate one leaf on its own; nothing where it says nothing."""
        if leaf not in self._leaves:
            self._leaves[leaf] = self._leaf(leaf)
        return self._leaves[leaf]

    def _leaf(self, leaf: Leaf) -> Scores:
        asked = read(leaf, self.collection)
        if asked is None:
            return {}
        if not isinstance(asked, Terms):
            papers = enumerate(self.collection.documents)
            return {at: 0.0 for at, document in papers if asked(document.paper)}
        each = [self._term(term) for term in asked.terms]
        summed = _all(each, self.everything)
        return {paper: score * asked.boost for paper, score in summed.items()}

    def found(self, term: Term) -> dict[int, Found]:
        """Look a term up in every paper; only those that hold it are given."""
        if term not in self._found:
            every = (
                (at, term.find(document, self.collection))
                for at, document in enumerate(self.collection.documents)
            )
            self._found[term] = {at: found for at, found in every if found.tf}
        return self._found[term]

    def _term(self, term: Term) -> Scores:
        found = self.found(term)
        weight = idf(len(self.collection.documents), len(found))
        k1 = self.ranking.k1
        scores: Scores = {}
        for at, one in found.items():
            tf = self.frequency(at, one)
            scores[at] = weight * tf * (k1 + 1) / (k1 + tf)
        return scores

    def frequency(self, at: int, found: Found) -> float:
        """Add up the normalised frequencies of the fields of a paper."""
        document = self.collection.documents[at]
        return sum(self._weighted(document, name, found.tf[name]) for name in FIELDS)

    def _weighted(self, document: Document, name: TextField, tf: int) -> float:
        """Weigh the frequency in one field, normalised by its length (see `indexer.ranking`)."""
        weight, b = {
            "title": (self.ranking.title_weight, self.ranking.title_b),
            "abstract": (self.ranking.abstract_weight, self.ranking.abstract_b),
            "author": (self.ranking.author_weight, self.ranking.author_b),
        }[name]
        average = self.collection.average[name]
        norm = 1 - b + b * document.lengths[name] / average if average else 1.0
        return weight * tf / norm if tf else 0.0


def _all(each: list[Scores], start: Scores) -> Scores:
    result = start
    for scores in each:
        result = {
            paper: score + scores[paper] for paper, score in result.items() if paper in scores
        }
    return result


def _any(each: list[Scores]) -> Scores:
    result: Scores = {}
    for scores in each:
        for paper, score in scores.items():
            result[paper] = result.get(paper, 0.0) + score
    return result


def _without(left: Scores, right: Scores) -> Scores:
    return {paper: score for paper, score in left.items() if paper not in right}


def grows(clause: Clause | None) -> bool:
    """Returns whether no words that may be missing under "any" are negated.

    Then every paper that matches under "all" also matches under "any".
    """
    match clause:
        case Words(parts):
            return all(
                not bare_words(part.clause) if part.occur is Occur.EXCLUDED else grows(part.clause)
                for part in parts
            )
        case And(clauses) | Or(clauses):
            return all(grows(one) for one in clauses)
        case Not(one):
            return not bare_words(one)
        case _:
            return True


def bare_words(clause: Clause | None) -> int:
    """Count, in the run of words that has most of them, those that may be missing under "any"."""
    match clause:
        case Words(parts):
            here = sum(part.occur is Occur.DEFAULT and about_words(part.clause) for part in parts)
            inner = [bare_words(part.clause) for part in parts]
            return max([here, *inner])
        case And(clauses) | Or(clauses):
            return max(bare_words(one) for one in clauses)
        case Not(one):
            return bare_words(one)
        case _:
            return 0
