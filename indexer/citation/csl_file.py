"""References in any style of citationstyles.org, formatted by citeproc-py (an extra).

citeproc-py (github.com/citeproc-py/citeproc-py) knows most of CSL 1.0.2; what it does not know
(sorting of the bibliography, disambiguation of names, subsequent authors replaced) is left undone.
"""

from __future__ import annotations

import html
import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from indexer.citation.csl import csl_item
from indexer.citation.keys import KeyRing
from indexer.citation.options import CitationOptions
from indexer.errors import QueryError
from indexer.paper import Paper

LARGEST: Final = 1 << 20
"""Most bytes of a file of a style; those of the repository of CSL have 150 kB at most."""
_TAG = re.compile(r"</?[a-z]+(?: [^<>]*)?>")
_LANGUAGES: Final = "en-US"


def format_with_style(papers: Iterable[Paper], path: str, *, as_html: bool) -> Iterator[str]:
    """Returns the references of papers in the style of a CSL file.

    Args:
        papers: in order, which is that of the references.
        path: the file of an independent style (``.csl``).
        as_html: with markup; else plain text.

    Raises:
        QueryError: when citeproc-py is not installed, or the file is no independent style of CSL;
            at once, not when the first reference is taken.
    """
    style = _style(path)
    return _formatted(papers, style, as_html=as_html)


def _style(path: str) -> Any:
    try:
        from citeproc import CitationStylesStyle
    except ImportError as error:
        raise QueryError(
            "style", "a CSL file needs citeproc-py: pip install 'quiver[csl]'"
        ) from error
    file = Path(path)
    try:
        size = file.stat().st_size
        text = file.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        raise QueryError("style", f"{path}: {error.strerror}") from error
    if not text or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise QueryError("style", f"{path}: no CSL style of at most {LARGEST >> 20} MiB")
    if b"independent-parent" in text:
        raise QueryError("style", f"{path}: refers to another style; give the file of that one")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return CitationStylesStyle(str(file), locale=_LANGUAGES, validate=False)
    except Exception as error:
        raise QueryError("style", f"{path}: no style of CSL ({error})") from error


def _formatted(papers: Iterable[Paper], style: Any, *, as_html: bool) -> Iterator[str]:
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    keys = KeyRing()
    options = CitationOptions(abstract=False)
    for paper in papers:
        key = keys.key(paper)
        item = csl_item(paper, key, options)
        item.pop("custom", None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            source = CiteProcJSON([_plain_item(item)])
            kind = formatter.html if as_html else formatter.plain
            bibliography = CitationStylesBibliography(style, source, kind)
            bibliography.register(Citation([CitationItem(key)]))
            written = "".join(str(piece) for piece in bibliography.bibliography())
        yield written if as_html else html.unescape(_TAG.sub("", written))


def _plain_item(item: dict[str, Any]) -> dict[str, Any]:
    """Returns an item without what citeproc-py does not read: ORCID iDs and affiliations."""
    known: dict[str, Any] = {
        role: [
            {part: text for part, text in name.items() if part not in ("ORCID", "affiliation")}
            for name in item[role]
        ]
        for role in ("author", "editor")
        if role in item
    }
    return {**item, **known}
