"""The record of an element ``article`` of JATS (jats.nlm.nih.gov), of a file or a harvest.

Only the front matter is read. No format of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from lxml import etree

from indexer.author import Author
from indexer.cleaning.dates import date_of
from indexer.formats.pages import page_range
from indexer.formats.people import names_of
from indexer.formats.xml_formats.xml_records import (
    child,
    children,
    inner_text,
    local_name,
    text_at,
)
from indexer.intake.record import Record
from indexer.paper import JOURNAL
from indexer.publication import Publication
from indexer.record.author_name import inverted_name, person

_PRINTED: Final = ("ppub", "collection", "epub-ppub", "epub", "pub", "preprint")
"""Kinds of dates, the one that counts first; epub alone where nothing was printed."""
_LABEL = re.compile(r"^\s*(?:\d{1,3}|[a-z*†‡§¶]{1,2})\s+(?=[A-Z])")
_KINDS = {"book-review": "review-book", "preprint": "article", "data-paper": "article-journal"}


def record_of(line: int, article: etree._Element, oai: str = "") -> Record:
    """Returns the record of an element ``article``.

    Args:
        line: where it begins.
        article: the element.
        oai: its identifier in a reply of OAI-PMH.
    """
    front = child(article, "front")
    front = article if front is None else front
    meta, journal = child(front, "article-meta"), child(front, "journal-meta")
    authors = _people(meta, "author")
    title = _words(child(meta, "title-group", "article-title"))
    subtitle = _words(child(meta, "title-group", "subtitle"))
    ids = _numbers(meta)
    pmid, central = ids.get("pmid", ""), ids.get("pmc", "") or ids.get("pmcid", "")
    return Record(
        line=line,
        id=f"pmid:{pmid}" if pmid else "",
        title=f"{title}: {subtitle}" if title and subtitle else title,
        abstract=_abstract(meta),
        authors=names_of(authors),
        venue=_journal_title(journal),
        year=_date(meta)[:4],
        type=JOURNAL if journal is not None else "",
        doi=ids.get("doi", ""),
        url=f"https://pmc.ncbi.nlm.nih.gov/articles/PMC{central.removeprefix('PMC')}/"
        if central
        else "",
        keywords=_keywords(meta),
        author_details=authors,
        identifiers=_identifiers(ids, journal, central, oai),
        publication=_publication(article, meta, journal, subtitle),
    )


def _words(element: etree._Element | None) -> str:
    """Returns the text of an element without its footnote marks."""
    if element is None:
        return ""
    pieces: list[str] = []
    for node in element.iter():
        inside = local_name(node) in ("xref", "fn")
        if node.text and not inside:
            pieces.append(str(node.text))
        if node.tail and node is not element:
            pieces.append(str(node.tail))
    return (
        " ".join("".join(pieces).split())
        if len(element)
        else " ".join((element.text or "").split())
    )


def _numbers(meta: etree._Element | None) -> dict[str, str]:
    return {
        number.get("pub-id-type") or "": inner_text(number).strip()
        for number in (children(meta, "article-id") if meta is not None else ())
    }


def _journal_title(journal: etree._Element | None) -> str:
    return text_at(journal, "journal-title-group", "journal-title") or text_at(
        journal, "journal-title"
    )


def _abstract(meta: etree._Element | None) -> str:
    """Returns the abstract, its sections after their titles; summaries have a type."""
    all_ = list(children(meta, "abstract")) if meta is not None else []
    abstract = next((part for part in all_ if not part.get("abstract-type")), None)
    if abstract is None:
        return _words(all_[0]) if all_ else ""
    parts: list[str] = []
    for part in abstract:
        if local_name(part) == "sec":
            text = " ".join(_words(inner) for inner in part if local_name(inner) != "title")
            heading = text_at(part, "title").rstrip(":. ")
            parts.append(f"{heading}: {text}" if heading else text)
        elif local_name(part) != "title":
            parts.append(_words(part))
    return "\n".join(part for part in parts if part) or _words(abstract)


def _people(meta: etree._Element | None, role: str) -> tuple[Author, ...]:
    groups = list(children(meta, "contrib-group")) if meta is not None else []
    places = {
        affiliation.get("id"): _affiliation(affiliation)
        for holder in ([meta, *groups] if meta is not None else [])
        for affiliation in children(holder, "aff")
        if affiliation.get("id")
    }
    shared = [
        _affiliation(affiliation)
        for group in groups
        for affiliation in children(group, "aff")
        if not affiliation.get("id")
    ]
    authors: list[Author] = []
    for group in groups:
        for contrib in children(group, "contrib"):
            if (contrib.get("contrib-type") or group.get("content-type") or "author").rstrip(
                "s"
            ) == (role) and (author := _person(contrib)).name:
                refs = [
                    place for xref in children(contrib, "xref") if xref.get("ref-type") == "aff"
                    for place in (places.get(key, "") for key in (xref.get("rid") or "").split())
                ]  # fmt: skip
                own = [_affiliation(aff) for aff in children(contrib, "aff")]
                affiliations = tuple(filter(None, [*own, *refs] or shared))
                authors.append(replace(author, affiliations=affiliations))
    return tuple(authors)


def _affiliation(aff: etree._Element) -> str:
    institution = child(aff, "institution-wrap")
    label = text_at(aff, "label")
    text = " ".join(inner_text(aff).split())
    if institution is not None and not text:
        return _words(institution)
    text = text.removeprefix(label).strip() if label else _LABEL.sub("", text)
    return text.strip(" ,;")


def _person(contrib: etree._Element) -> Author:
    name = child(contrib, "name")
    if name is None:
        name = child(contrib, "name-alternatives", "name")
    collective = child(contrib, "collab")
    if name is not None:
        author = person(
            family=text_at(name, "surname"),
            given=text_at(name, "given-names"),
            suffix=text_at(name, "suffix"),
            suffix_separator=" ",
        )
        if not author.family:
            author = Author(text_at(name, "given-names"))
    elif collective is not None:
        author = Author(_collective(collective), literal=True)
    else:
        author = inverted_name(text_at(contrib, "string-name"))
    orcids = (
        inner_text(number).strip() for number in children(contrib, "contrib-id")
        if number.get("contrib-id-type") == "orcid"
    )  # fmt: skip
    return replace(author, orcid=next(orcids, ""))


def _collective(collab: etree._Element) -> str:
    """Returns the name of a group without the members that may be listed in it."""
    pieces = [collab.text or ""]
    for node in collab:
        if local_name(node) in ("institution", "named-content", "italic", "bold"):
            pieces.append(inner_text(node))
        pieces.append(node.tail or "")
    return " ".join("".join(pieces).split())


def _date(meta: etree._Element | None) -> str:
    """Returns the date of the issue, or the one on the web where it only adds month and day."""
    dates: dict[str, str] = {}
    for pub_date in children(meta, "pub-date") if meta is not None else ():
        kind = pub_date.get("pub-type") or (
            {"electronic": "epub", "print": "ppub"}.get(pub_date.get("publication-format") or "")
            or pub_date.get("date-type") or "pub"
        )  # fmt: skip
        iso = pub_date.get("iso-8601-date") or ""
        date = (
            date_of(text_at(pub_date, "year"), text_at(pub_date, "month"), text_at(pub_date, "day"))
            or iso
        )
        if len(date) > len(dates.get(kind, "")):
            dates[kind] = date
    chosen = next((dates[kind] for kind in (*_PRINTED, *dates) if dates.get(kind)), "")
    finer = (date for date in dates.values() if date.startswith(chosen) and len(date) > len(chosen))
    return next(finer, chosen) if chosen else ""


def _keywords(meta: etree._Element | None) -> tuple[str, ...]:
    groups = children(meta, "kwd-group") if meta is not None else ()
    return tuple(
        word
        for group in groups
        if group.get("kwd-group-type") != "abbreviations"
        for keyword in children(group, "kwd")
        if (word := " ".join(inner_text(keyword).split()))
    )


def _publication(
    article: etree._Element,
    meta: etree._Element | None,
    journal: etree._Element | None,
    subtitle: str,
) -> Publication:
    shorts = [
        inner_text(title).strip() for holder in (journal, child(journal, "journal-title-group"))
        for title in (children(holder, "abbrev-journal-title") if holder is not None else ())
    ]  # fmt: skip
    conference = child(meta, "conference")
    kind = article.get("article-type") or ""
    pages = page_range(text_at(meta, "fpage"), text_at(meta, "lpage"))
    language = next(
        (str(value) for key, value in article.attrib.items() if str(key).endswith("}lang")), ""
    )
    subjects = [
        " ".join(inner_text(subject).split())
        for group in _within(meta, "article-categories", "subj-group")
        if group.get("subj-group-type") not in ("heading", "display-channel")
        for subject in children(group, "subject")
    ]
    return Publication(
        kind=_KINDS.get(kind, ""),
        venue_short=next((short for short in shorts if short), ""),
        subtitle=subtitle,
        original_title=_words(child(meta, "title-group", "trans-title-group", "trans-title")),
        volume=text_at(meta, "volume"),
        issue=text_at(meta, "issue"),
        pages=text_at(meta, "page-range") or pages,
        article_number=text_at(meta, "elocation-id"),
        publisher=text_at(journal, "publisher", "publisher-name"),
        place=text_at(journal, "publisher", "publisher-loc"),
        event=text_at(conference, "conf-name"),
        event_place=text_at(conference, "conf-loc"),
        editors=_people(meta, "editor"),
        date=_date(meta),
        language=language,
        licence=_licence(meta),
        retracted=kind == "retracted-article",
        subjects=tuple(filter(None, subjects)),
        note=text_at(meta, "counts", "note"),
    )


def _within(element: etree._Element | None, *path: str) -> Iterator[etree._Element]:
    holder = child(element, *path[:-1])
    return children(holder, path[-1]) if holder is not None else iter(())


def _licence(meta: etree._Element | None) -> str:
    for licence in _within(meta, "permissions", "license"):
        for key, value in licence.attrib.items():
            if str(key).endswith("href"):
                return str(value)
        for node in licence.iter():
            if local_name(node) in ("license_ref", "ext-link") and (
                text := inner_text(node).strip()
            ):
                return text
        return licence.get("license-type") or ""
    return ""


def _identifiers(
    ids: dict[str, str], journal: etree._Element | None, central: str, oai: str
) -> tuple[tuple[str, str], ...]:
    pairs = [("pmid", ids.get("pmid", "")), ("pmcid", central), ("arxiv", ids.get("arxiv", ""))]
    pairs.append(("pii", ids.get("pii", "")))
    pairs += [
        ("issn", inner_text(issn).strip())
        for issn in (children(journal, "issn", "issn-l") if journal is not None else ())
    ]
    pairs.append(("oai", oai))
    return tuple((scheme, value) for scheme, value in pairs if value)
