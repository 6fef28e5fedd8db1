"""Real collections behind the real engine, as a user would have them."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import Index, build_index, open_index
from webui import create_app


@pytest.fixture(scope="session")
def arrow(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The built-in collection, built as the README's first command builds it."""
    index = open_index(tmp_path_factory.mktemp("arrow"))
    build_index([str(checkout / "data" / "martin-jaggi.txt")], index)
    return index


@pytest.fixture(scope="session")
def arrow_page(checkout: Path) -> list[str]:
    """Lines of the built-in page."""
    return (checkout / "data" / "martin-jaggi.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def web(arrow: Index) -> FlaskClient:
    """The pages over the built-in collection."""
    return create_app(index=arrow).test_client()


@pytest.fixture(scope="session")
def papers_file(shared_data: Path) -> Path:
    """86,867 real papers."""
    return shared_data / "papers" / "papers.jsonl.gz"


@pytest.fixture(scope="session")
def papers(papers_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Index:
    """An index of the 86,867 real papers, built once for all slow tests and their processes."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    index = open_index(folder / "papers")
    built = folder / "papers.built"
    try:
        (folder / "papers.begun").mkdir()
    except FileExistsError:
        end = time.monotonic() + 900
        while not built.exists():
            assert time.monotonic() < end, "another process builds this index and has not ended"
            time.sleep(0.5)
    else:
        build_index([str(papers_file)], index)
        built.mkdir()
    return index
