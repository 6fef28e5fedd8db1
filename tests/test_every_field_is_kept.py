"""Every field of a paper, of whatever kind, is written in every format and read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from indexer.author import NAME_PARTS, Author
from indexer.build import read_papers
from indexer.citation import write_citations
from indexer.paper import TYPE_KINDS, Paper
from indexer.publication import KIND_LABELS, TEXT_FIELDS, Publication
from indexer.record.author_name import people_of, with_parts
from indexer.record.identifiers import SCHEMES
from tests.works_of_every_kind import KING, LOVELACE, YIH

SUFFIXES = {
    "bibtex": "bib", "biblatex": "bib", "ris": "ris", "csl": "json", "endnote": "enw",
    "csv": "csv", "jsonl": "jsonl",
}  # fmt: skip
LOST: dict[str, frozenset[str]] = dict.fromkeys(SUFFIXES, frozenset(("citekey",))) | {
    "csv": frozenset(),
    "jsonl": frozenset(),
}
"""What a format does not give back: its entries have a citation key of their own."""
PLAS = Author(
    "Lonneke van der Plas", family="Plas", given="Lonneke", particle="van der",
    orcid="0000-0002-1825-0097", source_id="A5001",
    affiliations=("University of Malta, Msida; Malta", "R&D = Idiap and EPFL (Martigny)"),
)  # fmt: skip
HUMBOLDT = Author(
    "Alexander von Humboldt", family="Humboldt", given="Alexander", dropping_particle="von",
    affiliations=("Universität zu Berlin",),
)  # fmt: skip
LIN = Author("Tao Lin 0004", family="Lin", given="Tao", orcid="0000-0001-5109-3700")
OTHER_LIN = Author("Tao Lin", family="Lin", given="Tao", affiliations=("EPFL",))
KITES = Author("Kite Flyers Worldwide", literal=True, affiliations=("Lisbon",))
GOOL = Author("Luc Van Gool", family="Van Gool", given="Luc", affiliations=("ETH Zürich",))
TEXTS = {
    "genre": "Special genre", "venue_short": "Kite Lett.", "subtitle": "a study of 5% & more",
    "original_title": "Große Drachen", "volume": "12", "issue": "3", "chapter": "4",
    "pages": "45-67", "article_number": "e1234", "number": "TR-7", "page_count": "23",
    "publisher": "Kite & Sons", "place": "Zürich", "event": "Third Kite Conference",
    "event_place": "Lisbon, Portugal", "series": "Lecture Notes in Kites", "series_number": "99",
    "edition": "2nd", "version": "1.2.0", "date": "2019-05-17", "language": "pt-BR",
    "licence": "CC BY 4.0", "pdf_url": "https://example.org/k_1.pdf", "note": "With 3 plates",
}  # fmt: skip
IDENTIFIERS = (
    ("acl", "2019.kite-1.4"), ("arxiv", "1706.03762"), ("citekey", "plas2019"),
    ("dblp", "conf/kite/Plas19"), ("handle", "1721.1/123"), ("isbn", "9783161484100"),
    ("isbn", "9780306406157"), ("issn", "2049-3630"), ("issn", "0317-8471"), ("mag", "296340"),
    ("oai", "oai:x.org:1"), ("openalex", "W2741809807"), ("openreview", "rJl-b3RcF7"),
    ("own", "77"), ("pii", "S0140-6736(20)30183-5"), ("pmid", "456"), ("pmid", "457"),
    ("pmcid", "PMC123"), ("s2", "13756489"), ("scopus", "2-s2.0-8501"), ("wos", "WOS:0004"),
)  # fmt: skip


@st.composite
def works(draw: st.DrawFn) -> Paper:
    """Draw a paper of any kind with any of the fields, also such as its kind never has."""
    kind = draw(st.sampled_from(sorted(KIND_LABELS)))
    named = draw(st.sets(st.sampled_from(sorted(TEXTS))))
    authors = tuple(draw(st.lists(
        st.sampled_from((PLAS, HUMBOLDT, LIN, OTHER_LIN, KITES, GOOL, KING, YIH)), unique=True
    )))  # fmt: skip
    editors = tuple(draw(st.lists(st.sampled_from((LOVELACE, GOOL, HUMBOLDT)), unique=True)))
    type = next((type for type, known in TYPE_KINDS.items() if known == kind), "")
    type = "Journal Article" if kind == "article-magazine" else type
    return Paper(
        id=draw(st.sampled_from(("dump-1", "10.1234/k.1"))),
        title="Kites fly: a study of 5% & more",
        authors=tuple(author.name for author in authors),
        author_details=authors,
        authors_complete=not authors or draw(st.booleans()),
        venue="Kite Letters",
        year=2019,
        type=type,
        doi="10.1234/k.1",
        url="https://example.org/k_1",
        keywords=draw(st.sampled_from(((), ("kites", "strings, long")))),
        identifiers=tuple(sorted(draw(st.sets(st.sampled_from(IDENTIFIERS))))),
        publication=Publication(
            kind="" if TYPE_KINDS.get(type) == kind else kind,
            editors=editors,
            retracted=draw(st.booleans()),
            subjects=draw(st.sampled_from(((), ("cs.CL",), ("Humans", "Wind, strong")))),
            **{name: TEXTS[name] for name in named},
        ),
    )


def every_field(paper: Paper) -> Iterator[tuple[str, Any]]:
    """The fields of a paper by name; a name that is in parts for a reader is so here."""
    for field in fields(Paper):
        if field.name not in ("source", "author_details", "identifiers", "publication"):
            yield field.name, getattr(paper, field.name)
    for name in (*TEXT_FIELDS, "retracted", "subjects"):
        if name not in ("kind", "venue_printed"):
            value = getattr(paper.publication, name)
            # A thesis or a report says "Thesis" at least, and who published it, if only once.
            said = value in (KIND_LABELS.get(paper.kind), paper.venue_name)
            both = paper.kind in ("thesis", "report") and name in ("genre", "publisher")
            yield name, "" if said and both else value
    yield "kind", paper.kind
    yield "printed venue", paper.venue_name
    for scheme in SCHEMES:
        yield scheme, set(paper.identifier_map.get(scheme, ()))
    for role, people in (("author", people_of(paper)), ("editor", paper.publication.editors)):
        told = [with_parts(person) for person in people]
        for part in (*NAME_PARTS, "name", "literal", "orcid", "affiliations", "source_id"):
            yield f"{role} {part}", [getattr(person, part) for person in told]


@pytest.mark.parametrize("format", SUFFIXES)
@settings(
    max_examples=5,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(papers=st.lists(works(), min_size=8, max_size=16))
def test_every_field_is_read_again(papers: list[Paper], format: str, tmp_path: Path) -> None:
    papers = [
        replace(paper, id=f"{paper.id}.{place}", doi=f"10.1234/k.1.{place}")
        for place, paper in enumerate(papers)
    ]
    path = tmp_path / f"papers.{SUFFIXES[format]}"
    path.write_text("".join(write_citations(papers, format, abstract=True)), "utf-8", newline="")

    again = list(read_papers([str(path)]))

    assert len(again) == len(papers)
    for paper, other in zip(papers, again, strict=True):
        given_fields, read_fields = dict(every_field(paper)), dict(every_field(other))
        lost = {name for name, value in given_fields.items() if read_fields[name] != value}
        assert {(name, str(given_fields[name]), str(read_fields[name]))
                for name in lost - LOST[format]} == set()  # fmt: skip
