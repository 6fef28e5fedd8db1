"""Search strings of other databases, read: published ones, round trips, every fault named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import SearchStringError
from indexer.language.parse import parse_clause
from indexer.query import And, Clause, Not, Or, Phrase, TextField, Value, Wildcard, Word, Years
from indexer.reviews.search_databases import DATABASES, SearchDatabase
from indexer.reviews.search_strings.reading import read_search_string
from indexer.reviews.translation import translate
from tests.published_search_strings import PUBLISHED, PublishedString
from webui.cli import quiver


def lost(text: str, database: str) -> dict[str, list[str]]:
    """The reasons of a reading, each with the parts that it concerns."""
    notes = read_search_string(text, database).notes
    return {note.reason: [part.text for part in note.parts] for note in notes}


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda one: one.name)
def test_a_published_search_string_is_read_and_its_losses_said(published: PublishedString) -> None:
    assert read_search_string(published.text, published.database).query == published.query
    told = lost(published.text, published.database)
    for reason, parts in published.losses.items():
        found = [texts for told_reason, texts in told.items() if reason in told_reason]
        assert found == [parts], reason
    stems = sum("other forms of a word" in reason for reason in told)
    assert len(told) == len(published.losses) + stems


@pytest.mark.parametrize(
    ("database", "text", "query"),
    [
        ("pubmed", "a[ti] OR b[ti] AND c[ti]", "(title:a OR title:b) AND title:c"),
        ("ovid", "(a or b and c).ti.", "title:a OR (title:b AND title:c)"),
        ("scopus", "TITLE(a OR b AND c)", "(title:a OR title:b) AND title:c"),
        ("pubmed", "heart attack[tiab]", '"heart attack"'),
        ("pubmed", "heart attack", "heart AND attack"),
        ("wos", "TS=(heart attack)", "heart AND attack"),
        ("ovid", "heart attack.ti.", 'title:"heart attack"'),
        ("pubmed", '"rationing care"[tiab:~3]', '"rationing care"~3'),
        ("pubmed", '"2010/01/31"[dp] : "3000"[dp]', "year:>=2010"),
        ("pubmed", "hasabstract[filter] AND english[la]", "has:abstract AND language:en"),
        ("pubmed", "Neoplasms/therapy[mh] AND Smith J[au]",
         'subject:Neoplasms AND author:"Smith J"'),
        ("ovid", "heart adj failure.ti.", 'title:"heart failure"'),
        ("ovid", "(heart adj3 failure).ti,ab.", '"heart failure"~2'),
        ("ovid", "((heart or cardiac) adj3 arrest).ab.",
         'abstract:"heart arrest"~2 OR abstract:"cardiac arrest"~2'),
        ("ovid", "tumo?r.ti.", 'title:tumo?r OR title:"tumor"'),
        ("ovid", "wom#n.ti. or child$3.ti.", "title:wom?n OR title:child*"),
        ("ovid", "exp *Asthma/dt [Drug Therapy] and yr=2010-2015",
         "subject:Asthma AND year:2010-2015"),
        ("ovid", "1 a.ti.\n2 b.ti.\n3 c.ti.\n4 or/1-2\n5 and/3-4\n6 remove duplicates from 5",
         "title:c AND (title:a OR title:b)"),
        ("wos", "TI=(organi?ation NEAR/0 x-ray$) AND PY=2015-2020",
         'title:organi?ation AND (title:x-ray? OR title:"x-ray") AND year:2015-2020'),
        ("wos", "TI=a NEAR/2 b OR DO=10.1145/2009916.2010048",
         'title:"a b"~2 OR doi:10.1145/2009916.2010048'),
        ("ebsco", "TI (cat N0 dog) AND PY 2010-2015",
         '(title:"cat dog" OR title:"dog cat") AND year:2010-2015'),
        ("ebsco", '(MH "Nurses+") AND SO "Nursing Times"',
         'subject:Nurses AND venue:"Nursing Times"'),
        ("scopus", "TITLE-ABS({deep learning}) AND PUBYEAR > 2014 AND PUBYEAR < 2026",
         '"deep learning" AND year:2015-2025'),
        ("scopus", 'KEY(lidar) AND (LIMIT-TO ( DOCTYPE , "ar" )) AND (EXCLUDE ( PUBYEAR , 2020 ))',
         "subject:lidar AND kind:article-journal AND NOT year:2020"),
        ("wos", "TI=(x OR y) OR AB=(x OR y)", "x OR y"),
        ("wos", "TITLE: (x) AND LANGUAGE: (English) AND DOCUMENT TYPES: (Article)",
         "title:x AND language:en AND kind:article-journal"),
        ("pubmed", "Search: a[ti]\nFilters: Humans", "title:a"),
        ("ovid", "1 (a or b).m_titl.\n2 1 use ppez", "title:a OR title:b"),
        ("ovid", "“heart attack”.ti. or ‘heart failure’.ti.",
         'title:"heart attack" OR title:"heart failure"'),
        ("ovid", "type 2 diabetes.ti. not (exp Animals/ not exp Humans/)",
         'title:"type 2 diabetes" AND NOT (subject:Animals AND NOT subject:Humans)'),
        ("pubmed", "#3 #1 OR #2\n#2 dog[ti]\n#1 cat[ti]", "title:cat OR title:dog"),
        ("ovid", "1 cats.ti. (1,234)\n2 dogs.ti.\t99\n3 1 or 2", "title:cats OR title:dogs"),
    ],
)  # fmt: skip
def test_each_part_means_what_it_means_in_its_database(
    database: str, text: str, query: str
) -> None:
    assert read_search_string(text, database).query == query


@pytest.mark.parametrize(
    ("database", "text", "reason", "parts"),
    [
        ("pubmed", "a[ti] OR review[pt]", "finds fewer", ["review"]),
        ("pubmed", "a[ti] AND review[pt]", "finds more", ["review"]),
        ("pubmed", "a[ti] NOT review[pt]", "finds more", ["review"]),
        ("pubmed", "a[ti] AND (review[pt] OR letter[pt])", "finds more", ["review", "letter"]),
        ("pubmed", "a[ti] NOT (review[pt] AND letter[pt])", "finds more", ["review", "letter"]),
        ("pubmed", "a[ti] NOT (b[ti] AND review[pt])", "finds fewer", ["review"]),
        ("pubmed", "humans[filter] AND a[ti]", "Limits and filters", ["humans"]),
        ("pubmed", "a[nonsense]", "not known, so title and abstract", ["[nonsense]"]),
        ("ovid", "exp Asthma/", "Narrower headings", ["exp Asthma/"]),
        ("ovid", "*Asthma/", "main topics", ["*Asthma/"]),
        ("ovid", "asthma.mp.", "Keywords, subject headings", [".mp."]),
        ("ovid", "asthma.ti,kw.", "not the other fields", [".ti,kw."]),
        ("ovid", '"heart attack*".ti.', "no wildcards here", ['"heart attack*"']),
        ("ovid", "(heart adj2 attack*).ti.", "Only plain words", ["heart adj2 attack*"]),
        ("ebsco", "TI (a W3 b)", "any order", ["a W3 b"]),
        ("ebsco", "TI a\nLimiters - Human", "Limits and filters", ["Limiters - Human"]),
        ("ovid", "child$3.ti.", "number of letters", ["child$3"]),
        ("wos", "TI=a AND WC=Oncology", "not known here", ["WC=Oncology"]),
        (
            "scopus",
            'TITLE(a) AND LIMIT-TO ( SUBJAREA , "X" )',
            "Limits and filters",
            ['LIMIT-TO ( SUBJAREA , "X" )'],
        ),
        ("wos", "TI=(a NEAR/2 b NEAR/2 c)", "counted over all", ["a NEAR/2 b NEAR/2 c"]),
        ("ovid", "1 a.ti.\n2 b.ti.\n3 c.ti.\n4 1 or 3", "does not use these lines", ["b.ti."]),
    ],
)
def test_what_has_no_equal_is_noted(
    database: str, text: str, reason: str, parts: list[str]
) -> None:
    found = [texts for told, texts in lost(text, database).items() if reason in told]
    assert found == [parts]


@pytest.mark.parametrize(
    ("database", "text", "line", "column", "told"),
    [
        ("ovid", "", 1, 1, "paste a search string"),
        ("ovid", "a or (b and c", 1, 6, "never closed"),
        ("ovid", "a) or b", 1, 2, "closes none"),
        ("ovid", "1 a.ti.\n2 1 or", 2, 7, "missing at the end"),
        ("ovid", "1 a.ti.\n2 1 or 7", 2, 8, "no line 7"),
        ("ovid", 'a or "b', 1, 6, "quotation mark"),
        ("ovid", "a[tiab]", 1, 2, "PubMed"),
        ("pubmed", "a[tiab", 1, 2, "no other half"),
        ("pubmed", "[tiab]", 1, 1, "needs a term before it"),
        ("pubmed", "#1 AND #2", 1, 1, "no line 1"),
        ("wos", "TS=()", 1, 4, "nothing between"),
        ("wos", "OR a", 1, 1, "before and after"),
        ("scopus", "(" * 60 + "a" + ")" * 60, 1, 51, "fewer parentheses"),
        ("wos", " OR ".join(f"a{number}" for number in range(1100)), 1, 1, "1,024 terms"),
        (
            "ovid",
            "1 a\n" + "".join(f"{n} {n - 1} or {n - 1}\n" for n in range(2, 40)),
            1,
            1,
            "1,024",
        ),
        ("wos", "a" * 100_001, 1, 1, "100,000 characters"),
    ],
)
def test_a_fault_has_its_place_and_a_remedy(
    database: str, text: str, line: int, column: int, told: str
) -> None:
    with pytest.raises(SearchStringError, match=told) as caught:
        read_search_string(text, database)
    assert (caught.value.line, caught.value.column) == (line, column)


PIECES = (
    *("(", ")", '"', "cat", "dog*", "tumo?r", "and", "OR", "not", "adj3", "near/2", "N3", "W/2"),
    *("[tiab]", "[mh]", ".ti,ab.", "exp ", "/", "TS=", "TI ", "TITLE(", "{", "}", "[", "]", "\n1 "),
    *("\n2. ", "#1", "1", "or/1-2", "limit 1 to x", "PUBYEAR > 2000", ":", "$", "'", "“", "\x00"),
)


@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12),
    st.sampled_from([database.name for database in DATABASES]),
    st.sampled_from(["", " "]),
)
@settings(max_examples=60, deadline=None)
def test_any_text_is_read_or_refused(pieces: list[str], database: str, space: str) -> None:
    try:
        reading = read_search_string(space.join(pieces), database)
    except SearchStringError:
        return
    assert parse_clause(reading.query)[0] == reading.clause


FIELDS: tuple[TextField | None, ...] = (None, "title", "abstract")


@st.composite
def expressible(draw: st.DrawFn) -> Clause:
    """A tree as the reader makes it: no group inside one of its kind, exclusions last."""
    words = iter(f"{first}{second}" for first in "bcdfghklmnpr" for second in ("eem", "oom", "ist"))

    def leaf() -> Clause:
        field, word = draw(st.sampled_from(FIELDS)), next(words)
        kind = draw(st.integers(0, 5))
        phrase = f"{word} {next(words)}"
        leaves: tuple[Clause, ...] = (
            Word(word, field), Word(word, field, exact=True), Phrase(phrase, field),
            Phrase(phrase, field, slop=3), Wildcard(f"{word}s*", field), Value("venue", phrase),
        )  # fmt: skip
        return leaves[kind]

    def tree(around: type[And | Or] | None, depth: int) -> Clause:
        kind = draw(st.sampled_from([one for one in (And, Or) if one is not around] + [None]))
        if kind is None or not depth:
            return leaf()
        parts = [tree(kind, depth - 1) for _ in range(draw(st.integers(2, 3)))]
        if kind is And and draw(st.booleans()):
            parts.insert(0, Years(2010, 2015))
        if kind is And and draw(st.booleans()):
            parts[-1] = Not(parts[-1])
        return kind(tuple(parts))

    return tree(None, 2)


@pytest.mark.parametrize("database", DATABASES, ids=lambda database: database.name)
@given(clause=expressible())
@settings(max_examples=25, deadline=None)
def test_what_is_written_for_a_database_is_read_back(
    database: SearchDatabase, clause: Clause
) -> None:
    made = translate(clause, database)
    if any("Left out" in note.reason for note in made.notes):
        return
    assert read_search_string(made.text, database.name).clause == clause, made.text


def test_the_command_reads_a_file_and_names_the_place_of_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "strategy.txt"
    path.write_text("1 exp Asthma/\n2 asthma.ti.\n3 1 or 2\n", encoding="utf-8")
    arguments = ["translate", "--from", "ovid", "--from-file", str(path)]
    ran = CliRunner().invoke(quiver(), [*arguments, "--to", "pubmed"])
    assert ran.stdout.startswith("Quiver:\n  subject:Asthma OR title:asthma\n")
    assert "PubMed:\n" in ran.stdout
    told = json.loads(CliRunner().invoke(quiver(), ["--json", *arguments]).stdout)
    assert told["query"] == "subject:Asthma OR title:asthma"
    assert told["notes"][0]["parts"] == [{"text": "exp Asthma/", "line": 1, "column": 3}]
    path.write_text("1 exp Asthma/\n2 (asthma.ti.\n", encoding="utf-8")
    ran = CliRunner().invoke(quiver(), arguments)
    assert ran.exit_code == 1
    assert f"{path}: line 2, column 3: this parenthesis is never closed" in ran.stderr
    for wrong in (["translate"], ["translate", "--from-file", str(path)]):
        assert CliRunner().invoke(quiver(), wrong).exit_code == 2
