"""What is written in a format and read again is the same, as far as the format can carry it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.author import Author
from indexer.build import read_papers
from indexer.citation import write_citations
from indexer.cleaning.clean_record import recased
from indexer.paper import CONFERENCE, JOURNAL, TYPE_KINDS, Paper
from indexer.publication import KIND_LABELS, Publication
from indexer.record.author_name import people_of, person, with_parts
from indexer.text.display import plain
from tests.works_of_every_kind import DESCRIBED, EVERY

SUFFIXES = {
    "bibtex": "bib", "biblatex": "bib", "ris": "ris", "csl": "json", "endnote": "enw",
    "jsonl": "jsonl",
}  # fmt: skip
NOT_CARRIED: dict[str, frozenset[str]] = {
    "bibtex": frozenset(("subtitle", "particles")),
    "biblatex": frozenset(),
    "csl": frozenset(),
    "jsonl": frozenset(),
    "ris": frozenset((
        "subtitle", "page_count", "licence", "retracted", "subjects", "authors_complete",
        "particles", "identifiers",
    )),
    "endnote": frozenset((
        "subtitle", "page_count", "licence", "retracted", "subjects", "authors_complete",
        "particles", "identifiers", "event", "event_place", "chapter", "series_number",
    )),
}  # fmt: skip
"""Fields of a record for which a format has no place."""
KEPT = ("issn", "isbn", "pmid", "pmcid", "arxiv")
"""Identifiers that every program exchanges."""


def same(text: str) -> str:
    """What a reader sees of a text; TeX has one apostrophe and one way to write dashes."""
    shown = " ".join(plain(text).split())
    for meant, written in (("’", "'"), ("‘", "`"), ("---", "—"), ("--", "–")):
        shown = shown.replace(meant, written)
    return shown


def name(author: Author, format: str) -> tuple[str, ...]:
    """The parts of a name that a format keeps."""
    known = with_parts(author)
    if "particles" in NOT_CARRIED[format]:
        family = re.sub(r"^(?:[a-z]+ )+", "", known.sort_family)
        return (family, known.name.removesuffix(f", {known.suffix}"), known.suffix)
    return (
        known.sort_family,
        known.given,
        known.dropping_particle,
        known.suffix,
        str(known.literal),
    )


def carried(paper: Paper, format: str) -> dict[str, Any]:
    """All that a format must carry of a paper."""
    known = paper.publication
    record: dict[str, Any] = {
        "title": same(paper.title), "abstract": same(paper.abstract), "year": paper.year,
        "doi": paper.doi, "url": paper.url, "venue": same(paper.venue_name),
        "kind": paper.kind or "document", "authors_complete": paper.authors_complete,
        "keywords": [same(one) for one in paper.keywords],
        "people": [name(one, format) for one in people_of(paper)],
        "editors": [name(one, format) for one in known.editors],
        "identifiers": [one for one in paper.identifiers if one[0] not in ("citekey", "own")],
        "kept": [one for one in paper.identifiers if one[0] in KEPT],
        "subjects": list(known.subjects), "retracted": known.retracted,
    }  # fmt: skip
    for field in fields(Publication):
        if field.name not in (*record, "venue_printed"):
            record[field.name] = same(getattr(known, field.name))
    if paper.kind in ("thesis", "report") and known.publisher == paper.venue_name:
        record["publisher"] = ""  # the institution is both
    if format == "endnote" and paper.kind in ("report", "patent", "standard"):
        record["kept"] = []  # %@ is the number of the report
    if known.genre == KIND_LABELS.get(paper.kind):
        record["genre"] = ""
    if paper.url == f"https://arxiv.org/abs/{paper.identifier('arxiv')}":
        record["url"] = ""  # the number says the same
    return {key: value for key, value in record.items() if key not in NOT_CARRIED[format]}


def read_again(papers: Iterable[Paper], format: str, folder: Path) -> list[Paper]:
    path = folder / f"again.{SUFFIXES[format]}"
    text = "".join(write_citations(papers, format, abstract=True))
    path.write_bytes(text.encode())
    return list(read_papers([str(path)]))


@pytest.mark.parametrize("format", SUFFIXES)
def test_each_kind_is_read_again(format: str, tmp_path: Path) -> None:
    again = read_again(EVERY, format, tmp_path)

    assert len(again) == len(EVERY)
    for paper, other in zip(EVERY, again, strict=True):
        assert carried(other, format) == carried(paper, format), paper.id


@pytest.mark.parametrize("format", SUFFIXES)
def test_the_second_time_is_the_same_file(format: str, tmp_path: Path) -> None:
    """Whatever a format cannot carry is gone at once, and nothing more afterwards."""
    once = read_again(DESCRIBED, format, tmp_path)

    twice = read_again(once, format, tmp_path)

    assert [carried(one, "jsonl") for one in once] == [carried(one, "jsonl") for one in twice]


WORDS = (
    "kites flying 3D BERT naïve Straße Łódź 100% R&D #1 a_b {grouped} $\\ell_2$ α→β x^2 ~5 C:\\dir "
    "“quoted” it's GPT-4 (2019) non-linear <b> Martín 风筝 $O(n\\log n)$ \\emph{all} e.g. why?"
).split()
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
titles = texts.map(
    lambda title: recased(title, "") if title.isupper() else title
)  # as dumps are read
short = st.sampled_from(("", "12", "A-3", "Sup. 1"))
words = st.sampled_from(("", "Kite Press", "R&D Institute", "Łódź", "Kites & Co. 5%"))
people = st.sampled_from((
    person(family="Lovelace", given="Ada"), person(family="van der Plas", given="Lonneke"),
    person(family="Yih", given="Wen-tau"), person(family="Van Gool", given="Luc"),
    person(family="King", given="Martin Luther", suffix="Jr."),
    person(family="García Márquez", given="Gabriel"), person(family="Martín", given="José í."),
    person(family="Ortega y Gasset", given="José"), person(family="O'Neil", given="J.-P."),
    Author("World Health Organization", literal=True), Author("R&D Group", literal=True),
    Author("ATLAS Collaboration", literal=True),
))  # fmt: skip
identifiers = st.lists(
    st.sampled_from((("issn", "2049-3630"), ("isbn", "9783161484100"), ("arxiv", "1706.03762"))),
    max_size=3, unique=True,
).map(lambda pairs: tuple(sorted(pairs)))  # fmt: skip


@st.composite
def works(draw: st.DrawFn) -> Paper:
    """Draw a paper of some kind with some of its fields."""
    kind = draw(st.sampled_from(sorted(KIND_LABELS)))
    type = {value: key for key, value in TYPE_KINDS.items()}.get(kind, "")
    authors = tuple(draw(st.lists(people, max_size=4, unique=True)))
    in_something = type in (CONFERENCE, JOURNAL) or kind == "chapter"
    known = Publication(
        kind="" if type else kind,
        volume=draw(short),
        pages=draw(st.sampled_from(("", "1-9", "45-67", "7"))),
        publisher=draw(words) if kind != "thesis" else "",
        place=draw(st.sampled_from(("", "London", "Zürich"))),
        editors=tuple(draw(st.lists(people, max_size=2, unique=True))) if in_something else (),
        edition=draw(st.sampled_from(("", "2", "Third"))) if kind in ("book", "chapter") else "",
        version=draw(short) if kind in ("dataset", "software") else "",
        date=draw(st.sampled_from(("", "2019-05", "2019-05-17"))),
        language=draw(st.sampled_from(("", "en", "de", "pt-BR"))),
        note=draw(st.sampled_from(("", "12 pages & 3 figures"))),
    )
    venues = st.sampled_from(("Kite Letters", "Annals of R&D", "Łódź Kite Notes"))
    return Paper(
        id="w1",
        title=draw(titles),
        abstract=draw(st.one_of(st.just(""), texts)),
        authors=tuple(one.name for one in authors),
        author_details=authors,
        venue=draw(venues),
        year=2019,
        type=type,
        doi=draw(st.sampled_from(("", "10.1234/kite_1(2)"))),
        url=draw(st.sampled_from(("", "https://example.org/a_b?c=1&d=%20~x"))),
        keywords=draw(st.sampled_from(((), ("kites", "R&D"), ("strings, long", "5%")))),
        identifiers=draw(identifiers),
        publication=known,
    )


@pytest.mark.parametrize("format", SUFFIXES)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(papers=st.lists(works(), min_size=1, max_size=6))
def test_any_works_are_read_again(papers: list[Paper], format: str, tmp_path: Path) -> None:
    again = read_again(papers, format, tmp_path)

    assert [carried(one, format) for one in again] == [carried(one, format) for one in papers]


@pytest.mark.parametrize("format", SUFFIXES)
@pytest.mark.parametrize(
    "dump",
    [
        "bibtex/acl_anthology_sample.bib", "bibtex/acm_chiir-2016.bib",
        "bibtex/pmlr_v138_pgm2020.bib", "crossref_json/crossref_works_paper-qa.jsonl",
        "dblp_xml/dblp_fragment_article.xml", "medline/pubmed_result1.txt",
        "openalex_jsonl/openalex_works_from_openalexR_fixture.jsonl",
        "pubmed_xml/biopython_pubmed1.xml", "ris/asreview_pubmed_zotero.ris",
    ],
)  # fmt: skip
def test_real_records_are_read_again(
    shared_data: Path, dump: str, format: str, tmp_path: Path
) -> None:
    papers = list(read_papers([str(shared_data / "dumps" / dump)]))[:200]

    again = read_again(papers, format, tmp_path)

    assert len(again) == len(papers)
    for one, other in zip(papers, again, strict=True):
        expected, found = carried(one, format), carried(other, format)
        for key in ("title", "year", "volume", "issue", "pages", "publisher", "venue", "kept"):
            assert expected[key] == found[key], (one.source, key)
        assert len(expected["people"]) == len(found["people"])


def test_the_strategy_is_of_what_a_paper_may_be() -> None:
    assert all(replace(one) == one for one in EVERY)
