"""Published states of an index, side by side on disk; one pointer says which one counts.

    CURRENT               name of the published generation, and nothing else
    writer.lock           locked while somebody writes
    generations/
      g000007/            never changes once published
        manifest.json     what is in it, see `manifest.py`
        MAIN_g000005.arrays, MAIN_g000007.arrays, …   segments, shared as hard links
        _MAIN_1.toc       Whoosh's table of contents, so that Whoosh can open the directory
      .g000008            being written; whatever a dead writer left of it, the next one removes

Publishing: all files are written and synced under the hidden name, the directory is renamed, and
`CURRENT` is replaced by a rename. Every step is synced before the next, so a crash at any moment
leaves either the old or the new generation, whole. Nothing that may have been published is removed
before the next generation is: without `CURRENT` the newest generation counts, with a damaged one
all are kept until a build or a rollback has published another.

`replace_text` replaces a small file in one step and syncs its name; its errors name the path.

There is one writer at a time. The lock is the system's (`platform.lock_file`), so it is free the
moment its holder dies, however it dies; the text in the file only tells the next writer who holds
it. `Policy` has the settings of whoever runs the index, such as how many generations are kept.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from indexer.errors import IndexDamaged, IndexError_, IndexLocked, IndexMissing
from indexer.system.platform import is_in_use, lock_file, sync_file, sync_folder, when_unused

_LOG: Final = logging.getLogger(__name__)
CURRENT: Final = "CURRENT"
_FOLDER: Final = "generations"
_NAME: Final = re.compile(r"g\d{6,}")
_UNPUBLISHED: Final = re.compile(r"\.g\d{6,}(\.gone)?")
"""A generation that is being written, or removed."""
_TRIES: Final = 20
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Generations:
    """The generations under one directory.

    Attributes:
        root: directory of the index; need not be there yet.
    """

    root: Path

    def current(self) -> str | None:
        """Returns the name of the published generation; None where there is none.

        Where `CURRENT` is missing the newest generation counts: a generation gets its name when it
        is complete, so it is whole, and if the pointer was lost it was published, too.

        Raises:
            IndexDamaged: when the pointer holds something else.
        """
        try:
            text = when_unused((self.root / CURRENT).read_bytes)
            name = text.decode("ascii", "replace").strip()
        except (FileNotFoundError, NotADirectoryError):
            return next(reversed(self.names()), None)
        except OSError as error:
            raise index_error(error, self.root) from error
        if _NAME.fullmatch(name) is None:
            raise IndexDamaged(
                f"{self.root / CURRENT}: holds no name of a generation; there are "
                f"{', '.join(self.names()) or 'none'}; `quiver rollback` publishes the newest of "
                "them that is whole, `quiver build` makes a new one"
            )
        return name

    def mark(self) -> tuple[int, int] | None:
        """Returns what differs for every publication, without reading; None where there is none.

        Returns:
            number and time (ns) of the pointer's file, which each publication makes anew; of the
                newest generation's directory where there is no pointer.
        """
        try:
            status = (self.root / CURRENT).stat()
        except (FileNotFoundError, NotADirectoryError):
            name = next(reversed(self.names()), None)
            if name is None:
                return None
            status = self.folder(name).stat()
        except OSError as error:
            raise index_error(error, self.root) from error
        return status.st_ino, status.st_mtime_ns

    def names(self) -> tuple[str, ...]:
        """Lists the complete generations on disk, oldest first."""
        try:
            entries = [entry.name for entry in (self.root / _FOLDER).iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return ()
        return tuple(sorted((name for name in entries if _NAME.fullmatch(name)), key=_number))

    def published(self) -> tuple[str, ...]:
        """Lists the generations that were published and are still on disk, oldest first."""
        try:
            current = self.current()
        except IndexDamaged:
            return self.names()  # nothing tells which were; a rebuild must do without
        if current is None:
            return ()
        return tuple(name for name in self.names() if _number(name) <= _number(current))

    def folder(self, name: str) -> Path:
        """Returns the directory of a generation."""
        return self.root / _FOLDER / name

    def read(self, reader: Callable[[str, Path], T]) -> T:
        """Reads the published generation, again should it be replaced and removed meanwhile.

        Args:
            reader: gets name and directory; whatever it opens stays readable afterwards.

        Raises:
            IndexMissing: when nothing was published yet.
            IndexDamaged: when a file of the generation is not there.
            IndexError_: when the operating system refuses to read one.
        """
        for _ in range(_TRIES):
            name = self.current()
            if name is None:
                raise IndexMissing(
                    f"{self.root}: there is no index here; `quiver build DUMP` makes one"
                )
            try:
                return reader(name, self.folder(name))
            except FileNotFoundError as error:
                if self.current() == name:
                    raise IndexDamaged(
                        f"{error.filename}: this file of the index is gone; `quiver rollback` "
                        "goes back to the generation before, `quiver build` makes a new one"
                    ) from error
            except OSError as error:
                raise index_error(error, self.root) from error
        raise IndexDamaged(f"{self.root}: is being replaced faster than it can be opened")

    def begin(self) -> tuple[str, Path]:
        """Makes room for the next generation; only for the holder of the lock.

        Removes what dead writers left under hidden names, and nothing else.

        Returns:
            Its name, higher than any before, and the hidden directory to write it into.

        Raises:
            IndexError_: when the directory belongs to another program.
        """
        try:
            current = self.current()
        except IndexDamaged as error:
            if not (self.root / _FOLDER).is_dir():  # RocksDB and LevelDB have a CURRENT, too
                raise IndexError_(
                    f"{self.root / CURRENT}: belongs to another program, so this folder is no "
                    "place for an index; name another with --index"
                ) from error
            current = None
        self._remove_hidden()
        # What could not be removed (see `clean`) keeps its number, too.
        left = _NAME.findall(" ".join(path.name for path in (self.root / _FOLDER).glob(".g*")))
        numbers = [_number(name) for name in (*self.names(), *left, current or "g000000")]
        name = f"g{max(numbers) + 1:06d}"
        hidden = self.root / _FOLDER / f".{name}"
        hidden.mkdir(parents=True)
        return name, hidden

    def publish(self, name: str) -> None:
        """Makes the generation written into its hidden directory the one that counts.

        Generations that dead writers completed and did not publish are removed afterwards.
        """
        hidden = self.root / _FOLDER / f".{name}"
        published = self.published()
        abandoned = [other for other in self.names() if other not in published]
        sync_folder(hidden)
        when_unused(lambda: hidden.rename(self.folder(name)))
        sync_folder(self.root / _FOLDER)
        replace_text(self.root / CURRENT, f"{name}\n")
        self._remove_generations(abandoned)
        _LOG.info("%s: published generation %s", self.root, name)

    def clean(self, *, keep: int | None) -> tuple[str, ...]:
        """Removes what no one needs: what dead writers left, and old generations.

        Args:
            keep: how many published generations stay, at least 1; None = all. Readers that have
                an older one open keep reading it: their files live on until they are closed.
                On Windows such a generation stays for a later call.

        Returns:
            Names of the generations removed.
        """
        self._remove_hidden()
        published = self.published()
        gone = [name for name in self.names() if name not in published]
        if keep is not None:
            gone += published[: -max(1, keep)]
        return self._remove_generations(gone)

    def _remove_hidden(self) -> None:
        """Removes what dead writers were writing or removing."""
        folder = self.root / _FOLDER
        if not folder.is_dir():
            return
        for entry in folder.iterdir():
            if _UNPUBLISHED.fullmatch(entry.name):
                _remove(entry)

    def _remove_generations(self, names: Iterable[str]) -> tuple[str, ...]:
        """Removes complete generations; returns the names of those that no reader has open."""
        removed: list[str] = []
        for name in names:
            # First out of sight at one stroke, then removed at leisure.
            doomed = self.root / _FOLDER / f".{name}.gone"
            try:
                self.folder(name).rename(doomed)
            except OSError as error:
                if not is_in_use(error):
                    raise
                _LOG.info("%s: a reader still has generation %s open", self.root, name)
                continue
            _remove(doomed)
            _LOG.info("%s: removed generation %s", self.root, name)
            removed.append(name)
        return tuple(removed)


def _remove(folder: Path) -> None:
    """Removes a directory; what somebody has open on Windows stays for the next time."""
    try:
        shutil.rmtree(folder)
    except OSError as error:
        if not is_in_use(error):
            raise


def _number(name: str) -> int:
    return int(name[1:])


@contextmanager
def os_errors_reported(path: Path) -> Iterator[None]:
    """Turns what the operating system refuses into an error that names the file and a remedy.

    Args:
        path: named where the system names no file.

    Raises:
        IndexError_: in place of an `OSError` of the block.
    """
    try:
        yield
    except OSError as error:
        raise index_error(error, path) from error


def index_error(error: OSError, path: Path) -> IndexError_:
    """Words what the operating system refused; `path` where the system names no file."""
    return IndexError_(
        f"{error.filename or path}: {error.strerror or error}; the index is as it was "
        "before. Make room or mend the permissions, then run the command again"
    )


def link(source: Path, target: Path) -> None:
    """Link a file under a second name, or copy it where the file system knows no second names."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target)
        sync_file(target)


