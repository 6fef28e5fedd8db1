"""BibTeX (www.bibtex.org/Format) and biblatex (ctan.org/pkg/biblatex): one entry a paper.

Fields that the styles know carry what they are made for; what no style knows has the names that
JabRef, Better BibTeX and publishers' sites use, or those of `indexer.record.extra_fields`, which
styles pass over. Authors of a list that the dump cut short end in ``and others``, as BibTeX has it.
biblatex takes ORCID iDs as annotations of names (manual, 3.7).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from indexer.author import Author
from indexer.citation.entry_types import biblatex_type, bibtex_type, says_kind
from indexer.citation.keys import KeyRing
from indexer.citation.names import bibtex_name, each, editors, people
from indexer.citation.options import CitationOptions
from indexer.citation.texsafe import tex_text, tex_title
from indexer.paper import Paper
from indexer.publication import KIND_LABELS
from indexer.record.extra_fields import (
    EXTRA_NAMES,
    PAPER_ID,
    PERSON_NAMES,
    extra_fields,
)
from indexer.record.identifiers import SCHEMES

_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_SCHEMES: Final = {
    "pmid": "pmid", "pmcid": "pmcid", "mag": "mag", "openalex": "openalex",
    "openreview": "openreview", "s2": "s2id", "wos": "unique-id", "acl": "anthology-id",
}  # fmt: skip
"""Fields of identifiers."""
_CONTAINERS: Final = {
    "article": "journal", "inproceedings": "booktitle", "incollection": "booktitle",
    "inreference": "booktitle", "phdthesis": "school", "mastersthesis": "school",
    "thesis": "institution", "techreport": "institution", "report": "institution",
}  # fmt: skip
_NUMBERED: Final = ("techreport", "report", "patent", "manual", "standard")
_RANGE = re.compile(r"(?<=\w)-(?=\w)")
_PLACED: Final = (EXTRA_NAMES - {PAPER_ID, "subtitle", *SCHEMES, *PERSON_NAMES}) | {
    "isbn", "issn", "citekey", "author-literal", "editor-literal",
}  # fmt: skip
"""Fields of `indexer.record.extra_fields` that have one of the names above."""
_ANNOTATED: Final = frozenset(("author-orcid", "editor-orcid"))
"""Fields that biblatex has in annotations of names."""
_VERBATIM = re.compile(r"[{}\\^\s\x00-\x1f\x7f]")


def write(papers: Iterable[Paper], options: CitationOptions) -> Iterator[str]:
    """Write entries of BibTeX, an empty line after each."""
    yield from _entries(papers, options, biblatex=False)


def write_biblatex(papers: Iterable[Paper], options: CitationOptions) -> Iterator[str]:
    """Write entries of biblatex, an empty line after each."""
    yield from _entries(papers, options, biblatex=True)


def _entries(papers: Iterable[Paper], options: CitationOptions, *, biblatex: bool) -> Iterator[str]:
    keys = KeyRing(options.key)
    for paper in papers:
        entry = _Entry(paper, options, biblatex=biblatex)
        lines = [f"@{entry.type}{{{keys.key(paper)},"]
        lines += [f"  {name} = {value}," for name, value in entry.fields()]
        yield "\n".join((*lines, "}", "", ""))


class _Entry:
    """One entry: its type, and its fields as they are written."""

    def __init__(self, paper: Paper, options: CitationOptions, *, biblatex: bool) -> None:
        self.paper = paper
        self.options = options
        self.biblatex = biblatex
        self.type = biblatex_type(paper) if biblatex else bibtex_type(paper)

    def fields(self) -> Iterator[tuple[str, str]]:
        """Returns names and values, in the order in which people read them."""
        for name, value in self._texts():
            if value:
                yield name, value if name == "month" else f"{{{value}}}"

    def _text(self, text: str) -> str:
        return tex_text(text, ascii=self.options.ascii)

    def _title(self, text: str) -> str:
        return tex_title(text, ascii=self.options.ascii)

    def _texts(self) -> Iterator[tuple[str, str]]:
        paper, known = self.paper, self.paper.publication
        yield from self._titles()
        yield "author", self._people()
        yield "editor", " and ".join(each(editors(paper), self._name))
        yield from self._container()
        yield "shortjournal", self._text(known.venue_short)
        yield "series", self._text(known.series)
        yield "volume", self._text(known.volume)
        yield from self._numbers()
        yield "chapter", self._text(known.chapter)
        yield "pages", _RANGE.sub("--", self._text(known.pages))
        yield "eid", self._text(known.article_number)
        yield "pagetotal" if self.biblatex else "numpages", self._text(known.page_count)
        yield "edition", self._text(known.edition)
        yield "version", self._text(known.version)
        yield from self._publisher()
        yield "eventtitle", self._text(known.event)
        yield "venue", self._text(known.event_place)
        yield from self._date()
        yield "type", self._text(known.genre or self._default_genre())
        kind = paper.kind
        yield "entrysubtype", "" if not kind or says_kind(self.type, kind) else KIND_LABELS[kind]
        yield "language", self._text(known.language)
        yield "note", self._text(known.note)
        yield "doi", _verbatim(paper.doi)
        yield "url", _verbatim(paper.url)
        yield from self._identifiers()
        yield "pdf", _verbatim(known.pdf_url)
        yield "license", self._text(known.licence)
        yield "retracted", "true" if known.retracted else ""
        yield from self._extra()
        separator = "; " if any("," in keyword for keyword in paper.keywords) else ", "
        yield "keywords", self._text(separator.join(paper.keywords))
        yield "abstract", self._text(paper.abstract) if self.options.abstract else ""
        if not self.biblatex and not paper.authors and not known.editors:
            yield "key", self._text(paper.title)[:40].split("\\")[0].split("{")[0].strip()

    def _titles(self) -> Iterator[tuple[str, str]]:
        title, subtitle = self.paper.title, self.paper.publication.subtitle
        main = self._main_title()
        if main and self.biblatex:
            yield "title", self._title(main)
            yield "subtitle", self._title(subtitle)
        else:
            yield "title", self._title(title)
            yield "shorttitle", self._title(main)
        yield "origtitle", self._title(self.paper.publication.original_title)

    def _main_title(self) -> str:
        """Returns the title without its subtitle; empty where no subtitle is told."""
        end = f": {self.paper.publication.subtitle}"
        return self.paper.title.removesuffix(end) if self.paper.title.endswith(end) else ""

    def _people(self) -> str:
        names = each(people(self.paper), self._name)
        if names and not self.paper.authors_complete:
            names.append("others")
        return " and ".join(names)

    def _name(self, author: Author) -> str:
        return bibtex_name(author, self._text)

    def _container(self) -> Iterator[tuple[str, str]]:
        name = _CONTAINERS.get(self.type, "howpublished")
        if name == "journal" and self.biblatex:
            name = "journaltitle"
        yield name, self._text(self.paper.venue_name)

    def _numbers(self) -> Iterator[tuple[str, str]]:
        """Returns the numbers; BibTeX knows one, and warns of it beside a volume."""
        known = self.paper.publication
        if self.type == "article":
            yield "number", self._text(known.issue)
            yield "seriesnumber", self._text(known.series_number)
            yield "ownnumber", self._text(known.number)
            return
        yield "issue", self._text(known.issue)
        if self.type in _NUMBERED or (not known.series_number and not known.series):
            yield "number", self._text(known.number)
            yield "seriesnumber", self._text(known.series_number)
        else:
            fits = bool(known.series) and (self.biblatex or not known.volume)
            yield "number" if fits else "seriesnumber", self._text(known.series_number)
            yield "ownnumber", self._text(known.number)

    def _publisher(self) -> Iterator[tuple[str, str]]:
        known = self.paper.publication
        container = _CONTAINERS.get(self.type, "")
        same = container in ("school", "institution") and known.publisher == self.paper.venue_name
        yield "publisher", "" if same else self._text(known.publisher)
        yield "location" if self.biblatex else "address", self._text(known.place)

    def _date(self) -> Iterator[tuple[str, str]]:
        date, year = self.paper.publication.date, self.paper.year
        if self.biblatex:
            yield "date", date or str(year or "")
            return
        yield "year", str(year or date[:4])
        first = date.partition("/")[0].split("-")
        if len(first) > 1:
            yield "month", _MONTHS[int(first[1]) - 1]
        if len(first) > 2:
            yield "day", str(int(first[2]))
        if "/" in date:
            yield "date", date

    def _extra(self) -> Iterator[tuple[str, str]]:
        """Returns what has no field of its own, several values as biblatex lists them."""
        paper = self.paper
        singles = {name for name in (*_SCHEMES, "arxiv") if _is_single(paper, name)}
        if not paper.identifier("arxiv") and _is_single(paper, "handle"):
            singles.add("handle")
        placed = _PLACED | singles
        if self.biblatex:
            placed |= _ANNOTATED
            for role, people_ in (("author", people(paper)), ("editor", editors(paper))):
                orcids = ((place, one.orcid) for place, one in enumerate(people_, start=1))
                told = "; ".join(f'{place}="{orcid}"' for place, orcid in orcids if orcid)
                yield f"{role}+an:orcid", told
        if self._main_title():
            placed |= {"subtitle"}
        grouped: dict[str, list[str]] = {}
        for name, value in extra_fields(paper, placed):
            grouped.setdefault(name, []).append(self._text(value))
        for name, values in grouped.items():
            bare = len(values) == 1 and "{" not in values[0] and " and " not in values[0]
            yield name, values[0] if bare else " and ".join(f"{{{value}}}" for value in values)

    def _default_genre(self) -> str:
        """Returns "Thesis" or "Report" where no more is known: BibTeX would print "PhD thesis"."""
        kind = self.paper.kind
        return KIND_LABELS[kind] if kind in ("thesis", "report") else ""

    def _identifiers(self) -> Iterator[tuple[str, str]]:
        paper = self.paper
        arxiv, handle = paper.identifier("arxiv"), paper.identifier("handle")
        archive = "eprinttype" if self.biblatex else "archiveprefix"
        if arxiv or handle:
            yield "eprint", _verbatim(arxiv or handle)
            yield archive, ("arxiv" if self.biblatex else "arXiv") if arxiv else "hdl"
        subjects = paper.publication.subjects
        if arxiv and len(subjects) == 1:
            yield "eprintclass" if self.biblatex else "primaryclass", self._text(subjects[0])
        else:
            yield "subjects", self._text("; ".join(subjects))
        for scheme in ("isbn", "issn"):
            first, *others = paper.identifier_map.get(scheme, ("",))
            yield scheme, self._text(first)
            yield f"{scheme}s", self._text(", ".join(others))  # biber accepts one number alone
        for scheme, name in _SCHEMES.items():
            yield name, self._text(paper.identifier(scheme)) if _is_single(paper, scheme) else ""


def _is_single(paper: Paper, scheme: str) -> bool:
    return len(paper.identifier_map.get(scheme, ())) == 1


def _verbatim(address: str) -> str:
    """Returns an address but for what would end the field, or begin a command."""
    return _VERBATIM.sub(lambda match: f"%{ord(match[0]):02X}", address)
