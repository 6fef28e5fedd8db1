"""Inputs that people reported, read and written again as their programs expect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.build import read_papers
from indexer.citation import write_citations


def export(path: Path, format: str) -> str:
    return "".join(write_citations(read_papers([str(path)]), format))


@pytest.fixture
def cases(shared_data: Path) -> Path:
    folder = shared_data.parent / "cases"
    if not folder.is_dir():
        pytest.skip("the shared inputs (../shared/cases beside the checkout) are not here")
    return folder


@pytest.mark.parametrize(
    ("case", "format", "expected"),
    [
        ("56-corporate-author-export-ris/input.bib", "ris",
         ("AU  - World Health Organization\r\n",)),
        ("57-corporate-author-export-csl-bibtex/input.json", "csl",
         ('{"literal": "World Health Organization"}',)),
        ("57-corporate-author-export-csl-bibtex/input.json", "bibtex",
         ("author = {{World Health Organization}}", "@techreport{")),
        ("58-compound-surname-export/input.bib", "ris",
         ("AU  - García Márquez, Gabriel\r\n", "AU  - Della Porta, Donatella\r\n",
          "AU  - Brinch Hansen, Per\r\n")),
        ("114-chapter-thesis-types/input.bib", "bibtex",
         ("@incollection{", "booktitle = ", "@phdthesis{", "school = ", "@book{")),
        ("114-chapter-thesis-types/input.bib", "ris",
         ("TY  - CHAP\r\n", "TY  - THES\r\n", "TY  - BOOK\r\n")),
        ("115-volume-issue-pages/input.bib", "bibtex",
         ("volume = {12}", "number = {3}", "pages = {45--67}")),
        ("clients/names.bib", "bibtex", ("Yih, Wen-tau", "Van Gool, Luc")),
        ("clients/dotless.bib", "bibtex", ("Mart{\\'i}n, Roberto", "x \\textasciitilde{} y")),
        ("clients/biber-dotless-i.bib", "bibtex", ("Mart{\\'i}n-Mart{\\'i}n, Roberto",)),
        ("clients/latex-breaking.jsonl", "bibtex",
         ("{$\\widetilde{\\mathcal{O}}(m/\\varepsilon^3.5)$}", "{$\\alpha$}-Former", "{$\\ell_1$}",
          "{$\\log$}")),
    ],
)  # fmt: skip
def test_a_reported_input(cases: Path, case: str, format: str, expected: tuple[str, ...]) -> None:
    text = export(cases / case, format)

    for one in expected:
        assert one in text
    assert "\\ensuremath" not in text
    assert "{\\i}" not in text


@pytest.mark.parametrize(
    ("source", "format", "expected"),
    [
        ("@misc{a, author={{The CMS Collaboration} and Doe, J.}, title={T}}", "bibtex",
         "author = {{The CMS Collaboration} and Doe, J.}"),
        ("@misc{a, author={{R\\&D Group}}, title={T}}", "ris", "AU  - R&D Group\r\n"),
        ("@misc{a, author={{National Kite Centre}}, title={T}}", "endnote",
         "%A National Kite Centre,\n"),
        ("@misc{a, author={de la Cruz, Ana}, title={T}}", "csl",
         '{"family": "Cruz", "given": "Ana", "non-dropping-particle": "de la"}'),
        ("@misc{a, author={King, Jr., Martin}, title={T}}", "biblatex",
         "author = {King, Jr., Martin}"),
        ("@techreport{a, title={T}, institution={Lab}, number={TR-7}}", "ris", "M1  - TR-7\r\n"),
        ("@mastersthesis{a, title={T}, school={Uni}}", "bibtex", "@mastersthesis{"),
        ("@inbook{a, title={T}, booktitle={B}, chapter=4}", "csl", '"chapter-number": "4"'),
        ("@article{a, title={T}, journal={J}, eid={e12}}", "bibtex", "eid = {e12}"),
        ("@misc{a, title={T}, eprint={1706.03762}, archiveprefix={arXiv}}", "biblatex",
         "eprinttype = {arxiv}"),
        ("@article{a, title={T}, journal={J}, pages={1--9}, month=jul, year=2019}", "ris",
         "DA  - 2019/07\r\n"),
        ("@article{a, title={\\input{/etc/hostname}}, journal={J}}", "bibtex",
         "title = {\\textbackslash{}input{/etc/hostname}}"),
    ],
)  # fmt: skip
def test_an_input_of_our_own(tmp_path: Path, source: str, format: str, expected: str) -> None:
    path = tmp_path / "own.bib"
    path.write_text(source, encoding="utf-8")

    assert expected in export(path, format)


def test_items_are_json(tmp_path: Path) -> None:
    path = tmp_path / "own.bib"
    path.write_text("@book{a, title={T}, edition={2}, isbn={9783161484100}}", encoding="utf-8")

    (item,) = json.loads(export(path, "csl"))

    assert (item["type"], item["edition"], item["ISBN"]) == ("book", "2", "9783161484100")
