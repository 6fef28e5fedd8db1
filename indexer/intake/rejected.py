"""Records that were skipped, in a file that a person mends and feeds to the next build.

The file is a dump in Quiver's own format, one JSON object a line. ``rejected`` says where the
record came from and what is wrong with it; a record that could not even be parsed stands under
``raw``, as it was. Mend the fields, or write a title and more beside ``raw``, and build from the
file.

A file that an earlier run wrote is replaced by the next run's. One that was mended meanwhile is
not: a record in it that has got a title is somebody's work.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from indexer.errors import DumpError, OutputError, RecordError
from indexer.intake.record import Record, Unread
from indexer.serialization.details import details_json
from indexer.system.output_file import OutputFile
from indexer.system.protected import Protected

_NO_TITLE: Final = re.compile(r"<[^<>]*>|&#?\w+;|\\[A-Za-z]+|[\W_]+")
"""What may stand in a title of which the cleaning leaves nothing."""


class RejectedFile:
    """Takes rejected records; the file comes into being with the first one.

    Use it as a context manager: the file takes its place when the block ends without an exception.
    What was skipped on purpose, such as submissions that a venue turned down, has nothing to mend
    and is not written.
    """

    def __init__(self, output: OutputFile | None) -> None:
        """Prepares to write to a file; with None, nothing is ever written."""
        self.count = 0
        self._output = output

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
        elif self._output is not None:
            self._output.discard()

    def add(self, error: RecordError, record: Record | None) -> None:
        """Writes a record that was skipped.

        Args:
            error: why it was.
            record: as its format read it; None where the format could not read it.

        Raises:
            DumpError: when the file cannot be written.
        """
        if record is not None:
            line = {"title": "", "rejected": str(error), **_as_json(record)}
        elif isinstance(error, Unread):
            line = {"title": "", "rejected": str(error), "raw": error.raw}
        else:
            return
        if self._output is None:
            return
        try:
            self._output.write(_line(line))
        except OutputError as fault:
            raise _cannot(fault) from fault
        self.count += 1

    def sync(self) -> None:
        """Brings to disk what was written, before anything is published that relies on it.

        Raises:
            DumpError: when the file cannot be written.
        """
        if self._output is not None:
            try:
                self._output.sync()
            except OutputError as fault:
                raise _cannot(fault) from fault

    def publish(self) -> None:
        """Puts the file in its place, if there was anything to write.

        Raises:
            DumpError: when the file cannot be written.
        """
        if self._output is not None:
            try:
                self._output.publish()
            except OutputError as fault:
                raise _cannot(fault) from fault


def rejected_output(
    path: str | None, protected: Protected, *, overwrite: bool = False
) -> OutputFile | None:
    """Returns the file for rejected records, checked; None where none is asked for.

    Raises:
        OutputError: when it may not be written: see `indexer.system.output_file`.
        DumpError: when it cannot be written.
    """
    if path is None:
        return None
    try:
        return OutputFile(path, protected, is_own=holds_rejected, overwrite=overwrite, create=False)
    except OutputError as fault:
        if fault.reason.startswith("cannot be written"):
            raise _cannot(fault) from fault
        raise


def holds_rejected(path: Path) -> bool:
    """Whether a file holds nothing but rejected records, as they were written.

    One that was mended, by a title or in any way that changes how JSON is written, is not.

    Raises:
        OSError: when it cannot be read.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return all(map(_is_rejected, file))


def _is_rejected(line: str) -> bool:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False
    if not isinstance(value, dict) or list(value)[:2] != ["title", "rejected"]:
        return False
    title = value["title"]
    if not isinstance(title, str) or line != _line(value):
        return False
    return not title if "raw" in value else not _NO_TITLE.sub("", title)


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False).encode(errors="replace").decode() + "\n"


def _cannot(fault: OutputError) -> DumpError:
    why = fault.reason.removeprefix("cannot be written: ")
    return DumpError(fault.path, 0, f"rejected records cannot be written: {why}")


_PLAIN: Final = ("id", "abstract", "venue", "year", "type", "doi", "url")


def _as_json(record: Record) -> dict[str, Any]:
    """Returns the fields that the record has, in the form that the own format reads."""
    written: dict[str, Any] = {"title": record.title}
    written |= {name: value for name in _PLAIN if (value := getattr(record, name))}
    for name in ("authors", "keywords"):
        if values := getattr(record, name):
            written[name] = list(values)
    if not record.authors_complete:
        written["authors_complete"] = False
    return written | details_json(record)
