"""Addresses and queries: there and back."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import FACET_FIELDS, FacetField, Filter, Match, Query, Sort, YearRange, parse_query
from webui.urls.query_params import Params

PARAMS = Params()
ANY = st.characters(exclude_categories=["Cs"])
WORDS = st.text(ANY, min_size=1, max_size=20).filter(str.strip)
VALUES = st.lists(WORDS, max_size=3, unique=True).map(lambda values: tuple(sorted(values)))
YEARS = st.one_of(
    st.just(YearRange()),
    st.integers(1, 9999).map(lambda year: YearRange(year, None)),
    st.tuples(st.integers(1, 9999), st.integers(1, 9999)).map(
        lambda pair: YearRange(min(pair), max(pair))
    ),
)


@st.composite
def queries(draw: st.DrawFn) -> Query:
    filters = []
    for field in FACET_FIELDS:
        one = Filter(field, draw(VALUES), draw(VALUES))
        if one.include or one.exclude:
            filters.append(one)
    return parse_query(
        draw(st.text(ANY, max_size=30).map(str.strip)),
        filters=tuple(filters),
        years=draw(YEARS),
        match=draw(st.sampled_from(Match)),
        sort=draw(st.sampled_from(Sort)),
        page=draw(st.integers(1, 500)),
        per_page=draw(st.integers(1, 100)),
    )


@given(queries())
def test_an_address_reads_back_as_its_query(query: Query) -> None:
    address = PARAMS.write(query, "/search")

    asked = PARAMS.read(parse_qsl(urlsplit(address).query, keep_blank_values=True))

    assert asked.faults == ()
    assert asked.notices == ()
    assert asked.query == query


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                "q venue venue_not year type author_not year_from year_to sort page per_page "
                "match size f x".split()
            ),
            st.text(max_size=12),
        )
    )
)
def test_any_pairs_give_a_query_whose_address_is_stable(pairs: list[tuple[str, str]]) -> None:
    asked = PARAMS.read(pairs)

    address = PARAMS.write(asked.query, "/search")
    again = PARAMS.read(PARAMS.pairs(asked.query))

    assert again.faults == ()
    assert PARAMS.write(again.query, "/search") == address


@given(queries(), st.randoms())
def test_order_of_parameters_means_nothing(query: Query, random: object) -> None:
    pairs = list(PARAMS.pairs(query))
    random.shuffle(pairs)  # type: ignore[attr-defined]

    assert PARAMS.read(pairs).query == query


def test_defaults_and_empties_are_left_out() -> None:
    asked = PARAMS.read(
        [
            ("q", ""),
            ("venue", ""),
            ("year_from", " "),
            ("sort", "relevance"),
            ("match", "auto"),
            ("page", "1"),
            ("per_page", "20"),
            ("unknown", "x"),
        ]
    )

    assert PARAMS.write(asked.query, "/search") == "/search"


def test_canonical_order_and_spelling() -> None:
    asked = PARAMS.read(
        [
            ("size", "50"),
            ("sort", "newest"),
            ("venue", "NeurIPS"),
            ("year_to", "2022"),
            ("venue", "ICML"),
            ("query", "a b"),
            ("year_from", "2019"),
            ("author_not", "X Y"),
        ]
    )

    assert PARAMS.write(asked.query, "/search") == (
        "/search?q=a+b&venue=ICML&venue=NeurIPS&author_not=X+Y&year_from=2019&year_to=2022"
        "&sort=-year&per_page=50"
    )


@pytest.mark.parametrize(
    ("name", "value", "means"),
    [("start", "40", 3), ("offset", "39", 2), ("f", "0", 1)],
)
def test_offsets_become_pages(name: str, value: str, means: int) -> None:
    assert PARAMS.read([(name, value)]).query.page == means


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "-3"), ("page", "0"), ("page", "two"), ("page", "9" * 30), ("page", "1.5"),
        ("per_page", "0"), ("per_page", "101"), ("year_from", "20000"), ("year_to", "-5"),
        ("year_from", "MMXX"), ("sort", "random"), ("match", "most"), ("page", "٣"),
    ],
)  # fmt: skip
def test_values_without_meaning_are_faults_and_count_as_left_out(name: str, value: str) -> None:
    asked = PARAMS.read([(name, value), ("q", "kept")])

    assert [fault.parameter for fault in asked.faults] == [name]
    assert asked.query == parse_query("kept")


def test_every_fault_is_reported_at_once() -> None:
    asked = PARAMS.read([("page", "x"), ("sort", "x"), ("year_to", "x")])

    assert {fault.parameter for fault in asked.faults} == {"page", "sort", "year_to"}


def test_machines_may_ask_for_counts_alone() -> None:
    assert replace(PARAMS, min_per_page=0).read([("per_page", "0")]).query.per_page == 0


def test_years_the_wrong_way_round_are_turned_and_said() -> None:
    asked = PARAMS.read([("year_from", "2022"), ("year_to", "2019")])

    assert asked.query.years == YearRange(2019, 2022)
    assert asked.notices == ("The years were put in order: 2019 to 2022.",)


def test_long_queries_are_cut_and_said() -> None:
    asked = PARAMS.read([("q", "word " * 60_000)])

    assert len(asked.query.text) == PARAMS.max_text
    assert "2,000 of 300,000 characters" in asked.notices[0]


def test_many_filters_are_cut_and_said() -> None:
    asked = PARAMS.read([("venue", f"V{number}") for number in range(5_000)])

    assert len(asked.query.filter("venue").include) == PARAMS.max_values
    assert "4,800 more" in asked.notices[0]


@given(queries(), st.sampled_from(FACET_FIELDS), VALUES, VALUES)
def test_addresses_around_a_filter_are_those_of_whole_queries(
    query: Query, field: FacetField, include: tuple[str, ...], exclude: tuple[str, ...]
) -> None:
    one = Filter(field, include, exclude)
    others = tuple(was for was in query.filters if was.field != field)
    changed = replace(query, filters=(*others, one))

    assert PARAMS.around(query, field, "/search").filtered(one) == PARAMS.write(changed, "/search")


@given(queries(), st.sampled_from(FACET_FIELDS), st.text(min_size=1))
def test_addresses_of_one_value_are_those_of_whole_queries(
    query: Query, field: FacetField, value: str
) -> None:
    others = tuple(was for was in query.filters if was.field != field)
    chosen = replace(query, filters=(*others, Filter(field, (value,))))
    excluded = replace(query, filters=(*others, Filter(field, (), (value,))))

    assert PARAMS.around(query, field, "/search").with_value(value) == (
        PARAMS.write(chosen, "/search"),
        PARAMS.write(excluded, "/search"),
    )


@given(
    queries(),
    st.sampled_from(list(Sort)),
    st.integers(1, 9),
    st.sampled_from([10, PARAMS.per_page]),
    st.sampled_from([PARAMS, replace(PARAMS, together=True)]),
)
def test_addresses_of_other_parts_of_an_answer_are_those_of_whole_queries(
    query: Query, sort: Sort, page: int, per_page: int, params: Params
) -> None:
    turned = params.turning(query, "/search")
    changed = replace(query, sort=sort, page=page, per_page=per_page)

    assert turned() == params.write(query, "/search")
    assert turned(sort, page, per_page) == params.write(changed, "/search")


@given(queries(), st.integers(1, 9999))
def test_addresses_around_a_year_are_those_of_whole_queries(query: Query, year: int) -> None:
    changed = replace(query, years=YearRange(year, year))

    assert PARAMS.around_year(query, "/search")(year) == PARAMS.write(changed, "/search")
