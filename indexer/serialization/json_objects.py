"""The JSON objects of the command line and of the web's ``.json`` pages: one function each.

Scripts rely on their keys: keys may be added, none renamed or taken away. Every value is of JSON's
own types; years are numbers in papers and digits in facets, where "unknown" is a value, too.
"""

from __future__ import annotations

from typing import cast

from indexer.authors.clusters import AuthorCluster
from indexer.authors.disambiguation import Suggestion
from indexer.authors.same_name_groups import Group
from indexer.authors.shortest_path import Connection
from indexer.paper import Paper, name_slug
from indexer.query import FACET_FIELDS, Query, TypedName
from indexer.search import FacetValue, Hit, IndexInfo, Receipt, Results, Snippet
from indexer.serialization.author_json_types import (
    AuthorClusterJson,
    ConnectionJson,
    CuratedJson,
    SameNameGroupJson,
    SuggestionJson,
)
from indexer.serialization.details import details_json
from indexer.serialization.json_types import (
    FacetValueJson,
    HitJson,
    IndexInfoJson,
    Json,
    PaperJson,
    QueryJson,
    ReceiptJson,
    ResultsJson,
    SnippetJson,
    TypedNameJson,
)
from indexer.suggestions.identifier_sentence import identifier_answer

SHOWN_PAPERS = 5
"""Papers of each link of a connection that are listed, the newest."""


def results_json(results: Results) -> ResultsJson:
    """Writes one page of answers: the object of ``quiver search --json`` and ``/search.json``.

    The key ``timed_out`` is there only where the deadline of the search has cut something,
    ``identifier`` where one was asked for, ``author`` where an author's name was typed as words,
    ``close`` where papers are close in meaning without having all words.
    """
    query = results.query
    written: ResultsJson = {
        "query": query.text,
        "total": results.total,
        "took_ms": round(results.took_ms, 3),
        "generation": results.generation,
        "page": query.page,
        "per_page": query.per_page,
        "parameters": query_json(query),
        "receipt": receipt_json(results.receipt),
        "hits": [hit_json(hit) for hit in results.hits],
        "facets": {
            field: [_value_json(value) for value in results.facets[field].values]
            for field in FACET_FIELDS
            if field in results.facets
        },
        "facet_distinct": {
            field: results.facets[field].distinct
            for field in FACET_FIELDS
            if field in results.facets
        },
    }
    if results.timed_out:
        written["timed_out"] = True
    named = identifier_answer(results)
    if named is not None:
        written["identifier"] = {
            "sentence": named.sentence,
            "scheme": named.scheme,
            "value": named.value,
            "found": named.found,
            "address": named.address,
        }
    if query.author is not None:
        written["author"] = name_json(query.author)
    if results.close:
        written["close"] = [hit_json(hit) for hit in results.close]
    return written


def query_json(query: Query) -> QueryJson:
    """Writes what was asked as the parameters of ``/search``; lists for those that repeat.

    Filters and year limits that are not set are left out.
    """
    asked: Json = {"q": query.text}
    for field in FACET_FIELDS:
        chosen = query.filter(field)
        if chosen.include:
            asked[field] = list(chosen.include)
        if chosen.exclude:
            asked[f"{field}_not"] = list(chosen.exclude)
    if query.years.low is not None:
        asked["year_from"] = query.years.low
    if query.years.high is not None:
        asked["year_to"] = query.years.high
    asked |= {
        "match": query.match.value,
        "sort": query.sort.value,
        "page": query.page,
        "per_page": query.per_page,
    }
    return cast(QueryJson, asked)


def name_json(typed: TypedName) -> TypedNameJson:
    """Writes an author's name that was typed as words, and the authors whom it fits, best first."""
    return {
        "name": typed.name,
        "first": typed.is_first,
        "authors": [
            {"name": author.name, "slug": name_slug(author.name), "count": author.papers}
            for author in typed.authors
        ],
    }


def hit_json(hit: Hit) -> HitJson:
    """Writes one hit; "why" is there only when the search explained itself."""
    paper = hit.paper
    written: HitJson = {
        "id": paper.id,
        "score": hit.score,
        "title": paper.title,
        "authors": list(paper.authors),
        "authors_complete": paper.authors_complete,
        "venue": paper.venue,
        "year": paper.year,
        "type": paper.type,
        "doi": paper.doi,
        "url": paper.url,
        "snippets": [_snippet_json(snippet) for snippet in hit.snippets],
    }
    if hit.why:
        written["why"] = [
            {"label": part.label, "field": part.field, "value": part.value} for part in hit.why
        ]
    return written


def receipt_json(receipt: Receipt) -> ReceiptJson:
    """Writes how a query was read; each alternative carries its parameters, ready to be asked."""
    written: ReceiptJson = {
        "read_as": receipt.read_as,
        "matched": receipt.matched,
        "clauses": [
            {
                "text": clause.text,
                "hits": clause.hits,
                "emptied": clause.emptied,
                "note": clause.note,
            }
            for clause in receipt.clauses
        ],
        "repairs": [
            {"start": repair.start, "end": repair.end, "reason": repair.reason}
            for repair in receipt.repairs
        ],
        "alternatives": [
            {"label": other.label, "total": other.total, "parameters": query_json(other.query)}
            for other in receipt.alternatives
        ],
    }
    if receipt.all_words is not None:
        written["all_words"] = receipt.all_words
        written["all_words_elsewhere"] = receipt.all_words_elsewhere
    if receipt.ordered_by:
        written["ordered_by"] = receipt.ordered_by
    return written


