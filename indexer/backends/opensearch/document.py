"""A paper as the document a cluster takes, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from indexer.analysis import Analyzer, Token, name_tokens, open_word, plain_words
from indexer.backends.opensearch.mapping import APART, Body
from indexer.paper import UNKNOWN, Paper, name_key, unnumbered
from indexer.query_analysis.terms import value_key
from indexer.record.identifier_forms import paper_keys
from indexer.record.record_fields import RecordValueReader
from indexer.serialization.details import packed_details, unpacked
from indexer.text.folding import fold

_PLAIN: Final = (
    *("id", "title", "abstract", "authors", "venue", "year", "type", "doi", "url", "keywords"),
    "authors_complete",
)
_DETAILS: Final = "details"
"""Key of what is written only of papers that have it; see `indexer.serialization.details`."""
_MOST_CUTS: Final = 500_000
"""Distinct words that are remembered."""
LONGEST: Final = 8000
"""Most bytes of a value; the cluster takes no value beyond 32,766 bytes."""


def same_names_key(name: str) -> str:
    """Returns the words of a name, its DBLP number put aside: what `Searcher.names` compares."""
    return " ".join(plain_words(unnumbered(name))) or name_key(name)


def bounded(value: str) -> str:
    """Keeps a value short enough for the cluster: a long one ends in a hash of the whole.

    Half a surrogate pair cannot be sent; it becomes a question mark, as which nobody finds it.
    """
    raw = value.encode("utf-8", "replace")
    if len(raw) > LONGEST:
        digest = hashlib.blake2b(raw, digest_size=16).hexdigest()
        return raw[:LONGEST].decode("utf-8", "ignore") + digest
    return raw.decode()


def document_id(paper_id: str) -> str:
    """Returns the cluster's own id for a paper; ids over 512 bytes, its limit, become a hash."""
    raw = paper_id.encode("utf-8", "replace")
    if 0 < len(raw) <= 500:
        return raw.decode()
    return "~" + hashlib.blake2b(raw, digest_size=20).hexdigest()


def content_of(paper: Paper) -> str:
    """Returns a hash of all fields of a paper but its source: what makes it another paper."""
    return hashlib.blake2b(json.dumps(_values(paper)).encode(), digest_size=12).hexdigest()


def paper_text(paper: Paper) -> str:
    """Writes a paper as JSON; `paper_of` reads it back."""
    values = _values(paper)
    details = values.pop(_DETAILS, None)
    values["source"] = paper.source
    return json.dumps(values if details is None else values | {_DETAILS: details})


def _values(paper: Paper) -> Body:
    """Returns all fields but the source, the details only where there are any.

    So papers without details keep the hash they had before there were details.
    """
    values = {name: getattr(paper, name) for name in _PLAIN}
    details = packed_details(paper)
    return values | {_DETAILS: details} if details else values


