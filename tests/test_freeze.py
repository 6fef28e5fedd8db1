"""Recordings are compared text by text, without the texts that may differ."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.freeze.recording import Tolerance, differences, read, read_exceptions, writing


def test_a_recording_is_read_as_it_was_written(tmp_path: Path) -> None:
    with writing(tmp_path) as out:
        out.add("a", "one\ntwo")
        out.add("b", "ü")
    assert list(read(tmp_path)) == [("a", "one\ntwo"), ("b", "ü")]


def test_what_differs_is_listed() -> None:
    before = [("a", "1"), ("b", "2"), ("c", "3")]
    after = [("b", "2"), ("a", "x"), ("d", "4")]
    assert dict(differences(before, after, [])) == {
        "a": ["-1", "+x"],
        "c": ["- only before"],
        "d": ["+ only after"],
    }


def test_what_may_differ_is_left_out() -> None:
    tolerance = Tolerance(re.compile("^page"), re.compile("title.*"))
    before = [("page 1", "title a\nbody"), ("text", "title a")]
    after = [("page 1", "title b\nbody"), ("text", "title b")]
    assert [key for key, _ in differences(before, after, [tolerance])] == ["text"]


def test_the_list_of_what_may_differ_is_checked(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("# a comment\n\nkey\ttext.*\n", encoding="utf-8")
    assert len(read_exceptions(file)) == 1
    file.write_text("key text\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"list\.txt:1"):
        read_exceptions(file)
