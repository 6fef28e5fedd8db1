"""How far the harvest of a dump is, kept beside it as ``<dump>.state.json``."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from indexer.errors import DumpError
from indexer.system.output_file import OutputFile
from indexer.system.protected import Protected


@dataclass(frozen=True, slots=True)
class HarvestState:
    """How far a harvest is.

    Attributes:
        url: base address of the repository.
        prefix: metadata format.
        set: set that is harvested; empty for all records.
        since: day from which records were asked for; empty for all.
        token: resumption token of the next part of the list; empty when the list is complete.
        size: bytes of the dump that count: its head and whole records; 0 = none yet.
        asked: time of the repository when the list began, ISO 8601.
        latest: last datestamp of the records of this list so far.
    """

    url: str
    prefix: str
    set: str
    since: str = ""
    token: str = ""
    size: int = 0
    asked: str = ""
    latest: str = ""

    def __post_init__(self) -> None:
        """Checks what was read from a file.

        Raises:
            TypeError: when a value is of another type.
            ValueError: when the size is negative.
        """
        texts = (self.url, self.prefix, self.set, self.since, self.token, self.asked, self.latest)
        if type(self.size) is not int or not all(isinstance(text, str) for text in texts):
            raise TypeError("a value is of another type")
        if self.size < 0:
            raise ValueError("the size is negative")


def read_state(path: Path) -> HarvestState | None:
    """Returns the state of an earlier harvest; None where there is none.

    Raises:
        DumpError: when the file is something else.
    """
    try:
        return HarvestState(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, RecursionError) as error:
        fault = f"is not the state of a harvest ({error}); name another file for the dump"
        raise DumpError(str(path), 0, fault) from error


def write_state(path: Path, state: HarvestState) -> None:
    """Replaces the state at one stroke; on disk when this returns.

    Raises:
        OutputError: when it cannot be written.
    """
    with OutputFile(str(path), Protected(), overwrite=True) as file:
        file.write(json.dumps(asdict(state)))
