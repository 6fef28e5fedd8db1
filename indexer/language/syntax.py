"""The query language as a table for people, and the form that writes it for them.

The web's help page, the command line's help and the README show `SYNTAX`; a test reads every
example of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from indexer.language.leaves import has_letters
from indexer.language.parse import parse_clause
from indexer.language.unparse import format_clause
from indexer.query import And, AuthorName, Clause, Not, Or, Value, Words, Years


@dataclass(frozen=True, slots=True)
class SyntaxRow:
    """One thing that can be said in a query.

    Attributes:
        group: what it is about: "Words", "Together", "Fields", "Authors" or "Years".
        example: a query that says it; read without any repair.
        meaning: what is found, one phrase for the reader.
        others: other spellings of the same, each read as the same clause as `example`.
    """

    group: Literal["Words", "Together", "Fields", "Authors", "Years"]
    example: str
    meaning: str
    others: tuple[str, ...] = ()


SYNTAX: Final = (
    SyntaxRow("Words", "gossip learning", "both words, in any form: learning, learned, learns"),
    SyntaxRow("Words", "non-invasive", "also written non invasive and noninvasive"),
    SyntaxRow(
        "Words",
        '"attention is all you need"',
        "exactly these words in this order",
        ("“attention is all you need”",),
    ),
    SyntaxRow("Words", '"learning"', "exactly this form of the word", ("=learning",)),
    SyntaxRow("Words", "transform*", "words that begin so; * is any letters, anywhere in a word"),
    SyntaxRow("Words", "wom?n", "? is just one letter, anywhere in a word"),
    SyntaxRow("Words", "tranformer~", "words that differ in one letter; ~2 in two"),
    SyntaxRow(
        "Words",
        '"federated privacy"~5',
        "these words in any order with at most 5 others between",
        ("federated NEAR/5 privacy", "federated w/5 privacy"),
    ),
    SyntaxRow("Words", "gossip^3 learning", "the word weighs three times as much"),
    SyntaxRow("Together", "graph OR network", "at least one of the two"),
    SyntaxRow("Together", "federated learning AND privacy", "both sides"),
    SyntaxRow("Together", "gossip NOT social", "without this word", ("gossip -social",)),
    SyntaxRow("Together", "+gossip learning", "this word in any case, even if matching any word"),
    SyntaxRow("Together", "(graph OR network) pruning", "parentheses: first what is inside"),
    SyntaxRow(
        "Fields",
        "title:gossip",
        "in the title; abstract: in the abstract",
        ("ti:gossip", "title:(gossip)"),
    ),
    SyntaxRow("Fields", 'venue:"Machine Learning"', "published there"),
    SyntaxRow("Fields", "type:journal", "journal articles; type:conference for conference papers"),
    SyntaxRow("Fields", "id:icml2019-4d1c", "the paper with this id"),
    SyntaxRow(
        "Fields",
        "doi:10.1145/2939672.2939785",
        "the paper with this DOI; its address or the bare DOI will do. Likewise arxiv: pmid: "
        "pmcid: isbn: acl: dblp: openalex: s2: openreview: pii: url: and cat:, a category of arXiv",
        ("10.1145/2939672.2939785", "https://dl.acm.org/doi/10.1145/2939672.2939785"),
    ),
    SyntaxRow("Fields", "no:abstract", "papers without one; has:doi for papers with one"),
    SyntaxRow(
        "Authors",
        'author:"Jaggi, M"',
        "an author of this name; initials stand for any name that begins so",
        ('au:"Jaggi, M"', "author:Jaggi, M"),
    ),
    SyntaxRow("Authors", "author:^Jaggi", "as the first author"),
    SyntaxRow("Authors", "author:Jaggi$", "as the last author"),
    SyntaxRow("Authors", 'author:="Tao Lin 0004"', "exactly this name, as on the author's page"),
    SyntaxRow("Years", "year:2019", "published in this year", ("year:=2019",)),
    SyntaxRow(
        "Years",
        "year:2019-2022",
        "from 2019 to 2022, both included",
        ("year:2019..2022", "year:2019--2022", "year:2019:2022", "year:[2019 TO 2022]"),
    ),
    SyntaxRow("Years", "year:2019..", "2019 and later", ("year:>=2019", "year:>2018")),
    SyntaxRow("Years", "year:..2022", "2022 and earlier", ("year:<=2022", "year:<2023")),
)
"""What can be said, by group, simplest first."""


def compose_query(  # noqa: PLR0913 - one parameter a field of the form
    *,
    all_words: str = "",
    exact_phrase: str = "",
    any_words: str = "",
    none_words: str = "",
    title: str = "",
    author: str = "",
    venue: str = "",
    year_from: int | None = None,
    year_to: int | None = None,
) -> str:
    """Write the query that the fields of an advanced form ask for; "" where all are empty.

    Args:
        all_words: terms of the query language, each of them needed.
        exact_phrase: words as they stand in the text; quotation marks around them may be missing.
        any_words: terms, at least one of them needed.
        none_words: terms, none of which may occur.
        title: terms, all in the title.
        author: names, each an author; several are parted by ``;``.
        venue: venues, one of which it is; several are parted by ``;``.
        year_from: first year, included.
        year_to: last year, included.
    """
    clauses: list[Clause] = _terms(all_words)
    phrase = re.sub(r'["“”„‟«»]', " ", exact_phrase)
    clauses += _terms(f'"{phrase}"') if has_letters(phrase) else []
    clauses += _joined(_terms(any_words))
    clauses += [Not(term) for term in _terms(none_words)]
    clauses += _terms(f"title:({title})") if has_letters(title) else []
    clauses += [AuthorName(name) for name in _list(author)]
    clauses += _joined([Value("venue", name) for name in _list(venue)])
    if year_from is not None or year_to is not None:
        years = [year for year in (year_from, year_to) if year is not None]
        ordered = len(years) < 2 or years[0] <= years[1]
        clauses.append(Years(year_from, year_to) if ordered else Years(year_to, year_from))
    return format_clause(clauses[0] if len(clauses) == 1 else And(tuple(clauses)))


def _terms(text: str) -> list[Clause]:
    """Read terms; those side by side are given one by one."""
    clause, _ = parse_clause(text)
    if isinstance(clause, Words) and not any(part.occur for part in clause.parts):
        return [part.clause for part in clause.parts]
    return [] if clause is None else [clause]


def _joined(clauses: list[Clause]) -> list[Clause]:
    return [Or(tuple(clauses))] if len(clauses) > 1 else clauses


def _list(text: str) -> list[str]:
    names = (" ".join(re.sub(r'["“”„‟«»]', " ", name).split()) for name in text.split(";"))
    return [name for name in names if has_letters(name)]
