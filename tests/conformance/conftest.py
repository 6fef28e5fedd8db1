"""The backend under test, as a fixture: every test of this folder runs over each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.search import Searcher
from tests.conformance.backends import BACKENDS, OPENSEARCH, ORACLE, Backend
from tests.conformance.examples import PAPERS


def _params(*but: Backend) -> list[object]:
    """Returns the backends; those that need a cluster are marked so."""
    return [
        pytest.param(one, id=one.name, marks=[pytest.mark.cluster] if one is OPENSEARCH else [])
        for one in BACKENDS
        if one not in but
    ]


def _chosen(request: pytest.FixtureRequest) -> Backend:
    chosen: Backend = request.param
    if chosen is OPENSEARCH:
        request.getfixturevalue("cluster")
    return chosen


@pytest.fixture(scope="session", params=_params())
def backend(request: pytest.FixtureRequest) -> Backend:
    """Every backend in turn, the oracle among them."""
    return _chosen(request)


@pytest.fixture(scope="session", params=_params(ORACLE))
def engine(request: pytest.FixtureRequest) -> Backend:
    """Every backend but the oracle, to be compared with it."""
    return _chosen(request)


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
