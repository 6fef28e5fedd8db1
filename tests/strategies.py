"""Hypothesis strategies: papers, collections, clauses and queries that meet each other often.

Words, names and venues come from small pools, so that random queries find something; the pools
hold what is hard: compounds in three spellings, accents in two normal forms, TeX, initials, DBLP
numbers, homonyms, missing fields.
"""

from __future__ import annotations

import unicodedata

from hypothesis import strategies as st

from indexer.author import Author
from indexer.paper import PAPER_TYPES, Paper
from indexer.publication import UNPUBLISHED, Publication
from indexer.query import (
    And,
    AuthorName,
    Clause,
    FacetField,
    Filter,
    Fuzzy,
    Has,
    Match,
    Not,
    Occur,
    Or,
    Part,
    Phrase,
    Position,
    Query,
    Sort,
    TextField,
    Value,
    Wildcard,
    Word,
    Words,
    YearRange,
    Years,
)
from indexer.search import FacetRequest

WORDS = (
    "learning learned Learner deep federated the of to be is all graph graphs network networks "
    "non-invasive noninvasive non invasive one-to-one L'Engle's $\\ell_2$ l2 $\\textbf{G}$roup "
    "group 15\\% naïve naive Müller Mueller muller Hans-Jürgen Jürgen ell_2 "
    "c++ 12,000 2.0 a/b i.e. 中文 x"
).split()
NAMES = (
    "Martin Jaggi",
    "M. Jaggi",
    "MARTIN JAGGI",
    "Tao Lin",
    "Tao Lin 0004",
    "François Fleuret",
    "Francois Fleuret",
    unicodedata.normalize("NFD", "Martin Takáč"),
    "Simon Lacoste-Julien",
    "Julien Lacoste",
    "Madeleine L'Engle",
    "J. R. R. Tolkien",
    "Hans-Jürgen Müller",
    "Juergen Mueller",
    "Li",
    "王 伟",
)
VENUES = ("ICML", "NeurIPS", "Zürich Workshop", "icml")
YEARS = (1999, 2016, 2019, 2020, 2021)
_text_fields: tuple[TextField | None, ...] = (None, None, "title", "abstract", "author")
_facets: tuple[FacetField, ...] = ("venue", "year", "type", "author")

words = st.sampled_from(WORDS)
names = st.sampled_from(NAMES)
texts = st.lists(words, min_size=1, max_size=9).map(" ".join)
boosts = st.sampled_from((1.0, 1.0, 1.0, 0.5, 3.0))


def author_details(names: tuple[str, ...]) -> st.SearchStrategy[tuple[Author, ...]]:
    """What a source may know of these authors: nothing, or something of some."""
    halves = st.sampled_from((("", ""), ("Ann Mary", "van Lee"), ("Bo", "Xu")))

    def one(name: str) -> st.SearchStrategy[Author]:
        given, _, family = name.rpartition(" ")
        return st.one_of(
            st.just(Author(name)),
            st.just(Author(name, family=family, given=given)),
            st.just(Author(name, literal=True)),
            halves.map(lambda parts: Author(name, family=parts[1], given=parts[0])),
            st.builds(
                Author,
                st.just(name),
                family=st.just(family),
                particle=st.sampled_from(("", "van der")),
                dropping_particle=st.sampled_from(("", "von")),
                suffix=st.sampled_from(("", "Jr.")),
                orcid=st.sampled_from(("", "0000-0002-1825-0097")),
                affiliations=st.sampled_from(((), ("EPFL",), ("ETH Zürich", "EPFL"))),
                source_id=st.sampled_from(("", "~Ann_Lee1")),
            ),
        )

    known = st.tuples(*(one(name) for name in names))
    return st.one_of(st.just(()), known.filter(lambda all_: any(a.has_details for a in all_)))


identifiers = st.lists(
    st.sampled_from((
        ("arxiv", "1706.03762"), ("isbn", "9783161484100"), ("isbn", "0306406152"),
        ("pmid", "123"), ("issn", "2049-3630"), ("own", "42"),
    )),
    max_size=3, unique=True,
).map(lambda pairs: tuple(sorted(pairs)))  # fmt: skip
publications = st.one_of(
    st.just(UNPUBLISHED),
    st.builds(
        Publication,
        kind=st.sampled_from(("", "thesis", "chapter", "article")),
        venue_printed=st.sampled_from(("", "Proceedings of the 12th Workshop")),
        volume=st.sampled_from(("", "12")),
        pages=st.sampled_from(("", "45-67", "S1-S9, S12")),
        editors=st.sampled_from(((), (Author("Ed It", family="It", given="Ed"), Author("E. D.")))),
        date=st.sampled_from(("", "2019-05", "2019-05-01/2019-05-04")),
        language=st.sampled_from(("", "en", "pt-BR")),
        pdf_url=st.sampled_from(("", "https://example.org/p.pdf")),
        retracted=st.booleans(),
        subjects=st.sampled_from(((), ("cs.LG", "Humans"))),
        note=st.sampled_from(("", "12 pages")),
    ),
)


@st.composite
def papers(draw: st.DrawFn, *, id: str = "") -> Paper:
    """Draw one paper; its id is drawn, too, unless given."""
    authors = tuple(draw(st.lists(names, max_size=4)))
    return Paper(
        id=id or draw(st.text("abcxyz0123456789-.", min_size=1, max_size=6)),
        title=draw(texts),
        abstract=draw(st.one_of(st.just(""), texts, texts)),
        authors=authors,
        venue=draw(st.sampled_from(("", *VENUES))),
        year=draw(st.sampled_from((None, *YEARS))),
        type=draw(st.sampled_from(("", *PAPER_TYPES))),
        doi=draw(st.sampled_from(("", "10.1000/xyz"))),
        url=draw(st.sampled_from(("", "https://example.org/p"))),
        keywords=tuple(draw(st.lists(words, max_size=2))),
        authors_complete=draw(st.booleans()),
        source=draw(st.sampled_from(("", "a.bib:12"))),
        author_details=draw(author_details(authors)),
        identifiers=draw(identifiers),
        publication=draw(publications),
    )


