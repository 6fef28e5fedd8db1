"""What has changed for a search between two states of the index."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer import IndexDamaged, Paper
from tests.oracle import MemoryIndex, MemorySearcher
from tests.web.conftest import PAPERS
from tests.web.reading import Element, read
from webui import create_app
from webui.http import record_upload
from webui.http.record_upload import read_upload

LATE = Paper("late", "Federated learning, years later", year=2024)
MENDED = replace(PAPERS[1], abstract="An answer to an earlier paper on the same.")
SEARCH = "q=federated"


@pytest.fixture(scope="module")
def updated() -> tuple[FlaskClient, dict[str, Any]]:
    """A site whose index was updated after a record was made: one new, one gone, one changed."""
    index = MemoryIndex.of(PAPERS)
    client = create_app(index=index).test_client()
    record = client.get(f"/record.json?{SEARCH}").json
    assert record is not None
    assert sorted(record["ids"]) == ["p1", "p2"]
    time.sleep(1.1)  # times are whole seconds
    with index.writer() as writer:
        writer.add(LATE)
        writer.add(MENDED)
        writer.delete("p1")
        writer.delete("bulk7")
    return client, record


def hand_in(client: FlaskClient, record: object) -> Element:
    data = record if isinstance(record, bytes) else json.dumps(record).encode()
    response = client.post("/record/diff", data={"record": (io.BytesIO(data), "record.json")})
    assert response.status_code == 200, response.text
    return read(response.text)


def told(page: Element) -> dict[str, str]:
    rows = page.one("dl", class_="record").all("div")
    return {row.one("dt").text: row.one("dd").text for row in rows}


def test_two_generations_are_compared(updated: tuple[FlaskClient, dict[str, Any]]) -> None:
    client, record = updated
    since = record["index"]["generation"]

    found = client.get(f"/record/diff.json?{SEARCH}&since={since}").json

    assert found is not None
    assert found["counts"] == {"new": 1, "gone": 1, "removed": 1, "changed": 1}
    assert (found["new"], found["gone"], found["changed"]) == (["late"], ["p1"], ["p2"])
    assert found["since"]["total"] == found["until"]["total"] == 2
    assert found["since"]["generation"] == since != found["until"]["generation"]
    assert client.get(found["address"].removeprefix("http://localhost")).status_code == 200


def test_a_paper_that_no_longer_matches_is_gone_but_not_removed(
    updated: tuple[FlaskClient, dict[str, Any]],
) -> None:
    client, record = updated
    since = record["index"]["generation"]
    found = client.get(f"/record/diff.json?q=%22paper+on+federated%22&since={since}").json

    assert found is not None
    assert (found["gone"], found["removed"], found["new"]) == (["p2"], [], [])


def test_the_same_generation_has_no_difference(
    updated: tuple[FlaskClient, dict[str, Any]],
) -> None:
    client, record = updated
    since = record["index"]["generation"]
    page = read(client.get(f"/record/diff?{SEARCH}&since={since}&until={since}").text)

    assert "Nothing has changed for this search" in page.one("main").text
    assert told(page)["New"] == "0 papers"


def test_the_page_says_what_the_json_says(updated: tuple[FlaskClient, dict[str, Any]]) -> None:
    client, record = updated
    since = record["index"]["generation"]
    page = read(client.get(f"/record/diff?{SEARCH}&since={since}").text)

    assert told(page)["New"] == "1 paper"
    assert told(page)["No longer found"].startswith("1 paper: 1 no longer in the index")
    assert told(page)["Changed"] == "1 paper"
    lists = {
        heading.text: listed.text
        for heading, listed in zip(
            page.one("main").all("h2"), page.all("ol", class_="record-ids"), strict=True
        )
    }
    assert lists == {
        "New": f"{LATE.title} late",
        "No longer found": f"{PAPERS[0].title} p1",
        "Changed": f"{MENDED.title} p2",
    }
    as_json = page.one("p", class_="formats").one("a").attrs["href"]
    assert client.get(as_json).json["counts"]["new"] == 1  # type: ignore[index]


def test_a_record_is_compared_with_what_is_found_now(
    updated: tuple[FlaskClient, dict[str, Any]],
) -> None:
    client, record = updated
    page = hand_in(client, record)

    assert [told(page)[kind][:7] for kind in ("New", "No longer found", "Changed")] == [
        "1 paper"
    ] * 3
    assert told(page)["Query"] == "federated"
    assert record["index"]["generation"] in told(page)["Before"]


def test_a_record_keeps_its_filters(updated: tuple[FlaskClient, dict[str, Any]]) -> None:
    client, _ = updated
    record = client.get("/record.json?q=learning&venue=ICML&venue=ICLR&year_from=2003").json
    page = hand_in(client, record)

    assert "Nothing has changed for this search" in page.one("main").text
    assert "ICML" in page.one("dl", class_="record").text
    assert "from 2003" in page.one("dl", class_="record").text


def test_the_form_offers_the_generations_that_are_kept(
    updated: tuple[FlaskClient, dict[str, Any]],
) -> None:
    client, record = updated
    page = read(client.get(f"/record/diff?{SEARCH}").text)

    chosen = page.one("select", name="since")
    assert [one.text for one in chosen.all("option")] == [record["index"]["generation"]]
    assert page.one("input", type="file").attrs["name"] == "record"
    links = read(client.get(f"/record?{SEARCH}").text).all("a")
    assert f"/record/diff?{SEARCH}" in [link.attrs["href"] for link in links]


def test_a_generation_that_is_not_kept_is_named(
    updated: tuple[FlaskClient, dict[str, Any]],
) -> None:
    client, record = updated
    response = client.get(f"/record/diff?{SEARCH}&since=g7")
    assert response.status_code == 404
    assert record["index"]["generation"] in read(response.text).one("div", role="alert").text
    for bad in ("", "since=g7", f"since={record['index']['generation']}&until=x"):
        refusal = client.get(f"/record/diff.json?{SEARCH}&{bad}")
        assert refusal.status_code == 400
        assert refusal.content_type == "application/problem+json"


class _Upgraded(MemoryIndex):
    """Its earlier generations are of a form that the program no longer reads."""

    @contextmanager
    def searcher(self, generation: str | None = None) -> Iterator[MemorySearcher]:
        if generation not in (None, self.generation()):
            raise IndexDamaged(f"/srv/{generation}/MAIN: it is of version 1, this program reads 2")
        with super().searcher(generation) as searcher:
            yield searcher


def test_a_generation_that_cannot_be_read_any_more_is_no_fault_of_the_index() -> None:
    index = _Upgraded.of(PAPERS)
    client = create_app(index=index).test_client()
    cursor = client.get("/search.json?q=rate&cursor=*").json["next_cursor"]  # type: ignore[index]
    with index.writer() as writer:
        writer.add(LATE)

    page = client.get("/record/diff?q=rate&since=m000001")
    assert page.status_code == 404
    assert "cannot be read any more" in read(page.text).one("div", role="alert").text
    assert "/srv" not in page.text
    assert read(page.text).one("input", type="file")
    assert client.get("/record/diff.json?q=rate&since=m000001").status_code == 400
    assert client.get(f"/search.json?q=rate&cursor={cursor}").status_code == 410
    assert client.get("/search?q=rate").status_code == 200


@pytest.mark.parametrize(
    "bad",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"ids": []}',
        b'{"ids": 5, "parameters": {}, "index": {"generation": "g1", "built": "2020-01-01"}}',
        b'{"ids": [], "parameters": [], "index": {"generation": "g1", "built": "2020-01-01"}}',
        b'{"ids": [], "parameters": {}, "index": {"generation": "g1", "built": "2020-01-01"}}',
        b'{"ids": [], "parameters": {}, "index": {"generation": "g1", "built": "yesterday"}}',
    ],
)  # fmt: skip
def test_what_is_no_record_is_refused(client: FlaskClient, bad: bytes) -> None:
    response = client.post("/record/diff", data={"record": (io.BytesIO(bad), "x.json")})
    assert response.status_code == 400
    assert "record" in read(response.text).one("main").text
    assert client.post("/record/diff").status_code == 400


def test_odd_parts_of_a_record_do_no_harm(client: FlaskClient) -> None:
    built = "2020-01-01T00:00:00+00:00"
    odd: dict[str, Any] = {
        "ids": [1, None, "p1", {"a": []}, "p1", "\ud800"],
        "parameters": {"q": ["federated", 3], "venue": None, "page": {}, "nonsense": "x"},
        "index": {"generation": "<script>", "built": built},
    }
    data = {"record": (io.BytesIO(json.dumps(odd).encode()), "x.json")}
    assert client.post("/record/diff", data=data).status_code == 400  # a page is no {}

    odd["parameters"] = {"q": "federated"}
    page = hand_in(client, odd)
    assert "<script>" in told(page)["Before"]


RECORD = b'{"parameters": {"q": "bees"}, "index": {"generation": "g", "built": "2020"}, "ids": '


@pytest.mark.parametrize("indent", [None, 0, 4, "\t"])
def test_the_ids_of_a_record_are_read_as_they_are(indent: int | str | None) -> None:
    ids = [f"paper-{number}" for number in range(5_000)] + ["ö", 'a"b', "a\\", "x" * 5_000, "p,q"]
    listed = [*ids, 1, None, ["q", "r"], *ids]
    record = {"x": [{"y": ["z", "w"]}, "v", 1], "ids": listed, "matched": "any"}
    for text in (json.dumps(record, indent=indent), json.dumps(record, ensure_ascii=False)):
        for mark in (b"", b"\xef\xbb\xbf"):
            told = read_upload(io.BytesIO(mark + text.encode()))
            assert told == {"ids": tuple(ids), "matched": "any"}


@given(
    st.lists(st.text(max_size=200), max_size=300),
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=10), max_size=5),
)
def test_any_record_is_read_as_the_library_reads_it(ids: list[str], index: dict[str, Any]) -> None:
    text = json.dumps({"ids": ids, "index": index}).encode()
    told = read_upload(io.BytesIO(text))
    assert told["ids"] == tuple(dict.fromkeys(one.encode(errors="replace").decode() for one in ids))
    assert told["index"] == index


@pytest.mark.parametrize(
    "hostile",
    [
        RECORD + b"[" * 3_000_000,
        RECORD + b"[" + b"[]," * 1_000_000 + b"1]}",
        RECORD + b"[" + b"1," * 1_500_000 + b"1]}",
        RECORD + b"[" + b"," * 3_000_000 + b"1]}",
        RECORD + b"[" + b'"a",' * 3_000_000 + b'"a"]}',
        RECORD + b'["' + b"a" * 3_000_000,
        RECORD + b'["' + b"\\\\" * 1_500_000 + b'"]}',
        b'{"x": [' + b"[]," * 1_000_000 + b"1]}",
        b'{"parameters": [' + b"1," * 50_000 + b"1]}",
        b'{"parameters": {"q": "' + b"q" * 60_000 + b"q" * 60_000 + b'"}}',
        RECORD + b"[]} {}", RECORD + b"[]", RECORD + b'["a"', b'{"a" 1}', b"{1: 2}", b'{"a": ]}',
    ],
    ids=range(16),
)  # fmt: skip
def test_a_record_that_grows_in_memory_is_refused_early(
    hostile: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_upload, "MOST_MARKS", 20_000)
    monkeypatch.setattr(record_upload, "MOST_REST", 20_000)
    stream = io.BytesIO(hostile)
    with pytest.raises((ValueError, RecursionError)):
        read_upload(stream)
    assert stream.tell() < 1_000_000  # bytes that were read of it


def test_too_many_ids_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_upload, "MOST_IDS", 100)
    text = RECORD + json.dumps([str(number) for number in range(101)]).encode() + b"}"
    with pytest.raises(ValueError, match="too much"):
        read_upload(io.BytesIO(text))


def test_records_are_compared_one_at_a_time(updated: tuple[FlaskClient, dict[str, Any]]) -> None:
    client, record = updated
    data = json.dumps(record).encode()
    comparing = client.application.extensions["quiver.comparing"]

    with comparing:
        response = client.post("/record/diff", data={"record": (io.BytesIO(data), "record.json")})
        assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
        assert "Another record is being compared" in read(response.text).one("main").text
    hand_in(client, record)
    client.post("/record/diff", data={"record": (io.BytesIO(b"{"), "record.json")})
    assert not comparing.locked()


def test_many_papers_that_are_gone_are_not_looked_for_one_by_one(
    updated: tuple[FlaskClient, dict[str, Any]],
) -> None:
    client, record = updated
    page = hand_in(client, record | {"ids": [f"gone{number}" for number in range(20_001)]})
    assert told(page)["No longer found"].startswith("20,001 papers; too many to tell which")
