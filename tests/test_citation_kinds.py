# ruff: noqa: ISC004, PLR0917
"""Every kind of work leaves as what it is, with all its fields, in every format and style."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from indexer.build import read_papers
from indexer.citation import REFERENCE_STYLES, format_reference, write_citations, write_references
from indexer.citation.reference import initials
from indexer.errors import QueryError
from indexer.paper import Paper
from tests.works_of_every_kind import (
    ARTICLE,
    BOOK,
    CHAPTER,
    CONFERENCE_PAPER,
    DATASET,
    EVERY,
    MASTER,
    NUMBERED,
    PREPRINT,
    REPORT,
    THESIS,
    WEBPAGE,
)

GOLDEN = {
    "bibtex": "kinds.bib", "biblatex": "kinds.biblatex.bib", "ris": "kinds.ris",
    "csl": "kinds.csl.json", "endnote": "kinds.enw",
}  # fmt: skip


def written(papers: tuple[Paper, ...], format: str) -> str:
    return "".join(write_citations(papers, format, abstract=True, key="{id}"))


@pytest.mark.parametrize("format", GOLDEN)
def test_each_kind_is_written_as_it_was_looked_at(format: str, checkout: Path) -> None:
    golden = checkout / "tests" / "golden" / "citation" / GOLDEN[format]

    assert golden.read_bytes().decode() == written(EVERY, format)


@pytest.mark.parametrize("style", REFERENCE_STYLES)
def test_each_style_is_written_as_it_was_looked_at(style: str, checkout: Path) -> None:
    golden = checkout / "tests" / "golden" / "citation" / f"kinds.{style}.html"

    assert golden.read_text("utf-8") == "".join(write_references(EVERY, style, as_html=True))


@pytest.mark.parametrize(
    ("paper", "bibtex", "biblatex", "ris", "csl", "endnote"),
    [
        (ARTICLE, "article", "article", "JOUR", "article-journal", "Journal Article"),
        (CONFERENCE_PAPER, "inproceedings", "inproceedings", "CPAPER", "paper-conference",
         "Conference Paper"),
        (CHAPTER, "incollection", "incollection", "CHAP", "chapter", "Book Section"),
        (BOOK, "book", "book", "BOOK", "book", "Book"),
        (THESIS, "phdthesis", "thesis", "THES", "thesis", "Thesis"),
        (MASTER, "mastersthesis", "thesis", "THES", "thesis", "Thesis"),
        (REPORT, "techreport", "report", "RPRT", "report", "Report"),
        (PREPRINT, "misc", "online", "UNPB", "article", "Unpublished Work"),
        (DATASET, "misc", "dataset", "DATA", "dataset", "Dataset"),
        (WEBPAGE, "misc", "online", "ELEC", "webpage", "Web Page"),
    ],
)  # fmt: skip
def test_the_type_of_each_format(
    paper: Paper, bibtex: str, biblatex: str, ris: str, csl: str, endnote: str
) -> None:
    assert written((paper,), "bibtex").startswith(f"@{bibtex}{{")
    assert written((paper,), "biblatex").startswith(f"@{biblatex}{{")
    assert written((paper,), "ris").startswith(f"TY  - {ris}\r\n")
    assert f'"type": "{csl}"' in written((paper,), "csl")
    assert written((paper,), "endnote").startswith(f"%0 {endnote}\n")


def test_names_keep_their_parts() -> None:
    bibtex = written(EVERY, "bibtex")

    for name in (
        "King, Jr., Martin Luther", "van der Plas, Lonneke", "Yih, Wen-tau", "Van Gool, Luc",
        "{World Health Organization}", "{ATLAS Collaboration}", "{Ortega y Gasset}, Jos{\\'e}",
        "Garc{\\'i}a M{\\'a}rquez, Gabriel", "von Humboldt, Alexander", "d'Alembert, Jean",
    ):  # fmt: skip
        assert name in bibtex
    assert "{von Humboldt, Alexander}" in written((BOOK,), "biblatex")  # useprefix is off
    assert "%A World Health Organization,\n" in written((REPORT,), "endnote")
    assert "AU  - World Health Organization\r\n" in written((REPORT,), "ris")
    assert '"dropping-particle": "von"' in written((BOOK,), "csl")


@pytest.mark.parametrize(
    ("style", "paper", "text"),
    [
        ("apa", ARTICLE, "King, M. L., Jr., van der Plas, L., & Yih, W.-t. (2019). Flying kites "
         "with 3D strings. Journal of Kites, 12(3), 45–67. https://doi.org/10.1234/kites_1"),
        ("apa", NUMBERED, "Van Gool, L., & World Health Organization. (2019). Kites by number? "
         "PLOS Kites, 7, Article e1234."),
        ("apa", THESIS, "d'Alembert, J. (2019). Kite Algebra [Doctoral dissertation, University of "
         "Kites]."),
        ("ieee", ARTICLE, "M. L. King Jr., L. van der Plas, and W.-t. Yih, “Flying kites with 3D "
         "strings,” Journal of Kites, vol. 12, no. 3, pp. 45–67, May 2019, doi: 10.1234/kites_1."),
        ("acm", ARTICLE, "Martin Luther King Jr., Lonneke van der Plas, and Wen-tau Yih. 2019. "
         "Flying kites with 3D strings. Journal of Kites 12, 3 (May 2019), 45–67. "
         "https://doi.org/10.1234/kites_1"),
        ("mla", BOOK, "Humboldt, Alexander von. The Book of Kites. 3rd ed., Kite Press, 2019."),
        ("mla", CONFERENCE_PAPER, "Yih, Wen-tau, and ATLAS Collaboration. “Kites that learn: a "
         "study.” Proceedings of the 3rd International Conference on Kites, edited by Ada Lovelace "
         "and José Ortega y Gasset, vol. 99, Kite Press, 2019, pp. 1–9."),
        ("chicago", CHAPTER, "Lovelace, Ada, and José Ortega y Gasset. 2019. “Strings.” In Book of "
         "Kites, edited by Lonneke van der Plas, 33–44. London: Kite Press."),
        ("acl", CONFERENCE_PAPER, "Wen-tau Yih and ATLAS Collaboration. 2019. Kites that learn: a "
         "study. In Proceedings of the 3rd International Conference on Kites, pages 1–9, Lisbon, "
         "Portugal. Kite Press."),
        ("acl", PREPRINT, "Wen-tau Yih and Luc Van Gool. 2019. Attention kites. arXiv preprint "
         "arXiv:1906.03762. https://arxiv.org/abs/1906.03762"),
        ("apa", WEBPAGE, "How to fly. (2019). Kites Online. https://example.org/fly"),
    ],
)  # fmt: skip
def test_references_of_the_styles(style: str, paper: Paper, text: str) -> None:
    assert text == format_reference(paper, style).text


def test_references_are_escaped_in_html() -> None:
    paper = Paper("x", "a <b> & c", authors=("A <i> B",), venue="<script>", year=2001)

    for style in REFERENCE_STYLES:
        html = format_reference(paper, style).html
        assert set(re.findall(r"<[^>]*>", html)) <= {"<i>", "</i>"}
        assert "&lt;script&gt;" in html


def test_a_style_that_is_not_known_is_named() -> None:
    with pytest.raises(QueryError, match="style: expected one of apa, ieee"):
        write_references((), "turabian")


@pytest.mark.parametrize(
    ("given", "short"),
    [("Wen-tau", "W.-t."), ("Jean-Pierre Marie", "J.-P. M."), ("J. R. R.", "J. R. R."),
     ("GH", "G. H."), ("Li", "L."), ("", ""), ("J.-P.", "J.-P."), ("Élodie", "É.")],
)  # fmt: skip
def test_initials(given: str, short: str) -> None:
    assert short == initials(given)


MINI = """<?xml version="1.0" encoding="utf-8"?>
<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">
  <info><title>Mini</title><id>mini</id><updated>2020-01-01T00:00:00+00:00</updated></info>
  <citation><layout><text variable="title"/></layout></citation>
  <bibliography><layout suffix=".">
    <names variable="author">
      <name initialize-with=". " name-as-sort-order="all" and="text"/>
    </names>
    <text variable="title" font-style="italic" prefix=": "/>
    <text variable="container-title" prefix=", "/><text variable="page" prefix=", "/>
  </layout></bibliography>
