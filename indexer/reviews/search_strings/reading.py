"""A search string of another database as a query of Quiver, with what was lost.

Every part without an equal has a note that says whether its loss finds more or fewer papers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from indexer.errors import SearchStringError
from indexer.language.parse import MAX_LEAVES, parse_clause
from indexer.language.unparse import format_clause
from indexer.query import Clause, Not, TextField, Word, Years, leaves_of
from indexer.reviews.search_strings.clauses import all_of, any_of
from indexer.reviews.search_strings.lines import numbered_lines
from indexer.reviews.search_strings.syntax import (
    FOCUS,
    NARROWER,
    NO_LIMIT,
    NO_SUBHEADING,
    SearchField,
    SearchSyntax,
    Target,
    syntax_named,
)
from indexer.reviews.search_strings.terms import (
    WILD_NEAR,
    near_clause,
    phrase_near,
    text_clause,
)
from indexer.reviews.search_strings.tokens import SearchStringLexer, TokenKind
from indexer.reviews.search_strings.tree import (
    FieldScope,
    LineReference,
    SearchOperation,
    SearchStringParser,
    SearchTerm,
    SearchTree,
)
from indexer.reviews.search_strings.values import (
    RecordClause,
    limit_clause,
    record_clause,
    scopus_limit,
    years_between,
)

LONGEST: Final = 100_000
"""Characters of a search string that are read."""
_DEEPEST: Final = 100
"""Lines that refer to lines that refer to lines."""
_MOST_VISITS: Final = 20_000
_TEXT_TARGETS: Final = frozenset({"text", "title", "abstract"})
_UNKNOWN: Final = SearchField(
    "text", "This field is not known, so title and abstract are searched."
)
_BESIDE: Final = "Only title and abstract are searched with these words, not the other fields."
_STEMS: Final = (
    "Quiver also finds other forms of a word (network, networks) and, for words without a field, "
    "author names; put a word in quotation marks to find it as typed."
)


@dataclass(frozen=True, slots=True)
class SearchStringPart:
    """A part of a search string.

    Attributes:
        text: as pasted.
        line: from 1.
        column: from 1.
    """

    text: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class ReadingNote:
    """What a search string loses or what changes.

    Attributes:
        reason: a sentence.
        parts: those it concerns, in the order of the string; empty for all of it.
    """

    reason: str
    parts: tuple[SearchStringPart, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchStringReading:
    """A search string of another database, read.

    Attributes:
        clause: None where nothing of it has an equal.
        query: the clause in Quiver's language.
        notes: what was lost.
    """

    clause: Clause | None
    query: str
    notes: tuple[ReadingNote, ...]


def read_search_string(text: str, database: str) -> SearchStringReading:
    """Reads a search string, or the numbered lines of a search history, of a database.

    Args:
        text: as pasted.
        database: "pubmed", "ovid", "wos", "ebsco" or "scopus".

    Raises:
        SearchStringError: when a part lacks its other half, or there is too much of it.
        KeyError: when the database is not known.

    >>> read_search_string('(heart[tiab] OR cardiac[tiab]) AND 2010:2020[dp]', "pubmed").query
    '(heart OR cardiac) AND year:2010-2020'
    """
    syntax = syntax_named(database)
    if len(text) > LONGEST:
        raise SearchStringError(1, 1, f"is longer than {LONGEST:,} characters; read it in parts")
    if not text.strip():
        raise SearchStringError(1, 1, "there is nothing to read; paste a search string")
    return _Reader(text, syntax).reading()


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a part stands.

    Attributes:
        fields: that it is searched in.
        joiner: operator around it; "" where it is alone.
        is_negated: it is taken away.
        distance: of words near each other by a tag; -1 for none.
    """

    fields: tuple[SearchField, ...]
    joiner: str = ""
    is_negated: bool = False
    distance: int = -1
    code: str = ""


