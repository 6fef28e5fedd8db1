"""The hits of a page drawn as items of a list, and what stands around the title of a paper.

Drawn by functions, for the reason that `fast_html` states: a hit has some thirty texts to escape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import quote

from markupsafe import Markup, escape

from indexer import Paper, name_slug, plain
from webui.presentation.explanation import score_bars
from webui.presentation.fast_html import author_items
from webui.presentation.hit import Entry, kind
from webui.presentation.markup import escaped
from webui.presentation.paper_links import paper_links
from webui.presentation.results_page import VersionLink

_LONG_VENUE: Final = 48
"""Characters from which the full name of a venue is shown on hover."""
_SHOWN_VENUE: Final = 53
"""Characters beyond which a venue is shortened: little is gained by a few less."""


class AddressWriter(Protocol):
    """Returns a function from the one value of an endpoint to its address."""

    def __call__(self, endpoint: str, name: str) -> Callable[[str], str]:
        """Returns the function; `name` is what the endpoint's rule calls the value."""
        ...


@dataclass(frozen=True, slots=True)
class HitList:
    """How the hits of a page are drawn.

    Attributes:
        others: by id of a hit, the other versions of it.
        selectable: whether hits have a box that chooses them, instead of a link to the shelf.
        compact: whether hits take less room.
        text: the query as typed, which names the parts of a score.
        writer: of addresses.
        shelf: returns the address of a shelf with the paper of an id.
    """

    others: Mapping[str, Sequence[VersionLink]]
    selectable: bool
    compact: bool
    text: str
    writer: AddressWriter
    shelf: Callable[[str], str]


def hit_items(entries: Sequence[Entry], listed: HitList) -> Markup:
    """Returns the hits as items of a list."""
    author_href = listed.writer("records.author", "slug")
    paper_href = listed.writer("records.paper", "address")
    venue_href = listed.writer("records.venue", "slug")
    return _safe(
        "".join(_item(entry, listed, author_href, paper_href, venue_href) for entry in entries)
    )


def _item(
    entry: Entry,
    listed: HitList,
    author_href: Callable[[str], str],
    paper_href: Callable[[str], str],
    venue_href: Callable[[str], str],
) -> str:
    paper = entry.paper
    quoted, paper_id, name, href = escaped(
        [quote(paper.id), paper.id, plain(paper.title), paper_href(paper.id)]
    )
    spoken = text_attributes(paper)
    parts = [f'<li class="hit"><article><abbr class="unapi-id" title="{quoted}"></abbr>']
    if listed.selectable:
        parts.append(
            f'<label class="pick"><input type="checkbox" name="id" value="{paper_id}" '
            f'form="selection"><span class="hidden">Select {name}</span></label>'
        )
    parts.append(kicker(paper, venue_href, links=elsewhere(paper)))
    parts.append(f'<h3{spoken}><a href="{href}">{entry.title}</a></h3>\n')
    if entry.authors:
        more = ""
        if entry.hidden:
            more = f'<li class="more">+{entry.hidden} more</li>'
        elif not paper.authors_complete:
            more = '<li class="more">and others</li>'
        names = author_items(entry.authors, author_href)
        parts.append(f'<ul class="authors" aria-label="Authors">{names}{more}</ul>')
    if paper.id in listed.others:
        links = ", ".join(
            f'<a href="{escape(other.href)}">{escape(other.name)}</a>'
            for other in listed.others[paper.id]
        )
        parts.append(f'<p class="versions">Also: {links}</p>')
    if entry.passage:
        before, after = "… " if entry.begins else "", " …" if entry.ends else ""
        parts.append(f'<p class="passage"{spoken}>{before}{entry.passage}{after}</p>')
    else:
        parts.append('<p class="passage none">No abstract recorded</p>')
    if entry.abstract and not listed.compact:
        parts.append(
            '<details class="abstract"><summary>Full abstract</summary>'
            f"<p{spoken}>{entry.abstract}</p></details>"
        )
    if not listed.selectable:
        shelf = escape(listed.shelf(paper.id))
        parts.append(
            f'<p class="acts-line"><a class="shelve" rel="nofollow" href="{shelf}">'
            "Add to shelf</a></p>"
        )
    if entry.why:
        parts.append(_explanation(entry, listed.text))
    parts.append("</article></li>\n")
    return "".join(parts)


