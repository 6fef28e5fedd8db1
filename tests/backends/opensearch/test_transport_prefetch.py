"""Papers that were listed are read together, and none that was not."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.backends.opensearch.transport import BLOCK, ReadAhead
from indexer.paper import Paper


def test_a_listed_block_is_read_at_once() -> None:
    asked: list[int] = []

    def read(ids: Sequence[str]) -> dict[str, Paper]:
        asked.append(len(ids))
        return {one: Paper(one, f"Title of {one}") for one in ids if one != "3"}

    ahead = ReadAhead(read)
    assert ahead.paper("1") is None
    found = []
    for one in ahead.listed(iter([str(n) for n in range(BLOCK + 5)])):
        paper = ahead.paper(one)
        found.append(paper.id if paper else "")
        assert paper is None or paper.title == f"Title of {one}"

    assert found == ["" if n == 3 else str(n) for n in range(BLOCK + 5)]
    assert asked == [BLOCK, 5]
    assert ahead.paper("0") is None


def test_listing_alone_reads_nothing() -> None:
    def read(ids: Sequence[str]) -> dict[str, Paper]:
        raise AssertionError(ids)

    ahead = ReadAhead(read)
    assert len(list(ahead.listed(iter("abc")))) == 3
    assert ahead.paper("z") is None
