"""Skipped records in a file: mended by a person, they are read by the next build."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.build import build_index, check_dumps, read_papers
from indexer.errors import DumpError
from tests.oracle.index import MemoryIndex

GOOD = '{"id": "good", "title": "Good"}\n'


def rejected(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_mended_file_gives_the_records_that_were_skipped(tmp_path: Path) -> None:
    dump = tmp_path / "a.jsonl"
    dump.write_text(
        GOOD
        + '{"id": "x", "abstract": "Text.", "authors": ["Ann Lee"], "year": 2020}\n{"id": "y"\n',
        encoding="utf-8",
    )
    file = tmp_path / "rejected.jsonl"

    report = build_index([str(dump)], MemoryIndex(), rejected=str(file))

    assert report.skipped_count == 2
    first, second = rejected(file)
    assert first == {
        "title": "",
        "rejected": f"{dump}:2: the record has no title",
        "id": "x",
        "abstract": "Text.",
        "authors": ["Ann Lee"],
        "year": "2020",
    }
    assert second["raw"] == '{"id": "y"'
    assert second["rejected"].startswith(f"{dump}:3: no valid JSON")

    lines = [json.dumps({**first, "title": "Mended"}), json.dumps({**second, "title": "Also"})]
    file.write_text("\n".join(lines), encoding="utf-8")
    mended = list(read_papers([str(file)]))

    assert [one.title for one in mended] == ["Mended", "Also"]
    assert mended[0].id == "x"
    assert (mended[0].abstract, mended[0].authors, mended[0].year) == ("Text.", ("Ann Lee",), 2020)


def test_the_file_as_it_is_gives_the_same_faults_again(tmp_path: Path) -> None:
    dump = tmp_path / "a.bib"
    dump.write_text("@article{a, title = {Open\n@article{b,\n year = {1}}\n", encoding="utf-8")
    file = tmp_path / "rejected.jsonl"

    first = check_dumps([str(dump)], rejected=str(file))
    again = check_dumps([str(file)])

    assert first.skipped_count == again.skipped_count == 2
    assert rejected(file)[0]["raw"] == "@article{a, title = {Open\n"
    assert again.skipped[0].reason == "the record has no title"


def test_without_skipped_records_there_is_no_file(tmp_path: Path) -> None:
    dump = tmp_path / "a.jsonl"
    dump.write_text(GOOD, encoding="utf-8")

    check_dumps([str(dump)], rejected=str(tmp_path / "rejected.jsonl"))

    assert not (tmp_path / "rejected.jsonl").exists()


def test_what_was_skipped_on_purpose_is_not_written(tmp_path: Path) -> None:
    dump = tmp_path / "iclr2020.json"
    one = {"id": "1", "title": "Turned down", "status": "Reject", "track": "main"}
    dump.write_text(json.dumps([one]), encoding="utf-8")

    report = check_dumps([str(dump)], rejected=str(tmp_path / "rejected.jsonl"))

    assert report.skipped_count == 1
    assert not (tmp_path / "rejected.jsonl").exists()


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    dump = tmp_path / "a.jsonl"
    dump.write_text(GOOD + "{", encoding="utf-8")

    with pytest.raises(DumpError, match="rejected records cannot be written"):
        check_dumps([str(dump)], rejected=str(tmp_path / "no" / "folder" / "rejected.jsonl"))
