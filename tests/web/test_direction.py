"""Titles, abstracts and names of every script are written in their own direction."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from indexer import Paper
from indexer.publication import Publication
from tests.oracle import MemoryIndex
from tests.web.reading import read
from webui import create_app

PAPERS = (
    Paper(
        "ar",
        "دراسة عن الأسماء (191).",
        "نص قصير.",
        ("أحمد علي",),
        "ICML",
        2021,
        publication=Publication(language="ar"),
    ),
    Paper("he", "למידה עמוקה (2).", "", ("דוד כהן",), "", 2020),
    Paper("fa", "یادگیری عمیق.", "متن.", ("علی رضایی",), "", 2019),
    Paper("ur", "مشین لرننگ (3).", "متن.", ("Ali Khan",), "", 2018),
    Paper("en", "A survey (4).", "Text.", ("Ada Byron",), "", 2017),
)


@pytest.fixture(scope="module")
def pages() -> FlaskClient:
    return create_app(index=MemoryIndex.of(PAPERS)).test_client()


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.id)
def test_a_paper_is_written_in_its_direction(pages: FlaskClient, paper: Paper) -> None:
    page = read(pages.get(f"/paper/{paper.id}").text)

    assert page.all("h1")[0].attrs["dir"] == "auto"
    assert page.all("h1")[0].attrs.get("lang", "") == paper.publication.language
    assert all(one.attrs["dir"] == "auto" for one in page.all("p", class_="abstract-text"))
    assert page.all("ul", class_="authors")[0].all("li")[0].attrs["dir"] == "auto"


def test_hits_are_written_in_their_direction(pages: FlaskClient) -> None:
    page = read(pages.get("/search?q=").text)

    hits = page.all("li", class_="hit")
    assert len(hits) == len(PAPERS)
    for hit in hits:
        assert hit.all("h3")[0].attrs["dir"] == "auto"
        assert hit.all("ul", class_="authors")[0].all("li")[0].attrs["dir"] == "auto"
    assert page.all("input", type="search")[0].attrs["dir"] == "auto"


def test_the_name_of_an_author_is_written_in_its_direction(pages: FlaskClient) -> None:
    page = read(pages.get("/author/أحمد-علي").text)

    assert page.all("h1")[0].attrs["dir"] == "auto"
