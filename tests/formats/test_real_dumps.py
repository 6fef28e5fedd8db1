"""Every real dump is read with its records accounted for; a few are looked at closely."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.build import check_dumps, read_papers
from indexer.paper import Paper


def matches(pattern: str) -> Callable[[str], int]:
    return lambda text: len(re.findall(pattern, text, re.MULTILINE))


def json_records(text: str) -> int:
    text = text.strip()
    return len(json.loads(text)) if text.startswith("[") else len(text.splitlines())


COUNTS: dict[str, Callable[[str], int]] = {
    "acl_xml": matches(r"<paper "),
    "arxiv_jsonl": json_records,
    "arxiv_oai_xml": matches(r"<record>"),
    "bibtex": matches(r"^\s*@(?!string|comment|preamble)\w+\s*\{"),
    "crossref_json": json_records,
    "dblp_xml": matches(r"<(?:article|inproceedings|proceedings|book|incollection|www|data) "),
    "medline": matches(r"^PMID-"),
    "openalex_jsonl": json_records,
    "pubmed_xml": matches(r"<PubmedArticle>|<PubmedBookArticle>"),
    "ris": matches(r"^(?:TY[ \t]+-|PT [A-Z]$)"),
}
"""Number of records by folder, counted without any parser of ours."""
TABLES = {
    "cff_baseline.csv": 100,
    "cff_baseline_scopus.csv": 10,
    "cff_baseline_zotero.csv": 10,
    "iclr2021_openreview_paperlist.tsv.gz": 2966,
}


def text_of(path: Path) -> str:
    data = path.read_bytes()
    data = gzip.decompress(data) if path.suffix == ".gz" else data
    return data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")


@pytest.mark.parametrize("folder", [*COUNTS, "csv"])
def test_read_and_skipped_are_all_records(shared_data: Path, folder: str) -> None:
    counted: dict[str, int] = {}
    for path in sorted((shared_data / "dumps" / folder).iterdir()):
        if path.suffix == ".dtd":
            continue
        [source] = check_dumps([str(path)]).sources
        expected = TABLES[path.name] if folder == "csv" else COUNTS[folder](text_of(path))
        counted[path.name] = expected
        assert source.read + source.skipped == expected, path.name

    assert sum(counted.values()) > 2


def test_paper_lists_are_read_whole(shared_data: Path) -> None:
    for path in sorted((shared_data / "paperlists").iterdir()):
        [source] = check_dumps([str(path)]).sources
        assert source.read + source.skipped == len(json.loads(text_of(path))), path.name


@pytest.fixture(scope="module")
def papers(shared_data: Path) -> dict[str, Paper]:
    return {one.id: one for one in read_papers([str(shared_data / "dumps")])}


@pytest.mark.parametrize(
    ("id", "title", "authors", "place"),
    [
        ("J89-1001", "Parsing with Flexibility, Dynamic Strategies, and Idioms in Mind",
         ("Oliviero Stock",), ("Computational Linguistics", 1989)),
        ("0704.0001", ("Calculation of prompt diphoton production cross sections at Tevatron and "
         "LHC energies"), ("C. Balázs", "E. L. Berger", "P. M. Nadolsky", "C.-P. Yuan"),
         ("Physical Review D", 2007)),
        ("0901.2443", ("Excitation energy and strength of the pygmy dipole resonance in stable tin "
         "isotopes"), ("B. Özel", "J. Enders", "H. Lenske", "P. von Neumann-Cosel",
         "I. Poltoratska", "V. Yu. Ponomarev", "A. Richter", "D. Savran", "N. Tsoneva"),
         ("arXiv", 2009)),
        ("10.1145/192309.192313", ("Data Structures for Dynamic Queries: An Analytical and "
         "Experimental Evaluation"), ("Vinit Jain", "Ben Shneiderman"),
         ("Workshop on Advanced Visual Interfaces", 1994)),
        ("10.18653/v1/n18-2074", "Self-Attention with Relative Position Representations",
         ("Peter Shaw", "Jakob Uszkoreit", "Ashish Vaswani"), ("NAACL", 2018)),
        ("DBLP:journals/acta/Schonhage77", ("Schnelle Multiplikation von Polynomen über Körpern "
         "der Charakteristik 2"), ("Arnold Schönhage",), ("Acta Informatica", 1977)),
        ("pmid:12230038", "The Bio* toolkits--a brief overview", ("Harry Mangalam",),
         ("Briefings in Bioinformatics", 2002)),
        ("pmid:12091962", "The treatment of AIDS behind the walls of correctional facilities",
         ("J Michael Olivero",), ("Social justice (San Francisco, Calif.)", 1990)),
        ("W2163492414", ("Design, synthesis and biological evaluation of small molecule-based PET "
         "radioligands for the 5-hydroxytryptamine 7 receptor"),
         ("Anjani K. Tiwari", "Joji Yui", "Pooja Pooja", "Swati Aggarwal", "Tomoteru Yamasaki",
          "Lin Xie", "Nidhi Chadha", "Y. Zhang", "Masayuki Fujinaga", "Yuki Shimoda",
          "Katsushi Kumata", "Anil K. Mishra", "Minetaro Ogawa", "M.-R. Zhang"),
         ("RSC Advances", 2015)),
        ("10.4103/2303-9027.138783", ("Duplication cysts: Diagnosis, management, and the role of "
         "endoscopic ultrasound"), ("R. Liu", "D.G. Adler"), ("Endoscopic Ultrasound", 2014)),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)  # fmt: skip
def test_papers_of_each_format(
    papers: dict[str, Paper], id: str, title: str, authors: tuple[str, ...], place: tuple[str, int]
) -> None:
    one = papers[id]

    assert (one.title, one.authors, (one.venue, one.year)) == (title, authors, place)


def test_no_markup_is_left_in_real_abstracts(papers: dict[str, Paper]) -> None:
    left = re.compile(r"</?(?:jats:|p>|i>|b>|sub>|sup>)|&(?:amp|lt|gt|quot);")
    found = [one.id for one in papers.values() if left.search(one.abstract + one.title)]

    assert len(papers) > 5000
    assert not found
