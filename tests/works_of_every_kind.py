"""Papers of every kind, each with all the fields that such a work has."""

from __future__ import annotations

from dataclasses import replace

from indexer.author import Author
from indexer.paper import CONFERENCE, JOURNAL, Paper
from indexer.publication import KIND_LABELS, Publication

LOVELACE = Author("Ada Lovelace", family="Lovelace", given="Ada", orcid="0000-0002-1825-0097")
PLAS = Author("Lonneke van der Plas", family="Plas", given="Lonneke", particle="van der")
KING = Author("Martin Luther King, Jr.", family="King", given="Martin Luther", suffix="Jr.")
YIH = Author("Wen-tau Yih", family="Yih", given="Wen-tau")
GOOL = Author("Luc Van Gool", family="Van Gool", given="Luc")
MARQUEZ = Author("Gabriel García Márquez", family="García Márquez", given="Gabriel")
HUMBOLDT = Author(
    "Alexander von Humboldt", family="Humboldt", given="Alexander", dropping_particle="von"
)
WHO = Author("World Health Organization", literal=True)
ATLAS = Author("ATLAS Collaboration", literal=True)
GASSET = Author("José Ortega y Gasset", family="Ortega y Gasset", given="José")
DENIS = Author("Jean d'Alembert", family="Alembert", given="Jean", particle="d'")


def work(id: str, title: str, people: tuple[Author, ...], venue: str, **fields: object) -> Paper:
    """Returns a paper of 2019 whose authors are in parts."""
    identifiers = fields.pop("identifiers", ())
    paper = Paper(
        id=id,
        title=title,
        authors=tuple(one.name for one in people),
        author_details=people,
        venue=venue,
        year=2019,
        publication=Publication(**fields),  # type: ignore[arg-type]
    )
    return replace(paper, identifiers=identifiers)  # type: ignore[arg-type]


ARTICLE = replace(
    work(
        "article", "Flying kites with 3D strings", (KING, PLAS, YIH), "Journal of Kites",
        volume="12", issue="3", pages="45-67", date="2019-05-17", venue_short="J. Kites",
        language="en", licence="https://creativecommons.org/licenses/by/4.0/", note="With plates",
        pdf_url="https://example.org/a_b.pdf", subjects=("Humans", "Wind, strong"),
        identifiers=(("issn", "2049-3630"), ("pmcid", "PMC123"), ("pmid", "456")),
    ),
    type=JOURNAL, doi="10.1234/kites_1", url="https://example.org/kites_1",
    keywords=("kites", "strings, long"), abstract="We fly 5% of the kites.",
)  # fmt: skip
NUMBERED = replace(
    work("numbered", "Kites by number?", (GOOL, WHO), "PLOS Kites", volume="7",
         article_number="e1234"),
    type=JOURNAL,
)  # fmt: skip
CONFERENCE_PAPER = replace(
    work(
        "conference", "Kites that learn: a study", (YIH, ATLAS), "ICK",
        venue_printed="Proceedings of the 3rd International Conference on Kites",
        event="Third International Conference on Kites", event_place="Lisbon, Portugal",
        pages="1-9", publisher="Kite Press", place="Delft", editors=(LOVELACE, GASSET),
        series="Lecture Notes in Kites", volume="99", subtitle="a study", date="2019-07",
        identifiers=(("acl", "2019.ick-1.4"), ("isbn", "9783161484100")),
    ),
    type=CONFERENCE,
)  # fmt: skip
CHAPTER = work(
    "chapter", "Strings", (LOVELACE, GASSET), "Book of Kites", kind="chapter", chapter="4",
    pages="33-44", publisher="Kite Press", place="London", editors=(PLAS,), edition="2",
    series="Kite Library", series_number="8", identifiers=(("isbn", "9783161484100"),),
)  # fmt: skip
BOOK = work(
    "book", "The Book of Kites", (HUMBOLDT,), "", kind="book", publisher="Kite Press",
    place="London", edition="3", page_count="321", original_title="Das Buch der Drachen",
    series="Kite Library", series_number="9", language="de",
    identifiers=(("isbn", "9783161484100"),),
)  # fmt: skip
THESIS = work(
    "thesis", "Kite Algebra", (DENIS,), "University of Kites", kind="thesis",
    genre="PhD thesis", place="Paris",
)  # fmt: skip
MASTER = work(
    "master", "Small Kites", (MARQUEZ,), "University of Kites", kind="thesis",
    genre="Master's thesis",
)  # fmt: skip
REPORT = work(
    "report", "World kite report", (WHO,), "Kite Laboratory", kind="report",
    genre="Technical report", number="TR-7", place="Geneva",
)  # fmt: skip
PREPRINT = work(
    "preprint", "Attention kites", (YIH, GOOL), "arXiv", kind="article", date="2019-06-12",
    subjects=("cs.LG",), note="12 pages, 3 figures", identifiers=(("arxiv", "1906.03762"),),
)  # fmt: skip
DATASET = work(
    "dataset",
    "A million kites",
    (LOVELACE,),
    "Kite Archive",
    kind="dataset",
    publisher="Kite Archive",
    version="2.1",
)
SOFTWARE = work(
    "software", "Kite simulator", (LOVELACE, WHO), "", kind="software", version="v1.4.0-rc1",
    publisher="Kite Archive", date="2019-03-02", licence="MIT",
)  # fmt: skip
WEBPAGE = replace(
    work("webpage", "How to fly", (), "Kites Online", kind="webpage"),
    url="https://example.org/fly",
)
RETRACTED = replace(
    work("retracted", "Kites of í, ß and α ~ β", (MARQUEZ,), "Journal of Kites", retracted=True),
    type=JOURNAL,
    authors_complete=False,
)
DESCRIBED = (
    ARTICLE, NUMBERED, CONFERENCE_PAPER, CHAPTER, BOOK, THESIS, MASTER, REPORT, PREPRINT, DATASET,
    SOFTWARE, WEBPAGE, RETRACTED,
)  # fmt: skip
"""Works with all their fields."""
OTHERS = tuple(
    work(f"kind-{kind}", f"A {label.lower()} of kites", (LOVELACE,), "Kite Matters", kind=kind)
    for kind, label in sorted(KIND_LABELS.items())
)
"""A work of each kind that CSL knows."""
EVERY = (*DESCRIBED, *OTHERS)
