"""Every small dump under golden/formats reads as its golden file says.

The golden files are written by ``QUIVER_WRITE_GOLDEN=1 pytest tests/formats/test_golden.py`` and
read by a person before they are committed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.formats.reading import as_json

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "formats"
DUMPS = sorted(
    path for path in GOLDEN.glob("*/*") if path.is_file() and not path.name.endswith(".golden.json")
)


def golden_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.golden.json")


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_dump_reads_as_its_golden_file_says(path: Path) -> None:
    read = as_json(path.name, path.read_bytes())
    if os.environ.get("QUIVER_WRITE_GOLDEN"):
        text = json.dumps(read, indent=1, ensure_ascii=False)
        golden_of(path).write_text(text + "\n", encoding="utf-8")

    assert read["format"] == path.parent.name
    assert read == json.loads(golden_of(path).read_text(encoding="utf-8"))


TEXT_DUMPS = [path for path in DUMPS if path.suffix not in {".xlsx", ".xml"}]


@pytest.mark.parametrize("path", TEXT_DUMPS, ids=lambda path: f"{path.parent.name}-{path.name}")
@pytest.mark.parametrize("change", ["windows", "mark", "both", "utf-16"])
def test_line_ends_and_byte_order_marks_change_nothing(path: Path, change: str) -> None:
    data = path.read_bytes()
    if b"\r" in data or not is_utf8(data):
        pytest.skip("the dump has line ends or an encoding of its own")
    if change in ("windows", "both"):
        data = data.replace(b"\n", b"\r\n")
    if change in ("mark", "both"):
        data = b"\xef\xbb\xbf" + data.removeprefix(b"\xef\xbb\xbf")
    if change == "utf-16":
        data = data.decode("utf-8-sig").encode("utf-16")

    assert json.loads(golden_of(path).read_text(encoding="utf-8")) == as_json(path.name, data)


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_every_golden_file_has_its_dump() -> None:
    wanted = {golden_of(path) for path in DUMPS}

    assert wanted
    assert wanted == set(GOLDEN.glob("*/*.golden.json"))
