"""Kinds of work in the words of dumps, as item types of CSL (`indexer.publication.KIND_LABELS`)."""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from indexer.paper import CONFERENCE, JOURNAL
from indexer.publication import KIND_LABELS

_WORDS: Final = {
    "article-journal": "journalarticle articlejournal article jour journal jfull ejour "
    "researcharticle reviewarticle electronicarticle inpr inpress shortcommunication datapaper "
    "editorial letter erratum journalpaper ieeejournals ieeeearlyaccessarticles",
    "paper-conference": "conferencepaper inproceedings proceedingsarticle paperconference "
    "conference cpaper conf proceedingspaper conferencearticle conferenceobject "
    "conferenceproceedings meetingabstract conferenceabstract ieeeconferences",
    "chapter": "chapter bookchapter booksection bookpart incollection inbook suppbook chap ech "
    "booktrack referenceentry suppcollection bookitem section bookinbook",
    "book": "book mvbook monograph ebook editedbook referencebook electronicbook wholebook "
    "bookset mvreference reference",
    "collection": "collection edbook mvcollection editedcollection bookseries serial",
    "thesis": "thesis phdthesis mastersthesis dissertation thes doctoralthesis masterthesis "
    "mathesis candthesis bachelorthesis academicdissertation phdthesisdissertation",
    "report": "report techreport rprt technicalreport governmentdocument govdoc researchreport "
    "reportseries reportcomponent reportpart white whitepaper",
    "article": "preprint postedcontent unpublishedpreprint workingpaper eprint posted "
    "workingpaperpreprint researchproposal",
    "manuscript": "manuscript unpublished unpb unpublishedwork",
    "dataset": "dataset data dataverse database aggdat dbase datasetreference onlinedatabase",
    "software": "software computerprogram comp program sourcecode",
    "webpage": "webpage online electronic www elec web website webpagereference onlinemultimedia "
    "blog",
    "patent": "patent pat patentreference",
    "standard": "standard stand standardseries ieeestandards",
    "review": "review peerreview peerreviewreport",
    "review-book": "bookreview",
    "article-magazine": "magazinearticle articlemagazine mgzn magazine ieeemagazines",
    "article-newspaper": "newspaperarticle articlenewspaper newspaper news",
    "entry-encyclopedia": "encyclopediaarticle encyclopediaentry entryencyclopedia ency encyc "
    "inreference encyclopedia",
    "entry-dictionary": "dictionaryentry entrydictionary dict dictionary",
    "entry": "entry reference-entry",
    "periodical": "periodical",
    "speech": "presentation speech slide lecture talk audiovisualpresentation",
    "interview": "interview",
    "legal_case": "case legalcase jurisdiction caseslaw",
    "legislation": "statute legislation stat",
    "bill": "bill",
    "hearing": "hearing hear",
    "regulation": "legalruleorregulation regulation",
    "map": "map",
    "motion_picture": "film videorecording motionpicture video vide mpct filmorbroadcast movie "
    "audiovisual audiovisualmaterial advs",
    "song": "audiorecording song sound music audio soun recording",
    "graphic": "artwork graphic image art",
    "figure": "figure fig chart",
    "personal_communication": "letterreference personalcommunication email pcomm icomm "
    "instantmessage",
    "post-weblog": "blogpost postweblog",
    "post": "post forumpost",
    "broadcast": "tvbroadcast radiobroadcast podcast broadcast",
    "pamphlet": "booklet pamphlet pamp",
    "musical_score": "musicalscore",
    "classic": "classicalwork clswk classic",
    "treaty": "treaty",
    "performance": "performance",
    "event": "event",
    "document": "document misc generic gen other",
}
_TYPES: Final = {
    CONFERENCE: "conferencepaper inproceedings proceedingsarticle paperconference conference "
    "cpaper conf proceedings conferenceproceedings proceedingspaper conferencearticle "
    "conferenceobject ieeeconferences",
    JOURNAL: "journalarticle article articlejournal jour journal jfull ejour researcharticle "
    "magazinearticle mgzn articlemagazine reviewarticle ieeejournals ieeeearlyaccessarticles",
}
_LONGEST: Final = 100
"""Characters of a type that are read."""
_KINDS: Final = MappingProxyType({word: kind for kind, text in _WORDS.items()
                                  for word in text.split()})  # fmt: skip
_PAPER_TYPES: Final = MappingProxyType({word: type for type, text in _TYPES.items()
                                        for word in text.split()})  # fmt: skip
_GENRES: Final = MappingProxyType({
    "phdthesis": "PhD thesis", "doctoralthesis": "PhD thesis", "mastersthesis": "Master's thesis",
    "masterthesis": "Master's thesis", "mathesis": "Master's thesis",
    "bachelorthesis": "Bachelor's thesis", "candthesis": "Candidate thesis",
    "techreport": "Technical report", "technicalreport": "Technical report",
    "workingpaper": "Working paper",
})  # fmt: skip


def kind_of(words: str) -> str:
    """Returns the CSL type that the words of a dump name; empty where they name none.

    >>> kind_of("phdthesis"), kind_of("Book Section"), kind_of("paper-conference"), kind_of("x")
    ('thesis', 'chapter', 'paper-conference', '')
    """
    if words in KIND_LABELS and words != "article":
        return words
    return _KINDS.get(_letters(words[:_LONGEST]), "")


def genre_of(words: str) -> str:
    """Returns the kind within a kind that the words of a dump name ("phdthesis": "PhD thesis")."""
    return _GENRES.get(_letters(words[:_LONGEST]), "")


def paper_type(text: str) -> str:
    """Maps a type in the words of any dump to one of `PAPER_TYPES`, or to nothing."""
    if text in _TYPES:
        return text
    return _PAPER_TYPES.get(_letters(text[:_LONGEST]), "")


@lru_cache(maxsize=256)  # the records of a dump are of a few types
def _letters(words: str) -> str:
    return re.sub(r"[^a-z]", "", words.casefold())
