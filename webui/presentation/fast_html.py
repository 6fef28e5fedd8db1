"""The parts that a page of results has by the dozen, drawn by functions.

A template takes some microseconds for every text that it escapes and every address it asks for,
and such a page has a thousand of these: here the texts of one part are escaped in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from markupsafe import Markup

from indexer import name_key, name_slug
from webui.presentation.charts import Histogram
from webui.presentation.facets import FacetRow, Panel
from webui.presentation.hit import AuthorName
from webui.presentation.markup import escaped

_MANY_NAMES: Final = 12
"""Authors beyond which a list of titles names the first `_FIRST_NAMES` and the page's own."""
_FIRST_NAMES: Final = 8
_CHOSEN: Final = ' class="chosen"'


def author_items(authors: Sequence[AuthorName], href: Callable[[str], str]) -> Markup:
    """Returns the names of a paper as items of a list.

    Args:
        authors: the names to show.
        href: gives the address of a name by its slug.
    """
    addresses = escaped([href(name_slug(author.name)) for author in authors])
    return _joined(
        f'{_omitted_item(author.skipped)}<li dir="auto"><a href="{address}">{author.shown}</a></li>'
        for author, address in zip(authors, addresses, strict=True)
    )


def coauthor_items(
    names: Sequence[str], own: AbstractSet[str], href: Callable[[str], str]
) -> Markup:
    """Returns the names of a paper as items of a list, the page's own ones without a link.

    Args:
        names: as printed, in order.
        own: keys of the names whose page it is (`name_key`).
        href: gives the address of a name by its slug.
    """
    listed = names
    if len(names) > _MANY_NAMES:
        rest = [name for name in names[_FIRST_NAMES:] if name_key(name) in own]
        listed = [*names[:_FIRST_NAMES], *rest]
    addresses = escaped([href(name_slug(name)) for name in listed])
    more = len(names) - len(listed)
    items = [
        f'<li dir="auto"><b>{shown}</b></li>'
        if name_key(name) in own
        else f'<li dir="auto"><a href="{address}">{shown}</a></li>'
        for name, shown, address in zip(listed, escaped(listed), addresses, strict=True)
    ]
    if more:
        items.append(f'<li class="more">+{more} more</li>')
    return _joined(iter(items))


def choices(panel: Panel) -> Markup:
    """Returns the values of a facet as items of the filter form, to be chosen or excluded."""
    return _joined(_choice(panel.field, *row) for row in _escaped(panel.rows))


def years_table(panel: Panel) -> Markup:
    """Returns the years of a result as rows of a table."""
    return _joined(
        f'<tr{_CHOSEN if row.selected else ""}><th scope="row">'
        f'<a rel="nofollow" href="{only}">{label}</a></th><td>{row.count:,}</td></tr>'
        for row, _, label, only, _, _ in _escaped(panel.rows)
    )


def columns(histogram: Histogram) -> Markup:
    """Returns the bars of a histogram, each a link; a year without papers has none."""
    bars = [bar for bar in histogram.bars if bar.count]
    tall = histogram.height
    return _joined(
        f'    <a href="{href}" rel="nofollow" '
        f'aria-label="{bar.year}: {bar.count} {_papers(bar.count)}"'
        f"{_CHOSEN if bar.chosen else ''}><title>{bar.year}: {bar.count:,}</title>"
        f'<rect class="column" x="{bar.x}" y="0" width="{bar.width}" height="{tall}"/>'
        f'<rect class="bar" x="{bar.x}" y="{bar.y}" width="{bar.width}" height="{bar.height}"/></a>'
        for bar, href in zip(bars, escaped([bar.href for bar in bars]), strict=True)
    )


def _choice(  # noqa: PLR0913, PLR0917 - the texts of a row
    field: str, row: FacetRow, value: str, label: str, only: str, without: str, undo: str
) -> str:
    if row.excluded:
        return (
            f'      <li class="excluded">\n'
            f'<input type="hidden" name="{field}_not" value="{value}">\n'
            f'        <span class="value"><span class="name"><s>{label}</s></span></span>\n'
            f'        <span class="acts"><a rel="nofollow" href="{undo}" '
            f'aria-label="No longer exclude {label}">undo</a></span>      </li>'
        )
    checked = " checked" if row.selected else ""
    return (
        f'      <li>\n<label class="value"><input type="checkbox" name="{field}" value="{value}"'
        f'{checked}> <span class="name">{label}</span> <span class="count">{row.count:,}'
        f'<span class="hidden"> {_papers(row.count)}</span></span></label>\n'
        f'        <span class="acts"><a rel="nofollow" href="{only}" aria-label="Only {label}">only'
        f'</a> <a rel="nofollow" href="{without}" aria-label="Exclude {label}">not</a></span>'
        "      </li>"
    )


def _papers(number: int) -> str:
    return "paper" if number == 1 else "papers"


def _escaped(rows: Sequence[FacetRow]) -> Iterator[tuple[FacetRow, str, str, str, str, str]]:
    """Yields rows, each with its value, label and addresses escaped."""
    parts = iter(
        escaped(
            [
                text
                for row in rows
                for text in (row.value, row.label, row.only, row.without, row.undo)
            ]
        )
    )
    return zip(rows, parts, parts, parts, parts, parts, strict=False)


def _omitted_item(count: int) -> str:
    return f'<li class="more" aria-label="{count} names left out">…</li>' if count else ""


def _joined(drawn: Iterator[str]) -> Markup:
    return Markup("".join(drawn))  # noqa: S704 - whatever is not drawn here is escaped
