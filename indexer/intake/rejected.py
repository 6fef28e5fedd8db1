"""Records that were skipped, in a file that a person mends and feeds to the next build.

The file is a dump in Quiver's own format, one JSON object a line. ``rejected`` says where the
record came from and what is wrong with it; a record that could not even be parsed stands under
``raw``, as it was. Mend the fields, or write a title and more beside ``raw``, and build from the
file.
"""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from indexer.errors import DumpError, RecordError
from indexer.intake.record import Record, Unread


class RejectedFile:
    """Takes rejected records; the file comes into being with the first one.

    Use it as a context manager. What was skipped on purpose, such as submissions that a venue
    turned down, has nothing to mend and is not written.
    """

    def __init__(self, path: str | None) -> None:
        """Prepare to write to a path; with None, nothing is ever written."""
        self.path = path
        self.count = 0
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, error: RecordError, record: Record | None) -> None:
        """Write a record that was skipped.

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
        if self.path is None:
            return
        try:
            if self._file is None:
                path = Path(self.path)
                self._file = path.open("w", encoding="utf-8", errors="replace")
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as fault:
            raise DumpError(
                self.path, 0, f"rejected records cannot be written: {fault.strerror}"
            ) from fault
        self.count += 1


def _as_json(record: Record) -> dict[str, Any]:
    """Give the fields that the record has, in the form that the own format reads."""
    given = {one.name: getattr(record, one.name) for one in fields(Record) if one.name != "line"}
    found = {name: value for name, value in given.items() if value not in ("", (), None, True)}
    return {"title": record.title, **found}
