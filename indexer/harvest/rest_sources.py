"""Public REST interfaces that records are harvested from: how each is asked, what it answers.

Each source is data: an address to begin with, how a page of a list is asked for, and how a reply
is taken apart. `indexer.harvest.rest_harvest` does the asking. The shapes are those of the
interfaces' own documentation:

OpenAlex developers.openalex.org; Crossref api.crossref.org/swagger-ui; Europe PMC
europepmc.org/RestfulWebService; PubMed ncbi.nlm.nih.gov/books/NBK25499; Semantic Scholar
api.semanticscholar.org/api-docs; arXiv info.arxiv.org/help/api/user-manual.html; OpenReview
docs.openreview.net/reference/api-v2.

How each is asked for what changed since a day:

| source | condition | page |
|---|---|---|
| OpenAlex | filter ``from_updated_date`` (subscribers) | docs.openalex.org, Filter works |
| Crossref | filter ``from-index-date``, inclusive | crossref.org, REST API filters |
| Europe PMC | ``UPDATE_DATE:[day TO day]`` | europepmc.org/searchsyntax |
| PubMed | ``datetype=mdat``, ``mindate`` and ``maxdate`` together | NBK25499, ESearch |
| arXiv | the list by ``lastUpdatedDate``, read back to the day | user-manual.html, 3.1.1.3 |

Semantic Scholar's bulk search knows the date of publication only (``publicationDateOrYear``), and
OpenReview's notes the day they were created (``mintcdate``): of both the whole list is read again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

from lxml import etree

from indexer.harvest.harvest_reply import BrokenReply

Arguments = Mapping[str, str]
_ATOM = "{http://www.w3.org/2005/Atom}"
MOST_OF_PUBMED: Final = 9_999
"""Records of one search that PubMed gives (NBK25499, ESearch, retstart)."""
MOST_WITHOUT_KEY: Final = 10_000
"""Works of one search that OpenAlex gives page by page; more need a key and its cursor."""


class RefusedQuery(Exception):  # noqa: N818 - what it is
    """A query that the source does not answer as it is; its text says what to change."""


@dataclass(frozen=True, slots=True)
class RestQuery:
    """What to ask a source for.

    Attributes:
        query: words, or the source's own query language.
        filter: conditions in the language of the source; only where it has one.
        since: only what changed on this day or after ("2024-01-31"); empty for all.
        key: of the interface; empty for none. Never written anywhere.
        contact: address of the person who asks; empty for none.
        token: of the page, as the reply before gave it; empty for the first.
    """

    query: str
    filter: str = ""
    since: str = ""
    key: str = ""
    contact: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class RestPage:
    """One reply, taken apart.

    Attributes:
        records: each as it stands in the dump, a line without its end.
        token: of the next page; empty at the end of the list.
    """

    records: tuple[bytes, ...]
    token: str = ""


@dataclass(frozen=True, slots=True)
class RestSource:
    """One interface.

    Attributes:
        name: as typed.
        label: as people call it.
        address: what its addresses begin with.
        asked: gives the path and the arguments of a page.
        read: takes a reply apart.
        pause: seconds between two requests, as the source asks for.
        has_filter: it has a language of conditions beside words.
        tells_changes: it can be asked for what changed since a day; of others the whole list is
            read again, and records that the dump has are passed over.
        withheld: what its refusal says where it tells changes to subscribers only.
        key_header: header of the key; empty where it is an argument.
        head: what its dump begins with.
        tail: what its dump ends with.
    """

    name: str
    label: str
    address: str
    asked: Callable[[RestQuery], tuple[str, Arguments]]
    read: Callable[[bytes, RestQuery], RestPage]
    pause: float
    has_filter: bool = False
    tells_changes: bool = True
    withheld: str = ""
    key_header: str = ""
    head: bytes = b""
    tail: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def url(self, base: str, query: RestQuery) -> str:
        """Returns the address of a page."""
        path, arguments = self.asked(query)
        given = {name: value for name, value in arguments.items() if value}
        return f"{base.rstrip('/')}{path}?{urlencode(given)}"


def _json_of(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BrokenReply("a reply that is not JSON") from error
    if not isinstance(value, dict):
        raise BrokenReply("a reply that is not a JSON object")
    return value


def _lines(records: object) -> tuple[bytes, ...]:
    """Returns records as lines of JSON; what is no object is left out."""
    records_ = records if isinstance(records, list) else []
    return tuple(
        json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
        for record in records_
        if isinstance(record, dict)
    )


def _inner(value: Mapping[str, Any], *path: str) -> Any:
    """Returns what stands under a path of keys; an empty text where nothing does."""
    inner: Any = value
    for key in path:
        inner = inner.get(key) if isinstance(inner, dict) else None
    return "" if inner is None else inner


def _openalex(query: RestQuery) -> tuple[str, Arguments]:
    changed = f"from_updated_date:{query.since}" if query.since and query.key else ""
    conditions = ",".join(filter(None, (query.filter, changed)))
    paging = {"cursor": query.token or "*"} if query.key else {"page": query.token or "1"}
    return "/works", {
        "search": query.query,
        "filter": conditions,
        "per_page": "100",
        **paging,
        "api_key": query.key,
        "mailto": query.contact if "@" in query.contact else "",
    }


def _read_openalex(data: bytes, query: RestQuery) -> RestPage:
    value = _json_of(data)
    records = _lines(value.get("results"))
    if query.key:
        return RestPage(records, str(_inner(value, "meta", "next_cursor")) if records else "")
    count = _inner(value, "meta", "count")
    if isinstance(count, int) and count > MOST_WITHOUT_KEY:
        raise RefusedQuery(
            f"finds {count:,} works; without a key OpenAlex gives {MOST_WITHOUT_KEY:,}: narrow the "
            "query, or get a key (openalex.org/settings/api) and use --key"
        )
    page = int(query.token or 1)
    more = isinstance(count, int) and page * 100 < count and bool(records)
    return RestPage(records, str(page + 1) if more else "")


def _crossref(query: RestQuery) -> tuple[str, Arguments]:
    changed = f"from-index-date:{query.since}" if query.since else ""
    return "/works", {
        "query": query.query,
        "filter": ",".join(filter(None, (query.filter, changed))),
        "rows": "200",
        "cursor": query.token or "*",
        "mailto": query.contact if "@" in query.contact else "",
    }


def _read_crossref(data: bytes, query: RestQuery) -> RestPage:
    del query
    value = _json_of(data)
    records = _lines(_inner(value, "message", "items"))
    return RestPage(records, str(_inner(value, "message", "next-cursor")) if records else "")


def _europe_pmc(query: RestQuery) -> tuple[str, Arguments]:
    changed = f" AND (UPDATE_DATE:[{query.since} TO 3000-12-31])" if query.since else ""
    return "/search", {
        "query": f"({query.query}){changed}" if changed else query.query,
        "resultType": "core",
        "format": "json",
        "pageSize": "500",
        "cursorMark": query.token or "*",
    }


def _read_europe_pmc(data: bytes, query: RestQuery) -> RestPage:
    value = _json_of(data)
    records = _lines(_inner(value, "resultList", "result"))
    token = str(_inner(value, "nextCursorMark"))
    # The last page gives the cursor that it was asked with.
    return RestPage(records, token if records and token != query.token else "")


def _pubmed(query: RestQuery) -> tuple[str, Arguments]:
    known = {"tool": "quiver", "email": query.contact if "@" in query.contact else "",
             "api_key": query.key, "db": "pubmed"}  # fmt: skip
    if not query.token:
        dates = {"datetype": "mdat", "mindate": query.since.replace("-", "/"), "maxdate": "3000"}
        return "/esearch.fcgi", {
            "term": query.query,
            "usehistory": "y",
            "retmode": "json",
            "retmax": "0",
            **(dates if query.since else {}),
            **known,
        }
    environment, number, start, _ = query.token.split("|")
    return "/efetch.fcgi", {
        "WebEnv": environment,
        "query_key": number,
        "retstart": start,
        "retmax": str(_FETCHED),
        "retmode": "xml",
        **known,
    }


_FETCHED: Final = 200
"""Articles of PubMed that are fetched at a time."""


def _read_pubmed(data: bytes, query: RestQuery) -> RestPage:
    if not query.token:
        result = _inner(_json_of(data), "esearchresult")
        fault = _inner(result, "ERROR")
        if fault:
            raise RefusedQuery(f"is refused: {fault}")
        count = int(_inner(result, "count") or 0)
        if count > MOST_OF_PUBMED:
            raise RefusedQuery(
                f"finds {count:,} articles and PubMed gives {MOST_OF_PUBMED:,} of a search: ask "
                "for fewer at a time, such as 'words AND 2020:2021[dp]'"
            )
        token = f"{_inner(result, 'webenv')}|{_inner(result, 'querykey')}|0|{count}"
        return RestPage((), token if count else "")
    records = _elements(data, ("PubmedArticle", "PubmedBookArticle"))
    environment, number, start, count_text = query.token.split("|")
    following = int(start) + _FETCHED
    more = following < int(count_text)
    return RestPage(records, f"{environment}|{number}|{following}|{count_text}" if more else "")


def _elements(data: bytes, names: tuple[str, ...], namespace: str = "") -> tuple[bytes, ...]:
    """Returns the elements of these names, one a line."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False
    )
    root = etree.fromstring(data.strip() or b"<none/>", parser)
    if root is None or etree.QName(root).localname == "none":
        raise BrokenReply("a reply that is not XML")
    wanted = {namespace + name for name in names}
    return tuple(
        etree.tostring(node, with_tail=False, encoding="UTF-8", xml_declaration=False).replace(
            b"\n", b" "
        )
        for node in root.iter()
        if node.tag in wanted
    )


