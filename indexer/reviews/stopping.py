"""When screening may stop: a test of whether enough of the relevant papers have been found.

Callaghan & Müller-Hansen 2020, "Statistical stopping criteria for automated screening in systematic
reviews", Systematic Reviews 9:273 (https://doi.org/10.1186/s13643-020-01521-4), their criterion for
ranked screening: the papers screened last are taken as a sample of those that were left before
them. If as many relevant papers were left as a recall below the target would mean, so few among
the last ones would be unlikely. Papers screened in order of relevance hold more relevant ones than
a random sample, so the test errs on the side of going on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

TARGET: Final = 0.95
"""The recall that is tested for, as in most of the literature on screening."""
LEVEL: Final = 0.05
"""The probability below which screening may stop."""
_MOST_RELEVANT: Final = 300
"""Relevant papers of the last sample that are looked at; a larger sample decides nothing new."""


@dataclass(frozen=True, slots=True)
class StoppingEstimate:
    """How likely the labels would be if recall were still below the target.

    Attributes:
        target: share of the relevant papers that are to be found, 0 to 1.
        probability: of so few relevant papers among the last ones, 0 to 1; 1 without any label.
    """

    target: float
    probability: float

    @property
    def may_stop(self) -> bool:
        """Whether the probability is below `LEVEL`."""
        return self.probability < LEVEL


def stopping_estimate(
    is_included: Sequence[bool], papers: int, target: float = TARGET
) -> StoppingEstimate:
    """Tests whether recall is at least the target.

    Args:
        is_included: the labels of the papers screened, in the order of screening.
        papers: number of all papers, screened or not.
        target: recall, above 0 and at most 1.

    >>> stopping_estimate([True] * 10 + [False] * 190, 205).may_stop
    True
    >>> stopping_estimate([True] * 10 + [False] * 190, 2000).may_stop
    False
    """
    screened, found = len(is_included), sum(is_included)
    if not found:
        return StoppingEstimate(target, 1.0)
    if screened >= papers:
        return StoppingEstimate(target, 0.0)
    least = 1.0
    in_sample = 0
    for size, label in enumerate([*reversed(is_included), True]):
        # Of samples with the same number of relevant papers the largest tells the most.
        if label and size:
            remaining = papers - (screened - size)
            # The fewest relevant papers among the remaining that mean a recall below the target.
            missing = math.floor(found / target) + 1 - (found - in_sample)
            least = min(least, _at_most(in_sample, remaining, missing, size))
        in_sample += label
        if in_sample > _MOST_RELEVANT:
            break
    return StoppingEstimate(target, least)


def _at_most(found: int, papers: int, relevant: int, drawn: int) -> float:
    """Returns the probability of at most `found` relevant papers among those drawn at random.

    The cumulative hypergeometric distribution: `drawn` of `papers`, of which `relevant` are such.
    """
    if relevant > papers:
        return 0.0
    whole = _log_choose(papers, drawn)
    total = 0.0
    for number in range(max(0, drawn + relevant - papers), min(found, relevant, drawn) + 1):
        log = _log_choose(relevant, number) + _log_choose(papers - relevant, drawn - number)
        total += math.exp(log - whole)
    return min(1.0, total)


def _log_choose(total: int, chosen: int) -> float:
    return math.lgamma(total + 1) - math.lgamma(chosen + 1) - math.lgamma(total - chosen + 1)
