"""Search strings for other databases: golden strings, and nothing is dropped without a note."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from hypothesis import given, settings

from indexer.language.parse import parse_clause
from indexer.query import Clause, inner_clauses
from indexer.reviews.search_databases import DATABASES, SearchDatabase
from indexer.reviews.translation import Translation, translate
from tests import strategies
from webui.cli import quiver

BY_NAME = {database.name: database for database in DATABASES}


def translated(text: str, name: str) -> Translation:
    clause, _ = parse_clause(text)
    return translate(clause, BY_NAME[name])


GOLDEN = [
    ('"federated learning" privacy', "pubmed", '"federated learning"[tiab] AND privacy[tiab]'),
    ("title:gossip OR epidem*", "pubmed", "gossip[ti] OR epidem*[tiab]"),
    ("abstract:bees", "pubmed", "bees[ab]"),
    ('abstract:"gossip averaging"~3', "pubmed", '"gossip averaging"[ab:~3]'),
    ("bees OR NOT honey", "wos", "TI=(bees) OR AB=(bees)"),
    ('"gossip averaging"~3', "pubmed", '"gossip averaging"[tiab:~3]'),
    ("year:2019-2021", "pubmed", "2019:2021[dp]"),
    ('author:"Jaggi, Martin"', "pubmed", "Jaggi M[au]"),
    ("bees -title:honey", "pubmed", "bees[tiab] NOT honey[ti]"),
    ("title:gossip OR epidem*", "ovid", "gossip.ti. OR epidem*.ti,ab."),
    ('"gossip averaging"~3', "ovid", "(gossip adj4 averaging).ti,ab."),
    ("abstract:wom?n", "ovid", "wom#n.ab."),
    ("bees NOT honey", "ovid", "bees.ti,ab. not honey.ti,ab."),
    ("title:gossip OR abstract:epidem*", "wos", "TI=(gossip) OR AB=(epidem*)"),
    ('title:"gossip averaging"~3', "wos", "TI=((gossip NEAR/3 averaging))"),
    ("doi:10.1145/2009916.2010048", "wos", "DO=(10.1145/2009916.2010048)"),
    ("title:gossip venue:ICML", "ebsco", "TI gossip AND SO ICML"),
    ("bees -title:honey", "scopus", "TITLE-ABS(bees) AND NOT TITLE(honey)"),
    ("year:2019-2021", "scopus", "PUBYEAR > 2018 AND PUBYEAR < 2022"),
    ('author:"Martin Jaggi"', "scopus", "AUTH(Jaggi M*)"),
    ("deep or not", "ovid", 'deep.ti,ab. AND "or".ti,ab. AND "not".ti,ab.'),
    ("title:c#", "ovid", '"c#".ti.'),
    ("title:and NEAR", "ebsco", 'TI "and" AND (TI "NEAR" OR AB "NEAR")'),
    ('"theory and practice"~2', "scopus", 'TITLE-ABS((theory W/2 "and" W/2 practice))'),
    ('"a {} b"~3', "pubmed", '"a {} b"[tiab:~3]'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "expected"), GOLDEN)
def test_each_part_has_the_form_of_the_database(text: str, name: str, expected: str) -> None:
    assert translated(text, name).text == expected


@pytest.mark.parametrize(
    ("text", "name", "about", "reason"),
    [
        ("bees year:2019", "ovid", "year:2019", "limit of the search form"),
        ("bees honeybe~", "wos", "honeybe~", "Similar spellings"),
        ("bees has:doi", "scopus", "has:doi", "Left out"),
        ("bees OR NOT honey", "pubmed", "NOT honey", "Left out"),
        ("NOT honey", "ovid", "NOT honey", "Left out"),
        ("w?m*n bees", "pubmed", "w?m*n", "Left out"),
        ("color?d*x bees", "pubmed", "color?d*x", "finds more"),
        ("bees^3 honey", "ebsco", "bees^3", "Weights"),
        ("bees label:included", "pubmed", "label:included", "Left out"),
        ('author:^"Martin Jaggi"', "wos", 'author:^"Martin Jaggi"', "list of authors"),
    ],
)
def test_what_has_no_equal_is_noted(text: str, name: str, about: str, reason: str) -> None:
    notes = [(note.text, note.reason) for note in translated(text, name).notes]
    assert any(of == about and reason in said for of, said in notes), notes


def test_words_match_by_stem_here_and_as_typed_there() -> None:
    assert any("other forms" in note.reason for note in translated("networks", "wos").notes)
    assert not translated('"deep networks"', "wos").notes


@given(strategies.clauses)
@settings(max_examples=60, deadline=None)
def test_every_leaf_is_written_or_noted(clause: Clause) -> None:
    leaves, waiting = 0, [clause]
    while waiting:
        inner = inner_clauses(waiting.pop())
        if inner is None:
            leaves += 1
        else:
            waiting.extend(inner)
    for database in DATABASES:
        made = translate(clause, database)
        assert _is_balanced(made.text)
        if not made.text and leaves:
            assert made.notes


def _is_balanced(text: str) -> bool:
    bare = re.sub(r'"[^"]*"', "", text)
    depth = 0
    for char in bare:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return False
    return not depth and text.count('"') % 2 == 0


@pytest.mark.parametrize("database", DATABASES, ids=lambda database: database.name)
def test_the_command_names_the_database(database: SearchDatabase) -> None:
    ran = CliRunner().invoke(quiver(), ["translate", "bees", "--to", database.name])
    assert ran.exit_code == 0
    assert ran.stdout.startswith(f"{database.label}:\n")


def test_the_example_of_the_document_is_true() -> None:
    query = '"gossip learning" title:decentral* year:2019-2021'
    ran = CliRunner().invoke(quiver(), ["translate", query, "--to", "ovid"])
    assert '  "gossip learning".ti,ab. AND decentral*.ti.\n' in ran.stdout
    assert "  note: year:2019-2021: Left out. Set the years 2019-2021 as a limit" in ran.stdout
