r"""BibTeX (www.bibtex.org/Format), as ACM, ACL, DBLP, PMLR, Zotero, Google Scholar … write it.

An entry takes what it lacks from the proceedings it refers to by ``crossref``, or, at PMLR, from
those that lead the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from indexer.cleaning.dates import date_of
from indexer.cleaning.kinds import kind_of
from indexer.cleaning.tex_letters import without_tex_letters
from indexer.errors import RecordError
from indexer.formats.bibtex_entries import Entry, read_entries
from indexer.formats.bibtex_names import (
    authors_of,
    is_braced,
    split_at_and,
    with_orcids,
    without_unprinted,
)
from indexer.formats.keywords import listed_keywords
from indexer.intake.dump import Dump
from indexer.intake.record import Notice, Read, Record
from indexer.publication import Publication
from indexer.record.extra_fields import EXTRA_NAMES, ExtraField, with_extra_fields
from indexer.record.identifiers import arxiv_of

MOST_WAITING: Final = 20_000
"""Most entries held back for the proceedings they refer to, which follow them in the file."""

_NO_PAPERS = {
    "proceedings": "a volume of proceedings, no paper",
    "periodical": "an issue of a periodical, no paper",
    "set": "a set of other entries, no paper",
    "xdata": "data for other entries, no paper",
}
_VOLUMES = frozenset((*_NO_PAPERS, "book", "collection"))
_TYPES = {"inproceedings": "Conference Paper", "conference": "Conference Paper",
          "article": "Journal Article"}  # fmt: skip
_THESES = frozenset(("phdthesis", "mastersthesis", "thesis", "techreport", "report"))
_NUMBERED = frozenset(("techreport", "report", "patent", "manual", "standard"))
"""Entries of which the number is their own, not that of their series."""
_IDENTIFIERS = {
    "pmid": ("pmid",), "pmcid": ("pmcid", "pmc"), "mag": ("mag",), "openalex": ("openalex",),
    "openreview": ("openreview",), "s2": ("s2id", "corpusid"), "wos": ("unique-id", "wos"),
    "acl": ("anthology-id",), "dblp": ("dblp", "biburl-key"),
}  # fmt: skip
_EXTRA = EXTRA_NAMES - {
    "volume", "issue", "chapter", "pages", "number", "publisher", "series", "edition", "version",
    "date", "language", "note", "licence", "subtitle", "isbn", "issn", *_IDENTIFIERS,
}  # fmt: skip
"""Fields of `indexer.record.extra_fields` that mean nothing else in BibTeX."""
_EPRINTS = {"arxiv": "arxiv", "pubmed": "pmid", "pmid": "pmid", "pmcid": "pmcid", "hdl": "handle"}
_PREPRINT = re.compile(
    r"arxiv (?:e-?)?(?:preprint|prints?) arxiv:\s?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z-]+)?/\d{7})",
    re.IGNORECASE,
)
_DAY = re.compile(r"\d{1,2}")
_LISTED = re.compile(r"[,;/]|\s(?=\d{4}-?\d{3}|97[89])|\bor\b|\band\b")
_ARXIV_PLACE = re.compile(
    r"(?:arxiv\.org/(?:abs|pdf)/|arXiv:\s?)(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Za-z-]+)?/\d{7})",
    re.IGNORECASE,
)
_LOOSE = frozenset(("misc", "online", "unpublished", "electronic", "www"))
"""Types under which preprints go, for want of a type of their own."""
_DOI_KEY = re.compile(r"(?:doi:)?10\.\d{4,9}/\S+")
_ANTHOLOGY = re.compile(
    r"(?:aclweb\.org/anthology|aclanthology\.org)/(?:papers/\w/\w+/)?"
    r"([A-Z]\d\d-\d{4}|\d{4}\.[\w-]+\.\d+)"
)
_WEB = re.compile(r"https?:|www\.|\\url|\\href", re.IGNORECASE)
_URL_COMMAND = re.compile(r"\\(?:url|href)\s*\{([^{}]*)\}")


def sniff(head: bytes, name: str) -> bool:
    """Recognise an entry at the beginning of a line."""
    text = head[:65536].decode("utf-8", errors="replace")
    entry = re.search(
        r"^\s*@\s*(?:article|inproceedings|proceedings|book|misc|string|comment|preamble|conference"
        r"|incollection|inbook|techreport|phdthesis|mastersthesis|unpublished|online|thesis|report"
        r"|manual|booklet|collection|dataset|software|patent)\s*[{(]",
        text.removeprefix("\ufeff"),
        re.IGNORECASE | re.MULTILINE,
    )
    return entry is not None or (
        name.lower().endswith((".bib", ".bibtex"))
        and re.search(r"^\s*@\w+\s*\{", text, re.MULTILINE) is not None
    )


def read(dump: Dump) -> Iterator[Read]:
    """Read the entries; proceedings and the like are given as `RecordError`."""
    volumes: dict[str, Entry] = {}

    def parent_of(entry: Entry) -> Entry | None:
        volume = volumes.get(entry.fields.get("crossref", "").casefold())
        return _merged(volume, volumes) if volume is not None else None

    leading: Entry | None = None
    waiting: list[Entry] = []
    seen_paper = False
    for item in read_entries(dump):
        if isinstance(item, RecordError | Notice):
            yield item
            continue
        if item.type in _VOLUMES and len(volumes) < MOST_WAITING:
            volumes[item.key.casefold()] = item
        if item.type in _NO_PAPERS:
            if item.type == "proceedings" and not seen_paper:
                leading = item
            yield RecordError(dump.name, item.line, _NO_PAPERS[item.type])
            continue
        seen_paper = True
        wanted = [item.fields.get("crossref", ""), *item.fields.get("xdata", "").split(",")]
        missing = [key for key in wanted if key.strip() and key.strip().casefold() not in volumes]
        if missing and len(waiting) < MOST_WAITING:
            waiting.append(item)
        else:
            inherits = item.type == "inproceedings" and not wanted[0]
            yield _record(_merged(item, volumes), leading if inherits else parent_of(item))
    for item in waiting:
        parent = parent_of(item)
        if parent is None and item.fields.get("crossref"):
            key = item.fields["crossref"][:80]
            yield Notice(dump.name, item.line, f"crossref to {key!r}, which is not in the file")
        yield _record(_merged(item, volumes), parent)


def _merged(entry: Entry, volumes: Mapping[str, Entry]) -> Entry:
    """Returns an entry with the fields of its ``xdata`` (biblatex manual, 3.13.6)."""
    fields = dict(entry.fields)
    for key in entry.fields.get("xdata", "").split(","):
        data = volumes.get(key.strip().casefold())
        if data is not None:
            fields = {**data.fields, **fields}
    return Entry(entry.line, entry.type, entry.key, fields)


def _record(entry: Entry, parent: Entry | None) -> Record:
    fields = entry.fields
    inherited = parent.fields if parent is not None else {}

    def text(*names: str) -> str:
        given = next((fields[name] for name in names if fields.get(name, "").strip()), "")
        return without_tex_letters(without_unprinted(given))

    def either(*names: str) -> str:
        given = next((inherited[name] for name in names if inherited.get(name, "").strip()), "")
        return text(*names) or without_tex_letters(without_unprinted(given))

    published, journal = fields.get("howpublished", ""), fields.get("journal", "")
    venue = text("booktitle", "journal", "journaltitle")
    if not venue and not _WEB.search(published):
        venue = text("howpublished")
    if not venue and entry.type in _THESES:
        venue = text("school", "institution")
    venue = venue or text("shortjournal", "maintitle")
    if not venue:
        names = ("booktitle", "shortname", "name", "title", "journal", "journaltitle")
        venue = without_tex_letters(next((inherited[n] for n in names if inherited.get(n)), ""))
    is_loose = entry.type in _LOOSE and "entrysubtype" not in fields
    is_preprint = is_loose and not venue and _is_arxiv(entry)
    if is_preprint and _identity(entry):
        venue = "arXiv"
    authors = with_orcids(authors_of(fields.get("author", "")), fields, "author")
    title, subtitle = text("title"), text("subtitle")
    if subtitle and subtitle not in title:
        title = f"{title}: {subtitle}"
    short = text("shorttitle")
    if not subtitle and short and title.startswith(f"{short}: "):
        subtitle = title.removeprefix(f"{short}: ")
    record = Record(
        line=entry.line,
        id=_identity(entry),
        title=title,
        abstract=text("abstract"),
        authors=tuple(author.name for author in authors),
        venue=venue,
        year=text("year", "date", "issue_date") or either("year", "date"),
        type="preprint" if is_preprint or _PREPRINT.match(journal) else _type(entry),
        doi=_address(fields.get("doi", "")),
        url=_address(fields.get("url", "")).split(" ")[0],
        keywords=listed_keywords(text("keywords", "keyword")),
        author_details=authors,
        identifiers=_identifiers(entry, inherited),
        publication=_publication(entry, either, subtitle, inherited),
    )
    return with_extra_fields(record, _extra_fields(fields))


def _extra_fields(fields: Mapping[str, str]) -> Iterator[ExtraField]:
    """Returns what stands in fields that no style knows (see `indexer.record.extra_fields`)."""
    for name in _EXTRA & fields.keys():
        for item in _listed(fields[name]):
            yield name, without_tex_letters(item)


def _listed(text: str) -> list[str]:
    """Returns the items of a list as biblatex writes it: "{one} and {two}"."""
    return [item[1:-1] if is_braced(item) else item for item in split_at_and(text)]


def _is_arxiv(entry: Entry) -> bool:
    """Whether an entry names an arXiv number by its fields for such."""
    fields = entry.fields
    kind = fields.get("archiveprefix", fields.get("eprinttype", "")).lower()
    return "arxiv" in kind and bool(arxiv_of(fields.get("eprint", "").strip()))


def _type(entry: Entry) -> str:
    """Returns the type of an entry; a kind of work that its subtype names says more."""
    subtype = entry.fields.get("entrysubtype", "")
    return subtype if kind_of(subtype) else _TYPES.get(entry.type, entry.type)


def _publication(
    entry: Entry, either: Callable[..., str], subtitle: str, inherited: Mapping[str, str]
) -> Publication:
    """Returns what fields say of the publication; of a paper in a volume, the volume's, too."""
    fields = entry.fields
    is_article = entry.type in ("article", "suppperiodical")
    number = either("number")
    issue = fields.get("issue", "") or (number if is_article else "")
    in_series = not is_article and entry.type not in _NUMBERED and either("series")
    editor = fields.get("editor", "") or inherited.get("editor", "")
    category = fields.get("primaryclass", "") or fields.get("eprintclass", "")
    subjects = [category] if category else either("subjects").split("; ")
    return Publication(
        genre=either("type"),
        venue_short=either("shortjournal", "shorttitle-journal"),
        subtitle=subtitle,
        original_title=either("origtitle"),
        volume=either("volume"),
        issue=issue,
        chapter=either("chapter"),
        pages=fields.get("pages", ""),
        article_number=either("eid", "articleno", "article-number"),
        number=(number if not is_article and not in_series else "") or either("ownnumber"),
        page_count=fields.get("numpages", "") or fields.get("pagetotal", ""),
        publisher=either("publisher", "school", "institution", "organization"),
        place=either("address", "location"),
        event=either("eventtitle", "conference"),
        event_place=either("venue"),
        editors=with_orcids(authors_of(editor), fields, "editor"),
        series=either("series"),
        series_number=(number if in_series else "") or either("seriesnumber"),
        edition=either("edition"),
        version=either("version"),
        date=_date(fields) or _date(inherited),
        language=fields.get("language", "") or fields.get("langid", ""),
        licence=either("license", "licence", "copyright", "rights"),
        pdf_url=_address(fields.get("pdf", "")).split(" ")[0],
        retracted=entry.fields.get("retracted", "").lower() in ("1", "true", "yes"),
        subjects=tuple(subject for subject in subjects if subject),
        note=either("note", "comment"),
    )


