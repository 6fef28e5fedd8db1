"""Items of Zotero as JSON: Better BibTeX JSON, and replies of Zotero's web API (api.zotero.org).

See www.zotero.org/support/dev/web_api/v3/types_and_fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.author import Author
from indexer.cleaning.kinds import genre_of, kind_of
from indexer.errors import RecordError
from indexer.formats.json_formats.json_values import (
    Object,
    is_object,
    read_objects,
    sample_objects,
    text,
)
from indexer.formats.people import names_of
from indexer.intake.dump import Dump
from indexer.intake.record import Read, Record
from indexer.publication import Publication
from indexer.record.author_name import person

_NO_PAPERS = frozenset(("attachment", "note", "annotation"))
_VENUES = (
    "publicationTitle", "proceedingsTitle", "bookTitle", "conferenceName", "meetingName",
    "websiteTitle", "blogTitle", "forumTitle", "encyclopediaTitle", "dictionaryTitle",
    "programTitle", "repository", "university", "institution",
)  # fmt: skip
_CREATORS = (
    "author", "inventor", "programmer", "presenter", "artist", "director", "performer", "podcaster",
    "interviewee", "cartographer", "sponsor", "composer", "contributor",
)  # fmt: skip
"""Who made a work, by the type of item; the first kind met counts."""
_EXTRA = re.compile(r"(DOI|PMID|PMCID|arXiv|ISSN|ISBN|Citation Key)\s*:\s*(\S.*)", re.IGNORECASE)
"""What users and translators write into ``extra``, a line each."""
_ARXIV = re.compile(r"arXiv:\s*(\S+)|arxiv\.org/(?:abs|pdf)/([^\s?#]+?)(?:\.pdf)?$", re.IGNORECASE)
_NUMBERS = re.compile(r"[,;]\s*|\s+(?=\d{4}-?\d{3}|97[89])")


def sniff(head: bytes, name: str) -> bool:
    """Recognises the type of an item beside its creators, or within ``data``."""
    del name
    return any("itemType" in _item(record) for record in sample_objects(head))


def read(dump: Dump) -> Iterator[Read]:
    """Reads the items; attachments and notes are given as `RecordError`."""
    for item in read_objects(dump):
        if isinstance(item, RecordError):
            yield item
            continue
        line, value = item[0], _item(item[1])
        kind = text(value.get("itemType"))
        if kind in _NO_PAPERS:
            yield RecordError(dump.name, line, f"{kind} of an item, no paper")
        else:
            yield _record(line, value)


def _item(value: Object) -> Object:
    data = value.get("data")
    return data if is_object(data) and "itemType" in data else value


def _record(line: int, value: Object) -> Record:
    tags = value.get("tags")
    listed = tags if isinstance(tags, list) else []
    extra, note = _extra(text(value.get("extra")))
    roles = {text(creator.get("creatorType")) for creator in _creators(value)}
    role = next((role for role in _CREATORS if role in roles), "")
    authors = tuple(
        author for creator in _creators(value) if text(creator.get("creatorType")) == role
        if (author := _person(creator)).name
    )  # fmt: skip
    return Record(
        line=line,
        title=text(value.get("title"))
        or text(value.get("nameOfAct"))
        or text(value.get("caseName"))
        or text(value.get("subject")),
        abstract=text(value.get("abstractNote")),
        authors=names_of(authors),
        venue=_venue(value),
        year=text(value.get("date")),
        type=text(value.get("itemType")),
        doi=text(value.get("DOI")) or extra.get("doi", ""),
        url=text(value.get("url")),
        keywords=tuple(text(tag.get("tag")) if is_object(tag) else text(tag) for tag in listed),
        author_details=authors,
        identifiers=_identifiers(value, extra),
        publication=_publication(value, note),
    )


def _venue(value: Object) -> str:
    return next((venue for key in _VENUES if (venue := text(value.get(key)))), "")


def _creators(value: Object) -> tuple[Object, ...]:
    creators = value.get("creators")
    return tuple(filter(is_object, creators)) if isinstance(creators, list) else ()


def _person(creator: Object) -> Author:
    """Returns a creator; one with a single field is an organisation (``fieldMode`` 1)."""
    family, given = text(creator.get("lastName")).strip(), text(creator.get("firstName")).strip()
    if family and given:
        return person(family=family, given=given)
    name = text(creator.get("name")).strip() or family or given
    return Author(name, literal=bool(name))


def _publication(value: Object, note: str) -> Publication:
    def first(*names: str) -> str:
        return next((value_ for name in names if (value_ := text(value.get(name)).strip())), "")

    kind = first("itemType")
    editors = (
        _person(creator)
        for creator in _creators(value)
        if text(creator.get("creatorType")) == "editor"
    )
    event = first("conferenceName", "meetingName")
    return Publication(
        kind=kind_of(kind),
        genre=first("thesisType", "reportType", "manuscriptType", "genre") or genre_of(kind),
        venue_short=first("journalAbbreviation"),
        volume=first("volume", "codeVolume", "reporterVolume"),
        issue=first("issue"),
        pages=first("pages", "codePages"),
        number=first("reportNumber", "patentNumber", "number", "billNumber", "docketNumber"),
        page_count=first("numPages"),
        publisher=first("publisher", "university", "institution", "company", "studio", "label"),
        place=first("place"),
        event=event if event != _venue(value) else "",
        editors=tuple(editor for editor in editors if editor.name),
        series=first("series", "seriesTitle"),
        series_number=first("seriesNumber"),
        edition=first("edition"),
        version=first("versionNumber"),
        date=first("date", "issueDate", "dateEnacted", "dateDecided"),
        language=first("language"),
        licence=first("rights"),
        note=note,
    )


def _extra(text: str) -> tuple[dict[str, str], str]:
    """Returns the identifiers within ``extra`` by small letters, and the lines that are left."""
    told: dict[str, str] = {}
    rest: list[str] = []
    for line in text.splitlines():
        match = _EXTRA.fullmatch(line.strip())
        if match is None:
            rest.append(line.strip())
        else:
            told.setdefault(match[1].lower(), match[2].strip())
    return told, "\n".join(line for line in rest if line)


def _identifiers(value: Object, extra: dict[str, str]) -> tuple[tuple[str, str], ...]:
    pairs = [
        (scheme, number)
        for scheme in ("isbn", "issn")
        for number in _NUMBERS.split(text(value.get(scheme.upper())) or extra.get(scheme, ""))
    ]
    pairs += [
        (scheme, text(value.get(scheme.upper())) or extra.get(scheme, ""))
        for scheme in ("pmid", "pmcid")
    ]
    places = (
        f"arXiv:{extra['arxiv']}" if "arxiv" in extra else "",
        *(text(value.get(key)) for key in ("archiveID", "url", "number")),
    )
    arxiv_ids = (match[1] or match[2] for place in places if (match := _ARXIV.search(place)))
    pairs.append(("arxiv", next(arxiv_ids, "").split(" ")[0].removeprefix("arXiv:")))
    pairs.append(("citekey", text(value.get("citationKey")) or extra.get("citation key", "")))
    return tuple((scheme, number.strip()) for scheme, number in pairs if number.strip())
