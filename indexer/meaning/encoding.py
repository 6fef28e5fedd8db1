"""The sentence encoder in NumPy: nothing to install, some three times slower than ctranslate2.

BERT (Devlin et al. 2019): embeddings, layers of self-attention and feed-forward, each normalised;
the vector of a text is the mean over its word pieces, of length 1 (Reimers & Gurevych 2019,
"Sentence-BERT", https://aclanthology.org/D19-1410).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from indexer.meaning.weights import Floats, Layer, Linear, Norm, Weights

_EPSILON: Final = 1e-12
_MASKED: Final = np.float32(-1e9)


class NumpyEncoder:
    """Encodes lists of word piece ids; safe to use from several threads."""

    name: Final = "numpy"

    def __init__(self, weights: Weights) -> None:
        """Holds the weights; each layer's query, key and value are multiplied by at once."""
        self._weights = weights
        self._joined = tuple(_joined(layer) for layer in weights.layers)

    def encode(self, batch: Sequence[Sequence[int]]) -> Floats:
        """Returns a vector of length 1 a text: float32[texts, width].

        Args:
            batch: the ids of each text; texts of like length cost least.
        """
        weights = self._weights
        lengths = np.array([len(ids) for ids in batch])
        longest = int(lengths.max())
        ids = np.zeros((len(batch), longest), np.int64)
        present = np.arange(longest) < lengths[:, None]
        ids[present] = np.concatenate([np.asarray(ids_, np.int64) for ids_ in batch])
        hidden = weights.words[ids] + weights.segments[0] + weights.positions[:longest]
        hidden = _normalised(hidden.astype(np.float32), weights.norm)
        bias = None if present.all() else np.where(present, np.float32(0), _MASKED)[:, None, None]
        for layer, joined in zip(weights.layers, self._joined, strict=True):
            hidden = _layer(hidden, layer, joined, weights.heads, bias)
        return pooled(hidden, lengths)


def pooled(hidden: Floats, lengths: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    """Returns the mean over the word pieces of each text, of length 1.

    Args:
        hidden: float32[texts, longest, width].
        lengths: word pieces of each text.
    """
    present = (np.arange(hidden.shape[1]) < lengths[:, None])[:, :, None]
    means = np.where(present, hidden, 0).sum(1) / lengths[:, None]
    norms = np.linalg.norm(means, axis=1, keepdims=True)
    vectors: Floats = (means / np.maximum(norms, 1e-9)).astype(np.float32)
    return vectors


def _joined(layer: Layer) -> Linear:
    parts = (layer.query, layer.key, layer.value)
    return Linear(
        np.ascontiguousarray(np.concatenate([part.weight for part in parts], axis=1)),
        np.concatenate([part.bias for part in parts]),
    )


def _layer(hidden: Floats, layer: Layer, joined: Linear, heads: int, bias: Floats | None) -> Floats:
    texts, longest, width = hidden.shape
    split = _mapped(hidden, joined).reshape(texts, longest, 3, heads, width // heads)
    query, key, value = split.transpose(2, 0, 3, 1, 4)
    scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(width // heads))
    if bias is not None:
        scores += bias
    scores -= scores.max(-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(-1, keepdims=True)
    attended = (scores @ value).transpose(0, 2, 1, 3).reshape(texts, longest, width)
    hidden = _normalised(hidden + _mapped(attended, layer.attention), layer.attention_norm)
    inner = _gelu(_mapped(hidden, layer.inner))
    return _normalised(hidden + _mapped(inner, layer.outer), layer.outer_norm)


def _mapped(values: Floats, linear: Linear) -> Floats:
    flat = values.reshape(-1, values.shape[-1]) @ linear.weight
    flat += linear.bias
    result: Floats = flat.reshape(*values.shape[:-1], -1)
    return result


def _normalised(values: Floats, norm: Norm) -> Floats:
    values = values - values.mean(-1, keepdims=True)
    values /= np.sqrt((values * values).mean(-1, keepdims=True) + _EPSILON)
    values *= norm.gain
    values += norm.bias
    return values


def _gelu(values: Floats) -> Floats:
    """Returns x times the normal distribution function of x (Hendrycks & Gimpel 2016).

    The error function is 7.1.26 of Abramowitz & Stegun 1964, within 1.5e-7.
    """
    scaled = np.abs(values) * np.float32(1 / np.sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * scaled)
    series = np.full_like(t, 1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series *= t
        series += np.float32(factor)
    series *= t
    tail = series * np.exp(-scaled * scaled)
    result: Floats = 0.5 * values * (1 + np.copysign(1 - tail, values))
    return result
