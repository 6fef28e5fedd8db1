"""What a person types becomes the tree that is meant, and the tree is written back the same."""

from __future__ import annotations

import pytest

from indexer.language.parse import parse_clause, parse_query
from indexer.language.unparse import format_clause
from indexer.query import (
    And,
    AuthorName,
    Clause,
    Filter,
    Fuzzy,
    Has,
    LikelyPerson,
    Match,
    Not,
    Occur,
    Or,
    Part,
    Phrase,
    Position,
    Sort,
    Value,
    Wildcard,
    Word,
    Words,
    YearRange,
    Years,
)


def words(*clauses: Clause | str) -> Words:
    """Put clauses side by side; a string is a plain word, with its sign."""
    parts = []
    for one in clauses:
        if isinstance(one, str):
            sign = Occur(one[0]) if one[0] in "+-" else Occur.DEFAULT
            parts.append(Part(Word(one.lstrip("+-")), sign))
        else:
            parts.append(Part(one))
    return Words(tuple(parts))


A, B, C = Word("a"), Word("b"), Word("c")

READINGS: tuple[tuple[str, Clause | None], ...] = (
    ("", None),
    ("*", None),
    (" * ", None),
    ("gossip", Word("gossip")),
    ("a b", words("a", "b")),
    ("and or not", words("and", "or", "not")),
    ("a AND b", And((A, B))),
    ("a OR b OR c", Or((A, B, C))),
    ("a b OR c", Or((words("a", "b"), C))),
    ("a AND b OR c", Or((And((A, B)), C))),
    ("a AND (b OR c)", And((A, Or((B, C))))),
    ("NOT a", Not(A)),
    ("a NOT b", words("a", "-b")),
    ("NOT a AND b", And((Not(A), B))),
    ("a ANDNOT b", And((A, Not(B)))),
    ("((a))", A),
    ("(a b) c", Words((Part(words("a", "b")), Part(C)))),
    ("+a b -c", words("+a", "b", "-c")),
    ("a - b", words("a", "b")),
    ("-a", words("-a")),
    ("non-invasive", Word("non-invasive")),
    ("pre- and post-training", words("pre", "and", "post-training")),
    ("log(n)-approximation", Word("log(n)-approximation")),
    ("a -(b c)", Words((Part(A), Part(words("b", "c"), Occur.EXCLUDED)))),
    ('"attention is all you need"', Phrase("attention is all you need")),
    ("“to be”", Phrase("to be")),
    ('"objectivity"', Word("objectivity", exact=True)),
    ('"non-invasive"', Word("non-invasive", exact=True)),
    ("=SGD", Word("SGD", exact=True)),
    ('"a b"~3', Phrase("a b", slop=3)),
    ("a NEAR/3 b", Phrase("a b", slop=3)),
    ("a w/3 b", Phrase("a b", slop=3)),
    ("title:a NEAR5 b", Phrase("a b", "title", 5)),
    ("lerning~", Fuzzy("lerning")),
    ("lerning~2^3", Fuzzy("lerning", 2, boost=3.0)),
    ("gossip^2.5", Word("gossip", boost=2.5)),
    ('"a b"^2', Phrase("a b", boost=2.0)),
    ("(a b)^2", Words((Part(Word("a", boost=2.0)), Part(Word("b", boost=2.0))))),
    ("transform*", Wildcard("transform*")),
    ("*former wom?n", Words((Part(Wildcard("*former")), Part(Wildcard("wom?n"))))),
    ("colo?r?", Wildcard("colo?r?")),
    ("network?", Wildcard("network?")),
    ("what is attention?", words("what", "is", "attention")),
    ("why trust you?: explaining", words("why", "trust", "you", "explaining")),
    ("deep (lear?)", Words((Part(Word("deep")), Part(Wildcard("lear?"))))),
    ("title:lear?", Wildcard("lear?", "title")),
    ("A* search", words("A*", "search")),
    ("C*-algebra", Word("C*-algebra")),
    ("C++ C# 15%", words("C++", "C#", "15%")),
    ("title:gossip", Word("gossip", "title")),
    ("TI:gossip", Word("gossip", "title")),
    ("abs:gossip", Word("gossip", "abstract")),
    ("title: gossip", Word("gossip", "title")),
    ('title:"a b"', Phrase("a b", "title")),
    ("title:(a OR b)", Or((Word("a", "title"), Word("b", "title")))),
    ("all:gossip", Word("gossip")),
    ("title:NOT", Word("not", "title")),
    ("AND, b", words("and", "b")),
    ("venue:ICML", Value("venue", "ICML")),
    ('venue:"Machine Learning"', Value("venue", "Machine Learning")),
    ("venue:(ICML OR NeurIPS)", Or((Value("venue", "ICML"), Value("venue", "NeurIPS")))),
    ("venue:(Machine Learning)", Value("venue", "Machine Learning")),
    ("gossip venue:ICML", And((Word("gossip"), Value("venue", "ICML")))),
    ("a venue:ICML b", And((words("a", "b"), Value("venue", "ICML")))),
    ("type:journal", Value("type", "Journal Article")),
    ("type:conference", Value("type", "Conference Paper")),
    ("id:a/(b)-c", Value("id", "a/(b)-c")),
    ("(id:a)", Value("id", "a")),
    ("id:(a b)", Or((Value("id", "a"), Value("id", "b")))),
    ("has:abstract", Has("abstract")),
    ("no:abstract", Not(Has("abstract"))),
    ("author:*", Has("authors")),
    ("2019", Word("2019")),
    ('author:"Jaggi, M"', AuthorName("Jaggi, M")),
    ("author:Jaggi, Martin gossip", And((AuthorName("Jaggi, Martin"), Word("gossip")))),
    ('author:"Martin Jaggi"', AuthorName("Martin Jaggi")),
    ("author:(Martin Jaggi)", AuthorName("Martin Jaggi")),
    ("author:Martin_Jaggi", AuthorName("Martin Jaggi")),
    ("au:Jaggi", AuthorName("Jaggi")),
    ("author:^Jaggi", AuthorName("Jaggi", Position.FIRST)),
    ('author:"^Jaggi, M"', AuthorName("Jaggi, M", Position.FIRST)),
    ('author:^"Martin Jaggi"', AuthorName("Martin Jaggi", Position.FIRST)),
    ("author:Jaggi$", AuthorName("Jaggi", Position.LAST)),
    ('author:"Martin Jaggi"$', AuthorName("Martin Jaggi", Position.LAST)),
    ('author:="Martin Jaggi"', AuthorName("Martin Jaggi", exact=True)),
    ('author:"Yang Liu"#3', LikelyPerson("Yang Liu", 3)),
    ("au:Yang_Liu#3 gossip", And((LikelyPerson("Yang Liu", 3), Word("gossip")))),
    (
        'author:^"Yang Liu"#12',
        And((AuthorName("Yang Liu", Position.FIRST, exact=True), LikelyPerson("Yang Liu", 12))),
    ),
    (
        'author:"Yang Liu"#3$',
        And((AuthorName("Yang Liu", Position.LAST, exact=True), LikelyPerson("Yang Liu", 3))),
    ),
    ('"Yang Liu"#3', Words((Part(Phrase("Yang Liu")), Part(Word("3"))))),
    (
        "author:^Jaggi$",
        And((AuthorName("Jaggi", Position.FIRST), AuthorName("Jaggi", Position.LAST))),
    ),
    ("author:Lacoste-Julien", AuthorName("Lacoste-Julien")),
    ("author:L'Engle", AuthorName("L'Engle")),
    ("author:Jag*", Wildcard("Jag*", "author")),
    ("author:Jagi~", Fuzzy("Jagi", 1, "author")),
    ("https://arxiv.org/abs/2101.00001?v=1", Value("identifier", "arxiv:2101.00001")),
    ("arXiv:2101.00001", Value("identifier", "arxiv:2101.00001")),
    ("all:arXiv:2101.00001", Value("identifier", "arxiv:2101.00001")),
    ("all:https://arxiv.org/abs/1", Word("https://arxiv.org/abs/1")),
    ("3:1", Word("3:1")),
    ("BERT:Pre-training", words("BERT", "Pre-training")),
    ("BERT: pre-training", words("BERT", "pre-training")),
    (r"$\textbf{G}$roup robust", words(r"$\textbf{G}$roup", "robust")),
    (r"$O(n \log n)$ sorting", words(r"$O(n \log n)$", "sorting")),
    (r"M\"uller", Word(r"M\"uller")),
    ("from $5 to $10", words("from", "5", "to", "10")),
)

