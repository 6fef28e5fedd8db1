"""A number beside a value is the number of hits after the click."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from hypothesis import event, given
from hypothesis import strategies as st

from indexer.paper import Paper
from indexer.query import (
    FACET_FIELDS,
    FacetField,
    Filter,
    Match,
    Part,
    Query,
    Sort,
    Word,
    Words,
    YearRange,
)
from indexer.ranking import Ranking
from indexer.search import DEFAULT_FACETS, FacetRequest, FacetValue, Searcher
from tests import strategies
from tests.conformance.backends import Backend
from tests.conformance.pace import pace

ALL_VALUES = tuple(FacetRequest(field, 0) for field in FACET_FIELDS)


def chosen(query: Query, field: FacetField, values: tuple[str, ...]) -> Query:
    """Choose these values and nothing else in one facet."""
    filters = tuple(one for one in query.filters if one.field != field)
    years = YearRange() if field == "year" else query.years
    return replace(query, filters=(*filters, Filter(field, values)), years=years)


def shown(searcher: Searcher, query: Query, request: FacetRequest) -> tuple[FacetValue, ...]:
    return searcher.search(query, facets=(request,)).facets[request.field].values


@pace()
@given(st.data())
def test_every_number_is_the_number_of_hits_after_the_click(
    backend: Backend, data: st.DataObject
) -> None:
    enough = Ranking(enough=data.draw(st.sampled_from((1, 2, 10))))
    with backend.holding(data.draw(strategies.collections(min_size=4)), enough) as searcher:
        for query in data.draw(st.lists(strategies.queries, min_size=3, max_size=6)):
            numbers_are_true(searcher, query)


@pace()
@given(st.data())
def test_every_number_is_true_where_only_other_papers_have_all_words(
    backend: Backend, data: st.DataObject
) -> None:
    """The filters leave no paper with all words: some words are shown, a click may find all."""
    enough = Ranking(enough=data.draw(st.sampled_from((1, 2))))
    papers = data.draw(strategies.collections(min_size=6, max_size=16))
    words = ("learning", "graph", "invasive", "robot")
    pairs = [Words((Part(Word(one)), Part(Word(other)))) for one, other in combinations(words, 2)]
    mixed = [
        replace(paper, title=f"{paper.title} {title}")
        for paper, title in zip(
            papers,
            data.draw(
                st.lists(
                    st.sampled_from(("learning graph", "invasive robot", "learning", "robot")),
                    min_size=len(papers),
                    max_size=len(papers),
                )
            ),
            strict=True,
        )
    ]
    with backend.holding(mixed, enough) as searcher:
        for clause in pairs:
            fields = data.draw(st.sets(st.sampled_from(FACET_FIELDS), min_size=1, max_size=2))
            query = Query(clause=clause)
            for field in sorted(fields):
                values = [one.value for one in shown(searcher, Query(), FacetRequest(field, 0))]
                some = data.draw(st.lists(st.sampled_from(values), min_size=1, max_size=2))
                filters = Filter(field, tuple(some), ("Nowhere", values[0]))
                if data.draw(st.booleans()):
                    filters = Filter(field, tuple(some))
                query = replace(query, filters=(*query.filters, filters))
            found = searcher.search(query)
            event(f"all words: {bool(found.receipt.all_words)} of {found.receipt.matched}")
            event(f"elsewhere: {bool(found.receipt.all_words_elsewhere)}")
            numbers_are_true(searcher, query)


def numbers_are_true(searcher: Searcher, query: Query) -> None:
    """Hold that every number is that of the hits after the click, and the receipt's add up."""
    found = searcher.search(query, facets=ALL_VALUES)
    for field, facet in found.facets.items():
        for value in facet.values:
            click = chosen(query, field, (value.value,))
            assert value.count == searcher.count(click), (field, value)
        assert facet.distinct == sum(value.count > 0 for value in facet.values)
    receipt = found.receipt
    if receipt.all_words is not None:
        needed = replace(query, match=Match.ALL)
        assert receipt.all_words == searcher.count(needed)
        everywhere = replace(needed, filters=(), years=YearRange())
        assert receipt.all_words_elsewhere == searcher.count(everywhere) - receipt.all_words
        assert found.total == searcher.count(replace(query, match=Match.ANY))


