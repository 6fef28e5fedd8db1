"""A query written in the search language of a bibliographic database.

A review documents its search string for each database as it was run (PRISMA-S, item 8,
https://doi.org/10.1186/s13643-020-01542-z). What a database cannot express is noted with the part
of the query that it belongs to; nothing is dropped without a note.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from indexer.language.unparse import format_clause
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
    Phrase,
    Position,
    Value,
    Wildcard,
    Word,
    Words,
    Years,
)
from indexer.record.author_name import parse_name
from indexer.reviews.search_databases import SearchDatabase

_FIRST_YEAR: Final = 1800
_FEWEST_LETTERS: Final = 4
"""How many letters PubMed wants before a truncation mark."""
_PLAIN: Final = re.compile(r"[\w-]+")
_OPERATOR: Final = re.compile(r"and|or|not|same|freq|(?:adj|near|n|w|pre)\d*", re.IGNORECASE)
"""Words that are operators in one of the databases, whatever their case, unless they are quoted."""
_NAMED: Final = {
    "title": "words in titles alone", "abstract": "words in abstracts alone",
    "author": "authors", "venue": "venues", "doi": "DOIs", "pmid": "PubMed ids",
    "affiliation": "affiliations", "orcid": "ORCID iDs", "language": "languages",
}  # fmt: skip
"""Fields in words."""


@dataclass(frozen=True, slots=True)
class TranslationNote:
    """What a translation loses or changes.

    Attributes:
        text: the part of the query, in Quiver's language; empty for all of it.
        reason: a sentence.
    """

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Translation:
    """A search string for one database.

    Attributes:
        database: by name.
        text: the string; empty where nothing of the query can be expressed.
        notes: what differs, in the order of the query, each once.
    """

    database: SearchDatabase
    text: str
    notes: tuple[TranslationNote, ...]


def translate(clause: Clause | None, database: SearchDatabase) -> Translation:
    """Returns a query as a search string of a database; words side by side are all needed.

    >>> from indexer.language.parse import parse_clause
    >>> from indexer.reviews.search_databases import DATABASES
    >>> clause, _ = parse_clause('"gossip learning" OR title:federated')
    >>> translate(clause, DATABASES[0]).text
    '"gossip learning"[tiab] OR federated[ti]'
    """
    if clause is None:
        nothing = TranslationNote("", "The query asks for all papers, so nothing is written.")
        return Translation(database, "", (nothing,))
    writer = _Writer(database)
    text = writer.write(clause)
    notes = list(dict.fromkeys(writer.notes))
    if writer.stemmed:
        notes.append(
            TranslationNote(
                "",
                "Quiver also finds other forms of a word (network, networks) and author names; add "
                f"{database.any_letters} to words where their other endings count.",
            )
        )
    return Translation(database, _bare(text), tuple(notes))


class _Writer:
    """Writes clauses for one database and collects notes."""

    def __init__(self, database: SearchDatabase) -> None:
        self._database = database
        self.notes: list[TranslationNote] = []
        self.stemmed = False

    def write(self, clause: Clause) -> str:
        """Returns a clause, in parentheses if it is made of several; "" where it has no equal."""
        match clause:
            case Words(parts=parts):
                needed = [part for part in parts if part.occur is not Occur.EXCLUDED]
                without = [part.clause for part in parts if part.occur is Occur.EXCLUDED]
                return self._without(self._joined("AND", [p.clause for p in needed]), without)
            case And(clauses=clauses):
                needed_clauses = [part for part in clauses if not isinstance(part, Not)]
                excluded = [part.clause for part in clauses if isinstance(part, Not)]
                return self._without(self._joined("AND", needed_clauses), excluded)
            case Or(clauses=clauses):
                return self._joined("OR", clauses)
            case Not():
                return self._left_out(clause, "Only an exclusion from other papers has an equal.")
            case _:
                return self._leaf(clause)

    def _joined(self, operator: str, clauses: Sequence[Clause]) -> str:
        written = [text for clause in clauses if (text := self.write(clause))]
        return written[0] if len(written) == 1 else _group(f" {operator} ".join(written))

    def _without(self, text: str, excluded: Sequence[Clause]) -> str:
        for clause in excluded:
            if not text:
                self._left_out(Not(clause), "Only an exclusion from other papers has an equal.")
            elif gone := self.write(clause):
                text = _group(f"{text} {self._database.but_not} {gone}")
        return text

    def _leaf(self, leaf: Leaf) -> str:  # noqa: PLR0911 - one a kind of leaf
        if getattr(leaf, "boost", 1.0) != 1.0:
            self._note(leaf, "Weights have no equal; the part counts like any other.")
        match leaf:
            case Word(text=text, field=field, exact=exact):
                self.stemmed = self.stemmed or not exact
                return self._in_field(leaf, field or "", _quoted(text) if exact else _term(text))
            case Phrase(text=text, field=field, slop=0):
                return self._in_field(leaf, field or "", _quoted(text))
            case Phrase():
                return self._near(leaf)
            case Wildcard(pattern=pattern, field=field):
                return self._in_field(leaf, field or "", self._pattern(leaf, pattern))
            case Fuzzy(text=text, field=field):
                self._note(leaf, "Similar spellings have no equal; the word is asked for as typed.")
                return self._in_field(leaf, field or "", _term(text))
            case AuthorName() | LikelyPerson():
                return self._in_field(leaf, "author", self._name(leaf))
            case Years(low=low, high=high):
                return self._years(leaf, low, high)
            case Value():
                return self._value(leaf)
            case Has():
                return self._left_out(leaf, "Whether a record has a field cannot be asked.")

    def _name(self, leaf: AuthorName | LikelyPerson) -> str:
        """Returns family name and initials, the form in which all of them list authors."""
        name = leaf.name
        if isinstance(leaf, LikelyPerson):
            self._note(leaf, "Which of the people of this name is meant has no equal.")
        elif leaf.position is not Position.ANY:
            self._note(leaf, "The place in the list of authors has no equal.")
        author = parse_name(name)
        initials = "".join(word[0] for word in re.findall(r"\w+", author.given))
        if not author.family or not initials:
            return _term(author.family or name)
        family = f"{author.particle} {author.family}".strip()
        self._note(leaf, "The name is asked for by family name and initials.")
        return f"{family} {initials}{self._database.after_initials}"

    def _value(self, leaf: Value) -> str:
        field, value = leaf.field, leaf.value
        if field == "identifier":
            scheme, _, value = leaf.value.partition(":")
            return self._in_field(leaf, scheme, value)
        return self._in_field(leaf, field, _term(value))

    def _in_field(self, leaf: Leaf, field: str, text: str) -> str:
        template = self._database.fields.get(field)
        if not text:  # of a pattern this is noted already
            return "" if isinstance(leaf, Wildcard) else self._left_out(leaf, "It holds no word.")
        if template is None:
            named = _NAMED.get(field, f"the field {field}")
            return self._left_out(leaf, f"{self._database.label} cannot search {named} like this.")
        return template.format(text)

    def _near(self, leaf: Phrase) -> str:
        database, field, words = self._database, leaf.field or "", leaf.text.split()
        if field in database.near_phrases:
            return database.near_phrases[field].format(text=_unquoted(leaf.text), slop=leaf.slop)
        if len(words) > 2:
            self._note(leaf, "The distance is counted between neighbours, not over all words.")
        operator = database.near.format(leaf.slop + database.near_offset)
        return self._in_field(leaf, field, f"({f' {operator} '.join(map(_term, words))})")

    def _pattern(self, leaf: Wildcard, pattern: str) -> str:
        database = self._database
        stem = pattern.rstrip("*")
        if stem[:1] in ("*", "?", ""):
            return self._left_out(leaf, "A word may not begin with a wildcard.")
        for place, char in enumerate(stem):
            if char in "*?" and char not in database.inside:
                return self._cut(leaf, stem[:place])
        return self._wildcards(pattern)

    def _cut(self, leaf: Wildcard, start: str) -> str:
        """Returns the letters before a wildcard that the database does not know there."""
        if len(re.split(r"[*?]", start)[0]) < _FEWEST_LETTERS:
            return self._left_out(leaf, "Wildcards may only end a word of four letters or more.")
        self._note(leaf, "Wildcards may only end a word, so this finds more.")
        return self._wildcards(f"{start}*")

    def _wildcards(self, pattern: str) -> str:
        written = {"?": self._database.one_letter, "*": self._database.any_letters}
        return "".join(written.get(char, char) for char in pattern)

    def _years(self, leaf: Years, low: int | None, high: int | None) -> str:
        if not self._database.years:
            span = f"{low or ''}-{high or ''}"
            return self._left_out(leaf, f"Set the years {span} as a limit of the search form.")
        first = _FIRST_YEAR if low is None else low
        last = datetime.now(UTC).year + 1 if high is None else high
        return self._database.years.format(low=first, high=last, before=first - 1, after=last + 1)

    def _left_out(self, clause: Clause, reason: str) -> str:
        self._note(clause, f"Left out. {reason}")
        return ""

    def _note(self, clause: Clause, reason: str) -> None:
        self.notes.append(TranslationNote(format_clause(clause), reason))


def _term(text: str) -> str:
    is_plain = _PLAIN.fullmatch(text) and not _OPERATOR.fullmatch(text)
    return text if is_plain else _quoted(text)


def _quoted(text: str) -> str:
    bare = _unquoted(text)
    return f'"{bare}"' if bare else ""


def _unquoted(text: str) -> str:
    return " ".join(text.replace('"', " ").split())


def _group(text: str) -> str:
    return f"({text})" if text else ""


def _bare(text: str) -> str:
    """Returns a text without parentheses around all of it."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    quoted = False
    for place, char in enumerate(text):
        quoted ^= char == '"'
        depth += 0 if quoted else (char == "(") - (char == ")")
        if not depth and place < len(text) - 1:
            return text
    return text[1:-1]
