"""A real Chromium before a real server; skips with the reason where there is no browser."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright
from werkzeug.serving import make_server

from tests.conformance.backends import OPENSEARCH, ORACLE, Backend
from tests.web.conftest import PAPERS
from webui import create_app

Opened = Callable[..., Page]


@pytest.fixture(
    scope="session",
    params=[ORACLE, pytest.param(OPENSEARCH, marks=pytest.mark.cluster)],
    ids=lambda backend: backend.name,
)
def site(request: pytest.FixtureRequest) -> Iterator[str]:
    """The application over the small collection, at a real address; with -m cluster over one."""
    backend: Backend = request.param
    if backend is OPENSEARCH:
        request.getfixturevalue("cluster")
    with backend.index() as index:
        with index.writer() as writing:
            for paper in PAPERS:
                writing.add(paper)
        server = make_server("127.0.0.1", 0, create_app(index=index), threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of the system, else the one Playwright brought."""
    found = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    with sync_playwright() as playwright:
        try:
            opened = playwright.chromium.launch(
                executable_path=found, args=["--no-sandbox", "--disable-gpu"], timeout=180_000
            )
        except Error as error:
            pytest.skip(f"no browser can be started: {str(error).splitlines()[0]}")
        yield opened
        opened.close()


@pytest.fixture
def opened(browser: Browser, site: str) -> Iterator[Opened]:
    """Opens a page of the site: path, and options of the browser's context."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def go(path: str, **options: object) -> Page:
        context = browser.new_context(base_url=site, **options)  # type: ignore[arg-type] # passed on
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "request",
            lambda request: (
                faults.append(request.url) if not request.url.startswith(site) else None
            ),
        )
        page.goto(path)
        return page

    yield go
    for context in contexts:
        assert context.cookies() == []
        context.close()
    assert faults == []
