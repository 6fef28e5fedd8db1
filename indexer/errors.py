"""The errors a user of Quiver can meet, factored out so that every package can raise them.

QuiverError               anything a person can mend; its text names the cause and the remedy
├── AlertError            an alert that cannot be checked, or its state that cannot be read
│   └── DeliveryError     a target that has not taken a notice
├── ConfigError           a configuration file or option that cannot be used
├── DumpError             a dump that cannot be read at all
│   └── RecordError       one record of a dump that cannot become a paper
├── ExtraMissing          an optional package that a verb or a setting needs is not installed
├── OutputError           a file that an option names and that may not or cannot be written
├── QueryError            a request (not a query string) that cannot be understood
├── SearchStringError     a search string of another database that cannot be read
└── IndexError_           an index that cannot be opened, written or published
    ├── IndexMissing      there is no index there yet
    ├── IndexDamaged      a file of the index is not what was written
    ├── IndexLocked       another process is writing
    └── IndexUnavailable  the engine that holds it does not answer at present
"""

from __future__ import annotations


def _named(path: str) -> str:
    """Returns the name of a file as one line of text: a name may hold a line feed."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in path)


class QuiverError(Exception):
    """Anything that went wrong and that the person at the keyboard can mend.

    The command line prints the text after ``Error:`` and exits with 1; the web answers with an
    error page that still carries the search form.
    """


class ConfigError(QuiverError, ValueError):
    """A configuration that cannot be used.

    Attributes:
        faults: every fault found, each one line: file, key path, expected, got, nearest key.
    """

    def __init__(self, faults: tuple[str, ...]) -> None:
        """Keeps all faults; the text is one fault a line."""
        super().__init__("\n".join(faults))
        self.faults = faults


class ExtraMissing(QuiverError):  # noqa: N818 - says what is the matter, as its siblings do
    """A package that only one verb or setting needs is not installed; names the extra."""


class AlertError(QuiverError):
    """An alert that cannot be checked at present; the others of its file can."""


class DeliveryError(AlertError):
    """A mail server, webhook or file that has not taken a notice, which stays pending."""


class DumpError(QuiverError, ValueError):
    """A dump that cannot be read at all: no such file, unknown format, broken compression.

    Attributes:
        source: the path as the user gave it.
        line: line number from 1, or 0 where a line makes no sense.
        reason: the cause, and what to do about it.
    """

    def __init__(self, source: str, line: int, reason: str) -> None:
        """Words the text as ``source:line: reason`` (no line when it is 0)."""
        named = _named(source)
        where = f"{named}:{line}" if line else named
        super().__init__(f"{where}: {reason}")
        self.source = source
        self.line = line
        self.reason = reason


class RecordError(DumpError):
    """One record that cannot become a paper; the build skips it unless ``--strict`` is given."""


class OutputError(QuiverError):
    """A file that an option names to be written, and that may not or cannot be written.

    Attributes:
        path: as the user gave it.
        reason: the cause, and what to do about it.
    """

    def __init__(self, path: str, reason: str) -> None:
        """Words the text as ``path: reason``."""
        super().__init__(f"{_named(path)}: {reason}")
        self.path = path
        self.reason = reason


class QueryError(QuiverError, ValueError):
    """A parameter of a request that has no meaning, such as ``page=-3``.

    A query *string* never raises: it is repaired, and the receipt says how.

    Attributes:
        parameter: the name of the parameter at fault.
    """

    def __init__(self, parameter: str, reason: str) -> None:
        """Words the text as ``parameter: reason``."""
        super().__init__(f"{parameter}: {reason}")
        self.parameter = parameter


class SearchStringError(QuiverError, ValueError):
    """A search string of another database that cannot be read as it stands.

    Attributes:
        line: from 1.
        column: of the character at fault, from 1.
        reason: the cause, and what to do about it.
    """

    def __init__(self, line: int, column: int, reason: str) -> None:
        """Words the text as ``line L, column C: reason``."""
        super().__init__(f"line {line}, column {column}: {reason}")
        self.line = line
        self.column = column
        self.reason = reason


class IndexError_(QuiverError):  # noqa: N801, N818 - `IndexError` is Python's
    """An index that cannot be opened, written or published."""


class IndexMissing(IndexError_):
    """There is no published index in the directory; ``quiver build`` makes one."""


class IndexDamaged(IndexError_):
    """A file of the index is not what was written: wrong checksum, version or class."""


class IndexLocked(IndexError_):
    """Another process holds the writer's lock; the text names its pid, host and age."""


class QueryTimedOut(QuiverError):  # noqa: N818 - as `IndexMissing`
    """A query whose deadline has cut something, where an answer in part would be wrong.

    A page of results says what was cut. What lists all papers, or compares two lists, does not go
    on without a clause of the query.
    """

    def __init__(self) -> None:
        """Words what to do about it."""
        super().__init__(
            "the query took too long, and this is not given in part; ask for fewer patterns, "
            "phrases or fuzzy words, or once more when less is going on (search.timeout)"
        )


class IndexUnavailable(IndexError_):
    """The engine that holds the index does not answer in time, or refuses; it may by and by."""