YEARS: tuple[tuple[str, Years], ...] = (
    ("year:2019", Years(2019, 2019)),
    ("year:=2019", Years(2019, 2019)),
    ("year: 2019", Years(2019, 2019)),
    ("year:2019-2022", Years(2019, 2022)),
    ("year:2019 - 2022", Years(2019, 2022)),
    ("year:2019--2022", Years(2019, 2022)),
    ("year:2019–2022", Years(2019, 2022)),
    ("year:2019..2022", Years(2019, 2022)),
    ("year:2019:2022", Years(2019, 2022)),
    ("year:[2019 TO 2022]", Years(2019, 2022)),
    ("year:{2019 TO 2022}", Years(2020, 2021)),
    ("year:[2019 TO *]", Years(2019, None)),
    ('year:"2019-2022"', Years(2019, 2022)),
    ("year:(2019-2022)", Years(2019, 2022)),
    ("year:2019..", Years(2019, None)),
    ("year:2019-", Years(2019, None)),
    ("year:2019:", Years(2019, None)),
    ("year:>=2019", Years(2019, None)),
    ("year>=2019", Years(2019, None)),
    ("year:>2019", Years(2020, None)),
    ("year:..2022", Years(None, 2022)),
    ("year:-2022", Years(None, 2022)),
    ("year:<=2022", Years(None, 2022)),
    ("year:<2022", Years(None, 2021)),
    ("year:*", Years(None, None)),
)


