"""One query while it is answered: what it may still cost, and the terms it has found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.budget import Budget
from indexer.query import Leaf

if TYPE_CHECKING:
    from indexer.backends.whoosh.lookup.scored import ScoredTerm
    from indexer.matching.terms import TextTerm


class Execution:
    """What goes with a query from planning to explaining it; for one thread.

    Attributes:
        budget: counts what it uses.
        terms: those that were found. A term that was afforded once stays, whatever the caches
            drop meanwhile, so that every part of a page speaks of the same papers.
        cut: leaves that are left out of the evaluation, with what the receipt says of them.
    """

    __slots__ = ("budget", "cut", "terms")

    def __init__(self, budget: Budget | None = None) -> None:
        """Begin with nothing found."""
        self.budget = budget or Budget()
        self.terms: dict[TextTerm, ScoredTerm] = {}
        self.cut: dict[Leaf, str] = {}
