"""Which column of a table holds which field: guessed from its header, or told by a file beside it.

The file ``papers.csv.columns.yaml`` beside ``papers.csv`` names the columns where the header does
not speak for itself::

    title: Name of the work
    authors: [First author, Other authors]
    year: "Yr."
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import yaml

from indexer.author import Author
from indexer.cleaning.dates import iso_date
from indexer.cleaning.kinds import kind_of
from indexer.cleaning.names import split_names
from indexer.errors import DumpError
from indexer.formats.keywords import split_keywords
from indexer.formats.pages import page_range
from indexer.formats.people import inverted_names, names_of
from indexer.intake.record import Record
from indexer.publication import TEXT_FIELDS, Publication
from indexer.record.extra_fields import extra_of_lines, with_extra_fields

_KNOWN: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "articletitle", "documenttitle", "papertitle", "primarytitle",
              "titleprimary", "displayname", "ti"),
    "abstract": ("abstract", "abstractnote", "abstracttext", "summary", "abstracts", "ab"),
    "authors": ("authorsinverted", "authorfullnames", "authors", "author", "authornames",
                "authorlist", "authorsprimary", "authorshipsauthordisplayname", "af", "au",
                "names"),
    "venue": ("venue", "sourcetitle", "journal", "publicationtitle", "journaltitle", "booktitle",
              "containertitle", "journalname", "conference", "conferencename", "publicationname",
              "journalbook", "periodicalfull",
              "primarylocationsourcedisplayname", "so", "source"),
    "year": ("year", "publicationyear", "pubyear", "py", "date", "datepublished", "publicationdate",
             "yearpublished", "published"),
    "type": ("type", "publicationtype", "documenttype", "itemtype", "entrytype", "dt"),
    "doi": ("doi", "doilink", "digitalobjectidentifier", "di"),
    "url": ("url", "link", "externalurl", "pdflink", "weblink", "href", "articleurl", "sourceurl"),
    "keywords": ("keywords", "authorkeywords", "keyword", "keywordsdisplayname", "manualtags",
                 "tags", "subjects", "de"),
    "id": ("id", "paperid", "lensid", "eid", "recordid", "corpusid", "openalexid", "ut"),
}  # fmt: skip
"""Names of columns without case, spaces and signs; the first one met counts."""
_DETAILS: Mapping[str, tuple[str, ...]] = {
    "volume": ("volume", "vl", "vol", "bibliovolume"),
    "issue": ("issue", "is", "issuenumber", "no", "biblioissue"),
    "pages": ("pages", "pagerange", "pagination", "pagenumbers"),
    "first_page": ("pagestart", "startpage", "firstpage", "bp", "beginningpage", "bibliofirstpage"),
    "last_page": ("pageend", "endpage", "lastpage", "ep", "endingpage", "bibliolastpage"),
    "article_number": ("artno", "articlenumber", "ar"),
    "page_count": ("pagecount", "numpages", "numberofpages", "pg"),
    "publisher": ("publisher", "pu"),
    "place": ("place", "publisherplace", "publishercity", "pi"),
    "event": ("event", "conferencetitle", "meetingname", "eventtitle", "ct"),
    "event_place": ("eventplace", "conferencelocation", "meetingplace", "cl"),
    "editors": ("editorsinverted", "editors", "editor", "bookeditors"),
    "series": ("series", "bookseriestitle", "seriestitle"),
    "series_number": ("seriesnumber",),
    "edition": ("edition",),
    "version": ("version", "versionnumber"),
    "language": ("language", "languageoforiginaldocument", "languages", "la"),
    "licence": ("license", "licence", "rights", "primarylocationlicense"),
    "venue_short": ("venueshort", "abbreviatedsourcetitle", "journalabbreviation",
                    "journalisoabbreviation"),
    "date": ("publicationdate", "datepublished", "date"),
    "note": ("note", "notes", "comments"),
    "extra": ("extra",),
    "subtitle": ("subtitle",),
    "genre": ("genre",),
    "original_title": ("originaltitle",),
    "chapter": ("chapter", "chapternumber"),
    "number": ("number", "reportnumber", "patentnumber"),
    "retracted": ("retracted", "isretracted"),
    "affiliations": ("authorswithaffiliations", "affiliations", "addresses"),
    "orcid": ("orcids", "orcid", "authorshipsauthororcid"),
    "subjects": ("indexkeywords", "meshterms", "meshheadings", "fieldsofstudy", "mesh",
                 "subjectheadings",
                 "topicsdisplayname"),
    "pdf_url": ("pdfurl", "sourceurls", "bestoalocationpdfurl"),
    "isbn": ("isbn", "isbns", "bn"),
    "issn": ("issn", "issns", "eissn", "sn", "primarylocationsourceissnl"),
    "pmid": ("pmid", "pubmedid", "pubmed", "idspmid"),
    "pmcid": ("pmcid", "pmc", "idspmcid"),
    "arxiv": ("arxivid", "arxiv"),
    "openalex": ("openalexid", "openalex"),
    "acl": ("acl", "aclid", "anthologyid"),
    "dblp": ("dblp", "dblpkey"),
    "s2": ("s", "semanticscholarid"),
    "wos": ("utuniquewosid", "ut", "wos"),
    "scopus": ("eid", "scopus"),
}  # fmt: skip
"""Columns of what else a table may tell; of themselves they do not make a table one of papers."""
_TEXTS = tuple(
    field for field in _DETAILS if field in TEXT_FIELDS and field not in ("pages", "date")
)
_SCHEMES = (
    *("isbn", "issn", "pmid", "pmcid", "arxiv", "openalex", "acl", "dblp", "s2", "wos", "scopus"),
)
_NAMED = re.compile(r"^[^,]*(?:,\s*(?:[^\W\d_]{1,2}\.[\s-]?)+)?,\s*")
"""The name before an affiliation, its initials with it."""
_AUTHOR_NUMBER = re.compile(r"\s*\(\d{5,}\)")
_OPENALEX = "https://openalex.org/"
_MOST_COLUMNS = 2000
LARGEST_MAP: Final = 64 * 1024
"""Most bytes of a file of columns."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the fields are in a row.

    Attributes:
        places: by field, from 0; of several, the first that has something in a row counts.
        joined: every column of authors holds one author; otherwise each would hold them all.
    """

    places: Mapping[str, tuple[int, ...]]
    joined: bool = False

    @property
    def last(self) -> int:
        """Last column that holds a field."""
        return max(place for places in self.places.values() for place in places)

    def record(self, line: int, row: Sequence[str]) -> Record:
        """Make a record of a row; cells that a short row lacks are empty."""

        def cell(field: str) -> str:
            cells = (row[place] for place in self.places.get(field, ()) if place < len(row))
            return next((text for text in cells if text.strip()), "")

        keywords = cell("keywords")
        authors = _with_orcids(self._authors(row, cell("affiliations")), cell("orcid"))
        first, last = cell("first_page"), cell("last_page")
        title, subtitle = cell("title"), cell("subtitle").strip()
        if subtitle and subtitle not in title:
            title = f"{title}: {subtitle}"
        date, subjects = cell("date"), cell("subjects")
        texts: dict[str, Any] = {field: cell(field) for field in _TEXTS if field in self.places}
        id = cell("id").strip().removeprefix(_OPENALEX)
        kept, rest = extra_of_lines(re.split(r"\n| \| ", cell("extra")))
        if rest and not texts.get("note"):
            texts["note"] = "\n".join(rest).strip()
        record = Record(
            line=line,
            # A short number is that of the row, not of the paper.
            id="" if id.isdigit() and len(id) < 6 else id,
            title=title,
            abstract=cell("abstract"),
            authors=names_of(authors),
            venue=cell("venue"),
            year=cell("year"),
            type=cell("type"),
            doi=cell("doi"),
            url=cell("url").split(" ")[0],
            keywords=split_keywords(keywords, ";" if ";" in keywords else ",|"),
            author_details=authors,
            identifiers=tuple(
                (scheme, part)
                for scheme in _SCHEMES
                for part in re.split(r"[;,]\s*|\s(?=\d{4}-?\d{3}|97[89])", cell(scheme))
                if part.strip()
            )
            + ((("openalex", id),) if cell("id").strip().startswith(_OPENALEX) else ()),
            publication=Publication(
                kind=kind_of(cell("type")),
                editors=inverted_names(cell("editors").split(";")) if cell("editors") else (),
                pages=cell("pages") or page_range(first, last),
                date=date if iso_date(date) else "",
                subjects=split_keywords(subjects, ";" if ";" in subjects else "|"),
                retracted=cell("retracted").casefold() in ("yes", "true", "1"),
                **texts,
            ),
        )
        return with_extra_fields(record, kept) if kept else record

    def _authors(self, row: Sequence[str], affiliations: str) -> tuple[Author, ...]:
        cells = [row[place] for place in self.places.get("authors", ()) if place < len(row)]
        names = [_AUTHOR_NUMBER.sub("", cell).strip() for cell in cells if cell.strip()]
        if self.joined:
            return inverted_names(names)
        if not names:
            return ()
        listed = split_names(names[0])
        pieces = [part.strip() for part in names[0].split(";") if part.strip()]
        if len(pieces) == len(listed):
            authors = inverted_names(pieces)
            if names_of(authors) != listed:
                authors = tuple(map(Author, listed))
        else:
            authors = tuple(map(Author, listed))
        return _with_affiliations(authors, affiliations)


def _with_affiliations(authors: tuple[Author, ...], text: str) -> tuple[Author, ...]:
    """Returns authors with their affiliations, where each has one: "Lee, A., EPFL; Xu, B., ETH"."""
    pieces = [piece.strip() for piece in text.split(";") if piece.strip()]
    if not pieces or len(pieces) != len(authors):
        return authors
    people: list[Author] = []
    for author, piece in zip(authors, pieces, strict=True):
        family = author.sort_family if author.has_parts else author.name.split(" ")[-1]
        named = piece.casefold().startswith(family.casefold() + ",") or (
            piece.casefold().startswith(family.casefold() + " ")
        )
        place = _NAMED.sub("", piece) if named else piece
        people.append(replace(author, affiliations=(place,)))
    return tuple(people)


def _with_orcids(authors: tuple[Author, ...], text: str) -> tuple[Author, ...]:
    """Returns authors with their ORCID iDs: as many as there are authors, or each after a name.

    OpenAlex parts them by "|", none of them left out; Web of Science writes "Lee, Ann/0000-…; …".
    """
    pieces = [piece.strip() for piece in re.split(r"[;|]", text)] if text else []
    if "/" in text and "://" not in text:
        named = {
            name.split(",")[0].strip().casefold(): orcid
            for name, _, orcid in (piece.rpartition("/") for piece in pieces)
        }
        return tuple(
            replace(author, orcid=orcid)
            if (orcid := named.get(author.sort_family.casefold(), ""))
            else author
            for author in authors
        )
    if len(pieces) != len(authors):
        return authors
    pairs = zip(authors, pieces, strict=True)
    return tuple(replace(author, orcid=orcid) if orcid else author for author, orcid in pairs)


def guess_columns(header: Sequence[str]) -> Columns | None:
    """Find the fields in a header; None where there is no title, or nothing beside it."""
    keys = [re.sub(r"[^a-z]", "", name.casefold()) for name in header[:_MOST_COLUMNS]]
    places: dict[str, tuple[int, ...]] = {}
    for field, known in _KNOWN.items():
        places_ = tuple(keys.index(name) for name in known if name in keys)
        if places_:
            places[field] = places_
    if "title" not in places or len(places) < 2:
        return None
    for field, known in _DETAILS.items():
        places_ = tuple(keys.index(name) for name in known if name in keys)
        if places_:
            places[field] = places_
    return Columns(places)


def unknown_columns(name: str, header: Sequence[str]) -> str:
    """Words the refusal of a table whose columns say too little, and proposes a file of columns.

    The proposal takes the columns whose names are nearest to a known one.
    """
    shown = ", ".join(cell.strip()[:40] for cell in header[:30] if cell.strip()) or "none"
    keys = {re.sub(r"[^a-z]", "", cell.casefold()): cell.strip()[:60] for cell in header[:200]}
    proposed: list[str] = []
    for field, known in _KNOWN.items():
        near = next((cell for key, cell in keys.items() if key and _near(key, known)), None)
        if near is not None or field in ("title", "authors", "year"):
            named = json.dumps(near or "name of the column", ensure_ascii=False)
            proposed.append(f"{field}: {named}")
    lines = "; ".join(proposed)
    place = _map_of(name).name if name != "-" else "a file beside the table"
    return (
        f"the columns do not tell which fields they hold (there are: {shown}); name them in "
        f"{place}, a line a field: {lines}"
    )


def _near(key: str, known: Sequence[str]) -> bool:
    return any(len(name) > 2 and (name in key or (len(key) > 3 and key in name)) for name in known)


def has_map(name: str) -> bool:
    """Returns whether a file of columns lies beside a dump."""
    return name != "-" and _map_of(name).is_file()


def _map_of(name: str) -> Path:
    return Path(f"{name}.columns.yaml")


def mapped_columns(  # noqa: C901 - one branch a fault
    name: str, header: Sequence[str]
) -> Columns | None:
    """Find the fields as the file beside the dump says; None where there is no such file.

    Args:
        name: of the dump.
        header: names of its columns.

    Raises:
        DumpError: when the file is not as it must be, or names a column that is not there.
    """
    if not has_map(name):
        return None
    path = _map_of(name)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_MAP + 1)
        if len(content) > LARGEST_MAP:
            raise DumpError(str(path), 0, f"a file of columns of over {LARGEST_MAP >> 10} KiB")
        told = yaml.safe_load(content.decode("utf-8-sig"))
    except RecursionError as error:
        raise DumpError(str(path), 0, "cannot be read: nested too deeply") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError) as error:
        if isinstance(error, DumpError):
            raise
        raise DumpError(str(path), 0, f"cannot be read: {error}") from error
    if not isinstance(told, dict):
        raise DumpError(str(path), 0, "expected lines such as title: Name of the column")
    stripped = [cell.strip() for cell in header]
    guessed = guess_columns(header)
    places = dict(guessed.places) if guessed is not None else {}
    for field, given in told.items():
        if field not in _KNOWN and field not in _DETAILS:
            known = ", ".join((*_KNOWN, *_DETAILS))
            raise DumpError(str(path), 0, f"{field}: no field; there are {known}")
        listed = given if isinstance(given, list) else [given]
        if any(isinstance(column, list | dict) for column in listed) or len(listed) > _MOST_COLUMNS:
            raise DumpError(str(path), 0, f"{field}: expected the name of a column, or a list")
        wanted = [str(column) for column in listed]
        for column in wanted:
            if column not in stripped:
                shown = ", ".join(stripped[:20])
                raise DumpError(str(path), 0, f"{field}: no column {column!r}; there are {shown}")
        places[field] = tuple(stripped.index(column) for column in wanted)
    if "title" not in places:
        raise DumpError(str(path), 0, "title: expected the name of a column")
    return Columns(places, joined=isinstance(told.get("authors"), list))
