"""The record of an element ``mods`` (www.loc.gov/standards/mods/userguide), of a file or a harvest.

No format of its own.
"""

from __future__ import annotations

import re
from dataclasses import replace

from lxml import etree

from indexer.author import Author
from indexer.cleaning.kinds import genre_of, kind_of
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
from indexer.publication import Publication
from indexer.record.author_name import inverted_name, person

_AUTHORS = frozenset(("", "author", "aut", "creator", "cre", "dissertant", "dis"))
_EDITORS = frozenset(("editor", "edt", "editor of compilation", "edc", "volume editor"))
_DATES = ("dateIssued", "copyrightDate", "dateCreated", "dateOther")
_SCHEMES = {
    "isbn": "isbn", "issn": "issn", "issn-l": "issn", "pmid": "pmid", "pubmed": "pmid",
    "pmc": "pmcid", "pmcid": "pmcid", "arxiv": "arxiv", "hdl": "handle", "handle": "handle",
    "isi": "wos", "wos": "wos", "scopus": "scopus", "citekey": "citekey", "local": "own",
}  # fmt: skip
_DOI = re.compile(r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/)(10\.\S+)", re.IGNORECASE)


def record_of(line: int, mods: etree._Element, oai: str = "") -> Record:
    """Returns the record of an element ``mods``.

    Args:
        line: where it begins.
        mods: the element.
        oai: its identifier in a reply of OAI-PMH.
    """
    host = _related(mods, "host")
    authors = _people(mods, _AUTHORS) or _people(mods, None)
    title, subtitle = _title(mods)
    identifiers = _identifiers(mods, host)
    if oai:
        identifiers = (*identifiers, ("oai", oai))
    return Record(
        line=line,
        title=f"{title}: {subtitle}" if title and subtitle else title,
        abstract="\n".join(filter(None, map(_words, children(mods, "abstract")))),
        authors=names_of(authors),
        venue=": ".join(filter(None, _title(host))) if host is not None else "",
        year=_date(mods) or _date(host),
        type=_type(mods, host),
        doi=_doi(mods),
        url=_url(mods),
        keywords=tuple(
            word for subject in children(mods, "subject") if not subject.get("authority")
            for topic in children(subject, "topic") if (word := _words(topic))
        ),
        author_details=authors,
        identifiers=identifiers,
        publication=_publication(mods, host, subtitle),
    )  # fmt: skip


def _words(element: etree._Element | None) -> str:
    return " ".join(inner_text(element).split())


def _related(mods: etree._Element, type: str) -> etree._Element | None:
    related = (item for item in children(mods, "relatedItem") if item.get("type") == type)
    return next(related, None)


def _title(element: etree._Element | None) -> tuple[str, str]:
    """Returns title and subtitle; other titles (translated, abbreviated) have a type."""
    infos = list(children(element, "titleInfo")) if element is not None else []
    info = next((origin for origin in infos if not origin.get("type")), infos[0] if infos else None)
    start = text_at(info, "nonSort")
    glue = "" if start.endswith(("'", "’")) or not start else " "
    return f"{start}{glue}{_words(child(info, 'title'))}", _words(child(info, "subTitle"))


def _people(mods: etree._Element, roles: frozenset[str] | None) -> tuple[Author, ...]:
    """Returns the names in these roles; with None, the primary ones, or all personal ones."""
    authors: list[Author] = []
    for name in children(mods, "name"):
        terms = {
            _words(term).lower() for role in children(name, "role")
            for term in children(role, "roleTerm")
        } or {""}  # fmt: skip
        wanted = roles is not None and not terms.isdisjoint(roles)
        wanted = wanted or (roles is None and name.get("usage") == "primary")
        if wanted and name.get("type") != "conference" and (author := _person(name)).name:
            authors.append(author)
    return tuple(authors)


def _person(name: etree._Element) -> Author:
    parts: dict[str, list[str]] = {}
    for part in children(name, "namePart"):
        if text := _words(part):
            parts.setdefault(part.get("type") or "", []).append(text)
    family, given = (" ".join(parts.get(key, ())) for key in ("family", "given"))
    terms = " ".join(parts.get("termsOfAddress", ()))
    whole = " ".join(parts.get("", ())) or text_at(name, "displayForm")
    if family:
        suffix = terms if re.fullmatch(r"(?:[JS]r\.?|[IVX]+)", terms) else ""
        author = person(family=family, given=given, suffix=suffix)
    elif name.get("type") == "corporate":
        author = Author(whole, literal=True)
    else:
        author = inverted_name(whole or given)
    orcids = (
        _words(number) for number in children(name, "nameIdentifier")
        if "orcid" in (number.get("type") or number.get("typeURI") or "").lower()
    )  # fmt: skip
    places = tuple(filter(None, map(_words, children(name, "affiliation"))))
    return replace(author, orcid=next(orcids, ""), affiliations=places)


