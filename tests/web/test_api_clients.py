"""Clients generated from the description, used against a running server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.web.conftest import PAPERS

TOLD = """
import json
print(json.dumps([type(results).__name__, results.total, type(paper).__name__, paper.title,
                  type(author).__name__, author.name, author.paper_count]))
"""


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The application behind a real address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow
@pytest.mark.skipif(
    find_spec("openapi_python_client") is None, reason="openapi-python-client is not installed"
)
def test_the_documented_client_returns_objects_with_types(
    site: str, app: Flask, tmp_path: Path, checkout: Path
) -> None:
    description = tmp_path / "api.json"
    description.write_text(app.test_client().get("/api").text, "utf-8")
    subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(description),
         "--meta", "none", "--output-path", str(tmp_path / "quiver_api")],
        check=True, capture_output=True,
    )  # fmt: skip
    document = (checkout / "webui" / "README.md").read_text("utf-8")
    pattern = r"^```python\n(from quiver_api.*?)^```$"
    (example,) = re.findall(pattern, document, re.MULTILINE | re.DOTALL)
    ran = subprocess.run(
        [sys.executable, "-c", f"address = {site!r}\n{example}{TOLD}"],
        cwd=tmp_path, check=True, capture_output=True, text=True,
    )  # fmt: skip

    kind, total, paper_kind, title, author_kind, name, papers = json.loads(ran.stdout)
    assert (kind, paper_kind, author_kind) == ("SearchResults", "Paper", "AuthorPapers")
    assert total >= 60
    assert title in {paper.title for paper in PAPERS}
    assert (name, papers) == ("Ada Byron", 61)