def _date(fields: Mapping[str, str]) -> str:
    """Returns the date of biblatex, or year, month and day of BibTeX."""
    if fields.get("date"):
        return fields["date"]
    year, month = fields.get("year", "").strip("{} "), fields.get("month", "").strip("{}. ")
    if not month:
        return ""
    day = _DAY.search(fields.get("day", "") or ("" if month.isdigit() else month))
    return date_of(year, month.lstrip("0123456789~ "), day[0]) if day else date_of(year, month)


def _identifiers(entry: Entry, inherited: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    fields = entry.fields
    pairs = [
        (scheme, without_tex_letters(value))
        for scheme, names in _IDENTIFIERS.items()
        for value in _listed(next((fields[n] for n in names if fields.get(n)), ""))
    ]
    for scheme in ("isbn", "issn"):
        given = fields.get(scheme, "") or inherited.get(scheme, "")
        given = f"{given}, {fields.get(f'{scheme}s', '')}"
        pairs += [(scheme, part) for part in _LISTED.split(given)]
    anthology = _ANTHOLOGY.search(fields.get("url", ""))
    if anthology is not None:
        pairs.append(("acl", anthology[1]))
    kind = fields.get("archiveprefix", fields.get("eprinttype", "")).lower()
    eprint = fields.get("eprint", "").strip()
    if eprint and (kind in _EPRINTS or (not kind and arxiv_of(eprint))):
        pairs.append((_EPRINTS.get(kind, "arxiv"), eprint))
    elif match := _ARXIV_PLACE.search(fields.get("url", "") + " " + fields.get("journal", "")):
        pairs.append(("arxiv", match[1]))
    if entry.key.lower().startswith("dblp:"):
        pairs.append(("dblp", entry.key[5:]))
    pairs.append(("citekey", entry.key))
    return tuple((scheme, value) for scheme, value in pairs if value.strip())


def _identity(entry: Entry) -> str:
    """Returns the id that others use, too: DOI, Anthology or arXiv number, DBLP or PMLR key."""
    fields = entry.fields
    anthology = _ANTHOLOGY.search(fields.get("url", ""))
    if anthology is not None:
        return anthology[1]
    if fields.get("doi"):
        return ""  # the cleaning takes a DOI for the id
    if (
        fields.get("eprint")
        and "arxiv" in fields.get("archiveprefix", fields.get("eprinttype", "")).lower()
    ):
        return fields["eprint"]
    if preprint := _PREPRINT.match(fields.get("journal", "")):
        return preprint[1]
    if _DOI_KEY.fullmatch(entry.key) or entry.key.startswith(("DBLP:", "pmlr-", "dblp:")):
        return entry.key
    return ""


def _address(text: str) -> str:
    r"""Undo ``\url{…}`` and escapes; nothing else of an address is TeX."""
    inner = _URL_COMMAND.search(text)
    plain = inner[1] if inner else text
    return re.sub(r"\\([_%#&~])|\{\\([_%#&~])\}|[{}]", r"\1\2", plain).strip()
