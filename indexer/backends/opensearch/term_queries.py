"""One term as a query of the cluster: what holds it, and how often in each field."""

from __future__ import annotations

from itertools import islice, product
from typing import Final

from indexer.analysis import MAX_PARTS
from indexer.backends.opensearch.document import bounded, document_id
from indexer.backends.opensearch.mapping import GAP, Body
from indexer.backends.opensearch.scoring import FIELDS, NOTHING, Scoring, either
from indexer.query import TextField
from indexer.query_analysis.terms import (
    CompoundTerm,
    EveryTerm,
    HasTerm,
    IdsTerm,
    NameTerm,
    NearTerm,
    PhraseTerm,
    SetTerm,
    StemTerm,
    TextTerm,
    UnionTerm,
    ValueTerm,
    Way,
    YearsTerm,
)
from indexer.record.record_fields import RECORD_FIELDS, record_keys

MOST_COUNTED: Final = 64
"""Words of a pattern that are counted one by one; more of them score a field once."""
MOST_WAYS: Final = 64
"""Ways to say a phrase of several compounds that are looked for."""
_YEARS: Final = (-(2**31), 2**31 - 1)


def fields_of(term: TextTerm) -> tuple[TextField, ...]:
    """Returns the fields where a term can stand."""
    if isinstance(term, NameTerm):
        return ("author",)
    return FIELDS if term.field is None else (term.field,)


def matching(term: TextTerm) -> Body:
    """Matches the papers that hold a term in any of its fields."""
    return either([frequency(term, field) for field in fields_of(term)])


def scored(term: TextTerm, holding: int, boost: float, scoring: Scoring, name: str = "") -> Body:
    """Matches the papers that hold a term, with its BM25F score times `boost`.

    Args:
        term: what to look for.
        holding: papers that hold it.
        boost: factor on the score.
        scoring: the weights.
        name: hits tell that the term is in them under this name, and under the name, a blank and
            a field that it is in that field; empty = they do not tell.
    """
    fields = []
    for field in fields_of(term):
        weighed = scoring.weighed(frequency(term, field), field)
        if name:
            weighed["script_score"]["_name"] = f"{name} {field}"
        fields.append(weighed)
    query = scoring.saturated(fields, holding, boost)
    if name:
        query["script_score"]["_name"] = name
    return query


def frequency(term: TextTerm, field: TextField) -> Body:
    """Matches a term in one field; the score is how often it stands there.

    In names it is the number of the paper's authors that have it. A `NearTerm`, and a `UnionTerm`
    of more than `MOST_COUNTED` words, score 1: the cluster gives no count of these.
    """
    return _author(term) if field == "author" else _text(term, field)


def _text(term: TextTerm, field: TextField) -> Body:
    stems, words = f"{field}_stems", f"{field}_words"
    match term:
        case StemTerm(stem, word, _, exact):
            return {"term": {words: word} if exact else {stems: stem}}
        case CompoundTerm(_, ways, _, exact):
            stream = words if exact else stems
            return {"dis_max": {"queries": [_row(stream, way) for way in ways]}}
        case PhraseTerm():
            # A compound at the end stands there joined and parted at once: counted once.
            rows = [_row(words, way) for way in _ways(term)]
            return rows[0] if len(rows) == 1 else {"dis_max": {"queries": rows}}
        case NearTerm():
            return _once(either([_near(words, reading, term.slop) for reading in term.readings]))
        case UnionTerm(union):
            if len(union) > MOST_COUNTED:
                return _once({"terms": {words: list(union)}})
            return either([{"term": {words: word}} for word in union])
        case NameTerm():
            return NOTHING


def _author(term: TextTerm) -> Body:
    match term:
        case StemTerm(_, word):
            return {"term": {"author_words": word}}
        case CompoundTerm(ways):
            return _names(either([_all_words(way) for way in ways]))
        case PhraseTerm():
            return _names(either([_row("names.stream", way) for way in _ways(term)]))
        case NearTerm():
            near = [_near("names.stream", reading, term.slop) for reading in term.readings]
            return _names(either(near))
        case UnionTerm(_, names):
            return _names({"terms": {"names.words": list(names)}}) if names else NOTHING
        case NameTerm():
            return _names(_name(term))


