"""Turning pages: which page links a result carries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """One link of the pager.

    Attributes:
        page: from 1; 0 stands for pages left out.
        href: empty for the current page and for a gap.
    """

    page: int
    href: str


@dataclass(frozen=True, slots=True)
class Pager:
    """The pager below a result; `previous` and `next` are empty where there is none."""

    page: int
    last: int
    turns: tuple[Turn, ...]
    previous: str
    next: str


def last_page(total: int, per_page: int) -> int:
    """Give the number of the last page that holds hits, 1 where there are none."""
    return max(1, -(-total // max(1, per_page)))


def pager(page: int, per_page: int, total: int, href: Callable[[int], str]) -> Pager:
    """Lay out the pages around one: the first, the last and two on either side.

    Args:
        page: the current one, from 1; it may lie past the last.
        per_page: hits a page, at least 1.
        total: hits in all.
        href: gives the address of a page.
    """
    last = last_page(total, per_page)
    wanted = {1, last, *range(max(1, page - 2), min(last, page + 2) + 1)}
    turns: list[Turn] = []
    before = 0
    for one in sorted(wanted):
        if one == before + 2:
            turns.append(Turn(before + 1, href(before + 1)))
        elif one > before + 2:
            turns.append(Turn(0, ""))
        turns.append(Turn(one, "" if one == page else href(one)))
        before = one
    return Pager(
        page=page,
        last=last,
        turns=tuple(turns),
        previous=href(min(page - 1, last)) if page > 1 else "",
        next=href(page + 1) if page < last else "",
    )
