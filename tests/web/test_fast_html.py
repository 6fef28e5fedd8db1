"""Parts of pages drawn by functions: whatever stands in a text, it is text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from indexer import Facet, FacetValue, Filter, Formulas, Query
from tests.web.reading import read
from webui.presentation.charts import year_histogram
from webui.presentation.facets import facet_panel
from webui.presentation.fast_html import author_items, choices, columns, years_table
from webui.presentation.hit import AuthorName
from webui.presentation.markup import Display, escaped
from webui.urls.query_params import Params

ODD = """<b a="1" b='2'>&amp;"""


@given(st.lists(st.text()))
def test_texts_are_escaped_as_each_by_itself(texts: list[str]) -> None:
    assert escaped(texts) == [str(escape(text)) for text in texts]


def test_a_text_with_what_stands_between_texts_is_escaped_too() -> None:
    assert escaped(["<\0>", "&"]) == ["&lt;\0&gt;", "&amp;"]


def test_names_are_links_and_what_is_left_out_is_said() -> None:
    names = (
        AuthorName("Ada Byron", Markup("Ada <mark>Byron</mark>")),
        AuthorName(ODD, escape(ODD), skipped=3),
    )

    items = read(f"<ul>{author_items(names, lambda slug: f'/a/{slug}?{ODD}')}</ul>").all("li")

    assert [item.text for item in items] == ["Ada Byron", "…", ODD]
    assert items[1].attrs["aria-label"] == "3 names left out"
    assert items[0].one("a").attrs["href"] == f"/a/ada-byron?{ODD}"


@pytest.mark.parametrize("chosen", [Filter("venue"), Filter("venue", ("A",), (ODD,))])
def test_choices_are_what_the_panel_holds(chosen: Filter) -> None:
    query = Query(text="x", filters=(chosen,))
    values = tuple(
        FacetValue(value, 1234, value in chosen.include, value in chosen.exclude)
        for value in ("A", ODD, "unknown")
    )
    params = Params()
    panel = facet_panel(
        query, Facet("venue", values, 3), lambda query, field: params.around(query, field, "/s")
    )

    page = read(f"<ul>{choices(panel)}</ul>")
    items = page.all("li")

    assert len(items) == 3
    for item, row in zip(items, panel.rows, strict=True):
        (field,) = item.all("input")
        assert field.attrs["value"] == row.value
        assert item.one("span", class_="name").text == row.label
        links = [link.attrs["href"] for link in item.all("a")]
        if row.excluded:
            assert field.attrs["name"] == "venue_not"
            assert links == [row.undo]
        else:
            assert field.attrs["name"] == "venue"
            assert ("checked" in field.attrs) == row.selected
            assert "1,234" in item.one("span", class_="count").text
            assert links == [row.only, row.without]


def test_years_are_columns_and_rows() -> None:
    facet = Facet("year", (FacetValue("2001", 1000), FacetValue("2004", 2, selected=True)), 2)
    params = Params()
    panel = facet_panel(
        Query(), facet, lambda query, field: params.around(query, field, f"/s{ODD}")
    )
    drawn = year_histogram(facet, lambda year: f"/y{ODD}{year}", lambda year: year == 2004)
    assert drawn is not None

    bars = read(f"<svg>{columns(drawn)}</svg>").all("a")
    rows = read(f"<table>{years_table(panel)}</table>").all("tr")

    assert [bar.attrs["href"] for bar in bars] == [f"/y{ODD}2001", f"/y{ODD}2004"]
    assert [bar.attrs.get("class") for bar in bars] == [None, "chosen"]
    assert [row.attrs.get("class") for row in rows] == [None, "chosen"]
    assert [row.one("td").text for row in rows] == ["1,000", "2"]
    assert [row.one("a").attrs["href"] for row in rows] == [row.only for row in panel.rows]


@given(
    st.lists(
        st.text()
        | st.sampled_from(["Ada Byron", "Cl\\con", "{A}", "$x$", "\\emph{it}", "''", "A & B", "~"])
    )
)
def test_several_texts_are_drawn_as_each_by_itself(texts: list[str]) -> None:
    display = Display(Formulas())

    assert display.several(texts) == [display.markup(text) for text in texts]
