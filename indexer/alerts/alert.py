"""An alert as data: the page that it watches, and where it tells what has changed there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, Protocol
from urllib.parse import urlsplit

from indexer.paper import Paper
from indexer.search import Searcher

PageKind = Literal["search", "author", "shelf"]
TargetKind = Literal["mail", "webhook", "file", "stdout"]


@dataclass(frozen=True, slots=True)
class Target:
    """Where an alert is told.

    Attributes:
        address: of the recipient, of the webhook, or the path of the file; empty for stdout.
    """

    kind: TargetKind
    address: str = ""

    @property
    def key(self) -> str:
        """Names the target in a state file; an address of a webhook may be a secret."""
        digest = hashlib.blake2b(self.address.encode(), digest_size=8).hexdigest()
        return f"{self.kind}:{digest}"

    @property
    def label(self) -> str:
        """Names the target for people; of a webhook only the host, for the same reason."""
        if self.kind == "webhook":
            return f"the webhook at {urlsplit(self.address).hostname}"
        return self.address or "standard output"


@dataclass(frozen=True, slots=True)
class Alert:
    """One entry of an alerts file.

    Attributes:
        name: letters, digits, dots, hyphens and underscores; names the state file, too.
        title: for subjects and headings; empty = the page in words.
        page: which page is watched.
        subject: the last part of an author page's address ("martin-jaggi", "yang-liu/3").
        parameters: of the page, as its address has them; ids of a shelf.
        targets: at least one.
        line: of the entry in the file, from 1.
    """

    name: str
    page: PageKind
    targets: tuple[Target, ...]
    title: str = ""
    subject: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    line: int = 0

    @property
    def fingerprint(self) -> str:
        """The same as long as the alert watches the same papers, whatever their order."""
        asked = sorted(pair for pair in self.parameters if pair[0] != "sort")
        told = repr((self.page, self.subject, asked))
        return hashlib.blake2b(told.encode(errors="replace"), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class AlertsFile:
    """An alerts file, read.

    Attributes:
        path: as the user gave it.
        alerts: in the order of the file; their names are distinct.
    """

    path: str
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class WatchedPage:
    """What the page of an alert shows in one generation.

    Attributes:
        title: the page in words.
        address: absolute; empty where the site has no public address.
        ids: the papers on it, in its order, each once.
        missing: ids that the alert lists itself and the index does not have; of a shelf only.
        is_by_label: whether labels decide what is on it, so that a paper comes without a change of
            its record.
    """

    title: str
    address: str
    ids: tuple[str, ...]
    missing: tuple[str, ...] = ()
    is_by_label: bool = False


class AlertPages(Protocol):
    """The pages of the site, as alerts need them."""

    def faults(self, alert: Alert) -> tuple[tuple[str, str], ...]:
        """Returns what is wrong with the parameters of an alert: key and reason."""

    def watched(self, alert: Alert, searcher: Searcher) -> WatchedPage:
        """Returns what the page of an alert shows.

        Raises:
            AlertError: when the page is no longer there.
            QueryTimedOut: when the deadline has cut the answer.
        """

    def paper_address(self, paper: Paper) -> str:
        """Returns the absolute address of a paper; empty where it has none."""
