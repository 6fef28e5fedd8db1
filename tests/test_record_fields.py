"""Fields of a record that are searched by words: what is typed, what a segment keeps of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.author import Author
from indexer.backends import open_index
from indexer.backends.whoosh.format.record_terms import RecordTerms
from indexer.backends.whoosh.postings.segment_reader import SegmentReader
from indexer.language.parse import parse_clause, parse_query
from indexer.language.unparse import format_clause
from indexer.paper import JOURNAL, Paper
from indexer.publication import KIND_LABELS, Publication
from indexer.query import Value, Word
from indexer.record.record_fields import (
    MAX_WORDS,
    RECORD_FIELDS,
    kind_named,
    record_values,
    record_words,
)
from webui.app import create_app


@pytest.mark.parametrize(
    ("typed", "clause"),
    [
        ('affiliation:"ETH Zurich"', Value("affiliation", "ETH Zurich")),
        ("aff:MIT", Value("affiliation", "MIT")),
        ("orcid:https://orcid.org/0000-0002-1825-0097", Value("orcid", "0000-0002-1825-0097")),
        ("orcid:0000000218250097", Value("orcid", "0000-0002-1825-0097")),
        ("https://orcid.org/0000-0002-1825-0097", Value("orcid", "0000-0002-1825-0097")),
        ("0000-0002-1694-233X", Value("orcid", "0000-0002-1694-233X")),
        ("subject:cs.LG", Value("subject", "cs.LG")),
        ('mesh:"Lung Neoplasms"', Value("subject", "Lung Neoplasms")),
        ("keyword:gossip", Value("subject", "gossip")),
        ("lang:german", Value("language", "de")),
        ("language:en_us", Value("language", "en-US")),
        ("kind:phdthesis", Value("kind", "thesis")),
        ('kind:"Book Chapter"', Value("kind", "chapter")),
        ("kind:article", Value("kind", "article-journal")),
        ("kind:preprint", Value("kind", "preprint")),
        ("type:thesis", Value("kind", "thesis")),
        ("type:journal", Value("type", JOURNAL)),
    ],
)
def test_a_field_reads_its_value_in_every_spelling(typed: str, clause: Value) -> None:
    assert parse_clause(typed) == (clause, ())
    assert parse_clause(format_clause(clause)) == (clause, ())


@pytest.mark.parametrize("typed", ["orcid:0000-0002-1825-0098", "kind:gizmo", "subject:deep*"])
def test_a_value_that_can_match_nothing_is_said(typed: str) -> None:
    clause, repairs = parse_clause(typed)
    assert isinstance(clause, Value)
    assert len(repairs) == 1


def test_a_text_with_the_word_of_a_field_is_no_field() -> None:
    clause = parse_query("subject: a language model").clause
    assert not isinstance(clause, Value)
    assert parse_clause("kind")[0] == Word("kind")


@pytest.mark.parametrize("kind", KIND_LABELS)
def test_every_kind_is_found_by_the_label_that_pages_show(kind: str) -> None:
    paper = Paper("x", "X", publication=Publication(kind=kind))
    assert record_values(paper) == ((f"kind:{kind}",),)
    assert record_words("kind", KIND_LABELS[kind]) == (kind,)


def test_the_values_of_a_paper_are_distinct_and_bounded() -> None:
    long = " ".join(f"w{number}" for number in range(200))
    people = tuple(Author(name, affiliations=("MIT", long)) for name in "AB")
    paper = Paper("x", "X", authors=("A", "B"), author_details=people, keywords=("…", "deep nets"))
    values = record_values(paper)
    assert [len(value) for value in values] == [1, MAX_WORDS, 2]
    assert kind_named("no such kind") == ""


_WORDS = st.sampled_from(["alpha", "beta", "gamma", "delta", "Zürich"])
_VALUES = st.lists(st.lists(_WORDS, min_size=1, max_size=3).map(" ".join), max_size=3)


@settings(max_examples=30)
@given(st.lists(st.tuples(_VALUES, st.booleans()), max_size=12), st.randoms(use_true_random=False))
def test_merged_terms_are_those_of_the_papers_that_stay(
    made: list[tuple[list[str], bool]], random: object
) -> None:
    papers = [
        Paper(str(number), "T", publication=Publication(subjects=tuple(subjects)))
        for number, (subjects, _) in enumerate(made)
    ]
    half = len(papers) // 2
    kept = [number for number, (_, stays) in enumerate(made) if stays]
    random.shuffle(kept)  # type: ignore[attr-defined]
    new_ids = np.full(len(papers), -1, np.int32)
    new_ids[kept] = np.arange(len(kept))
    merged = RecordTerms.merged(
        [RecordTerms.of_papers(papers[:half]), RecordTerms.of_papers(papers[half:])],
        [new_ids[:half], new_ids[half:]],
    )
    direct = RecordTerms.of_papers(papers[number] for number in kept)
    assert merged.keys.raws() == direct.keys.raws()
    for name, array in direct.arrays().items():
        assert np.array_equal(merged.arrays()[name], array), name
    read = RecordTerms.among(merged.arrays())
    assert read is not None
    for word in ("alpha", "zurich"):
        assert read.papers_of([f"subject:{word}"]).tolist() == [
            place
            for place, number in enumerate(kept)
            if any(word in record_words("subject", one) for one in made[number][0])
        ]


def test_an_index_without_record_terms_makes_them_of_its_papers(tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    paper = Paper("x", "X", publication=Publication(kind="thesis", subjects=("Lung Neoplasms",)))
    with index.writer() as writer:
        writer.add(paper)
    loaded = index.opened().snapshot().segments[0]  # type: ignore[attr-defined]
    assert loaded.record_terms is not None
    old = SegmentReader(replace(loaded, record_terms=None))
    assert old.with_record_words(["subject:lung", "subject:neoplasms"]).tolist() == [0]


def test_the_description_of_the_interface_names_the_fields(tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    with index.writer() as writer:
        writer.add(Paper("x", "X"))
    described = create_app(index=index).test_client().get("/api").json
    assert described is not None
    parameters = described["paths"]["/search.json"]["get"]["parameters"]
    [query] = [one for one in parameters if one["name"] == "q"]
    for field in RECORD_FIELDS:
        assert f"{field}:" in query["description"]
