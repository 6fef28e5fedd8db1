"""``quiver build --watch``: looking for new and changed dumps, and reading them as they come."""

from __future__ import annotations

import glob
import os
import re
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from indexer.cli.terminal import echo_lines
from indexer.errors import DumpError, QuiverError
from indexer.intake.dump import Dumps

EVERY: Final = 5.0
"""Seconds between two looks, where nothing is said."""
SHOWN: Final = 5
"""Most names of dumps that are told at a time."""


class Write(Protocol):
    """Reads dumps into the index and reports."""

    def __call__(self, dumps: Sequence[str], /, *, rebuild: bool, exclude: Sequence[str]) -> None:
        """Builds anew or updates; `exclude` names the files that are not read."""


@dataclass(frozen=True, slots=True)
class FileVersion:
    """A file at one look: it was written since when any of these is another.

    Attributes:
        name: as the user would write it.
        stamp: time of change in nanoseconds, size in bytes, number of the file on its disk.
    """

    name: str
    stamp: tuple[int, int, int]


def watch(dumps: Sequence[str], write: Write, *, every: float, exclude: Sequence[str]) -> None:
    """Builds from dumps, then looks for new and changed ones until SIGINT or SIGTERM.

    What is wrong with one dump is told, and the others are read without it. Papers of dumps that
    are gone stay in the index.

    Args:
        dumps: files, folders and patterns.
        write: what to do with them; an `IndexError_` of its first call is raised.
        every: seconds between two looks; a dump is read when two looks found it the same.
        exclude: folders that are not searched.
    """
    with _until_signal() as stopped:
        watched = _Watched(tuple(dumps), write, tuple(exclude))
        watched.build()
        shown = ", ".join(dumps)
        _tell(f"Watching {shown} for new and changed dumps (press Ctrl-C to stop).")
        while not stopped():
            time.sleep(every)
            watched.look()
    _tell("Stopped; the index is as it was last published.")


@dataclass(slots=True)
class _Watched:
    """What is known of the dumps from one look to the next, by real path.

    Attributes:
        seen: the files at the last look.
        done: the files as they were read, or found to be unreadable.
        there: those of the names that have files.
        built: something was published.
        told: the last fault without its numbers; it is told once.
    """

    dumps: tuple[str, ...]
    write: Write
    exclude: tuple[str, ...]
    seen: dict[str, FileVersion] = field(default_factory=dict)
    done: dict[str, FileVersion] = field(default_factory=dict)
    there: tuple[str, ...] = ()
    built: bool = False
    told: str = ""

    def build(self) -> None:
        """Reads all that is there."""
        Dumps([dump for dump in self.dumps if not glob.has_magic(dump)])  # a wrong name is refused
        self.seen = self._files()
        self._read(dict(self.seen))

    def look(self) -> None:
        """Reads what is new or changed and was the same at the look before."""
        before, self.seen = self.seen, self._files()
        ready = {
            path: file
            for path, file in self.seen.items()
            if file == before.get(path) and file != self.done.get(path)
        }
        if not ready:
            return
        try:
            self._read(ready)
        except (QuiverError, OSError) as error:
            # Not the fault of a dump: another writer, a full disk. The next look tries again.
            without_age = re.sub(r"\d+", "", str(error))  # "writing for 3 s", "for 8 s"
            if without_age != self.told:
                _tell(f"Error: {error}")
            self.told = without_age
        else:
            self.told = ""

    def _read(self, ready: dict[str, FileVersion]) -> None:
        """Writes these files into the index, without those that cannot be read."""
        while ready:
            if self.built and not self.told:
                names = sorted(file.name for file in ready.values())
                more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
                _tell(f"New or changed: {', '.join(names[:SHOWN])}{more}")
            others = [path for path in self.seen if path not in ready]
            try:
                self.write(self.there, rebuild=not self.built, exclude=(*self.exclude, *others))
            except DumpError as error:
                guilty = self._guilty(error, ready)
                if not guilty:
                    raise  # a file that came after the look; the next one sees it
                _tell(f"Error: {error}")
                for path in guilty:
                    self.done[path] = ready.pop(path)
            else:
                self.done |= ready
                self.built = True
                return

    def _guilty(self, error: DumpError, ready: dict[str, FileVersion]) -> list[str]:
        """Returns the file that an error is about, or all if it names none."""
        if error.source == ", ".join(self.there):
            return list(ready)
        return [
            path
            for path, file in ready.items()
            if error.source == file.name or error.source.startswith(f"{file.name}/")
        ]

    def _files(self) -> dict[str, FileVersion]:
        files: dict[str, FileVersion] = {}
        there: list[str] = []
        for name in self.dumps:
            try:
                dumps = Dumps([name], exclude=self.exclude).found
            except DumpError:
                continue  # nothing there at this moment
            if dumps:
                there.append(name)
            for file in dumps:
                try:
                    state = Path(file.name).stat()
                except OSError:
                    continue  # gone since
                stamp = (state.st_mtime_ns, state.st_size, state.st_ino)
                files[os.path.realpath(file.name)] = FileVersion(file.name, stamp)
        self.there = tuple(there)
        return files


class _Stopped(BaseException):
    """A signal came; whatever is being written is dropped on the way out."""


@contextmanager
def _until_signal() -> Iterator[Callable[[], bool]]:
    """Ends the block quietly on SIGINT or SIGTERM.

    Gives a question to ask now and then: whether one came that went unnoticed, as one raised
    while Python cleans up an object does.
    """
    came: list[int] = []

    def stop(number: int, frame: object) -> None:  # noqa: ARG001 - the signature of a handler
        came.append(number)
        for signum in before:
            signal.signal(signum, signal.SIG_IGN)  # the way out is not disturbed
        raise _Stopped

    before: dict[signal.Signals, Any] = {}
    for signum in (signal.SIGINT, signal.SIGTERM):
        before[signum] = signal.signal(signum, stop)
    try:
        yield lambda: bool(came)
    except _Stopped:
        pass
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


def _tell(text: str) -> None:
    echo_lines(*text.split("\n"), err=True)
