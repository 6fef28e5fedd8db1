"""Every number on a page is what its link leads to, and every link leads somewhere."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle import MemoryIndex
from tests.web.conftest import PAPERS
from tests.web.reading import Element, hits, read
from webui import create_app

STATES = st.fixed_dictionaries(
    {},
    optional={
        "q": st.sampled_from(
            [
                *("learning", "federated", "gossip OR run", "rate -5", "zzz", "author"),
                *("learning rates", "federated learning", "gossip learning", "federated zzz"),
            ]
        ),
        "venue": st.lists(st.sampled_from(["ICML", "NeurIPS", "JMLR", "unknown"]), max_size=2),
        "venue_not": st.lists(st.sampled_from(["ICLR", "Proc. of X/Y & Z?"]), max_size=1),
        "type": st.lists(st.sampled_from(["Conference Paper", "unknown"]), max_size=1),
        "author": st.lists(st.sampled_from(["Ada Byron", "Tao Lin"]), max_size=1),
        "author_not": st.lists(st.sampled_from(["Author 3", "unknown"]), max_size=1),
        "year": st.lists(st.sampled_from(["2019", "unknown"]), max_size=1),
        "year_from": st.sampled_from(["2001", "2019"]),
        "year_to": st.sampled_from(["2004", "2021"]),
        "match": st.sampled_from(["all", "any"]),
        "sort": st.sampled_from(["-year", "title", "-added"]),
        "per_page": st.sampled_from(["10", "50"]),
    },
)


@pytest.fixture(scope="module")
def web() -> FlaskClient:
    app = create_app(index=MemoryIndex.of(PAPERS))
    app.testing = True
    return app.test_client()


def page_of(web: FlaskClient, address: str) -> Element:
    response = web.get(address)
    assert response.status_code == 200, address
    return read(response.text)


def number(text: str) -> int:
    return int(text.split(maxsplit=1)[0].replace(",", ""))


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STATES)
def test_every_number_is_the_hits_after_following_its_link(
    web: FlaskClient, state: dict[str, str | list[str]]
) -> None:
    page = page_of(web, f"/search?{urlencode(state, doseq=True)}")

    values = [
        (item.one("span", class_="count"), next(a for a in item.all("a") if a.text == "only"))
        for item in page.one("form", class_="facets").all("li")
        if "excluded" not in item.attrs.get("class", "")
    ]
    years = [(row.one("td"), row.one("a")) for row in page.one("aside").all("tr")[1:]]
    offers = [
        (item.one("span", class_="count"), item.one("a"))
        for offer in page.all("ul", class_="alternatives")
        for item in offer.all("li")
    ]
    shown = [(number(at.text), a.attrs["href"]) for at, a in values + years + offers]
    shown += [
        (number(bar.one("title").text.split(": ")[1]), bar.attrs["href"])
        for svg in page.one("aside").all("svg")
        for bar in svg.all("a")
    ]

    for count, address in shown:
        # The same address for machines has the same number and takes less time to write.
        found = web.get(address.replace("/search", "/search.json", 1)).json
        assert found is not None
        assert found["total"] == count, address


def test_numbers_are_true_where_only_papers_elsewhere_have_all_words(web: FlaskClient) -> None:
    page = page_of(web, "/search?q=learning+rates&venue=JMLR&venue=ICML&year=2019")
    assert "No paper under these filters has all of these words" in page.text
    assert "Without the filters, 60 papers have all of them." in page.text
    rows = page.one("form", class_="facets").all("li")
    numbers = {
        link.attrs["href"]: number(row.one("span", class_="count").text)
        for row in rows
        for link in row.all("a")
        if link.text == "only"
    }

    assert len(numbers) > 3
    for address, count in numbers.items():
        assert hits(page_of(web, address)) == count, address


def test_the_few_papers_with_all_words_are_one_click_away(web: FlaskClient) -> None:
    page = page_of(web, "/search?q=federated+phones+accuracy")

    notice = page.one("p", class_="notice")
    assert "1 paper has all of these words, " in notice.text
    assert page.one("ol", class_="hits").all("h3")[0].text.startswith("Federated learning on small")
    assert hits(page_of(web, notice.one("a").attrs["href"])) == 1


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STATES)
def test_the_pages_of_an_answer_are_its_hits_once_each(
    web: FlaskClient, state: dict[str, str | list[str]]
) -> None:
    address = f"/search?{urlencode(state, doseq=True)}"
    total = hits(page_of(web, address))
    seen: list[str] = []
    places: list[int] = []
    while address:
        page = page_of(web, address)
        for ol in page.all("ol", class_="hits"):
            places.append(int(ol.attrs["start"]))
            seen += [one.one("h3").one("a").attrs["href"] for one in ol.all("article")]
        following = page.all("a", rel="next")
        address = following[0].attrs["href"] if following else ""

    assert len(seen) == len(set(seen)) == total
    assert places == sorted(set(places))


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STATES, st.sampled_from(["venue", "type", "author"]), st.sampled_from(["", "a", "i"]))
def test_every_number_among_all_values_is_the_hits_after_following_its_link(
    web: FlaskClient, state: dict[str, str | list[str]], field: str, contains: str
) -> None:
    asked = urlencode({**state, "contains": contains}, doseq=True)
    page = page_of(web, f"/facet/{field}?{asked}")

    shown = [
        (number(item.one("span", class_="count").text), item.all("a")[0].attrs["href"])
        for listed in page.all("ol", class_="values")
        for item in listed.all("li")
        if "excluded" not in item.attrs.get("class", "")
    ]
    back = page.one("p", class_="kicker").one("a")
    shown.append((number(back.text.removeprefix("Back to the ")), back.attrs["href"]))
    for count, address in shown:
        assert total(web, address) == count, address


def total(web: FlaskClient, address: str) -> int:
    """The number of papers behind a link, from the same address for machines."""
    path, _, asked = address.partition("?")
    found = web.get(f"{path}.json?{asked}").json
    assert found is not None, address
    return int(found["total"])


@pytest.mark.parametrize(
    ("address", "least"),
    [("/", 12), ("/venue/icml", 12), ("/venue/icml/2003", 3), ("/venue/jmlr", 4), ("/about", 5),
     ("/search?page=99&q=learning", 10)],
)  # fmt: skip
def test_every_number_beside_a_link_is_what_it_leads_to(
    web: FlaskClient, address: str, least: int
) -> None:
    """Lists, tables and bars of the pages that are no result."""
    main = page_of(web, address).one("main")
    rows = [row for ul in main.all("ul") for row in ul.all("li") if row.all("span", class_="count")]
    shown = [
        (
            number(row.one("span", class_="count").text),
            row.all("a")[-1 if "only" in row.text else 0],
        )
        for row in rows
        if not row.all("input")
    ]
    shown += [
        (number(row.all("td")[0].text), row.one("a"))
        for table in main.all("table")
        for row in table.all("tr")[1:]
        if row.all("a")
    ]
    shown += [
        (number(bar.one("title").text.split(": ")[1]), bar)
        for svg in main.all("svg")
        for bar in svg.all("a")
    ]
    figures = [one for dl in main.all("dl") for one in dl.all("a")]
    # The numbers of venues and of author names lead to lists of these.
    shown += [(number(one.text), one) for one in figures if "/facet/" not in one.attrs["href"]]

    assert len(shown) >= least
    for count, link in shown:
        assert total(web, link.attrs["href"]) == count, link.attrs["href"]


def test_the_list_below_holds_every_kind_of_page_for_readers(web: FlaskClient) -> None:
    """What answers in HTML; a new kind of page comes into the list or fails here."""
    kinds = {
        rule.endpoint
        for rule in web.application.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and rule.endpoint.partition(".")[0] not in FOR_PROGRAMS
        and not rule.rule.endswith((".json", ".csv", ".svg"))
        and rule.endpoint != "records.person"  # no name here is of several people
    }
    adapter = web.application.url_map.bind("localhost")
    reached = {adapter.match(address.partition("?")[0])[0] for address in KINDS}
    assert reached == kinds


FOR_PROGRAMS = (
    *(
        "static",
        "api",
        "api_description",
        "arxiv_api",
        "crawling",
        "exports",
        "feeds",
        "oai",
        "operation",
        "owner",
        "suggest",
    ),
)
KINDS = (
    "/", "/search", "/search?q=learning&venue=ICML&author_not=Author+3&year_from=2001",
    "/search?q=zzz+learning", "/search?q=learning&explain=1", "/search?versions=collapse",
    "/paper/p1", "/paper/p4", "/paper/odd/id.json",
    "/author/tao-lin", "/author/ada-byron", "/author/ada-byron?venue=ICML&year=2003",
    "/venue/icml", "/venue/icml/2003", "/venue/jmlr", "/help", "/about", "/topics?q=learning",
    "/duplicates",
    "/facet/author?q=learning", "/facet/venue?venue=ICML&venue_not=JMLR", "/search?page=99",
    "/shelf", "/shelf?id=p1&id=p3&id=none", "/record?q=learning&venue=ICML",
    "/record/diff?q=learning", "/record/diff?q=learning&since=m000001",
    "/trends", "/trends?q=learning&q=gossip&venue=ICML", "/path",
    "/path?from=ada-byron&to=author-3", "/advanced", "/references", "/similar?id=p1&id=p3",
    "/translate", "/screen?q=learning",
)  # fmt: skip


@pytest.mark.slow
def test_every_link_of_every_kind_of_page_answers(web: FlaskClient) -> None:
    checked: set[str] = set()
    for address in KINDS:
        page = page_of(web, address)
        links = [one.attrs["href"] for one in page.all("a") + page.all("link")]
        for link in links:
            inside = link.partition("#")[0].removeprefix("http://localhost")
            if inside.startswith("/") and inside not in checked:
                checked.add(inside)
                with web.get(inside, follow_redirects=True) as response:
                    assert response.status_code == 200, f"{inside} on {address}"
            elif not inside.startswith("/"):
                assert link.startswith(("#", "https://doi.org/", "https://example.org/")), link
    assert len(checked) > 200


def test_every_author_link_leads_to_a_page_that_lists_the_paper(web: FlaskClient) -> None:
    listed: dict[str, list[str]] = {}
    for paper in PAPERS:
        page = page_of(web, web_path(paper.id))
        for link in page.one("ul", class_="authors").all("a") if paper.authors else []:
            address = link.attrs["href"]
            if address not in listed:
                listed[address] = [one.text for one in page_of(web, address).all("h3")]
            assert paper.title in listed[address]


def web_path(paper_id: str) -> str:
    from urllib.parse import quote

    return f"/paper/{quote(paper_id)}"


def test_controls_keep_each_other_and_reset_the_page(web: FlaskClient) -> None:
    state = (
        "q=learning&venue=ICML&author_not=Author+3&year_from=2001&match=any&sort=-year&per_page=10"
    )
    page = page_of(web, f"/search?{state}&page=2")
    kept = dict(pair.split("=") for pair in state.split("&"))
    own = {"Sort order": "sort", "Results per page": "per_page"}
    for nav in page.all("nav"):
        name = own.get(nav.attrs.get("aria-label", ""))
        for link in nav.all("a") if name else []:
            pairs = dict(
                pair.split("=") for pair in link.attrs["href"].partition("?")[2].split("&")
            )
            assert {k: v for k, v in kept.items() if k != name}.items() <= pairs.items()
            assert "page" not in pairs
    form = page.one("header", class_="top").one("form")
    hidden = {one.attrs["name"]: one.attrs["value"] for one in form.all("input", type="hidden")}
    assert hidden == {"venue": "ICML", "author_not": "Author 3", "year_from": "2001",
                      "match": "any", "sort": "-year", "per_page": "10"}  # fmt: skip


def test_the_filter_form_sent_as_it_stands_asks_the_same(web: FlaskClient) -> None:
    """What a browser would send on Apply without a change is the page itself."""
    address = (
        "/search?q=learning&venue=ICML&venue=NeurIPS&author_not=Author+3&year_from=2001&year_to=2008"
        "&match=any&sort=-year&per_page=10"
    )
    page = page_of(web, address)
    sent = [
        (one.attrs["name"], one.attrs["value"])
        for one in page.one("form", class_="facets").all("input")
        if one.attrs.get("type") != "checkbox" or "checked" in one.attrs
    ]

    again = page_of(web, f"/search?{urlencode(sent)}")

    assert again.one("link", rel="canonical").attrs["href"] == address
