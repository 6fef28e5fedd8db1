"""One query while it is executed: its remaining budget, and the terms it has looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.budget import Budget
from indexer.query import Leaf

if TYPE_CHECKING:
    from indexer.backends.whoosh.scoring.ranked_docs import Ranked
    from indexer.backends.whoosh.scoring.term_scores import ScoredTerm
    from indexer.query_analysis.plan import Plan
    from indexer.query_analysis.terms import TextTerm


class Execution:
    """State of a query from planning to its explanation; for one thread.

    Attributes:
        budget: charged for what is read.
        terms: scored terms that were looked up. A term stays, whatever the caches evict meanwhile,
            so that all parts of a page agree on its docs.
        best: the rescored candidates of a plan, best first, for the parts of a page after its hits.
        cut: leaves left out of the evaluation, with what the receipt says of them.
    """

    __slots__ = ("best", "budget", "cut", "terms")

    def __init__(self, budget: Budget | None = None) -> None:
        """Starts without terms."""
        self.budget = budget or Budget()
        self.terms: dict[TextTerm, ScoredTerm] = {}
        self.cut: dict[Leaf, str] = {}
        self.best: tuple[Plan, Ranked] | None = None
