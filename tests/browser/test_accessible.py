"""WCAG 2.2 AA as far as axe can tell, on every kind of page, light and dark, wide and small."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Opened

pytestmark = [
    pytest.mark.browser,
    # The development server leaves a static file open when the browser hangs up; all else counts.
    pytest.mark.filterwarnings(
        r"ignore:Exception ignored in. <_io\.FileIO name='.*/webui/static/:"
        "pytest.PytestUnraisableExceptionWarning"
    ),
]
PAGES = (
    "/",
    "/search?q=learning&venue=ICML&author_not=Author+3&year_from=2001",
    "/search?q=learning&explain=1&per_page=10&page=2",
    "/search?q=zzz&match=all",
    "/search?page=x",
    "/paper/p1",
    "/author/tao-lin",
    "/author/ada-byron",
    "/author/tao-lin?also=tao-lin-0004&year=2021",
    "/path?from=ada-byron&to=author-3",
    "/search?q=learning&versions=collapse&view=compact",
    "/topics?q=learning",
    "/venue/icml",
    "/facet/author?q=learning&author_not=Author+3",
    "/help",
    "/advanced",
    "/about",
    "/trends?q=rate&q=gossip",
    "/record?q=gossip",
    "/record/diff?q=gossip",
    "/record/diff?q=gossip&since=m000001",
    "/shelf?id=p1&id=p3",
    "/nowhere",
    "/references",
    "/references?text=Tao+Lin.+Gossip+without+a+server.+JMLR+2021",
    "/duplicates",
    "/similar?id=p1",
    "/venue/icml/2019",
    "/topics?q=zzz",
    "/path",
    "/shelf",
    "/shelf?id=p1&id=p2&compare=1",
    "/author/tao-lin?view=full",
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Success criterion 2.5.8, links within sentences and bars with a twin in a table aside.
TOO_SMALL = """
[...document.querySelectorAll('main a, main button, main input, main select, main summary')]
  .filter((one) => {
    const box = one.getBoundingClientRect();
    const inText = one.localName === 'a' && getComputedStyle(one).display === 'inline';
    const hidden = box.width === 0 || one.closest('.hidden, details:not([open])');
    const small = box.height < 23.5 || box.width < 23.5;
    return small && !hidden && !inText && !one.closest('svg, label');
  })
  .map((one) => one.outerHTML.slice(0, 120))
"""


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing_and_everything_fits_a_thumb(
    opened: Opened, path: str, scheme: str, width: int
) -> None:
    page = opened(
        path,
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        bypass_csp=True,
    )

    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})

    told = [
        f"{one['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]
    assert told == []
    if width < 1000:
        assert page.evaluate(TOO_SMALL) == []
        page.set_viewport_size({"width": 320, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