def _explanation(entry: Entry, text: str) -> str:
    """Returns the parts of a score as a table under a summary."""
    rows = "".join(
        f'<tr><th scope="row">{escape(bar.sentence)}</th><td><svg class="score-bar" width="104" '
        f'height="12" aria-hidden="true"><rect width="{bar.width}" height="12"/></svg></td>'
        f"<td>{bar.value:.2f}</td></tr>"
        for bar in score_bars(entry.why, text)
    )
    return (
        f'<details class="why"><summary>Score {entry.score:.2f}: how it adds up</summary><table>'
        '<caption class="hidden">What adds to the score</caption><thead class="hidden"><tr>'
        '<th scope="col">Part of the score</th><th scope="col">Share</th>'
        f'<th scope="col">Adds</th></tr></thead><tbody>{rows}</tbody><tfoot><tr>'
        f'<th scope="row">Score</th><td></td><td>{entry.score:.2f}</td></tr></tfoot></table>'
        "</details>"
    )


def text_attributes(paper: Paper) -> Markup:
    """Returns the attributes that tell how a text of a paper is written.

    The direction of a text follows its first letter with one (HTML 3.2.6.4), so that full stops
    and numbers beside Arabic or Hebrew stand on the right side.
    """
    publication = paper.publication
    if publication.language and not publication.original_title:
        return _safe(f' dir="auto" lang="{escape(publication.language)}"')
    return _safe(' dir="auto"')


def elsewhere(paper: Paper) -> Markup:
    """Returns links to where the paper itself is."""
    links = paper_links(paper)
    texts = iter(escaped([text for link in links for text in (link.href, link.label)]))
    return _safe(
        "".join(
            f'<a rel="noreferrer" href="{href}">{label}</a>'
            for href, label in zip(texts, texts, strict=True)
        )
    )


def kicker(paper: Paper, venue_href: Callable[[str], str], *, links: str = "") -> Markup:
    """Returns the line above a title: where and when the paper appeared, and where it is.

    Args:
        paper: the one described.
        venue_href: gives the address of a venue by its slug.
        links: to the paper itself, escaped.
    """
    venue, printed = paper.venue, paper.publication.venue_printed
    if venue:
        shown, full, href = escaped(
            [shortened_venue(venue), printed or venue, venue_href(name_slug(venue))]
        )
        hover = printed not in {"", venue} or len(venue) > _LONG_VENUE
        title = f' title="{full}"' if hover else ""
        parts = [f'<p class="kicker"><a class="venue" href="{href}"{title}>{shown}</a>']
    else:
        parts = ['<p class="kicker"><span class="venue">Venue unknown</span>']
    if paper.type:
        parts.append(f' <span class="kind">{kind(paper.type)}</span>')
    if paper.year:
        parts.append(f' <span class="year">{paper.year}</span>')
    if paper.type:
        parts.append(f' <span class="type">{escape(paper.type)}</span>')
    if links:
        parts.append(f'<span class="elsewhere">{links}</span>')
    parts.append("</p>\n")
    return _safe("".join(parts))


def shortened_venue(venue: str) -> str:
    """Returns a venue cut between words where it is much longer than a line has room for."""
    if len(venue) <= _SHOWN_VENUE:
        return venue
    return venue[: _LONG_VENUE - 3].rsplit(" ", 1)[0] + "..."


def _safe(drawn: str) -> Markup:
    return Markup(drawn)  # noqa: S704 - whatever is not drawn here is escaped
