"""Whoosh's table of contents of a generation: written so that Whoosh opens it, checked before.

Whoosh keeps schema and segments as pickles, and unpickling runs whatever a pickle says. So before
`open_whoosh` lets it, every name in them must be on a short list; it opens only directories of
its own, but a directory may have come from elsewhere.
"""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any, Final

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex, open_dir

from indexer.analysis import Analyzer
from indexer.backends.whoosh.storage.manifest import INDEX, Manifest
from indexer.backends.whoosh.twin.codec import ArraySegment
from indexer.backends.whoosh.twin.schema import schema_of
from indexer.errors import IndexDamaged
from indexer.platform import sync_file

NAME: Final = f"_{INDEX}_1.toc"
_MOST_BYTES: Final = 1 << 22
_HERE: Final = __name__.rpartition(".")[0]
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
"""Everything the pickles of a table of contents may name: "module name"."""


def write_toc(folder: Path, manifest: Manifest, analyzer: Analyzer) -> None:
    """Write the table of contents that belongs to a manifest, and make sure it is on disk."""
    segments = [ArraySegment(entry) for entry in manifest.segments]
    TOC(schema_of(analyzer), segments, 1).write(FileStorage(str(folder)), INDEX)
    sync_file(folder / NAME)


def open_whoosh(folder: Path) -> FileIndex:
    """Open the directory of a generation as the Whoosh index it is.

    Raises:
        IndexDamaged: when its table of contents names anything that is not on the list.
        FileNotFoundError: when there is none.
    """
    check_toc(folder / NAME)
    return open_dir(str(folder), INDEX, readonly=True)


def check_toc(path: Path) -> None:
    """Read a table of contents without running any of it.

    Raises:
        IndexDamaged: when it is not one or names anything that is not on the list.
        FileNotFoundError: when it is not there.
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
        for pickled in (schema, segments):
            _Checked(io.BytesIO(pickled)).load()
    except Exception as error:
        raise _damaged(path, f"it cannot be read ({type(error).__name__}: {error})") from error


class _Checked(pickle.Unpickler):
    """An unpickler that knows the names of the list and no others (as Python's manual advises)."""

    def find_class(self, module: str, name: str) -> Any:
        if f"{module} {name}" not in ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
        return super().find_class(module, name)


def _damaged(path: Path, why: str) -> IndexDamaged:
    return IndexDamaged(
        f"{path}: {why}; do not open it with Whoosh. `quiver rollback` goes back to the "
        "generation before, `quiver build` makes a new one"
    )
