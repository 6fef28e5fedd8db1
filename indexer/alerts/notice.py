"""A notice: what one alert tells at once, complete in itself and kept until it is delivered."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from indexer.alerts.alert import Alert, AlertPages, WatchedPage
from indexer.alerts.comparison import Comparison
from indexer.paper import Paper, unnumbered
from indexer.text.display import plain

MOST_PAPERS: Final = 200
"""Papers of one notice: more of them are several notices. A mail of 200 has some 300 kB."""
_ABSTRACT: Final = 300
"""Characters of an abstract that are told."""
_AUTHORS: Final = 10
_BLANKS: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class NoticePaper:
    """A paper as a notice tells it: single lines of printable text.

    Attributes:
        address: where to read on: the paper's page here, or else its own; empty where it has none.
        abstract: its beginning.
    """

    id: str
    title: str
    authors: str = ""
    venue: str = ""
    year: int | None = None
    doi: str = ""
    address: str = ""
    abstract: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What one alert tells at once.

    Attributes:
        id: the same for the same news, so that a receiver can tell a repetition.
        alert: name of the alert.
        title: of the alert, one line.
        page: address of the page that is watched; empty where the site has no public address.
        generation: in which this was found.
        built: when that was published, ISO 8601 in UTC.
        part, parts: number of this notice among those of the same news, from 1.
        new: papers that came.
        changed: papers any field of whose record changed.
        removed: papers of a shelf that are no longer in the index.
    """

    id: str
    alert: str
    title: str
    page: str
    generation: str
    built: str
    part: int
    parts: int
    new: tuple[NoticePaper, ...]
    changed: tuple[NoticePaper, ...]
    removed: tuple[NoticePaper, ...]

    @property
    def summary(self) -> str:
        """The counts in words: "2 new papers, 1 changed paper"."""
        counts = (("new", self.new), ("changed", self.changed), ("removed", self.removed))
        return ", ".join(
            f"{len(papers):,} {kind} paper{'' if len(papers) == 1 else 's'}"
            for kind, papers in counts
            if papers
        )

    @property
    def subject(self) -> str:
        """One line for a mail or a heading, at most 200 characters."""
        part = f" ({self.part} of {self.parts})" if self.parts > 1 else ""
        return f"{self.summary}: {shortened(self.title, 120)}{part}"


def notices(
    alert: Alert, page: WatchedPage, found: Comparison, pages: AlertPages
) -> tuple[Notice, ...]:
    """Returns what an alert has to tell, in notices of at most `MOST_PAPERS` papers."""
    news = [
        *(("new", notice_paper(paper, pages)) for paper in found.new),
        *(("changed", notice_paper(paper, pages)) for paper in found.changed),
        *(("removed", NoticePaper(id=paper_id, title=paper_id)) for paper_id in found.removed),
    ]
    chunks = list(_chunks(news))
    title = one_line(alert.title or page.title)
    return tuple(
        Notice(
            id=_notice_id(alert, found, number, chunk),
            alert=alert.name,
            title=title,
            page=page.address,
            generation=found.generation,
            built=found.built,
            part=number,
            parts=len(chunks),
            new=tuple(paper for kind, paper in chunk if kind == "new"),
            changed=tuple(paper for kind, paper in chunk if kind == "changed"),
            removed=tuple(paper for kind, paper in chunk if kind == "removed"),
        )
        for number, chunk in enumerate(chunks, 1)
    )


def notice_paper(paper: Paper, pages: AlertPages) -> NoticePaper:
    """Returns a paper as it is told; hostile characters in it are gone."""
    names = [one_line(unnumbered(name)) for name in paper.authors[:_AUTHORS]]
    more = len(paper.authors) - len(names)
    return NoticePaper(
        id=one_line(paper.id),
        title=one_line(plain(paper.title)) or paper.id,
        authors=", ".join(names) + (f" and {more:,} more" if more else ""),
        venue=one_line(paper.venue),
        year=paper.year,
        doi=one_line(paper.doi),
        address=pages.paper_address(paper),
        abstract=shortened(one_line(plain(paper.abstract)), _ABSTRACT),
    )


def notice_json(notice: Notice) -> dict[str, Any]:
    """Writes a notice as the JSON that webhooks get and state files keep."""
    return asdict(notice)


def notice_of(value: Any) -> Notice:
    """Reads what `notice_json` wrote.

    Raises:
        KeyError, TypeError, ValueError: when it is something else.
    """
    lists = {
        kind: tuple(NoticePaper(**entry) for entry in value[kind])
        for kind in ("new", "changed", "removed")
    }
    notice = Notice(**{**value, **lists})
    texts = (notice.id, notice.alert, notice.title, notice.page, notice.generation, notice.built)
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a text is expected")
    return notice


def one_line(text: str) -> str:
    r"""Returns a text in one line, without control, format and half characters.

    >>> one_line("a\r\nBcc: b\u202e\x1b[31m")
    'a Bcc: b[31m'
    """
    joined = _BLANKS.sub(" ", text).strip()
    if joined.isprintable():
        return joined
    kept = (
        char
        for char in joined
        if char in "\u200c\u200d" or not unicodedata.category(char).startswith("C")
    )
    return "".join(kept)


def shortened(text: str, length: int) -> str:
    """Returns a text cut after a word, with an ellipsis, so that it has at most some characters."""
    if len(text) <= length:
        return text
    return f"{text[: length - 1].rpartition(' ')[0] or text[: length - 1]}…"


def _chunks(
    news: Sequence[tuple[str, NoticePaper]],
) -> Iterator[Sequence[tuple[str, NoticePaper]]]:
    for start in range(0, len(news), MOST_PAPERS):
        yield news[start : start + MOST_PAPERS]


def _notice_id(
    alert: Alert, found: Comparison, number: int, chunk: Sequence[tuple[str, NoticePaper]]
) -> str:
    papers = [
        (kind, paper.id, found.digests[paper.id])
        for kind, paper in chunk
        if paper.id in found.digests
    ]
    told = repr((alert.name, alert.fingerprint, found.generation, number, papers))
    return hashlib.blake2b(told.encode(errors="replace"), digest_size=10).hexdigest()
