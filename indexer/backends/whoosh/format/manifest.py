"""What a generation consists of: one small JSON file, with a checksum of its own.

Documents attached to a generation: small files, read whole when it is opened.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from indexer.analysis import VERSION as ANALYSIS
from indexer.analysis import Analyzer
from indexer.backends.whoosh.format.directory import replace_text
from indexer.errors import IndexDamaged
from indexer.search import IndexInfo

NAME: Final = "manifest.json"
VERSION: Final = 1
INDEX: Final = "MAIN"
"""Whoosh's name of the index in its directory, with which every file of a segment begins."""


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """One segment of a generation.

    Attributes:
        name: "MAIN_g000007": Whoosh's index name and the generation it was written for.
        papers: papers in it, deleted ones included.
        deleted: how many of them are deleted; with any there is a file of them.
    """

    name: str
    papers: int
    deleted: int = 0

    @property
    def arrays(self) -> str:
        """Name of the file of arrays."""
        return f"{self.name}.arrays"

    @property
    def deletions(self) -> str:
        """Name of the file of deleted papers."""
        return f"{self.name}.deleted"

    @property
    def meaning(self) -> str:
        """Name of the file of vectors; there need not be one."""
        return f"{self.name}.meaning"


@dataclass(frozen=True, slots=True)
class AttachedEntry:
    """One document attached to a generation.

    Attributes:
        digest: checksum of its bytes, see `digest_of`.
    """

    name: str
    digest: str

    @property
    def file(self) -> str:
        """Name of the file that holds it."""
        return f"{self.name}.attached"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation consists of.

    Attributes:
        segments: oldest first.
        analyzer: fingerprint of the analysis, see `fingerprint`.
        attached: documents beside the papers, by name.
        digests: checksums of the other files by name: of a file of arrays that of its table, of
            others that of their bytes. Manifests of older programs have none.
    """

    info: IndexInfo
    segments: tuple[SegmentEntry, ...]
    analyzer: str
    attached: tuple[AttachedEntry, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Writes it into the directory of its generation."""
        info = asdict(self.info)
        body = {
            "version": VERSION,
            "identity": info.pop("identity"),
            "analyzer": self.analyzer,
            "info": info,
            "segments": [asdict(segment) for segment in self.segments],
            "attached": [asdict(attachment) for attachment in self.attached],
            "digests": dict(sorted(self.digests.items())),
        }
        text = json.dumps(body, ensure_ascii=False, indent=1)
        replace_text(folder / NAME, f"{_digest(text)}\n{text}\n")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Reads it back.

        Raises:
            IndexDamaged: when it is not what was written, or of another version.
            FileNotFoundError: when it is not there.
        """
        path = folder / NAME
        digest, _, text = path.read_bytes().decode("utf-8", "surrogateescape").partition("\n")
        if not text.endswith("\n") or digest != _digest(text.removesuffix("\n")):
            raise IndexDamaged(
                f"{path}: its checksum is wrong; `quiver rollback` goes back to the generation "
                "before, `quiver build` makes a new one"
            )
        body: Mapping[str, Any] = json.loads(text)
        if body["version"] != VERSION:
            raise IndexDamaged(
                f"{path}: is of version {body['version']}, this program reads {VERSION}; "
                "`quiver build` makes a new index"
            )
        info = IndexInfo(
            **{**body["info"], "dumps": tuple(body["info"]["dumps"])},
            # Manifests of older programs have none: their digest stands in, and is handed on.
            identity=str(body.get("identity") or digest),
        )
        segments = tuple(SegmentEntry(**segment) for segment in body["segments"])
        attached = tuple(AttachedEntry(**attachment) for attachment in body.get("attached", ()))
        digests = {str(name): str(value) for name, value in body.get("digests", {}).items()}
        return cls(info, segments, str(body["analyzer"]), attached, digests)

    def renamed(self, generation: str, built: str) -> Manifest:
        """Returns the manifest of the same content published anew."""
        return replace(self, info=replace(self.info, generation=generation, built=built))


def new_identity() -> str:
    """Returns the identity of an index that is being made: 128 random bits, in hex."""
    return uuid.uuid4().hex


def digest_of(data: bytes) -> str:
    """Returns the checksum of some bytes (BLAKE2b, 128 bits, in hex)."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _digest(text: str) -> str:
    return digest_of(text.encode("utf-8", "surrogateescape"))


def fingerprint(analyzer: Analyzer) -> str:
    """Returns a short text that differs for analyzers that could give different tokens."""
    return _fingerprint(f"{ANALYSIS} ", analyzer)


def is_former_analysis(written: str, analyzer: Analyzer) -> bool:
    """Returns whether an earlier version of the analysis, set up as this one, has a fingerprint.

    Args:
        written: of a manifest.
        analyzer: of today.
    """
    # Version 1 was written without its number.
    former = ("", *(f"{version} " for version in range(2, ANALYSIS)))
    return any(written == _fingerprint(version, analyzer) for version in former)


def _fingerprint(version: str, analyzer: Analyzer) -> str:
    words = " ".join(sorted(analyzer.stop_words))
    described = f"{version}{int(analyzer.stemming)} {words}"
    return hashlib.blake2b(described.encode(), digest_size=8).hexdigest()


def write_attached(folder: Path, documents: Mapping[str, bytes]) -> tuple[AttachedEntry, ...]:
    """Writes documents into the directory of a generation; on disk when this returns."""
    entries = tuple(AttachedEntry(name, digest_of(documents[name])) for name in sorted(documents))
    for entry in entries:
        with (folder / entry.file).open("wb") as file:
            file.write(documents[entry.name])
            file.flush()
            os.fsync(file.fileno())
    return entries


def read_attached(folder: Path, entries: tuple[AttachedEntry, ...]) -> Mapping[str, bytes]:
    """Reads the documents of a generation.

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
