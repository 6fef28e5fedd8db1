"""What every clause matches, by example: `PAPERS` can be checked by eye."""

from __future__ import annotations

import pytest

from indexer.paper import Paper
from indexer.query import (
    And,
    AuthorName,
    Clause,
    Filter,
    Fuzzy,
    Has,
    Match,
    Not,
    Occur,
    Or,
    Part,
    Phrase,
    Position,
    Query,
    Value,
    Wildcard,
    Word,
    Words,
    YearRange,
    Years,
)
from indexer.search import Searcher
from tests.conformance.backends import Backend
from tests.conformance.examples import EVERY


def run(text: str, *occurs: Occur) -> Words:
    """Returns words side by side, each with how it takes part."""
    words = text.split()
    each = (*occurs, *[Occur.DEFAULT] * (len(words) - len(occurs)))
    return Words(tuple(Part(Word(one), how) for one, how in zip(words, each, strict=True)))


CASES: list[tuple[Clause | None, str]] = [
    (None, "attention grape surgery invasive engle nothing"),
    # words: by stem, in title, abstract and names; exact ones by surface form
    (Word("attention"), "attention"),
    (Word("learn"), "surgery invasive"),
    (Word("Learned"), "surgery invasive"),
    (Word("learned", exact=True), "surgery"),
    (Word("objectivity", exact=True), ""),
    (Word("object"), "surgery invasive"),
    (Word("jaggi"), "grape surgery"),
    (Word("group"), "grape"),
    (Word("$\\textbf{G}$roup"), "grape"),
    (Word("15%"), "grape"),
    (Word("2"), ""),
    (Word("2.0"), "nothing"),
    (Word("c++"), "nothing"),
    (Word("中文"), "nothing"),
    (Word("takac"), "invasive"),
    (Word("TAKÁČ"), "invasive"),
    (Word("zurich"), ""),
    (Word("the"), "invasive"),
    (run("e.g. attention"), "attention"),
    (run("attention i.e"), "attention"),
    (Word("e.g."), ""),
    (Word("learning", "title"), "surgery"),
    (Word("learning", "abstract"), "surgery invasive"),
    (Word("jaggi", "title"), ""),
    (Word("jaggi", "author"), "grape surgery"),
    # compounds: joined, parted, hyphenated are one
    (Word("non-invasive"), "surgery"),
    (Word("noninvasive"), "surgery"),
    (Word("non-invasive", exact=True), "surgery"),
    (Word("non-invasive", "abstract"), "surgery"),
    (Word("non-invasive", "title"), "surgery"),
    (Word("invasive"), "surgery invasive"),
    (Word("L'Engle"), "engle"),
    (Word("lengle"), "engle"),
    (Word("Lacoste-Julien"), "surgery"),
    (Word("lacostejulien"), "surgery"),
    (Word("+++"), "attention grape surgery invasive engle nothing"),
    # phrases: stop words count, one field only, one author only
    (Phrase("attention is all you need"), "attention"),
    (Phrase("it is all you need"), "attention"),
    (Phrase("you need attention"), ""),
    (Phrase("to be"), "engle"),
    (Phrase("in space"), "surgery"),
    (Phrase("non-invasive learning"), "surgery"),
    (Phrase("noninvasive learning"), "surgery"),
    (Phrase("non-invasive surgery"), "surgery"),
    (Phrase("non-invasive surgery", "title"), ""),
    (Phrase("learning learned"), ""),
    (Phrase("group robust"), "grape"),
    (Phrase("objective"), ""),
    (Phrase("martin jaggi"), "grape"),
    (Phrase("jaggi tao"), ""),
    (Phrase("martin jaggi", "abstract"), ""),
    (Phrase("need attention", slop=2), ""),
    (Phrase("need attention", slop=3), "attention"),
    (Phrase("be not be", slop=2), "engle"),
    (Phrase("be not be be", slop=9), ""),
    (Phrase("+"), "attention grape surgery invasive engle nothing"),
    # patterns
    (Wildcard("learn*"), "surgery invasive"),
    (Wildcard("learn?d"), "surgery"),
    (Wildcard("*vasive"), "surgery invasive"),
    (Wildcard("non-inva*"), "surgery"),
    (Wildcard("jag*"), "grape surgery"),
    (Wildcard("jag*", "title"), ""),
    (Wildcard("*"), "attention grape surgery invasive engle nothing"),
    (Wildcard("[a-z]*"), ""),
    (Fuzzy("lerning"), "surgery invasive"),
    (Fuzzy("jagi"), "grape surgery"),
    (Fuzzy("atetntion"), "attention"),
    (Fuzzy("attenttino", 1), ""),
    (Fuzzy("attenttino", 2), "attention"),
    # authors: all parts within one name
    (AuthorName("Jaggi"), "grape surgery"),
    (AuthorName("Martin Jaggi"), "grape surgery"),
    (AuthorName("Jaggi, M"), "grape surgery"),
    (AuthorName("M. Jaggi"), "grape surgery"),
    (AuthorName("Jaggi, N"), ""),
    (AuthorName("Martin Lin"), ""),
    (AuthorName("Tao Lin"), "grape"),
    (AuthorName("Tao Lin 0004"), "grape"),
    (AuthorName("Tao Lin 0005"), ""),
    (AuthorName("Takac, M"), "invasive"),
    (AuthorName("Lacoste Julien"), "surgery"),
    (AuthorName("LacosteJulien"), "surgery"),
    (AuthorName("L'Engle"), "engle"),
    (AuthorName("Francois FLEURET"), "engle"),
    (AuthorName("Martin Jaggi", Position.FIRST), "grape"),
    (AuthorName("Jaggi", Position.LAST), "surgery"),
    (AuthorName("Yang Liu", Position.FIRST), ""),
    (AuthorName("martin  JAGGI", exact=True), "grape"),
    (AuthorName("Tao Lin", exact=True), ""),
    (AuthorName("Francois Fleuret", exact=True), ""),
    (AuthorName("François Fleuret", Position.FIRST, exact=True), ""),
    # the record
    (Value("venue", "ICML"), "grape nothing"),
    (Value("venue", "zurich  WORKSHOP"), "engle"),
    (Value("venue", "zurich"), ""),
    (Value("type", "journal article"), "surgery engle"),
    (Value("id", "Grape"), "grape"),
    (Value("affiliation", "eth zurich"), "attention"),
    (Value("affiliation", "University of York"), "invasive"),
    (Value("affiliation", "York"), "attention invasive"),
    (Value("affiliation", "York ETH"), ""),
    (Value("orcid", "0000-0002-1825-0097"), "attention"),
    (Value("orcid", "0000-0001-5109-3700"), ""),
    (Value("subject", "computer networks"), "attention"),
    (Value("subject", "cs.LG"), "attention"),
    (Value("subject", "transformers"), "attention"),
    (Value("subject", "networks transformers"), ""),
    (Value("language", "Portuguese"), "attention"),
    (Value("language", "pt-BR"), "attention"),
    (Value("language", "pt-PT"), ""),
    (Value("kind", "thesis"), "invasive"),
    (Value("kind", "journal"), "surgery engle"),
    (Value("kind", "preprint"), ""),
    (Years(2017, 2021), "attention grape surgery"),
    (Years(None, 2016), "engle nothing"),
    (Years(2021, None), "grape surgery"),
    (Years(2021, 2017), ""),
    (Has("year"), "attention grape surgery engle nothing"),
    (Has("abstract"), "attention grape surgery invasive"),
    (Has("doi"), "grape"),
    (Has("url"), "grape"),
    (Has("keywords"), "attention"),
    (Has("authors"), "attention grape surgery invasive engle"),
    (Not(Has("venue")), "invasive"),
    (Not(Has("type")), "invasive"),
    # trees
    (And((Word("learning"), Word("object"))), "surgery invasive"),
    (And((Word("learning"), Not(Word("noninvasive")))), "invasive"),
    (Or((Word("attention"), Word("group"))), "attention grape"),
    (Not(Or((Word("attention"), Word("learn")))), "grape engle nothing"),
    (And((Or((Word("jaggi"), Word("liu"))), Years(2000, None))), "grape surgery"),
    (Not(Not(Word("group"))), "grape"),
    (And((Phrase(""), Word("group"))), "grape"),
    (Not(Word("-")), "attention grape surgery invasive engle nothing"),
    # runs of words
    (run("learning objects"), "surgery invasive"),
    (run("learning object noninvasive"), "surgery"),
    (run("the learning of objects"), "surgery invasive"),
    (run("to be"), "engle"),
    (run("learning objects surgery", Occur.EXCLUDED), ""),
    (run("surgery learning objects", Occur.EXCLUDED), "invasive"),
    (run("surgery", Occur.EXCLUDED), "attention grape invasive engle nothing"),
    (run("the learning", Occur.REQUIRED), "invasive"),
    (Words((Part(Word("learning")), Part(Years(2021, None)))), "surgery"),
    (Words((Part(Word("learning")), Part(Not(Years(2021, None))))), "invasive"),
]