def record_query(term: SetTerm) -> Body:
    """Matches what a test about the record asks for."""
    match term:
        case ValueTerm(field, folded) if field in RECORD_FIELDS:
            keys = record_keys(field, folded.split())
            if len(keys) == 1:
                return {"term": {"record_values": keys[0]}}
            return _near("record_values", keys, GAP // 2)  # within one value
        case IdsTerm(_, ids):
            return {"ids": {"values": [document_id(one) for one in ids]}}
        case ValueTerm(field, folded):
            return {"term": {f"{field}_key": bounded(folded)}}
        case YearsTerm(None, None) | HasTerm("year"):
            return {"exists": {"field": "year"}}
        case YearsTerm(low, high):
            return year_range(low, high)
        case HasTerm(field):
            return {"term": {"has": field}}
        case EveryTerm():
            return {"match_all": {}}


def year_range(low: int | None, high: int | None) -> Body:
    """Match years from `low` to `high`, both included; the cluster's integers have 32 bits."""
    bounds: Body = {}
    if low is not None:
        if low > _YEARS[1]:
            return NOTHING
        bounds["gte"] = max(low, _YEARS[0])
    if high is not None:
        if high < _YEARS[0]:
            return NOTHING
        bounds["lte"] = min(high, _YEARS[1])
    return {"range": {"year": bounds}}


def _row(stream: str, words: Way) -> Body:
    """Words at consecutive positions; the score is how often."""
    if len(words) == 1:
        return {"term": {stream: words[0]}}
    # A scripted similarity scores a phrase once for each of its terms and adds that up.
    return {"match_phrase": {stream: {"query": " ".join(words), "boost": 1 / len(words)}}}


def _ways(phrase: PhraseTerm) -> list[Way]:
    """Writes a phrase out: one row of words for each choice of ways."""
    rows = islice(product(*phrase.steps), MOST_WAYS)
    return sorted({tuple(word for way in row for word in way) for row in rows})


def _near(stream: str, words: Way, slop: int) -> Body:
    rule = {"query": " ".join(words), "max_gaps": slop, "ordered": False, "analyzer": "blanks"}
    return {"intervals": {stream: {"match": rule}}}


def _once(query: Body) -> Body:
    return {"constant_score": {"filter": query, "boost": 1}}


def _names(within: Body) -> Body:
    """Matches papers by what must hold within one name; the score is the number of such names."""
    return {
        "nested": {
            "path": "names",
            "score_mode": "sum",
            "query": {"constant_score": {"filter": within, "boost": 1}},
        }
    }


def _all_words(words: Way) -> Body:
    asked = [{"term": {"names.words": word}} for word in dict.fromkeys(words)]
    return asked[0] if len(asked) == 1 else {"bool": {"filter": asked}}


def _name(term: NameTerm) -> Body:
    """Writes out what one name must have (see `NameTerm`)."""
    asked: list[Body] = []
    if term.position.value:
        asked.append({"term": {"names.place": term.position.value}})
    if term.key is not None:
        asked.append({"term": {"names.key": bounded(term.key)}})
        return {"bool": {"filter": asked}}
    words = term.words
    spelled = [
        [*dict.fromkeys((word, other)), *_joined(words, at)]
        for at, (word, other) in enumerate(zip(words, term.spelled or words, strict=True))
    ]
    full = [
        {"terms": {"names.words": spelled[at]}}
        for at, word in enumerate(words)
        if len(word) > 1 and word[0].isalpha()
    ]
    places = [at for at, word in enumerate(words) if len(word) > 1 and word[0].isalpha()]
    for at, word in enumerate(words):
        answers: list[Body] = [{"terms": {"names.words": spelled[at]}}]
        if term.opened and len(word) == 1 and word.isalpha():
            answers.append({"prefix": {"names.words": word}})
        elif term.opened and word[0].isalpha():
            others = [clause for place, clause in zip(places, full, strict=True) if place != at]
            if others:
                initial = {"term": {"names.words": word[0]}}
                answers.append({"bool": {"filter": [initial, either(others)]}})
        asked.append(either(answers))
    return {"bool": {"filter": asked}}


def _joined(words: Way, at: int) -> list[str]:
    """Returns the joined forms of neighbouring words that take in the word at a place."""
    return [
        "".join(words[start:end])
        for start in range(max(0, at - MAX_PARTS + 1), at + 1)
        for end in range(max(at + 1, start + 2), min(len(words), start + MAX_PARTS) + 1)
    ]