@st.composite
def collections(draw: st.DrawFn, *, min_size: int = 0, max_size: int = 12) -> tuple[Paper, ...]:
    """Draw papers with distinct ids, in no order."""
    ids = draw(st.lists(st.integers(0, 999), min_size=min_size, max_size=max_size, unique=True))
    return tuple(draw(papers(id=f"p{number}")) for number in ids)


fields = st.sampled_from(_text_fields)
word_clauses = st.builds(Word, st.one_of(words, names), fields, st.booleans(), boosts)
phrases = st.builds(
    Phrase,
    st.one_of(st.lists(words, max_size=3).map(" ".join), names),
    fields,
    st.sampled_from((0, 0, 1, 3)),
    boosts,
)
wildcards = st.builds(
    Wildcard,
    st.sampled_from(("learn*", "*ing", "n?t*", "non-inv*", "l*", "*", "gr??p", "zzz*", "MÜL*")),
    fields,
    boosts,
)
fuzzies = st.builds(
    Fuzzy,
    st.sampled_from(("lerning", "gruop", "netwrk", "jagi", "noninvasve", "zzzzzz")),
    st.sampled_from((1, 2)),
    fields,
    boosts,
)
author_names = st.builds(
    AuthorName,
    st.one_of(
        names,
        st.sampled_from(
            (
                "Jaggi, M",
                "Jaggi",
                "Lacoste Julien",
                "LacosteJulien",
                "j",
                "lin 0004",
                "Takac",
                "H. Mueller",
                "Muller",
                "",
            )
        ),
    ),
    st.sampled_from(tuple(Position)),
    st.booleans(),
)
record_clauses: st.SearchStrategy[Clause] = st.one_of(
    st.builds(Value, st.just("venue"), st.sampled_from((*VENUES, "zurich workshop", "none"))),
    st.builds(Value, st.just("type"), st.sampled_from((*PAPER_TYPES, "journal article"))),
    st.builds(Value, st.just("id"), st.sampled_from(("p1", "P2", "no such"))),
    st.builds(Years, st.sampled_from((None, *YEARS)), st.sampled_from((None, *YEARS))),
    st.builds(
        Has,
        st.sampled_from(("abstract", "authors", "venue", "year", "type", "doi", "url", "keywords")),
    ),
)
leaf_clauses: st.SearchStrategy[Clause] = st.one_of(
    word_clauses, word_clauses, phrases, wildcards, fuzzies, author_names, record_clauses
)


def _grown(inner: st.SearchStrategy[Clause]) -> st.SearchStrategy[Clause]:
    some = st.lists(inner, min_size=1, max_size=3).map(tuple)
    parts = st.builds(
        Part, inner, st.sampled_from((Occur.DEFAULT, Occur.DEFAULT, Occur.REQUIRED, Occur.EXCLUDED))
    )
    return st.one_of(
        st.builds(Words, st.lists(parts, min_size=1, max_size=4).map(tuple)),
        st.builds(And, some),
        st.builds(Or, some),
        st.builds(Not, inner),
    )


clauses = st.recursive(leaf_clauses, _grown, max_leaves=6)
"""Whole trees; most are small."""
runs = st.builds(
    Words,
    st.lists(st.builds(Part, word_clauses), min_size=1, max_size=4).map(tuple),
)
"""What people type: words side by side."""


@st.composite
def filters(draw: st.DrawFn) -> tuple[Filter, ...]:
    """Draw at most one filter a facet; values that exist, "unknown", and one that does not."""
    pools: dict[FacetField, tuple[str, ...]] = {
        "venue": (*VENUES, "unknown", "Nowhere"),
        "year": (*map(str, YEARS), "unknown", "1066"),
        "type": (*PAPER_TYPES, "unknown", "Leaflet"),
        "author": (*NAMES, "martin jaggi", "unknown", "Nobody"),
    }
    drawn = []
    for field in _facets:
        if draw(st.integers(0, 5)) == 5:
            values = st.lists(st.sampled_from(pools[field]), max_size=2, unique=True).map(tuple)
            drawn.append(Filter(field, draw(values), draw(values)))
    return tuple(drawn)


years = st.one_of(
    st.just(YearRange()),
    st.just(YearRange()),
    st.builds(YearRange, st.sampled_from((None, *YEARS)), st.sampled_from((None, *YEARS))),
)
queries = st.builds(
    Query,
    text=st.just(""),
    clause=st.one_of(st.none(), runs, clauses, clauses),
    repairs=st.just(()),
    filters=filters(),
    years=years,
    match=st.sampled_from(tuple(Match)),
    sort=st.sampled_from(tuple(Sort)),
    page=st.integers(1, 3),
    per_page=st.sampled_from((0, 1, 5, 20)),
)
facet_requests = st.tuples(
    *(
        st.builds(
            FacetRequest,
            st.just(field),
            st.sampled_from((0, 1, 3, 20)),
            st.sampled_from((0, 0, 1)),
            st.sampled_from(("", "", "i", "JAGGI", "ü", "mue")),
        )
        for field in _facets
    )
)
