"""A paper as XML, every field of it: written for harvesters and read back from a harvest.

A namespace of our own, because no standard carries a record whole: MODS has no place for name
particles, for a cut list of authors, for the printed name beside its parts, or for the difference
between a venue and its printed form; Dublin Core has none for parts at all. The elements are named
as the keys of Quiver's JSON lines, and mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from indexer.author import NAME_PARTS, Author
from indexer.paper import Paper
from indexer.publication import TEXT_FIELDS

NAMESPACE: Final = "https://pypi.org/project/quiver-search/paper/1"
_PERSON: Final = (*NAME_PARTS, "orcid", "source_id")
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal_xml(text: str) -> str:
    """Returns a text without the characters that XML 1.0 cannot hold (section 2.2)."""
    return _ILLEGAL.sub("", text)


def paper_element(paper: Paper) -> etree._Element:
    """Returns the element ``paper``; what is empty is left out."""
    root = etree.Element(f"{{{NAMESPACE}}}paper", nsmap={None: NAMESPACE})
    _add(root, "id", paper.id)
    _add(root, "title", paper.title)
    _add(root, "abstract", paper.abstract)
    if paper.authors:
        authors = etree.SubElement(root, f"{{{NAMESPACE}}}authors")
        if not paper.authors_complete:
            authors.set("complete", "false")
        for author in paper.author_details or map(Author, paper.authors):
            _add_person(authors, "author", author)
    elif not paper.authors_complete:
        etree.SubElement(root, f"{{{NAMESPACE}}}authors").set("complete", "false")
    for name in ("venue", "year", "type", "doi", "url"):
        _add(root, name, str(getattr(paper, name) or ""))
    for keyword in paper.keywords:
        _add(root, "keyword", keyword)
    for scheme, value in paper.identifiers:
        _add(root, "identifier", value, scheme=scheme)
    _add_publication(root, paper)
    return root


def _add_publication(root: etree._Element, paper: Paper) -> None:
    known = paper.publication
    element = etree.Element(f"{{{NAMESPACE}}}publication", nsmap={None: NAMESPACE})
    for name in TEXT_FIELDS:
        _add(element, name, getattr(known, name))
    for editor in known.editors:
        _add_person(element, "editor", editor)
    if known.retracted:
        _add(element, "retracted", "true")
    for subject in known.subjects:
        _add(element, "subject", subject)
    if len(element):
        root.append(element)


def _add_person(parent: etree._Element, name: str, person: Author) -> None:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if person.literal:
        element.set("literal", "true")
    _add(element, "name", person.name)
    for part in _PERSON:
        _add(element, part, getattr(person, part))
    for affiliation in person.affiliations:
        _add(element, "affiliation", affiliation)


def _add(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    if text:
        element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
        element.text = legal_xml(text)
        for key, value in attributes.items():
            element.set(key, legal_xml(value))


def is_paper(element: etree._Element) -> bool:
    """Whether an element is what `paper_element` returns."""
    return element.tag == f"{{{NAMESPACE}}}paper"


def paper_value(root: etree._Element) -> dict[str, Any]:
    """Returns an element ``paper`` as the object that a line of Quiver's JSON lines holds."""
    value: dict[str, Any] = {
        name: text
        for name in ("id", "title", "abstract", "venue", "year", "type", "doi", "url")
        if (text := _text(root, name))
    }
    authors = root.find(f"{{{NAMESPACE}}}authors")
    if authors is not None:
        people = list(_people(authors, "author"))
        value["authors"] = [person["name"] for person in people]
        if any(len(person) > 1 for person in people):
            value["author_details"] = people
        if authors.get("complete") == "false":
            value["authors_complete"] = False
    value["keywords"] = list(_texts(root, "keyword"))
    identifiers: dict[str, list[str]] = {}
    for element in root.iterfind(f"{{{NAMESPACE}}}identifier"):
        identifiers.setdefault(element.get("scheme") or "", []).append(element.text or "")
    value["identifiers"] = identifiers
    published = root.find(f"{{{NAMESPACE}}}publication")
    if published is not None:
        value["publication"] = {
            name: text for name in TEXT_FIELDS if (text := _text(published, name))
        } | {
            "editors": list(_people(published, "editor")),
            "retracted": _text(published, "retracted") == "true",
            "subjects": list(_texts(published, "subject")),
        }
    return value


def _people(parent: etree._Element, name: str) -> Iterator[dict[str, Any]]:
    for element in parent.iterfind(f"{{{NAMESPACE}}}{name}"):
        person: dict[str, Any] = {"name": _text(element, "name")}
        person |= {part: text for part in _PERSON if (text := _text(element, part))}
        if element.get("literal") == "true":
            person["literal"] = True
        if affiliations := list(_texts(element, "affiliation")):
            person["affiliations"] = affiliations
        yield person


def _text(parent: etree._Element, name: str) -> str:
    return next(_texts(parent, name), "")


def _texts(parent: etree._Element, name: str) -> Iterator[str]:
    for element in parent.iterfind(f"{{{NAMESPACE}}}{name}"):
        yield element.text or ""
