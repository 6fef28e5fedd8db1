"""Read the papers out of an index that stock Whoosh wrote, to build one of ours from them.

What the index stores is taken as it is. A text it only indexed is put together again from the
positions of its words: stemmed or lower-cased as they were indexed, but searchable.
"""

from __future__ import annotations

import pickle
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from indexer.errors import DumpError
from indexer.paper import Paper, paper_id

NAMES: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "id": ("id", "paper_id", "key", "path"),
        "title": ("title", "name"),
        "abstract": ("abstract", "content", "text", "body", "summary"),
        "authors": ("authors", "author", "creator"),
        "venue": ("venue", "journal", "booktitle", "conference"),
        "year": ("year", "date", "published"),
        "type": ("type", "kind"),
        "doi": ("doi",),
        "url": ("url", "link"),
        "keywords": ("keywords", "keyword", "tags"),
    }
)
"""For each field of a paper the names it may have in a schema, best first."""
_YEAR: Final = re.compile(r"(?<!\d)(1[5-9]|20)\d\d(?!\d)")
_SEPARATOR: Final = re.compile(r"\s*;\s*|\s+and\s+|\s*\|\s*")


def papers_of_whoosh(folder: Path, index: str = "MAIN") -> Iterator[Paper]:
    """Give the papers of an index that Whoosh wrote, in the order of its documents.

    Whoosh keeps schema and stored fields as pickles, and unpickling can run programs: read only
    an index that you, or someone you trust, wrote.

    Args:
        folder: directory of the index.
        index: name of the index in it.

    Raises:
        DumpError: when there is no such index, when it cannot be read, or when its schema has
            no field for titles.
    """
    from whoosh.index import IndexError as WhooshError
    from whoosh.index import open_dir

    try:
        opened = open_dir(str(folder), index, readonly=True)
    except (WhooshError, OSError, pickle.UnpicklingError, ImportError, AttributeError) as error:
        raise DumpError(
            str(folder), 0, f"is no index Whoosh can open ({error}); name its directory"
        ) from error
    with opened.searcher() as searcher:
        reader = searcher.reader()
        fields = _fields(folder, list(opened.schema.names()))
        unstored = _texts(reader, [name for name in fields.values() if not _stored(opened, name)])
        for number in reader.all_doc_ids():
            stored = dict(reader.stored_fields(number))
            for name, texts in unstored.items():
                stored.setdefault(name, texts.get(number, ""))
            paper = _paper({key: stored.get(name) for key, name in fields.items()})
            if paper is not None:
                yield paper


def _fields(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """Find the schema's name for each field of a paper."""
    found = {
        key: next(name for name in known if name in names)
        for key, known in NAMES.items()
        if any(name in names for name in known)
    }
    if "title" not in found:
        raise DumpError(
            str(folder),
            0,
            f"its schema has no field for titles ({', '.join(names)}); one of them must be "
            f"called {' or '.join(NAMES['title'])}",
        )
    return found


def _stored(opened: Any, name: str) -> bool:
    return bool(opened.schema[name].stored)


@dataclass(frozen=True, slots=True)
class _Place:
    """One word of a text that is put together again."""

    position: int
    word: str


def _texts(reader: Any, names: Sequence[str]) -> dict[str, dict[int, str]]:
    """Put texts together again from positions: by field, by number of the document."""
    texts = {}
    for name in names:
        places: dict[int, list[_Place]] = defaultdict(list)
        field = reader.schema[name]
        for raw in reader.lexicon(name):
            word = field.from_bytes(raw)
            matcher = reader.postings(name, raw)
            while matcher.is_active():
                at = matcher.value_as("positions") if matcher.supports("positions") else [0]
                places[matcher.id()].extend(_Place(one, str(word)) for one in at)
                matcher.next()
        texts[name] = {
            number: " ".join(
                one.word for one in sorted(words, key=lambda one: (one.position, one.word))
            )
            for number, words in places.items()
        }
    return texts


def _paper(values: Mapping[str, Any]) -> Paper | None:
    """Make a paper of what a document held; None where it has no title."""
    title = _text(values.get("title"))
    if not title:
        return None
    authors, venue = _list(values.get("authors")), _text(values.get("venue"))
    year = _YEAR.search(str(values.get("year") or ""))
    number = int(year.group()) if year else None
    given = re.sub(r"\s+", "-", _text(values.get("id")))
    return Paper(
        id=given or paper_id(title, authors, venue, number),
        title=title,
        abstract=_text(values.get("abstract")),
        authors=authors,
        venue=venue,
        year=number,
        type=_text(values.get("type")),
        doi=_text(values.get("doi")).lower(),
        url=_text(values.get("url")),
        keywords=_list(values.get("keywords")),
    )


def _text(value: Any) -> str:
    return " ".join(str(value).split()) if value is not None else ""


def _list(value: Any) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(text for one in value if (text := _text(one)))
    return tuple(one for one in _SEPARATOR.split(_text(value)) if one)