def replace_text(path: Path, text: str) -> None:
    """Replaces a small file at one stroke; on disk when this returns."""
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    when_unused(lambda: temporary.replace(path))
    sync_folder(path.parent)


NAME: Final = "writer.lock"
_LOOK_AGAIN: Final = 0.05


@contextmanager
def writing(folder: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Holds the writer's lock of an index for the length of a block.

    Args:
        folder: directory of the index; must be there.
        wait: seconds to wait for another writer to end; 0 = not at all.

    Raises:
        IndexLocked: when another process, or another writer of this one, holds it; names the
            holder.
        IndexError_: when the lock file cannot be written.
    """
    path = folder / NAME
    with os_errors_reported(path):
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)  # Windows: as it is
        handle = os.open(path, flags, 0o644)
    try:
        _take(handle, path, time.monotonic() + wait)
        holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": int(time.time())}
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, json.dumps(holder).encode())
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)  # which lets go of the lock


def _take(handle: int, path: Path, until: float) -> None:
    while not lock_file(handle):
        if time.monotonic() >= until:
            raise IndexLocked(f"{path}: {_holder(handle)}")
        time.sleep(_LOOK_AGAIN)


def _holder(handle: int) -> str:
    """Says who holds the lock, as well as the file tells."""
    advice = "wait for it to end, or give --wait SECONDS"
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        told = json.loads(os.read(handle, 1000))
        age = max(0, int(time.time()) - int(told["since"]))
        return (
            f"process {int(told['pid'])} on {told['host']!s} has been writing this index for "
            f"{age} s; {advice}"
        )
    except (ValueError, KeyError, TypeError):
        return f"another process is writing this index; {advice}"


@dataclass(frozen=True, slots=True)
class Policy:
    """How an index is kept.

    Attributes:
        keep: generations that stay on disk to go back to, the published one included; at least 1.
        wait: seconds a writer waits for another one to end; 0 = not at all.
        most_lost: share of papers, 0 to 1, by which a rebuild from dumps of the generation before
            may be smaller than it; 1 = any.
        workers: processes that analyse a large build; 0 = one a core.
        check: whether what was written is read back and checked before it is published.
    """

    keep: int = 3
    wait: float = 0.0
    most_lost: float = 0.5
    workers: int = 0
    check: bool = True
