"""Every backend finds one paper by its identifiers, its id and a reference to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.language.parse import parse_query
from indexer.paper import Paper
from indexer.publication import Publication
from indexer.references.known_item import named_paper
from indexer.search import Searcher
from indexer.suggestions.identifier_sentence import identifier_answer
from tests.conformance.backends import Backend

SICI = "10.1002/(sici)1097-4571(199009)41:6<391::aid-asi1>3.0.co;2-9"
PAPERS = (
    Paper("1706.03762", "Attention Is All You Need", "We propose the Transformer.",
          ("Ashish Vaswani", "Noam Shazeer", "Illia Polosukhin"), "NeurIPS", 2017,
          url="https://arxiv.org/abs/1706.03762",
          publication=Publication(subjects=("cs.CL", "cs.LG"))),
    Paper("kdd-1", "XGBoost: a scalable tree boosting system", "Trees.",
          ("Tianqi Chen", "Carlos Guestrin"), "KDD", 2016, doi="10.1145/2939672.2939785",
          identifiers=(("pmid", "77"),)),
    Paper("x3", "A kite", "Wind.", ("Ada Lovelace",), year=1990, doi=SICI),
    Paper("x4", "Attention is what all kites need", "Transformer of trees.", ("Ann Lee",),
          "KDD", 2017, url="https://example.org/kites/4/"),
    Paper("x5", "Boosting of trees and kites", "A system.", ("Bo Chen",), "KDD", 2016),
)  # fmt: skip


@pytest.fixture(scope="module")
def searcher(backend: Backend) -> Iterator[Searcher]:
    with backend.holding(PAPERS) as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("10.1145/2939672.2939785", "kdd-1"),
        ("https://dl.acm.org/doi/10.1145/2939672.2939785", "kdd-1"),
        ("doi:10.1145/2939672.2939785 year:2016", "kdd-1"),
        ("pmid:77", "kdd-1"),
        (SICI.upper(), "x3"),
        (f"doi:{SICI}", "x3"),
        ("1706.03762", "1706.03762"),
        ("arXiv:1706.03762v5", "1706.03762"),
        ("10.48550/arXiv.1706.03762", "1706.03762"),
        ("cat:cs.LG author:vaswani", "1706.03762"),
        ("kdd-1", "kdd-1"),
        ("http://localhost/paper/x5", "x5"),
        ("example.org/kites/4", "x4"),
        ("Vaswani, A., Shazeer, N., & Polosukhin, I. (2017). Attention is all you need. In NIPS.",
         "1706.03762"),
        ("[3] T. Chen and C. Guestrin, “XGBoost: A scalable tree boost-\ning system,” KDD, 2016.",
         "kdd-1"),
        ("Chen T, Guestrin C. XGBoost: a scalable tree boosting system. KDD. 2016:785-94.",
         "kdd-1"),
        ("@misc{v, title={Attention {Is} All You Need}, author={Vaswani, A.}, year=2017}",
         "1706.03762"),
        ("Vaswani 2017 attention is all you need", "1706.03762"),
        ("Chen 2016 boosting scalable", "kdd-1"),
        ("boosting kites Chen 2016", "x5"),
    ],
)  # fmt: skip
def test_the_paper_is_found_alone(searcher: Searcher, text: str, paper: str) -> None:
    results = searcher.search(parse_query(text))
    assert [hit.paper.id for hit in results.hits] == [paper]
    assert searcher.count(parse_query(text)) == 1
    assert list(searcher.ids(parse_query(text))) == [paper]


def test_an_identifier_that_nobody_has_finds_nothing_and_is_said(searcher: Searcher) -> None:
    answer = identifier_answer(searcher.search(parse_query("https://doi.org/10.1145/1.2")))
    assert answer is not None
    assert answer.sentence == "No paper here has the DOI 10.1145/1.2."
    assert answer.address == "https://doi.org/10.1145/1.2"


def test_the_paper_of_an_identifier_is_marked(searcher: Searcher) -> None:
    answer = identifier_answer(searcher.search(parse_query("arXiv:1706.03762v2")))
    assert answer is not None
    assert answer.sentence == "This is the paper with the arXiv number 1706.03762."
    assert identifier_answer(searcher.search(parse_query("kites"))) is None


def test_a_reference_to_nothing_here_finds_what_shares_its_title_words(searcher: Searcher) -> None:
    text = "Doe, J. (2019). Kites and trees of attention. Journal of Wind, 3, 12–19."
    results = searcher.search(parse_query(text))
    assert "x4" in {hit.paper.id for hit in results.hits}


def test_a_quoted_id_is_a_word(searcher: Searcher) -> None:
    assert searcher.count(parse_query('"kdd-1"')) == 0


def test_papers_are_named_by_id_and_identifier(searcher: Searcher) -> None:
    for text in ("x3", SICI, f"https://doi.org/{SICI}"):
        found = named_paper(searcher, text)
        assert found is not None
        assert found.id == "x3"
    assert named_paper(searcher, "kites") is None
    assert named_paper(searcher, "") is None