@pytest.mark.parametrize(("clause", "expected"), CASES)
def test_a_clause_matches_these_papers(
    examples: Searcher, clause: Clause | None, expected: str
) -> None:
    query = Query(clause=clause, match=Match.ALL)

    found = list(examples.ids(query))

    assert set(expected.split()) == set(found)
    assert len(found) == len(set(found)) == examples.count(query)
    assert examples.search(query).total == len(found)


ANY_CASES = [
    (run("learning translate"), "attention surgery invasive"),
    (run("surgery learning translate", Occur.REQUIRED), "surgery"),
    (run("surgery learning translate", Occur.EXCLUDED), "attention invasive"),
    (run("the learning"), "surgery invasive"),
    (run("zebra quagga"), ""),
    (
        Words((Part(Word("learning")), Part(Word("group")), Part(Value("venue", "ICML")))),
        "grape",
    ),
    (
        Words((Part(Word("jaggi")), Part(Word("liu")), Part(AuthorName("Yang Liu")))),
        "invasive engle",
    ),
]


@pytest.mark.parametrize(("clause", "expected"), ANY_CASES)
def test_match_any(examples: Searcher, clause: Clause, expected: str) -> None:
    found = examples.search(Query(clause=clause, match=Match.ANY))

    assert set(expected.split()) == {hit.paper.id for hit in found.hits}
    assert found.receipt.matched == "any"


