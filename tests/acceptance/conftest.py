"""Real collections behind the real engine, as a user would have them."""

from __future__ import annotations

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
    """An index of the 86,867 real papers, built once for all slow tests."""
    index = open_index(tmp_path_factory.mktemp("papers"))
    build_index([str(papers_file)], index)
    return index
