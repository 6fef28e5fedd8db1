"""One fault costs one record: in tables and in tagged lines."""

from __future__ import annotations

import io

import pytest

from indexer.cleaning.clean_record import clean
from indexer.cleaning.venues import load_venues
from indexer.formats import detect, load_formats
from indexer.formats.table_formats.table_rows import TableRows
from indexer.formats.xml_formats import xml_stream
from indexer.intake.dump import Dump
from indexer.intake.record import AUTHORS_READ, Record
from indexer.intake.unpack import Counted, unpack
from tests.formats.reading import as_json
from tests.stress.crowds import CROWDS

HEADER = "title,authors,year,abstract\n"
ROW = '"{0}","A B",2001,"first line\nand {0}"\n'
FAULTY_TABLES = {
    "plain rows after it": '"Two,A B,2002,y\nThree,A B,2003,z\nFour,A B,2004,z\n',
    "quoted rows after it": '"Two,A B,2002,y\n' + ROW.format("Three") + ROW.format("Four"),
    "in the second cell": 'Two,"A B,2002,y\n' + ROW.format("Three") + ROW.format("Four"),
    "in the last cell": 'Two,A B,2002,"y\n' + ROW.format("Three") + "Four,A B,2004,z\n",
}


@pytest.mark.parametrize("fault", FAULTY_TABLES)
def test_a_quote_that_is_never_closed_costs_one_row(fault: str) -> None:
    text = HEADER + ROW.format("One") + FAULTY_TABLES[fault]

    read = as_json("a.csv", text.encode())

    assert [paper["title"] for paper in read["papers"]] == ["One", "Three", "Four"]
    assert read["skipped"] == ["a.csv:4: a quote is never closed: the row was not read"]


def test_cells_over_many_lines_are_no_fault() -> None:
    text = HEADER + '"One","A B",2001,"a,b,c,d\n\ne,f,g,h"\nTwo,A B,2002\n'

    read = as_json("a.csv", text.encode())

    assert [paper["title"] for paper in read["papers"]] == ["One", "Two"]
    assert read["skipped"] == []


def test_every_line_belongs_to_one_row() -> None:
    lines = ['"a,b,c', "d,e,f", '"g",h,"i', 'j"', "k,l,m"]

    rows = list(TableRows(iter(lines), ",", 0, width=3, line=2))

    assert [line for line, _ in rows] == [2, 3, 4, 6]
    assert rows[2] == (4, ["g", "h", "i\nj"])


RIS = "TY  - JOUR\nTI  - {}\nAU  - Lee, A\nPY  - 2001\nER  - \n"
MEDLINE = "PMID- 1{0}\nTI  - {0}\nAU  - Lee A\nDP  - 2001\n\n"
ENDNOTE = "%0 Journal Article\n%T {}\n%A Lee, A\n%D 2001\n\n"


@pytest.mark.parametrize(
    ("name", "record", "whole", "broken", "found"),
    [
        ("a.ris", RIS, "TY  - JOUR", "TY JOUR", ["One", "Two", "Three"]),
        ("a.ris", RIS, "ER  - \n", "", ["One", "Two", "Three"]),
        ("a.ris", RIS, "ER  - \n", "ER-\n", ["One", "Two", "Three"]),
        ("a.nbib", MEDLINE, "PMID-", "PMI-", ["One", "Three"]),
        ("a.enw", ENDNOTE, "%0 ", "0 ", ["One", "Three"]),
    ],
)
def test_a_broken_first_or_last_line_costs_one_record(
    name: str, record: str, whole: str, broken: str, found: list[str]
) -> None:
    texts = [record.format(title) for title in ("One", "Two", "Three")]
    texts[1] = texts[1].replace(whole, broken)

    read = as_json(name, "".join(texts).encode())

    assert [paper["title"] for paper in read["papers"]] == found
    assert len(read["skipped"]) == 3 - len(found)


def test_nothing_is_written_around_a_record_that_nothing_is_around() -> None:
    assert xml_stream._tags_of([], ("paper",), whole=True) == b""


@pytest.mark.parametrize("name", ["x.bib", "x.ris", "wos.txt", "crossref.json", "s2.jsonl"])
def test_of_a_crowd_of_authors_no_more_are_read_than_a_paper_may_have(name: str) -> None:
    data = CROWDS[name].of(30_000)
    ((inside, content),) = unpack(name, Counted(io.BytesIO(data)))
    dump = Dump(inside, content)
    format = detect(dump, load_formats())
    assert format is not None
    (record,) = format.read(dump)
    assert isinstance(record, Record)
    assert len(record.authors) == AUTHORS_READ
    cleaned = clean(record, name, load_venues(), this_year=2026).paper
    assert not cleaned.authors_complete


def test_an_entry_of_spaces_is_passed_over_in_linear_time() -> None:
    text = "@article{" + " " * 1_000_000 + "}\n@article{a, title = {One}, author = {Lee, A}}\n"

    read = as_json("a.bib", text.encode())

    assert [paper["title"] for paper in read["papers"]] == ["One"]
