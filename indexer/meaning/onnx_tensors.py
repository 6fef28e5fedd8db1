"""Reads the weights of an ONNX file: the stored tensors of its graph, by name.

An ONNX file is one protocol buffer (https://protobuf.dev/programming-guides/encoding/); of the
message ModelProto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) only the tensors, and
which tensors the nodes of the graph read, are looked at. Nothing in the file is executed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_GRAPH, _NODE, _INITIALIZER = 7, 1, 5
_DIMS, _TYPE, _NAME, _RAW = 1, 2, 8, 9
_INPUT, _OUTPUT, _OPERATION = 1, 2, 4
_DTYPES: Final = {1: "<f4", 2: "|u1", 3: "|i1", 6: "<i4", 7: "<i8", 9: "|b1"}
"""TensorProto.DataType of the tensors that are read."""
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


@dataclass(frozen=True, slots=True)
class Node:
    """One operation of a graph, with the names of the tensors it reads and writes."""

    operation: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """What a file holds.

    Attributes:
        tensors: stored tensors by name, little-endian, read-only.
        nodes: in the order of the file, which is one in which they can be computed.
    """

    tensors: Mapping[str, NDArray[Any]]
    nodes: tuple[Node, ...]


def read_graph(data: bytes) -> Graph:
    """Returns the stored tensors and the nodes of an ONNX model.

    Args:
        data: the whole file.

    Raises:
        ValueError: when it is not such a file.
    """
    view = memoryview(data)
    tensors: dict[str, NDArray[Any]] = {}
    nodes: list[Node] = []
    try:
        for field, graph in _fields(view):
            if field != _GRAPH or not isinstance(graph, memoryview):
                continue
            for kind, message in _fields(graph):
                if kind == _NODE and isinstance(message, memoryview):
                    nodes.append(_node(message))
                elif kind == _INITIALIZER and isinstance(message, memoryview):
                    name, tensor = _tensor(message)
                    if tensor is not None:
                        tensors[name] = tensor
    except (IndexError, UnicodeDecodeError) as error:
        raise ValueError(f"is not an ONNX file: {error}") from error
    return Graph(tensors, tuple(nodes))


def _node(message: memoryview) -> Node:
    texts: dict[int, list[str]] = {_INPUT: [], _OUTPUT: [], _OPERATION: []}
    for field, value in _fields(message):
        if field in texts and isinstance(value, memoryview):
            texts[field].append(bytes(value).decode())
    return Node("".join(texts[_OPERATION]), tuple(texts[_INPUT]), tuple(texts[_OUTPUT]))


def _tensor(message: memoryview) -> tuple[str, NDArray[Any] | None]:
    """Returns name and values of a tensor; no values where they are of another kind."""
    shape: list[int] = []
    kind, name, raw = 0, "", memoryview(b"")
    for field, value in _fields(message):
        match field, value:
            case 1, int():
                shape.append(value)
            case 1, memoryview():
                shape += _varints(value)
            case 2, int():
                kind = value
            case 8, memoryview():
                name = bytes(value).decode()
            case 9, memoryview():
                raw = value
    if kind not in _DTYPES:
        return name, None
    dtype = np.dtype(_DTYPES[kind])
    if len(raw) != dtype.itemsize * int(np.prod(shape, dtype=np.int64)):
        return name, None
    return name, np.frombuffer(raw, dtype).reshape(shape)


def _fields(view: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yields number and value of each field of a message."""
    at, size = 0, len(view)
    while at < size:
        key, at = _varint(view, at)
        field, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = _varint(view, at)
            yield field, value
            continue
        if kind == _BYTES:
            length, at = _varint(view, at)
        elif kind in (_FIXED64, _FIXED32):
            length = 8 if kind == _FIXED64 else 4
        else:
            raise ValueError(f"is not an ONNX file: a field of kind {kind}")
        if at + length > size:
            raise ValueError("is not an ONNX file, or is cut short")
        yield field, view[at : at + length]
        at += length


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    """Returns a number of variable length, and where it ends."""
    value = shift = 0
    while True:
        byte = view[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
        if shift > 63:
            raise ValueError("is not an ONNX file: a number is too long")


def _varints(view: memoryview) -> Iterator[int]:
    at = 0
    while at < len(view):
        value, at = _varint(view, at)
        yield value
