"""What a person typed, read as a tree of clauses; no string is an error.

The grammar, loosest first (`indexer.language.syntax` is the table for people)::

    query  = any
    any    = all  ("OR" all)*
    all    = run  ("AND" run)*
    run    = part+                        words side by side; binds tighter than AND
    part   = ["+" | "-" | "NOT"] unit | word "NEAR/n" word
    unit   = [field ":"] ( term | "(" any ")" )

So ``a b OR c d`` is ``(a b) OR (c d)``. Conditions on the record (venue, year, author name, …) in a
run are no bare words: they hold whatever `Match` says, so the run becomes an And of its words and
of them. What cannot be read is passed over, and a `Repair` says what and where.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from indexer.language.leaves import MAX_SLOP, read_boost, read_leaf
from indexer.language.lexer import Kind, Lexer, Token
from indexer.language.runs import Item, boosted, join_run, pair
from indexer.language.signs import unindexed_signs
from indexer.query import (
    And,
    Clause,
    Filter,
    Match,
    Not,
    Occur,
    Or,
    Query,
    Repair,
    Sort,
    Value,
    YearRange,
)
from indexer.record.identifier_forms import Identifier, identifiers_in
from indexer.record.identifiers import orcid_of

MAX_LEAVES: Final = 1024
"""Terms of one query that are read."""
MAX_TOKENS: Final = 10_000
"""Terms and signs of one query that are looked at, those that ask nothing included."""
MAX_DEPTH: Final = 20
"""Parentheses inside each other that are told apart; the tree is at most six times as deep."""
MAX_REPAIRS: Final = 50
KEPT_TEXT: Final = 200
"""Longer texts are read anew each time; the readings of shorter ones are remembered for a while."""

_NAMES = frozenset({"author", "venue", "type"})


def parse_query(  # noqa: PLR0913 - one parameter an attribute of the query
    text: str = "",
    *,
    filters: tuple[Filter, ...] = (),
    years: YearRange | None = None,
    match: Match = Match.AUTO,
    sort: Sort = Sort.RELEVANCE,
    page: int = 1,
    per_page: int = 20,
) -> Query:
    """Read what was typed, and put it with what was chosen beside it.

    Never raises; the work grows with the length of the text.

    >>> parse_query("gossip venue:ICML").clause
    And(clauses=(Word(text='gossip', field=None, exact=False, boost=1.0), \
Value(field='venue', value='ICML')))
    """
    clause, repairs = parse_clause(text)
    return Query(
        text=text,
        clause=clause,
        repairs=_with_signs(text, repairs),
        filters=filters,
        years=years or YearRange(),
        match=match,
        sort=sort,
        page=page,
        per_page=per_page,
    )


def _with_signs(text: str, repairs: tuple[Repair, ...]) -> tuple[Repair, ...]:
    """Returns what was mended and what is said of the signs left out, by position."""
    signs = unindexed_signs(text)
    if not signs or identifiers_in(text):
        return repairs
    if len(repairs) == 1 and repairs[0].reason == NOTHING:
        reasons = " ".join((NOTHING, *(sign.reason for sign in signs)))
        return (Repair(0, len(text), reasons),)
    together = sorted((*repairs, *signs), key=lambda repair: (repair.start, repair.end))
    return tuple(together[:MAX_REPAIRS])


def parse_clause(text: str) -> tuple[Clause | None, tuple[Repair, ...]]:
    """Read a query string: its clause (None asks nothing) and what was mended, by position."""
    return _remembered(text) if len(text) <= KEPT_TEXT else _read(text)


def _read(text: str) -> tuple[Clause | None, tuple[Repair, ...]]:
    if orcid := orcid_of(text):
        return Value("orcid", orcid), ()
    identifiers = identifiers_in(text)
    if identifiers:
        values = tuple(_value(identifier) for identifier in identifiers)
        return (values[0] if len(values) == 1 else Or(values)), ()
    reader = _Reader(text)
    clause = reader.read()
    repairs = sorted(reader.repairs, key=lambda repair: (repair.start, repair.end))
    if clause is None and not repairs and text.strip().strip("*"):
        repairs = [Repair(0, len(text), NOTHING)]
    if len(repairs) > MAX_REPAIRS:
        last = Repair(repairs[MAX_REPAIRS - 1].start, len(text), "From here on more was mended.")
        repairs = [*repairs[: MAX_REPAIRS - 1], last]
    return clause, tuple(repairs)


def _value(identifier: Identifier) -> Value:
    if identifier.scheme == "id":
        return Value("id", identifier.value)
    return Value("identifier", str(identifier))


NOTHING: Final = "There is no word to look for in this."
"""What is said of a text without words."""

# A page reads its query and then each of its clauses again, to write them back; a reading is a
# value, so whoever asks may have the same one. One of `KEPT_TEXT` characters takes up to 20 kB.
_remembered = lru_cache(512)(_read)


class _Reader:
    """Reads one query string by recursive descent; `token` is the one to be read next."""

    def __init__(self, text: str) -> None:
        self.lexer = Lexer(text)
        self.repairs = self.lexer.repairs
        self.token = self.lexer.next()
        self.size = len(text)
        self.leaves = 0
        self.tokens = 0
        self.depth = 0
        self.skipped = 0
        self.stopped = False
        self.latest: Token | None = None

    def read(self) -> Clause | None:
        return self.any("")

    def advance(self, field: str = "") -> Token:
        """Returns the current token and advances to the next one."""
        token = self.token
        self.token = self.lexer.next(field)
        self.tokens += 1
        if self.tokens == MAX_TOKENS and self.token.kind is not Kind.END:
            self.stop(f"Only the first {MAX_TOKENS:,} words and signs were read.")
        return token

    def stop(self, reason: str) -> None:
        """Leave out what was not read yet."""
        self.repairs.append(Repair(self.token.start, self.size, reason))
        self.stopped = True
        self.lexer.stop()
        self.token = self.lexer.next()

    def mend(self, token: Token, reason: str) -> None:
        self.repairs.append(Repair(token.start, token.end, reason))

    def any(self, field: str) -> Clause | None:
        return self.joined(Kind.OR, field)

    def joined(self, operator: Kind, field: str) -> Clause | None:
        """Read operands of AND or OR; an operator that lacks one is left out."""
        clauses: list[Clause] = []
        pending: Token | None = None
        while True:
            clause = self.joined(Kind.AND, field) if operator is Kind.OR else self.run(field)
            if clause is not None:
                clauses.append(clause)
                pending = None
            if self.token.kind is not operator:
                break
            token = self.advance()
            if clause is None:
                self.mend(token, f"There is nothing before this {operator}, so it was left out.")
            else:
                pending = token
        if pending is not None and not self.stopped:
            self.mend(pending, f"There is nothing after this {operator}, so it was left out.")
        if len(clauses) < 2:
            return clauses[0] if clauses else None
        return And(tuple(clauses)) if operator is Kind.AND else Or(tuple(clauses))

    def run(self, field: str) -> Clause | None:
        """Read terms side by side, up to an operator or the end of the group."""
        items: list[Item] = []
        while self.token.kind not in (Kind.AND, Kind.OR, Kind.END):
            if self.token.kind is Kind.CLOSE and not self.surplus():
                break
            if self.token.kind is Kind.NEAR:
                self.near(items, field)
            elif (item := self.item(field)) is not None:
                items.append(item)
        if field in _NAMES:
            items = _joined_names(items, field)
        return join_run(items, field)

    def surplus(self) -> bool:
        """Pass over a closing parenthesis that ends no group that is being read."""
        if self.skipped:
            self.skipped -= 1
        elif not self.depth:
            self.mend(self.token, "This parenthesis closes none, so it was left out.")
        else:
            return False
        self.advance()
        return True

    def near(self, items: list[Item], field: str) -> None:
        """Put the word before and the word after ``NEAR/n`` together."""
        token = self.advance()
        right = None if self.token.kind is Kind.NEAR else self.item(field)
        if items and right is not None:
            both = pair(items[-1], right, min(int(token.text), MAX_SLOP))
            if both is not None:
                items[-1] = both
                return
        self.mend(token, "This needs a single word on either side, so it was left out.")
        if right is not None:
            items.append(right)

    def item(self, field: str) -> Item | None:
        """Read one part of a run: its signs and what they stand before."""
        signs: list[Token] = []
        while self.token.kind in (Kind.NOT, Kind.PLUS, Kind.MINUS):
            signs.append(self.advance())
        first = self.token
        if signs and signs[-1].kind is not Kind.NOT and first.start != signs[-1].end:
            signs = []
        clause = self.unit(field)
        if clause is None:
            if signs and not self.stopped:
                self.mend(signs[0], "There is nothing after this sign, so it was left out.")
            return None
        occur = Occur.DEFAULT
        if signs and signs[0].kind is not Kind.NOT:
            occur = Occur.REQUIRED if signs[0].kind is Kind.PLUS else Occur.EXCLUDED
        negations = sum(sign.kind is not Kind.PLUS for sign in signs[1 if occur else 0 :])
        if negations > 2:
            negations = 2 - negations % 2
        negated = negations > 0 and not occur
        for _ in range(negations - negated):
            clause = Not(clause)
        bare = self.latest if first.kind is Kind.WORD and not signs else None
        return Item(clause, occur, negated, first.kind is Kind.OPEN, bare)

    def unit(self, field: str) -> Clause | None:
        named: Token | None = None
        while self.token.kind is Kind.FIELD:
            field = self.token.text
            named = self.advance(field)
        kind = self.token.kind
        if kind is Kind.OPEN:
            return self.group(field)
        if kind in (Kind.WORD, Kind.QUOTED):
            return self.term(field)
        if named is not None:
            self.mend(named, "There is nothing after the name of this field, so it was left out.")
        return None

    def term(self, field: str) -> Clause | None:
        token = self.token
        if self.leaves >= MAX_LEAVES:
            self.stop(f"Only the first {MAX_LEAVES:,} terms were read; the rest was left out.")
            return None
        self.advance()
        if field == "author" and token.text.endswith(",") and _is_name(token):
            token = self.given_name(token)
        self.latest = token
        clause = read_leaf(token, field, lambda reason: self.mend(token, reason))
        self.leaves += clause is not None
        return clause

    def given_name(self, token: Token) -> Token:
        """Take the given name, too, that follows an unquoted ``author:Jaggi,``."""
        given = self.token
        if not _is_name(given) or not given.text[:1].isupper():
            return token
        self.advance()
        return Token(Kind.WORD, token.start, given.end, f"{token.text} {given.text}")

    def group(self, field: str) -> Clause | None:
        """Read a group; beyond `MAX_DEPTH` its parentheses are passed over."""
        opening = self.advance()
        if self.depth >= MAX_DEPTH:
            if not self.skipped:
                reason = f"Parentheses inside {MAX_DEPTH} others were read as if not there."
                self.mend(opening, reason)
            self.skipped += 1
            return None
        self.depth += 1
        clause = self.any(field)
        self.depth -= 1
        if self.token.kind is Kind.CLOSE:
            closing = self.advance()
            boost = read_boost(closing.after, lambda reason: self.mend(closing, reason))
            if clause is not None and boost != 1.0:
                clause = boosted(clause, boost)
        elif not self.stopped:
            self.mend(opening, "This parenthesis is never closed; it was read up to the end.")
        if clause is None and not self.stopped:
            self.mend(opening, "There is no word between these parentheses.")
        return clause


def _is_name(token: Token) -> bool:
    """Returns whether a token is a bare word that may be part of a name, so no pattern."""
    return token.kind is Kind.WORD and not any(mark in token.text for mark in "*?~")


def _joined_names(items: list[Item], field: str) -> list[Item]:
    """Join the bare words of a group after ``author:`` or ``venue:`` to one name."""
    joined: list[Item] = []
    for item in items:
        before = joined[-1].token if joined else None
        if item.token is None or before is None or not (_is_name(before) and _is_name(item.token)):
            joined.append(item)
            continue
        text = f"{before.text} {item.token.text}"
        token = Token(Kind.WORD, before.start, item.token.end, text)
        clause = read_leaf(token, field, lambda _: None)
        joined[-1] = Item(clause or item.clause, token=token)
    return joined
