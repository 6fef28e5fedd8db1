"""What the pages of the site show, for alerts: a page's parameters mean there what they mean here.

`quiver alert` uses this without a server; nothing here knows a request.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote, urlencode

from werkzeug.datastructures import MultiDict

from indexer import (
    Alert,
    AlertError,
    AuthorCluster,
    Config,
    Paper,
    Query,
    QueryTimedOut,
    Searcher,
    Venues,
    WatchedPage,
    depends_on_labels,
    load_venues,
    plain,
    read_typed_text,
)
from webui.presentation.author_filters import choose, read_narrowing
from webui.presentation.facets import chips
from webui.urls.query_params import Params
from webui.urls.slugs import Moved, find_author, names_meant
from webui.urls.url_builder import SAFE, dotted

_ADDRESS_IDS: Final = 100
"""Papers up to which the address of a shelf is told; a longer one is no address to click on."""


@dataclass(frozen=True, slots=True)
class SitePages:
    """The pages of one site, see `indexer.AlertPages`.

    Attributes:
        params: how addresses of results are read.
        venues: known names of venues, as in typed queries.
        site: what addresses begin with; empty where the site has no public address.
    """

    params: Params
    venues: Venues
    site: str

    def faults(self, alert: Alert) -> tuple[tuple[str, str], ...]:
        """Returns what is wrong with the parameters of an alert: key and reason."""
        if alert.page != "search":
            return ()
        read = self.params.read(alert.parameters)
        cut = [("query", notice) for notice in read.notices if notice.startswith("Only ")]
        return (
            *((fault.parameter, str(fault).partition(": ")[2]) for fault in read.faults),
            *cut,
        )

    def watched(self, alert: Alert, searcher: Searcher) -> WatchedPage:
        """Returns what the page of an alert shows in a generation.

        Raises:
            AlertError: when an author page's group is no longer there.
            QueryTimedOut: when the deadline has cut the answer.
        """
        page = searcher.for_page()
        if alert.page == "search":
            found = self._results(alert, page)
        elif alert.page == "author":
            found = self._author(alert, page)
        else:
            found = self._shelf(alert, page)
        if page.timed_out:
            raise QueryTimedOut
        return found

    def paper_address(self, paper: Paper) -> str:
        """Returns the address of a paper's page; without a site, of its own or of its DOI."""
        if self.site:
            return self.address(f"/paper/{quote(dotted(paper.id), safe=SAFE)}")
        return paper.url or (f"https://doi.org/{quote(paper.doi)}" if paper.doi else "")

    def address(self, path: str) -> str:
        """Returns a path of the site as an address; empty without a site."""
        return f"{self.site}{path}" if self.site else ""

    def _results(self, alert: Alert, searcher: Searcher) -> WatchedPage:
        asked = self.params.read(alert.parameters).query
        query = read_typed_text(asked, searcher, self.venues)
        ids = tuple(dict.fromkeys(searcher.ids(query)))
        path = self.params.write(replace(asked, page=1), "/search")
        is_by_label = depends_on_labels(query.clause)
        return WatchedPage(_in_words(asked), self.address(path), ids, is_by_label=is_by_label)

    def _author(self, alert: Alert, searcher: Searcher) -> WatchedPage:
        slug, _, number = alert.subject.partition("/")
        given: MultiDict[str, str] = MultiDict(alert.parameters)
        narrowing = read_narrowing(given, self.params.max_text)
        also = names_meant(searcher, narrowing.also)
        for _ in range(2):  # another spelling leads to the page by one redirect
            cluster = find_author(searcher, slug, also, curated=not narrowing.exact)
            if not isinstance(cluster, Moved):
                break
            slug = cluster.slug
        path = f"/author/{quote(slug, safe=SAFE)}"
        if number:
            path += f"/{quote(number, safe='')}"
        pairs = replace(narrowing, view="").pairs()
        address = self.address(f"{path}?{urlencode(pairs)}" if pairs else path)
        if cluster is None or isinstance(cluster, Moved):  # nobody of this name has a paper yet
            return WatchedPage(f"papers by {alert.subject}", address, ())
        if number:
            narrowing = replace(narrowing, group=_group_of(cluster, number))
        chosen = choose(searcher, cluster, narrowing)
        if chosen.gone:
            raise AlertError(
                f"the group of {narrowing.group} on the page of {cluster.name} no longer exists; "
                "choose another group there and correct the alert"
            )
        words = [f"papers by {cluster.name}", *narrowing.venues, *narrowing.years]
        if narrowing.text:
            words.append(f"“{narrowing.text}”")
        ids = tuple(paper.id for paper in chosen.cluster.papers)
        return WatchedPage(", ".join(words), address, ids)

    def _shelf(self, alert: Alert, searcher: Searcher) -> WatchedPage:
        wanted = tuple(dict.fromkeys(value for _, value in alert.parameters))
        ids = tuple(paper_id for paper_id in wanted if searcher.get(paper_id) is not None)
        address = self.address(f"/shelf?{urlencode([('id', paper_id) for paper_id in wanted])}")
        shown = address if len(wanted) <= _ADDRESS_IDS else ""
        there = set(ids)
        missing = tuple(paper_id for paper_id in wanted if paper_id not in there)
        return WatchedPage("the shelf", shown, ids, missing)


def site_pages(config: Config) -> SitePages:
    """Returns the pages of the site that these settings describe."""
    params = Params(per_page=config.search.per_page, max_per_page=config.search.max_per_page)
    return SitePages(params, load_venues(config.build.venues), config.web.public_url.rstrip("/"))


def _group_of(cluster: AuthorCluster, number: str) -> str:
    """Returns a paper of a numbered person; empty where the name is one person's now.

    Raises:
        AlertError: when no person of this name ever had the number.
    """
    known = number.isascii() and number.isdecimal() and len(number) < 6
    people = cluster.people
    current = people.current(int(number)) if known and people is not None else None
    if current is None:
        raise AlertError(
            f"the page of {cluster.name} has no person {number}; look at the page and correct "
            "the alert"
        )
    group = cluster.numbered(current) if current else None
    return "" if group is None else group.key


def _in_words(query: Query) -> str:
    """Returns a search in words, for subjects: the query and its filters."""
    text = plain(query.text.strip())
    words: Iterable[str] = (f"{chip.name}: {chip.value}" for chip in chips(query, lambda _: ""))
    return ", ".join([f"“{text}”" if text else "all papers", *words])
