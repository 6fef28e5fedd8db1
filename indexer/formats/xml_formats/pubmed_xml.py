"""PubMed XML (www.nlm.nih.gov/bsd/licensee/elements_descriptions.html)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from indexer.author import Author
from indexer.cleaning.dates import date_of
from indexer.errors import RecordError
from indexer.formats.pages import whole_pages
from indexer.formats.people import names_of
from indexer.formats.xml_formats.xml_records import (
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
from indexer.publication import Publication
from indexer.record.author_name import person

_NO_TITLE = frozenset(("not available", "no title", "title not available"))
_KINDS = {"Preprint": "article", "Dataset": "dataset", "Academic Dissertation": "thesis",
          "Technical Report": "report"}  # fmt: skip
_ROOTS = frozenset(("PubmedArticleSet", "PubmedArticle", "PubmedBookArticle", "MedlineCitationSet"))


def sniff(head: bytes, name: str) -> bool:
    """Recognises a set of articles."""
    del name
    return root_of(head) in _ROOTS


def read(dump: Dump) -> Iterator[Read]:
    """Reads the articles, and the books and their chapters."""
    for item in read_elements(dump, ("PubmedArticle", "PubmedBookArticle")):
        yield item if isinstance(item, RecordError | Notice) else _record(item)


def _record(element: etree._Element) -> Record:
    citation = child(element, "MedlineCitation")
    book = child(element, "BookDocument")
    article = book if book is not None else child(citation, "Article")
    pmid = text_at(citation if book is None else book, "PMID")
    authors, complete = _authors(article)
    kinds = {inner_text(kind) for kind in _listed(child(article, "PublicationTypeList"))}
    return Record(
        line=element.sourceline or 0,
        id=f"pmid:{pmid}" if pmid else "",
        title=_title(article),
        abstract=_abstract(child(article, "Abstract")),
        authors=names_of(authors),
        venue=text_at(article, "Journal", "Title") or text_at(article, "Book", "BookTitle"),
        year=_year(article),
        type=JOURNAL if "Journal Article" in kinds else "",
        doi=_doi(element, article),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid.isdigit() else "",
        keywords=_keywords(citation if citation is not None else book),
        authors_complete=complete,
        author_details=authors,
        identifiers=_identifiers(element, article, citation, pmid),
        publication=_publication(article, citation, kinds, book=book is not None),
    )


def _listed(element: etree._Element | None) -> Iterator[etree._Element]:
    return iter(()) if element is None else iter(element)


def _title(article: etree._Element | None) -> str:
    """Returns the title; one that was translated stands in brackets, which are not its own."""
    title = text_at(article, "ArticleTitle").removesuffix(".")
    if title.strip("[]. ").casefold() in _NO_TITLE:
        title = text_at(article, "VernacularTitle").removesuffix(".") or title
    title = title or text_at(article, "Book", "BookTitle") or text_at(article, "VernacularTitle")
    if title.startswith("[") and title.endswith("]") and "]" not in title[:-1]:
        return title[1:-1].removesuffix(".")
    return title.removesuffix(".")


def _abstract(element: etree._Element | None) -> str:
    """Joins the parts of a structured abstract, each after its label."""
    if element is None:
        return ""
    parts: list[str] = []
    for part in children(element, "AbstractText"):
        label, text = (part.get("Label") or "").strip(), inner_text(part).strip()
        named = label and label.upper() != "UNLABELLED"
        parts.append(f"{label.rstrip(':')}: {text}" if named and text else text)
    return "\n".join(part for part in parts if part)


def _authors(article: etree._Element | None) -> tuple[tuple[Author, ...], bool]:
    """Returns authors and whether they are all; a book's stand inside its ``Book``."""
    lists = list(children(article, "AuthorList")) if article is not None else []
    inner = child(article, "Book")
    lists = lists or ([*children(inner, "AuthorList")] if inner is not None else [])
    wanted = [list_ for list_ in lists if list_.get("Type", "authors") != "editors"] or lists
    authors = [author for list_ in wanted for author in _people(list_)]
    return tuple(authors), all(list_.get("CompleteYN") != "N" for list_ in wanted)


def _people(people: etree._Element) -> Iterator[Author]:
    for entry in children(people, "Author"):
        if entry.get("ValidYN") == "N":  # a misprint, kept beside the right name
            continue
        group = text_at(entry, "CollectiveName")
        given = text_at(entry, "ForeName") or text_at(entry, "Initials")
        family = text_at(entry, "LastName")
        if family:
            author = person(
                family=family, given=given, suffix=text_at(entry, "Suffix"), suffix_separator=" "
            )
        else:
            author = Author(group or given, literal=bool(group))
        if not author.name:
            continue
        places = (text_at(place, "Affiliation") for place in children(entry, "AffiliationInfo"))
        affiliations = tuple(filter(None, places)) or tuple(
            filter(None, (text_at(entry, "Affiliation"),))
        )
        orcids = (
            inner_text(number).strip()
            for number in children(entry, "Identifier")
            if number.get("Source") == "ORCID"
        )
        yield replace(author, affiliations=affiliations, orcid=next(orcids, ""))