</style>
"""


def test_a_style_of_a_file(tmp_path: Path) -> None:
    pytest.importorskip("citeproc")
    path = tmp_path / "mini.csl"
    path.write_text(MINI, encoding="utf-8")

    text = "".join(write_references((CHAPTER,), str(path)))
    html = "".join(write_references((CHAPTER,), str(path), as_html=True))

    assert text == "Lovelace, A. and Ortega y Gasset, J.: Strings, Book of Kites, 33–44.\n"
    assert "<i>Strings</i>" in html


@pytest.mark.parametrize("text", ["", "<style/>", "no XML", "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"])
def test_a_file_that_is_no_style_is_named(tmp_path: Path, text: str) -> None:
    pytest.importorskip("citeproc")
    path = tmp_path / "bad.csl"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(QueryError, match=r"style: .*bad\.csl: "):
        write_references((), str(path))
    with pytest.raises(QueryError, match="No such file"):
        write_references((), str(tmp_path / "none.csl"))


def test_a_byte_order_mark_is_an_option_of_csv() -> None:
    assert "".join(write_citations(EVERY, "csv", bom=True)).startswith("\ufeffid,title,")
    assert "\ufeff" not in "".join(write_citations(EVERY, "csv"))
    assert "\ufeff" not in "".join(write_citations(EVERY, "ris", bom=True))


def test_csv_gives_back_the_fields_that_a_table_can_hold(tmp_path: Path) -> None:
    path = tmp_path / "papers.csv"
    path.write_text("".join(write_citations(EVERY, "csv", abstract=True)), encoding="utf-8")
    fields = (
        *("volume", "issue", "pages", "article_number", "publisher", "place", "series", "edition"),
        *("date", "language", "pdf_url", "subjects"),
    )

    read = {paper.id: paper for paper in read_papers([str(path)])}

    assert set(read) == {paper.id for paper in EVERY}
    for paper in EVERY:
        back = read[paper.id]
        for name in fields:
            wanted = getattr(paper.publication, name)
            assert getattr(back.publication, name) == wanted, (paper.id, name)
        editors = [editor.name for editor in paper.publication.editors]
        assert [editor.name for editor in back.publication.editors] == editors, paper.id
        assert back.kind == paper.kind
        for scheme in ("isbn", "issn", "pmid", "pmcid", "arxiv"):
            assert back.identifier(scheme) == paper.identifier(scheme), (paper.id, scheme)
