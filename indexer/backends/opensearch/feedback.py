"""What the words of the best papers add to the scores of others (see `indexer.ranking`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from indexer.backends.opensearch.document import paper_of
from indexer.backends.opensearch.lexicon import WordFacts
from indexer.backends.opensearch.mapping import Body
from indexer.backends.opensearch.nearness import STREAMS, Gain
from indexer.backends.opensearch.scoring import Scoring
from indexer.matching.feedback import PAPERS, KnownStems, relevance_model, stems_of
from indexer.query import TextField
from indexer.ranking import idf

NEEDED = ("paper", *STREAMS, "title_length", "abstract_length")
"""Fields of a document that are looked at."""
_FIELDS: tuple[TextField, ...] = ("title", "abstract")


@dataclass(frozen=True, slots=True)
class SharedWord:
    """A word by which the best papers lead on to others.

    Attributes:
        worth: what a saturated occurrence of it adds to a score.
    """

    stem: str
    worth: float


class Feedback:
    """Learns from the best papers of queries over one generation."""

    def __init__(self, words: WordFacts, scoring: Scoring) -> None:
        """Count words by `words`, and weigh them by `scoring`."""
        self._words = words
        self._scoring = scoring
        analyzer = words.analyzer
        self._known = KnownStems(analyzer.stem, analyzer.stop_words)

    def shared(self, best: Iterable[tuple[float, Body]], terms: int) -> tuple[SharedWord, ...]:
        """Give the words that some papers share.

        Args:
            best: score and document of each, best first.
            terms: how many the query has.
        """
        looked = [
            (score, stems_of(paper_of(source["paper"]), self._known))
            for (score, source), _ in zip(best, range(PAPERS), strict=False)
        ]
        model = relevance_model(looked)
        held = self._words.stem_papers(sorted(model))
        ranking, papers = self._scoring.ranking, self._scoring.collection.papers
        factor = ranking.feedback * terms * (ranking.k1 + 1)
        return tuple(
            SharedWord(stem, factor * weight * idf(papers, min(papers, held[stem])))
            for stem, weight in model.items()
        )

    def gains(self, shared: tuple[SharedWord, ...], source: Body) -> list[Gain]:
        """Give what each word adds to the score of a paper."""
        times = [Counter(_stems(source, field)) for field in _FIELDS]
        norms = [self._scoring.norm(field, int(source[f"{field}_length"])) for field in _FIELDS]
        gains: list[Gain] = []
        for word in shared:
            pairs = zip(times, norms, strict=True)
            frequency = sum(counted[word.stem] * norm for counted, norm in pairs)
            if frequency:
                value = word.worth * frequency / (self._scoring.ranking.k1 + frequency)
                gains.append(Gain(f"{word.stem}, as in the best papers", value))
        return gains


def _stems(source: Body, field: TextField) -> list[str]:
    """Give the stems of a field, see `mapping`."""
    return str(source.get(f"{field}_stems") or "").replace("|", " ").split(" ")
