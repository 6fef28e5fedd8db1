"""Details of papers survive every store and Quiver's own JSON lines."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given

from indexer.author import Author
from indexer.backends.opensearch.document import content_of, paper_of, paper_text
from indexer.backends.whoosh.format import document_store
from indexer.citation import write_citations
from indexer.cleaning.clean_record import Cleaned, clean
from indexer.cleaning.venues import load_venues
from indexer.formats.json_formats.json_record import record_of
from indexer.paper import CONFERENCE, Paper
from indexer.publication import Publication
from indexer.serialization.details import details_json
from tests.strategies import papers

VENUES = load_venues()
PLAIN = Paper("p", "Title", "Text", ("Ann Lee",), "ICML", 2020, source="a.bib:7")


@given(papers())
def test_a_paper_comes_back_from_the_stores_equal(paper: Paper) -> None:
    assert document_store.decode(document_store.encode(paper)) == paper
    assert paper_of(paper_text(paper)) == paper


@given(papers())
def test_the_source_is_not_part_of_the_content(paper: Paper) -> None:
    moved = replace(paper, source='other "place", [1]')

    assert content_of(moved) == content_of(paper)
    assert document_store.content_hash(document_store.encode(moved)) == document_store.content_hash(
        document_store.encode(paper)
    )


def test_a_line_written_before_there_were_details_is_read() -> None:
    old = json.dumps(
        ["p", "Title", "Text", ["Ann Lee"], "ICML", 2020, "", "", "", [], True, "a.bib:7"],
        separators=(",", ":"),
    ).encode()

    assert document_store.decode(old) == PLAIN
    assert document_store.encode(PLAIN) == old
    assert "details" not in json.loads(paper_text(PLAIN))


@pytest.mark.parametrize(
    "changed",
    [
        replace(PLAIN, author_details=(Author("Ann Lee", family="Lee", given="Ann"),)),
        replace(PLAIN, identifiers=(("arxiv", "1706.03762"),)),
        replace(PLAIN, publication=Publication(volume="3")),
    ],
)
def test_every_detail_changes_the_content(changed: Paper) -> None:
    assert content_of(changed) != content_of(PLAIN)
    assert document_store.content_hash(
        document_store.encode(changed)
    ) != document_store.content_hash(document_store.encode(PLAIN))


def test_authors_in_two_parts_need_hardly_any_bytes() -> None:
    names = tuple(f"Given{at} Family{at}" for at in range(50))
    known = tuple(Author(n, family=n.split()[1], given=n.split()[0]) for n in names)
    bare = replace(PLAIN, authors=names)

    grown = len(document_store.encode(replace(bare, author_details=known))) - len(
        document_store.encode(bare)
    )

    assert grown < 3 * len(names) + 20


def again(paper: Paper) -> Cleaned:
    line = "".join(write_citations([paper], "jsonl", abstract=True))
    return clean(record_of(1, json.loads(line)), "x", VENUES, this_year=2026)


@given(papers())
def test_json_lines_lose_nothing_of_a_clean_paper(paper: Paper) -> None:
    """A paper that went through the cleaning comes back equal through our own lines."""
    once = again(paper).paper

    twice = again(once)

    assert replace(twice.paper, source="") == replace(once, source="")
    assert twice.changes == ()


def test_json_lines_carry_every_field() -> None:
    full = Paper(
        "p",
        "Flying: A history",
        authors=("Alexander van Deursen", "World Health Organization"),
        venue="Kite Letters",
        year=2019,
        author_details=(
            Author(
                "Alexander van Deursen",
                family="Deursen",
                given="Alexander",
                particle="van",
                orcid="0000-0002-1825-0097",
                affiliations=("TU Delft",),
                source_id="A12",
            ),
            Author("World Health Organization", literal=True),
        ),
        identifiers=(("arxiv", "1706.03762"), ("isbn", "9783161484100"), ("issn", "2049-3630")),
        publication=Publication(
            kind="thesis", genre="PhD thesis", venue_printed="Letters of Kites",
            venue_short="Kite Lett", subtitle="A history", original_title="Drachen",
            volume="12", issue="3", chapter="4", pages="45-67", article_number="e12",
            number="TR-1", page_count="23", publisher="Kite Press", place="Delft",
            event="Kite Days", event_place="Lyon", editors=(Author("Ed It", family="It"),),
            series="Kites", series_number="7", edition="2nd", date="2019-05-01", language="pt-BR",
            licence="CC BY 4.0", pdf_url="https://example.org/p.pdf", retracted=True,
            subjects=("cs.LG",), note="12 pages",
        ),
    )  # fmt: skip

    once = again(full)

    assert once.changes == ()
    assert replace(once.paper, source="") == full
    assert document_store.decode(document_store.encode(full)) == full


def test_only_what_is_known_is_written() -> None:
    assert details_json(PLAIN) == {}
    assert details_json(replace(PLAIN, publication=Publication(retracted=True))) == {
        "publication": {"retracted": True}
    }


def test_the_kind_is_that_of_the_type_unless_it_is_told() -> None:
    assert replace(PLAIN, type=CONFERENCE).kind == "paper-conference"
    assert replace(PLAIN, publication=Publication(kind="thesis")).kind == "thesis"
    assert PLAIN.kind == ""
