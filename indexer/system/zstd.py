"""Zstandard (RFC 8878) by the package at hand: the standard library's, its backport, or zstandard.

Python 3.14 has `compression.zstd`; `backports.zstd` is the same module for older versions. Both
make a new context for every frame they read, which takes longer than the frame of one paper (15 µs
instead of 3 on 1.4 kB). `zstandard`, which comes with the extra `fast`, keeps its contexts; it is
used where it is installed, to read single frames only, so what is written never depends on it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

zstandard: Any
try:
    import zstandard
except ImportError:  # without the extra
    zstandard = None

LEVEL: Final = 3
ZstdError: Final = zstd.ZstdError
StreamDecompressor: TypeAlias = zstd.ZstdDecompressor
"""Reads one frame piece by piece: `decompress`, then `eof` and `unused_data`."""
FrameReader: TypeAlias = Callable[[Any], bytes]
"""Reads one whole frame; not to be shared between threads."""


def train(samples: Sequence[bytes], size: int) -> bytes:
    """Returns a dictionary of what samples have in common; empty where that is too little.

    Args:
        samples: texts like those that are to be compressed.
        size: bytes of the dictionary, at most.
    """
    try:
        return bytes(zstd.train_dict(samples, size).dict_content)
    except zstd.ZstdError:
        return b""


def compress_each(lines: Iterable[bytes], dictionary: bytes = b"") -> list[bytes]:
    """Returns each line as a frame of its own, without the number of the dictionary in it."""
    parameter = zstd.CompressionParameter
    compressor = zstd.ZstdCompressor(
        options={parameter.compression_level: LEVEL, parameter.dict_id_flag: 0},
        zstd_dict=zstd.ZstdDict(dictionary).as_digested_dict if dictionary else None,
    )
    return [compressor.compress(line, compressor.FLUSH_FRAME) for line in lines]


def frame_reader(dictionary: bytes, most: int) -> FrameReader:
    """Returns a function that reads one whole frame.

    Args:
        dictionary: with which the frame was compressed; empty for none.
        most: bytes that a frame may unpack to.

    The function raises `ValueError` when the frame is damaged, is cut short, is followed by
    anything, or unpacks to more than `most` bytes.
    """
    return _cached_context(dictionary, most) if zstandard else _new_contexts(dictionary, most)


def _cached_context(dictionary: bytes, most: int) -> FrameReader:
    loaded = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    context = zstandard.ZstdDecompressor(dict_data=loaded)

    def read(frame: Any) -> bytes:
        try:
            # `max_output_size` binds only frames that do not say how long their content is.
            if zstandard.frame_content_size(frame) > most:
                raise ValueError("the frame unpacks to too much")
            data: bytes = context.decompress(frame, max_output_size=most)
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from error
        return data

    return read


def _new_contexts(dictionary: bytes, most: int) -> FrameReader:
    loaded = zstd.ZstdDict(dictionary) if dictionary else None

    def read(frame: Any) -> bytes:
        context = zstd.ZstdDecompressor(zstd_dict=loaded)
        try:
            data = context.decompress(frame, max_length=most)
        except zstd.ZstdError as error:
            raise ValueError(str(error)) from error
        if not context.eof:
            raise ValueError("the frame is cut short or unpacks to too much")
        if context.unused_data:
            raise ValueError("something follows the frame")
        return data

    return read