def test_auto_is_all_where_enough_papers_have_all(backend: Backend) -> None:
    papers = [Paper(f"p{n}", "Swarms of agents") for n in range(10)]
    papers += [Paper("one", "Swarms"), Paper("other", "Agents")]

    for few in (0, 1):
        with backend.holding(papers[few:]) as searcher:
            found = searcher.search(Query(clause=run("swarms agents")))

        assert found.receipt.matched == ("any" if few else "all")
        assert found.total == (11 if few else 10)


def test_auto_goes_on_to_some_words_where_few_papers_have_all(examples: Searcher) -> None:
    found = examples.search(Query(clause=run("learning surgery")))

    assert [hit.paper.id for hit in found.hits] == ["surgery", "invasive"]
    assert (found.receipt.matched, found.receipt.all_words) == ("any", 1)


def test_auto_keeps_to_all_words_where_some_of_them_would_find_others(examples: Searcher) -> None:
    """Words in a clause that is negated: with some of them missing it takes away more."""
    clause = And((run("learning surgery"), Not(run("learning zebra"))))

    found = examples.search(Query(clause=clause))

    assert [hit.paper.id for hit in found.hits] == ["surgery"]
    assert (found.receipt.matched, found.receipt.all_words) == ("all", None)


def test_auto_is_any_when_no_paper_has_all(examples: Searcher) -> None:
    query = Query(clause=run("learning translate"))

    found = examples.search(query)

    assert {hit.paper.id for hit in found.hits} == {"attention", "surgery", "invasive"}
    assert found.receipt.matched == "any"
    assert examples.count(query) == found.total == 3
    assert sum(value.count for value in found.facets["venue"].values) == 3


