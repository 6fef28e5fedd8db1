"""References of papers, selections, whole results; unAPI; what a page tells programs."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from indexer import CITATION_FORMATS, CitationFormat, Paper, paper_json
from tests.oracle import MemoryIndex
from tests.web.conftest import PAPERS
from tests.web.reading import Element, read
from webui import create_app


def metas(page: Element) -> list[tuple[str, str]]:
    return [
        (one.attrs["name"], one.attrs["content"])
        for one in page.all("meta")
        if one.attrs.get("name", "").startswith("citation_")
    ]


@pytest.mark.parametrize("format", CITATION_FORMATS.values(), ids=CITATION_FORMATS)
def test_every_format_is_linked_from_every_page_and_has_its_media_type(
    client: FlaskClient, format: CitationFormat
) -> None:
    for page in ("/paper/p1", "/author/ada-byron", "/venue/icml", "/search?q=federated"):
        links = read(client.get(page).text).all("p", class_="formats")[0].all("a")
        link = next(one for one in links if one.text == format.label)

        response = client.get(link.attrs["href"])

        assert response.status_code == 200
        assert response.content_type == format.media_type
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert format.suffix in response.headers["Content-Disposition"]
        assert response.data


def test_an_export_holds_every_hit_in_order_whatever_the_page(client: FlaskClient) -> None:
    found = client.get("/search.json?q=rate&per_page=100&sort=title").json
    written = client.get("/search.csv?q=rate&per_page=10&page=3&sort=title").text
    rows = list(csv.DictReader(io.StringIO(written)))

    assert found is not None
    assert [row["id"] for row in rows] == [hit["id"] for hit in found["hits"]]
    assert len(rows) == found["total"] == 60


def test_json_lines_of_a_result_are_the_papers_themselves(client: FlaskClient) -> None:
    lines = client.get("/search.jsonl?q=gossip").text.splitlines()

    assert json.loads(lines[0])["id"] == paper_json(PAPERS[2])["id"]


def test_a_selection_is_exported_and_nothing_selected_is_said(client: FlaskClient) -> None:
    chosen = client.get("/export?selection=1&id=p1&id=p3&id=none&format=ris").text
    nothing = client.get("/export?selection=1&format=ris")

    assert chosen.count("TY  -") == 2
    assert nothing.status_code == 400
    assert "tick some" in nothing.text


@pytest.mark.parametrize(
    "address",
    ["/export?format=word&id=p1", "/search.bib?key={nothing}", "/search.bib?abstract=maybe",
     "/search.bib?page=x"],
)  # fmt: skip
def test_options_without_meaning_are_refused(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 400


def test_bibtex_takes_its_options_from_the_address(client: FlaskClient) -> None:
    plain = client.get("/paper/p1.bib").text
    more = client.get("/paper/p1.bib?abstract=1&key={id}&ascii=0").text

    assert "abstract" not in plain
    assert "{p1," in more
    assert "François" in more
    assert "factor of ten" in more


def test_unapi_lists_formats_and_gives_records(client: FlaskClient) -> None:
    """As unapi.info asks: 300 for the formats of a record, 404 and 406 for what is not there."""
    formats = client.get("/unapi")
    of_record = client.get("/unapi?id=p1")
    record = client.get("/unapi?id=p1&format=ris")

    assert formats.status_code == 200
    assert of_record.status_code == 300
    for answer in (formats, of_record):
        assert {"ris", "bibtex"} <= {one.attrs["name"] for one in read_xml(answer.text)}
    assert record.mimetype == "application/x-research-info-systems"
    assert client.get("/unapi?id=none").status_code == 404
    assert client.get("/unapi?id=p1&format=marc").status_code == 406


def read_xml(text: str) -> list[Element]:
    return read(text.partition("?>")[2]).all("format")


def test_lists_name_their_records_for_unapi(client: FlaskClient) -> None:
    for address in ("/search?q=federated", "/author/tao-lin", "/venue/jmlr", "/paper/p1"):
        page = read(client.get(address).text)
        server = page.one("link", rel="unapi-server").attrs["href"]
        ids = [one.attrs["title"] for one in page.all("abbr", class_="unapi-id")]
        assert ids
        assert server.startswith("http://"), "Zotero asks for it as it stands"
        for paper_id in ids:
            found = client.get(server, query_string={"id": paper_id, "format": "ris"})
            assert found.status_code == 200
        assert not page.all("span", class_="Z3988"), "COinS would win over the better metadata"


def test_a_record_of_any_id_is_found_by_readers_that_encode_it_and_by_those_that_do_not() -> None:
    odd = replace(PAPERS[0], id="10.1/a b&c=d#e+f%20g<é>")
    client = create_app(index=MemoryIndex.of([odd])).test_client()
    page = read(client.get("/search?q=federated").text)
    named = page.one("abbr", class_="unapi-id").attrs["title"]

    for written in (named, quote(named)):
        record = client.get(f"/unapi?id={written}&format=ris")
        assert record.status_code == 200
        assert f"ID  - {odd.id}" in record.text


def test_zotero_reads_the_type_and_where_it_was_published(client: FlaskClient) -> None:
    """By the rules of its RIS translator.

    CPAPER and JOUR are its conferencePaper and journalArticle; C3 is the title of proceedings, T2
    the name of a conference or the title of a journal.
    """
    conference, journal = (
        dict(line.split("  - ", 1) for line in client.get(address).text.splitlines() if line)
        for address in ("/paper/p1.ris", "/paper/p3.ris")
    )
    assert (conference["TY"], conference["C3"], conference["T2"]) == ("CPAPER", "ICML", "ICML")
    assert (journal["TY"], journal["T2"], "C3" in journal) == ("JOUR", "JMLR", False)


def test_a_conference_paper_is_described_as_one(client: FlaskClient) -> None:
    told = metas(read(client.get("/paper/p1").text))

    assert ("citation_conference_title", "ICML") in told
    assert "citation_journal_title" not in dict(told)
    assert [value for name, value in told if name == "citation_author"] == list(PAPERS[0].authors)
    assert ("citation_publication_date", "2019") in told
    assert ("citation_doi", PAPERS[0].doi) in told


def test_a_journal_article_is_described_as_one(client: FlaskClient) -> None:
    told = metas(read(client.get("/paper/p3").text))

    assert ("citation_journal_title", "JMLR") in told
    assert "citation_conference_title" not in dict(told)


def test_numbers_of_homonyms_are_no_part_of_a_cited_name(client: FlaskClient) -> None:
    told = metas(read(client.get("/paper/p2").text))

    assert ("citation_author", "Tao Lin") in told


@pytest.mark.parametrize("paper", PAPERS[:5], ids=lambda paper: paper.id)
def test_linked_data_is_json_that_markup_in_titles_cannot_leave(
    client: FlaskClient, paper: Paper
) -> None:
    page = read(client.get(f"/paper/{paper.id}").text)

    article = json.loads(page.one("script", type="application/ld+json").raw)

    assert article["@type"] == "ScholarlyArticle"
    assert article["headline"] == paper.title
    assert len(article["author"]) == len(paper.authors)


def test_typed_links_lead_to_descriptions_and_authors(client: FlaskClient) -> None:
    header = client.get("/paper/p1").headers["Link"]
    links = [part.strip().split(";", 1) for part in header.split(", <")]

    for address, rest in links:
        path = address.strip("<> ").removeprefix("http://localhost")
        if 'rel="describedby"' in rest or 'rel="author"' in rest:
            assert client.get(path).status_code == 200
    assert 'rel="cite-as"' in header
    assert "<https://doi.org/10.5555/a.b%281%29>" in header


def test_versions_and_related_papers_are_shown_with_their_words(client: FlaskClient) -> None:
    page = read(client.get("/paper/p1").text)

    section = page.one("section", **{"aria-labelledby": "related"})
    titles = [one.text for one in section.all("p", class_="line-title")]
    assert PAPERS[1].title in titles
    assert PAPERS[0].title not in titles
    assert "federated" in section.one("p", class_="terms").text


def test_names_of_any_script_have_pages_and_files() -> None:
    paper = Paper(
        "论文-1", "Über 学习 und Č", "Ein Abstract.", ("Martin Takáč", "王伟"), "学报", 2020
    )
    client = create_app(index=MemoryIndex.of([paper])).test_client()
    for address in ("/paper/论文-1", "/author/martin-takáč", "/author/王伟", "/venue/学报"):
        assert client.get(address).status_code == 200
        for suffix in ("ris", "json", "csv"):
            response = client.get(f"{address}.{suffix}")
            assert response.status_code == 200
            for value in response.headers.values():
                assert value.isascii()
    assert client.get("/search.atom?q=学习").status_code == 200
    assert all(value.isascii() for value in client.get("/paper/论文-1").headers.values())
