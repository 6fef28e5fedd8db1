"""Identifiers, dates, kinds and languages have one form each; what is none is dropped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.cleaning.bibliography import clean_pages
from indexer.cleaning.dates import iso_date
from indexer.cleaning.kinds import genre_of, kind_of
from indexer.cleaning.languages import language_of
from indexer.publication import KIND_LABELS
from indexer.record.identifiers import normalised, orcid_of


@pytest.mark.parametrize(
    ("scheme", "text", "form"),
    [
        ("isbn", "978-3-16-148410-0", "9783161484100"),
        ("isbn", "ISBN 0-306-40615-2", "0306406152"),
        ("isbn", "0-8044-2957-x", "080442957X"),
        ("isbn", "978-3-16-148410-1", ""),
        ("issn", "20493630", "2049-3630"),
        ("issn", "ISSN 2434-561x", "2434-561X"),
        ("issn", "1234-5678", ""),
        ("arxiv", "arXiv:1706.03762v5", "1706.03762"),
        ("arxiv", "https://arxiv.org/pdf/hep-th/9901001v1.pdf", "hep-th/9901001"),
        ("arxiv", "1706.03762 [cs.CL]", "1706.03762"),
        ("arxiv", "kites", ""),
        ("pmid", "https://pubmed.ncbi.nlm.nih.gov/12734659", "12734659"),
        ("pmid", "x", ""),
        ("pmcid", "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC123/", "PMC123"),
        ("pmcid", "123", "PMC123"),
        ("citekey", "lee:2019", "lee:2019"),
        ("own", "a\x00b", ""),
        ("own", "x" * 300, ""),
        ("No Scheme", "x", ""),
    ],
)
def test_forms_of_identifiers(scheme: str, text: str, form: str) -> None:
    assert normalised(scheme, text) == form
    assert not form or normalised(scheme, form) == form


@pytest.mark.parametrize(
    ("text", "orcid"),
    [
        ("https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("000000021694233X", "0000-0002-1694-233X"),
        ("0000-0002-1825-0098", ""),
        ("0000", ""),
    ],
)
def test_orcids(text: str, orcid: str) -> None:
    assert orcid_of(text) == orcid


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2019", "2019"),
        ("2019-05", "2019-05"),
        ("2019-5-1", "2019-05-01"),
        ("20190501", "2019-05-01"),
        ("2019/05/01/", "2019-05-01"),
        ("2019///Spring", "2019"),
        ("2020 Jul 17", "2020-07-17"),
        ("May 2019", "2019-05"),
        ("17 July 2020", "2020-07-17"),
        ("July 17, 2020", "2020-07-17"),
        ("Mon, 2 Apr 2007 19:18:42 GMT", "2007-04-02"),
        ("2019-05-01T12:00:00Z", "2019-05-01"),
        ("2019-08-19/2019-08-21", "2019-08-19/2019-08-21"),
        ("2019-13-01", "2019"),
        ("Spring", ""),
        ("", ""),
    ],
)
def test_dates(text: str, date: str) -> None:
    assert iso_date(text) == date


@given(st.text(max_size=40))
def test_any_text_is_a_date_of_one_form_or_none(text: str) -> None:
    date = iso_date(text)

    assert iso_date(date) == date
    assert clean_pages(clean_pages(text)) == clean_pages(text)
    assert language_of(language_of(text)) == language_of(text)


@pytest.mark.parametrize(
    ("words", "kind", "genre"),
    [
        ("phdthesis", "thesis", "PhD thesis"),
        ("CHAP", "chapter", ""),
        ("Book Section", "chapter", ""),
        ("proceedings-article", "paper-conference", ""),
        ("article", "article-journal", ""),
        ("posted-content", "article", ""),
        ("Journal Article", "article-journal", ""),
        ("techreport", "report", "Technical report"),
        ("computerProgram", "software", ""),
        ("of no kind", "", ""),
    ],
)
def test_kinds_in_the_words_of_dumps(words: str, kind: str, genre: str) -> None:
    assert (kind_of(words), genre_of(words)) == (kind, genre)
    assert not kind or kind in KIND_LABELS


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("45--67", "45-67"),
        ("pp. 45–67", "45-67"),
        ("p. 7", "7"),
        ("S12 – S20", "S12-S20"),
        ("7-7", "7"),
        ("1-3, 9", "1-3, 9"),
        ("", ""),
    ],
)
def test_pages(text: str, pages: str) -> None:
    assert clean_pages(text) == pages
