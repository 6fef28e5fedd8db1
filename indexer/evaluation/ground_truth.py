"""Papers whose authors are known: who stands behind each name.

The truth is JSON lines, one a paper: its id, its authors as printed, and an id beside each author:
``{"paper": …, "authors": […], "ids": […]}``. The kinds of ids say different things:

- OpenReview profiles ("~Yang_Liu19"): one a person, chosen by the person.
- IEEE author numbers ("/37281297100"): made by a program; one person sometimes has two, so some
  of what counts as wrong here is right.
- "person": the people of a foreign truth file (`foreign_truth`), one each.
- ACL Anthology slugs ("/y/yang-liu-umich/"): made from names and corrected by hand; two names with
  one slug are one person, but two slugs say nothing.

E-mail addresses and anything else say nothing: people have several, and lists mix them up.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from indexer.errors import RecordError
from indexer.intake.dump import Dumps
from indexer.paper import name_key

Source = Literal["openreview", "ieee", "acl", "person"]
SEPARATE: Final[frozenset[Source]] = frozenset(("openreview", "ieee", "person"))
"""Sources whose different ids mean different people."""
_IEEE = re.compile(r"/\d+/?")
_ACL = re.compile(r"/[^/@]+/[^/@]+/")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who an author is, by one source."""

    source: Source
    id: str


class Truth:
    """Who is who.

    Attributes:
        known: by `name_key`, then by id of the paper, the identity of that author.
    """

    def __init__(self) -> None:
        self.known: dict[str, dict[str, Identity]] = defaultdict(dict)

    def add(self, paper: str, authors: Iterable[str], ids: Iterable[str]) -> None:
        """Adds one paper; ids that identify nobody are skipped."""
        for author, text in zip(authors, ids, strict=False):
            identity = read_identity(text)
            if identity is not None:
                self.known[name_key(author)][paper] = identity

    def people(self, name: str) -> frozenset[Identity]:
        """Returns the identities known for an exact name (`name_key`)."""
        return frozenset(self.known.get(name, {}).values())


def read_identity(text: str) -> Identity | None:
    """Recognises an author id; None where it says nothing."""
    if text.startswith("~") and len(text) > 1:
        return Identity("openreview", text)
    if _IEEE.fullmatch(text):
        return Identity("ieee", text.strip("/"))
    return Identity("acl", text) if _ACL.fullmatch(text) else None


def same_people(one: frozenset[Identity], other: frozenset[Identity]) -> bool | None:
    """Returns whether two sets of identities share a person; None if that is unknown."""
    if one & other:
        return True
    both = {identity.source for identity in one} & {identity.source for identity in other}
    return False if both & SEPARATE else None


def read_truth(names: Sequence[str]) -> Truth:
    """Reads files of truth, packed or not.

    Raises:
        DumpError: when a file cannot be read.
        RecordError: at a line that is not as described above.
    """
    truth = Truth()
    for dump in Dumps(names):
        for number, line in dump.lines():
            if not line.strip():
                continue
            record = _record(line)
            if record is None:
                raise RecordError(
                    dump.name,
                    number,
                    'expected {"paper": id, "authors": [name, …], "ids": [id, …]}; '
                    "is this a file of known authors?",
                )
            truth.add(*record)
    return truth


def _record(line: str) -> tuple[str, list[str], list[str]] | None:
    """Reads one line; None where it is not as described."""
    try:
        read = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict):
        return None
    paper, authors, ids = read.get("paper"), read.get("authors"), read.get("ids")
    if not (isinstance(paper, str) and isinstance(authors, list) and isinstance(ids, list)):
        return None
    return (
        paper,
        list(map(str, authors)),
        [author_id if isinstance(author_id, str) else "" for author_id in ids],
    )
