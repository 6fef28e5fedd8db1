"""The query as data: hashable values with the defaults that every page relies on."""

from __future__ import annotations

import pytest
from hypothesis import given

from indexer.query import FACET_FIELDS, Filter, Match, Query, Sort, Word, YearRange
from tests import strategies


def test_an_empty_query_asks_for_everything_on_its_first_page() -> None:
    query = Query()

    assert query.clause is None
    assert (query.match, query.sort, query.page) == (Match.AUTO, Sort.RELEVANCE, 1)
    assert query.years == YearRange(None, None)


def test_a_filter_that_is_not_there_is_empty() -> None:
    query = Query(filters=(Filter("venue", ("ICML",)),))

    assert query.filter("venue").include == ("ICML",)
    for field in FACET_FIELDS[1:]:
        assert query.filter(field) == Filter(field)


@given(strategies.queries)
def test_queries_are_values(query: Query) -> None:
    assert {query: 1}[query] == 1
    with pytest.raises(AttributeError):
        query.page = 2  # type: ignore[misc]


def test_words_differ_by_what_they_ask() -> None:
    assert len({Word("a"), Word("a", "title"), Word("a", exact=True), Word("a", boost=2.0)}) == 4


def test_the_names_of_orders_and_modes_are_those_of_the_addresses() -> None:
    assert [str(sort) for sort in Sort] == ["relevance", "-year", "year", "title", "-added"]
    assert [str(match) for match in Match] == ["auto", "all", "any"]
