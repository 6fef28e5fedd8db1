"""Fixtures that more than one room's tests use."""

from __future__ import annotations

from pathlib import Path

import pytest

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
