"""The flow of records adds up, also where a part of the index was built without one."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import build_index, flow_json, flow_of, open_index
from indexer.generations.record_flow import EARLIER, SourceFlow
from indexer.paper import Paper

COUNTS = st.integers(0, 200)
SOURCES = st.lists(
    st.tuples(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS).map(
        lambda counts: SourceFlow("dump", sum(counts), *counts[1:])
    ),
    min_size=1,
    max_size=4,
)


@given(SOURCES, st.integers(0, 1_500))
@settings(max_examples=60, deadline=None)
def test_what_was_read_less_what_was_removed_is_left(
    sources: list[SourceFlow], papers: int
) -> None:
    flow = flow_json(sources, papers)

    assert flow["read"] - sum(flow["removed"].values()) == flow["left"] == papers
    assert min(flow["removed"].values()) >= 0
    assert sum(source["read"] for source in flow["sources"]) == flow["read"]
    left = sum(source["left"] for source in flow["sources"])
    assert left - flow["removed"]["updated"] == papers


def test_papers_of_builds_without_a_flow_are_a_source(tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    with index.writer() as writer:
        for number in range(3):
            writer.add(Paper(id=f"old{number}", title=f"Old paper {number}"))
    with index.searcher() as searcher:
        assert flow_json(flow_of(searcher), 3)["sources"] == []
    dump = tmp_path / "new.jsonl"
    dump.write_text("".join(
        json.dumps({"id": paper_id, "title": f"Paper {paper_id}"}) + "\n"
        for paper_id in ("new", "old0")
    ))  # fmt: skip

    build_index([str(dump)], index, rebuild=False)

    with index.searcher() as searcher:
        flow = flow_json(flow_of(searcher), searcher.info().papers)
    assert [(one["source"], one["left"]) for one in flow["sources"]] == [
        (EARLIER, 2),
        (str(dump), 2),
    ]
    assert (flow["read"], flow["left"]) == (4, 4)
