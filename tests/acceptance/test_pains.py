"""What users of other search engines complain about does not happen here: one test a complaint.

The numbers are those of a survey of issue trackers: hyphens, exactness, stop words, names, accents,
TeX, highlighting, order, counts, corrections, lost state. The papers are made up to tempt.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from indexer import Paper, Searcher, open_index, parse_query
from indexer.query import Filter, Match, Sort

PAPERS = (
    Paper("hyphen1", "A non-invasive sensor", "It stays outside.", ("Ann Lee",), "ICML", 2019),
    Paper("hyphen2", "A non invasive probe", "It stays outside.", ("Bo Xu",), "ICML", 2020),
    Paper("hyphen3", "A noninvasive method", "It stays outside.", ("Cy Doe",), "ICML", 2021),
    Paper("other", "An invasive species", "It spreads far.", ("Di Fox",), "AAAI", 2018),
    Paper("exact1", "Objectivity in judgement", "What judges see.", ("Ed Gray",), "AAAI", 2001),
    Paper("exact2", "Object detection", "Objects, objective functions.", ("F. Hay",), "CVPR", 2015),
    Paper("stop1", "Attention is all you need", "To be or not to be.", ("G. Ivy",), "ICLR", 2017),
    Paper("stop2", "All you attend to", "Need is not to be seen.", ("Hal Jay",), "NeurIPS", 2016),
    Paper("stop3", "Robots in space", "Far from space on earth.", ("Ida Kim",), "ICRA", 2010),
    Paper("stop4", "Robots that leave", "For any space.", ("Jo Lim",), "ICRA", 2011),
    Paper("name1", "Sums of squares", "One.", ("Martin Takáč 0001", "John Doe"), "ICML", 2013),
    Paper("name2", "Dual ascent", "Two.", ("Martin Takac", "Ann Smith"), "ICML", 2014),
    Paper("name3", "Local updates", "Three.", ("Martin Takáč", "John Smith"), "ICML", 2015),
    Paper("name4", "Compound names", "Four.", ("S. M. de Bruyn Kops", "Y. Oz"), "JMLR", 2004),
    Paper("name5", "Suffixes", "Five.", ("Roy King III", "Madeleine L'Engle"), "JMLR", 2005),
    Paper("name6", "Frank-Wolfe", "Six.", ("Simon Lacoste-Julien",), "ICML", 2013),
    Paper("accent", "Düsseldorf maps", "Café naïve.", ("Jörg Müller",), "JMLR", 1999),
    Paper("tex1", r"$\textbf{G}$roup $\textbf{R}$obust editing", r"With \emph{care} at 15\%.",
          ("Kai Moe",), "NeurIPS", 2024),
    Paper("tex2", r"Bounds on the $\ell_2$ norm", "A one-to-one map, i. e. a bijection.",
          ("Lea Nix",), "COLT", 2012),
    Paper("fame", "On gossip", "gossip " * 60, ("Max Orr",), "ICML", 2020),
    Paper("known", "Gossip over graphs of agents", "A short text.", ("Ned Poe",), "ICML", 2003),
    Paper("recent", "Graphs and agents", "Nothing of the sort.", ("Oda Quist",), "ICML", 2024),
    *(Paper(f"learn{at}", f"Learning task {at}", "", ("P. Rae",), "", 2000) for at in range(25)),
)  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pains") / "index"
    with open_index(path).writer(rebuild=True) as writer:
        for paper in PAPERS:
            writer.add(paper)
    return path


@pytest.fixture
def searcher(index: Path) -> Searcher:
    """Ask through a searcher that is left open: it ends with the process."""
    return open_index(index).searcher().__enter__()


def found(searcher: Searcher, text: str, match: Match = Match.ALL) -> set[str]:
    return set(searcher.ids(parse_query(text, match=match)))


def first(searcher: Searcher, text: str) -> str:
    return searcher.search(parse_query(text, per_page=1)).hits[0].paper.id


def test_pain_01_a_hyphen_is_neither_a_not_nor_a_wall(searcher: Searcher) -> None:
    expected = {"hyphen1", "hyphen2", "hyphen3"}
    for text in ("non-invasive", "noninvasive", '"non-invasive"', "Non‐Invasive"):
        assert found(searcher, text) == expected, text
    assert found(searcher, "invasive -non-invasive") == {"other"}


def test_pain_01_nor_is_a_space(searcher: Searcher) -> None:
    assert found(searcher, "non invasive") == {"hyphen1", "hyphen2", "hyphen3"}
    clauses = searcher.search(parse_query("non invasive")).receipt.clauses
    assert [one.hits for one in clauses] == [3, 3]
    assert {one.note for one in clauses} == {"read as one word: noninvasive"}
    assert found(searcher, "non +invasive") == {"hyphen1", "hyphen2"}


def test_pain_02_a_quoted_word_is_that_word(searcher: Searcher) -> None:
    assert found(searcher, '"objectivity"') == {"exact1"}
    assert found(searcher, '"object"') == {"exact2"}
    assert found(searcher, "=objects") == {"exact2"}


def test_pain_03_stop_words_count_in_phrases(searcher: Searcher) -> None:
    assert found(searcher, '"attention is all you need"') == {"stop1"}
    assert found(searcher, '"to be or not to be"') == {"stop1"}
    assert found(searcher, '"in space"') == {"stop3"}


def test_pain_04_spellings_of_one_person_are_shown_side_by_side(searcher: Searcher) -> None:
    names = {value.value for value in searcher.names("martin takac")}

    assert names == {"Martin Takáč 0001", "Martin Takáč", "Martin Takac"}


def test_pain_05_nothing_is_merged_silently(searcher: Searcher) -> None:
    for name, paper in (("Martin Takáč", "name3"), ("Martin Takac", "name2")):
        asked = parse_query("", filters=(Filter("author", (name,)),))
        assert set(searcher.ids(asked)) == {paper}


def test_pain_06_every_author_link_leads_to_the_paper(searcher: Searcher) -> None:
    for paper in PAPERS:
        for name in paper.authors:
            linked = parse_query("", filters=(Filter("author", (name,)),))
            assert paper.id in set(searcher.ids(linked)), name
            assert paper.id in found(searcher, f'author:"{name}"'), name
    for text in ('author:"de Bruyn Kops, S M"', 'author:"Oz, Y"', 'author:"Oz, Y."'):
        assert found(searcher, text) == {"name4"}, text


def test_pain_07_accents_are_one_in_every_spelling(searcher: Searcher) -> None:
    for text in ("düsseldorf", "dusseldorf", "duesseldorf", "DÜSSELDORF"):
        for form in ("NFC", "NFD"):
            assert found(searcher, unicodedata.normalize(form, text)) == {"accent"}, text
    for name in ("müller", "muller", "mueller", r"m\"uller"):
        assert found(searcher, f"author:{name}") == {"accent"}, name
        assert found(searcher, name) == {"accent"}, name


def test_pain_08_apostrophes_and_hyphens_in_names(searcher: Searcher) -> None:
    for text in ("author:L'Engle", "author:L’Engle", "author:LEngle", "L'Engle"):
        assert found(searcher, text) == {"name5"}, text
    for text in ("author:Lacoste-Julien", 'author:"Lacoste Julien"', 'author:"Julien Lacoste"'):
        assert found(searcher, text) == {"name6"}, text


def test_pain_09_the_parts_of_a_name_are_of_one_author(searcher: Searcher) -> None:
    assert found(searcher, 'author:"John Smith"') == {"name3"}
    assert found(searcher, 'author:"Smith, J"') == {"name3"}


def test_pain_10_tex_neither_hides_nor_shows(searcher: Searcher) -> None:
    assert found(searcher, "group robust") == {"tex1"}
    for text in ("l2 norm", "ell_2 norm", r"$\ell_2$ norm", "ℓ2 norm", "ℓ₂ norm"):
        assert found(searcher, text) == {"tex2"}, text
    assert found(searcher, "textbf") == set()


def test_pain_11_marks_leave_the_text_as_it_is(searcher: Searcher) -> None:
    for text in ("one-to-one", "algorithm* map*", "group robust", "ell_2", "müller düsseldorf"):
        for hit in searcher.search(parse_query(text, match=Match.ANY)).hits:
            for snippet in hit.snippets:
                field = {
                    "title": hit.paper.title,
                    "abstract": hit.paper.abstract,
                    "author": "",
                }[snippet.field]
                start = 0 if snippet.field == "author" else snippet.offset
                whole = field or hit.paper.authors[snippet.offset]
                assert whole[start : start + len(snippet.text)] == snippet.text
                ends = [at for span in snippet.spans for at in (span.start, span.end)]
                assert ends == sorted(set(ends))
                assert not ends or ends[-1] <= len(snippet.text)


def test_pain_12_an_order_never_changes_the_set(searcher: Searcher) -> None:
    for match, expected in (
        (Match.ALL, {"known"}),
        (Match.AUTO, {"known", "fame", "recent"}),
    ):
        asked = [parse_query("gossip graphs", sort=sort, match=match) for sort in Sort]
        assert [set(searcher.ids(one)) for one in asked] == [expected] * len(asked)


def test_pain_13_the_very_title_comes_first(searcher: Searcher) -> None:
    for paper in PAPERS:
        assert first(searcher, paper.title) == paper.id, paper.title
        assert first(searcher, paper.title.lower()) == paper.id, paper.title


def test_pain_14_no_hits_come_with_queries_that_have_some(searcher: Searcher) -> None:
    results = searcher.search(parse_query("invasive lidar", match=Match.ALL))

    assert results.total == 0
    assert results.receipt.alternatives
    for other in results.receipt.alternatives:
        assert searcher.count(other.query) == other.total > 0
    fallen = searcher.search(parse_query("invasive lidar"))
    assert (fallen.receipt.matched, fallen.total) == ("any", 3)


def test_pain_24_a_correction_finds_more(searcher: Searcher) -> None:
    results = searcher.search(parse_query("lerning"))

    best = results.receipt.alternatives[0]
    assert best.query.text == "learning"
    assert best.total == searcher.count(best.query) == 25
    assert not searcher.search(parse_query("learning")).receipt.alternatives


@pytest.mark.parametrize(
    "text",
    [
        '"',
        ")",
        "(",
        ":",
        "/",
        "\\",
        "a:",
        "AND",
        "NOT",
        '"a',
        "a)",
        "[",
        "{",
        "~",
        "^",
        "*",
        "?",
        "\x00",
    ],
)
def test_pain_25_no_mark_breaks_a_search_and_the_rest_of_it_stays(
    searcher: Searcher, text: str
) -> None:
    filters = (Filter("venue", ("ICML",)),)

    query = parse_query(f"gossip {text}", filters=filters, sort=Sort.NEWEST, page=1)
    results = searcher.search(query)

    assert [hit.paper.id for hit in results.hits] == ["fame", "known"]
    assert (results.query.filters, results.query.sort) == (filters, Sort.NEWEST)
