"""Damaged indexes: every file of a small index, damaged in several ways, and what comes of it.

A damage is a failure of the trial where an answer is a raw exception, where it differs in silence
from what the index said before, or where ``verify`` passes over it. Allowed are `IndexDamaged`, the
same answer, and the answer of the older generation when the searcher says that it is read.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from indexer.backends.whoosh.format.directory import Policy
from indexer.backends.whoosh.index import WhooshIndex
from indexer.errors import IndexDamaged
from indexer.language.parse import parse_query
from indexer.paper import Paper
from indexer.search import Searcher

Answers = tuple[object, ...]
_QUERIES: Final = (
    *("gossip", "gossip learning", '"gossip learning"', "lear*", "gosip~", "author:ada"),
    *("venue:ICML", "year:2003-2008", "-gossip", "gossip NEAR/3 network", ""),
)


def make_index(place: Path) -> None:
    """Write two generations: the newest has two segments, deletions and a document attached."""
    rng = random.Random(1)
    words = "gossip learning network graph sparse dense local global step descent".split()
    index = WhooshIndex(place, policy=Policy(workers=1))

    def papers(first: int, last: int) -> Iterator[Paper]:
        for number in range(first, last):
            title = " ".join(rng.sample(words, 3))
            text = " ".join(rng.choices(words, k=40))
            names = (f"Ada {number % 7}", f"Ben {number % 5}")
            yield Paper(f"p{number}", title, text, names, "ICML", 2000 + number % 20)

    with index.writer() as writer:
        for paper in papers(0, 80):
            writer.add(paper)
        writer.attach("notes", b"one")
    with index.writer() as writer:
        for paper in papers(80, 90):
            writer.add(paper)
        for number in range(0, 80, 9):
            writer.delete(f"p{number}")
        writer.attach("notes", b"two")


def questions() -> tuple[Callable[[Searcher], object], ...]:
    """Returns one function for each answer that is asked for; each gives a comparable value."""

    def search(text: str) -> Callable[[Searcher], object]:
        def ask(searcher: Searcher) -> object:
            results = searcher.search(parse_query(text), explain=True)
            return results.total, results.hits, results.facets, results.receipt

        return ask

    return (
        *(search(text) for text in _QUERIES),
        lambda searcher: tuple(searcher.ids(parse_query(""))),
        lambda searcher: searcher.count(parse_query("graph")),
        lambda searcher: tuple(searcher.get(f"p{number}") for number in range(90)),
        lambda searcher: tuple(searcher.times(f"p{number}") for number in range(90)),
        lambda searcher: searcher.values("author", limit=0),
        lambda searcher: searcher.names("ada 1"),
        lambda searcher: searcher.chain("Ada 1", "Ben 3"),
        lambda searcher: searcher.attachment("notes"),
    )


def answers_of(place: Path, generation: str | None = None) -> Answers:
    """Returns what an undamaged index answers."""
    with WhooshIndex(place).searcher(generation) as searcher:
        return tuple(ask(searcher) for ask in questions())


def flip(data: bytes, rng: random.Random) -> bytes:
    """Change one byte."""
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ rng.randrange(1, 256)]) + data[at + 1 :]


def zero(data: bytes, rng: random.Random) -> bytes:
    """Write zeros over a block, as a disk that lost a sector; the middle of it is not zero."""
    at = rng.choice([place for place, byte in enumerate(data) if byte])
    low, high = max(0, at - 256), at + 256
    return data[:low] + bytes(len(data[low:high])) + data[high:]


def cut(data: bytes, rng: random.Random) -> bytes:
    """Cut the file short."""
    return data[: rng.randrange(len(data))]


def lengthen(data: bytes, rng: random.Random) -> bytes:
    """Append some bytes."""
    return data + rng.choice([b"\0", b"\n", b"x", b"\0" * 4096, data])


WAYS: Final[dict[str, Callable[[bytes, random.Random], bytes]]] = {
    "flip": flip, "zero": zero, "truncate": cut, "append": lengthen
}  # fmt: skip
ALL_WAYS: Final = (*WAYS, "remove", "swap")


@dataclass(slots=True)
class Row:
    """What came of the damages of one kind.

    Attributes:
        refused, older, same: answers that raised `IndexDamaged`, were those of the older
            generation and said so, and were as before the damage.
        passed: damages that ``verify`` did not find.
    """

    trials: int = 0
    refused: int = 0
    older: int = 0
    same: int = 0
    passed: int = 0
    faults: list[str] = field(default_factory=list)


class Trial:
    """A small index, what it answers, and copies of it that are damaged."""

    def __init__(self, room: Path) -> None:
        """Write the index, and another one to swap files with, into an empty directory."""
        self._room = room
        self.source = room / "source"
        self._other = room / "other"
        make_index(self.source)
        make_index(self._other)  # the same papers, at another time and with another identity
        self._newest = answers_of(self.source)
        self._older = answers_of(self.source, "g000001")

    def files(self) -> list[Path]:
        """Returns the files that the newest generation is read from, relative to the index."""
        folder = self.source / "generations" / "g000002"
        return [
            Path("CURRENT"),
            *(one.relative_to(self.source) for one in sorted(folder.iterdir())),
        ]

    def damage(self, file: Path, way: str, rng: random.Random) -> Path:
        """Returns a copy of the index with one damaged file; a shared file is damaged as one."""
        place = self._room / "damaged"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.source, place)
        names = [file]
        if rng.random() < 0.5:
            names = [
                one.relative_to(self.source)
                for one in self.source.rglob("*")
                if one.is_file() and one.samefile(self.source / file)
            ]
        for name in names:
            target = place / name
            if way == "remove":
                target.unlink()
            elif way == "swap":
                others = [one for one in self._partners(file) if one.read_bytes() != _read(target)]
                if others:
                    shutil.copyfile(rng.choice(others), target)
            else:
                target.write_bytes(WAYS[way](_read(self.source / file), rng))
        return place

    def _partners(self, file: Path) -> list[Path]:
        """Returns files of the same kind: from the generation before, and of the other index."""
        # Manifests of both fit the same files where they were written in one second.
        others = [] if file.name == "manifest.json" else self._other.rglob("*")
        everywhere = [*self.source.rglob("*"), *others]
        return [one for one in everywhere if one.is_file() and one.suffix == file.suffix]

    def judge(self, place: Path, row: Row, told: str) -> None:
        """Asks a damaged index everything and notes what came of it."""
        row.trials += 1
        whole = not _differs(self.source, place)
        try:
            WhooshIndex(place).verify()
            if not whole:
                row.passed += 1
                row.faults.append(f"{told}: verify passed over it")
        except IndexDamaged:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a failure of the trial
            row.faults.append(f"{told}: verify: {error!r}")
        index = WhooshIndex(place)
        for number, ask in enumerate(questions()):
            try:
                with index.searcher() as searcher:
                    answer = ask(searcher)
                    reason = searcher.integrity.fallback_reason
            except IndexDamaged:
                row.refused += 1
            except Exception as error:  # noqa: BLE001 - as above
                row.faults.append(f"{told}: question {number}: {error!r}")
            else:
                if reason and answer == self._older[number]:
                    row.older += 1
                elif answer == self._newest[number]:
                    row.same += 1
                else:
                    row.faults.append(f"{told}: question {number}: another answer")


def _read(path: Path) -> bytes:
    return path.read_bytes()


def _differs(source: Path, place: Path) -> bool:
    """Whether any file of the newest generation is not what was written.

    A pointer that is gone is no damage: the newest generation counts.
    """
    for one in (*source.glob("generations/g000002/*"), source / "CURRENT"):
        copy = place / one.relative_to(source)
        if not copy.exists():
            if one.name != "CURRENT":
                return True
        elif one.name == "CURRENT":
            if copy.read_text(errors="replace").strip() != one.read_text().strip():
                return True
        elif copy.read_bytes() != one.read_bytes():
            return True
    return False


def run(count: int, seed: int, room: Path) -> dict[str, Row]:
    """Runs so many damages, one file and way after the other; returns a row for each way."""
    rng = random.Random(seed)
    trial = Trial(room)
    pairs = [(file, way) for file in trial.files() for way in ALL_WAYS]
    rng.shuffle(pairs)
    rows = {way: Row() for way in ALL_WAYS}
    for number in range(count):
        file, way = pairs[number % len(pairs)]
        if file.name == "CURRENT" and way == "swap":
            continue  # a pointer to the older generation is one that somebody wrote
        place = trial.damage(file, way, rng)
        if file.name == "CURRENT" and WhooshIndex(place)._named() == "g000001":
            continue
        trial.judge(place, rows[way], f"{number} {way} {file}")
    return rows


def main(given: list[str]) -> int:
    """Runs the trial and prints its table; returns 1 where something failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress damage", description=__doc__)
    parser.add_argument("--damages", type=int, default=240, help="how many")
    parser.add_argument("--short", action="store_true", help="60 of them")
    parser.add_argument("--seed", type=int, default=14)
    options = parser.parse_args(given)
    count = 60 if options.short else options.damages
    with tempfile.TemporaryDirectory() as room:
        rows = run(count, options.seed, Path(room))
    lines = [f"{'damage':<10} {'trials':>7} {'failures':>8}  answers"]
    for way, row in rows.items():
        lines.append(
            f"{way:<10} {row.trials:>7,} {len(row.faults):>8,}  {row.refused:,} refused, "
            f"{row.older:,} of the older generation, {row.same:,} as before; "
            f"verify passed over {row.passed:,}"
        )
    lines += [fault for row in rows.values() for fault in row.faults[:5]]
    print("\n".join(lines))  # noqa: T201 - a program
    return int(any(row.faults for row in rows.values()))
