"""Where the paper itself is."""

from __future__ import annotations

import pytest

from indexer import Paper
from webui.presentation.paper_links import paper_links


@pytest.mark.parametrize(
    ("paper", "links"),
    [
        (Paper("a", "t"), {}),
        (
            Paper("a", "t", doi="10.5555/a b", url="https://doi.org/10.5555/a b"),
            {"DOI": "https://doi.org/10.5555/a%20b"},
        ),
        (
            Paper("a", "t", url="https://aclanthology.org/2021.acl-long.24/"),
            {
                "PDF": "https://aclanthology.org/2021.acl-long.24.pdf",
                "ACL Anthology": "https://aclanthology.org/2021.acl-long.24/",
            },
        ),
        (
            Paper("a", "t", url="https://proceedings.mlr.press/v13/kaelin10a.html"),
            {
                "PDF": "https://proceedings.mlr.press/v13/kaelin10a/kaelin10a.pdf",
                "PMLR": "https://proceedings.mlr.press/v13/kaelin10a.html",
            },
        ),
        (
            Paper("a", "t", url="https://example.org/a.pdf"),
            {"PDF": "https://example.org/a.pdf"},
        ),
        (Paper("a", "t", url="http://[x"), {"Page": "http://[x"}),
        (
            Paper("a", "t", url="https://www.example.org/paper"),
            {"example.org": "https://www.example.org/paper"},
        ),
    ],
)
def test_a_paper_is_led_to_where_it_is(paper: Paper, links: dict[str, str]) -> None:
    assert {link.label: link.href for link in paper_links(paper)} == links
