"""From dumps to a published generation, and what is said about it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from indexer import formats as formats_module
from indexer.build import build_index, check_dumps, read_papers
from indexer.errors import DumpError, RecordError
from indexer.formats import Format, load_formats
from indexer.generations.report import Progress, report_as_json
from indexer.intake.dump import Dump
from indexer.intake.record import Read, Record
from indexer.publication import UNPUBLISHED
from tests.oracle.index import MemoryIndex


def write(path: Path, *records: dict[str, object] | str) -> str:
    lines = [one if isinstance(one, str) else json.dumps(one) for one in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def paper(number: int, **fields: object) -> dict[str, object]:
    return {"id": f"p{number}", "title": f"Paper {number}", "year": 2000 + number, **fields}


def ids(index: MemoryIndex) -> set[str]:
    with index.searcher() as searcher:
        return {one for number in range(10) if searcher.get(one := f"p{number}") is not None}


def test_a_build_publishes_the_papers_and_reports(tmp_path: Path) -> None:
    dump = write(
        tmp_path / "a.jsonl", paper(1), "{broken", paper(2, abstract="a  b"), {"id": "p3"}, paper(1)
    )
    index = MemoryIndex()

    report = build_index([dump], index)

    assert ids(index) == {"p1", "p2"}
    assert (report.papers, report.added, report.duplicates) == (2, 2, 1)
    assert report.generation == index.generation()
    assert [(one.line, one.source) for one in report.skipped] == [(2, dump), (4, dump)]
    assert report.skipped_count == 2
    assert [(one.source, one.format, one.read, one.skipped) for one in report.sources] == [
        (dump, "jsonl", 3, 2)
    ]
    assert [(one.rule, one.field, one.count) for one in report.cleaning] == [
        ("white space", "abstract", 1)
    ]
    assert report.missing["abstract"] == 2
    assert any("p1 at" in warning for warning in report.warnings)


def test_the_json_of_a_report_has_the_promised_names(tmp_path: Path) -> None:
    dump = write(tmp_path / "a.jsonl", paper(1, url="nowhere"), "[]")
    report = report_as_json(build_index([dump], MemoryIndex()))

    assert json.loads(json.dumps(report)) == report
    assert {"papers", "added", "skipped", "warnings", "generation", "seconds"} <= report.keys()
    assert report["skipped"] == [
        {"source": dump, "line": 2, "reason": "expected an object, got a list"}
    ]
    assert report["warnings"] == [
        f"{dump}:1: url 'nowhere': no web address, taken as missing (1 record in all)"
    ]
    assert report["cleaning"][0]["examples"] == [
        {"source": f"{dump}:1", "before": "nowhere", "after": ""}
    ]


def test_the_last_record_with_an_id_wins(tmp_path: Path) -> None:
    dump = write(tmp_path / "a.jsonl", paper(1, abstract="old"), paper(1, abstract="new"))
    index = MemoryIndex()
    build_index([dump], index)

    with index.searcher() as searcher:
        found = searcher.get("p1")
    assert found is not None
    assert found.abstract == "new"


def test_an_update_adds_and_a_rebuild_begins_anew(tmp_path: Path) -> None:
    index = MemoryIndex()
    build_index([write(tmp_path / "a.jsonl", paper(1), paper(2))], index)

    report = build_index([write(tmp_path / "b.jsonl", paper(2), paper(3))], index, rebuild=False)
    assert ids(index) == {"p1", "p2", "p3"}
    assert (report.papers, report.added) == (3, 2)

    build_index([write(tmp_path / "c.jsonl", paper(4))], index)
    assert ids(index) == {"p4"}


def test_strict_stops_at_the_first_bad_record(tmp_path: Path) -> None:
    dump = write(tmp_path / "a.jsonl", paper(1), "{broken", "{worse")
    index = MemoryIndex()

    with pytest.raises(RecordError, match=r"a\.jsonl:2: no valid JSON"):
        check_dumps([dump], strict=True)
    with pytest.raises(RecordError, match=r"a\.jsonl:2: no valid JSON"):
        build_index([dump], index, strict=True)

    assert index.generation() is None


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('{"id": "p1"}\n{"title": ""}\n', "all 2 records were skipped"),
        ("", "is empty"),
        ("no dump at all", "has no known format"),
        ("\x00\x01\x02", "has no known format"),
        ("\x1f\x8bnot gzip", "has no known format|broken or cut short"),
    ],
)
def test_a_dump_without_papers_leaves_the_old_index(
    tmp_path: Path, content: str, fault: str
) -> None:
    index = MemoryIndex()
    build_index([write(tmp_path / "a.jsonl", paper(1))], index)
    generation = index.generation()
    (tmp_path / "b").write_bytes(
        content.encode("latin-1").replace(b'{"id": "p1"}', b'{"title": "", "year": 1}')
    )

    with pytest.raises(DumpError, match=fault):
        build_index([str(tmp_path / "b")], index)

    assert index.generation() == generation
    assert ids(index) == {"p1"}


def test_a_dump_that_breaks_half_way_leaves_the_old_index(tmp_path: Path) -> None:
    index = MemoryIndex()
    build_index([write(tmp_path / "a.jsonl", paper(1))], index)
    data = "\n".join(
        json.dumps(paper(n, abstract=f"{n * 7919}" * 9)) for n in range(6_000)
    ).encode()
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(data)[:-1_000])

    with pytest.raises(DumpError, match=r"cut\.gz: broken or cut short"):
        build_index([str(cut)], index)

    assert ids(index) == {"p1"}


def test_files_of_a_folder_that_are_no_dumps_are_passed_over_and_said(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", paper(1))
    (tmp_path / "README").write_text("hello", encoding="utf-8")

    report = check_dumps([str(tmp_path)])

    assert report.papers == report.added == 1
    assert report.generation == ""
    assert report.warnings == (f"1 file is not a dump, skipped: {tmp_path / 'README'}",)


def test_progress_rises_to_the_end(tmp_path: Path) -> None:
    dump = write(tmp_path / "a.jsonl", *(paper(n) for n in range(500)))
    seen: list[Progress] = []

    check_dumps([dump], progress=seen.append)

    assert seen[-1].papers == 500
    assert seen[-1].bytes_read == seen[-1].bytes_total == Path(dump).stat().st_size
    assert [one.bytes_read for one in seen] == sorted(one.bytes_read for one in seen)


def test_a_plug_in_reads_its_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(dump: Dump) -> Iterator[Read]:
        for number, line in dump.lines():
            if number > 1:
                yield Record(line=number, title=line)

    mine = Format("mine", "one title a line", lambda head, _: head.startswith(b"MINE"), read)
    monkeypatch.setattr(formats_module, "entry_points", lambda *, group: [Point(group, mine)])
    path = tmp_path / "a.txt"
    path.write_text("MINE\nFirst\nSecond\n", encoding="utf-8")

    assert [one.title for one in read_papers([str(path)])] == ["First", "Second"]


@pytest.mark.parametrize("loaded", ["no format", ImportError("nothing there")])
def test_a_plug_in_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, loaded: object) -> None:
    monkeypatch.setattr(formats_module, "entry_points", lambda *, group: [Point(group, loaded)])

    with pytest.raises(DumpError, match=r"plug-in 'mine' .*uninstall it"):
        load_formats()


class Point:
    """An entry point, as far as it is asked."""

    def __init__(self, group: str, loaded: object) -> None:
        assert group == "quiver.formats"
        self.name = "mine"
        self.value = "mine.module:format"
        self.loaded = loaded

    def load(self) -> object:
        if isinstance(self.loaded, Exception):
            raise self.loaded
        return self.loaded


def test_the_arrow_page_that_comes_with_quiver(checkout: Path) -> None:
    report = check_dumps([str(checkout / "data" / "martin-jaggi.txt")])
    papers = list(read_papers([str(checkout / "data" / "martin-jaggi.txt")]))

    assert report.added == len(papers) == 81
    assert report.skipped_count == 0
    assert any("declares 82 papers, holds 81" in warning for warning in report.warnings)
    assert all("Martin Jaggi" in one.authors for one in papers)
    cut = [one for one in papers if not one.authors_complete]
    assert [(one.title[:6], len(one.authors), one.authors[-1]) for one in cut] == [
        ("FLamby", 9, "Martin Jaggi")
    ]
    assert not any("&copy" in one.abstract or "[abs]" in one.abstract for one in papers)
    shown = [(-(one.year or 0), one.title.casefold()) for one in papers]
    assert shown == sorted(shown)


def test_the_paper_lists_agree_with_the_collection_made_of_them(
    shared_data: Path, tmp_path: Path
) -> None:
    """The same paper, read from a list and from papers.jsonl, is the same in every field."""
    lists = {one.id: one for one in read_papers([str(shared_data / "paperlists")])}
    with gzip.open(shared_data / "papers" / "papers.jsonl.gz", "rt", encoding="utf-8") as file:
        lines = [line for line in file if json.loads(line)["id"] in lists]
    (tmp_path / "same.jsonl").write_text("".join(lines), encoding="utf-8")
    same = list(read_papers([str(tmp_path / "same.jsonl")]))

    assert len(lists) == 5176
    assert len(same) == 4949
    for one in same:
        plain = replace(
            lists[one.id],
            source=one.source,
            author_details=(),
            identifiers=(),
            publication=UNPUBLISHED,
        )
        assert one == plain


@pytest.mark.slow
def test_the_whole_collection(shared_data: Path) -> None:
    report = check_dumps([str(shared_data / "papers" / "papers.jsonl.gz")], strict=True)
    rules = {(one.rule, one.field): one.count for one in report.cleaning}

    assert report.papers == 86_867
    assert report.skipped_count == report.duplicates == 0
    # 35,689 at IROS and ICRA, and one each at ICLR and NeurIPS.
    assert rules["doubled author list", "authors"] == 35_691
    assert ("venue name", "venue") not in rules
