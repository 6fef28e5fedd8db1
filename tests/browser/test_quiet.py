"""A page complains of nothing, waits for one stylesheet only, and does not jump as it loads.

That it asks no other host and keeps no cookie is looked at wherever a page is opened.
"""

from __future__ import annotations

import pytest

from tests.browser.conftest import Opened
from tests.browser.test_accessible import PAGES

pytestmark = [
    pytest.mark.browser,
    # The development server leaves a static file open when the browser hangs up; all else counts.
    pytest.mark.filterwarnings(
        r"ignore:Exception ignored in. <_io\.FileIO name='.*/webui/static/:"
        "pytest.PytestUnraisableExceptionWarning"
    ),
]
WATCH = """
window.moved = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.moved += entry.value;
}).observe({type: 'layout-shift', buffered: true});
"""
BLOCKING = """
performance.getEntriesByType('resource')
  .filter((one) => one.renderBlockingStatus === 'blocking')
  .map((one) => new URL(one.name).pathname)
"""


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_quietly(opened: Opened, path: str) -> None:
    told: list[str] = []
    page = opened("/robots.txt")
    page.add_init_script(WATCH)
    page.on("console", lambda message: told.append(message.text))
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path)
        page.wait_for_timeout(200)

        assert page.evaluate(BLOCKING) == ["/static/quiver.css"]
        assert page.evaluate("window.moved") < 0.01
    # That a page is a 400 or a 404 is meant.
    assert [one for one in told if "status of 4" not in one] == []
