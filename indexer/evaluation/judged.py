"""Judged test collections: papers, queries, and which papers answer which query.

Two layouts of a folder are read, each file packed (``.gz`` and the like) or not:

- BEIR (github.com/beir-cellar/beir): ``corpus.jsonl``, ``queries.jsonl``, ``qrels/test.tsv``.
- TREC (trec.nist.gov/data.html): ``topics*`` (SGML, XML or lines of id, tab, text), ``qrels*``
  (query, iteration, document, relevance), the documents as JSON lines in ``corpus*`` or ``doc*``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from indexer.cleaning.characters import mend_characters, one_line
from indexer.cleaning.markup import without_entities, without_tags
from indexer.cleaning.names import natural_order, split_names
from indexer.errors import DumpError
from indexer.intake.dump import Dumps
from indexer.paper import Paper

UNTITLED: Final = "—"
"""The title of a document without one: it holds no word, so it neither helps nor harms a score."""
LARGEST_TOPICS: Final = 64_000_000
"""Most characters of a file of topics."""

_CORPUS = ("corpus.jsonl*", "corpus*.json*", "doc*.jsonl*", "doc*.json*")
_QUERIES = ("queries.jsonl*", "queries.tsv*", "topics*", "*.topics*", "*topics*", "quer*")
_ID_KEYS = ("_id", "id", "docno", "doc_id", "docid", "query_id", "qid")
_TEXT_KEYS = ("text", "abstract", "contents", "body")
_TOP = re.compile(r"<top(?:ic)?\b([^<>]{0,300})>", re.IGNORECASE)
_NUMBER = re.compile(r"number\s*=\s*[\"']?\s*([^\s\"'>]+)", re.IGNORECASE)
_NUM = re.compile(r"<num>\s*(?:number\s*:)?\s*([^\s<]+)", re.IGNORECASE)
_ASKED = re.compile(r"<(title|query|desc|description)\b[^<>]*>([^<]*)", re.IGNORECASE)
_LABEL = re.compile(r"(?:topic|description|query)\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query of a collection: plain text, whatever marks it holds."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged collection; its papers are read from the file when asked for.

    Attributes:
        name: of its folder.
        corpus: file of the documents.
        queries: those with judgements, in the order of their file.
        judgements: relevance by document id, by query id; 0 and less is not relevant.
        unjudged: number of queries left out because nobody judged them.
    """

    name: str
    corpus: Path
    queries: tuple[JudgedQuery, ...]
    judgements: Mapping[str, Mapping[str, int]]
    unjudged: int

    def papers(self) -> Iterator[tuple[str, Paper]]:
        """Reads the documents: each with its own id and as the paper to index.

        Raises:
            DumpError: when the file cannot be read or a line of it is no JSON object with an id.
        """
        for source, line, record in _records(self.corpus):
            yield _identifier(source, line, record), _paper(source, line, record)


def read_judged(folder: Path, *, split: str = "test") -> Judged:
    """Opens a judged collection.

    Args:
        folder: holds the files named above.
        split: which of several judgement files of the BEIR layout to take.

    Raises:
        DumpError: when a file is missing, is not what it should be, or no query is judged.
    """
    corpus = _find(folder, _CORPUS, "documents")
    asked = _read_queries(_find(folder, _QUERIES, "queries"))
    splits = (f"qrels/{split}.tsv*", f"qrels/{split}*", f"qrels*{split}*", "qrels*.*", "qrels")
    judgements = _read_judgements(_find(folder, (*splits, "*qrel*", "qrels/*"), "judgements"))
    queries = tuple(query for query in asked if query.id in judgements)
    if not queries:
        raise DumpError(str(folder), 0, "no query has judgements; do the ids of both files agree?")
    return Judged(folder.name, corpus, queries, judgements, len(asked) - len(queries))


def index_id(identifier: str) -> str:
    """Returns the id under which a document is indexed: its own, unless an index cannot hold it."""
    fits = identifier.isprintable() and not re.search(r"\s", identifier) and len(identifier) <= 200
    if fits and identifier:
        return identifier
    return "doc-" + hashlib.blake2b(identifier.encode(errors="replace"), digest_size=8).hexdigest()


def _find(folder: Path, patterns: tuple[str, ...], what: str) -> Path:
    for pattern in patterns:
        files = [path for path in sorted(folder.glob(pattern)) if path.is_file()]
        if files:
            return files[0]
    names = " or ".join(patterns[:3])
    raise DumpError(str(folder), 0, f"there is no file of {what}; expected {names} in the folder")


def _lines(path: Path) -> Iterator[tuple[str, int, str]]:
    for dump in Dumps([str(path)]):
        for number, line in dump.lines():
            if line.strip():
                yield dump.name, number, line


