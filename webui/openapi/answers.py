"""The shapes of the JSON answers that only the web gives; `indexer` has those of papers, authors.

The views build their answers as these types, so the type checker sees a key that is missing here.
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from indexer import AuthorClusterJson, ClauseJson, IndexInfoJson, RepairJson, ResultsJson


class SearchResultsJson(ResultsJson):
    """One page of results.

    Attributes:
        notices: what was left out or put right in the parameters, a sentence each.
        next_cursor: of the next page, null on the last; where a cursor was given.
        works: number of works; with versions=collapse, where they could be counted.
    """

    notices: list[str]
    next_cursor: NotRequired[str | None]
    works: NotRequired[int | None]


class VenueResultsJson(ResultsJson):
    """The papers of one venue.

    Attributes:
        venue: its name.
    """

    venue: str


class ChosenJson(TypedDict):
    """What of an author's papers the address chooses.

    Attributes:
        of: number of papers of the name.
        group: id of a paper of the group.
        venue: venues.
        year: years.
        q: words.
    """

    of: int
    group: str | None
    venue: list[str]
    year: list[str]
    q: str | None


class AuthorPapersJson(AuthorClusterJson):
    """The papers of one author name, and what surrounds it.

    Attributes:
        chosen: what the address chooses of them, if it chooses anything.
    """

    chosen: NotRequired[ChosenJson]


class GroupsMetaJson(TypedDict):
    """What was counted.

    Attributes:
        count: papers that match.
        generation: of the index that answered.
        group_by: the facet.
    """

    count: int
    generation: str
    group_by: str


class GroupJson(TypedDict):
    """One value and its number of papers.

    Attributes:
        key: what the filter takes.
        key_display_name: for readers.
        count: papers.
    """

    key: str
    key_display_name: str
    count: int


class GroupsJson(TypedDict):
    """The results counted by one facet, in OpenAlex's shape.

    Attributes:
        meta: what was counted.
        group_by: most papers first.
    """

    meta: GroupsMetaJson
    group_by: list[GroupJson]


class CollectionJson(IndexInfoJson):
    """What is in the collection.

    Attributes:
        degraded: the newest generation is damaged, and an older one answers.
    """

    degraded: NotRequired[bool]


class TopicJson(TypedDict):
    """Words that papers share.

    Attributes:
        phrase: for readers.
        words: of the topic.
        total: papers.
        query: that finds them.
    """

    phrase: str
    words: list[str]
    total: int
    query: str


class TopicsJson(TypedDict):
    """The topics of a result.

    Attributes:
        query: as typed.
        total: papers that match.
        topics: most papers first.
        generation: of the index that answered.
    """

    query: str
    total: int
    topics: list[TopicJson]
    generation: str


class TrendJson(TypedDict):
    """One query over the years.

    Attributes:
        query: as typed.
        counts: papers that match, by year.
    """

    query: str
    counts: dict[str, int]


class TrendsJson(TypedDict):
    """How often papers match queries, year by year.

    Attributes:
        papers: papers in all, by year.
        queries: in the order asked.
        generation: of the index that answered.
    """

    papers: dict[str, int]
    queries: list[TrendJson]
    generation: str


class DuplicateGroupJson(TypedDict):
    """Results that may be one work.

    Attributes:
        kind: of likeness.
        ids: of the papers.
        reason: a sentence.
    """

    kind: str
    ids: list[str]
    reason: str


class SameWorkJson(TypedDict):
    """Papers that the owner of the collection calls one work.

    Attributes:
        ids: of the papers.
        preferred: the one to be shown.
        note: of the owner.
    """

    ids: list[str]
    preferred: str
    note: str


class DuplicatesJson(TypedDict):
    """Which results may be one work, and what was decided.

    Attributes:
        compared: results that were compared.
        groups: not decided yet.
        same: decided to be one work.
        different: ids that were decided to be different works.
    """

    compared: int
    groups: list[DuplicateGroupJson]
    same: list[SameWorkJson]
    different: list[list[str]]


class FlowSourceJson(TypedDict):
    """What was read of one source.

    Attributes:
        source: its name.
        read: records.
        removed: records by reason.
        left: papers.
    """

    source: str
    read: int
    removed: dict[str, int]
    left: int


class FlowJson(TypedDict):
    """From the records of the sources to the papers of the index (PRISMA).

    Attributes:
        read: records.
        removed: records by reason.
        left: papers.
        sources: in the order read.
    """

    read: int
    removed: dict[str, int]
    left: int
    sources: list[FlowSourceJson]


class TranslationNoteJson(TypedDict):
    """What a search string for a database loses or changes.

    Attributes:
        text: the part of the query; empty for all of it.
        reason: a sentence.
    """

    text: str
    reason: str


class TranslationJson(TypedDict):
    """The query as a search string of a bibliographic database.

    Attributes:
        database: its name.
        text: the string.
        notes: what differs.
    """

    database: str
    text: str
    notes: list[TranslationNoteJson]


class SearchRecordJson(TypedDict):
    """The record of a search for a systematic review (PRISMA-S).

    Attributes:
        query: as typed.
        parameters: of /search.
        address: of the page of results.
        read_as: the query in full syntax.
        matched: "all" or "any" of its words.
        clauses: its parts.
        repairs: what was mended.
        asked: when, ISO 8601 in UTC.
        index: what was searched.
        flow: how it came about.
        total: papers found.
        labelled: how many of them are included and excluded.
        counts: papers by facet and value.
        translations: the query for other databases.
        ids: of all papers found, in order.
    """

    query: str
    parameters: dict[str, Any]
    address: str
    read_as: str
    matched: str
    clauses: list[ClauseJson]
    repairs: list[RepairJson]
    asked: str
    index: IndexInfoJson
    flow: FlowJson
    total: int
    labelled: dict[str, int]
    counts: dict[str, dict[str, int]]
    translations: list[TranslationJson]
    ids: list[str]


class SearchStateJson(TypedDict):
    """One generation and what a search found in it.

    Attributes:
        generation: its name.
        built: when it was published.
        matched: "all" or "any" of the words.
        total: papers found.
    """

    generation: str
    built: str
    matched: str
    total: int


class SearchDifferenceJson(TypedDict):
    """What has changed for a search between two generations.

    Attributes:
        query: as typed.
        address: of the page of results.
        since: the earlier generation.
        until: the later one.
        counts: lengths of the lists below.
        new: ids of papers found now and not before.
        gone: ids of papers found before and not now.
        removed: those that are no longer in the index; null where there are too many.
        changed: ids of papers found both times that have changed; null where there are too many.
    """

    query: str
    address: str
    since: SearchStateJson
    until: SearchStateJson
    counts: dict[str, int | None]
    new: list[str]
    gone: list[str]
    removed: list[str] | None
    changed: list[str] | None


class HealthJson(TypedDict):
    """Whether searches are answered.

    Attributes:
        status: "ok" or "degraded".
        detail: a sentence where it is degraded.
        generation: of the index; not for strangers on a private site, and likewise the rest.
        identity: of the index.
        papers: number of papers.
        took_ms: milliseconds that a search took.
    """

    status: str
    detail: NotRequired[str]
    generation: NotRequired[str]
    identity: NotRequired[str]
    papers: NotRequired[int]
    took_ms: NotRequired[float]


class ParameterProblemJson(TypedDict):
    """What is wrong with one parameter.

    Attributes:
        parameter: its name.
        detail: what was expected.
    """

    parameter: str
    detail: str


class ProblemJson(TypedDict):
    """An error (RFC 9457).

    Attributes:
        type: always "about:blank".
        title: what is wrong, in general.
        status: of HTTP.
        detail: what is wrong here.
        errors: one for each parameter that is not valid.
        command: what builds an index, where there is none.
    """

    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[ParameterProblemJson]]
    command: NotRequired[str]
