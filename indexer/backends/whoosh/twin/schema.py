"""The index as Whoosh's schema describes it; see `fieldterms` for what each field holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whoosh.analysis import Analyzer as WhooshAnalyzer
from whoosh.analysis import Token
from whoosh.fields import ID, NUMERIC, STORED, TEXT, Schema
from whoosh.formats import Frequency

from indexer.analysis import Analyzer, name_tokens


class TextAnalyzer(WhooshAnalyzer):  # type: ignore[misc] # Whoosh has no types
    """Gives Whoosh the tokens of `Analyzer`; pickles as two plain values, without NLTK.

    Joined forms of compounds are left out: Whoosh asks for every token of a query at once.
    """

    def __init__(self, stop_words: frozenset[str], *, stemming: bool, stems: bool) -> None:
        """Analyse as `Analyzer(stop_words, stemming)` does, into stems or surface words."""
        self.stop_words = stop_words
        self.stemming = stemming
        self.stems = stems

    def __call__(self, value: str, **asked: Any) -> Iterator[Any]:
        """Give the tokens of a text the way Whoosh wants them."""
        analyzer = Analyzer(self.stop_words, self.stemming and self.stems)
        for token in analyzer.tokens(value):
            if not token.joined:
                yield _token(token.stem, token.position, token.start, token.end, asked)


class NameAnalyzer(WhooshAnalyzer):  # type: ignore[misc] # Whoosh has no types
    """Gives Whoosh the words of people's names."""

    def __call__(self, value: str, **asked: Any) -> Iterator[Any]:
        """Give the words of a name the way Whoosh wants them."""
        for token in name_tokens(value):
            if not token.joined:
                yield _token(token.word, token.position, token.start, token.end, asked)


def _token(text: str, position: int, start: int, end: int, asked: dict[str, Any]) -> Any:
    token = Token(**asked)
    token.text = text
    token.pos = position + asked.get("start_pos", 0)
    token.startchar = start + asked.get("start_char", 0)
    token.endchar = end + asked.get("start_char", 0)
    return token


def schema_of(analyzer: Analyzer) -> Any:
    """Make the `whoosh.fields.Schema` of an index analysed so."""

    def text(*, stems: bool) -> Any:
        words = TextAnalyzer(analyzer.stop_words, stemming=analyzer.stemming, stems=stems)
        return TEXT(analyzer=words, stored=stems)

    author = TEXT(analyzer=NameAnalyzer(), phrase=False, stored=True)
    author.format = Frequency()
    return Schema(
        id=ID(stored=True, unique=True, sortable=True),
        title=text(stems=True),
        title_words=text(stems=False),
        abstract=text(stems=True),
        abstract_words=text(stems=False),
        author=author,
        venue=ID(stored=True, sortable=True),
        year=NUMERIC(int, bits=32, stored=True, sortable=True, shift_step=0),
        type=ID(stored=True, sortable=True),
        doi=STORED,
        url=STORED,
        keywords=STORED,
    )