def _records(path: Path) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for source, number, line in _lines(path):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DumpError(source, number, f"expected one JSON object a line: {error}") from error
        if not isinstance(record, dict):
            raise DumpError(source, number, "expected a JSON object")
        yield source, number, record


def _identifier(source: str, line: int, record: dict[str, Any]) -> str:
    for key in _ID_KEYS:
        if isinstance(record.get(key), str | int) and str(record[key]).strip():
            return str(record[key]).strip()
    raise DumpError(source, line, "there is no id; expected a key '_id'")


def _paper(source: str, line: int, record: dict[str, Any]) -> Paper:
    extra = record.get("metadata")
    known = {**extra, **record} if isinstance(extra, dict) else record
    year = re.fullmatch(r"[0-9]{4}", str(known.get("year")).strip())
    return Paper(
        id=index_id(_identifier(source, line, record)),
        title=_text(known, ("title",)) or UNTITLED,
        abstract=_text(known, _TEXT_KEYS),
        authors=_authors(known.get("authors")),
        venue=_text(known, ("venue",)),
        year=int(year[0]) if year else None,
        source=f"{source}:{line}",
    )


def _text(record: dict[str, Any], keys: tuple[str, ...]) -> str:
    text_ = next((record[key] for key in keys if isinstance(record.get(key), str)), "")
    return _mended(text_)


def _mended(text: str) -> str:
    """Mends a text as the build of an index does: entities, tags, wrong characters, line breaks."""
    return one_line(mend_characters(without_tags(without_entities(text))))


def _authors(given: object) -> tuple[str, ...]:
    if isinstance(given, str):
        return split_names(one_line(mend_characters(given)))
    items = given if isinstance(given, list) else []
    texts = (item.get("name") if isinstance(item, dict) else item for item in items)
    names = (one_line(mend_characters(text)) for text in texts if isinstance(text, str))
    return tuple(natural_order(name) for name in names if name)


def _read_queries(path: Path) -> tuple[JudgedQuery, ...]:
    """Reads queries from JSON lines, topics in SGML or XML, or lines of id, tab, text."""
    lines = _lines(path)
    first = next(lines, None)
    if first is None:
        raise DumpError(str(path), 0, "there is no query in this file")
    if first[2].lstrip().startswith("{"):
        return tuple(
            JudgedQuery(_identifier(source, line, record), _query_text(record))
            for source, line, record in _records(path)
        )
    if first[2].lstrip().startswith("<"):
        return _read_topics(path)
    return tuple(_tabbed(source, number, line) for source, number, line in _lines(path))


def _query_text(record: dict[str, Any]) -> str:
    return _text(record, (*_TEXT_KEYS, "query", "title"))


def _tabbed(source: str, number: int, line: str) -> JudgedQuery:
    identifier, tab, text = line.partition("\t")
    if not tab:
        raise DumpError(source, number, "expected the id of a query, a tab, and its text")
    return JudgedQuery(identifier.strip(), _mended(text))


def _read_topics(path: Path) -> tuple[JudgedQuery, ...]:
    lines: list[str] = []
    size = 0
    for _, _, line in _lines(path):
        lines.append(line)
        size += len(line)
        if size > LARGEST_TOPICS:
            raise DumpError(str(path), 0, "this is too large for a file of topics")
    pieces = _TOP.split("\n".join(lines))
    queries = [
        query
        for attributes, body in zip(pieces[1::2], pieces[2::2], strict=True)
        if (query := _topic(attributes, body)) is not None
    ]
    if not queries:
        raise DumpError(str(path), 0, "there is no <top> with a <num> and a <title> in this file")
    return tuple(queries)


def _topic(attributes: str, body: str) -> JudgedQuery | None:
    number = _NUMBER.search(attributes) or _NUM.search(body)
    if number is None:
        return None
    asked = {name.lower(): _LABEL.sub("", text, count=1) for name, text in _ASKED.findall(body)}
    keys = [key for key in ("title", "query", "desc", "description") if key in asked]
    text = asked[keys[0]] if keys else ""
    return JudgedQuery(number[1], _mended(text))


def _read_judgements(path: Path) -> dict[str, dict[str, int]]:
    """Reads judgements of three columns (BEIR) or four (TREC); a header line is passed over."""
    judgements: dict[str, dict[str, int]] = {}
    for count, (source, number, line) in enumerate(_lines(path)):
        columns = [part.strip() for part in line.split("\t" if "\t" in line else None)]
        grade = re.fullmatch(r"(-?[0-9]+)(?:\.0*)?", columns[-1])
        if len(columns) not in (3, 4) or grade is None:
            if count == 0 and len(columns) in (3, 4):
                continue
            raise DumpError(
                source, number, "expected query, document and relevance, tabs between them"
            )
        judgements.setdefault(columns[0], {})[columns[-2]] = int(grade[1])
    return judgements