def _publication(
    article: etree._Element | None,
    citation: etree._Element | None,
    kinds: set[str],
    *,
    book: bool,
) -> Publication:
    issue = child(article, "Journal", "JournalIssue")
    inner = child(article, "Book")
    date = child(issue, "PubDate") if issue is not None else child(inner, "PubDate")
    first, last = (text_at(article, "Pagination", name) for name in ("StartPage", "EndPage"))
    electronic = child(article, "ArticleDate")
    printed = date_at(date)
    exact = date_at(electronic)
    editors = [
        author
        for people in (children(inner, "AuthorList") if inner is not None else ())
        if people.get("Type") == "editors"
        for author in _people(people)
    ]
    headings = _listed(child(citation, "MeshHeadingList"))
    numbers = [inner_text(number) for number in _listed(article) if number.get("EIdType") == "pii"]
    pages = text_at(article, "Pagination", "MedlinePgn") or (f"{first}-{last}" if last else first)
    vernacular = text_at(article, "VernacularTitle").removesuffix(".")
    chapter = book and bool(text_at(article, "ArticleTitle"))
    return Publication(
        kind=("chapter" if chapter else "book") if book else _kind(kinds),
        venue_short=text_at(article, "Journal", "ISOAbbreviation")
        or text_at(citation, "MedlineJournalInfo", "MedlineTA"),
        original_title=vernacular if vernacular != _title(article) else "",
        volume=text_at(issue, "Volume") or text_at(inner, "Volume"),
        issue=text_at(issue, "Issue"),
        pages=whole_pages(pages),
        article_number="" if pages else next(iter(numbers), ""),
        publisher=text_at(inner, "Publisher", "PublisherName"),
        place=text_at(inner, "Publisher", "PublisherLocation"),
        editors=tuple(editors),
        series=text_at(inner, "CollectionTitle"),
        edition=text_at(inner, "Edition"),
        date=exact if exact.startswith(printed) else printed,
        language=text_at(article, "Language"),
        retracted="Retracted Publication" in kinds,
        subjects=tuple(text_at(heading, "DescriptorName") for heading in headings),
        note=text_at(article, "Abstract", "CopyrightInformation"),
    )


def _kind(kinds: set[str]) -> str:
    return next((kind for name, kind in _KINDS.items() if name in kinds), "")


def date_at(date: etree._Element | None) -> str:
    """Returns a date of year, month and day, or what ``MedlineDate`` begins with."""
    if date is None:
        return ""
    year = text_at(date, "Year") or text_at(date, "MedlineDate")[:4]
    return date_of(year, text_at(date, "Month"), text_at(date, "Day"))


def _identifiers(
    element: etree._Element,
    article: etree._Element | None,
    citation: etree._Element | None,
    pmid: str,
) -> tuple[tuple[str, str], ...]:
    pairs = [("pmid", pmid)]
    for data in ("PubmedData", "PubmedBookData"):
        for number in _listed(child(element, data, "ArticleIdList")):
            if number.get("IdType") in ("pmc", "pii"):
                scheme = "pmcid" if number.get("IdType") == "pmc" else "pii"
                pairs.append((scheme, inner_text(number).strip()))
    journal = child(article, "Journal")
    pairs += [("issn", text_at(journal, "ISSN"))]
    pairs += [("issn", text_at(citation, "MedlineJournalInfo", "ISSNLinking"))]
    inner = child(article, "Book")
    if inner is not None:
        pairs += [("isbn", inner_text(isbn)) for isbn in children(inner, "Isbn")]
    return tuple((scheme, value) for scheme, value in pairs if value)


def _year(article: etree._Element | None) -> str:
    date = child(article, "Journal", "JournalIssue", "PubDate")
    found = (
        text_at(date, "Year")
        or text_at(date, "MedlineDate")
        or text_at(article, "ArticleDate", "Year")
    )
    return found or text_at(article, "Book", "PubDate", "Year")


def _doi(element: etree._Element, article: etree._Element | None) -> str:
    """Returns the article's own DOI; those of its references are further down."""
    for data in ("PubmedData", "PubmedBookData"):
        for number in _listed(child(element, data, "ArticleIdList")):
            if number.get("IdType") == "doi":
                return inner_text(number).strip()
    for number in _listed(article):
        if number.get("EIdType") == "doi":
            return inner_text(number).strip()
    return ""


def _keywords(citation: etree._Element | None) -> tuple[str, ...]:
    if citation is None:
        return ()
    own = tuple(
        inner_text(keyword) for group in children(citation, "KeywordList") for keyword in group
    )
    headings = _listed(child(citation, "MeshHeadingList"))
    return own or tuple(text_at(heading, "DescriptorName") for heading in headings)
