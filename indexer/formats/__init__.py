"""The formats of dumps: how each is recognised by its content, and read.

A format is two functions. Those that come with Quiver are listed here; an installed package adds
its own under the entry point group ``quiver.formats``, each entry a `Format`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Final

from indexer.errors import DumpError
from indexer.intake.dump import Dump
from indexer.intake.record import Read

ENTRY_POINTS: Final = "quiver.formats"


@dataclass(frozen=True, slots=True)
class Format:
    """One format of dumps.

    Attributes:
        name: short, unique, as ``quiver formats`` lists it and reports count by it.
        description: one line: what it is and where such dumps come from.
        sniff: says whether a dump is of this format, from its first bytes (up to
            `indexer.intake.dump.HEAD`) and its name; the name may only support what the bytes say.
        read: gives the records of the dump in order, holding no more than one in memory.
    """

    name: str
    description: str
    sniff: Callable[[bytes, str], bool]
    read: Callable[[Dump], Iterator[Read]]


def built_in_formats() -> tuple[Format, ...]:
    """Returns the formats that come with Quiver in the order they are asked.

    The particular come before the general. Their modules are imported here and not earlier, for
    most commands read no dump.
    """
    from indexer.formats import arrow, bibtex, cff
    from indexer.formats.json_formats import (
        aminer,
        arxiv_json,
        beir,
        crossref,
        datacite,
        europe_pmc,
        jsonl,
        openalex,
        openreview,
        paperlist,
        semantic_scholar,
        zotero,
    )
    from indexer.formats.table_formats import delimited, xlsx
    from indexer.formats.tagged_formats import arxiv_listing, endnote, medline, ris, wos
    from indexer.formats.xml_formats import (
        acl_xml,
        dblp_xml,
        endnote_xml,
        jats,
        mods,
        oai_xml,
        pubmed_xml,
        zotero_rdf,
    )

    return (
        Format("arrow", "Arrow Research author page, saved as text", arrow.sniff, arrow.read),
        Format(
            "paperlist", "Paper Copilot list of a venue and year", paperlist.sniff, paperlist.read
        ),
        Format("beir", "corpus.jsonl of a test collection (BEIR)", beir.sniff, beir.read),
        Format("openalex", "OpenAlex works, JSON lines", openalex.sniff, openalex.read),
        Format("arxiv", "arXiv metadata, JSON lines", arxiv_json.sniff, arxiv_json.read),
        Format("aminer", "AMiner citation network, JSON or tagged", aminer.sniff, aminer.read),
        Format("europe-pmc", "Europe PMC replies, JSON or XML", europe_pmc.sniff, europe_pmc.read),
        Format("datacite", "DataCite records, JSON", datacite.sniff, datacite.read),
        Format(
            "semantic-scholar",
            "Semantic Scholar papers, JSON lines",
            semantic_scholar.sniff,
            semantic_scholar.read,
        ),
        Format("openreview", "OpenReview notes, JSON", openreview.sniff, openreview.read),
        Format("zotero", "Zotero items, JSON (API, Better BibTeX)", zotero.sniff, zotero.read),
        Format("crossref", "Crossref works and CSL-JSON", crossref.sniff, crossref.read),
        Format("jsonl", "Quiver's own JSON lines", jsonl.sniff, jsonl.read),
        Format("acl", "ACL Anthology XML", acl_xml.sniff, acl_xml.read),
        Format("pubmed", "PubMed XML", pubmed_xml.sniff, pubmed_xml.read),
        Format("endnote-xml", "EndNote XML", endnote_xml.sniff, endnote_xml.read),
        Format("mods", "MODS XML", mods.sniff, mods.read),
        Format("jats", "JATS XML (PubMed Central, publishers)", jats.sniff, jats.read),
        Format("zotero-rdf", "Zotero RDF", zotero_rdf.sniff, zotero_rdf.read),
        Format("oai", "OAI-PMH XML (arXiv, Dublin Core), arXiv Atom", oai_xml.sniff, oai_xml.read),
        Format("dblp", "DBLP XML", dblp_xml.sniff, dblp_xml.read),
        Format("bibtex", "BibTeX (ACM, ACL, DBLP, PMLR, …)", bibtex.sniff, bibtex.read),
        Format("ris", "RIS (EndNote, Zotero, Scopus, Embase, …)", ris.sniff, ris.read),
        Format("endnote", "EndNote, tagged (.enw)", endnote.sniff, endnote.read),
        Format("medline", "MEDLINE, tagged", medline.sniff, medline.read),
        Format("wos", "Web of Science, field-tagged", wos.sniff, wos.read),
        Format("cff", "Citation file of software (CITATION.cff)", cff.sniff, cff.read),
        Format("xlsx", "Excel workbook with a header", xlsx.sniff, xlsx.read),
        Format(
            "arxiv-listing", "arXiv listing, as mailed", arxiv_listing.sniff, arxiv_listing.read
        ),
        Format("csv", "CSV or TSV with a header", delimited.sniff, delimited.read),
    )


def load_formats() -> Mapping[str, Format]:
    """Returns all formats by name in the order they are asked: plug-ins first, then our own.

    Raises:
        DumpError: when a plug-in cannot be loaded or is no `Format`.
    """
    formats_: dict[str, Format] = {}
    for point in entry_points(group=ENTRY_POINTS):
        source = f"plug-in {point.name!r} ({point.value})"
        try:
            loaded = point.load()
        except Exception as error:
            raise DumpError(source, 0, f"cannot be loaded: {error}; uninstall it") from error
        if not isinstance(loaded, Format):
            raise DumpError(source, 0, "is not an indexer.formats.Format; uninstall it")
        formats_[loaded.name] = loaded
    for format_ in built_in_formats():
        formats_.setdefault(format_.name, format_)
    return MappingProxyType(formats_)


def detect(dump: Dump, formats: Mapping[str, Format]) -> Format | None:
    """Recognises the format of a dump by its content; None where no format says it is its own."""
    return next(
        (format_ for format_ in formats.values() if format_.sniff(dump.head, dump.name)), None
    )
