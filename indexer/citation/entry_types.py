"""What each format calls each kind of work; the kinds are the item types of CSL."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from indexer.cleaning.kinds import kind_of
from indexer.paper import Paper

_BIBTEX: Final = MappingProxyType({
    "article-journal": "article", "article-magazine": "article", "article-newspaper": "article",
    "review": "article", "review-book": "article", "paper-conference": "inproceedings",
    "chapter": "incollection", "entry": "incollection", "entry-dictionary": "incollection",
    "entry-encyclopedia": "incollection", "book": "book", "collection": "book",
    "thesis": "phdthesis", "report": "techreport", "manuscript": "unpublished",
    "pamphlet": "booklet",
})  # fmt: skip
_BIBLATEX: Final = MappingProxyType({
    **_BIBTEX, "collection": "collection", "thesis": "thesis", "report": "report",
    "entry": "inreference", "entry-dictionary": "inreference", "entry-encyclopedia": "inreference",
    "article": "online", "dataset": "dataset", "software": "software", "webpage": "online",
    "post": "online", "post-weblog": "online", "patent": "patent",
})  # fmt: skip
"""Types of the standard styles (biblatex manual, 2.1), which need no further package."""
_REQUIRED: Final = ("article", "inproceedings", "incollection", "inreference")
"""Types of papers in something, which without its name are ``misc``."""
RIS_TYPES: Final = MappingProxyType({
    "article-journal": "JOUR", "article-magazine": "MGZN", "article-newspaper": "NEWS",
    "paper-conference": "CPAPER", "chapter": "CHAP", "book": "BOOK", "collection": "EDBOOK",
    "thesis": "THES", "report": "RPRT", "article": "UNPB", "manuscript": "UNPB",
    "dataset": "DATA", "software": "COMP", "webpage": "ELEC", "post": "ELEC",
    "post-weblog": "BLOG", "patent": "PAT", "standard": "STAND", "entry-encyclopedia": "ENCYC",
    "entry-dictionary": "DICT", "entry": "CHAP",
    "speech": "SLIDE", "pamphlet": "PAMP", "map": "MAP", "motion_picture": "MPCT",
    "song": "SOUND", "musical_score": "MUSIC", "graphic": "ART", "figure": "FIGURE",
    "legal_case": "CASE", "legislation": "STAT", "bill": "BILL", "hearing": "HEAR",
    "regulation": "LEGAL", "personal_communication": "PCOMM", "classic": "CLSWK",
    "broadcast": "MULTI", "periodical": "SER",
})  # fmt: skip
"""Reference types of RIS (EndNote's table); everything else is ``GEN``."""
ENDNOTE_TYPES: Final = MappingProxyType({
    "article-journal": "Journal Article", "article-magazine": "Magazine Article",
    "article-newspaper": "Newspaper Article", "paper-conference": "Conference Paper",
    "chapter": "Book Section", "book": "Book", "collection": "Edited Book", "thesis": "Thesis",
    "report": "Report", "article": "Unpublished Work", "manuscript": "Manuscript",
    "dataset": "Dataset", "software": "Computer Program", "webpage": "Web Page",
    "post-weblog": "Blog", "patent": "Patent", "standard": "Standard",
    "entry-encyclopedia": "Encyclopedia", "entry-dictionary": "Dictionary",
    "pamphlet": "Pamphlet", "map": "Map", "motion_picture": "Film or Broadcast",
    "song": "Music", "graphic": "Artwork", "figure": "Figure", "legal_case": "Case",
    "legislation": "Statute", "bill": "Bill", "hearing": "Hearing",
    "regulation": "Legal Rule or Regulation", "personal_communication": "Personal Communication",
    "classic": "Classical Work", "broadcast": "Audiovisual Material",
    "entry": "Book Section",
})  # fmt: skip
"""Reference types of EndNote; everything else is ``Generic``."""


def bibtex_type(paper: Paper) -> str:
    """Returns the entry type of BibTeX; ``misc`` where it has none for the kind.

    A thesis for a degree below the doctorate is a master's thesis, as BibTeX knows two.
    """
    type = _needing_container(_BIBTEX.get(paper.kind, "misc"), paper)
    genre = paper.publication.genre.casefold()
    if type == "phdthesis" and any(word in genre for word in ("master", "bachelor", "diploma")):
        return "mastersthesis"
    return type


def biblatex_type(paper: Paper) -> str:
    """Returns the entry type of biblatex; ``misc`` where it has none for the kind."""
    return _needing_container(_BIBLATEX.get(paper.kind, "misc"), paper)


def _needing_container(type: str, paper: Paper) -> str:
    return "misc" if type in _REQUIRED and not paper.venue_name else type


def says_kind(type: str, kind: str) -> bool:
    """Whether a reader takes a type of a format for this kind of work.

    >>> says_kind("incollection", "chapter"), says_kind("misc", "dataset")
    (True, False)
    """
    return kind_of(type) == kind
