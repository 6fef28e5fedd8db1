"""What reading a query needs to know of the words of a generation, asked from the cluster.

A generation never changes, so what was asked once is kept: the ways a word was parted, the words
a pattern stands for, and how many papers hold a term. One request fetches what is missing of all
terms of a query together.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from threading import Lock
from typing import Any, Final

from indexer.analysis import Analyzer, open_word
from indexer.authors.person_papers import PersonPapers, papers_of_person
from indexer.backends.opensearch.document import bounded
from indexer.backends.opensearch.mapping import APART, Body
from indexer.backends.opensearch.scoring import either
from indexer.backends.opensearch.term_queries import matching
from indexer.query import Leaf, Phrase, Word
from indexer.query_analysis.expansion_shares import MOST_WORDS
from indexer.query_analysis.leaf_analysis import Expansion
from indexer.query_analysis.terms import TextTerm, Way
from indexer.reviews.labels import NO_LABELS, PaperLabels
from indexer.text.folding import fold

NEAR: Final = 4096
"""Words near another that are looked at in each field, the commonest first."""
COUNTED: Final = 10_000
"""Fitting words are counted up to this many."""
EVERY_SHARD: Final = 1_000_000
"""So many values of each shard are compared that no count is short."""
KEPT: Final = 50_000
"""Facts kept in memory."""
Ask = Callable[[Body], Body]
"""Sends a search body to the generation and gives its answer."""
_EVERY: Final = 2_000_000_000
_TEXT_STEMS: Final = ("title_stems", "abstract_stems")
_TEXT_WORDS: Final = ("title_words", "abstract_words")
_PLAIN: Final = frozenset(" " + APART)
_PATTERN: Final = 900
"""Longest regular expression the cluster takes is 1,000 characters."""


class WordFacts:
    """Facts about the words of one generation; safe to use from several threads.

    It is the `indexer.query_analysis.leaf_analysis.Vocabulary` of the cluster.
    """

    def __init__(
        self, ask: Ask, analyzer: Analyzer, labels: Callable[[], PaperLabels] = lambda: NO_LABELS
    ) -> None:
        """Asks one generation through `ask`; its labels are fetched when they are first needed."""
        self._read_labels = labels
        self._labels: PaperLabels | None = None
        self._ask = ask
        self._analyzer = analyzer
        self._partings: dict[str, tuple[Way, ...]] = {}
        self._named: dict[Way, bool] = {}
        self._expansions: dict[Hashable, Expansion] = {}
        self._holding: dict[TextTerm, int] = {}
        self._word_papers: dict[str, tuple[int, int]] = {}
        self._stem_papers: dict[str, int] = {}
        self._neighbours: dict[tuple[str, int], dict[str, int]] = {}
        self._lock = Lock()

    @property
    def analyzer(self) -> Analyzer:
        """How the texts were cut into words."""
        return self._analyzer

    def stem(self, word: str) -> str:
        """Returns the stem of a folded word."""
        return self._analyzer.stem(word)

    def prepare(self, leaves: Iterable[Leaf]) -> None:
        """Fetches in one request how plain words of some leaves were parted, and their papers."""
        words: set[str] = set()
        for leaf in leaves:
            if isinstance(leaf, Word | Phrase):
                raws = self._analyzer.words(fold(leaf.text, umlauts=True).text)
                opened = (open_word(raw) for raw in raws)
                words.update(parts[0] for parts, joined in opened if len(parts) == 1 and not joined)
        self._part(sorted(words - self._partings.keys()))

    def partings(self, word: str) -> tuple[Way, ...]:
        """Returns every way a plain word was parted by hyphens, rising."""
        if word not in self._partings:
            self._part([word])
        return self._partings[word]

    def named(self, words: Way) -> bool:
        """Returns whether these folded words are an author's whole name, but for a number."""
        expansion = self._named.get(words)
        if expansion is None:
            query = {"term": {"author_folded": bounded(" ".join(words))}}
            expansion = self.counts([query])[0] > 0
            with self._lock:
                _trim(self._named)
                self._named[words] = expansion
        return expansion

    def fitting(self, pattern: str, *, names: bool) -> Expansion:
        """Expands a wildcard pattern over the words of texts, or of names."""
        signs = {"*": ".*", "?": "."}
        fitting = "".join(signs.get(sign) or escaped(sign) for sign in pattern)
        include = regular(fitting)
        if len(include) > _PATTERN:
            return Expansion((), 0)
        return self._expanded(("fits", pattern, names), include, names=names)

    def close(self, word: str, distance: int, *, names: bool) -> Expansion:
        """Expands a fuzzy word likewise."""
        key = ("close", word, distance, names)
        if key not in self._expansions:
            near = sorted(
                term
                for term in {word, *self._suggested(word, distance, names=names)}
                if edits(word, term) <= distance
            )
            return self._expanded(key, near, names=names)
        return self._expansions[key]

    def labelled(self, label: str) -> tuple[str, ...]:
        """Returns the ids of the papers with a label; "any" stands for each label."""
        if self._labels is None:
            self._labels = self._read_labels()
        return self._labels.ids(label)

    def papers_of_person(self, key: str, number: int) -> PersonPapers:
        """Returns no papers and says why: the cluster keeps no table of people."""
        return papers_of_person(None, key, number, lambda _: ())

    def word_papers(self, words: list[str]) -> tuple[dict[str, int], dict[str, int]]:
        """Counts the papers that have each surface word in their texts, and in their names."""
        missing = [word for word in words if word not in self._word_papers]
        counts = self.counts([*map(_in_texts, missing), *map(_in_names, missing)])
        half = len(missing)
        counts_by_word = dict(
            zip(missing, zip(counts[:half], counts[half:], strict=True), strict=True)
        )
        counts_by_word |= {
            word: self._word_papers[word] for word in words if word not in counts_by_word
        }
        with self._lock:
            _trim(self._word_papers)
            self._word_papers.update(counts_by_word)
        return (
            {word: held[0] for word, held in counts_by_word.items()},
            {word: held[1] for word, held in counts_by_word.items()},
        )

    def stem_papers(self, stems: list[str]) -> dict[str, int]:
        """Counts the papers that have each stem in title or abstract."""
        missing = [stem for stem in stems if stem not in self._stem_papers]
        counts = self.counts(
            [either([{"term": {field: stem}} for field in _TEXT_STEMS]) for stem in missing]
        )
        counts_by_stem = dict(zip(missing, counts, strict=True))
        counts_by_stem |= {
            stem: self._stem_papers[stem] for stem in stems if stem not in counts_by_stem
        }
        with self._lock:
            _trim(self._stem_papers)
            self._stem_papers.update(counts_by_stem)
        return counts_by_stem

    def neighbours(self, word: str, distance: int) -> dict[str, int]:
        """Counts the papers of the surface words near a word, its own among them.

        Those in texts and those in names are counted one by one and added up.
        """
        key = (word, distance)
        if key not in self._neighbours:
            near = {word}
            for names in (False, True):
                near |= self._suggested(word, distance, names=names)
            asked = sorted(other for other in near if edits(word, other) <= distance)
            texts, people = self.word_papers(asked)
            held = {other: texts[other] + people[other] for other in asked}
            with self._lock:
                _trim(self._neighbours)
                self._neighbours[key] = {other: count for other, count in held.items() if count}
        return self._neighbours[key]

    def holding(self, term: TextTerm) -> int:
        """Returns how many papers hold a term."""
        if term not in self._holding:
            self.count([term])
        return self._holding[term]

    def count(self, terms: Iterable[TextTerm]) -> None:
        """Fetches together how many papers hold each of some terms."""
        missing = [term for term in dict.fromkeys(terms) if term not in self._holding]
        counts = self.counts([matching(term) for term in missing])
        with self._lock:
            _trim(self._holding)
            self._holding.update(zip(missing, counts, strict=True))

    def counts(self, queries: list[Body]) -> list[int]:
        """Counts the papers of each query, exactly, a hundred in one request."""
        counted: list[int] = []
        for start in range(0, len(queries), 100):
            some = queries[start : start + 100]
            filters = {str(index): {"filter": query} for index, query in enumerate(some)}
            answer = self._ask({"size": 0, "track_total_hits": False, "aggs": filters})
            aggregations = answer["aggregations"]
            counted += [int(aggregations[str(at)]["doc_count"]) for at in range(len(some))]
        return counted

    def _part(self, words: list[str]) -> None:
        for start in range(0, len(words), 50):
            some = words[start : start + 50]
            aggs: Body = {
                str(index): {
                    "terms": {
                        "field": "compounds",
                        "include": beginning(word + APART),
                        "size": 100,
                        "shard_size": EVERY_SHARD,
                        "order": {"_key": "asc"},
                    }
                }
                for index, word in enumerate(some)
            }
            for at, word in enumerate(some):
                aggs |= {f"t{at}": {"filter": _in_texts(word)}}
                aggs |= {f"n{at}": {"filter": _in_names(word)}}
            answer = self._ask({"size": 0, "track_total_hits": False, "aggs": aggs})
            aggregations = answer["aggregations"]
            with self._lock:
                _trim(self._partings)
                _trim(self._word_papers)
                for at, word in enumerate(some):
                    texts, names = (int(aggregations[f"{kind}{at}"]["doc_count"]) for kind in "tn")
                    self._word_papers[word] = (texts, names)
                    keys = [bucket["key"] for bucket in aggregations[str(at)]["buckets"]]
                    ways = [tuple(key.partition(APART)[2].split(" ")) for key in keys]
                    self._partings[word] = tuple(sorted(ways))

    def _expanded(self, key: Hashable, include: str | list[str], *, names: bool) -> Expansion:
        if key in self._expansions:
            return self._expansions[key]
        body = {
            "terms": {
                "field": "author_vocabulary" if names else "vocabulary",
                "include": include,
                "size": COUNTED,
                "shard_size": EVERY_SHARD,
                "order": [{"_count": "desc"}, {"_key": "asc"}],
            }
        }
        answer = self._ask({"size": 0, "track_total_hits": False, "aggs": {"words": body}})
        words = [str(bucket["key"]) for bucket in answer["aggregations"]["words"]["buckets"]]
        expansion = Expansion(tuple(words[:MOST_WORDS]), len(words))
        with self._lock:
            _trim(self._expansions)
            self._expansions[key] = expansion
        return expansion

    def _suggested(self, word: str, distance: int, *, names: bool) -> set[str]:
        fields = ("author_words",) if names else _TEXT_WORDS
        suggest: dict[str, Any] = {
            field: {
                "text": word,
                "term": {
                    "field": field,
                    "analyzer": "blanks",
                    "suggest_mode": "always",
                    "max_edits": distance,
                    "prefix_length": 0,
                    "min_word_length": 1,
                    "string_distance": "damerau_levenshtein",
                    "accuracy": 0.0,
                    "sort": "frequency",
                    "max_term_freq": _EVERY,  # common words have neighbours, too
                    "size": NEAR,
                    "shard_size": NEAR,
                    "max_inspections": 4,
                },
            }
            for field in fields
        }
        answer = self._ask({"size": 0, "track_total_hits": False, "suggest": suggest})
        return {
            str(option["text"])
            for entries in answer["suggest"].values()
            for entry in entries
            for option in entry["options"]
        }


