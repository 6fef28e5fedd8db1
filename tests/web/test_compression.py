"""Compressed answers: every kind of text, at once or while it is made."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from webui.http.compression import compressed, is_text

PACKED = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize(
    "address",
    ["/feed.atom", "/author/ada-byron.atom", "/api/query?search_query=rate",
     "/sitemap-papers-1.xml", "/search.bib", "/search.biblatex.bib", "/search.ris",
     "/search.enw", "/search.csv", "/search.jsonl", "/search.csl.json", "/export?q=rate&style=apa",
     "/author/ada-byron.bib", "/venue/icml.ris", "/search.json", "/api"],
)  # fmt: skip
def test_feeds_and_exports_are_compressed_for_those_who_take_it(
    client: FlaskClient, address: str
) -> None:
    whole, packed = client.get(address), client.get(address, headers=PACKED)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in whole.headers
    assert "Accept-Encoding" in packed.vary
    assert "Accept-Encoding" in whole.vary
    assert len(packed.data) < len(whole.data) / 2
    unpacked = gzip.decompress(packed.data)
    assert len(unpacked) == pytest.approx(len(whole.data), abs=9)  # a time may differ in length
    assert client.head(address, headers=PACKED).data == b""


def test_an_export_begins_before_its_last_paper_is_written() -> None:
    made: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(3):
            made.append(number)
            yield b"@article{a, title = {One}}\n" * 100

    first = next(compressed(pieces()))

    assert first
    assert made == [0]


@given(st.lists(st.binary(max_size=50), max_size=5))
def test_what_is_compressed_piece_by_piece_is_one_gzip_file(pieces: list[bytes]) -> None:
    packed = list(compressed(pieces))

    assert all(packed)
    assert gzip.decompress(b"".join(packed)) == b"".join(pieces)


def test_pictures_are_sent_as_they_are() -> None:
    assert not is_text("image/png")
    assert not is_text("application/octet-stream")
