"""The backend under test, as a fixture: every test of this folder runs over each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.search import Searcher
from tests.conformance.backends import BACKENDS, ORACLE, Backend
from tests.conformance.examples import PAPERS


@pytest.fixture(scope="session", params=BACKENDS, ids=lambda backend: backend.name)
def backend(request: pytest.FixtureRequest) -> Backend:
    """Every backend in turn, the oracle among them."""
    chosen: Backend = request.param
    return chosen


@pytest.fixture(
    scope="session",
    params=[backend for backend in BACKENDS if backend is not ORACLE],
    ids=lambda backend: backend.name,
)
def engine(request: pytest.FixtureRequest) -> Backend:
    """Every backend but the oracle, to be compared with it."""
    chosen: Backend = request.param
    return chosen


@pytest.fixture(scope="session")
def examples(backend: Backend) -> Iterator[Searcher]:
    """A searcher over the hand-made papers."""
    with backend.holding(PAPERS) as searcher:
        yield searcher


@pytest.fixture
def disk_backend(backend: Backend) -> Backend:
    """A backend whose index outlives a process."""
    if not backend.on_disk:
        pytest.skip(f"{backend.name} keeps nothing on disk")
    return backend
