"""A crawler that obeys robots.txt, the sitemap, the description of the search."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

from flask.testing import FlaskClient

from tests.web.conftest import PAPERS
from tests.web.reading import read

MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def test_a_crawler_that_obeys_sees_papers_names_and_venues_and_nothing_else(
    client: FlaskClient,
) -> None:
    rules = RobotFileParser()
    rules.parse(client.get("/robots.txt").text.splitlines())
    todo, seen = ["/", *sitemap(client)], set()
    while todo:
        address = todo.pop()
        if address in seen or not rules.can_fetch("crawler", address):
            continue
        seen.add(address)
        with client.get(address) as response:
            assert response.status_code == 200, address
            if "html" not in response.content_type:
                continue
            page = read(response.get_data(as_text=True))
        links = [one for one in page.all("a") if "nofollow" not in one.attrs.get("rel", "")]
        for link in links:
            target = link.attrs["href"].partition("#")[0]
            if target.startswith("/"):
                todo.append(target)

    kinds = {urlsplit(address).path.split("/")[1] for address in seen}
    assert kinds <= {"", "paper", "author", "venue", "help", "about", "info.json"}
    assert {f"/paper/{paper.id}" for paper in PAPERS} <= seen


def sitemap(client: FlaskClient) -> list[str]:
    """Paths of all pages of the sitemap."""
    pages: list[str] = []
    index = ET.fromstring(client.get("/sitemap.xml").data)  # noqa: S314 - our own page
    for part in index.iter(f"{MAPS}loc"):
        listed = ET.fromstring(client.get(urlsplit(str(part.text)).path).data)  # noqa: S314 - our own page
        pages += [urlsplit(str(one.text)).path for one in listed.iter(f"{MAPS}loc")]
    return pages


def test_the_sitemap_holds_every_page_once_and_every_page_answers(client: FlaskClient) -> None:
    pages = sitemap(client)

    names = {name.casefold() for paper in PAPERS for name in paper.authors}
    venues = {paper.venue for paper in PAPERS if paper.venue}
    assert len(pages) == len(set(pages)) == len(PAPERS) + len(names) + len(venues)
    for page in pages:
        assert client.get(page).status_code == 200, page


def test_parts_that_are_not_there_are_404(client: FlaskClient) -> None:
    for address in ("/sitemap-papers-2.xml", "/sitemap-papers-0.xml", "/sitemap-authors-2.xml"):
        assert client.get(address).status_code == 404


def test_the_search_is_described_within_the_limits_of_opensearch(client: FlaskClient) -> None:
    response = client.get("/opensearch.xml")
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    described = ET.fromstring(response.data)  # noqa: S314 - our own page

    assert response.mimetype == "application/opensearchdescription+xml"
    assert len(described.findtext(f"{space}ShortName") or "") <= 16
    templates = {one.get("type"): str(one.get("template")) for one in described.iter(f"{space}Url")}
    for media in ("text/html", "application/json"):
        address = templates[media].replace("{searchTerms}", "gossip")
        address = address.replace("{startPage?}", "").replace("{count?}", "")
        assert client.get(address).status_code == 200


def test_health_is_a_query(client: FlaskClient) -> None:
    found = client.get("/healthz").json

    assert found is not None
    assert (found["status"], found["papers"]) == ("ok", len(PAPERS))
