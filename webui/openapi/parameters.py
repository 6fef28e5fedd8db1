"""The parameters of the operations: each a schema with its limits, and a sentence."""

from __future__ import annotations

import re
from typing import Any, Final

from indexer import CITATION_FORMATS, FACET_FIELDS, REFERENCE_STYLES, SYNTAX, Match, Sort
from webui.urls.query_params import Params
from webui.views.arxiv_api import MOST, ORDERS, SORTS

Parameter = dict[str, Any]
_LARGEST: Final = 10**9
_SWITCH: Final = {"type": "string", "enum": ["0", "1"]}
_YEAR: Final = {"type": "integer", "minimum": 1, "maximum": 9999}
QUERY: Final = (
    *("q", "venue", "venue_not", "year", "year_not", "type", "type_not", "author", "author_not"),
    *("year_from", "year_to", "match", "sort"),
)
"""What asks for papers."""
PAGE: Final = ("page", "per_page")
WRITING: Final = ("abstract", "key", "ascii", "bom")
"""How references are written."""
FIELDS: Final = ("fields", "facets")
"""What keeps an answer small."""
CHOOSING: Final = ("q", "venue", "year", "also", "exact", "group")
"""What chooses among the papers of an author."""
_PATH: Final[dict[str, Parameter]] = {
    "id": {"schema": {"type": "string", "minLength": 1}, "description": "Id of a paper."},
    "slug": {
        "schema": {"type": "string", "minLength": 1},
        "description": "The name as addresses write it; any other spelling leads to it.",
    },
    "number": {
        "schema": {"type": "integer", "minimum": 1, "maximum": 999_999},
        "description": "The permanent number of one of the people with this name.",
    },
    "published": {"schema": _YEAR, "description": "Year of publication."},
    "format": {
        "schema": {
            "type": "string",
            "enum": [format_.suffix for format_ in CITATION_FORMATS.values()],
        },
        "description": "Format of the references, by the suffix of its files.",
    },
}
"""The parts of paths."""
REQUIRED: Final = frozenset({"group_by", "since", "from", "to"})


def path_parameter(name: str) -> Parameter:
    """Describes a part of a path."""
    return {"name": name, "in": "path", "required": True} | _PATH[name]


def query_parameter(name: str, params: Params) -> Parameter:
    """Describes a parameter of an address.

    Raises:
        KeyError: when there is no such parameter.
    """
    schema, told = _facet(name, params) or _described(params)[name]
    written = {"name": name, "in": "query", "required": name in REQUIRED}
    return written | {"schema": schema, "description": told}


def _facet(name: str, params: Params) -> tuple[dict[str, Any], str] | None:
    facet = name.removesuffix("_not")
    if facet not in FACET_FIELDS:
        return None
    told = "none of these" if name.endswith("_not") else "any of these; “unknown” for none"
    return _list(params.max_value, params.max_values), f"Values of {facet}: {told}."


def _described(params: Params) -> dict[str, tuple[dict[str, Any], str]]:
    text = {"type": "string"}
    return {
        "q": (
            text,
            (
                f"The query; the first {params.max_text:,} characters are read. Its fields are "
                f"{', '.join(_query_fields())}."
            ),
        ),
        "year_from": (_YEAR, "First year."),
        "year_to": (_YEAR, "Last year."),
        "match": (
            _choice(match.value for match in Match) | {"default": Match.AUTO.value},
            "How many of the query's words a paper must contain.",
        ),
        "sort": (
            _choice(sort.value for sort in Sort) | {"default": Sort.RELEVANCE.value},
            "Order of the results; feeds have the last added first.",
        ),
        "page": ({"type": "integer", "minimum": 1, "maximum": _LARGEST}, "Page, from 1."),
        "per_page": (
            {"type": "integer", "minimum": 1, "maximum": params.max_per_page},
            "Results per page.",
        ),
        "fields": (
            text,
            "Keys to return for each paper, separated by commas; all by default.",
        ),
        "facets": (
            text,
            "Facets to count, separated by commas; all by default, and with `none` no facet.",
        ),
        "group_by": (_choice(FACET_FIELDS), "The facet to count by."),
        "cursor": (text, "`*`, then each `next_cursor`: all results in one generation."),
        "versions": (
            _choice(["collapse"]),
            "Each work once: `works` counts them; `versions` of a result has the other ids.",
        ),
        "explain": (_SWITCH, "Show how each score is made up."),
        "abstract": (_SWITCH, "Whether references include abstracts."),
        "key": (text, "Pattern of citation keys, such as {author}{year}{word}."),
        "ascii": (_SWITCH, "Whether BibTeX writes non-ASCII letters as TeX."),
        "bom": (_SWITCH, "Whether CSV starts with a byte order mark."),
        "style": (
            _choice(REFERENCE_STYLES),
            "Style of formatted references, instead of a format: text, or HTML with format=html.",
        ),
        "also": (_list(params.max_value, params.max_values), "Slugs of other names to include."),
        "exact": (_SWITCH, "Leave out names curated as the same person's."),
        "group": (text, "Only the group of papers that this paper is in, by its id."),
        "from": (text, "Name of an author."),
        "to": (text, "Name of another author."),
        "id": (_list(params.max_value, 1_000), "Ids of papers."),
        "since": (text, "Name of the earlier generation."),
        "until": (text, "Name of the later generation; the newest by default."),
        "format": (_choice([*CITATION_FORMATS, "html"]), "Format of references."),
        "search_query": (text, "A query in arXiv's language."),
        "id_list": (text, "Ids of papers, separated by commas."),
        "start": ({"type": "integer", "minimum": 0, "maximum": _LARGEST}, "Results to skip."),
        "max_results": (
            {"type": "integer", "minimum": 0, "maximum": MOST, "default": 10},
            "Results to return.",
        ),
        "sortBy": (_choice(SORTS), "Order of the results."),
        "sortOrder": (_choice(ORDERS), "Its direction."),
    }


def _choice(values: Any) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


def _list(longest: int, most: int) -> dict[str, Any]:
    items = {"type": "string", "maxLength": longest}
    return {"type": "array", "items": items, "maxItems": most}


def _query_fields() -> list[str]:
    """Returns the fields of the query language, each once, as the help has them."""
    found = (re.match(r"[a-z]+:", row.example) for row in SYNTAX)
    return list(dict.fromkeys(match[0] for match in found if match))