def test_a_filter_that_leaves_no_paper_with_all_words(backend: Backend) -> None:
    papers = [
        Paper(f"i{n}", "Hand eye calibration", venue="ICRA", year=2000 + n) for n in range(12)
    ]
    papers += [Paper(f"r{n}", "Calibration of robots", venue="ICRA", year=2001) for n in range(5)]
    papers += [Paper(f"a{n}", "An eye on verbs", venue="ACL", year=2002) for n in range(3)]
    words = Words(tuple(Part(Word(word)) for word in ("hand", "eye", "calibration")))
    query = Query(clause=words, filters=(Filter("venue", ("ACL",)),))

    with backend.holding(papers) as searcher:
        found = searcher.search(query)

        assert (found.total, found.receipt.matched) == (3, "any")
        assert (found.receipt.all_words, found.receipt.all_words_elsewhere) == (0, 12)
        numbers = [(one.value, one.count) for one in found.facets["venue"].values]
        assert numbers == [("ICRA", 12), ("ACL", 3)]
        assert [(one.value, one.count) for one in found.facets["year"].values] == [("2002", 3)]
        assert found.facets["venue"].distinct == 2
        numbers_are_true(searcher, query)
        both = replace(query, filters=(Filter("venue", ("ACL", "ICRA")),))
        assert searcher.search(both).total == 12
        numbers_are_true(searcher, both)


def test_few_papers_with_all_words_come_first_and_others_follow(backend: Backend) -> None:
    papers = [Paper(f"s{n}", "Swarm swarm swarm", year=2020) for n in range(6)]
    papers += [Paper("both", "On much else than what is here, a swarm of agents", year=1990)]
    papers += [Paper(f"t{n}", "Agents", year=2021) for n in range(6)]
    papers += [Paper(f"u{n}", "Of other things") for n in range(9)]
    query = Query(clause=Words((Part(Word("swarm")), Part(Word("agents")))), per_page=5)

    with backend.holding(papers) as searcher:
        found = searcher.search(query)
        ids = list(searcher.ids(query))
        pages = [searcher.search(replace(query, page=page)).hits for page in (1, 2, 3)]
        under = searcher.search(replace(query, years=YearRange(2000, None)))
        newest = searcher.search(replace(query, sort=Sort.NEWEST))
        numbers_are_true(searcher, query)

    assert (found.total, found.receipt.matched, found.receipt.all_words) == (13, "any", 1)
    assert ids[0] == "both"
    assert [hit.paper.id for page in pages for hit in page] == ids
    assert len(set(ids)) == 13
    assert [one.emptied for one in found.receipt.clauses] == [False, False]
    assert (under.total, under.receipt.all_words, under.receipt.all_words_elsewhere) == (12, 0, 1)
    assert newest.total == 13
    assert newest.hits[0].paper.year == 2021


@pace()
@given(st.data())
def test_distinct_is_the_number_of_values_with_hits(backend: Backend, data: st.DataObject) -> None:
    query = data.draw(strategies.queries)
    with backend.holding(data.draw(strategies.collections(min_size=4))) as searcher:
        for field, facet in searcher.search(query, facets=ALL_VALUES).facets.items():
            assert facet.distinct == sum(value.count > 0 for value in facet.values)
            assert len({value.value for value in facet.values}) == len(facet.values)
            few = searcher.search(query, facets=(FacetRequest(field, 1),)).facets[field]
            assert few.distinct == facet.distinct
            assert set(few.values) <= set(facet.values)


@pace()
@given(strategies.collections(min_size=4))
def test_paging_in_a_facet_gives_every_value_once(
    backend: Backend, papers: tuple[Paper, ...]
) -> None:
    with backend.holding(papers) as searcher:
        for field in FACET_FIELDS:
            whole = shown(searcher, Query(), FacetRequest(field, 0))
            pages = [
                value
                for offset in range(0, len(whole) + 2, 2)
                for value in shown(searcher, Query(), FacetRequest(field, 2, offset))
            ]
            assert tuple(pages) == whole


def test_without_facets_there_are_none(examples: Searcher) -> None:
    assert dict(examples.search(Query(), facets=()).facets) == {}


def test_values_in_order_with_their_counts(examples: Searcher) -> None:
    facets = examples.search(Query(), facets=DEFAULT_FACETS).facets

    def counts(field: FacetField) -> list[tuple[str, int]]:
        return [(value.value, value.count) for value in facets[field].values]

    assert counts("venue") == [
        ("ICML", 1),
        ("JMLR", 1),
        ("NeurIPS", 1),
        ("Zürich Workshop", 1),
        ("icml", 1),
        ("unknown", 1),
    ]
    assert counts("year") == [
        ("2021", 2),
        ("2017", 1),
        ("2016", 1),
        ("1999", 1),
        ("unknown", 1),
    ]
    assert counts("type") == [("Conference Paper", 3), ("Journal Article", 2), ("unknown", 1)]
    assert counts("author")[:3] == [("Yang Liu", 2), ("Ashish Vaswani", 1), ("François Fleuret", 1)]
    assert ("unknown", 1) in counts("author")