_S2_FIELDS: Final = (
    "paperId,corpusId,externalIds,url,title,abstract,venue,publicationVenue,year,"
    "isOpenAccess,openAccessPdf,fieldsOfStudy,publicationTypes,publicationDate,journal,authors"
)


def _semantic_scholar(query: RestQuery) -> tuple[str, Arguments]:
    arguments = {"query": query.query, "fields": _S2_FIELDS, "token": query.token}
    return "/paper/search/bulk", arguments


def _read_semantic_scholar(data: bytes, query: RestQuery) -> RestPage:
    del query
    value = _json_of(data)
    return RestPage(_lines(value.get("data")), str(_inner(value, "token")))


_OF_ARXIV: Final = 200
"""Entries of arXiv that are asked for at a time."""


def _arxiv(query: RestQuery) -> tuple[str, Arguments]:
    return "/query", {
        "search_query": query.query,
        "start": query.token or "0",
        "max_results": str(_OF_ARXIV),
        "sortBy": "lastUpdatedDate",
        "sortOrder": "descending",
    }


def _read_arxiv(data: bytes, query: RestQuery) -> RestPage:
    records = _elements(data, ("entry",), _ATOM)
    start = int(query.token or 0)
    total, oldest = 0, ""
    for node in etree.fromstring(
        data.strip(), etree.XMLParser(resolve_entities=False, recover=True)
    ):
        name = etree.QName(node).localname if isinstance(node.tag, str) else ""
        if name == "totalResults":
            total = int(node.text or 0)
        elif name == "entry":
            oldest = (node.findtext(f"{_ATOM}updated") or "").strip() or oldest
            if (node.findtext(f"{_ATOM}id") or "").startswith("http://arxiv.org/api/errors"):
                raise RefusedQuery(f"is refused: {node.findtext(f'{_ATOM}summary')}")
    if not records and start < total:
        raise BrokenReply("an empty page in the middle of its list")  # as arXiv does at times
    unchanged = bool(query.since) and oldest[:10] < query.since
    more = start + len(records) < total and not unchanged
    return RestPage(records, str(start + len(records)) if more else "")


