"""Files that a command writes for its user: never over an input, never half written.

The rules are those of a careful Unix tool, the same for every option that names a file to write:

- A file that the command reads (the same file by device and inode, whatever the path, link or
  letter case that leads to it), a file in a folder that it reads, and anything inside the index
  are refused, always.
- An existing file is replaced where it is empty, where the same option wrote it and nobody has
  edited it since, or where the user says so (``--overwrite``). Anything else is refused.
- The text goes into a hidden file beside the target. It is synced and renamed when it is complete;
  a failure or Ctrl-C before that leaves the target as it was. What a killed run left there the next
  run that writes the same target removes; a lock tells it from the file of a run at work.
- ``-`` and ``/dev/stdout`` are standard output; pipes and character devices are written directly.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from indexer.errors import OutputError
from indexer.system.platform import lock_file, sync_folder, when_unused
from indexer.system.protected import Protected, descriptor_of, identity, refuse_protected, status_of


class OutputFile:
    """A text file to be written by one option of a command; use it as a context manager.

    The target is checked when the object is made, before any work is done. Leaving the block
    without an exception puts the file in place; with one, the target stays as it was.

    Example:
        with OutputFile("refs.bib", Protected(indexes=("data/index",))) as file:
            file.write("@article{a}")
    """

    def __init__(
        self,
        path: str,
        protected: Protected,
        *,
        is_own: Callable[[Path], bool] | None = None,
        overwrite: bool = False,
        create: bool = True,
    ) -> None:
        """Checks the target; nothing is written yet.

        Args:
            path: as the user gave it; "-" is standard output.
            protected: what it must not be.
            is_own: says whether an existing file is earlier output of the same option, unedited.
            overwrite: replace any other file, too, unless it is protected.
            create: make the file even if nothing is written to it.

        Raises:
            OutputError: when the target is protected, exists and may not be replaced, or is
                nothing that can be written.
        """
        refuse_protected(path, protected)
        self.path = path
        self._create = create
        self._file: IO[bytes] | None = None
        self._temporary: Path | None = None
        self._lock: int | None = None
        self._descriptor = descriptor_of(path)
        self._target = Path(os.path.realpath(path))
        self._before: os.stat_result | None = None
        if self._descriptor is not None:
            return
        self._before = status_of(path)
        if self._before is None:
            if not self._target.parent.is_dir():
                raise OutputError(path, f"cannot be written: no folder {self._target.parent}")
        elif stat.S_ISREG(self._before.st_mode):
            if not os.access(self._target, os.W_OK):
                raise OutputError(path, "cannot be written: it is read-only")
            if self._before.st_size and not overwrite and not _recognised(self._target, is_own):
                why = "has been edited or was not written by this option" if is_own else "exists"
                raise OutputError(path, f"{why}; name another file, or replace it with --overwrite")

    @property
    def is_stdout(self) -> bool:
        """Whether the text goes to standard output."""
        return self._descriptor == 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.publish()
        else:
            self.discard()

    def write(self, text: str) -> None:
        """Writes text as UTF-8; half a character becomes a question mark.

        Raises:
            OutputError: when the system refuses; the target stays as it was.
            BrokenPipeError: when the reader of a pipe has left.
        """
        try:
            self._opened().write(text.encode(errors="replace"))
        except OSError as error:
            raise self._failed(error) from error

    def sync(self) -> None:
        """Brings to disk what has been written so far; the target stays as it was.

        Raises:
            OutputError: when the system refuses.
        """
        if self._file is None:
            return
        try:
            self._file.flush()
            if self._temporary is not None:
                os.fsync(self._file.fileno())
        except OSError as error:
            raise self._failed(error) from error

    def publish(self) -> None:
        """Puts the file in place of the target; does nothing the second time.

        Raises:
            OutputError: when the system refuses, or when another program has made or changed the
                target since it was checked.
        """
        if self._file is None and not self._create:
            return
        self._create = False
        try:
            self._opened()
            self.sync()
            self._close()
            if self._temporary is not None:
                self._rename(self._temporary)
                self._temporary = None
                self._unlock()
        except OSError as error:
            raise self._failed(error) from error
        except BaseException:  # Ctrl-C, too
            self.discard()
            raise

    def discard(self) -> None:
        """Drops what was written; the target stays as it was."""
        self._create = False
        with contextlib.suppress(OSError):
            self._close()
        if self._temporary is not None:
            with contextlib.suppress(OSError):
                self._temporary.unlink(missing_ok=True)
            self._temporary = None
        self._unlock()

    def _unlock(self) -> None:
        """Lets go of the lock, which outlives the open file: the name must not be free before."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            self._file = self._open()
        return self._file

    def _open(self) -> IO[bytes]:
        if self._descriptor == 1:
            sys.stdout.flush()
            return sys.stdout.buffer
        if self._descriptor is not None:
            return os.fdopen(os.dup(self._descriptor), "wb")
        if self._before is not None and not stat.S_ISREG(self._before.st_mode):
            return self._target.open("wb")
        # A name of its own: the target's may be as long as the file system allows.
        tag = hashlib.blake2b(os.fsencode(self._target.name), digest_size=6).hexdigest()
        _remove_leftovers(self._target.parent, tag)
        temporary = self._target.parent / f".quiver-{tag}-{secrets.token_hex(8)}.new"
        self._temporary = temporary
        binary = getattr(os, "O_BINARY", 0)  # Windows ends lines otherwise
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | binary, 0o666)
        with contextlib.suppress(OSError):  # a file system without locks
            lock_file(handle)
            if os.name == "posix":  # Windows renames no file that is open
                self._lock = os.dup(handle)
        if self._before is not None and hasattr(os, "fchown"):
            with contextlib.suppress(OSError):  # another's file keeps its owner only under root
                os.fchown(handle, self._before.st_uid, self._before.st_gid)
            os.fchmod(handle, stat.S_IMODE(self._before.st_mode))
        return os.fdopen(handle, "wb")

    def _close(self) -> None:
        """Closes the file, or flushes standard output, which stays open."""
        file, self._file = self._file, None
        if file is None:
            return
        if self._descriptor == 1:
            file.flush()
        else:
            file.close()

    def _rename(self, temporary: Path) -> None:
        if self._before is None:
            self._link(temporary)
        else:
            now = status_of(str(self._target))
            if now is None or _version(now) != _version(self._before):
                raise OutputError(self.path, self._changed())
            when_unused(lambda: temporary.replace(self._target))
        with contextlib.suppress(OSError):  # some file systems sync no folders
            sync_folder(self._target.parent)

    def _link(self, temporary: Path) -> None:
        """Link the file under its name; a rename would replace a file that has come since."""
        try:
            os.link(temporary, self._target)
        except FileExistsError:
            raise OutputError(self.path, self._changed()) from None
        except OSError:  # a file system without hard links
            if os.path.lexists(self._target):
                raise OutputError(self.path, self._changed()) from None
            when_unused(lambda: temporary.replace(self._target))
        else:
            temporary.unlink()

    @staticmethod
    def _changed() -> str:
        return "was made or changed by another program meanwhile and is left as it is; run again"

    def _failed(self, error: OSError) -> Exception:
        """Drops what was written; gives the error to raise."""
        self.discard()
        if isinstance(error, BrokenPipeError):
            return error
        return OutputError(self.path, f"cannot be written: {error.strerror or error}")


def _remove_leftovers(folder: Path, tag: str) -> None:
    """Removes hidden files of one target that no run holds a lock on."""
    for path in folder.glob(f".quiver-{tag}-*.new"):
        with contextlib.suppress(OSError):  # another run was faster, or may do what this may not
            handle = os.open(path, os.O_RDWR)
            try:
                if lock_file(handle) and os.name == "posix":
                    path.unlink()
            finally:
                os.close(handle)
            if os.name != "posix":
                path.unlink()  # refused while anybody has it open


def _recognised(target: Path, is_own: Callable[[Path], bool] | None) -> bool:
    try:
        return is_own is not None and is_own(target)
    except (OSError, ValueError):  # it cannot be read, or holds no text
        return False


def _version(status: os.stat_result) -> tuple[int, ...]:
    return (*identity(status), status.st_size, status.st_mtime_ns)
