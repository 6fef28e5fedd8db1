"""What is typed into the box, read as one known paper: its own id, a reference, name and year.

Identifiers that show by their form are read by `indexer.language`; what needs a look into the
collection is read here, on the `Searcher` contract alone, before an engine plans the query.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import Final

from indexer.language.parse import parse_clause
from indexer.paper import Paper
from indexer.query import (
    And,
    AuthorName,
    Clause,
    Match,
    Part,
    Query,
    Repair,
    Sort,
    TextField,
    Value,
    Word,
    Words,
    Years,
)
from indexer.references.match import find_paper
from indexer.references.parse import is_reference, parse_reference, words_of
from indexer.search import Searcher

MOST_NAMED: Final = 25
"""More papers of one author and year with these words are no known item."""
TITLE_WORDS: Final = 12
"""Words of the title of a reference that are searched for where its paper is not here."""
NOT_HERE: Final = (
    "This was read as a reference, but no paper here fits it, so the words of its title were "
    "searched for."
)
_FIELDS: Final[tuple[TextField | None, ...]] = ("title", None)
_SMALL: Final = frozenset("a an and as at by for from in is of on or the to with".split())
_ID = re.compile(r"[^\s\"“”*?~^]{2,200}")
_OPENREVIEW = re.compile(r"(?=.*[a-z])(?=.*[A-Z])[\w-]{9,12}")
_NAME_YEAR = re.compile(
    r"(?P<name>[^\W\d_][\w'’.-]+)(?: (?:et al\.?|and|&|, ?)(?: ?[A-Z][\w'’-]+)?)*,? "
    r"\(?(?P<year>(?:19|20)\d\d)[a-z]?\)?[:,.]? (?P<words>.+)"
)
_WORDS_YEAR = re.compile(
    r"(?P<words>.+?),? (?P<name>[^\W\d_][\w'’-]+)(?: et al\.?)?,? \(?(?P<year>(?:19|20)\d\d)\)?"
)
_PLAIN = re.compile(r"[\w\s'’.,:;?!()&/-]+")


def read_known_item(searcher: Searcher, query: Query) -> Query:
    """Returns a query that asks for the one paper that the typed text names, or the query as it is.

    Args:
        searcher: of the collection.
        query: as `parse_query` read it; a query whose clause was changed since is left alone.
    """
    text = query.text.strip()
    if query.clause is None or len(text) < 2:
        return query
    if _ID.fullmatch(text) and isinstance(query.clause, Word | Words | And):
        return _own_id(searcher, query, text)
    if not re.search(r"(?:19|20)\d\d|10\.\d{4}|@\w+\s*\{|arXiv", text):
        return query
    if parse_clause(query.text)[0] != query.clause:
        return query
    if is_reference(text):
        return _reference(searcher, query, text)
    named = _titled(searcher, text) or _named(searcher, text)
    return query if named is None else replace(query, clause=named)


def named_paper(searcher: Searcher, text: str) -> Paper | None:
    """Returns the paper that an id or an identifier in any spelling names; None where none does."""
    paper = searcher.get(text)
    if paper is not None or not text.strip():
        return paper
    clause, _ = parse_clause(text)
    if clause is None or not is_identifier(clause):
        return None
    ids = tuple(islice(searcher.ids(Query(clause=clause, sort=Sort.NEWEST)), 2))
    return searcher.get(ids[0]) if ids else None


def is_identifier(clause: Clause) -> bool:
    """Whether a clause asks for nothing but papers of an identifier."""
    inner = getattr(clause, "clauses", (clause,))
    return all(
        isinstance(clause_, Value) and clause_.field in ("id", "identifier") for clause_ in inner
    )


def _own_id(searcher: Searcher, query: Query, text: str) -> Query:
    if not re.search(r"[\d/:_.-]", text) or (isinstance(query.clause, Word) and query.clause.exact):
        return query
    if searcher.get(text) is not None:
        return replace(query, clause=Value("id", text))
    if _OPENREVIEW.fullmatch(text):
        known = Value("identifier", f"openreview:{text}")
        if searcher.count(Query(clause=known)):
            return replace(query, clause=known)
    return query


def _reference(searcher: Searcher, query: Query, text: str) -> Query:
    reference = parse_reference(text)
    best = find_paper(searcher, reference)
    if best is not None:
        return replace(query, clause=Value("id", best.paper.id))
    title = words_of(reference.titles[0]) if reference.titles else reference.words
    parts = tuple(Part(Word(word)) for word in dict.fromkeys(title[:TITLE_WORDS]))
    if len(parts) < 2:
        return query
    repair = Repair(0, len(query.text), NOT_HERE)
    return replace(query, clause=Words(parts), repairs=(*query.repairs, repair))


def _titled(searcher: Searcher, text: str) -> Clause | None:
    """Reads "Vaswani 2017 Attention is all you need": a name, a year and a whole title."""
    match = _NAME_YEAR.fullmatch(" ".join(text.split()))
    if match is None or len(match["words"].split()) < 4:
        return None
    known = find_paper(searcher, parse_reference(text))
    if known is None or known.title < 0.95 or not known.authors or not known.year:
        return None
    return Value("id", known.paper.id)


def _is_rather_a_name(searcher: Searcher, word: str) -> bool:
    """Whether more papers have a word among their authors than in their titles ("Long", "in")."""
    if word.casefold() in _SMALL:
        return False
    authored, titled = (
        searcher.count(Query(clause=clause)) for clause in (AuthorName(word), Word(word, "title"))
    )
    return authored > 0 and authored >= titled


def _named(searcher: Searcher, text: str) -> Clause | None:
    """Reads "Vaswani 2017 attention need" where an author of that name has such a paper."""
    plain = " ".join(text.split())
    if not _PLAIN.fullmatch(plain) or not 3 <= len(plain.split()) <= 30:
        return None
    for pattern in (_NAME_YEAR, _WORDS_YEAR):
        match = pattern.fullmatch(plain)
        if match is None:
            continue
        words = [word for word in dict.fromkeys(words_of(match["words"])) if word not in _SMALL]
        year = int(match["year"])
        if not words or not _is_rather_a_name(searcher, match["name"].strip(".")):
            continue
        for field in _FIELDS:
            # Each word is a clause of its own, so that all are needed whatever `Match` says.
            run = (Word(word, field) for word in words)
            clause = And((AuthorName(match["name"].strip(".")), Years(year, year), *run))
            asked = Query(clause=clause, match=Match.ALL, sort=Sort.NEWEST)
            number = sum(1 for _ in islice(searcher.ids(asked), MOST_NAMED + 1))
            if 0 < number <= MOST_NAMED:
                return clause
    return None
