"""References are what their formats ask for, and other programs read them back the same."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from indexer.build import read_papers
from indexer.citation import CITATION_FORMATS, citation_format, write_citations
from indexer.citation.keys import KeyRing
from indexer.citation.person import Person, person_of
from indexer.citation.table import COLUMNS
from indexer.errors import QueryError
from indexer.paper import CONFERENCE, JOURNAL, Paper, unnumbered
from indexer.text.display import plain as rendered
from indexer.text.folding import fold
from tests.effort import effort

PAPERS = (
    Paper(
        id="neurips2019-1a",
        title=r"Über $\textbf{G}$roup BERT: 15\% of 5% & 3D a_b α→β $\ell_2$",
        abstract="It costs $5 or 100% — “naïve”, {grouped} } stray; \\emph{mixed} C:\\ ~ ^ <b>.",
        authors=(
            "François Fleuret",
            "Martin Takáč 0001",
            "Lonneke van der Plas",
            "Martin Luther King, Jr.",
            "Llama and Friends",
            "王 伟",
        ),
        venue="NeurIPS",
        year=2019,
        type=CONFERENCE,
        doi="10.1000/a_b{c}",
        url="https://example.org/a?b=%20#c",
        keywords=("k-means", "β & co"),
        authors_complete=False,
    ),
    Paper("jmlr2019-2", "Über all", authors=("F. Fleuret",), venue="JMLR", year=2019, type=JOURNAL),
    Paper("x-3", '=cmd(), "quoted"', abstract="-1", authors=("Madonna",)),
)
GOLDEN = {
    "bibtex": "papers.bib",
    "biblatex": "papers.biblatex.bib",
    "ris": "papers.ris",
    "csl": "papers.csl.json",
    "endnote": "papers.enw",
    "csv": "papers.csv",
    "jsonl": "papers.jsonl",
}


def written(papers: Iterable[Paper], format: str, **options: Any) -> str:
    return "".join(write_citations(papers, format, **options))


@pytest.mark.parametrize("name", CITATION_FORMATS)
def test_each_format_is_written_as_it_was_looked_at(name: str, checkout: Path) -> None:
    golden = checkout / "tests" / "golden" / "citation" / GOLDEN[name]

    assert golden.read_bytes().decode() == written(PAPERS, name, abstract=True)


def test_a_format_is_found_by_name_and_suffix() -> None:
    for format in CITATION_FORMATS.values():
        assert citation_format(format.name) is format
        assert citation_format(f".{format.suffix.upper()}") is format
    with pytest.raises(QueryError, match=r"expected one of bibtex, biblatex, ris, .*; got 'word'"):
        write_citations(PAPERS, "word")


def test_papers_are_taken_one_by_one() -> None:
    taken: list[str] = []

    def papers() -> Iterator[Paper]:
        for paper in PAPERS:
            taken.append(paper.id)
            yield paper

    for name in CITATION_FORMATS:
        taken.clear()
        pieces = iter(write_citations(papers(), name))
        while not taken:
            next(pieces)
        assert taken == [PAPERS[0].id]


def test_nothing_is_a_file_of_nothing() -> None:
    assert [written((), name) for name in CITATION_FORMATS] == [
        "",
        "",
        "",
        "[]\n",
        "",
        ",".join((*COLUMNS, "abstract")) + "\r\n",
        "",
    ]


def test_abstracts_are_a_choice() -> None:
    for name, format in CITATION_FORMATS.items():
        assert ("naïve" in written(PAPERS, name, ascii=False)) is format.abstract
        assert "grouped" in written(PAPERS, name, abstract=True)
        assert "grouped" not in written(PAPERS, name, abstract=False)


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Martin Jaggi", Person("Jaggi", "Martin")),
        ("Jaggi, Martin", Person("Jaggi", "Martin")),
        ("Tao Lin 0004", Person("Lin", "Tao")),
        ("Lonneke van der Plas", Person("van der Plas", "Lonneke")),
        ("Simon Lacoste-Julien", Person("Lacoste-Julien", "Simon")),
        ("Martin Luther King, Jr.", Person("King", "Martin Luther", "Jr.")),
        ("Roger Wattenhofer III", Person("Wattenhofer", "Roger", "III")),
        ("Madonna", Person("Madonna")),
        ("de Bruijn", Person("Bruijn", "de")),
        ("王 伟", Person("王 伟")),
        ("Llama and Friends", Person("Llama and Friends")),
        ("", Person("")),
        (" , ", Person(",")),
    ],
)
def test_names_are_taken_apart(name: str, person: Person) -> None:
    assert person == person_of(name)


def test_keys_are_unique_and_do_not_depend_on_how_many_came_before() -> None:
    ring = KeyRing()
    twins = [
        Paper(f"p{number}", "On Gossip", authors=("A. Lee",), year=2020) for number in range(500)
    ]

    keys = [ring.key(paper) for paper in twins]

    assert keys[0] == "lee2020gossip"
    assert len({key.lower() for key in keys}) == len(keys)
    fresh = KeyRing()
    fresh.key(twins[0])
    assert keys[400] == fresh.key(twins[400])


@pytest.mark.parametrize(
    ("pattern", "key"),
    [
        ("{author}{year}{word}", "fleuret2019uber"),
        ("{author}:{year}-{venue}", "fleuret:2019-neurips"),
        ("{id}", "neurips2019-1a"),
    ],
)
def test_keys_follow_their_pattern(pattern: str, key: str) -> None:
    assert key == KeyRing(pattern).key(PAPERS[0])
    assert f"@inproceedings{{{key}," in written(PAPERS, "bibtex", key=pattern)


@pytest.mark.parametrize(
    "pattern", ["", "key", "{name}", "{author} {year}", "{author}{", "{id}" * 99]
)
def test_a_pattern_without_sense_is_named_at_once(pattern: str) -> None:
    with pytest.raises(QueryError, match=r"^key: "):
        write_citations(PAPERS, "bibtex", key=pattern)


def formulas(texts: Iterable[str]) -> list[str]:
    cells = [cell for text in texts for row in csv.reader(io.StringIO(text)) for cell in row]
    return [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]


def test_no_cell_is_a_formula() -> None:
    risky = [Paper(f"p{at}", f"{char}1+1", abstract=f"{char}x") for at, char in enumerate("=+-@\t")]

    assert formulas([written(risky, "csv")]) == []


def assert_bibtex_reads_back(papers: list[Paper]) -> None:
    parser = pytest.importorskip("bibtexparser")
    latex2text = pytest.importorskip("pylatexenc.latex2text")
    show = latex2text.LatexNodes2Text(math_mode="verbatim").latex_to_text

    library = parser.parse_string(written(papers, "bibtex", abstract=True))

    assert library.failed_blocks == []
    assert len(papers) == len(library.entries)
    for paper, entry in zip(papers, library.entries, strict=True):
        fields = {name: field.value for name, field in entry.fields_dict.items()}
        # A command that is none ("\\sqrtT") is written as text, and shown as nothing.
        shown = {letters(paper.title), letters(re.sub(r"\\(?=[A-Za-z]{5})", " ", paper.title))}
        assert letters(fields["title"]) in shown, paper
        assert str(paper.year or "") == fields.get("year", "")
        assert fields.get("doi", "") == re.sub(r"[{}]", lambda m: f"%{ord(m[0]):02X}", paper.doi)
        names = re.split(r" and (?![^{]*\})", fields["author"]) if "author" in fields else []
        expected = len(paper.authors) + (not paper.authors_complete and bool(paper.authors))
        assert expected == len(names), paper
        for name, printed in zip(names, paper.authors, strict=False):
            read = words(show(name) if "\\" in name else name)
            assert read in (words(unnumbered(printed)), untitled(printed)), paper


def letters(text: str) -> str:
    """Letters and digits that a reader sees of a text with TeX."""
    text = re.sub(r"\\text(?:asciicircum|braceleft|braceright|less|greater|bar){}", " ", text)
    shown = unicodedata.normalize("NFKD", rendered(text).replace("ı", "i"))
    return "".join(char for char in shown if char.isalnum())


def words(name: str) -> list[str]:
    """Words of a name, folded, in any order."""
    return sorted(re.findall(r"\w+", fold(name, name=True).text))


def untitled(name: str) -> list[str]:
    """Words of a name without "Mr.", "Prof." and degrees, which are no part of it."""
    return [word for word in words(name) if word not in ("mr", "ms", "dr", "prof", "md", "phd")]


def assert_ris_reads_back(papers: list[Paper]) -> None:
    parser = pytest.importorskip("rispy")

    entries = parser.loads(written(papers, "ris"))

    assert len(papers) == len(entries)
    for paper, entry in zip(papers, entries, strict=True):
        assert paper.id == entry["id"]
        assert letters(entry["title"]) == letters(paper.title), paper
        assert [person_of(name).inverted for name in paper.authors] == entry.get("authors", [])
        assert str(paper.year or "") == entry.get("year", "")
        assert paper.doi == entry.get("doi", "")
        assert bool(paper.abstract) is bool(entry.get("abstract"))


def assert_csv_and_csl_read_back(papers: list[Paper]) -> None:
    rows = list(csv.DictReader(io.StringIO(written(papers, "csv"), newline="")))
    items = json.loads(written(papers, "csl"))

    assert len(papers) == len(rows) == len(items)
    assert len({item["id"].lower() for item in items}) == len(items)
    for paper, row, item in zip(papers, rows, items, strict=True):
        assert paper.id == row["id"]
        assert row["title"] in (paper.title, f"'{paper.title}")
        assert row["abstract"] in (paper.abstract, f"'{paper.abstract}")
        assert row["authors"] in (names := "; ".join(paper.authors), f"'{names}")
        assert len(paper.authors) == len(item.get("author", []))


def assert_reads_back(papers: list[Paper]) -> None:
    assert_bibtex_reads_back(papers)
    assert_ris_reads_back(papers)
    assert_csv_and_csl_read_back(papers)


def test_the_arrow_page_is_read_back(checkout: Path) -> None:
    papers = list(read_papers([str(checkout / "data" / "martin-jaggi.txt")]))

    assert len(papers) == 81
    assert_reads_back(papers)


def test_our_own_lines_build_the_same_papers(checkout: Path, tmp_path: Path) -> None:
    papers = list(read_papers([str(checkout / "data" / "martin-jaggi.txt")]))
    path = tmp_path / "export.jsonl"
    path.write_text(written(papers, "jsonl"), encoding="utf-8")

    again = list(read_papers([str(path)]))

    assert [plain(paper) for paper in papers] == [plain(paper) for paper in again]


def plain(paper: Paper) -> tuple[Any, ...]:
    """Everything of a paper but where it was read."""
    return (
        paper.id, paper.title, paper.abstract, paper.authors, paper.venue, paper.year, paper.type,
        paper.doi, paper.url, paper.keywords, paper.authors_complete,
    )  # fmt: skip


@pytest.mark.slow
def test_papers_of_the_corpus_are_read_back(shared_data: Path) -> None:
    batch: list[Paper] = []
    every = read_papers([str(shared_data / "papers" / "papers.jsonl.gz")])
    for paper in islice(every, 0, None, effort(10, 1)):
        batch.append(paper)
        if len(batch) == 2000:
            assert_reads_back(batch)
            batch = []
    assert_reads_back(batch)
