"""``quiver versions``, run as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from webui.cli import quiver


@pytest.fixture
def index(checkout: Path, tmp_path: Path) -> str:
    """An index of the Arrow page, which holds one work twice."""
    page = str(checkout / "data" / "martin-jaggi.txt")
    assert CliRunner().invoke(quiver(), ["build", page, "--index", str(tmp_path)]).exit_code == 0
    return str(tmp_path)


def test_the_version_pair_of_the_arrow_page_is_found_and_nothing_else(index: str) -> None:
    ran = CliRunner().invoke(quiver(), ["versions", "--json", "--index", index])

    (group,) = json.loads(ran.stdout)
    assert group["kind"] == "version"
    assert [one.partition("-")[0] for one in group["ids"]] == ["neurips2022", "jmlr2023"]


def test_people_see_titles_and_places(index: str) -> None:
    ran = CliRunner().invoke(quiver(), ["versions", "--index", index])

    assert ran.stdout.startswith("1 work with more than one paper.")
    assert "Beyond spectral gap" in ran.stdout
    assert "(JMLR 2023)" in ran.stdout
