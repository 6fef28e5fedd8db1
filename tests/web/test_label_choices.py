"""Labels beside a result: each count is that of the page that the click leads to."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from indexer.reviews.labels import PaperLabels, attach_labels
from tests.oracle import MemoryIndex
from tests.web.conftest import PAPERS
from webui import create_app
from webui.presentation.label_choices import labelled_text

LABELS = PaperLabels((("p1", "included"), ("p2", "excluded"), ("p3", "included")))
_CHOICE = re.compile(
    r'<a rel="nofollow" href="([^"]+)"(?: aria-current="true")?>(Included|Excluded|Not screened)'
    r'</a></span> <span class="count">([\d,]+)'
)


@pytest.fixture(scope="module")
def labelled() -> FlaskClient:
    index = MemoryIndex.of(PAPERS)
    with index.writer() as writer:
        attach_labels(writer, LABELS)
    return create_app(index=index).test_client()


def choices(client: FlaskClient, address: str) -> dict[str, tuple[str, int]]:
    page = client.get(address).text
    return {name: (unescape(href), int(count)) for href, name, count in _CHOICE.findall(page)}


@pytest.mark.parametrize(
    "asked",
    [
        "", "federated+learning", "federated+OR+gossip", "federated+-gossip",
        "(federated+OR+gossip",
        "learning&venue=ICML", "Tao+Lin", "federated+label%3Aincluded",
        "federated+quantum&match=any",
        "label%3Anone&sort=title",
    ],
)  # fmt: skip
def test_each_count_is_that_of_the_page_it_leads_to(labelled: FlaskClient, asked: str) -> None:
    found = choices(labelled, f"/search?q={asked}")
    assert len(found) >= 1
    for name, (href, count) in found.items():
        page = labelled.get(href).text
        told = re.search(r'id="total"[^>]*>([\d,]+)', page)
        assert told is not None
        is_chosen = f'aria-current="true">{name}' not in page  # it leads to the query without it
        assert is_chosen or told[1] == f"{count:,}", (name, href)


def test_the_chosen_label_leads_back(labelled: FlaskClient) -> None:
    href, count = choices(labelled, "/search?q=federated+OR+gossip")["Included"]
    assert count == 2
    back, again = choices(labelled, href)["Included"]
    assert again == count
    assert choices(labelled, back)["Included"] == (href, count)


def test_without_labels_nothing_is_said(client: FlaskClient) -> None:
    assert not choices(client, "/search?q=federated")


def test_a_label_is_a_condition_of_the_whole_query() -> None:
    assert labelled_text("", "any") == "label:any"
    assert labelled_text("(a OR b", "none") == "(a OR b) label:none"
