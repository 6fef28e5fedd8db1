"""The tasks of a researcher, done in a browser: none may take more steps than here.

A step is a click, a line typed and sent, or a key; the paper itself is one click from every list.
"""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import PAPERS

pytestmark = [
    pytest.mark.browser,
    # The development server leaves a static file open when the browser hangs up; all else counts.
    pytest.mark.filterwarnings(
        r"ignore:Exception ignored in. <_io\.FileIO name='.*/webui/static/:"
        "pytest.PytestUnraisableExceptionWarning"
    ),
]
TITLE: Final = PAPERS[0].title
TO_PAPER: Final = 'main a[href^="https://doi.org/"]'
"""Where the paper itself is: clicking it is the last step."""
MENU: Final = "#take > summary"
FOUND: Final = "/search?q=federated"
TASKS: Final[tuple[tuple[str, str, tuple[str, ...], str], ...]] = (
    ("read a known paper from home", "/", (f"box={TITLE}",), TO_PAPER),
    ("read the paper of a hit", FOUND, (), TO_PAPER),
    ("read the paper of an author", "/author/ada-byron", (), TO_PAPER),
    ("read a paper of a venue", "/venue/icml/2019", (), TO_PAPER),
    ("read the paper on its page", "/paper/p1", (), TO_PAPER),
    ("read a related paper", "/paper/p2", (), TO_PAPER),
    ("read a similar paper", "/similar?id=p2", (), TO_PAPER),
    ("read a paper of a shelf", "/shelf?id=p1", (), TO_PAPER),
    ("find by DOI", "/", ("box=10.5555/a.b(1)",), TO_PAPER),
    (
        "read an abstract in the list",
        "/search?q=phones",
        ("details.abstract > summary",),
        "details.abstract[open] p",
    ),
    ("all papers of an author of a hit", FOUND, ("text=Ada Byron",), "h1:has-text('Ada Byron')"),
    ("the author of a typed name", "/", ("box=ada byron",), 'main a[href="/author/ada-byron"]'),
    ("the venue of a hit", FOUND, ("a.venue >> nth=0",), "h1"),
    ("cite a hit", FOUND, (f"h3 >> text={TITLE}",), "#cite"),
    ("export a result", FOUND, (MENU,), 'a[href^="/search.ris"]:visible'),
    (
        "export an author",
        "/author/ada-byron",
        ("details.menu > summary",),
        'a[href="/author/ada-byron.bib"]:visible',
    ),
    ("follow a search", FOUND, (MENU,), 'a[href^="/feed.atom"]:visible'),
    ("document a search", FOUND, (MENU,), 'a[href^="/record?"]:visible'),
    ("newest first", FOUND, ("text=newest",), 'a[aria-current="true"]:has-text("newest")'),
    ("one venue", "/search?q=learning", ("label:has-text('ICML')",), ".chips:has-text('ICML')"),
    (
        "leave a venue out",
        "/search?q=learning",
        ('a[aria-label="Exclude ICML"]',),
        ".chips:has-text('Not venue')",
    ),
    (
        "one year",
        "/search?q=learning",
        (".histogram a[aria-label^='2003']",),
        ".chips:has-text('2003')",
    ),
    ("topics of a result", "/search?q=learning", (".to-topics",), "h1"),
    ("compare two papers", "/shelf?id=p1&id=p2", ('a[href*="compare=1"]',), "table"),
    ("put a hit on the shelf", FOUND, (".pick input >> nth=0",), ".tray:visible"),
)


@pytest.fixture(scope="module")
def page(browser: Browser, site: str) -> Page:
    return browser.new_context(base_url=site, viewport={"width": 1280, "height": 900}).new_page()


@pytest.mark.parametrize(("task", "start", "steps", "goal"), TASKS, ids=[one[0] for one in TASKS])
def test_a_task_in_a_browser(
    page: Page, task: str, start: str, steps: tuple[str, ...], goal: str
) -> None:
    page.goto(start)
    for step in steps:
        field, sent, text = step.partition("=")
        if sent and field == "box":
            page.get_by_label("Search papers").fill(text)
            page.keyboard.press("Enter")
        else:
            page.locator(step).first.click()

    expect(page.locator(goal).first, task).to_be_visible()


@pytest.mark.parametrize(("keys", "region"), [(5, "#hits"), (6, "#filters")])
def test_the_keyboard_reaches(page: Page, keys: int, region: str) -> None:
    """By the skip link of the region, from the top of a page of results."""
    page.goto("/search?q=learning")
    page.keyboard.press("Tab")
    pressed = 1
    while page.evaluate("document.activeElement.getAttribute('href')") != region:
        page.keyboard.press("Tab")
        pressed += 1
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    inside = f"document.querySelector('{region}').contains(document.activeElement)"
    assert page.evaluate(inside)
    assert pressed + 2 <= keys