def test_a_facet_forgets_its_own_filter_and_no_other(examples: Searcher) -> None:
    query = Query(
        filters=(Filter("venue", ("JMLR",), ("Nowhere",)), Filter("type", ("Journal Article",)))
    )

    facets = examples.search(query).facets

    assert [
        (value.value, value.count, value.selected, value.excluded)
        for value in facets["venue"].values
    ] == [
        ("JMLR", 1, True, False),
        ("Zürich Workshop", 1, False, False),
        ("Nowhere", 0, False, True),
    ]
    assert facets["venue"].distinct == 2
    assert [(one.value, one.count) for one in facets["year"].values] == [("2021", 1)]


def test_the_year_facet_looks_past_the_year_range(examples: Searcher) -> None:
    facets = examples.search(Query(years=YearRange(2021, 2021))).facets

    assert [value.value for value in facets["year"].values] == [
        "2021",
        "2017",
        "2016",
        "1999",
        "unknown",
    ]
    assert sum(value.count for value in facets["venue"].values) == 2


def test_searching_inside_a_facet(examples: Searcher) -> None:
    def fitting(field: FacetField, contains: str) -> list[str]:
        request = FacetRequest(field, 20, 0, contains)
        return [value.value for value in shown(examples, Query(), request)]

    assert fitting("venue", "ZURICH") == ["Zürich Workshop"]
    assert fitting("venue", "zuerich") == ["Zürich Workshop"]
    assert fitting("venue", "icml") == ["ICML", "icml"]
    assert fitting("author", "takac") == fitting("author", "TAKÁČ") != []
    assert fitting("author", "francois") == ["François Fleuret"]
    assert fitting("year", "20") == ["2021", "2017", "2016"]
    assert fitting("venue", "nowhere") == []


def test_chosen_values_stay_whatever_is_asked_for(examples: Searcher) -> None:
    query = Query(filters=(Filter("venue", ("JMLR",), ("icml",)),))

    for request in (FacetRequest("venue", 1), FacetRequest("venue", 20, 0, "NeurIPS")):
        values = {value.value for value in shown(examples, query, request)}
        assert {"JMLR", "icml"} <= values


def test_an_author_value_is_one_cluster_in_its_most_frequent_spelling(backend: Backend) -> None:
    papers = [
        Paper("a", "One", authors=("YANG LIU",)),
        Paper("b", "Two", authors=("Yang Liu", "yang  liu")),
        Paper("c", "Three", authors=("Yang Liu",)),
        Paper("d", "Four", authors=("Zoe Liu",)),
        Paper("e", "Five", authors=("ZOE LIU",)),
    ]

    with backend.holding(papers) as searcher:
        values = shown(searcher, Query(), FacetRequest("author", 0))

    assert [(value.value, value.count) for value in values] == [("Yang Liu", 3), ("ZOE LIU", 2)]


def test_values_over_the_whole_index(examples: Searcher) -> None:
    def listed(field: FacetField, prefix: str = "", contains: str = "") -> list[str]:
        found = examples.values(field, prefix=prefix, contains=contains, limit=0)
        return [value.value for value in found]

    assert listed("venue") == ["ICML", "JMLR", "NeurIPS", "Zürich Workshop", "icml"]
    assert listed("year")[0] == "2021"
    assert listed("author", prefix="YANG") == ["Yang Liu"]
    assert listed("venue", prefix="Zuer") == listed("venue", prefix="zur") == ["Zürich Workshop"]
    assert listed("author", prefix="lacoste") == ["Simon Lacoste-Julien"]
    assert listed("author", prefix="martin ja") == ["Martin Jaggi"]
    assert listed("author", prefix="aggi") == []
    assert listed("author", contains="aggi") == ["M. Jaggi", "Martin Jaggi"]
    assert [(one.value, one.count) for one in examples.values("author", limit=1)] == [
        ("Yang Liu", 2)
    ]


def test_names_that_fold_to_the_same(backend: Backend) -> None:
    papers = [
        Paper("a", "One", authors=("Tao Lin", "Francois Fleuret")),
        Paper("b", "Two", authors=("Tao Lin 0004", "François Fleuret")),
        Paper("c", "Three", authors=("Tao Lin 0004", "Tao Linn")),
    ]

    with backend.holding(papers) as searcher:
        assert [(one.value, one.count) for one in searcher.names("tao lin")] == [
            ("Tao Lin 0004", 2),
            ("Tao Lin", 1),
        ]
        assert {one.value for one in searcher.names("FRANÇOIS  Fleuret")} == {
            "Francois Fleuret",
            "François Fleuret",
        }
        assert searcher.names("nobody") == ()


def test_counts_follow_the_query(examples: Searcher) -> None:
    query = Query(clause=Word("jaggi"))

    values = shown(examples, query, FacetRequest("venue", 0))

    assert [(value.value, value.count) for value in values] == [("ICML", 1), ("JMLR", 1)]
