"""The addresses of one search: its results, their other pages, and their other forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from indexer import FacetField, Query
from webui.urls import query_edits
from webui.urls.query_params import Around, Params, Turning


class WriteAddress(Protocol):
    """Writes the path of an endpoint, as `flask.url_for` does."""

    def __call__(self, endpoint: str, **values: str) -> str:
        """Returns the path; `values` are what the endpoint's rule names."""
        ...


@dataclass(frozen=True, slots=True)
class SearchUrls:
    """Writes the addresses of searches; knows the site's paths and parameters, not the request.

    Attributes:
        params: how a query is written behind the ``?``.
        address: writes the path of an endpoint.
    """

    params: Params
    address: WriteAddress

    @property
    def path(self) -> str:
        """The path of the results page."""
        return self.address("pages.search")

    def write(self, query: Query) -> str:
        """Returns the address of the results of a query."""
        return self.params.write(query, self.path)

    def writer(self) -> Callable[[Query], str]:
        """Returns `write` with the path looked up once, for many queries."""
        path = self.path
        return lambda query: self.params.write(query, path)

    def around(self, query: Query, field: FacetField) -> Around:
        """Returns a writer of the addresses of results that differ in one filter."""
        return self.params.around(query, field, self.path)

    def around_year(self, query: Query) -> Callable[[int], str]:
        """Returns a function from years to the address of the results of that year alone."""
        return self.params.around_year(query_edits.without_field(query, "year"), self.path)

    def turning(self, query: Query) -> Turning:
        """Returns a writer of the addresses of other pages and orders of the results."""
        return self.params.turning(query, self.path)

    def grouping(self, query: Query, *, together: bool) -> str:
        """Returns the address of the first page with versions of one work grouped, or not."""
        params = replace(self.params, together=together)
        return params.turning(query, self.path)(page=1)

    def carried(self, query: Query) -> tuple[tuple[str, str], ...]:
        """Returns the parameters that a search form carries along, so that filters stay."""
        return tuple(pair for pair in self.params.pairs(query) if pair[0] not in ("q", "page"))
