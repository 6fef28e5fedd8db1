"""What the cleaning does to records, rule by rule, and what it must leave alone."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.cleaning.characters import mend_characters
from indexer.cleaning.clean_record import (
    BAD_DOI,
    BAD_URL,
    BAD_YEAR,
    LONGEST_TEXT,
    TOO_LONG,
    Cleaned,
    clean,
    is_plain,
    recased,
    without_cell_quotes,
)
from indexer.cleaning.kinds import paper_type
from indexer.cleaning.markup import without_boilerplate, without_entities, without_tags
from indexer.cleaning.venues import Venues, load_venues
from indexer.errors import RecordError
from indexer.intake.record import Record


@pytest.fixture(scope="module")
def venues() -> Venues:
    return load_venues()


def cleaned(venues: Venues, **fields: object) -> Cleaned:
    record = Record(**{"line": 1, "title": "A title", **fields})  # type: ignore[arg-type]
    return clean(record, "dump", venues, this_year=2026)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("R&amp;D", "R&D"),
        ("R&D and AT&T; M&S", "R&D and AT&T; M&S"),
        ("&amp;lt; 5", "< 5"),
        ("(p <; .05)", "(p < .05)"),
        ("L >; l", "L > l"),
        ("&#945;&#x3b2;", "αβ"),
        ("a & b \\\\ c &= d", "a & b \\\\ c &= d"),
        ("&notanentity;", "&notanentity;"),
    ],
)
def test_entities(text: str, expected: str) -> None:
    assert expected == without_entities(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < b and c > d", "a < b and c > d"),
        ("pairs <image, verb> here", "pairs <image, verb> here"),
        ("if a<b then c>d", "if a<b then c>d"),
        ("translate Si<->En", "translate Si<->En"),
        ("$0<\\delta<1$ and $x>2$", "$0<\\delta<1$ and $x>2$"),
        ("H<sub>2</sub>O", "H2O"),
        ("<jats:p>One.</jats:p><jats:p>Two.</jats:p>", " One.  Two. "),
        ("<i>E. coli</i> grows", "E. coli grows"),
        ('see <a href="https://e.org">this</a>', "see this"),
        ("one<br/>two", "one two"),
        ("x<!-- gone -->y", "x y"),
        ("<p>An open paragraph", " An open paragraph"),
        ('<mml:math display="inline"><mml:mi>x</mml:mi></mml:math>', "x"),
        ("a <b of c> d", "a <b of c> d"),
    ],
)
def test_tags(text: str, expected: str) -> None:
    assert expected == without_tags(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We win. [abs] [ pdf ][ bib ] [ code ] &copy JMLR 2023. ( edit, beta )", "We win."),
        ("We win. [abs] [ pdf ][ bib ] © JMLR 2018.", "We win."),
        ("We refer to [abs] and go on with more words.", None),
        ("Abstract: We win.", "We win."),
        ("Abstract—We win.", "We win."),
        ("Abstract interpretation is a theory.", None),
        ("Abstract-level planning wins.", None),
        ("We win. © 2014 IEEE.", "We win."),
        ("We win. (C) 2003 Elsevier Ltd. All rights reserved.", "We win."),
        ("We win. Copyright © 2012 John Wiley & Sons, Ltd.", "We win."),
        ("We play with LEGO© bricks and win.", None),
        ("We look at copyright law.", None),
    ],
)
def test_boilerplate(text: str, expected: str | None) -> None:
    assert (text if expected is None else expected) == without_boilerplate(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("naÃ¯ve", "naïve"),
        ("â\x80\x9chandâ\x80\x9d", "“hand”"),
        ("Â±0.1 and 8Ã\x978", "±0.1 and 8×8"),
        ("Müller’s café’s “façade”", "Müller’s café’s “façade”"),
        ("São Paulo, Ångström, Ïle", "São Paulo, Ångström, Ïle"),
        ("conﬁdence, eﬀicient", "confidence, efficient"),
        ("back(cid:173) ground pro(cid:12)les", "background profiles"),
        ("x (cid:0) y", "x y"),
        ("na¨ıve, Schu¨tt, Go´mez", "naïve, Schütt, Gómez"),
        ("soft\u00adly \u200bhidden\u202e text", "softly hidden text"),
        ("half \ud83d a pair", "half  a pair"),
        ("CompAct\x99", "CompAct™"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("e\u0301", "é"),
        ("Martı\u0301n", "Martín"),
        ("数据 – 日本", "数据 – 日本"),
    ],
)
def test_characters(text: str, expected: str) -> None:
    assert expected == mend_characters(text)


def test_tex_stays(venues: Venues) -> None:
    text = r"The $\ell_1$ norm, 15\% and {\em i.e.} \textbf{bold} B\"ohm \& Cie"

    assert text == cleaned(venues, abstract=text).paper.abstract


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("A B", "C D", "A B", "C D"), ("A B", "C D")),
        (("A B", "A B"), ("A B",)),
        (("Jie Zhou", "Ann Lee", "Jie Zhou"), ("Jie Zhou", "Ann Lee", "Jie Zhou")),
        (("Dan Garber", "Dan Garber", "Ofer M"), ("Dan Garber", "Dan Garber", "Ofer M")),
        (("Ann Lee and Bo Xu",), ("Ann Lee", "Bo Xu")),
        (("Ann Lee\u00a0\u00a0\u00a0\u00a0 Bo Xu",), ("Ann Lee", "Bo Xu")),
        (("Hado     van Hasselt",), ("Hado van Hasselt",)),
        (("1Ann Lee", "Bo Xu*", "Cy Dee2,3", "Tao Lin 0004"),
         ("Ann Lee", "Bo Xu", "Cy Dee", "Tao Lin 0004")),
        (("Ann Lee)", "Hao(Jackson) Cui"), ("Ann Lee", "Hao(Jackson) Cui")),
        (("", "N/A", "Ann Lee"), ("Ann Lee",)),
        ((r"Jo\~{a}o P. Costeira", r"\Matthew Lee", r"Gia\-cin\-to X"),
         ("João P. Costeira", "Matthew Lee", "Giacinto X")),
        (("Leo Egghe_aff1n2", "author_name1"), ("Leo Egghe", "author_name1")),
    ],
)  # fmt: skip
def test_author_lists(venues: Venues, given: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert expected == cleaned(venues, authors=given).paper.authors


@pytest.mark.parametrize("last", ["et al.", "others", "Ann Lee et al.", "and others"])
def test_a_list_that_says_it_goes_on_is_incomplete(venues: Venues, last: str) -> None:
    paper = cleaned(venues, authors=("Bo Xu", last)).paper

    assert not paper.authors_complete
    assert paper.authors in {("Bo Xu",), ("Bo Xu", "Ann Lee")}


@pytest.mark.parametrize(
    ("given", "year"),
    [(2020, 2020), ("2019-05-01", 2019), ("c1998", 1998), (2027, 2027), (2028, None), (1499, None),
     ("", None), (None, None), ("19985", None), ("soon", None)],
)  # fmt: skip
def test_years(venues: Venues, given: int | str | None, year: int | None) -> None:
    result = cleaned(venues, year=given)

    assert year == result.paper.year
    assert (BAD_YEAR in {change.rule for change in result.changes}) == (
        year is None and given not in ("", None)
    )


@pytest.mark.parametrize(
    ("given", "doi"),
    [
        ("https://doi.org/10.1145/338.A", "10.1145/338.a"),
        ("doi:10.1000/182", "10.1000/182"),
        ("https://doi.org/10.1007/978-3-031-6 _13", "10.1007/978-3-031-6_13"),
        ("https://link.springer.com/chapter/10.1007/978-3-031-2_1", "10.1007/978-3-031-2_1"),
        ("10.1016%2Fj.x.2009.1", "10.1016/j.x.2009.1"),
        ("none", ""),
    ],
)  # fmt: skip
def test_dois(venues: Venues, given: str, doi: str) -> None:
    result = cleaned(venues, doi=given)

    assert doi == result.paper.doi
    assert doi or result.changes[0].rule == BAD_DOI
    assert doi or result.changes[0].is_loss


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x.org/a", "https://", "a b", "//x"])
def test_only_addresses_of_the_web_are_kept(venues: Venues, url: str) -> None:
    result = cleaned(venues, url=url)

    assert result.paper.url == ""
    assert [change.rule for change in result.changes] == [BAD_URL]


@pytest.mark.parametrize(
    "title", ["", "  ", "\u200b", "<p></p>", "N/A", "[Not Available].", "None"]
)
def test_a_record_without_a_title_is_no_paper(venues: Venues, title: str) -> None:
    with pytest.raises(RecordError, match=r"dump:1: the record has no title"):
        cleaned(venues, title=title)


def test_a_long_abstract_is_cut_off_and_said(venues: Venues) -> None:
    result = cleaned(venues, abstract="word " * LONGEST_TEXT)

    assert len(result.paper.abstract) <= LONGEST_TEXT
    assert TOO_LONG in {change.rule for change in result.changes}


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("LEARNING A GAN WITH LIDAR", "A GAN on LiDAR data.", "Learning a GAN with LiDAR"),
        ("TWO-LAYER NETS: THE CASE", "", "Two-Layer Nets: The Case"),
        ("IM2CAD", "", "IM2CAD"),
        ("WE PROVE THAT $X$", "", "WE PROVE THAT $X$"),
    ],
)
def test_titles_in_capitals(title: str, abstract: str, expected: str) -> None:
    assert expected == recased(title, abstract)


@pytest.mark.parametrize(
    ("given", "expected"),
    [("inproceedings", "Conference Paper"), ("proceedings-article", "Conference Paper"),
     ("Conference Paper", "Conference Paper"), ("JOUR", "Journal Article"),
     ("journal-article", "Journal Article"), ("book", ""), ("", "")],
)  # fmt: skip
def test_types(given: str, expected: str) -> None:
    assert expected == paper_type(given)


def test_the_venue_gives_the_type_where_the_record_does_not(venues: Venues) -> None:
    assert cleaned(venues, venue="J. Mach. Learn. Res.").paper.type == "Journal Article"
    assert cleaned(venues, venue="NIPS", type="article").paper.type == "Journal Article"


def test_ids_have_no_white_space_and_the_same_record_has_the_same_id(venues: Venues) -> None:
    assert cleaned(venues, id=" a b\tc ").paper.id == "a_b_c"
    one, two = (cleaned(venues, title=title).paper.id for title in ("One  title", "One title"))
    assert one == two
    assert one != cleaned(venues, title="Another").paper.id


@given(st.text(max_size=60), st.text(max_size=200), st.lists(st.text(max_size=30), max_size=5))
def test_a_clean_paper_is_what_it_promises_to_be(
    title: str, abstract: str, authors: list[str]
) -> None:
    venues = Venues({"ICML": {"full": "International Conference on Machine Learning",
                              "type": "conference"}})  # fmt: skip
    try:
        paper = cleaned(
            venues, title=title, abstract=abstract, authors=tuple(authors), id="x"
        ).paper
    except RecordError:
        return
    for text in (paper.title, paper.abstract, *paper.authors):
        assert text == unicodedata.normalize("NFC", text)
        assert text == " ".join(text.split())
        assert text.isprintable() or any(
            unicodedata.category(c) in ("Cf", "Cn", "Co") for c in text
        )
        text.encode()
    assert paper.title
    assert all(paper.authors)


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=100))
def test_plain_text_passes_all_rules_unchanged(text: str) -> None:
    if is_plain(text):
        mended = " ".join(without_tags(mend_characters(without_entities(text))).split())
        assert text == mended


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ('"Fast, Safe and ""Sound"" Robots"', 'Fast, Safe and "Sound" Robots'),
        ('"Good Robot! Now Watch This!": Repurposing, Again', None),
        ('"Quoted whole"', None),
        ('"One", or "Two"', None),
        ('","', ","),
        ('"', None),
    ],
)
def test_the_quotes_of_a_csv_cell_are_no_part_of_a_title(title: str, expected: str | None) -> None:
    assert without_cell_quotes(title) == (title if expected is None else expected)
