"""Identifiers are recognised in every spelling that people paste, and words are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.paper import Paper
from indexer.publication import Publication
from indexer.record.identifier_forms import (
    Identifier,
    doi_in,
    identifier_key,
    identifier_of,
    identifiers_in,
    is_arxiv_category,
    paper_keys,
)

SICI = "10.1002/(sici)1097-4571(199009)41:6<391::aid-asi1>3.0.co;2-9"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("10.1145/2939672.2939785", "doi:10.1145/2939672.2939785"),
        ("DOI: 10.1145/2939672.2939785.", "doi:10.1145/2939672.2939785"),
        ("(doi:10.1145/2939672.2939785)", "doi:10.1145/2939672.2939785"),
        ("<https://dx.doi.org/10.1145/2939672.2939785>", "doi:10.1145/2939672.2939785"),
        ("doi.org/10.1145/2939672.2939785", "doi:10.1145/2939672.2939785"),
        ("https://dl.acm.org/doi/pdf/10.1145/2939672.2939785", "doi:10.1145/2939672.2939785"),
        ("https://dl.acm.org/doi/abs/10.1145/1.2?download=true", "doi:10.1145/1.2"),
        ("https://onlinelibrary.wiley.com/doi/10.1002/asi.1/full", "doi:10.1002/asi.1"),
        ("https://link.springer.com/article/10.1007/s1-020-5.pdf", "doi:10.1007/s1-020-5"),
        ("https://www.biorxiv.org/content/10.1101/2020.01.01.1v2.full", "doi:10.1101/2020.01.01.1"),
        ("https://journals.plos.org/plosone/article?id=10.1371/journal.pone.1",
         "doi:10.1371/journal.pone.1"),
        ("https://www.nature.com/articles/s41586-020-2649-2", "doi:10.1038/s41586-020-2649-2"),
        (SICI.upper(), f"doi:{SICI}"),
        (f"https://doi.org/{SICI}", f"doi:{SICI}"),
        ("https://doi.org/10.1002/(SICI)1097-4571(199009)41:6%3C391::AID-ASI1%3E3.0.CO;2-9",
         f"doi:{SICI}"),
        ("1706.03762", "arxiv:1706.03762"),
        ("arXiv:1706.03762v5", "arxiv:1706.03762"),
        ("arXiv: 1706.03762 [cs.CL]", "arxiv:1706.03762"),
        ("https://arxiv.org/pdf/1706.03762v7.pdf", "arxiv:1706.03762"),
        ("http://export.arxiv.org/abs/hep-th/9901001v2", "arxiv:hep-th/9901001"),
        ("math.GT/0309136", "arxiv:math/0309136"),
        ("10.48550/arXiv.1706.03762", "arxiv:1706.03762"),
        ("PMID: 12734659", "pmid:12734659"),
        ("https://pubmed.ncbi.nlm.nih.gov/12734659/", "pmid:12734659"),
        ("PMC3531190", "pmcid:pmc3531190"),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC3531190/", "pmcid:pmc3531190"),
        ("P19-1001", "acl:p19-1001"),
        ("https://aclanthology.org/2020.acl-main.1.pdf", "acl:2020.acl-main.1"),
        ("https://doi.org/10.18653/v1/P19-1001", "acl:p19-1001"),
        ("DBLP:conf/nips/VaswaniSP17", "dblp:conf/nips/vaswanisp17"),
        ("https://dblp.org/rec/conf/nips/VaswaniSP17.html?view=bibtex",
         "dblp:conf/nips/vaswanisp17"),
        ("https://openalex.org/W2741809807", "openalex:w2741809807"),
        ("CorpusID:13756489", "s2:13756489"),
        ("https://openreview.net/pdf?id=rJXMpikCZ", "openreview:rjxmpikcz"),
        ("openreview:rJXMpikCZ", "openreview:rjxmpikcz"),
        ("ISBN 978-3-16-148410-0", "isbn:9783161484100"),
        ("isbn:0306406152", "isbn:9780306406157"),
        ("https://proceedings.mlr.press/v89/gaboardi19a/gaboardi19a.pdf",
         "url:proceedings.mlr.press/v89/gaboardi19a"),
        ("https://papers.nips.cc/paper/2017/file/3f5e-Paper.pdf",
         "url:proceedings.neurips.cc/paper/2017/3f5e"),
        ("http://www.example.org/a/?utm_source=x", "url:example.org/a"),
        ("DOI 10.1145/ 2939672.2939785", "doi:10.1145/2939672.2939785"),
        ("info:doi/10.1145/2939672.2939785", "doi:10.1145/2939672.2939785"),
        ("https://www.doi.org/10.1145/1.2?ref=x", "doi:10.1145/1.2"),
        ("[10.1145/1.2](https://doi.org/10.1145/1.2)", "doi:10.1145/1.2"),
        ('<a href="https://arxiv.org/abs/1706.03762">A paper</a>', "arxiv:1706.03762"),
        ("https://www.google.com/url?q=https%3A%2F%2Farxiv.org%2Fabs%2F1706.03762&sa=D",
         "arxiv:1706.03762"),
        ("https://web.archive.org/web/2020/http://aclanthology.org/P19-1001/", "acl:p19-1001"),
        ("https://ieeexplore-ieee-org.ezproxy.example.edu/document/12345",
         "url:ieeexplore.ieee.org/document/12345"),
        ("0-306-40615-2", "isbn:9780306406157"),
        ("/paper/nips2017-1", "id:nips2017-1"),
    ],
)  # fmt: skip
def test_an_identifier_in_any_spelling_has_one_key(text: str, key: str) -> None:
    assert identifiers_in(text)[0].key == key
    assert identifiers_in(f"  {text}\u200b ")[0].key == key


def test_a_doi_also_asks_for_the_page_whose_number_it_holds() -> None:
    readings = identifiers_in("https://doi.org/10.1109/ICRA.2011.5980321")
    assert [str(reading) for reading in readings] == [
        "doi:10.1109/icra.2011.5980321", "url:ieeexplore.ieee.org/document/5980321",
    ]  # fmt: skip
    assert len(identifiers_in("10.24963/ijcai.2023/652")) == 2
    assert len(identifiers_in("10.1109/TPAMI.2011.17")) == 1


@pytest.mark.parametrize(
    "text",
    ["", "word2vec", "COVID-19", "L1/L2", "and/or", "2019", "10.5", "A 3.5 update", "resnet 50",
     "acl injury 2019", "s2 heart sound", "pmid", "doi", "isbn search 1999", "C++11", "gossip",
     "doi:10.1145/1 kites", "1706.03762 kites"],
)  # fmt: skip
def test_words_are_no_identifiers(text: str) -> None:
    assert identifiers_in(text) == ()


def test_an_address_of_a_page_of_this_program_may_be_its_paper() -> None:
    found = identifiers_in("http://127.0.0.1:8000/paper/icml2019-4d1c.bib")
    assert Identifier("id", "icml2019-4d1c") in found


def test_a_paper_is_listed_under_all_its_identifiers() -> None:
    paper = Paper(
        "2101.00001", "Kites", doi="10.18653/v1/p19-1001", url="https://arxiv.org/abs/2101.00001v2",
        identifiers=(("isbn", "0306406152"), ("pmid", "12")),
        publication=Publication(subjects=("cs.LG",)),
    )  # fmt: skip
    assert paper_keys(paper) == (
        "acl:p19-1001", "arxiv:2101.00001", "cat:cs", "cat:cs.lg", "id:2101.00001",
        "isbn:9780306406157", "pmid:12", "url:arxiv.org/abs/2101.00001v2",
    )  # fmt: skip


def test_schemes_know_their_resolvers() -> None:
    assert Identifier("doi", "10.1/a<b>").address == "https://doi.org/10.1/a%3Cb%3E"
    assert Identifier("s2", "12").address == "https://www.semanticscholar.org/paper/CorpusID:12"
    assert Identifier("isbn", "1").address == ""


def test_categories_of_arxiv() -> None:
    assert all(map(is_arxiv_category, ("cs.LG", "hep-th", "cond-mat.mes-hall", "stat.ML", "cs")))
    assert not any(map(is_arxiv_category, ("ICML", "cs.", "machine learning")))


@pytest.mark.parametrize("scheme", ["doi", "pmid", "isbn", "acl", "cat", "url", "arxiv"])
def test_what_is_none_of_a_scheme_is_none(scheme: str) -> None:
    assert identifier_of(scheme, "kites") is None


@given(st.text(max_size=700))
def test_any_text_is_read(text: str) -> None:
    for one in identifiers_in(text):
        assert one.value
        assert identifier_key(str(one))
    assert doi_in(text) == doi_in(doi_in(text))
