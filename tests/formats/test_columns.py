"""Tables: which column is what, told by the header or by a file beside the dump; workbooks."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from indexer.build import check_dumps, read_papers
from indexer.errors import DumpError
from indexer.formats.table_formats.columns import guess_columns
from indexer.paper import Paper

TABLE = """Nr;Name of the work;First author;Second author;Yr.
1;Snow;Lee, Ann;Xu, Bo;2001
2;Rain;Dee, Cy;;2002
"""
MAP = 'title: Name of the work\nauthors: [First author, Second author]\nyear: "Yr."\n'


def read(path: Path) -> list[tuple[str, tuple[str, ...], int | None]]:
    return [(one.title, one.authors, one.year) for one in read_papers([str(path)])]


def with_map(path: Path, text: str) -> None:
    path.with_name(f"{path.name}.columns.yaml").write_text(text, encoding="utf-8")


def test_a_file_beside_the_dump_says_which_column_is_what(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(TABLE, encoding="utf-8")
    with_map(path, MAP)

    assert read(path) == [("Snow", ("Ann Lee", "Bo Xu"), 2001), ("Rain", ("Cy Dee",), 2002)]


def test_without_it_such_a_table_is_no_dump(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(TABLE, encoding="utf-8")

    with pytest.raises(DumpError, match="has no known format"):
        check_dumps([str(path)])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("title: Titel\n", "title: no column 'Titel'; there are Nr, Name of the work"),
        ("titel: Nr\n", "titel: no field; there are title, abstract"),
        ("year: Yr.\n", "title: expected the name of a column"),
        ("- a\n", "expected lines such as title: Name of the column"),
        ("title: [\n", "cannot be read"),
    ],
)
def test_a_faulty_file_of_columns_is_named_with_its_fault(
    tmp_path: Path, text: str, fault: str
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(TABLE, encoding="utf-8")
    with_map(path, text)

    with pytest.raises(DumpError) as caught:
        check_dumps([str(path)])

    assert "mine.csv.columns.yaml" in str(caught.value)
    assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("Title,Author/s,Publication Year", {"title", "authors", "year"}),
        ("TITLE,Abstract Note,Publication Title", {"title", "abstract", "venue"}),
        ("Titel,Autor,Jahr", None),
        ("Title,Price", None),
        ("", None),
    ],
)
def test_guessing(header: str, fields: set[str] | None) -> None:
    columns = guess_columns(header.split(","))

    assert (columns and set(columns.places)) == fields


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = Workbook()
    notes = book.active
    assert notes is not None
    notes.append(["Some", "notes"])
    sheet = book.create_sheet("Papers")
    sheet.append(["A list of papers"])
    sheet.append([])
    sheet.append(["Title", "Authors", "Year", "DOI"])
    sheet.append(["Snow", "Ann Lee; Bo Xu", 2001, "10.1234/snow"])
    sheet.append([None, None, None, None])
    sheet.append(["Rain", "Cy Dee", 2002.0, None])
    sheet.append([None, "Nobody", None, None])
    path = tmp_path / "papers.xlsx"
    book.save(path)
    return path


def test_a_workbook_is_read_below_its_header(workbook: Path) -> None:
    assert read(workbook) == [("Snow", ("Ann Lee", "Bo Xu"), 2001), ("Rain", ("Cy Dee",), 2002)]
    assert [str(one) for one in check_dumps([str(workbook)]).skipped] == [
        f"{workbook}:7: the record has no title"
    ]


def test_a_workbook_in_an_archive_is_read(workbook: Path, tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(workbook, "sub/papers.xlsx")

    papers: list[Paper] = list(read_papers([str(path)]))
    assert [one.source for one in papers] == [
        f"{path}/sub/papers.xlsx:4", f"{path}/sub/papers.xlsx:6"
    ]  # fmt: skip


def test_a_broken_workbook_is_an_error(workbook: Path) -> None:
    with zipfile.ZipFile(workbook) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(workbook, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data[: len(data) // 2] if "sheet2" in name else data)

    with pytest.raises(DumpError, match=r"papers\.xlsx: a broken workbook"):
        check_dumps([str(workbook)])


def test_a_workbook_without_papers_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    Workbook().save(path)

    with pytest.raises(DumpError, match="no sheet has a header with a column for the title"):
        check_dumps([str(path)])