def _in_texts(word: str) -> Body:
    """Matches the papers that have a surface word in title or abstract."""
    return either([{"term": {field: word}} for field in _TEXT_WORDS])


def _in_names(word: str) -> Body:
    """Matches the papers that have a word in the name of an author."""
    return {"term": {"author_words": word}}


def beginning(text: str) -> str:
    """Writes the regular expression of values that begin with a text."""
    return regular(f"{escaped(text)}.*")


def regular(expression: str) -> str:
    """Keeps a regular expression from OpenSearch's short cut for plain prefixes.

    That (IncludeExclude.PrefixBackedOrdinalsFilter) fails in 2.19 with an
    index_out_of_bounds_exception where the prefix lies behind the last value; a second choice,
    which no value is, turns it off.
    """
    return f"({expression})|\x1e"


def escaped(text: str) -> str:
    """Writes a text as a regular expression of the cluster that matches just it."""
    return "".join(sign if sign.isalnum() or sign in _PLAIN else f"\\{sign}" for sign in text)


def edits(left: str, right: str) -> int:
    """Count insertions, deletions, replacements and swaps of neighbours, none edited twice."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(right, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return row[-1]


def _trim(kept: dict[Any, Any] | Mapping[Any, Any]) -> None:
    """Forgets the oldest half of what is kept, once it is much."""
    if isinstance(kept, dict) and len(kept) > KEPT:
        for key in list(kept)[: KEPT // 2]:
            del kept[key]
