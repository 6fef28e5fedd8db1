"""Labels of screened papers beside a result: how many papers have each, and the search of these.

A label is a condition of the query itself (``label:included``), as `indexer.reviews.labels` keeps
it, and no filter in the address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from indexer import Or, Query, format_clause, label_asked, parse_query, without_label

_LABELS: Final = (("included", "Included"), ("excluded", "Excluded"), ("none", "Not screened"))


@dataclass(frozen=True, slots=True)
class LabelChoice:
    """A label of the papers of an answer.

    Attributes:
        label: in words.
        count: papers after following `href`; of the chosen label, those of the answer.
        href: the search of these papers; for the chosen label, the search without it.
        is_chosen: whether the query asks for it.
    """

    label: str
    count: int
    href: str
    is_chosen: bool


def label_choices(
    query: Query,
    read: Callable[[Query], Query],
    count: Callable[[Query], int],
    write: Callable[[Query], str],
) -> tuple[LabelChoice, ...]:
    """Returns the labels beside an answer.

    Args:
        query: of the answer, its `Match` settled.
        read: reads a query as the page of results does, so that the counts are those of the pages.
        count: counts the papers of a query.
        write: writes the address of a query.
    """
    chosen = label_asked(query.clause)
    base = replace(query, page=1)
    if chosen:
        base = replace(base, text=format_clause(without_label(query.clause)))
    choices = []
    for name, label in _LABELS:
        text = base.text if name == chosen else labelled_text(base.text, name)
        narrowed = replace(query if name == chosen else _parsed(base, text), per_page=0)
        counted = count(narrowed if name == chosen else read(narrowed))
        href = write(replace(base, text=text))
        choices.append(LabelChoice(label, counted, href, name == chosen))
    return tuple(choices)


def labelled_text(text: str, label: str) -> str:
    """Returns a query that also asks for a label.

    >>> labelled_text("bees OR honey", "none"), labelled_text("bees", "included")
    ('(bees OR honey) label:none', 'bees label:included')
    """
    asked = parse_query(text)
    if asked.repairs:  # a parenthesis that is never closed would take the label in
        text = format_clause(asked.clause)
    if isinstance(asked.clause, Or):
        text = f"({text})"
    return f"{text} label:{label}".strip()


def _parsed(query: Query, text: str) -> Query:
    """Returns a query of another text, with the filters and order of this one."""
    return replace(query, text=text, clause=parse_query(text).clause, typed=(), author=None)