def paper_json(paper: Paper) -> PaperJson:
    """Writes a whole paper; one line of it is a record of Quiver's own JSONL dumps.

    The keys ``author_details``, ``identifiers`` and ``publication`` are there only where something
    is known for them, and hold no empty fields; the others are always there.
    """
    written: PaperJson = {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": list(paper.authors),
        "authors_complete": paper.authors_complete,
        "venue": paper.venue,
        "year": paper.year,
        "type": paper.type,
        "doi": paper.doi,
        "url": paper.url,
        "keywords": list(paper.keywords),
        "source": paper.source,
    }
    return cast(PaperJson, {**written, **details_json(paper)})


def info_json(info: IndexInfo) -> IndexInfoJson:
    """Writes what is in an index."""
    return {
        "generation": info.generation,
        "built": info.built,
        "papers": info.papers,
        "venues": info.venues,
        "authors": info.authors,
        "first_year": info.first_year,
        "last_year": info.last_year,
        "bytes": info.bytes,
        "dumps": list(info.dumps),
        "backend": info.backend,
        "identity": info.identity,
    }


def cluster_json(cluster: AuthorCluster) -> AuthorClusterJson:
    """Writes an author's page: the cluster, its namesakes, its papers in their order."""
    return {
        "name": cluster.name,
        "slug": cluster.slug,
        "names": [{"name": name, "slug": name_slug(name)} for name in cluster.names],
        "also": [{"name": name, "slug": name_slug(name)} for name in cluster.also],
        "curated": _curated_json(cluster),
        "paper_count": len(cluster.papers),
        "author_rows": cluster.rows,
        "spellings": [
            {"name": spelling.name, "count": spelling.count} for spelling in cluster.spellings
        ],
        "same_folded": [
            {"name": other.value, "slug": name_slug(other.value), "count": other.count}
            for other in cluster.same_folded
        ],
        "first_year": cluster.first_year,
        "last_year": cluster.last_year,
        "first_paper": cluster.first_paper.id if cluster.first_paper else None,
        "latest_paper": cluster.latest_paper.id if cluster.latest_paper else None,
        "coauthors": [
            {"name": coauthor.name, "slug": name_slug(coauthor.name), "count": coauthor.count}
            for coauthor in cluster.coauthors
        ],
        "ties": [
            {
                "names": [cluster.ties.people[at].name for at in (tie.one, tie.other)],
                "count": tie.count,
            }
            for tie in cluster.ties.ties
        ],
        "same_person": [_suggestion_json(suggestion) for suggestion in cluster.same_person],
        "several_people": [_group_json(group) for group in cluster.groups],
        "papers": [paper_json(paper) for paper in cluster.papers],
    }


def connection_json(one: str, other: str, connection: Connection) -> ConnectionJson:
    """Writes how two authors are connected.

    Args:
        one: the first name, as it is shown.
        other: the second.
        connection: what connects them, if anything does.
    """
    return {
        "from": one,
        "to": other,
        "steps": len(connection.links) if connection.names else None,
        "names": [{"name": name, "slug": name_slug(name)} for name in connection.names],
        "links": [
            {
                "names": [link.one, link.other],
                "count": len(link.papers),
                "papers": [
                    {"id": paper.id, "title": paper.title, "venue": paper.venue, "year": paper.year}
                    for paper in link.papers[:SHOWN_PAPERS]
                ],
            }
            for link in connection.links
        ],
        "passed_over": [{"name": name, "slug": name_slug(name)} for name in connection.passed_over],
    }


def _curated_json(cluster: AuthorCluster) -> CuratedJson:
    person = cluster.curated
    return {
        "name": person.name if person else None,
        "same": list(person.names) if person else [],
        "different": list(cluster.different),
        "homepage": (person.homepage if person else "") or None,
        "orcid": (person.orcid if person else "") or None,
    }


def _suggestion_json(suggestion: Suggestion) -> SuggestionJson:
    evidence = suggestion.evidence
    return {
        "name": suggestion.name,
        "slug": name_slug(suggestion.name),
        "count": suggestion.papers,
        "strength": suggestion.strength.value,
        "evidence": {
            "likeness": evidence.likeness.value,
            "coauthors": list(evidence.coauthors),
            "venues": list(evidence.venues),
            "years_of_both": None if evidence.both is None else list(evidence.both),
            "years_between": evidence.gap,
            "title_likeness": round(evidence.topics, 3),
            "rivals": evidence.rivals,
        },
    }


def _group_json(group: Group) -> SameNameGroupJson:
    return {
        "key": group.key,
        "papers": list(group.papers),
        "coauthors": [{"name": name, "count": count} for name, count in group.coauthors],
        "venues": list(group.venues),
        "first_year": group.first,
        "last_year": group.last,
        "number": group.number or None,
        "confidence": round(group.confidence, 2) if group.number else None,
    }


def _value_json(value: FacetValue) -> FacetValueJson:
    return {
        "value": value.value,
        "count": value.count,
        "selected": value.selected,
        "excluded": value.excluded,
    }


def _snippet_json(snippet: Snippet) -> SnippetJson:
    return {
        "field": snippet.field,
        "text": snippet.text,
        "offset": snippet.offset,
        "spans": [[span.start, span.end] for span in snippet.spans],
        "whole": snippet.whole,
    }
