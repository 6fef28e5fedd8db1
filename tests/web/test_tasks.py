"""What researchers come for, as the links that they follow: none may take more steps than here."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import PAPERS
from tests.web.reading import Element, read

DOI = "https://doi.org/10.5555/a.b%281%29"
FOUND = "/search?q=federated+phones"
TASKS: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("read the paper of a hit", FOUND, (), DOI),
    ("read the paper of an author", "/author/ada-byron", (), DOI),
    ("read a paper of a venue", "/venue/icml/2019", (), DOI),
    ("read the paper on its page", "/paper/p1", (), DOI),
    ("read a related paper", "/paper/p2", (), DOI),
    ("read a similar paper", "/similar?id=p2", (), DOI),
    ("read a paper of a shelf", "/shelf?id=p1", (), DOI),
    ("see all papers of an author of a hit", FOUND, ("Ada Byron",), "/paper/p1"),
    ("see all papers of an author at once", "/author/tao-lin", ("all titles on one page",), "/p1"),
    ("cite a hit", FOUND, (PAPERS[0].title,), "/paper/p1.bib"),
    ("export a result", FOUND, (), "/search.ris?q=federated+phones"),
    ("export an author", "/author/ada-byron", (), "/author/ada-byron.bib"),
    ("follow a search", FOUND, (), "/feed.atom?q=federated+phones"),
    ("follow an author", "/author/ada-byron", (), "/author/ada-byron.atom"),
    ("document a search", FOUND, (), "/record?q=federated+phones"),
    ("compare with a later search", FOUND, ("Document this search",), "/record/diff"),
    ("newest first", "/search?q=federated", ("newest",), "/paper/p2"),
    ("one year", "/search?q=federated", (), "year_from=2019&year_to=2019"),
    ("one venue of a result", "/search?q=federated", (), "venue=ICML"),
    ("leave a venue out", "/search?q=federated", (), "venue_not=ICML"),
    ("topics of a result", "/search?q=learning", (), "/topics?q=learning"),
    ("papers of the same year and venue", "/paper/p1", ("2019",), "/paper/p1"),
    ("papers like one", "/paper/p1", (), "/similar?id=p1"),
    ("compare two papers", "/shelf?id=p1&id=p2", (), "compare=1"),
    ("put a paper on a shelf", "/paper/p1", (), "/shelf?id=p1"),
)


def links(client: FlaskClient, address: str) -> list[Element]:
    response = client.get(address)
    assert response.status_code == 200, address
    return [one for one in read(response.text).one("body").all("a") if "href" in one.attrs]


@pytest.mark.parametrize(("task", "start", "steps", "goal"), TASKS, ids=[one[0] for one in TASKS])
def test_a_task_takes_no_more_steps_than_before(
    client: FlaskClient, task: str, start: str, steps: tuple[str, ...], goal: str
) -> None:
    address = start
    for words in steps:
        followed = (one.attrs["href"] for one in links(client, address) if one.text == words)
        address = next(followed, "")
        assert address, f"{task}: no link “{words}”"
    assert any(goal in one.attrs["href"] for one in links(client, address)), task


def test_two_skip_links_lead_to_the_hits_and_to_the_filters(client: FlaskClient) -> None:
    """Three stops to the results and four to the filters, whatever stands above them."""
    page = read(client.get("/search?q=learning").text)
    skips = [one.attrs["href"] for one in page.all("a", class_="skip")]
    assert skips == ["#main", "#hits", "#filters"]
    for tag, target in zip(("main", "ol", "aside"), skips, strict=True):
        assert page.one(tag, id=target[1:]).attrs["tabindex"] == "-1"


def test_the_order_without_words_is_said_as_it_is(client: FlaskClient) -> None:
    orders = read(client.get("/search").text).one("nav", **{"aria-label": "Sort order"}).all("a")
    assert [one.text for one in orders if one.attrs.get("aria-current")] == ["newest"]
    assert "relevance" not in [one.text for one in orders]
    same = client.get("/search.json?per_page=20&fields=id").get_json()["hits"]
    assert same == client.get("/search.json?per_page=20&fields=id&sort=-year").get_json()["hits"]


def test_the_page_of_a_typed_venue_is_offered(client: FlaskClient) -> None:
    hrefs = [one.attrs["href"] for one in links(client, "/search?q=ICML")]
    assert "/venue/icml" in hrefs[: hrefs.index("/paper/p1") if "/paper/p1" in hrefs else 20]
