"""How a work was published: its kind, volume, pages, publisher, editors, date and the like.

Field names follow the variables of CSL (docs.citationstyles.org, appendix IV) where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Final

from indexer.author import Author, author_json, author_of

KIND_LABELS: Final = MappingProxyType({
    "article": "Preprint", "article-journal": "Journal Article",
    "article-magazine": "Magazine Article", "article-newspaper": "Newspaper Article",
    "bill": "Bill", "book": "Book", "broadcast": "Broadcast", "chapter": "Book Chapter",
    "classic": "Classical Work", "collection": "Collection", "dataset": "Dataset",
    "document": "Document", "entry": "Entry", "entry-dictionary": "Dictionary Entry",
    "entry-encyclopedia": "Encyclopedia Entry", "event": "Event", "figure": "Figure",
    "graphic": "Image", "hearing": "Hearing", "interview": "Interview",
    "legal_case": "Legal Case", "legislation": "Legislation", "manuscript": "Manuscript",
    "map": "Map", "motion_picture": "Film", "musical_score": "Musical Score",
    "pamphlet": "Pamphlet", "paper-conference": "Conference Paper", "patent": "Patent",
    "performance": "Performance", "periodical": "Periodical",
    "personal_communication": "Personal Communication", "post": "Post",
    "post-weblog": "Blog Post", "regulation": "Regulation", "report": "Report",
    "review": "Review", "review-book": "Book Review", "software": "Software",
    "song": "Recording", "speech": "Talk", "standard": "Standard", "thesis": "Thesis",
    "treaty": "Treaty", "webpage": "Web Page",
})  # fmt: skip
"""The item types of CSL 1.0.2 and the words a page shows for them; ``article`` is a preprint."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What is known of the publication of a paper; every field is empty where it is unknown.

    Attributes:
        kind: item type of CSL, a key of `KIND_LABELS`; empty where `Paper.type` tells it, see
            `Paper.kind`.
        genre: what the source calls a kind within the kind ("PhD thesis", "Technical report").
        venue_printed: the venue as the source prints it, where that is not `Paper.venue`.
        venue_short: the abbreviation of its name that the source gives ("J Mach Learn Res").
        subtitle: the end of the title after its colon, where the source keeps it apart.
        original_title: in the language of the work, where the title is a translation.
        volume, issue, chapter: as printed.
        pages: "45–67" is written "45-67"; several ranges are separated by ", ".
        article_number: of an article that has a number in place of pages ("e1234").
        number: of a report, patent or standard.
        page_count: number of pages of the work.
        publisher: or the institution of a thesis or report.
        place: of the publisher.
        event, event_place: the conference and where it was held.
        editors: in order.
        series, series_number: of the book or of the proceedings.
        edition: as printed ("2nd", "2").
        version: of software or data ("1.2.0").
        date: ISO 8601, as exact as known ("2019-05", "2019-05-01"), or a range
            ("2019-05-01/2019-05-04"); empty where no more than `Paper.year` is known.
        language: BCP 47 ("en", "pt-BR").
        licence: name or address.
        pdf_url: address of a text that anybody may read, mostly a PDF.
        retracted: the work was retracted or withdrawn.
        subjects: headings given by the source (MeSH, categories of arXiv), in order, beside the
            authors' own keywords.
        note: a remark of the source for readers ("12 pages, 3 figures").
    """

    kind: str = ""
    genre: str = ""
    venue_printed: str = ""
    venue_short: str = ""
    subtitle: str = ""
    original_title: str = ""
    volume: str = ""
    issue: str = ""
    chapter: str = ""
    pages: str = ""
    article_number: str = ""
    number: str = ""
    page_count: str = ""
    publisher: str = ""
    place: str = ""
    event: str = ""
    event_place: str = ""
    editors: tuple[Author, ...] = ()
    series: str = ""
    series_number: str = ""
    edition: str = ""
    version: str = ""
    date: str = ""
    language: str = ""
    licence: str = ""
    pdf_url: str = ""
    retracted: bool = False
    subjects: tuple[str, ...] = ()
    note: str = ""


UNPUBLISHED: Final = Publication()
"""Nothing known; shared by all papers of which that is so."""
TEXT_FIELDS: Final = tuple(
    field.name for field in fields(Publication) if field.name not in ("editors", "retracted",
                                                                      "subjects")
)  # fmt: skip
"""Names of the fields that are one text."""


def publication_json(publication: Publication) -> dict[str, Any]:
    """Returns a publication as JSON; empty fields are left out."""
    written: dict[str, Any] = {
        field: value for field in TEXT_FIELDS if (value := getattr(publication, field))
    }
    if publication.editors:
        written["editors"] = [author_json(editor) for editor in publication.editors]
    if publication.retracted:
        written["retracted"] = True
    if publication.subjects:
        written["subjects"] = list(publication.subjects)
    return written


def publication_of(value: Mapping[str, Any]) -> Publication:
    """Returns the publication that `publication_json` wrote; foreign values count as missing."""
    texts = {
        field: str(given)
        for field in TEXT_FIELDS
        if isinstance(given := value.get(field), str | int) and not isinstance(given, bool)
    }
    editors = value.get("editors")
    subjects = value.get("subjects")
    return Publication(
        editors=tuple(
            author_of(editor) if isinstance(editor, dict) else Author(str(editor))
            for editor in editors
            if isinstance(editor, dict | str)
        )
        if isinstance(editors, list)
        else (),
        retracted=value.get("retracted") is True,
        subjects=tuple(subject for subject in subjects if isinstance(subject, str))
        if isinstance(subjects, list)
        else (),
        **texts,
    )
