"""ChunkTable of text are numbered as a dictionary would number them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from indexer.backends.whoosh.indexing.chunk_hashing import ChunkTable


class Learnt:
    """Numbers pieces as they come, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    def __call__(self, pieces: Sequence[str], kinds: Sequence[bool]) -> NDArray[np.int32]:
        before = len(self.asked)
        self.asked += zip(pieces, kinds, strict=True)
        return np.arange(before, len(self.asked), dtype=np.int32)


STRETCHES = st.lists(st.tuples(st.text("ab\x00é \ud800", max_size=12), st.booleans()), max_size=8)


@given(st.lists(STRETCHES, max_size=4))
@example([[("a a\x00 \x00", False)], [("a", True), ("a", False)]])
def test_each_piece_is_learnt_once(batches: list[list[tuple[str, bool]]]) -> None:
    learnt = Learnt()
    pieces = ChunkTable(learnt)

    for batch in batches:
        raws = [text.encode("utf-8", "surrogatepass") for text, _ in batch]
        numbers, ends = pieces.number_chunks(raws, [kind for _, kind in batch])

        assert len(ends) == len(batch) + 1
        for (text, kind), start, end in zip(batch, ends[:-1], ends[1:], strict=True):
            expected = [(piece, kind) for piece in text.split(" ") if piece]
            assert [learnt.asked[number] for number in numbers[start:end]] == expected
    assert len(set(learnt.asked)) == len(learnt.asked) == len(pieces)


def test_the_table_grows_and_many_texts_are_looked_at_in_parts() -> None:
    learnt = Learnt()
    pieces = ChunkTable(learnt)
    texts = [
        " ".join(f"w{at}" for at in range(low, low + 500)).encode() for low in range(0, 60_000, 250)
    ]

    for _ in range(2):
        numbers, ends = pieces.number_chunks(texts, [False] * len(texts))
        assert [learnt.asked[number][0] for number in numbers[ends[7] : ends[8]]] == texts[
            7
        ].decode().split()
    assert len(pieces) == 60_250


def test_long_pieces_made_to_collide_do_not() -> None:
    """Thue-Morse words hash alike in every sum of powers modulo 2**64."""
    word, other = "a", "b"
    for _ in range(11):
        word, other = word + other, other + word
    learnt = Learnt()

    numbers, _ = ChunkTable(learnt).number_chunks([f"{word} {other}".encode()], [False])

    assert numbers.tolist() == [0, 1]