def _type(mods: etree._Element, host: etree._Element | None) -> str:
    """Returns the first genre that names a kind of work; a part of a book is a chapter."""
    genres = [_words(genre) for genre in children(mods, "genre")]
    known = next((genre for genre in genres if kind_of(genre)), "")
    if host is None or known not in ("book", "periodical", "journal", ""):
        return known or (genres[0] if genres else "")
    hosts = {_words(genre).lower() for genre in children(host, "genre")}
    issued = text_at(host, "originInfo", "issuance")
    if "conference publication" in hosts or "proceedings" in hosts:
        return "conference paper"
    if issued in ("continuing", "serial") or not hosts.isdisjoint(("periodical", "academic journal",
                                                                    "journal")):  # fmt: skip
        return "journal article"
    return "book chapter" if "book" in hosts or issued == "monographic" else known


def _date(element: etree._Element | None) -> str:
    for origin in children(element, "originInfo") if element is not None else ():
        for name in _DATES:
            dates = [date for date in children(origin, name) if _words(date)]
            key = next((date for date in dates if date.get("keyDate") == "yes"), None)
            ends = {date.get("point"): _words(date) for date in dates}
            if key is None and "start" in ends and "end" in ends:
                return f"{ends['start']}/{ends['end']}"
            if dates:
                return _words(key if key is not None else dates[0])
    part = child(element, "part", "date")
    return _words(part)


def _publication(mods: etree._Element, host: etree._Element | None, subtitle: str) -> Publication:
    part = child(host, "part")
    part = part if part is not None else child(mods, "part")
    details = {
        detail.get("type") or "": text_at(detail, "number")
        for detail in (children(part, "detail") if part is not None else ())
    }
    series = _related(mods, "series")
    series = _related(host, "series") if series is None and host is not None else series
    origin, outer = child(mods, "originInfo"), child(host, "originInfo")
    titles = {title.get("type"): text_at(title, "title") for title in children(mods, "titleInfo")}
    host_titles = children(host, "titleInfo") if host is not None else ()
    shorts = (
        text_at(title, "title") for title in host_titles if title.get("type") == "abbreviated"
    )
    type = _type(mods, host)
    events = [name for name in children(mods, "name") if name.get("type") == "conference"]
    editors = _people(mods, _EDITORS) or (_people(host, _EDITORS) if host is not None else ())
    language = child(mods, "language")
    return Publication(
        kind=kind_of(type),
        genre=genre_of(type),
        venue_short=next(shorts, ""),
        subtitle=subtitle,
        original_title=titles.get("uniform", ""),
        volume=details.get("volume", ""),
        issue=details.get("issue", "") or details.get("number", ""),
        chapter=details.get("chapter", ""),
        pages=_pages(part),
        article_number=details.get("article", "") or details.get("article number", ""),
        publisher=text_at(origin, "publisher") or text_at(outer, "publisher"),
        place=_place(origin) or _place(outer),
        event=text_at(events[0], "namePart") if events else "",
        editors=editors,
        series=_title(series)[0] if series is not None else "",
        series_number=text_at(series, "titleInfo", "partNumber"),
        edition=text_at(origin, "edition") or text_at(outer, "edition"),
        date=_date(mods) or _date(host),
        language=text_at(language, "languageTerm"),
        licence=_licence(mods),
        subjects=tuple(
            word for subject in children(mods, "subject") if subject.get("authority")
            for topic in children(subject, "topic") if (word := _words(topic))
        ),
        note=text_at(mods, "note"),
    )  # fmt: skip


def _pages(part: etree._Element | None) -> str:
    for extent in children(part, "extent") if part is not None else ():
        if (extent.get("unit") or "page").startswith("page") or extent.get("unit") == "pp":
            first, last = text_at(extent, "start"), text_at(extent, "end")
            return page_range(first, last) or text_at(extent, "list")
    return ""


def _place(origin: etree._Element | None) -> str:
    terms = (
        term for place in (children(origin, "place") if origin is not None else ())
        for term in children(place, "placeTerm") if term.get("type") != "code"
    )  # fmt: skip
    return _words(next(terms, None))


def _licence(mods: etree._Element) -> str:
    for condition in children(mods, "accessCondition"):
        address = next((str(value) for key, value in condition.attrib.items()
                        if str(key).endswith("href")), "")  # fmt: skip
        if address or condition.get("type") == "use and reproduction":
            return address or _words(condition)
    return ""


def _url(mods: etree._Element) -> str:
    addresses = [
        _words(link) for place in children(mods, "location") for link in children(place, "url")
    ]
    addresses += [
        _words(identifier)
        for identifier in children(mods, "identifier")
        if identifier.get("type") == "uri"
    ]
    return next((address for address in addresses if address.startswith("http")), "")


def _doi(mods: etree._Element) -> str:
    for identifier in children(mods, "identifier"):
        if (identifier.get("type") or "").lower() == "doi":
            return _words(identifier)
        if match := _DOI.fullmatch(_words(identifier)):
            return match[1]
    return ""


def _identifiers(mods: etree._Element, host: etree._Element | None) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for element in (mods, host):
        for node in element if element is not None else ():
            scheme = _SCHEMES.get((node.get("type") or "").lower()) if (
                local_name(node) == "identifier") else None  # fmt: skip
            if scheme and (element is mods or scheme in ("isbn", "issn")):
                pairs.append((scheme, _words(node)))
    pairs.append(("own", text_at(mods, "recordInfo", "recordIdentifier")))
    if mods.get("ID"):
        pairs.append(("citekey", str(mods.get("ID"))))
    return tuple((scheme, value) for scheme, value in pairs if value)
