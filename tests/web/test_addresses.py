"""The addresses that the README lists are those of the site."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
TABLE = README.partition("## Over HTTP")[2].partition("\n## ")[0]
ADDRESSES = re.findall(
    r"`(/[^`]*)`", "".join(row.split("|")[1] for row in TABLE.splitlines() if "|" in row)
)
NAMES = {"/author/NAME": "/author/ada-byron", "/venue/NAME": "/venue/icml"}


def test_the_readme_lists_addresses() -> None:
    assert len(ADDRESSES) >= 15


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_of_the_readme_answers(client: FlaskClient, address: str) -> None:
    there = NAMES.get(address, address).replace("ID", "p1").replace("NAME", "tao-lin")
    assert client.get(there).status_code == 200


@pytest.mark.parametrize(
    "suffix",
    re.findall(r"\.(?:[a-z]+\.)?[a-z]+\b", TABLE.partition("/paper/ID")[2].partition("\n")[0]),
)
def test_a_paper_has_every_representation_of_the_readme(client: FlaskClient, suffix: str) -> None:
    assert client.get(f"/paper/p1{suffix}").status_code == 200
