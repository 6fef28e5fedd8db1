"""Which paper of the index a labelled record is: by its id, its DOI, then its title and year.

A title matches where both have the same letters and digits, case and accents aside, and the years
are the same or one is not known. A title that several papers have decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from indexer.paper import Paper
from indexer.query import Match, Phrase, Query, Value
from indexer.record.identifier_forms import identifier_of
from indexer.related.duplicates import DuplicateDecisions
from indexer.reviews.labels import Label, PaperLabels
from indexer.reviews.labels_file import LabelledRecord
from indexer.search import Searcher
from indexer.text.display import plain
from indexer.text.folding import fold

_TITLED: Final = 20
"""Papers with the words of a title that are compared."""


def title_key(title: str) -> str:
    """Returns the letters and digits of a title, folded.

    >>> title_key("Non-Convex  Optimization: a Survey")
    'nonconvexoptimizationasurvey'
    """
    return "".join(char for char in fold(plain(title)).text.casefold() if char.isalnum())


def match_record(searcher: Searcher, record: LabelledRecord) -> Paper | None:
    """Returns the paper that a labelled record is; None where no paper or several are."""
    if record.id and (paper := searcher.get(record.id)) is not None:
        return paper
    known = identifier_of("doi", record.doi) if record.doi else None
    if known is not None:
        found = _papers(searcher, Query(clause=Value("identifier", str(known)), match=Match.ALL))
        if len(found) == 1:
            return found[0]
    key = title_key(record.title)
    if not key:
        return None
    phrase = Phrase(" ".join(plain(record.title).split()), field="title")
    found = [
        paper
        for paper in _papers(searcher, Query(clause=phrase, match=Match.ALL))
        if title_key(paper.title) == key and _same_year(paper.year, record.year)
    ]
    return found[0] if len(found) == 1 else None


def _papers(searcher: Searcher, query: Query) -> list[Paper]:
    papers = (searcher.get(paper_id) for paper_id in islice(searcher.ids(query), _TITLED))
    return [paper for paper in papers if paper is not None]


def _same_year(one: int | None, other: int | None) -> bool:
    return one is None or other is None or one == other


class LabelMatcher:
    """Matches labelled records with the papers of a build, as they are read."""

    def __init__(self, records: Sequence[LabelledRecord]) -> None:
        """Begins with no paper met.

        Args:
            records: of the file of labels.
        """
        self._records = records
        self._by_id = {record.id: at for at, record in enumerate(records) if record.id}
        self._by_doi: dict[str, list[int]] = {}
        self._by_title: dict[str, list[int]] = {}
        for at, record in enumerate(records):
            known = identifier_of("doi", record.doi) if record.doi else None
            if known is not None:
                self._by_doi.setdefault(known.value.casefold(), []).append(at)
            if key := title_key(record.title):
                self._by_title.setdefault(key, []).append(at)
        self._found: tuple[dict[int, set[str]], ...] = ({}, {}, {})

    def meet(self, paper: Paper) -> None:
        """Takes note of a paper of the build."""
        if not self._records:
            return
        at = self._by_id.get(paper.id)
        if at is not None:
            self._found[0].setdefault(at, set()).add(paper.id)
        for place in self._by_doi.get(paper.doi.casefold(), ()) if paper.doi else ():
            self._found[1].setdefault(place, set()).add(paper.id)
        for place in self._by_title.get(title_key(paper.title), ()) if self._by_title else ():
            if _same_year(paper.year, self._records[place].year):
                self._found[2].setdefault(place, set()).add(paper.id)

    def labels(
        self, base: Searcher | None, decisions: DuplicateDecisions
    ) -> tuple[PaperLabels, int]:
        """Returns the labels of the papers of the new generation, and how many match no paper.

        Args:
            base: what an update begins with; None for a build from scratch.
            decisions: a label of a paper that they leave out is that of the preferred one.
        """
        ids: list[str | None] = []
        for at, record in enumerate(self._records):
            ways = (found[at] for found in self._found if at in found)
            sure = next((next(iter(papers)) for papers in ways if len(papers) == 1), None)
            if sure is None and base is not None:
                paper = match_record(base, record)
                sure = paper.id if paper is not None else None
            work = decisions.work(sure) if sure is not None else None
            ids.append(work.preferred if work is not None else sure)
        return labels_in_order(self._records, ids), ids.count(None)


def labels_in_order(records: Iterable[LabelledRecord], ids: Iterable[str | None]) -> PaperLabels:
    """Returns the labels of matched records; of several of one paper the last counts.

    Args:
        records: in the order of labelling.
        ids: the paper of each; None where it matches none.
    """
    last: dict[str, Label] = {}
    for record, paper_id in zip(records, ids, strict=True):
        if paper_id is not None:
            last.pop(paper_id, None)
            last[paper_id] = record.label
    return PaperLabels(tuple(last.items()))
