"""What an owner adds by the settings, and what the first pages say of the collection itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import ConfigError, load_config
from indexer.configuration.networks import are_links
from tests.oracle import MemoryIndex
from tests.web.reading import hits, read
from webui import create_app
from webui.presentation.markdown import render_markdown
from webui.views.owner import read_links

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def client_with(index: MemoryIndex, **settings: str) -> FlaskClient:
    overrides = {f"web.{name}": value for name, value in settings.items()}
    return create_app(load_config(overrides=overrides), index=index).test_client()


def test_the_owner_has_a_text_a_logo_colours_and_links(tmp_path: Path, index: MemoryIndex) -> None:
    (tmp_path / "about.md").write_text("# Us\n\nSee *our* [page](https://example.org).", "utf-8")
    (tmp_path / "logo.svg").write_text(DRAWING, "utf-8")
    client = client_with(
        index,
        about_file=str(tmp_path / "about.md"),
        logo_file=str(tmp_path / "logo.svg"),
        accent="#7A1F5C",
        links="Imprint https://example.org/imprint, /about",
    )
    about = client.get("/about").text
    assert '<h2>Us</h2>\n<p>See <em>our</em> <a href="https://example.org">page</a>.</p>' in about
    assert '<a href="https://example.org/imprint">Imprint</a> <a href="/about">/about</a>' in about
    theme = client.get("/theme.css")
    assert "--accent:#7a1f5c;--accent-ink:#ffffff" in theme.text
    logo = client.get("/logo")
    assert logo.content_type == "image/svg+xml"
    assert logo.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_site_without_an_owner_has_none_of_it(client: FlaskClient) -> None:
    assert client.get("/logo").status_code == client.get("/theme.css").status_code == 404
    assert "theme.css" not in client.get("/").text


@pytest.mark.parametrize(
    ("name", "value"),
    [("logo_file", "a.exe"), ("logo_file", "none.png"), ("about_file", "none.md"),
     ("accent", "red"), ("links", "no address"), ("user_header", "a b")],
)  # fmt: skip
def test_what_cannot_be_used_is_said(index: MemoryIndex, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=rf"web\.{name}"):
        client_with(index, **{name: value})


def test_markup_of_a_text_is_safe() -> None:
    drawn = render_markdown(
        '<b onclick="x">t</b>\n\n[a](javascript:alert(1)) [b](//evil.org) `<i>`\n\n1. x\n2. y\nz'
    )
    assert drawn == (
        "<p>&lt;b onclick=&#34;x&#34;&gt;t&lt;/b&gt;</p>\n"
        "<p>[a](javascript:alert(1)) [b](//evil.org) <code>&lt;i&gt;</code></p>\n"
        "<ol><li>x</li><li>y z</li></ol>"
    )


def test_every_example_finds_what_it_says(client: FlaskClient) -> None:
    rows = read(client.get("/help").text).one("ul", class_="plain").all("li")
    assert len(rows) >= 4
    for row in rows:
        found = hits(read(client.get(row.one("a").attrs["href"]).text))
        assert f": {found:,} paper" in row.text, row.text


def test_the_years_of_each_venue_are_shown_and_gaps_are_named(client: FlaskClient) -> None:
    rows = read(client.get("/about").text).one("table", class_="coverage").one("tbody").all("tr")
    told = {row.one("th").text: [cell.text for cell in row.all("td")] for row in rows}
    for venue, cells in told.items():
        slug = venue.lower()
        if slug.isalpha():
            assert int(cells[0]) == client.get(f"/venue/{slug}.json").get_json()["total"]
    assert "without" in " ".join(cell for cells in told.values() for cell in cells)


def test_browsers_see_what_the_owner_changed(tmp_path: Path, index: MemoryIndex) -> None:
    about = tmp_path / "about.md"
    about.write_text("First", "utf-8")
    tag = client_with(index, about_file=str(about)).get("/about").headers["ETag"]
    about.write_text("Second", "utf-8")
    page = client_with(index, about_file=str(about)).get("/about", headers={"If-None-Match": tag})
    assert "<p>Second</p>" in page.text


def test_links_of_an_owner_lead_to_where_they_say() -> None:
    assert read_links("Our imprint\thttps://example.org,/a") == (
        ("Our imprint", "https://example.org"),
        ("/a", "/a"),
    )
    assert not are_links("Elsewhere /\\example.org")
    assert "<a" not in render_markdown("[here](/\\example.org)")
