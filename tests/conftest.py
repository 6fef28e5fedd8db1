"""Fixtures that more than one room's tests use."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.effort import effort

# A busy machine is no fault of an example: no test of the suite judges by time.
settings.register_profile(
    "quiver",
    deadline=None,
    max_examples=effort(30, 100),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("quiver")


def pytest_configure() -> None:
    """Undo what a script does to a suite that it starts in the background: to ignore Ctrl-C.

    What the tests start would ignore it, too.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Root of the source tree under test."""
    return CHECKOUT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real collections beside the checkout; skips where they are absent."""
    folder = CHECKOUT / ".." / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared collections (../shared/data beside the checkout) are not here")
    return folder


@pytest.fixture(scope="session")
def cluster() -> Iterator[tuple[str, ...]]:
    """Addresses of a real cluster of three nodes; skips where none can be started.

    The variable QUIVER_TEST_CLUSTER names one that runs already.
    """
    from tests.backends.opensearch.cluster import Cluster, missing

    if given := os.environ.get("QUIVER_TEST_CLUSTER"):
        yield tuple(given.split(","))
        return
    if reason := missing():
        pytest.skip(reason)
    with Cluster() as started:
        os.environ["QUIVER_TEST_CLUSTER"] = ",".join(started.hosts)
        try:
            yield started.hosts
        finally:
            del os.environ["QUIVER_TEST_CLUSTER"]
