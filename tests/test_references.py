"""References are read, found and reported on; what is not here is never called invented."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.evaluation.reference_styles import STYLES, in_style
from indexer.language.parse import parse_query
from indexer.paper import Paper
from indexer.publication import Publication
from indexer.references.bibliography import read_bibliography, split_list
from indexer.references.known_item import NOT_HERE
from indexer.references.match import find_paper
from indexer.references.parse import is_reference, parse_reference
from indexer.references.report import (
    STATUS_WORDS,
    ReferenceReport,
    check_references,
    corrected_bibtex,
    report_json,
)
from indexer.search import Searcher
from tests.oracle import MemoryIndex

PAPERS = (
    Paper(
        "kites", "Non-convex kites: what do they need?", "Wind.",
        ("Ann Lee", "Bo van der Berg", "Cy Doe"), "NeurIPS", 2019, doi="10.5555/kites.1",
        publication=Publication(pages="12-19"),
    ),
    Paper("kites-arxiv", "Non-convex kites: what do they need?", "Wind.",
          ("Ann Lee", "Bo van der Berg", "Cy Doe"), "arXiv", 2018,
          identifiers=(("arxiv", "1801.00001"),)),
    Paper("plans", "Plans of looms on the checkerboard", "Weave.", ("Ada Byron",), "ICML", 2020),
    Paper("deep", "Deep learning", "Nets.", ("Di Xu", "Ed Gray"), "JMLR", 2015),
)  # fmt: skip


@pytest.fixture(scope="module")
def searcher() -> Iterator[Searcher]:
    with MemoryIndex.of(PAPERS).searcher() as opened:
        yield opened


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("paper", [PAPERS[0], PAPERS[2]], ids=lambda paper: paper.id)
def test_a_reference_in_each_style_finds_its_paper(
    searcher: Searcher, style: str, paper: Paper
) -> None:
    found = find_paper(searcher, parse_reference(in_style(style, paper)))
    assert found is not None
    assert found.paper.id == paper.id


@pytest.mark.parametrize(
    "text",
    [
        "[12] A. Lee et al., “Non-con-\nvex kites: What do they\nneed?” NeurIPS, 2019.",
        "12. Lee A, van der Berg B. Non-convex kites: what do they need? NeurIPS. 2019;3:12-9.",
        "Lee, A. (2019). Nonconvex kites: what do they need? https://doi.org/10.5555/kites.1",
        "• Lee, Ann, et al. ‘Non-convex kites: what do they need?’ NeurIPS (2019): 12–19.",
    ],
)
def test_debris_of_a_pdf_does_no_harm(searcher: Searcher, text: str) -> None:
    found = find_paper(searcher, parse_reference(text))
    assert found is not None
    assert found.paper.id == "kites"


@pytest.mark.parametrize(
    "text",
    [
        "[3] A. Lee, B. van der Berg, C. Doe, {}, in: NeurIPS, 2019, pp. 12–19.",
        "7. Lee, A., van der Berg, B.: {} In: NeurIPS, pp. 12–19. Springer, Heidelberg (2019)",
        "LEE, Ann ; VAN DER BERG, Bo: {} In: NeurIPS 3 (2019), S. 12",
        "LEE, A., VAN DER BERG, B., AND DOE, C. 2019. {} In NeurIPS.",
        "Ann Lee, Bo van der Berg, Cy Doe: {} NeurIPS 2019: 12-19",
        "{} (Lee et al., NeurIPS 2019)",
        "[Lee et al., NeurIPS 2019] {}",
        "{} A Lee, B van der Berg, C Doe… - NeurIPS, 2019 - wind.org",
        "\\bibitem{{lee}} A.~Lee and C.~Doe. \\newblock {} \\newblock In {{\\em NeurIPS}}, 2019.",
        "%0 Conference Paper %T {} %A Lee, Ann %B NeurIPS %D 2019",
        '[{{"title": "{}", "author": [{{"family": "Lee"}}], "issued": {{"raw": "2019"}}}}]',
    ],
)
def test_other_styles_are_read(searcher: Searcher, text: str) -> None:
    text = text.format("Non-convex kites: what do they need?")
    assert is_reference(text)
    found = find_paper(searcher, parse_reference(text))
    assert found is not None
    assert found.paper.id == "kites"


def test_a_title_in_another_order_is_found_by_its_words(searcher: Searcher) -> None:
    found = find_paper(
        searcher, parse_reference("A. Lee. Wind. What do non-convex kites they need. Loom 3, 2019.")
    )
    assert found is not None
    assert found.paper.id == "kites"


@pytest.mark.parametrize(
    "text",
    [
        "Doe, J. (2019). A paper that is not among these. Journal of Wind, 3, 1-9.",
        "Gray, E. (1990). Learning of looms from deep plans. ICML, 20-29.",
        "",
    ],
)
def test_what_is_not_here_is_not_found(searcher: Searcher, text: str) -> None:
    assert find_paper(searcher, parse_reference(text)) is None


@pytest.mark.parametrize(
    "text",
    ["gossip learning", "transformers in 2023", "federated AND learning year:2019",
     "how do I train a network without labels in 2019 or later?", "attention is all you need"],
)  # fmt: skip
def test_a_query_is_no_reference(text: str) -> None:
    assert not is_reference(text)


def test_a_reference_that_fits_no_paper_says_so(searcher: Searcher) -> None:
    text = "Doe, J. (2019). A paper that is not among these. Journal of Wind, 3, 1-9."
    reasons = [repair.reason for repair in searcher.search(parse_query(text)).receipt.repairs]
    assert NOT_HERE in reasons


def test_a_list_falls_into_its_references() -> None:
    assert split_list("[1] A B,\nC 2019.\n[2] D E. 2020.") == ("A B,\nC 2019.", "D E. 2020.")
    assert split_list("A B. 2019.\n\nD\nE. 2020.") == ("A B. 2019.", "D\nE. 2020.")
    assert split_list("A B. 2019.\nD E. 2020.\n") == ("A B. 2019.", "D E. 2020.")
    assert split_list("") == ()


BIB = b"""@article{mine, title={Non-convex Kites: What do they need?},
  author={Lee, Ann and van der Berg, Bo and Doe, Cy}, journal={NeurIPS}, year=2018,
  doi={10.5555/other}}
