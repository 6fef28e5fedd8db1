"""A tree of clauses, written back as a query string that is read as the same tree.

`parse_clause` undoes `format_clause` for every tree that it can give: runs of two parts or more
(or of one with a sign), And and Or of two clauses or more, conditions outside of runs, words as
`indexer.language.leaves.plain_word` leaves them. Any other tree is written as near as the
language allows.
"""

from __future__ import annotations

import re

from indexer.language.lexer import QUOTES
from indexer.language.parse import parse_clause
from indexer.language.runs import is_question, is_running_text
from indexer.query import (
    And,
    AuthorName,
    Clause,
    Fuzzy,
    Has,
    Leaf,
    LikelyPerson,
    Not,
    Occur,
    Or,
    Part,
    Phrase,
    Position,
    Value,
    Wildcard,
    Word,
    Words,
    Years,
)

_UNSAFE = re.compile(rf"[{QUOTES}\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def format_clause(clause: Clause | None) -> str:
    """Writes a clause in query syntax, its precedence shown by parentheses; "" for None."""
    match clause:
        case None:
            written = ""
        case Words(parts=(Part(clause=only, occur=Occur.DEFAULT),)):
            written = format_clause(only)
        case Words(parts=parts):
            sentence = sum(is_running_text(part.clause) for part in parts) > 1
            written = " ".join(_part(part, sentence=sentence) for part in parts)
        case And(clauses=clauses):
            written = " AND ".join(_operand(part, alone=len(clauses) == 1) for part in clauses)
        case Or(clauses=clauses):
            written = " OR ".join(_operand(part, alone=len(clauses) == 1) for part in clauses)
        case Not(clause=Has(field=field)):
            written = f"no:{field}"
        case Not(clause=Value(field="label", value="any")):
            written = "label:none"
        case Not(clause=Not() as inner):
            written = f"NOT ({format_clause(inner)})"
        case Not(clause=inner):
            written = f"NOT {_unit(inner)}"
        case _:
            written = _leaf(clause)
    return written


def _part(part: Part, *, sentence: bool) -> str:
    clause = part.clause
    if isinstance(clause, Not) and not part.occur:
        return f"({format_clause(clause)})"
    if sentence and is_question(clause):
        return f"{part.occur}({format_clause(clause)})"
    return f"{part.occur}{_unit(clause)}"


def _operand(clause: Clause, *, alone: bool) -> str:
    if alone or isinstance(clause, Not):
        return format_clause(clause)
    return _unit(clause)


def _unit(clause: Clause) -> str:
    """Writes a clause so that a sign or NOT before it takes all of it."""
    is_leaf = not isinstance(clause, And | Or | Not | Words)
    absence = isinstance(clause, Not) and (
        isinstance(clause.clause, Has) or clause.clause == Value("label", "any")
    )
    written = format_clause(clause)
    return written if is_leaf or absence else f"({written})"


def _leaf(leaf: Leaf) -> str:
    """Writes a leaf: the plainest way that is read back as the same, else the safest."""
    ways = _ways(leaf)
    return next((way for way in ways if parse_clause(way) == (leaf, ())), ways[-1])


def _ways(leaf: Leaf) -> tuple[str, ...]:  # noqa: PLR0911 - one a kind of leaf
    match leaf:
        case Word(text=text, field=field, exact=exact):
            quoted = f"{_named(field)}{_quote(text)}{_boost(leaf)}"
            if exact:
                return (quoted,)
            bare = f"{_named(field)}{text}"  # "R^2.0" is a factor, "R^2" a power
            ways = (f"{bare}{_boost(leaf)}", f"{bare}^{leaf.boost:.1f}")
            return (*ways, quoted) if field else (*ways, f"all:{ways[0]}", quoted)
        case Phrase(text=text, field=field, slop=slop):
            near = f"~{slop}" if slop else ""
            return (f"{_named(field)}{_quote(text)}{near}{_boost(leaf)}",)
        case Wildcard(pattern=pattern, field=field):
            return (f"{_named(field)}{pattern}{_boost(leaf)}", _named(field) + _quote(pattern))
        case Fuzzy(text=text, distance=distance, field=field):
            mark = "~" if distance == 1 else f"~{distance}"
            way = f"{_named(field)}{text}{mark}{_boost(leaf)}"
            return (way, f"{_named(field)}{_quote(text)}{_boost(leaf)}")
        case AuthorName(name=name, position=position, exact=exact):
            sign = "=" if exact else ""
            sign += "^" if position is Position.FIRST else ""
            last = "$" if position is Position.LAST else ""
            bare, quoted = (f"author:{sign}{text}{last}" for text in (name, _quote(name)))
            return (bare, quoted) if re.fullmatch(r"[\w'’-]+", name) else (quoted,)
        case LikelyPerson(name=name, number=number):
            return (f"author:{_quote(name)}#{number}",)
        case Value(field="identifier", value=value):
            scheme, _, identifier = value.partition(":")
            return (value, f"{scheme}:{_quote(identifier)}")
        case Value(field=name_field, value=value):
            return (f"{name_field}:{value}", f"{name_field}:{_quote(value)}")
        case Years(low=low, high=high):
            return (f"year:{_years(low, high)}",)
        case Has(field=has):
            return (f"has:{has}",)


def _named(field: str | None) -> str:
    return f"{field}:" if field else ""


def _quote(text: str) -> str:
    return f'"{text}"' if '"' in text and _reads_back(text) else f'"{_UNSAFE.sub(" ", text)}"'


def _reads_back(text: str) -> bool:
    """Returns whether every quotation mark in the text is a TeX umlaut, which needs no escape."""
    return not _UNSAFE.search(re.sub(r'\\"(?=[A-Za-z{\\])', "", text))


def _boost(leaf: Word | Phrase | Wildcard | Fuzzy) -> str:
    return "" if leaf.boost == 1.0 else f"^{leaf.boost:.3f}".rstrip("0").rstrip(".")


def _years(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return "*"
    if low is None:
        return f"<={high:04d}"
    if high is None:
        return f">={low:04d}"
    return f"{low:04d}" if low == high else f"{low:04d}-{high:04d}"
