"""Documents attached to a generation: small files, read whole when it is opened."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from indexer.backends.whoosh.storage.manifest import AttachedEntry, digest_of
from indexer.errors import IndexDamaged


def write_attached(folder: Path, documents: Mapping[str, bytes]) -> tuple[AttachedEntry, ...]:
    """Write documents into the directory of a generation; on disk when this returns."""
    entries = tuple(AttachedEntry(name, digest_of(documents[name])) for name in sorted(documents))
    for entry in entries:
        with (folder / entry.file).open("wb") as file:
            file.write(documents[entry.name])
            file.flush()
            os.fsync(file.fileno())
    return entries


def read_attached(folder: Path, entries: tuple[AttachedEntry, ...]) -> Mapping[str, bytes]:
    """Read the documents of a generation.

    Raises:
        IndexDamaged: when one is not what was written.
        FileNotFoundError: when one is not there.
    """
    documents: dict[str, bytes] = {}
    for entry in entries:
        path = folder / entry.file
        data = path.read_bytes()
        if digest_of(data) != entry.digest:
            raise IndexDamaged(
                f"{path}: its checksum is wrong; `quiver rollback` goes back to the generation "
                "before, `quiver build` makes a new one"
            )
        documents[entry.name] = data
    return documents
