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
    SyntaxRow("Words", "non-invasive", "also finds non invasive and noninvasive"),
    SyntaxRow(
        "Words",
        '"attention is all you need"',
        "exactly these words, in this order",
        ("“attention is all you need”",),
    ),
    SyntaxRow("Words", '"learning"', "only this exact form of the word", ("=learning",)),
    SyntaxRow(
        "Words",
        "transform*",
        "words that start with transform; * stands for any letters, anywhere in a word",
    ),
    SyntaxRow("Words", "wom?n", "woman and women; ? stands for exactly one letter"),
    SyntaxRow("Words", "tranformer~", "words that differ by one letter; ~2 allows two"),
    SyntaxRow(
        "Words",
        '"federated privacy"~5',
        "these words in any order, with at most five others between them",
        ("federated NEAR/5 privacy", "federated w/5 privacy"),
    ),
    SyntaxRow("Words", "gossip^3 learning", "gossip counts three times as much"),
    SyntaxRow("Together", "graph OR network", "at least one of the two"),
    SyntaxRow("Together", "federated learning AND privacy", "both sides of AND"),
    SyntaxRow(
        "Together", "gossip NOT social", "papers without the word social", ("gossip -social",)
    ),
    SyntaxRow(
        "Together", "+gossip learning", "gossip is required, even when some of the words are enough"
    ),
    SyntaxRow(
        "Together", "(graph OR network) pruning", "pruning, and graph or network: parentheses group"
    ),
    SyntaxRow(
        "Fields",
        "title:gossip",
        "in the title; abstract: searches the abstract",
        ("ti:gossip", "title:(gossip)"),
    ),
    SyntaxRow("Fields", 'venue:"Machine Learning"', "published at this venue"),
    SyntaxRow(
        "Fields", "type:journal", "journal articles; type:conference finds conference papers"
    ),
    SyntaxRow("Fields", "id:icml2019-4d1c", "the paper with this id"),
    SyntaxRow(
        "Fields",
        "doi:10.1145/2939672.2939785",
        "the paper with this DOI, also typed alone or as an address; arxiv: pmid: pmcid: isbn: "
        "acl: dblp: openalex: s2: openreview: pii: url: work alike, cat: is a category of arXiv",
        ("10.1145/2939672.2939785", "https://dl.acm.org/doi/10.1145/2939672.2939785"),
    ),
    SyntaxRow(
        "Fields",
        'affiliation:"ETH Zurich"',
        "an author has an affiliation with all these words",
        ('aff:"ETH Zurich"',),
    ),
    SyntaxRow("Fields", "orcid:0000-0002-1825-0097", "an author or editor with this ORCID iD"),
    SyntaxRow(
        "Fields",
        'subject:"neural networks"',
        "a subject heading or keyword with all these words; also subject:cs.LG",
        ('mesh:"neural networks"', 'keyword:"neural networks"'),
    ),
    SyntaxRow("Fields", "language:pt", "papers in this language", ("lang:Portuguese",)),
    SyntaxRow(
        "Fields",
        "kind:thesis",
        "theses; also journal, conference, preprint, chapter, book, report, dataset and others",
    ),
    SyntaxRow(
        "Fields", "no:abstract", "papers without an abstract; has:doi finds papers with a DOI"
    ),
    SyntaxRow(
        "Fields",
        "label:included",
        "papers labelled in screening; also label:excluded, label:any and label:none",
    ),
    SyntaxRow(
        "Authors",
        'author:"Jaggi, M"',
        "an author of this name; an initial matches any name that starts with it",
        ('au:"Jaggi, M"', "author:Jaggi, M"),
    ),
    SyntaxRow("Authors", "author:^Jaggi", "as first author"),
    SyntaxRow("Authors", "author:Jaggi$", "as last author"),
    SyntaxRow("Authors", 'author:="Tao Lin 0004"', "exactly this name, as on the author's page"),
    SyntaxRow(
        "Authors",
        'author:"Tao Lin"#2',
        "of the likely people of exactly this name, the one with this number on the author's page",
        ('author:="Tao Lin"#2', "author:Tao_Lin#2"),
    ),
    SyntaxRow("Years", "year:2019", "published in this year", ("year:=2019",)),
    SyntaxRow(
        "Years",
        "year:2019-2022",
        "from 2019 to 2022, inclusive",
        ("year:2019..2022", "year:2019--2022", "year:2019:2022", "year:[2019 TO 2022]"),
    ),
    SyntaxRow("Years", "year:2019..", "2019 or later", ("year:>=2019", "year:>2018")),
    SyntaxRow("Years", "year:..2022", "2022 or earlier", ("year:<=2022", "year:<2023")),
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
    """Writes the query that the fields of an advanced form ask for; "" where all are empty.

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
    """Reads terms; those side by side are given one by one."""
    clause, _ = parse_clause(text)
    if isinstance(clause, Words) and not any(part.occur for part in clause.parts):
        return [part.clause for part in clause.parts]
    return [] if clause is None else [clause]


def _joined(clauses: list[Clause]) -> list[Clause]:
    return [Or(tuple(clauses))] if len(clauses) > 1 else clauses


def _list(text: str) -> list[str]:
    names = (" ".join(re.sub(r'["“”„‟«»]', " ", name).split()) for name in text.split(";"))
    return [name for name in names if has_letters(name)]
