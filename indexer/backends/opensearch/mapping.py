"""What an index of a cluster is told before the first paper comes: settings and fields.

All analysis is done here, by `indexer.analysis`; the cluster only cuts at blanks what it is sent,
so its words, stems and places are exactly those of every other engine. A text goes in twice, as a
stream of stems and a stream of surface words:

    a noninvas|non invas method

One blank-separated piece is one position; ``|`` parts the tokens that share it (the joined form
of a compound and its first part). Names go in three times: as one flat stream for scoring, as
nested documents for what must hold within one name, and as values for facets.

A new index is written to only when its copies are there: what has one copy dies with a node.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

Body = dict[str, Any]
"""JSON as the cluster takes and gives it."""

VERSION: Final = 1
"""Of the fields below; an index of another version is not read."""
APART: Final = "\x1f"
"""Stands between the two halves of a value (folded name and name); no clean text holds it."""
GAP: Final = 1000
"""Positions between two names of a stream, so that no phrase leads from one into the next."""

_STREAM: Final[Mapping[str, object]] = {
    "type": "text",
    "analyzer": "stream",
    "search_analyzer": "blanks",
    "similarity": "frequency",
    "norms": False,
    "position_increment_gap": GAP,
}
_VALUE: Final[Mapping[str, object]] = {"type": "keyword", "norms": False}
_ASKED: Final[Mapping[str, object]] = {**_VALUE, "doc_values": False}
"""Values that are looked for, never counted or sorted by."""
_COUNTED: Final[Mapping[str, object]] = {"type": "keyword", "index": False}
"""Values that are counted or sorted by, never looked for."""
ADDED_FIELDS: Final[Mapping[str, Mapping[str, object]]] = {
    "identifier_key": _ASKED,
    "record_values": _STREAM,
}
"""Fields added since `VERSION` became what it is; an update adds them to an older index."""
_NUMBER: Final[Mapping[str, object]] = {"type": "integer"}
_COLUMN: Final[Mapping[str, object]] = {"type": "integer", "index": False}
_TIME: Final[Mapping[str, object]] = {"type": "long", "index": False}
"""Seconds since 1970, UTC."""


def index_settings(*, shards: int, replicas: int) -> Body:
    """Returns the settings of a new index.

    Scores are computed by scripts from plain frequencies, so the similarity gives just those.
    """
    return {
        "index": {"number_of_shards": shards, "number_of_replicas": replicas, "codec": "default"},
        "similarity": {
            "frequency": {
                "type": "scripted",
                "script": {"source": "return query.boost * doc.freq;"},
            }
        },
        "analysis": {
            "tokenizer": {"blanks": {"type": "whitespace", "max_token_length": 1024}},
            "filter": {
                "same_place": {
                    "type": "pattern_capture",
                    "preserve_original": False,
                    "patterns": ["([^|]+)"],
                }
            },
            "analyzer": {
                "stream": {"type": "custom", "tokenizer": "blanks", "filter": ["same_place"]},
                "blanks": {"type": "custom", "tokenizer": "blanks"},
            },
        },
    }


def index_mapping(meta: Mapping[str, object]) -> Body:
    """Returns the fields of an index; `meta` says what made it.

    ``paper`` is the paper itself as JSON in a string, so that it comes back equal whatever it
    holds. Nothing else of a document is ever shown.
    """
    fields = {
        "paper": {"type": "keyword", "index": False, "doc_values": False},
        "id": _COUNTED,
        "id_key": _ASKED,
        **ADDED_FIELDS,
        "content": _COUNTED,
        "first_indexed": _TIME,
        "last_changed": _TIME,
        "venue_key": _ASKED,
        "type_key": _ASKED,
        "has": _ASKED,
        "year": _NUMBER,
        "title_order": _COUNTED,
        "title_stems": _STREAM,
        "title_words": _STREAM,
        "abstract_stems": _STREAM,
        "abstract_words": _STREAM,
        "author_words": _STREAM,
        "title_length": _COLUMN,
        "abstract_length": _COLUMN,
        "author_length": _COLUMN,
        "vocabulary": _COUNTED,
        "author_vocabulary": _VALUE,
        "compounds": _COUNTED,
        "venue": _VALUE,
        "type": _VALUE,
        "year_value": _VALUE,
        "author": _VALUE,
        "author_shown": _COUNTED,
        "author_folded": _ASKED,
        "author_spelling": _COUNTED,
        "names": {
            "type": "nested",
            "properties": {
                "key": _ASKED,
                "shown": _COUNTED,
                "words": _ASKED,
                "stream": _STREAM,
                "place": _ASKED,
            },
        },
    }
    return {
        "dynamic": "strict",
        "_meta": {"quiver": VERSION, **meta},
        "properties": {name: dict(field) for name, field in fields.items()},
    }


PATIENCE: Final = 120
"""Seconds that the copies of a new index may take; after that it is written to without them."""


def all_copies(client: OpenSearch, replicas: int) -> Body:
    """Returns the parameters with which an index is made and all its copies are waited for.

    Args:
        client: of the cluster.
        replicas: that the index is made with; those that find no node are not waited for.
    """
    nodes = int(client.cluster.health()["number_of_data_nodes"])
    return {
        "wait_for_active_shards": max(1, min(replicas + 1, nodes)),
        "timeout": f"{PATIENCE}s",
        "request_timeout": PATIENCE + 60,
    }
