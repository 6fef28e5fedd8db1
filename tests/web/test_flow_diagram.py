"""The flow diagram of a review: its numbers add up, whatever was read, found and labelled."""

from __future__ import annotations

from typing import cast
from xml.etree import ElementTree as ET

from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import RECORD_REMOVALS
from webui.openapi.answers import SearchRecordJson
from webui.presentation.flow_diagram import FlowDiagram, flow_diagram

COUNTS = st.integers(0, 5_000)


@st.composite
def records(draw: st.DrawFn) -> SearchRecordJson:
    """Returns the parts of a record that the diagram reads, in the relations they have."""
    included, excluded, unscreened, others = (draw(COUNTS) for _ in range(4))
    papers = included + excluded + unscreened + others
    removed = {reason: draw(COUNTS) for reason in RECORD_REMOVALS}
    names = draw(st.lists(st.text(max_size=60), max_size=9))
    read = papers + sum(removed.values())
    shares = [read // len(names)] * len(names) if names else []
    if shares:
        shares[0] += read - sum(shares)
    record = {
        "flow": {
            "read": read if names else 0,
            "removed": removed if names else {},
            "left": papers,
            "sources": [
                {"source": name, "read": share, "removed": {}, "left": share}
                for name, share in zip(names, shares, strict=True)
            ],
        },
        "total": included + excluded + unscreened,
        "labelled": {"included": included, "excluded": excluded},
    }
    return cast(SearchRecordJson, record)


def columns(diagram: FlowDiagram) -> tuple[list[int], list[int]]:
    """Returns the numbers of the stages, and of what leaves the flow beside each."""
    left = min(box.x for box in diagram.boxes)
    stages = [box.count for box in diagram.boxes if box.x == left]
    return stages, [box.count for box in diagram.boxes if box.x != left]


@given(records())
@settings(max_examples=40, deadline=None)
def test_each_stage_is_the_one_above_less_what_leaves(record: SearchRecordJson) -> None:
    diagram = flow_diagram(record, RECORD_REMOVALS)

    stages, leaving = columns(diagram)

    assert [above - gone for above, gone in zip(stages, leaving, strict=False)] == stages[1:]
    assert stages[-1] == record["labelled"]["included"]
    sources = record["flow"]["sources"]
    if sources:
        listed = diagram.boxes[0].details
        assert len(listed) == min(len(sources), 5)
        numbers = [int(line.rpartition(": ")[2].replace(",", "")) for line in listed]
        assert sum(numbers) == diagram.boxes[0].count


@given(records())
@settings(max_examples=20, deadline=None)
def test_boxes_do_not_overlap_and_hold_their_lines(record: SearchRecordJson) -> None:
    diagram = flow_diagram(record, RECORD_REMOVALS)
    for box in diagram.boxes:
        assert all(box.y < y < box.y + box.height for y, _ in box.lines)
        assert box.x + diagram.box_width < diagram.width
        assert box.y + box.height < diagram.height
    for x in {box.x for box in diagram.boxes}:
        column = [box for box in diagram.boxes if box.x == x]
        ends = [box.y + box.height for box in column]
        assert all(end < box.y for end, box in zip(ends, column[1:], strict=False))


def test_the_page_and_the_picture_show_the_numbers_of_the_record(client: FlaskClient) -> None:
    record = client.get("/record.json?q=federated").json
    assert record is not None

    page = client.get("/record?q=federated").text
    response = client.get("/record.svg?q=federated")

    assert response.content_type == "image/svg+xml; charset=utf-8"
    picture = ET.fromstring(response.text)  # noqa: S314 - our own answer
    texts = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    found = f"Papers found by the search: {record['total']:,}"
    assert found in texts
    assert found in page
    assert "/record.svg?q=federated" in page
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    assert ground in response.text
    assert ground not in page
    assert client.get("/record.svg?page=x").status_code == 400