class _Reader:
    """Makes clauses of trees and collects notes."""

    def __init__(self, text: str, syntax: SearchSyntax) -> None:
        self._text = text
        self._syntax = syntax
        self._lines = numbered_lines(text)
        lexer = SearchStringLexer(self._lines.text, syntax, has_lines=bool(self._lines.spans))
        spans = self._lines.spans or {0: (0, len(text))}
        self._trees: dict[int, SearchTree] = {}
        for number in sorted(spans):
            tokens = lexer.tokens(*spans[number])
            parser = SearchStringParser(tokens, syntax, tuple(self._trees), self._fault)
            self._trees[number] = parser.read()
        self._notes: dict[str, dict[str, int]] = {}
        self._losses: list[tuple[str, SearchTree, _Scope]] = []
        self._used: set[int] = set()
        self._visits = 0
        self._depth = 0

    def reading(self) -> SearchStringReading:
        last = max(self._trees)
        clause = self._clause(LineReference(last, 0, 0), _Scope((self._syntax.default,)))
        if sum(1 for _ in leaves_of(clause)) > MAX_LEAVES:
            raise self._too_long()
        self._note_losses()
        query = format_clause(clause)
        parsed, repairs = parse_clause(query)
        for start, end in self._lines.settings:
            self._note(f"{NO_LIMIT}; left out.", start, end)
        for number in sorted(set(self._trees) - self._used):
            start, end = self._lines.spans[number]
            self._note("The last line does not use these lines, so they are left out.", start, end)
        for repair in repairs:
            self._notes.setdefault(repair.reason, {})
        if any(isinstance(leaf, Word) and not leaf.exact for leaf in leaves_of(parsed)):
            self._notes.setdefault(_STEMS, {})
        return SearchStringReading(parsed, format_clause(parsed), self._listed())

    def _listed(self) -> tuple[ReadingNote, ...]:
        return tuple(
            ReadingNote(
                reason,
                tuple(
                    SearchStringPart(text, *self._position(start))
                    for text, start in sorted(parts.items(), key=lambda part: part[1])
                ),
            )
            for reason, parts in self._notes.items()
        )

    def _position(self, offset: int) -> tuple[int, int]:
        before = self._text[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1

    def _fault(self, offset: int, reason: str) -> SearchStringError:
        return SearchStringError(*self._position(min(offset, len(self._text.rstrip()))), reason)

    def _too_long(self) -> SearchStringError:
        told = f"has more than {MAX_LEAVES:,} terms, the most that Quiver reads; read it in parts"
        return SearchStringError(1, 1, told)

    def _note(self, reason: str, start: int, end: int) -> None:
        missing = self._text.count("(", start, end) - self._text.count(")", start, end)
        while missing > 0 and end < len(self._text) and self._text[end] in " \n)":
            missing -= self._text[end] == ")"
            end += 1
        shown = " ".join(self._text[start:end].split())
        shown = f"{shown[:99]}…" if len(shown) > 100 else shown
        self._notes.setdefault(reason, {}).setdefault(shown, start)

    def _left_out(self, tree: SearchTree, scope: _Scope, why: str) -> None:
        self._losses.append((why, tree, scope))

    def _note_losses(self) -> None:
        """Notes what is left out, and whether that finds more or fewer papers."""
        for why, tree, scope in self._losses:
            effect = ""
            if scope.joiner:
                is_fewer = (scope.joiner == "OR") != scope.is_negated
                effect = f", which finds {'fewer' if is_fewer else 'more'} papers"
            self._note(f"{why}; left out{effect}.", tree.start, tree.end)

    def _clause(self, tree: SearchTree, scope: _Scope) -> Clause | None:
        self._visits += 1
        if self._visits > _MOST_VISITS:
            raise self._too_long()
        match tree:
            case LineReference(number=number):
                return self._line(number, scope)
            case FieldScope():
                return self._scoped(tree, scope)
            case SearchOperation():
                return self._operation(tree, scope)
            case SearchTerm():
                return self._term(tree, scope)

    def _line(self, number: int, scope: _Scope) -> Clause | None:
        self._used.add(number)
        self._depth += 1
        if self._depth > _DEEPEST:
            told = f"more than {_DEEPEST} lines refer to one another; combine them in fewer steps"
            raise self._fault(self._trees[number].start, told)
        clause = self._clause(self._trees[number], scope)
        self._depth -= 1
        return clause

    def _scoped(self, tree: FieldScope, scope: _Scope) -> Clause | None:
        if isinstance(tree.tree, FieldScope):  # the inner field is the one that counts
            return self._clause(tree.tree, scope)
        distance = -1
        fields: list[SearchField] = []
        for code in tree.codes:
            base, _, number = code.partition(":~")
            if number.isdecimal():
                distance = int(number[:4])
            fields.append(self._syntax.fields.get(base, _UNKNOWN))
        for field in fields:
            if field.target in _TEXT_TARGETS | {"subject", "author"} and field.note:
                of_text = field.target in _TEXT_TARGETS
                self._note(field.note, *(tree.mark if of_text else (tree.start, tree.end)))
        code = tree.codes[0] if tree.codes else ""
        if code in ("limit-to", "exclude"):
            made = scopus_limit(code, self._text[tree.mark[1] : tree.end])
            return self._recorded(made, tree, scope)
        kept = self._searched_fields(fields, tree)
        if not kept:
            self._left_out(tree, scope, fields[0].note if fields else NO_LIMIT)
            return None
        inner = replace(scope, fields=kept, distance=distance, code=code)
        return self._clause(tree.tree, inner)

    def _searched_fields(
        self, fields: list[SearchField], tree: FieldScope
    ) -> tuple[SearchField, ...]:
        """Returns the fields that are searched: those of the text, or else those of the record."""
        known = list(dict.fromkeys(field.target for field in fields if field.target))
        texts = [target for target in known if target in _TEXT_TARGETS]
        if texts and len(texts) < len(known):
            self._note(_BESIDE, *tree.mark)
        if "text" in texts or len(texts) == 2:
            return (SearchField("text"),)
        return tuple(SearchField(target) for target in texts or known)

    def _operation(self, tree: SearchOperation, scope: _Scope) -> Clause | None:
        if tree.operator == "RANGE":
            return self._range(tree, scope)
        if tree.operator == "NEAR":
            return self._near(tree, scope)
        if tree.operator == "NOT":
            *first, away = tree.operands
            around = replace(scope, joiner="AND")
            wanted = self._clause(first[0], around) if first else None
            excluded = replace(scope, joiner="OR", is_negated=not scope.is_negated)
            gone = self._clause(away, excluded)
            if gone is None:
                return wanted
            return Not(gone) if wanted is None else all_of([wanted, Not(gone)])
        inner = replace(scope, joiner=tree.operator)
        before = len(self._losses)
        clauses = [
            clause
            for operand in tree.operands
            if (clause := self._clause(operand, inner)) is not None
        ]
        if not clauses:  # all of the group is left out, so what is around it counts
            self._losses[before:] = [(*loss[:2], scope) for loss in self._losses[before:]]
        return all_of(clauses) if tree.operator == "AND" else any_of(clauses)

    def _near(self, tree: SearchOperation, scope: _Scope) -> Clause | None:
        targets = [field.target for field in scope.fields]
        if targets[0] in _TEXT_TARGETS:
            made = near_clause(tree, _text_field(targets[0]), self._syntax)
            if made is not None:
                for loss in made.losses:
                    self._note(loss, tree.start, tree.end)
                return made.clause
        self._note(WILD_NEAR, tree.start, tree.end)
        return self._operation(replace(tree, operator="AND"), scope)

    def _range(self, tree: SearchOperation, scope: _Scope) -> Clause | None:
        sides = [part.tree if isinstance(part, FieldScope) else part for part in tree.operands]
        codes = [
            code for part in tree.operands if isinstance(part, FieldScope) for code in part.codes
        ]
        fields = [self._syntax.fields.get(code, _UNKNOWN) for code in codes] or list(scope.fields)
        texts = [side.text for side in sides if isinstance(side, SearchTerm)]
        if len(texts) != 2 or any(field.target != "year" for field in fields):
            self._left_out(tree, scope, NO_LIMIT)
            return None
        return self._recorded(years_between(*texts), tree, scope)

    def _term(self, term: SearchTerm, scope: _Scope) -> Clause | None:
        if term.style is TokenKind.YEARS:
            low, high = term.numbers
            return Years(low or None, high or None)
        if term.style is TokenKind.LIMIT:
            return self._recorded(limit_clause(term.text), term, scope)
        if term.style is TokenKind.HEADING:
            marks = {"exp": NARROWER, "focus": FOCUS, "sub": f"{NO_SUBHEADING}."}
            for name in term.codes:
                self._note(marks[name], term.start, term.end)
            return self._recorded(record_clause("subject", term.text), term, scope)
        clauses: list[Clause] = []
        for field in scope.fields:
            clause = self._in_field(term, field, scope)
            if clause is not None:
                clauses.append(clause)
        return any_of(clauses)

    def _in_field(self, term: SearchTerm, field: SearchField, scope: _Scope) -> Clause | None:
        if field.target not in _TEXT_TARGETS:
            return self._recorded(record_clause(field.target, term.text), term, scope)
        if not scope.code and field.note:
            self._note(field.note, term.start, term.end)
        if scope.distance >= 0:
            made = phrase_near(term, _text_field(field.target), scope.distance)
        else:
            phrases = self._syntax.phrases
            is_phrase = phrases == "everywhere" or (phrases == "fields" and scope.code != "")
            made = text_clause(term, _text_field(field.target), self._syntax, is_phrase=is_phrase)
        if made.clause is None:
            self._left_out(term, scope, "There is no word in this")
        for loss in made.losses:
            self._note(loss, term.start, term.end)
        return made.clause

    def _recorded(self, made: RecordClause, tree: SearchTree, scope: _Scope) -> Clause | None:
        if made.clause is None:
            self._left_out(tree, scope, made.losses[0] if made.losses else NO_LIMIT)
            return None
        for loss in made.losses:
            self._note(loss, tree.start, tree.end)
        return made.clause


def _text_field(target: Target) -> TextField | None:
    return target if target in ("title", "abstract") else None
