"""What this collection knows of each reference of a bibliography.

A reference is found; or found, but differs field by field; or not in this collection. Nothing is
said of references that are not here: they may well exist elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from indexer.citation import write_citations
from indexer.citation.person import person_of
from indexer.paper import Paper, unnumbered
from indexer.query import And, Match, Query, Word
from indexer.references.bibliography import GivenReference
from indexer.references.match import find_paper
from indexer.references.parse import words_of
from indexer.related.works import versions_among
from indexer.search import Searcher

Status = Literal["found", "differs", "not here", "unread"]
STATUS_WORDS: Final[dict[Status, str]] = {
    "found": "found",
    "differs": "found, but differs",
    "not here": "not in this collection",
    "unread": "could not be read",
}
_PREPRINTS: Final = re.compile(
    r"arxiv|corr|biorxiv|medrxiv|preprint|ssrn|openreview", re.IGNORECASE
)
_TITLED: Final = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which a reference and the paper here differ.

    Attributes:
        field: "title", "authors", "year", "venue", "doi", "pages".
        given: what the reference says. here: what this collection has.
    """

    field: str
    given: str
    here: str


@dataclass(frozen=True, slots=True)
class ReferenceReport:
    """What is known of one reference.

    Attributes:
        paper: the one it names; None where it is not here.
        published_as: where the paper is a preprint, the publication of the same work.
    """

    given: GivenReference
    status: Status
    paper: Paper | None = None
    differences: tuple[Difference, ...] = ()
    published_as: Paper | None = None


def check_references(
    searcher: Searcher, given: Iterable[GivenReference]
) -> Iterator[ReferenceReport]:
    """Returns what is known of each reference, in order, lazily."""
    for reference in given:
        if reference.fault:
            yield ReferenceReport(reference, "unread")
            continue
        match = find_paper(searcher, reference.reference)
        if match is None:
            yield ReferenceReport(reference, "not here")
            continue
        differences = tuple(_differences(reference, match.paper, match.title))
        yield ReferenceReport(
            reference,
            "differs" if differences else "found",
            match.paper,
            differences,
            _published(searcher, match.paper),
        )


def report_json(report: ReferenceReport) -> dict[str, Any]:
    """Returns a report as JSON values; what is empty is left out."""
    given, paper = report.given, report.paper
    written: dict[str, Any] = {"number": given.number, "status": report.status}
    if given.reference.key:
        written["key"] = given.reference.key
    written["reference"] = given.reference.text
    if given.fault:
        written["fault"] = given.fault
    if paper is not None:
        written |= {"id": paper.id, "title": paper.title, "authors": list(paper.authors)}
        written |= {"year": paper.year, "venue": paper.venue, "doi": paper.doi, "url": paper.url}
    if report.differences:
        written["differences"] = [
            {"field": difference.field, "given": difference.given, "here": difference.here}
            for difference in report.differences
        ]
    if report.published_as is not None:
        other = report.published_as
        written["published_as"] = {
            "id": other.id, "title": other.title, "year": other.year, "venue": other.venue,
        }  # fmt: skip
    return written


def corrected_bibtex(reports: Iterable[ReferenceReport]) -> Iterator[str]:
    """Writes the references as BibTeX, those found with this collection's fields.

    The user's keys stay. A reference that is not here stays as it was given; one of a pasted list
    becomes a comment, for it has no fields.
    """
    taken: set[str] = set()
    for report in reports:
        paper = report.paper or report.given.paper
        if paper is None:
            text = " ".join((report.given.reference.text or report.given.fault).split())
            yield f"% {STATUS_WORDS[report.status]}: {text}\n\n"
            continue
        entry = "".join(write_citations([paper], "bibtex"))
        key = report.given.reference.key
        if not key:
            made = re.match(r"@\w+\{([^,\s]+)", entry)
            base = key = made[1] if made else "paper"
            number = 2
            while key.lower() in taken:
                key, number = f"{base}-{number}", number + 1
        taken.add(key.lower())
        note = "" if report.paper else f"% {STATUS_WORDS[report.status]}\n"
        head, _, rest = entry.partition("{")
        yield f"{note}{head}{{{key},{rest.partition(',')[2]}"


def _differences(given: GivenReference, paper: Paper, likeness: float) -> Iterator[Difference]:
    reference, record = given.reference, given.paper
    title = words_of(paper.title)
    same = any(words_of(other) == title for other in reference.titles)
    if not same and (record is not None or likeness < 0.85) and reference.titles:
        joined = {"".join(words_of(other)) for other in reference.titles}
        if "".join(title) not in joined:
            yield Difference("title", reference.titles[0], paper.title)
    if record is not None:
        if record.authors and paper.authors and _other_people(record, paper):
            yield Difference("authors", "; ".join(record.authors), "; ".join(paper.authors))
    elif paper.authors and not _named(paper.authors[0], reference.words):
        yield Difference("authors", "", "; ".join(paper.authors))
    if paper.year is not None and reference.years and paper.year not in reference.years:
        yield Difference("year", str(reference.year), str(paper.year))
    if (
        record is not None
        and record.venue
        and paper.venue
        and (words_of(record.venue) != words_of(paper.venue))
    ):
        yield Difference("venue", record.venue_name, paper.venue_name)
    doi = next(
        (identifier.value for identifier in reference.identifiers if identifier.scheme == "doi"), ""
    )
    if doi and paper.doi and doi != paper.doi and not doi.startswith("10.48550/"):
        yield Difference("doi", doi, paper.doi)
    pages = paper.publication.pages
    if (
        reference.pages
        and pages
        and re.findall(r"\d+", pages) != re.findall(r"\d+", reference.pages)
    ):
        yield Difference("pages", reference.pages, pages)


def _families(paper: Paper) -> list[tuple[str, ...]]:
    return [words_of(person_of(unnumbered(name)).family)[-1:] for name in paper.authors]


def _other_people(record: Paper, paper: Paper) -> bool:
    """Whether the author lists differ in a family name, lists that are cut short aside."""
    mine, theirs = _families(record), _families(paper)
    shorter = min(len(mine), len(theirs))
    cut = not record.authors_complete or not paper.authors_complete
    if mine[:shorter] != theirs[:shorter]:
        everyone = set(words_of(" ".join(paper.authors)))
        return any(not set(name) <= everyone for name in mine)
    return len(mine) != len(theirs) and not cut


def _named(name: str, words: tuple[str, ...]) -> bool:
    parts = words_of(unnumbered(name))
    return not parts or any(part in words for part in parts if len(part) > 1)


def _published(searcher: Searcher, paper: Paper) -> Paper | None:
    """Returns the publication of a preprint, where it is in the collection, too."""
    if paper.venue and not _PREPRINTS.search(paper.venue):
        return None
    words = sorted(dict.fromkeys(words_of(paper.title)), key=len, reverse=True)[:5]
    if not words:
        return None
    clause = And(tuple(Word(word, "title") for word in words)) if len(words) > 1 else Word(words[0])
    hits = searcher.search(Query(clause=clause, match=Match.ALL, per_page=_TITLED), facets=()).hits
    others = [hit.paper for hit in hits if hit.paper.id != paper.id]
    same = versions_among([paper, *others]).get(paper.id, ())
    published = [
        version for version in same if version.venue and not _PREPRINTS.search(version.venue)
    ]
    return max(published, key=lambda version: (version.year or 0, version.id), default=None)
