"""Papers analysed once, and the statistics of a collection of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from indexer.analysis import Analyzer, Token, name_tokens, open_word, plain_words
from indexer.paper import Paper, name_key, unnumbered
from indexer.query import Leaf, TextField
from indexer.reviews.labels import NO_LABELS, PaperLabels
from indexer.text.folding import fold


@dataclass(frozen=True)
class Document:
    """A paper and its tokens; `names` has one tuple of them an author."""

    paper: Paper
    title: tuple[Token, ...]
    abstract: tuple[Token, ...]
    names: tuple[tuple[Token, ...], ...]

    @classmethod
    def of(cls, paper: Paper, analyzer: Analyzer) -> Document:
        return cls(
            paper,
            tuple(analyzer.tokens(paper.title)),
            tuple(analyzer.tokens(paper.abstract)),
            tuple(tuple(name_tokens(name)) for name in paper.authors),
        )

    def tokens(self, field: TextField) -> tuple[Token, ...]:
        return self.title if field == "title" else self.abstract

    @cached_property
    def lengths(self) -> dict[TextField, int]:
        """Tokens that count: stop words and joined forms do not; in names every part does."""
        text = {
            field: sum(not (token.stop or token.joined) for token in self.tokens(field))
            for field in ("title", "abstract")
        }
        names = sum(not token.joined for name in self.names for token in name)
        return {"title": text["title"], "abstract": text["abstract"], "author": names}

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(token.word for token in (*self.title, *self.abstract))

    @cached_property
    def author_words(self) -> frozenset[str]:
        return frozenset(token.word for name in self.names for token in name)

    @cached_property
    def author_keys(self) -> frozenset[str]:
        return frozenset(name_key(name) for name in self.paper.authors)


class Collection:
    """The live papers of one generation and what they know together."""

    def __init__(
        self,
        documents: Iterable[Document],
        analyzer: Analyzer,
        labels: PaperLabels = NO_LABELS,
        people: bytes | None = None,
    ) -> None:
        self.labels = labels
        self.people = people
        self.documents = tuple(documents)
        self.analyzer = analyzer
        self.shares: dict[Leaf, int] = {}
        self.expanded: dict[Leaf, tuple[list[str], list[str]]] = {}

    @cached_property
    def average(self) -> dict[TextField, float]:
        count = max(1, len(self.documents))
        fields: tuple[TextField, ...] = ("title", "abstract", "author")
        return {
            field: sum(document.lengths[field] for document in self.documents) / count
            for field in fields
        }

    @cached_property
    def vocabulary(self) -> Counter[str]:
        """Surface words of titles and abstracts, with the number of papers that hold each."""
        return Counter(word for document in self.documents for word in document.words)

    @cached_property
    def author_vocabulary(self) -> Counter[str]:
        """Words of names, with the number of papers that have an author with each."""
        return Counter(word for document in self.documents for word in document.author_words)

    @cached_property
    def compounds(self) -> dict[str, frozenset[tuple[str, ...]]]:
        """Joined words of titles and abstracts, with every way they were parted."""
        found: dict[str, set[tuple[str, ...]]] = {}
        for document in self.documents:
            for text in (document.paper.title, document.paper.abstract):
                for raw in self.analyzer.words(fold(text, umlauts=True).text):
                    parts, joined = open_word(raw)
                    if joined:
                        found.setdefault(joined, set()).add(parts)
                        if len(parts) == 1:  # an umlaut's two spellings stand for each other
                            found.setdefault(parts[0], set()).add((joined,))
        return {joined: frozenset(parts) for joined, parts in found.items()}

    def partings(self, word: str) -> frozenset[tuple[str, ...]]:
        """Returns every way a plain word was parted somewhere in the collection."""
        return self.compounds.get(word, frozenset())

    @cached_property
    def whole_names(self) -> set[tuple[str, ...]]:
        """The words of every author's name, numbers put aside."""
        names = {name for document in self.documents for name in document.paper.authors}
        return {plain_words(unnumbered(name)) for name in names}

    @cached_property
    def spellings(self) -> dict[str, str]:
        """For each `name_key` the spelling most papers have; of equals the lowest."""
        papers: dict[str, Counter[str]] = {}
        for document in self.documents:
            for name in set(document.paper.authors):
                papers.setdefault(name_key(name), Counter())[name] += 1
        return {
            key: min(names, key=lambda name: (-names[name], name)) for key, names in papers.items()
        }
