"""A small, safe part of Markdown, for the text of a collection's owner.

Headings (``#`` to ``###``), paragraphs, lists (``-`` or ``1.``), ``*emphasis*``, ``**strong**``,
```code``` and links to web addresses, mail addresses and pages of the site. Anything else, HTML
above all, stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from markupsafe import Markup, escape

LONGEST: Final = 100_000
"""Most characters of a text that are read."""
_HEADING: Final = re.compile(r"(#{1,3})\s+(.*)$")
_ITEM: Final = re.compile(r"(?:[-*+]|(\d{1,9})[.)])\s+(.*)$")
_INLINE: Final = re.compile(
    r"`(?P<code>[^`\n]{1,500})`"
    r"|\*\*(?P<strong>[^*\n]{1,500})\*\*"
    r"|\*(?P<em>[^*\s][^*\n]{0,500})\*"
    r"|\[(?P<label>[^\]\n]{1,200})\]\((?P<href>[^()\s]{1,500})\)"
)
_ADDRESS: Final = re.compile(r"(?:https?://|mailto:|/(?![/\\]))\S*$")


def render_markdown(text: str) -> Markup:
    """Returns a text as HTML; headings begin at the second level, below the title of the page.

    Example:
        >>> str(render_markdown("See [our page](https://example.org)."))
        '<p>See <a href="https://example.org">our page</a>.</p>'
    """
    lines = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Markup("\n").join(_blocks(lines))


def _blocks(lines: list[str]) -> Iterator[Markup]:
    paragraph: list[str] = []
    items: list[str] = []
    ordered = False
    for line in [*(line.strip() for line in lines), ""]:
        heading, item = _HEADING.match(line), _ITEM.match(line)
        if paragraph and (heading or item or not line):
            yield Markup("<p>{}</p>").format(_inline(" ".join(paragraph)))
            paragraph = []
        if items and not item:
            if line and not heading:
                items[-1] += f" {line}"  # the item goes on in the next line
                continue
            yield _list(items, ordered=ordered)
            items = []
        if heading:
            level = Markup(f"h{len(heading[1]) + 1}")  # noqa: S704 - a digit
            yield Markup("<{0}>{1}</{0}>").format(level, _inline(heading[2].rstrip("#").rstrip()))
        elif item:
            ordered = bool(item[1]) if not items else ordered
            items.append(item[2])
        elif line:
            paragraph.append(line)


def _list(items: list[str], *, ordered: bool) -> Markup:
    drawn = Markup().join(Markup("<li>{}</li>").format(_inline(item)) for item in items)
    return (Markup("<ol>{}</ol>") if ordered else Markup("<ul>{}</ul>")).format(drawn)


def _inline(text: str) -> Markup:
    drawn, end = Markup(), 0
    for match in _INLINE.finditer(text):
        drawn += escape(text[end : match.start()]) + _drawn(match)
        end = match.end()
    return drawn + escape(text[end:])


def _drawn(match: re.Match[str]) -> Markup:
    if match["href"] is not None:
        if not _ADDRESS.match(match["href"]):
            return escape(match[0])
        return Markup('<a href="{}">{}</a>').format(match["href"], match["label"])
    name = next(name for name in ("code", "strong", "em") if match[name] is not None)
    return Markup("<{0}>{1}</{0}>").format(Markup(name), match[name])  # noqa: S704 - one of three
