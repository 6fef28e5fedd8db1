"""Published states of an index, side by side on disk; one pointer says which one counts.

    CURRENT               name of the published generation, and nothing else
    writer.lock           see `lock.py`
    generations/
      g000007/            never changes once published
        manifest.json     what is in it, see `manifest.py`
        MAIN_g000005.arrays, MAIN_g000007.arrays, …   segments, shared as hard links
        _MAIN_1.toc       Whoosh's table of contents, so that Whoosh can open the directory
      .g000008            being written; whatever a dead writer left of it, the next one removes

Publishing: all files are written and synced under the hidden name, the directory is renamed, and
`CURRENT` is replaced by a rename. Every step is synced before the next, so a crash at any moment
leaves either the old or the new generation, whole.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from indexer.backends.whoosh.storage.disk import replace_text, told
from indexer.errors import IndexDamaged, IndexError_, IndexMissing
from indexer.platform import is_in_use, sync_folder, when_unused

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
        """Read the name of the published generation; None where there is none.

        Raises:
            IndexDamaged: when the pointer holds something else.
        """
        try:
            text = when_unused((self.root / CURRENT).read_bytes)
            name = text.decode("ascii", "replace").strip()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise told(error, self.root) from error
        if _NAME.fullmatch(name) is None:
            raise IndexDamaged(
                f"{self.root / CURRENT}: holds no name of a generation; write one of "
                f"{', '.join(self.names()) or 'none'} into it, or run `quiver build`"
            )
        return name

    def mark(self) -> tuple[int, int] | None:
        """Returns what differs for every publication, without reading; None where there is none.

        Returns:
            number and time (ns) of the pointer's file, which each publication makes anew.
        """
        try:
            found = (self.root / CURRENT).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise told(error, self.root) from error
        return found.st_ino, found.st_mtime_ns

    def names(self) -> tuple[str, ...]:
        """List the complete generations on disk, oldest first."""
        try:
            found = [entry.name for entry in (self.root / _FOLDER).iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return ()
        return tuple(sorted((one for one in found if _NAME.fullmatch(one)), key=_number))

    def published(self) -> tuple[str, ...]:
        """List the generations that were published and are still on disk, oldest first."""
        try:
            current = self.current()
        except IndexDamaged:
            return self.names()  # nothing tells which were; a rebuild must do without
        if current is None:
            return ()
        return tuple(name for name in self.names() if _number(name) <= _number(current))

    def folder(self, name: str) -> Path:
        """Give the directory of a generation."""
        return self.root / _FOLDER / name

    def read(self, reader: Callable[[str, Path], T]) -> T:
        """Read the published generation, again should it be replaced and removed meanwhile.

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
                raise told(error, self.root) from error
        raise IndexDamaged(f"{self.root}: is being replaced faster than it can be opened")

    def begin(self) -> tuple[str, Path]:
        """Make room for the next generation; only for the holder of the lock.

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
        self.clean(keep=None)
        # What could not be removed (see `clean`) keeps its number, too.
        left = _NAME.findall(" ".join(one.name for one in (self.root / _FOLDER).glob(".g*")))
        numbers = [_number(name) for name in (*self.names(), *left, current or "g000000")]
        name = f"g{max(numbers) + 1:06d}"
        hidden = self.root / _FOLDER / f".{name}"
        hidden.mkdir(parents=True)
        return name, hidden

    def publish(self, name: str) -> None:
        """Make the generation written into its hidden directory the one that counts."""
        hidden = self.root / _FOLDER / f".{name}"
        sync_folder(hidden)
        when_unused(lambda: hidden.rename(self.folder(name)))
        sync_folder(self.root / _FOLDER)
        replace_text(self.root / CURRENT, f"{name}\n")

    def clean(self, *, keep: int | None) -> tuple[str, ...]:
        """Remove what no one needs: what dead writers left, and old generations.

        Args:
            keep: how many published generations stay, at least 1; None = all. Readers that have
                an older one open keep reading it: their files live on until they are closed.
                On Windows such a generation stays for a later call.

        Returns:
            Names of the generations removed.
        """
        folder = self.root / _FOLDER
        if not folder.is_dir():
            return ()
        for entry in folder.iterdir():
            if _UNPUBLISHED.fullmatch(entry.name):
                _remove(entry)
        published = self.published()
        gone = [name for name in self.names() if name not in published]
        if keep is not None:
            gone += published[: -max(1, keep)]
        removed: list[str] = []
        for name in gone:
            # First out of sight at one stroke, then removed at leisure.
            doomed = folder / f".{name}.gone"
            try:
                self.folder(name).rename(doomed)
            except OSError as error:
                if not is_in_use(error):
                    raise
                continue  # a reader has it open
            _remove(doomed)
            removed.append(name)
        return tuple(removed)


def _remove(folder: Path) -> None:
    """Remove a directory; what somebody has open on Windows stays for the next time."""
    try:
        shutil.rmtree(folder)
    except OSError as error:
        if not is_in_use(error):
            raise


def _number(name: str) -> int:
    return int(name[1:])
