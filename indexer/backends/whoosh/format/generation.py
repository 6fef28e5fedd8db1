"""A generation opened for reading: every segment memory-mapped, nothing read yet.

What a searcher reads: the segments of one published generation, their papers and deletions.

From named arrays, as a file holds them, to the values that are made of them.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.array_file import OpenArrays, map_arrays, write_arrays
from indexer.backends.whoosh.format.document_store import PaperStore
from indexer.backends.whoosh.format.identifier_dictionary import IdentifierDictionary
from indexer.backends.whoosh.format.manifest import Manifest, SegmentEntry, read_attached
from indexer.backends.whoosh.format.meaning_column import SUFFIX, MeaningColumn, read_column
from indexer.backends.whoosh.format.packed_ints import PackedInts
from indexer.backends.whoosh.format.record_terms import RecordTerms
from indexer.backends.whoosh.format.segment import Lexicon, Segment, Strings
from indexer.errors import IndexDamaged
from indexer.generations.integrity import Integrity
from indexer.paper import Paper
from indexer.search import IndexInfo


@dataclass(frozen=True, slots=True)
class OpenedSegment:
    """One segment and everything its file holds.

    Attributes:
        raw: all arrays by name, among them `content`, which only writers need (see
            `indexing.runs.DocColumns`).
        deleted: bool[P], None where no paper is deleted.
        identifiers, record_terms: None where the file is older than these dictionaries.
        files: what all of it was read from.
        meaning: vectors of its papers; None where it has none.
    """

    entry: SegmentEntry
    raw: Mapping[str, NDArray[Any]]
    arrays: Segment
    store: PaperStore
    deleted: NDArray[np.bool_] | None
    files: tuple[OpenArrays, ...]
    identifiers: IdentifierDictionary | None = None
    record_terms: RecordTerms | None = None
    meaning: MeaningColumn | None = None


@dataclass(frozen=True, slots=True)
class OpenedGeneration:
    """A generation, open; its files may be unlinked meanwhile.

    Attributes:
        attached: documents beside the papers, by name.
    """

    manifest: Manifest
    folder: Path
    segments: tuple[OpenedSegment, ...]
    attached: Mapping[str, bytes]

    def snapshot(self) -> Snapshot:
        """Returns what a searcher reads."""
        segments = tuple(
            LoadedSegment(
                segment.arrays,
                segment.store,
                segment.deleted,
                segment.identifiers,
                segment.record_terms,
                segment.meaning,
            )
            for segment in self.segments
        )
        files = tuple(file for segment in self.segments for file in segment.files)
        return Snapshot(segments, self.manifest.info, self.attached, files)


def live_papers(segments: Iterable[OpenedSegment]) -> Iterator[Paper]:
    """Yields the papers of some segments that are not deleted, in doc id order."""
    for segment in segments:
        for doc in range(segment.entry.papers):
            if segment.deleted is None or not segment.deleted[doc]:
                yield segment.store.paper(doc)


SMALL: Final = 1 << 18
"""Bytes up to which an array is checked when it is opened, 256 kB: 0.3 ms at 0.8 GB/s."""
SMALL_FILE: Final = 1 << 23
"""Bytes up to which a file is checked whole when it is opened, 8 MB: 10 ms."""


def open_generation(name: str, folder: Path) -> OpenedGeneration:
    """Opens a generation; costs some milliseconds a segment, whatever its size.

    What is short is compared with its checksum, see `SMALL`; `Snapshot.check` reads the rest.

    Args:
        name: of the generation.
        folder: its directory.

    Raises:
        IndexDamaged: when a file is not what was written, as far as a glance tells.
        FileNotFoundError: when a file is not there.
    """
    manifest = Manifest.read(folder)
    if manifest.info.generation != name:
        raise IndexDamaged(f"{folder}: holds generation {manifest.info.generation}, not {name}")
    segments = tuple(open_segment(folder, entry) for entry in manifest.segments)
    for file in (file for segment in segments for file in segment.files):
        if manifest.digests.get(file.path.name, file.digest) != file.digest:
            raise IndexDamaged(
                f"{file.path}: is whole, but another file than was written; `quiver rollback` goes "
                "back to the generation before, `quiver build` makes a new one"
            )
        file.check(up_to=None if file.size <= SMALL_FILE else SMALL)
    read = {file.path.name for segment in segments for file in segment.files}
    for file_name in manifest.digests:
        if file_name.endswith(SUFFIX) and file_name not in read:
            raise FileNotFoundError(errno.ENOENT, "is gone", str(folder / file_name))
    attached = read_attached(folder, manifest.attached)
    return OpenedGeneration(manifest, folder, segments, attached)


def open_segment(folder: Path, entry: SegmentEntry) -> OpenedSegment:
    """Opens one segment of the generation in a directory; raises as `open_generation`."""
    path = folder / entry.arrays
    file = map_arrays(path)
    raw = file.arrays
    try:
        arrays, store = segment_from(raw), store_from(raw)
        dictionaries = IdentifierDictionary.among(raw), RecordTerms.among(raw)
    except KeyError as error:
        raise IndexDamaged(
            f"{path}: its array {error} is missing; `quiver build` makes a new index"
        ) from error
    except ValueError as error:
        raise IndexDamaged(f"{path}: {error}; `quiver build` makes a new index") from error
    if not _lists_fit(arrays):
        raise IndexDamaged(
            f"{path}: its lists are not as long as they say; `quiver build` makes a new index"
        )
    if arrays.papers != entry.papers:
        raise IndexDamaged(f"{path}: holds {arrays.papers} papers, not {entry.papers}")
    files: tuple[OpenArrays, ...] = (file,)
    deleted = meaning = None
    if entry.deleted:
        deletions = map_arrays(folder / entry.deletions)
        deleted = _deleted(deletions, entry)
        files = (*files, deletions)
    if (folder / entry.meaning).exists():
        meaning, vectors = read_column(folder / entry.meaning, entry.papers)
        files = (*files, vectors)
    return OpenedSegment(entry, raw, arrays, store, deleted, files, *dictionaries, meaning)


def _lists_fit(arrays: Segment) -> bool:
    lists = (arrays.title_tf, arrays.abstract_tf, arrays.places, arrays.forms)
    return (
        all(array.fits for array in lists)
        and len(arrays.title_tf) == len(arrays.abstract_tf) == len(arrays.docs)
        and len(arrays.places) == len(arrays.forms)
    )


def _deleted(file: OpenArrays, entry: SegmentEntry) -> NDArray[np.bool_]:
    path, bits = file.path, file.arrays.get("deleted")
    if bits is None or len(bits) != (entry.papers + 7) // 8:
        raise IndexDamaged(f"{path}: does not fit its segment")
    deleted = np.unpackbits(bits, count=entry.papers).astype(np.bool_)
    if int(deleted.sum()) != entry.deleted:
        raise IndexDamaged(f"{path}: has not {entry.deleted} papers deleted")
    deleted.flags.writeable = False
    return deleted


def write_deleted(folder: Path, entry: SegmentEntry, deleted: NDArray[np.bool_]) -> None:
    """Writes which papers of a segment are deleted, one bit a paper."""
    write_arrays(folder / entry.deletions, {"deleted": np.packbits(deleted)})


class Store(Protocol):
    """The papers of one segment, whole."""

    def paper(self, number: int) -> Paper:
        """Returns the paper of this number, equal to the one that was written."""


@dataclass(frozen=True, slots=True)
class LoadedSegment:
    """One segment, open for reading.

    Attributes:
        deleted: bool[P], papers that were taken out or replaced later; None where all live.
        identifiers, record_terms: None where they are to be made of the papers.
        meaning: vectors of the papers; None where there are none.
    """

    arrays: Segment
    store: Store
    deleted: NDArray[np.bool_] | None = None
    identifiers: IdentifierDictionary | None = None
    record_terms: RecordTerms | None = None
    meaning: MeaningColumn | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One generation. No two live papers, in whichever segments, share an id.

    Attributes:
        segments: in any order; empty segments are allowed.
        info: what to tell of this generation; its `generation` names it.
        attached: documents beside the papers, by name.
        files: what the segments were read from; none where they are in memory.
    """

    segments: tuple[LoadedSegment, ...]
    info: IndexInfo
    attached: Mapping[str, bytes] = field(default_factory=dict)
    files: tuple[OpenArrays, ...] = ()

    def integrity(self) -> Integrity:
        """Returns what watches over the files; what was checked when they were opened is known."""
        unchecked = sum(f.larger_than(SMALL) for f in self.files if f.size > SMALL_FILE)
        return Integrity(tuple(file.check for file in self.files), unchecked=unchecked)


def segment_from(arrays: Mapping[str, NDArray[Any]]) -> Segment:
    """Returns the arrays of a segment their names.

    Raises:
        KeyError: when an array is missing.
    """
    values: dict[str, Any] = {}
    for column in fields(Segment):
        if column.type in ("Lexicon", "Strings"):
            kind = Lexicon if column.type == "Lexicon" else Strings
            values[column.name] = kind(arrays[f"{column.name}.blob"], arrays[f"{column.name}.ends"])
        elif column.type == "PackedInts":
            values[column.name] = PackedInts.of(arrays, column.name)
        else:
            values[column.name] = arrays[column.name]
    return Segment(**values)


def store_from(arrays: Mapping[str, NDArray[Any]]) -> PaperStore:
    """Returns the store among the arrays of a segment."""
    return PaperStore(arrays["packed"], arrays["packed_ends"], arrays["slot"], arrays["dictionary"])