@misc{pre, title={Non-convex kites: what do they need?}, author={Ann Lee}, eprint={1801.00001},
  archivePrefix={arXiv}, year=2018}
@misc{gone, title={Nothing of the kind}, author={Q. Q.}, year=2001}
@misc{untitled, year=2001}
"""


@pytest.fixture(scope="module")
def reports(searcher: Searcher) -> tuple[ReferenceReport, ...]:
    return tuple(check_references(searcher, read_bibliography(BIB, "mine.bib")))


def test_each_reference_is_reported_on(reports: tuple[ReferenceReport, ...]) -> None:
    assert [one.given.reference.key for one in reports[:3]] == ["mine", "pre", "gone"]
    assert [one.status for one in reports] == ["differs", "differs", "not here", "unread"]
    told = {one.field: (one.given, one.here) for one in reports[0].differences}
    assert told == {"year": ("2018", "2019"), "doi": ("10.5555/other", "10.5555/kites.1")}
    assert reports[1].paper is not None
    assert reports[1].paper.id == "kites-arxiv"
    assert reports[1].published_as is not None
    assert reports[1].published_as.id == "kites"
    assert report_json(reports[1])["published_as"]["id"] == "kites"
    assert report_json(reports[2]) == {
        "number": 3, "status": "not here", "key": "gone",
        "reference": reports[2].given.reference.text,
    }  # fmt: skip


def test_the_corrected_file_keeps_the_keys(reports: tuple[ReferenceReport, ...]) -> None:
    written = "".join(corrected_bibtex(reports))
    assert "@inproceedings{mine," in written or "@misc{mine," in written
    assert "year = {2019}" in written
    assert "% not in this collection\n@misc{gone," in written
    assert read_bibliography(written.encode(), "new.bib")[0].reference.key == "mine"


def test_nothing_is_called_invented() -> None:
    assert not any("invent" in words or "fake" in words for words in STATUS_WORDS.values())


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    reference = parse_reference(text)
    assert len(reference.titles) <= 6
    is_reference(text)
    read = read_bibliography(text.encode("utf-8", "replace"), "x.txt", limit=5)
    assert [one.number for one in read] == list(range(1, len(read) + 1))
