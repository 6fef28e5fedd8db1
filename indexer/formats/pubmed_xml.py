"""PubMed XML (www.nlm.nih.gov/bsd/licensee/elements_descriptions.html)."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from indexer.errors import RecordError
from indexer.formats.xml_records import (
    child,
    children,
    inner_text,
    read_elements,
    root_of,
    text_at,
)
from indexer.intake.dump import Dump
from indexer.intake.record import Notice, Read, Record
from indexer.paper import JOURNAL

_ROOTS = frozenset(("PubmedArticleSet", "PubmedArticle", "PubmedBookArticle", "MedlineCitationSet"))


def sniff(head: bytes, name: str) -> bool:
    """Recognise a set of articles."""
    del name
    return root_of(head) in _ROOTS


def read(dump: Dump) -> Iterator[Read]:
    """Read the articles, and the books and their chapters."""
    for item in read_elements(dump, ("PubmedArticle", "PubmedBookArticle")):
        yield item if isinstance(item, RecordError | Notice) else _record(item)


def _record(element: etree._Element) -> Record:
    citation = child(element, "MedlineCitation")
    book = child(element, "BookDocument")
    article = book if book is not None else child(citation, "Article")
    pmid = text_at(citation if book is None else book, "PMID")
    people = child(article, "AuthorList")
    kinds = {inner_text(one) for one in _listed(child(article, "PublicationTypeList"))}
    return Record(
        line=element.sourceline or 0,
        id=f"pmid:{pmid}" if pmid else "",
        title=_title(article),
        abstract=_abstract(child(article, "Abstract")),
        authors=_authors(people),
        venue=text_at(article, "Journal", "Title") or text_at(article, "Book", "BookTitle"),
        year=_year(article),
        type=JOURNAL if "Journal Article" in kinds else "",
        doi=_doi(element, article),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid.isdigit() else "",
        keywords=_keywords(citation if citation is not None else book),
        authors_complete=people is None or people.get("CompleteYN") != "N",
    )


def _listed(element: etree._Element | None) -> Iterator[etree._Element]:
    return iter(()) if element is None else iter(element)


def _title(article: etree._Element | None) -> str:
    """Give the title; one that was translated stands in brackets, which are not its own."""
    title = text_at(article, "ArticleTitle").removesuffix(".")
    title = title or text_at(article, "Book", "BookTitle") or text_at(article, "VernacularTitle")
    if title.startswith("[") and title.endswith("]") and "]" not in title[:-1]:
        return title[1:-1].removesuffix(".")
    return title


def _abstract(element: etree._Element | None) -> str:
    """Join the parts of a structured abstract, each after its label."""
    if element is None:
        return ""
    parts: list[str] = []
    for one in children(element, "AbstractText"):
        label, text = (one.get("Label") or "").strip(), inner_text(one).strip()
        named = label and label.upper() != "UNLABELLED"
        parts.append(f"{label.rstrip(':')}: {text}" if named and text else text)
    return "\n".join(part for part in parts if part)


def _authors(people: etree._Element | None) -> tuple[str, ...]:
    names: list[str] = []
    for one in _listed(people):
        if one.get("ValidYN") == "N":
            continue  # a misprint, kept beside the right name
        given = text_at(one, "ForeName") or text_at(one, "Initials")
        name = " ".join(part for part in (given, text_at(one, "LastName")) if part)
        suffix = text_at(one, "Suffix")
        name = f"{name} {suffix}" if suffix and name else name
        names.append(name or text_at(one, "CollectiveName"))
    return tuple(name for name in names if name)


def _year(article: etree._Element | None) -> str:
    date = child(article, "Journal", "JournalIssue", "PubDate")
    found = (
        text_at(date, "Year")
        or text_at(date, "MedlineDate")
        or text_at(article, "ArticleDate", "Year")
    )
    return found or text_at(article, "Book", "PubDate", "Year")


def _doi(element: etree._Element, article: etree._Element | None) -> str:
    """Give the article's own DOI; those of its references are further down."""
    for data in ("PubmedData", "PubmedBookData"):
        for one in _listed(child(element, data, "ArticleIdList")):
            if one.get("IdType") == "doi":
                return inner_text(one).strip()
    for one in _listed(article):
        if one.get("EIdType") == "doi":
            return inner_text(one).strip()
    return ""


def _keywords(citation: etree._Element | None) -> tuple[str, ...]:
    if citation is None:
        return ()
    own = tuple(inner_text(one) for group in children(citation, "KeywordList") for one in group)
    headings = _listed(child(citation, "MeshHeadingList"))
    return own or tuple(text_at(one, "DescriptorName") for one in headings)
