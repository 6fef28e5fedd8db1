"""The page of results as a value: laid out without a request, and all that its templates name."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import meta

from indexer import Formulas, parse_query
from tests.oracle import MemoryIndex
from webui.presentation.markup import Display
from webui.presentation.results_page import ResultsPage, results_page
from webui.urls.query_params import Params
from webui.urls.search_urls import SearchUrls


def address(endpoint: str, **values: str) -> str:
    return "/".join((f"/{endpoint}", *values.values()))


def laid_out(index: MemoryIndex, text: str) -> ResultsPage:
    query = parse_query(text, per_page=10)
    with index.searcher() as searcher:
        results = searcher.search(query)
    return results_page(results, SearchUrls(Params(), address), Display(Formulas()))


def test_a_page_is_laid_out_without_a_request(index: MemoryIndex) -> None:
    page = laid_out(index, "learning")
    assert page.first == 1
    assert page.canonical == "/pages.search?q=learning&per_page=10"
    assert [size.label for size in page.sizes if size.current] == ["10"]
    assert page.pager.next == "/pages.search?q=learning&page=2&per_page=10"
    assert page.formats[0].href.startswith("/exports.search/")
    assert page == laid_out(index, "learning")


def named(app: Flask, name: str, seen: set[str]) -> set[str]:
    """Variables that a template and those it includes take from the view."""
    if name in seen:
        return set()
    seen.add(name)
    source = (Path(app.root_path) / "templates" / name).read_text("utf-8")
    tree = app.jinja_env.parse(source)
    found = meta.find_undeclared_variables(tree)
    for other in meta.find_referenced_templates(tree):
        found |= named(app, str(other), seen)
    return found


def test_the_templates_name_only_what_the_page_has(app: Flask, index: MemoryIndex) -> None:
    """A name that is misspelt in a template would silently show nothing."""
    of_the_view = {"notices", "typed", "labels", "screen_href"}
    given = {*laid_out(index, "learning").variables(), *app.jinja_env.globals, *of_the_view}
    # A macro; set by `with` around an include; of pages that have a feed or a focus of their own.
    elsewhere = {"hits", "shown", "id", "autofocus", "feed_href"}
    assert named(app, "pages/search.html", set()) <= given | elsewhere
