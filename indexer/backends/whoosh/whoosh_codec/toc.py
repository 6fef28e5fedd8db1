"""Whoosh's table of contents of a generation: written so that Whoosh opens it, checked before.

Whoosh keeps schema and segments as pickles, and unpickling runs whatever a pickle names
(https://docs.python.org/3/library/pickle.html#restricting-globals). So `open_whoosh` unpickles with
an allow-list, as a directory may come from elsewhere. Names that classes had in earlier versions
stay on it, so an index written by one of them opens.
"""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any, Final

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex

from indexer.analysis import Analyzer
from indexer.backends.whoosh.format.manifest import INDEX, Manifest
from indexer.backends.whoosh.whoosh_codec.codec import ArraySegment
from indexer.backends.whoosh.whoosh_codec.schema import schema_of
from indexer.errors import IndexDamaged
from indexer.system.platform import sync_file

NAME: Final = f"_{INDEX}_1.toc"
_MOST_BYTES: Final = 1 << 22
"""A longer table of contents is refused; a real one has some kilobytes."""
_HERE: Final = __name__.rpartition(".")[0]
_ENGINE: Final = _HERE.rpartition(".")[0]
FORMER: Final = {
    f"{_ENGINE}.twin.codec ArraySegment": (f"{_HERE}.codec", "ArraySegment"),
    f"{_ENGINE}.twin.schema NameAnalyzer": (f"{_HERE}.schema", "NameAnalyzer"),
    f"{_ENGINE}.twin.schema TextAnalyzer": (f"{_HERE}.schema", "TextAnalyzer"),
}
"""Names in earlier versions, as "module name", and the module and name of today."""
ALLOWED: Final = frozenset(
    {
        "__builtin__ frozenset",
        "__builtin__ long",
        f"{_HERE}.codec ArraySegment",
        f"{_HERE}.schema NameAnalyzer",
        f"{_HERE}.schema TextAnalyzer",
        "whoosh.analysis.tokenizers IDTokenizer",
        "whoosh.columns NumericColumn",
        "whoosh.columns VarBytesColumn",
        "whoosh.fields ID",
        "whoosh.fields NUMERIC",
        "whoosh.fields STORED",
        "whoosh.fields Schema",
        "whoosh.fields TEXT",
        "whoosh.formats Existence",
        "whoosh.formats Frequency",
        "whoosh.formats Positions",
    }
)
"""All that the pickles of a table of contents may name, as "module name"."""


def write_toc(folder: Path, manifest: Manifest, analyzer: Analyzer) -> None:
    """Writes the table of contents that belongs to a manifest, and syncs it to disk."""
    segments = [ArraySegment(entry) for entry in manifest.segments]
    TOC(schema_of(analyzer), segments, 1).write(FileStorage(str(folder)), INDEX)
    sync_file(folder / NAME)


def open_whoosh(folder: Path) -> FileIndex:
    """Returns the directory of a generation as a read-only Whoosh index.

    Raises:
        IndexDamaged: when its table of contents names anything that is not allowed.
        FileNotFoundError: when there is none.
    """
    return _CheckedIndex(folder)


def check_toc(path: Path) -> None:
    """Checks a table of contents, without importing or running what it must not name.

    Raises:
        IndexDamaged: when it cannot be read or names anything that is not allowed.
        FileNotFoundError: when there is none.
    """
    read_toc(path)


def read_toc(path: Path) -> TOC:
    """Returns the table of contents at `path`, unpickled with the allow-list.

    Raises:
        IndexDamaged: when it cannot be read or names anything that is not allowed.
        FileNotFoundError: when there is none.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise _damaged(path, "it is far too long")
    storage = FileStorage(str(path.parent))
    try:
        stream = storage.open_file(path.name)
        try:
            for _ in range(3):  # sizes of numbers
                stream.read_varint()
            stream.read_int()  # byte order
            stream.read_int()  # version
            for _ in range(3):  # release
                stream.read_varint()
            schema = stream.read_string()
            stream.read_int()  # generation
            stream.read_int()  # unused
            segments = stream.read(_MOST_BYTES)
        finally:
            stream.close()
        loaded = [_AllowListUnpickler(io.BytesIO(pickled)).load() for pickled in (schema, segments)]
        return TOC(*loaded, 1)
    except Exception as error:
        raise _damaged(path, f"it cannot be read ({type(error).__name__}: {error})") from error


class _CheckedIndex(FileIndex):  # type: ignore[misc] # Whoosh has no types
    """A Whoosh index whose table of contents is read by `read_toc`, never by Whoosh."""

    def __init__(self, folder: Path) -> None:
        """Opens the directory of a generation, read-only."""
        self.storage = FileStorage(str(folder), readonly=True)
        self.indexname = INDEX
        self._schema = None
        self._path = folder / NAME
        self._read_toc()

    def _read_toc(self) -> TOC:
        return read_toc(self._path)


class _AllowListUnpickler(pickle.Unpickler):
    """An unpickler with an allow-list, as the Python manual advises."""

    def find_class(self, module: str, name: str) -> Any:
        """Returns an allowed class; raises UnpicklingError for any other name."""
        module, name = FORMER.get(f"{module} {name}", (module, name))
        if f"{module} {name}" not in ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
        return super().find_class(module, name)


def _damaged(path: Path, why: str) -> IndexDamaged:
    """Returns the error for a table of contents that must not be used."""
    return IndexDamaged(
        f"{path}: {why}; do not open it with Whoosh. `quiver rollback` goes back to the "
        "generation before, `quiver build` makes a new one"
    )