class DocumentMaker:
    """Makes the documents of papers; analyses each distinct word once. One thread uses it."""

    def __init__(self, analyzer: Analyzer) -> None:
        """Analyse with this analyzer."""
        self._analyzer = analyzer
        self._cuts: dict[str, Cut] = {}
        self._records = RecordValueReader()

    def document(self, paper: Paper) -> Body:
        """Makes the document of a paper."""
        title, abstract = self._cut(paper.title), self._cut(paper.abstract)
        names = [name_tokens(name) for name in paper.authors]
        every = {*title, *abstract}
        return {
            "paper": paper_text(paper),
            "id": bounded(paper.id),
            "id_key": bounded(value_key(paper.id)),
            "identifier_key": [bounded(key) for key in paper_keys(paper)],
            "record_values": [" ".join(value) for value in self._records.values(paper)],
            "content": content_of(paper),
            "venue_key": bounded(value_key(paper.venue)),
            "type_key": bounded(value_key(paper.type)),
            "has": _has(paper),
            "year": paper.year,
            "title_order": bounded(paper.title.casefold()),
            "title_stems": " ".join(cut.stems for cut in title),
            "title_words": " ".join(cut.words for cut in title),
            "abstract_stems": " ".join(cut.stems for cut in abstract),
            "abstract_words": " ".join(cut.words for cut in abstract),
            "title_length": sum(cut.length for cut in title),
            "abstract_length": sum(cut.length for cut in abstract),
            "author_length": sum(not token.joined for name in names for token in name),
            "vocabulary": sorted({word for cut in every for word in cut.vocabulary}),
            "author_vocabulary": sorted({token.word for name in names for token in name}),
            "compounds": sorted({compound for cut in every for compound in cut.compounds}),
            **_facets(paper),
            **_names(paper, names),
        }

    def _cut(self, text: str) -> list[Cut]:
        cuts = self._cuts
        terms_ = []
        for raw in self._analyzer.words(fold(text, umlauts=True).text):
            cut = cuts.get(raw)
            if cut is None:
                if len(cuts) > _MOST_CUTS:
                    cuts.clear()
                cut = cuts[raw] = _cut(raw, self._analyzer)
            terms_.append(cut)
        return terms_


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A raw word of a text, analysed; there is one of each, so that identity is equality.

    Attributes:
        stems, words: its piece of the two streams, see `mapping`.
        vocabulary: its surface words, the joined form among them.
        length: words of it that count: stop words and the joined form do not.
        compounds: its joined form and its parts; of a word with umlauts either spelling stands
            for the other; nothing for a plain word.
    """

    stems: str
    words: str
    vocabulary: tuple[str, ...]
    length: int
    compounds: tuple[str, ...]


def _cut(raw: str, analyzer: Analyzer) -> Cut:
    parts, joined = open_word(raw)
    stems = " ".join(analyzer.stem(part) for part in parts)
    words = " ".join(parts)
    compounds: tuple[str, ...] = (joined + APART + words,) if joined else ()
    if joined and len(parts) == 1:
        compounds = (*compounds, words + APART + joined)
    return Cut(
        f"{analyzer.stem(joined)}|{stems}" if joined else stems,
        f"{joined}|{words}" if joined else words,
        (joined, *parts) if joined else parts,
        sum(part not in analyzer.stop_words for part in parts),
        compounds,
    )


def paper_of(source: str) -> Paper:
    """Reads the paper back from the ``paper`` field of its document."""
    values = json.loads(source)
    details = values.pop(_DETAILS, {})
    values["authors"] = tuple(values["authors"])
    values["keywords"] = tuple(values["keywords"])
    return Paper(**values, **unpacked(details, values["authors"]))


def stream(tokens: Iterable[Token]) -> str:
    """Writes the words of tokens as the cluster cuts them, see `mapping`."""
    pieces: list[str] = []
    last = -1
    for token in tokens:
        if token.position == last:
            pieces[-1] += f"|{token.word}"
        else:
            pieces.append(token.word)
        last = token.position
    return " ".join(pieces)


def _has(paper: Paper) -> list[str]:
    names = ("abstract", "authors", "venue", "type", "doi", "url", "keywords")
    return [name for name in names if getattr(paper, name)]


def _facets(paper: Paper) -> Body:
    """Returns the values that facets count and filters compare; what is missing is "unknown".

    A paper has one spelling for each `name_key`, so that counts of spellings add up to counts of
    keys.
    """
    authors = _spelling_by_key(paper) or {UNKNOWN: UNKNOWN}
    spellings = sorted(set(paper.authors))
    return {
        "venue": bounded(paper.venue or UNKNOWN),
        "type": bounded(paper.type or UNKNOWN),
        "year_value": UNKNOWN if paper.year is None else str(paper.year),
        "author": [bounded(key) for key in authors],
        "author_shown": [bounded(name) for name in authors.values()],
        "author_folded": [bounded(same_names_key(name)) for name in spellings],
        "author_spelling": [bounded(name_key(name) + APART + name) for name in spellings],
    }


def _spelling_by_key(paper: Paper) -> dict[str, str]:
    """Chooses one spelling for each `name_key` of a paper."""
    shown: dict[str, str] = {}
    for name in paper.authors:
        shown.setdefault(name_key(name), name)
    return shown


def _names(paper: Paper, names: list[list[Token]]) -> Body:
    last = len(names) - 1
    shown = _spelling_by_key(paper)
    return {
        "author_words": [" ".join(sorted({token.word for token in name})) for name in names],
        "names": [
            {
                "key": bounded(name_key(paper.authors[place])),
                "shown": bounded(shown[name_key(paper.authors[place])]),
                "words": sorted({token.word for token in name}),
                "stream": stream(name),
                "place": [*(["^"] if place == 0 else []), *(["$"] if place == last else [])],
            }
            for place, name in enumerate(names)
        ],
    }
