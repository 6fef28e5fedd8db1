"""Finding and unpacking dumps: what is packed how, folders and patterns, limits."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zipfile
from pathlib import Path

import pytest
import zstandard

from indexer.errors import DumpError
from indexer.intake import dump as dump_module
from indexer.intake import unpack as unpack_module
from indexer.intake.dump import Dump, Dumps, decode
from indexer.intake.unpack import Counted, unpack

TEXT = b"one\ntwo\nthree\n"
PACKED = {
    "plain": TEXT,
    "gz": gzip.compress(TEXT),
    "bz2": bz2.compress(TEXT),
    "xz": lzma.compress(TEXT),
    "zst": zstandard.compress(TEXT),
    "gz-of-zst": gzip.compress(zstandard.compress(TEXT)),
    "two gz members": gzip.compress(TEXT[:4]) + gzip.compress(TEXT[4:]),
    "two zst frames": zstandard.compress(TEXT[:4]) + zstandard.compress(TEXT[4:]),
}


def lines(names: list[str]) -> dict[str, list[str]]:
    return {dump.name: [line for _, line in dump.lines()] for dump in Dumps(names)}


def dump_of(data: bytes, name: str = "x") -> Dump:
    inside, content = next(unpack(name, Counted(io.BytesIO(data))))
    return Dump(inside, content)


def read_all(data: bytes) -> None:
    for name, content in unpack("x", Counted(io.BytesIO(data))):
        for _ in Dump(name, content).lines():
            pass


def zipped(members: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


@pytest.mark.parametrize("packing", PACKED)
def test_packing_is_undone_whatever_the_name_says(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "misnamed.json"
    path.write_bytes(PACKED[packing])

    assert lines([str(path)]) == {str(path): ["one", "two", "three"]}


@pytest.mark.parametrize("packing", PACKED)
def test_standard_input_is_unpacked(monkeypatch: pytest.MonkeyPatch, packing: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PACKED[packing])))

    assert lines(["-"]) == {"-": ["one", "two", "three"]}


@pytest.mark.parametrize("packing", ["gz", "bz2", "xz", "zst"])
def test_a_file_that_is_cut_short_is_an_error(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "cut"
    path.write_bytes(PACKED[packing][:-6])

    with pytest.raises(DumpError, match=r"cut: broken or cut short .*; fetch or make the file"):
        lines([str(path)])


def test_a_zip_archive_is_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    inner = zipped({"c.txt": b"c"})
    members = {"b.txt.gz": gzip.compress(b"b"), "a/a.txt": b"a", "in.zip": inner, ".x": b"x"}
    path.write_bytes(zipped({**members, "__MACOSX/a.txt": b"x"}))

    assert lines([str(path)]) == {
        f"{path}/a/a.txt": ["a"],
        f"{path}/b.txt.gz": ["b"],
        f"{path}/in.zip/c.txt": ["c"],
    }


def test_a_broken_zip_archive_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    path.write_bytes(zipped({"a.txt": b"a"})[:40])

    with pytest.raises(DumpError, match="a broken zip archive"):
        lines([str(path)])


def test_folders_and_patterns_give_their_files_in_order(tmp_path: Path) -> None:
    for name in (
        "b.txt",
        "a.txt",
        "sub/c.txt",
        ".hidden",
        ".git/d",
        "index/e",
        "index/CACHEDIR.TAG",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name, encoding="utf-8")
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "f").write_text("f", encoding="utf-8")

    found = Dumps([str(tmp_path)], exclude=[str(tmp_path / "made")]).found
    assert [Path(one.name).name for one in found] == ["a.txt", "b.txt", "c.txt"]
    assert not any(one.asked for one in found)

    found = Dumps([str(tmp_path)], exclude=[str(tmp_path / one) for one in ("made", "b.txt")]).found
    assert [Path(one.name).name for one in found] == ["a.txt", "c.txt"]
    found = Dumps([str(tmp_path / "*.txt")], exclude=[str(tmp_path / "a.txt")]).found
    assert [Path(one.name).name for one in found] == ["b.txt"]

    found = Dumps([str(tmp_path / "*.txt")]).found
    assert [Path(one.name).name for one in found] == ["a.txt", "b.txt"]
    assert all(one.asked for one in found)


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a[1].txt"
    path.write_bytes(TEXT)

    assert list(lines([str(path)])) == [str(path)]


@pytest.mark.parametrize("name", ["nothing.json", "no*thing.json"])
def test_what_is_not_there_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(DumpError, match=r"no such file|nothing fits"):
        Dumps([str(tmp_path / name)])


@pytest.mark.parametrize(
    ("name", "stem"),
    [("lists/iclr2014.json.gz", "iclr2014"), ("iclr2014", "iclr2014"), ("-", ""),
     ("a.zip/b/nips1987.JSON.ZST.gz", "nips1987")],
)  # fmt: skip
def test_the_stem_is_the_name_without_folders_and_suffixes(name: str, stem: str) -> None:
    assert stem == dump_of(b"", name).stem


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a\nb", ["a", "b"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\rb\r", ["a", "b"]),
        (b"a\n\nb\n", ["a", "", "b"]),
        (b"\xef\xbb\xbfa\n", ["a"]),
        ("a\nö\n".encode("utf-16"), ["a", "ö"]),
        (b"caf\xe9 \x93x\x94\n\xc3\xa9", ["café “x”", "é"]),
        (b"", []),
    ],
)
def test_lines(data: bytes, expected: list[str]) -> None:
    numbered = list(dump_of(data).lines())

    assert expected == [line for _, line in numbered]
    assert list(range(1, len(expected) + 1)) == [number for number, _ in numbered]


def test_lines_across_the_pieces_they_are_read_in() -> None:
    data = b"".join(b"%d\r\n" % number for number in range(200_000))

    assert [str(number) for number in range(200_000)] == [line for _, line in dump_of(data).lines()]


def test_any_bytes_can_be_decoded() -> None:
    assert "\x81" in decode(bytes(range(256)))


def test_a_bomb_is_an_error_and_not_a_full_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack_module, "RATIO_FROM", 1 << 20)
    bomb = gzip.compress(b"\0" * (8 << 20))

    for data in (bomb, zipped({"zeros": b"\0" * (8 << 20)}), gzip.compress(bomb)):
        with pytest.raises(DumpError, match="unpacks to over 300 times its size"):
            read_all(data)


def test_packing_without_end_is_an_error() -> None:
    data = TEXT
    for _ in range(5):
        data = gzip.compress(data)

    with pytest.raises(DumpError, match="packed over 3 times"):
        dump_of(data)


def test_a_line_without_end_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dump_module, "LONGEST_LINE", 1 << 20)

    with pytest.raises(DumpError, match="a line is longer than 1 MiB"):
        list(dump_of(b"x" * (4 << 20)).lines())


def test_progress_goes_from_nothing_to_all_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / "a", tmp_path / "b.gz"]
    paths[0].write_bytes(TEXT * 1000)
    paths[1].write_bytes(gzip.compress(TEXT))
    dumps = Dumps([str(path) for path in paths])

    assert dumps.bytes_total == sum(path.stat().st_size for path in paths)
    seen = [dumps.bytes_read]
    for dump in dumps:
        list(dump.lines())
        seen.append(dumps.bytes_read)
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert dumps.bytes_read == dumps.bytes_total
