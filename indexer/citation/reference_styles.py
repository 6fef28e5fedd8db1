"""References in the styles of APA, IEEE, ACM, MLA, Chicago (author-date) and ACL.

After the Publication Manual of the APA (7th ed.), the IEEE Reference Guide (2023), ACM's citation
style (acm.org/publications/authors/reference-formatting), the MLA Handbook (9th ed.), the Chicago
Manual of Style (17th ed., chapter 15) and ACL's natbib style. Titles keep the case of their
source, for nobody but their authors knows which words are names.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from indexer.citation import reference as ref
from indexer.citation.names import editors, people
from indexer.citation.reference import Part, Reference, Run, italic, listed, sentences, shown
from indexer.errors import QueryError
from indexer.paper import Paper

_PERIODICALS: Final = frozenset(
    ("article-journal", "article-magazine", "article-newspaper", "review", "review-book")
)
_PARTS: Final = frozenset(
    ("paper-conference", "chapter", "entry", "entry-dictionary", "entry-encyclopedia")
)
_BRACKETS: Final = MappingProxyType({
    "dataset": "Data set", "software": "Computer software", "speech": "Conference presentation",
    "motion_picture": "Film", "map": "Map", "interview": "Interview",
})  # fmt: skip


class _Facts:
    """What the styles need of a paper, as plain text."""

    def __init__(self, paper: Paper) -> None:
        known = paper.publication
        self.paper = paper
        self.people = people(paper)
        self.editors = editors(paper)
        self.editor_role = "Ed." if len(self.editors) == 1 else "Eds."
        self.title = shown(paper.title)
        self.venue = shown(paper.venue_name)
        self.year = ref.year_of(paper)
        self.volume, self.issue = shown(known.volume), shown(known.issue)
        self.pages = shown(known.pages)
        self.article = shown(known.article_number)
        self.publisher, self.place = shown(known.publisher), shown(known.place)
        self.link = ref.link(paper)
        self.genre = shown(known.genre)
        self.number = shown(known.number)
        self.arxiv = paper.identifier("arxiv")
        kind = paper.kind
        self.in_journal = kind in _PERIODICALS and bool(self.venue)
        self.in_book = (kind in _PARTS or not kind) and bool(self.venue)
        self.is_thesis, self.is_report = kind == "thesis", kind == "report"
        named = self.venue.lower()
        self.is_preprint = (
            kind == "article" or named in ("arxiv", "corr") or (bool(self.arxiv) and not named)
        )
        self.is_book = kind in ("book", "collection")
        self.bracket = _BRACKETS.get(kind, "")
        self.school = self.publisher or self.venue
        if not self.in_journal and not self.in_book and not self.is_preprint:
            self.publisher = self.school

    def degree(self, doctor: str) -> str:
        """Returns what a thesis is called."""
        if not self.genre or self.genre.casefold() in ("phd thesis", "doctoral thesis"):
            return doctor
        return self.genre

    def names(self, *, short: bool, last: str, two: str = "", most: int = 0, first: int = 1) -> str:
        """Returns the authors, given names first."""
        names = ref.each_name(self.people, lambda person: ref.given_first(person, short=short))
        text = ref.name_list(names, last=last, two=two, most=most, first=first)
        if len(names) == 1 and not self.paper.authors_complete:
            return f"{text} et al."
        return ref.with_others(text, self.paper)

    def editor_names(self, *, short: bool, last: str, two: str) -> str:
        """Returns the editors of the volume, given names first."""
        names = ref.each_name(self.editors, lambda person: ref.given_first(person, short=short))
        return ref.name_list(names, last=last, two=two)

    def source(self) -> str:
        """Returns where a work stands that is neither in a journal nor in a book."""
        if self.is_preprint and self.arxiv:
            return "arXiv"
        return self.venue or self.publisher


def apa(paper: Paper) -> Reference:
    """Returns a reference in the style of the American Psychological Association."""
    facts = _Facts(paper)
    names = ref.each_name(facts.people, lambda person: ref.family_first(person, short=True))
    if len(names) > 20:
        by = f"{', '.join(names[:19])}, … {names[-1]}"
    else:
        by = ref.with_others(ref.name_list(names, last=", & "), paper)
    year = f"({facts.year or 'n.d.'})"
    issue = f"({facts.issue})" if facts.issue else ""
    volume: Part = [Run(facts.volume, italic=True), issue]
    pages = ref.page_span(facts.pages)
    stop = "" if by.endswith(".") else "."
    start: Part = f"{by}{stop} {year}" if by else ""
    late = "" if by else year
    if facts.in_journal:
        numbers = pages or (f"Article {facts.article}" if facts.article else "")
        body: list[Part] = [facts.title, late, listed([italic(facts.venue), volume, numbers])]
    elif facts.in_book:
        edited = facts.editor_names(short=True, last=", & ", two=" & ")
        role = facts.editor_role
        where = ", ".join(part for part in (
            f"Vol. {facts.volume}" if facts.volume else "",
            ref.pages_label(facts.pages, "p.", "pp."),
        ) if part)  # fmt: skip
        inside: Part = [f"In {edited} ({role}), " if edited else "In ", italic(facts.venue),
                  f" ({where})" if where else ""]  # fmt: skip
        body = [facts.title, late, inside, facts.publisher]
    else:
        number = f" (Report No. {facts.number})" if facts.is_report and facts.number else ""
        edition = ref.edition_or_version(paper.publication, "ed.")
        bracket = facts.bracket
        if facts.is_thesis:
            bracket = ", ".join(
                part for part in (facts.degree("Doctoral dissertation"), facts.school) if part
            )
        title: Part = [italic(facts.title), number, f" ({edition})" if edition else "",
                 f" [{bracket}]" if bracket else ""]  # fmt: skip
        publisher = "" if facts.is_thesis else facts.source()
        if facts.is_book or facts.is_report:
            publisher = facts.school
        body = [title, late, publisher]
    return sentences([start, *body, facts.link])


def ieee(paper: Paper) -> Reference:
    """Returns a reference in the style of the IEEE, without its number."""
    facts = _Facts(paper)
    by = facts.names(short=True, last=", and ", two=" and ", most=6)
    month = ref.month_of(paper)
    date = f"{month[:3] + '.' if len(month) > 4 else month} {facts.year}".strip()
    pages = ref.pages_label(facts.pages, "p.", "pp.")
    doi = f"doi: {paper.doi}" if paper.doi else ""
    volume = f"vol. {facts.volume}" if facts.volume else ""
    issue = f"no. {facts.issue}" if facts.issue else ""
    article = f"Art. no. {facts.article}" if facts.article and not pages else ""
    quoted = ref.quoted(facts.title, ",")
    online = ""
    if not doi and facts.link:
        online = f"[Online]. Available: {facts.link}"
    lead = f"{by}, " if by else ""
    if facts.in_journal:
        body = listed([italic(facts.venue), volume, issue, pages, article, date, doi])
        text: Part = [f"{lead}{quoted} ", *body]
    elif facts.in_book:
        edited = facts.editor_names(short=True, last=", and ", two=" and ")
        role = facts.editor_role
        place = shown(paper.publication.event_place)
        body = listed([italic(facts.venue), f"{edited}, {role}" if edited else "", volume,
                       place or facts.place, facts.publisher, date, pages, article,
                       doi])  # fmt: skip
        text = [f"{lead}{quoted} in ", *body]
    elif facts.is_book:
        edition = ref.edition_or_version(paper.publication, "ed.")
        house = ": ".join(part for part in (facts.place, facts.publisher) if part)
        house = " ".join(part for part in (edition, house) if part)
        text = [lead, *listed([italic(facts.title), house, date, doi])]
    else:
        named = facts.degree("Ph.D. dissertation") if facts.is_thesis else facts.genre
        if facts.is_preprint and facts.arxiv:
            named = f"arXiv:{facts.arxiv}"
        elif facts.is_report:
            named = " ".join(part for part in ("Rep.", facts.number) if part)
        where = facts.school if facts.is_thesis or facts.is_report else facts.source()
        where = "" if where.lower() in ("arxiv", "corr") and named else where
        source = (named, where) if facts.is_thesis else (where, named)
        version = ref.edition_or_version(paper.publication, "ed.").lower()
        body = listed([version, *source, facts.place if facts.is_thesis else "", date, doi])
        text = [f"{lead}{quoted} ", *body]
    return sentences([text, online])


def acm(paper: Paper) -> Reference:
    """Returns a reference in the style of the Association for Computing Machinery."""
    facts = _Facts(paper)
    by = facts.names(short=False, last=", and ", two=" and ")
    house = ", ".join(part for part in (facts.publisher, facts.place) if part)
    pages = ref.page_span(facts.pages)
    if facts.in_journal:
        month = ref.month_of(paper)
        date = f"{month[:3] + '.' if len(month) > 4 else month} {facts.year}".strip()
        date = f" ({date})" if date else ""
        numbers = ", ".join(part for part in (facts.volume, facts.issue) if part)
        article = f"Article {facts.article}" if facts.article else ""
        head: Part = [italic(facts.venue), f" {numbers}" if numbers else "",
                f", {article}" if article else "", date]  # fmt: skip
        body: list[Part] = [facts.title, listed([head, pages])]
    elif facts.in_book:
        edited = facts.editor_names(short=False, last=", and ", two=" and ")
        role = facts.editor_role
        inside = listed([italic(facts.venue), f"{edited} ({role})" if edited else "", house,
                         pages or facts.article])  # fmt: skip
        body = [facts.title, ["In ", *inside]]
    else:
        edition = ref.edition_or_version(paper.publication, "ed.")
        title: Part = [italic(facts.title), f" ({edition})" if edition else ""]
        if facts.is_thesis:
            body = [title, facts.degree("Ph.D. Dissertation"), facts.school]
        elif facts.is_report:
            named = f"{facts.genre or 'Technical Report'} {facts.number}".strip()
            body = [title, named, facts.school]
        elif facts.is_preprint and facts.arxiv:
            body = [facts.title, f"arXiv:{facts.arxiv}"]
        else:
            body = [title, house or facts.venue]
    return sentences([by or body[0], facts.year, *(body if by else body[1:]), facts.link])


def mla(paper: Paper) -> Reference:
    """Returns a reference in the style of the Modern Language Association."""
    facts = _Facts(paper)
    names = [ref.family_first(facts.people[0], short=False)] if facts.people else []
    names += [ref.given_first(person) for person in facts.people[1:]]
    by = ref.with_others(ref.name_list(names, last=", and ", most=2).replace(" et al.", ", et al."),
                         paper)  # fmt: skip
    edited = facts.editor_names(short=False, last=", and ", two=" and ")
    pages = ref.pages_label(facts.pages, "p.", "pp.")
    volume = f"vol. {facts.volume}" if facts.volume else ""
    issue = f"no. {facts.issue}" if facts.issue else ""
    month = ref.month_of(paper)
    date = f"{month[:3] + '.' if len(month) > 4 else month} {facts.year}".strip()
    if facts.in_journal:
        source = listed([italic(facts.venue), volume, issue, date, pages or facts.article,
                         facts.link])  # fmt: skip
        title: Part = ref.quoted(facts.title, ".")
    elif facts.in_book:
        source = listed([italic(facts.venue), f"edited by {edited}" if edited else "", volume,
                         facts.publisher, facts.year, pages, facts.link])  # fmt: skip
        title = ref.quoted(facts.title, ".")
    else:
        edition = ref.edition_or_version(paper.publication, "ed.")
        degree = facts.degree("PhD dissertation") if facts.is_thesis else ""
        house = facts.source() if not facts.publisher else facts.publisher
        source = listed([edition, house, facts.year, degree, facts.link])
        title = italic(facts.title)
    return sentences([by, title, source])


def chicago(paper: Paper) -> Reference:
    """Returns a reference in the author-date style of the Chicago Manual of Style."""
    facts = _Facts(paper)
    names = [ref.family_first(facts.people[0], short=False)] if facts.people else []
    names += [ref.given_first(person) for person in facts.people[1:]]
    by = ref.with_others(ref.name_list(names, last=", and ", most=10, first=7), paper)
    house = ": ".join(part for part in (facts.place, facts.publisher) if part)
    pages = ref.page_span(facts.pages) or facts.article
    quoted = ref.quoted(facts.title, ".")
    year = facts.year or "n.d."
    if facts.in_journal:
        numbers = f" {facts.volume}" if facts.volume else ""
        issue = f" ({facts.issue})" if facts.issue and facts.volume else (
            f", no. {facts.issue}" if facts.issue else "")  # fmt: skip
        body: list[Part] = [
            quoted, [italic(facts.venue), numbers, issue, f": {pages}" if pages else ""],
        ]  # fmt: skip
    elif facts.in_book:
        edited = facts.editor_names(short=False, last=", and ", two=" and ")
        inside = listed([italic(facts.venue), f"edited by {edited}" if edited else "", pages])
        body = [quoted, ["In ", *inside], house]
    elif facts.is_thesis:
        body = [quoted, listed([facts.degree("PhD diss."), facts.school])]
    else:
        edition = ref.edition_or_version(paper.publication, "ed.")
        number = f"arXiv:{facts.arxiv}" if facts.is_preprint and facts.arxiv else facts.number
        body = [italic(facts.title), edition, number, house or ("" if number else facts.venue)]
    return sentences([by or body[0], year, *(body if by else body[1:]), facts.link])


def acl(paper: Paper) -> Reference:
    """Returns a reference in the style of the Association for Computational Linguistics."""
    facts = _Facts(paper)
    by = facts.names(short=False, last=", and ", two=" and ")
    pages = ref.page_span(facts.pages)
    if facts.in_journal:
        numbers = facts.volume + (f"({facts.issue})" if facts.issue else "")
        numbers = ":".join(part for part in (numbers, pages or facts.article) if part)
        body: list[Part] = [facts.title, listed([italic(facts.venue), numbers])]
    elif facts.in_book:
        place = shown(paper.publication.event_place) or facts.place
        body = [facts.title,
                ["In ", *listed([italic(facts.venue),
                                 ref.pages_label(facts.pages, "page", "pages"), place])],
                facts.publisher]  # fmt: skip
    elif facts.is_thesis:
        body = [[italic(facts.title)], listed([facts.degree("Ph.D. thesis"), facts.school])]
    elif facts.is_preprint and facts.arxiv:
        body = [facts.title, [Run("arXiv preprint", italic=True), f" arXiv:{facts.arxiv}"]]
    else:
        edition = ref.edition_or_version(paper.publication, "edition")
        report = " ".join(part for part in (facts.genre or "Technical report", facts.number)
                          if part) if facts.is_report else ""  # fmt: skip
        house = ", ".join(part for part in (facts.publisher or facts.venue, facts.place) if part)
        body = [listed([italic(facts.title), edition]), listed([report, house])]
    return sentences([by or body[0], facts.year, *(body if by else body[1:]), facts.link])


REFERENCE_STYLES: Final = MappingProxyType({
    "apa": ("APA", apa), "ieee": ("IEEE", ieee), "acm": ("ACM", acm), "mla": ("MLA", mla),
    "chicago": ("Chicago", chicago), "acl": ("ACL", acl),
})  # fmt: skip
"""The styles by name: the label of a page, and the function that writes a reference."""


def format_reference(paper: Paper, style: str) -> Reference:
    """Returns a paper as a style, a key of `REFERENCE_STYLES`, cites it.

    Raises:
        QueryError: when there is no such style.
    """
    return reference_style(style)(paper)


def reference_style(name: str) -> Callable[[Paper], Reference]:
    """Returns the function of a style; raises `QueryError` when there is none of the name."""
    known = REFERENCE_STYLES.get(name.strip().lower())
    if known is None:
        names = ", ".join(REFERENCE_STYLES)
        raise QueryError("style", f"expected one of {names}; got '{name[:80]}'")
    return known[1]
