"""``quiver migrate``: what stock Whoosh stored comes out, and nothing that is in it is run."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from whoosh import analysis, fields, index

from indexer.errors import DumpError, RecordError
from indexer.intake.record import Record
from indexer.intake.stock_whoosh import read_stock
from webui.cli import quiver


def schema(**more: Any) -> Any:
    return fields.Schema(
        id=fields.ID(unique=True, stored=True),
        title=fields.TEXT(stored=True, analyzer=analysis.StemmingAnalyzer()),
        **{"content": fields.TEXT(stored=True), **more},
    )


def written(folder: Path, known: Any, *batches: list[dict[str, Any]]) -> Path:
    """Write an index with stock Whoosh, one segment a batch."""
    folder.mkdir()
    opened = index.create_in(str(folder), known)
    for batch in batches:
        writer = opened.writer()
        for document in batch:
            writer.add_document(**document)
        writer.commit(merge=False)
    return folder


def documents(first: int, last: int) -> list[dict[str, Any]]:
    return [
        {"id": f"d{at}", "title": f"Paper number {at}", "content": f"Whole text of {at}."}
        for at in range(first, last)
    ]


def records(folder: Path, **named: str) -> list[Record]:
    return [one for one in read_stock(folder, named) if isinstance(one, Record)]


def run(*words: object) -> Result:
    return CliRunner().invoke(quiver(), [str(word) for word in words])


def test_every_document_comes_over_with_all_its_fields(tmp_path: Path) -> None:
    more = {
        "authors": fields.KEYWORD(stored=True, commas=True),
        "journal": fields.STORED,
        "published": fields.DATETIME(stored=True),
        "tags": fields.KEYWORD(stored=True),
    }
    old = written(
        tmp_path / "old",
        schema(**more),
        [
            {
                **documents(0, 1)[0],
                "authors": "Ann Lee, Bo Xu",
                "journal": "JMLR",
                "published": datetime(2003, 2, 1, tzinfo=UTC).replace(tzinfo=None),
                "tags": "bees, dances",
            }
        ],
    )

    ran = run("migrate", old, tmp_path / "new", "--json")

    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout)["papers"] == 1
    shown = json.loads(run("show", "d0", "--json", "--index", tmp_path / "new").stdout)
    assert (shown["title"], shown["abstract"]) == ("Paper number 0", "Whole text of 0.")
    assert shown["authors"] == ["Ann Lee", "Bo Xu"]
    assert (shown["venue"], shown["year"]) == ("JMLR", 2003)
    assert shown["keywords"] == ["bees", "dances"]
    found = json.loads(run("search", "text", "--json", "--index", tmp_path / "new").stdout)
    assert found["total"] == 1


@pytest.mark.parametrize("count", [3, 40_000])  # beyond 32,768, Whoosh writes offsets, too
def test_segments_deletions_and_many_documents(tmp_path: Path, count: int) -> None:
    small = fields.Schema(id=fields.ID(unique=True, stored=True), title=fields.STORED)
    plain = [{"id": f"d{at}", "title": f"T {at}"} for at in range(count + 5)]
    old = written(tmp_path / "old", small, plain[:count], plain[count:])
    opened = index.open_dir(str(old))
    opened.delete_by_term("id", "d1")

    found = records(old)

    assert sorted(one.id for one in found) == sorted(f"d{at}" for at in range(count + 5) if at != 1)
    assert all(one.title == f"T {one.id[1:]}" for one in found)


def test_other_names_and_fields_that_are_left_out(tmp_path: Path) -> None:
    known = fields.Schema(headline=fields.TEXT(stored=True), body=fields.TEXT)
    old = written(tmp_path / "old", known, [{"headline": "A title", "body": "words"}])

    ran = run("migrate", old, tmp_path / "new")
    assert ran.exit_code == 1
    assert "'body' is indexed but not stored" in ran.stderr
    ran = run("migrate", old, tmp_path / "new", "--field", "abstract=")
    assert ran.exit_code == 1
    assert "no field for titles; it has body, headline: say --field title=NAME" in ran.stderr
    assert not (tmp_path / "new" / "CURRENT").exists()
    ran = run("migrate", old, tmp_path / "new", "--field", "abstract=", "--field", "title=headline")
    assert ran.exit_code == 0, ran.output
    assert records(old, abstract="", title="headline")[0].title == "A title"
    with pytest.raises(DumpError, match="no field 'nothing'"):
        records(old, abstract="nothing", title="headline")


@pytest.mark.parametrize("words", [["--field", "titel=x"], ["--field", "title"]])
def test_a_field_that_is_none_is_misuse(tmp_path: Path, words: list[str]) -> None:
    assert run("migrate", tmp_path, tmp_path / "new", *words).exit_code == 2
    assert run("migrate", tmp_path, tmp_path).exit_code == 2


class Trap:
    """Runs a command when it is unpickled as Python does it."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self._mark),)


def toc_with(pickled_schema: bytes, pickled_segments: bytes) -> bytes:
    assert len(pickled_schema) < 128
    return (
        b"\4\10\4"
        + struct.pack("!ii", -12345, -111)
        + b"\2\7\4"
        + bytes([len(pickled_schema)])
        + pickled_schema
        + struct.pack("!ii", 1, 0)
        + pickled_segments
    )


def test_nothing_in_a_table_of_contents_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "run"
    trap = pickle.dumps(Trap(mark), 2)
    (tmp_path / "_MAIN_1.toc").write_bytes(toc_with(trap, trap))

    with pytest.raises(DumpError, match="is not what Whoosh"):
        records(tmp_path)
    assert not mark.exists()
    pickle.loads(trap)  # noqa: S301 - our own
    assert mark.exists()  # the trap is one


def test_nothing_in_a_stored_document_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "run"
    known = fields.Schema(title=fields.STORED, note=fields.STORED)
    old = written(tmp_path / "old", known, [{"title": "A", "note": Trap(mark)}, {"title": "B"}])

    trapped, fine = read_stock(old)

    assert isinstance(trapped, RecordError)
    assert "mkdir, which is not read" in trapped.reason
    assert isinstance(fine, Record)
    assert fine.title == "B"
    assert not mark.exists()


def test_a_document_that_grows_without_end_is_told(tmp_path: Path) -> None:
    old = written(tmp_path / "old", schema(), documents(0, 1))
    (segment,) = old.glob("*.seg")
    bomb = zlib.compress(b"\0" * (1 << 27))
    shutil.rmtree(tmp_path / "run", ignore_errors=True)
    name = segment.name.removesuffix(".seg")
    (old / f"{name}._stored.col").write_bytes(bomb + struct.pack("!I", len(bomb)) + b"I")
    segment.unlink()

    (told,) = read_stock(old)

    assert isinstance(told, RecordError)
    assert "far too long" in told.reason


def test_damage_is_told_with_its_file(tmp_path: Path) -> None:
    old = written(tmp_path / "old", schema(), documents(0, 50))
    paths = [next(old.glob("*.toc")), next(old.glob("*.seg"))]
    for path in paths:
        whole = path.read_bytes()
        for cut in (0, 5, 20, len(whole) // 2):
            path.write_bytes(whole[:cut])
            with pytest.raises(DumpError, match=path.suffix):
                records(old)
        path.write_bytes(whole)
    assert len(records(old)) == 50
    with pytest.raises(DumpError, match="holds no index of Whoosh"):
        records(tmp_path)
