"""A small made-up collection behind the pages, answered by the brute-force index."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer import CONFERENCE, JOURNAL, Paper
from tests.oracle import MemoryIndex
from webui import create_app

LONG = tuple(f"Member {letter}. Consortium" for letter in "ABCDEFGHIJKLM")
LONG += ("Nadia Rare", "Member O. Consortium", "Member P. Consortium")
PAPERS = (
    Paper(
        "p1",
        "Federated learning on small devices",
        "Federated learning trains a model where the data are. We count what it costs to send "
        "the weights, and send less. The saving is a factor of ten on phones and of two on "
        "laptops. Nothing is lost in accuracy. " + "We repeat this for several settings. " * 12,
        ("Tao Lin", "Ada Byron", "François Blanc"),
        "ICML",
        2019,
        CONFERENCE,
        doi="10.5555/a.b(1)",
        url="https://example.org/p1?a=1&b=2",
        keywords=("federated learning", "phones & tablets"),
    ),
    Paper(
        "p2",
        "A second look at federated learning",
        "An answer to an earlier paper on federated learning.",
        ("Tao Lin 0004", "Francois Blanc"),
        "NeurIPS",
        2021,
        CONFERENCE,
    ),
    Paper(
        "p3",
        "Gossip without a server",
        "",
        ("TAO LIN", "Simon Lacoste-Julien"),
        "JMLR",
        2021,
        JOURNAL,
    ),
    Paper("p4", "An untitled note <b>in bold</b>", "Tags & such stay text.", (), "", None, ""),
    Paper(
        "odd/id.json",
        "Many hands",
        "A paper of sixteen names.",
        LONG,
        "Proc. of X/Y & Z?",
        2021,
        CONFERENCE,
        authors_complete=False,
    ),
    *(
        Paper(
            f"bulk{number}",
            f"Study number {number} of learning rates",
            f"The learning rate of run {number} is halved.",
            ("Ada Byron", f"Author {number % 7}"),
            ("ICML", "NeurIPS", "ICLR")[number % 3],
            2000 + number % 9,
            CONFERENCE,
        )
        for number in range(60)
    ),
)


@pytest.fixture(scope="session")
def index() -> MemoryIndex:
    return MemoryIndex.of(PAPERS)


@pytest.fixture(scope="session")
def app(index: MemoryIndex) -> Flask:
    app = create_app(index=index)
    app.testing = True
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