@pytest.mark.parametrize(("text", "clause"), READINGS + YEARS)
def test_reads_without_repair(text: str, clause: Clause | None) -> None:
    assert (clause, ()) == parse_clause(text)


REPAIRS: tuple[tuple[str, str, tuple[tuple[int, int, str], ...]], ...] = (
    ('a "b', "a b", ((2, 3, "no partner"),)),
    ('"a b" "', '"a b"', ((6, 7, "no partner"),)),
    ('""', "", ((0, 2, "no word between"),)),
    ("(a OR b", "a OR b", ((0, 1, "never closed"),)),
    ("a) b", "a b", ((1, 2, "closes none"),)),
    ("a () b", "a b", ((2, 3, "no word between"),)),
    ("AND a", "a", ((0, 3, "nothing before this AND"),)),
    ("a OR", "a", ((2, 4, "nothing after this OR"),)),
    ("a AND AND b", "a AND b", ((6, 9, "nothing before this AND"),)),
    ("a NOT", "a", ((2, 5, "nothing after this sign"),)),
    ("a (b AND) c", "a b c", ((5, 8, "nothing after this AND"),)),
    ("journal:JMLR x", "journal JMLR x", ((0, 8, "no field “journal”"),)),
    ("auther:Jaggi", "auther Jaggi", ((0, 7, "Did you mean author:?"),)),
    ("Auther:Jaggi", "Auther Jaggi", ((0, 7, "Did you mean author:?"),)),
    ("has:wings", "wings", ((4, 9, "Only these"),)),
    ("year:soon x", 'year:"soon" AND x', ((5, 9, "is not a year"),)),
    ("year:2022-2019", "year:2019-2022", ((5, 14, "put in order"),)),
    ("a~3", "a~2", ((0, 3, "at most 2"),)),
    ("a^1000", "a^100", ((0, 6, "100"),)),
    ("author:Jaggi^2", "author:Jaggi", ((7, 14, "weighs words"),)),
    ("NEAR/3 b", "b", ((0, 6, "single word on either side"),)),
    ('"a b" w/2 c', '"a b" c', ((6, 9, "single word on either side"),)),
    ("title:a w/2 abs:b", "title:a abstract:b", ((8, 11, "single word on either side"),)),
    ('"deep learn*"', '"deep learn*"', ((0, 13, "star stands for itself"),)),
    ("venue:Neur*", 'venue:"Neur*"', ((6, 11, "compared whole"),)),
    ("∇", "", ((0, 1, "no word to look for"),)),
)


@pytest.mark.parametrize(("text", "written", "faults"), REPAIRS)
def test_repairs_say_what_and_where(
    text: str, written: str, faults: tuple[tuple[int, int, str], ...]
) -> None:
    clause, repairs = parse_clause(text)

    assert written == format_clause(clause)
    assert [fault[:2] for fault in faults] == [(one.start, one.end) for one in repairs]
    for (_, _, words_of_it), repair in zip(faults, repairs, strict=True):
        assert words_of_it in repair.reason
        assert repair.reason.endswith((".", "?"))


def test_the_rest_of_the_query_is_kept() -> None:
    chosen = (Filter("venue", ("ICML",)),)

    query = parse_query(
        "gossip ",
        filters=chosen,
        years=YearRange(2019),
        match=Match.ANY,
        sort=Sort.TITLE,
        page=3,
        per_page=50,
    )

    assert query.text == "gossip "
    assert (query.filters, query.years) == (chosen, YearRange(2019))
    assert (query.match, query.sort, query.page, query.per_page) == (Match.ANY, Sort.TITLE, 3, 50)
