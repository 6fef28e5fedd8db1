"""The weights of disambiguation: logistic regression from features to a calibrated probability.

They are fitted by `quiver evaluate-authors --fit` and come with the package, with a note of what
they were fitted on; nothing in them is set by hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.authors.clustering.pair_features import FEATURES, LATE

Doubles = NDArray[np.float64]
_FILE: Final = "disambiguation_weights.json"
_STEPS: Final = 30
_PENALTY: Final = 3.0
"""Weight of the squared coefficients of standardised features; of .3 to 30 all give the same two
digits of F1 on the shared collection."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A fitted model.

    Attributes:
        coefficients: float64[FEATURES], of the features as they are.
        intercept: of the log-odds that two papers are one person's.
        threshold: mean log-odds from which two clusters are one.
        slope, offset: log-odds that two clusters are different people are
            ``offset - slope * mean log-odds``.
        provenance: what they were fitted on, and how well they do there.
    """

    coefficients: Doubles
    intercept: float
    threshold: float
    slope: float
    offset: float
    provenance: Mapping[str, Any]

    def log_odds(self, features: NDArray[np.float32]) -> Doubles:
        """Returns the log-odds that the papers of each pair are one person's."""
        return np.asarray(features @ self.coefficients + self.intercept, np.float64)

    def different(self, linkage: NDArray[Any]) -> Doubles:
        """Returns the probability that clusters of a mean log-odds are different people."""
        return logistic(self.offset - self.slope * np.asarray(linkage, np.float64))


def logistic(log_odds: NDArray[Any]) -> Doubles:
    """Returns the probability of some log-odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -60, 60))), np.float64)


def fit_logistic(
    features: NDArray[Any], labels: NDArray[Any], weight: NDArray[Any], *, least: NDArray[Any]
) -> tuple[Doubles, float]:
    """Fits a logistic regression by Newton's method, with a squared penalty.

    Args:
        features: [samples, features].
        labels: [samples], 0 or 1.
        weight: [samples], how much each counts.
        least: [features], lower bound of each coefficient, 0 or -inf; a feature that would go
            below is left out.

    Returns:
        The coefficients and the intercept, of the features as they are.
    """
    features = np.asarray(features, np.float64)
    center, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    kept = np.ones(features.shape[1], np.bool_)
    while True:
        design = np.c_[np.ones(len(features)), (features[:, kept] - center[kept]) / scale[kept]]
        solution = _newton(design, np.asarray(labels, np.float64), weight)
        below = solution[1:] < least[kept]
        if not below.any():
            break
        kept[np.flatnonzero(kept)[below]] = False
    coefficients = np.zeros(features.shape[1])
    coefficients[kept] = solution[1:] / scale[kept]
    return coefficients, float(solution[0] - coefficients @ center)


def _newton(design: Doubles, labels: Doubles, weight: NDArray[Any]) -> Doubles:
    solution = np.zeros(design.shape[1])
    penalty = np.full(design.shape[1], _PENALTY)
    penalty[0] = 1e-6
    for _ in range(_STEPS):
        chance = logistic(design @ solution)
        gradient = design.T @ (weight * (chance - labels)) + penalty * solution
        curvature = (design * (weight * chance * (1 - chance))[:, None]).T @ design
        step = np.linalg.solve(curvature + np.diag(penalty), gradient)
        solution -= step
        if np.abs(step).max() < 1e-8:
            break
    return solution


def lower_bounds() -> Doubles:
    """Returns the lower bound of each coefficient: `LATE` features never speak against."""
    bounds = np.full(len(FEATURES), -np.inf)
    bounds[list(LATE)] = 0.0
    return bounds


def weights_json(weights: Weights) -> str:
    """Writes weights as the package keeps them."""
    body = {
        "provenance": dict(weights.provenance),
        "intercept": round(weights.intercept, 5),
        "coefficients": {
            name: round(float(value), 5)
            for name, value in zip(FEATURES, weights.coefficients, strict=True)
        },
        "threshold": weights.threshold,
        "slope": round(weights.slope, 5),
        "offset": round(weights.offset, 5),
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def read_weights(text: str) -> Weights:
    """Reads what `weights_json` wrote.

    Raises:
        ValueError: when it is of other features than this program computes.
    """
    body = json.loads(text)
    if tuple(body["coefficients"]) != FEATURES:
        raise ValueError("the weights of disambiguation are of other features")
    return Weights(
        np.array(list(body["coefficients"].values()), np.float64),
        body["intercept"],
        body["threshold"],
        body["slope"],
        body["offset"],
        body["provenance"],
    )


@cache
def shipped_weights() -> Weights:
    """Returns the weights that come with the package."""
    return read_weights(files("indexer.authors.clustering").joinpath(_FILE).read_text("utf-8"))