_OF_OPENREVIEW: Final = 500
"""Notes of OpenReview that are asked for at a time."""


def _openreview(query: RestQuery) -> tuple[str, Arguments]:
    """Asks for all notes of a venue where the query is the id of one, else searches."""
    paging = {"limit": str(_OF_OPENREVIEW), "offset": query.token or "0"}
    if "/" in query.query and " " not in query.query:
        return "/notes", {"content.venueid": query.query, **paging}
    return "/notes/search", {"term": query.query, "source": "forum", **paging}


def _read_openreview(data: bytes, query: RestQuery) -> RestPage:
    value = _json_of(data)
    records = _lines(value.get("notes"))
    start, count = int(query.token or 0) + len(records), value.get("count")
    more = start < count if isinstance(count, int) else len(records) == _OF_OPENREVIEW
    return RestPage(records, str(start) if more and records else "")


_ALL = (
    RestSource(
        "openalex", "OpenAlex", "https://api.openalex.org", _openalex, _read_openalex, 0.2,
        has_filter=True, withheld="upgrade",
    ),
    RestSource(
        "crossref", "Crossref", "https://api.crossref.org", _crossref, _read_crossref, 0.5,
        has_filter=True, key_header="Crossref-Plus-API-Token",
    ),
    RestSource(
        "europepmc", "Europe PMC", "https://www.ebi.ac.uk/europepmc/webservices/rest",
        _europe_pmc, _read_europe_pmc, 0.2,
    ),
    RestSource(
        "pubmed", "PubMed", "https://eutils.ncbi.nlm.nih.gov/entrez/eutils", _pubmed,
        _read_pubmed, 0.4, head=b'<?xml version="1.0" encoding="UTF-8"?>\n<PubmedArticleSet>\n',
        tail=b"</PubmedArticleSet>\n",
    ),
    RestSource(
        "semanticscholar", "Semantic Scholar", "https://api.semanticscholar.org/graph/v1",
        _semantic_scholar, _read_semantic_scholar, 1.1, tells_changes=False,
        key_header="x-api-key",
    ),
    RestSource(
        "arxiv", "arXiv", "https://export.arxiv.org/api", _arxiv, _read_arxiv, 3.0,
        head=b'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"'
        b' xmlns:arxiv="http://arxiv.org/schemas/atom">\n',
        tail=b"</feed>\n",
    ),
    RestSource(
        "openreview", "OpenReview", "https://api2.openreview.net", _openreview,
        _read_openreview, 0.5, tells_changes=False,
    ),
)  # fmt: skip
REST_SOURCES: Final = MappingProxyType({source.name: source for source in _ALL})
"""Every source by its name."""
