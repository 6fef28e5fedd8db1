"""Recordings on disk: one compressed file of lines, each a key and its text."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import IO

NAME = "recording.jsonl.gz"
MAY_DIFFER = Path(__file__).with_name("may_differ.txt")


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Texts that may differ: `text` is left out of answers whose key matches `key`."""

    key: re.Pattern[str]
    text: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Writer:
    """Adds answers to a recording."""

    lines: IO[str]

    def add(self, key: str, text: str) -> None:
        """Add one answer; keys are unique and come in the same order in every recording."""
        self.lines.write(json.dumps([key, text]) + "\n")


@contextmanager
def writing(folder: Path) -> Iterator[Writer]:
    """Open a recording to write; an earlier one in the folder is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(folder / NAME, "wt", encoding="utf-8", compresslevel=3) as lines:
        yield Writer(lines)


def read(folder: Path) -> Iterator[tuple[str, str]]:
    """Yields the keys and texts of a recording in their order."""
    with gzip.open(folder / NAME, "rt", encoding="utf-8") as lines:
        for line in lines:
            key, text = json.loads(line)
            yield key, text


def read_exceptions(path: Path) -> list[Tolerance]:
    """Returns the texts that may differ, as the file lists them.

    Raises:
        ValueError: when a line is no pair of regular expressions.
    """
    exceptions = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        key, tab, text = line.partition("\t")
        if not tab:
            raise ValueError(f"{path}:{number}: expected KEY, a tab and TEXT")
        exceptions.append(Tolerance(re.compile(key), re.compile(text, re.DOTALL)))
    return exceptions


def differences(
    before: Iterable[tuple[str, str]],
    after: Iterable[tuple[str, str]],
    exceptions: Iterable[Tolerance],
) -> Iterator[tuple[str, list[str]]]:
    """Yields each key whose texts differ, with the lines of a diff; keys on one side only, too."""
    exceptions = list(exceptions)

    def shown(key: str, text: str) -> str:
        for exception in exceptions:
            if exception.key.search(key):
                text = exception.text.sub("", text)
        return text

    waiting: dict[str, str] = {}
    others = iter(after)
    for key, old in before:
        while key not in waiting and (pair := next(others, None)) is not None:
            waiting[pair[0]] = pair[1]
        new = waiting.pop(key, None)
        if new is None:
            yield key, ["- only before"]
        elif old != new and shown(key, old) != shown(key, new):
            lines = unified_diff(
                shown(key, old).splitlines(), shown(key, new).splitlines(), lineterm="", n=0
            )
            yield key, [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    waiting.update(others)
    for key in waiting:
        yield key, ["+ only after"]
