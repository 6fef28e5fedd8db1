"""Whole journeys in a browser: with the script, without it, by keyboard, on a small screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened
from tests.web.conftest import PAPERS

pytestmark = [
    pytest.mark.browser,
    # The development server leaves a static file open when the browser hangs up; all else counts.
    pytest.mark.filterwarnings(
        r"ignore:Exception ignored in. <_io\.FileIO name='.*/webui/static/:"
        "pytest.PytestUnraisableExceptionWarning"
    ),
]


def total(page: Page, count: int) -> None:
    expect(page.locator("#total")).to_have_text(re.compile(rf"^{count} results?$"))


def test_a_search_from_home_to_an_export_and_back(opened: Opened) -> None:
    page = opened("/")
    page.get_by_label("Search papers").fill("learning")
    page.get_by_role("button", name="Search").click()
    total(page, 62)
    page.evaluate("window.stayed = true")

    page.get_by_role("checkbox", name=re.compile("^ICML")).check()
    page.wait_for_url("**venue=ICML**")
    total(page, 21)
    page.get_by_role("checkbox", name=re.compile("^NeurIPS")).check()
    page.wait_for_url("**venue=NeurIPS**")
    total(page, 42)
    page.get_by_role("link", name="Exclude Author 3").click()
    page.wait_for_url("**author_not=**")
    page.locator(".histogram a[aria-label^='2003']").click()
    page.wait_for_url("**year_from=2003**")
    assert page.evaluate("window.stayed"), "results came in place"

    page.go_back()
    page.wait_for_url(lambda url: "year_from" not in url)
    page.get_by_role("link", name="Remove filter: Not author Author 3").click()
    page.get_by_role("link", name="Clear all filters").click()
    page.wait_for_url(lambda url: "venue" not in url)
    total(page, 62)

    page.get_by_label("Search papers").fill("phones")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=phones**")
    total(page, 1)
    page.get_by_text("Full abstract").click()
    expect(page.locator("details.abstract p")).to_contain_text("for several settings")
    page.get_by_role("link", name=PAPERS[0].title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(PAPERS[0].title)
    with page.expect_download() as download:
        page.get_by_role("link", name="RIS").click()
    assert download.value.suggested_filename == "p1.ris"
    page.get_by_role("link", name="Ada Byron").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Byron")


def test_the_same_without_script(opened: Opened) -> None:
    page = opened("/", java_script_enabled=False)
    page.get_by_label("Search papers").fill("learning")
    page.get_by_role("button", name="Search").click()
    total(page, 62)
    page.get_by_role("checkbox", name=re.compile("^ICML")).check()
    page.get_by_role("checkbox", name=re.compile("^NeurIPS")).check()
    venues = page.locator("fieldset.facet", has=page.get_by_text("Venue", exact=True))
    venues.get_by_role("button", name="Apply").click()
    total(page, 42)
    page.get_by_role("link", name="Exclude Author 3").click()
    page.locator(".histogram a[aria-label^='2003']").click()
    assert "venue=ICML" in page.url
    assert "author_not=Author+3" in page.url
    page.get_by_label("Search papers").fill("phones")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Clear all filters").click()
    total(page, 1)
    page.get_by_text("Full abstract").click()
    expect(page.locator("details.abstract p")).to_be_visible()
    page.get_by_role("checkbox", name=f"Select {PAPERS[0].title}").check()
    page.get_by_role("button", name="Shelf").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Shelf")
    expect(page.locator(".line-title")).to_have_text(PAPERS[0].title)


def test_keys_move_and_open_and_can_be_turned_off(opened: Opened) -> None:
    page = opened("/search?q=learning")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("h3 a").first).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Search papers")).to_be_focused()
    page.keyboard.type("j")
    expect(page.get_by_label("Search papers")).to_have_value(re.compile("j$"))
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    page.get_by_label("Enable single-key shortcuts on this site").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("/")
    expect(page.get_by_label("Search papers")).not_to_be_focused()
    page.reload()
    page.keyboard.press("/")
    expect(page.get_by_label("Search papers")).not_to_be_focused()


def test_names_are_completed_and_nothing_goes_off_by_itself(opened: Opened) -> None:
    page = opened("/search?q=gossip")
    box = page.get_by_label("Search papers")
    box.fill("")
    box.press_sequentially("tao l")
    listed = page.get_by_role("listbox", name="Names and venues").get_by_role("option")
    expect(listed).to_have_count(2)
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(listed.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(listed).to_have_count(0)
    assert "q=gossip" in page.url
    box.press_sequentially("in")
    expect(listed.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/author/tao-lin**")


def test_the_whole_page_by_keyboard_alone(opened: Opened) -> None:
    """The first stop leads past the head; every control shows where the focus is."""
    page = opened("/search?q=learning&per_page=10")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    seen: set[str] = set()
    for _ in range(150):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            "(() => { const at = document.activeElement; const style = getComputedStyle(at);"
            " return [at.localName, at.textContent.trim().slice(0, 20), style.outlineStyle]; })()"
        )
        if shown[0] == "body":
            break
        assert shown[2] != "none", shown
        seen.add(shown[0])
    assert {"a", "input", "button", "summary", "select"} <= seen


def test_a_shelf_is_kept_in_the_browser(opened: Opened) -> None:
    page = opened("/search?q=federated")
    page.locator(".pick input").nth(0).check()
    page.locator(".pick input").nth(1).check()
    page.goto("/search?q=gossip")
    page.locator(".pick input").nth(0).check()
    page.goto("/paper/p4")
    page.get_by_role("button", name="Add to shelf").click()
    tray = page.get_by_role("complementary", name="Your shelf")
    tray.get_by_role("link", name="4 on your shelf").click()
    expect(page.locator(".line-title")).to_have_count(4)
    expect(page.locator("#export input[name=id]")).to_have_count(4)
    page.locator(".take-off a").first.click()
    expect(page.locator(".line-title")).to_have_count(3)
    expect(tray.get_by_role("link", name="3 on your shelf")).to_be_visible()
    tray.get_by_role("button", name="Clear").click()
    expect(tray.get_by_text("The shelf is empty now.")).to_be_visible()
    tray.get_by_role("button", name="Undo").click()
    page.goto("/search?q=gossip")
    expect(page.locator(".pick input").first).to_be_checked()
    page.locator(".pick input").first.uncheck()
    expect(tray.get_by_role("link", name="2 on your shelf")).to_be_visible()
    # A shelf too long for an address is said to be full, and keeps what it has.
    page.evaluate("localStorage.setItem('quiver.shelf', JSON.stringify(['x'.repeat(7590)]))")
    page.reload()
    page.locator(".pick input").first.click()
    expect(tray).to_contain_text("The shelf is full")
    expect(page.locator(".pick input").first).not_to_be_checked()


@pytest.mark.parametrize("path", ["/", "/search?q=learning&venue=ICML", "/paper/p1", "/help",
                                  "/author/tao-lin", "/venue/icml", "/search?page=x", "/about",
                                  "/facet/author", "/trends?q=rate&q=gossip", "/record?q=gossip",
                                  "/shelf?id=p1"])  # fmt: skip
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_screen(opened: Opened, path: str, width: int) -> None:
    page = opened(path, viewport={"width": width, "height": 800})

    wider = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wider <= 0