def test_auto_takes_the_filters_into_account(examples: Searcher) -> None:
    query = Query(clause=run("learning surgery"), years=YearRange(None, 2017))

    found = examples.search(query)

    assert found.receipt.matched == "any"
    assert found.total == 0


def test_auto_leaves_a_single_word_alone(examples: Searcher) -> None:
    found = examples.search(Query(clause=run("zebra")))

    assert found.total == 0
    assert found.receipt.matched == "all"


FILTER_CASES: list[tuple[tuple[Filter, ...], str]] = [
    ((Filter("venue", ("ICML",)),), "grape"),
    ((Filter("venue", ("icml",)),), "nothing"),
    ((Filter("venue", ("ICML", "JMLR")),), "grape surgery"),
    ((Filter("venue", (), ("ICML", "JMLR")),), "attention invasive engle nothing"),
    ((Filter("venue", ("unknown",)),), "invasive"),
    ((Filter("venue", (), ("unknown",)),), "attention grape surgery engle nothing"),
    ((Filter("venue", ("ICML",), ("ICML",)),), ""),
    ((Filter("venue", ("Zürich Workshop",)),), "engle"),
    ((Filter("venue", ("Zurich Workshop",)),), ""),
    ((Filter("year", ("2021", "1999")),), "grape surgery engle"),
    ((Filter("year", ("unknown",)),), "invasive"),
    ((Filter("year", ("02021",)),), ""),
    ((Filter("type", ("Journal Article",)),), "surgery engle"),
    ((Filter("author", ("yang liu",)),), "invasive engle"),
    ((Filter("author", ("Martin Jaggi",)),), "grape"),
    ((Filter("author", ("Tao Lin",)),), ""),
    ((Filter("author", ("unknown",)),), "nothing"),
    ((Filter("author", (), ("Yang Liu", "unknown")),), "attention grape surgery"),
    ((Filter("venue", ("ICML", "JMLR")), Filter("author", ("M. Jaggi",))), "surgery"),
    ((Filter("venue"), Filter("year")), " ".join(sorted(EVERY))),
]


@pytest.mark.parametrize(("filters", "expected"), FILTER_CASES)
def test_filters(examples: Searcher, filters: tuple[Filter, ...], expected: str) -> None:
    found = examples.search(Query(filters=filters))

    assert set(expected.split()) == {hit.paper.id for hit in found.hits}


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (2017, 2021, "attention grape surgery"),
        (None, 2016, "engle nothing"),
        (2021, None, "grape surgery"),
        (1999, 1999, "engle"),
        (2021, 1999, ""),
    ],
)
def test_the_year_range(
    examples: Searcher, low: int | None, high: int | None, expected: str
) -> None:
    found = examples.search(Query(years=YearRange(low, high)))

    assert set(expected.split()) == {hit.paper.id for hit in found.hits}


SPELLINGS = ("Müller", "MÜLLER", "Mu\u0308ller", "Muller", "Mueller", r"M\"{u}ller")


@pytest.mark.parametrize("typed", SPELLINGS)
def test_umlauts_are_found_in_every_spelling(backend: Backend, typed: str) -> None:
    """Pain 7: NFC, NFD, ASCII and the German spelling find the same papers."""
    papers = [
        Paper("umlaut", "On Müller cells", authors=("Karl Müller",)),
        Paper("german", "On Mueller cells", authors=("Karl Mueller",)),
        Paper("ascii", "On Muller cells", authors=("Karl Muller",)),
        Paper("tex", r"On M\"uller cells", authors=(r"Karl M\"uller",)),
        Paper("other", "On Miller cells", authors=("Karl Miller",)),
    ]
    everywhere = {"umlaut", "german", "ascii", "tex"}

    with backend.holding(papers) as searcher:
        for clause in (
            Word(typed),
            Word(typed, "title"),
            Word(typed, exact=True),
            Phrase(f"{typed} cells"),
        ):
            assert everywhere == set(searcher.ids(Query(clause=clause))), clause
        found = set(searcher.ids(Query(clause=AuthorName(f"Karl {typed}"))))
        assert {"umlaut", "tex"} <= found <= everywhere
        if typed.isascii() is False:
            assert found == everywhere
