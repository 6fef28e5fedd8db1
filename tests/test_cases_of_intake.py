"""Reported inputs of other people and our own of the same kinds: read whole, or refused by name."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.build import check_dumps
from indexer.cleaning import names
from indexer.cleaning.clean_record import clean
from indexer.cleaning.markup import without_boilerplate
from indexer.cleaning.venues import load_venues
from indexer.errors import DumpError, RecordError
from indexer.formats import detect, load_formats
from indexer.formats.foreign import foreign_kind
from indexer.intake.dump import Dump
from indexer.intake.record import Notice, Record
from indexer.serialization.json_objects import paper_json
from indexer.text.folding import _Folding, fold

VENUES = load_venues()
CASES = {
    "01-csl-first-item-film": ["Ada Lovelace", "Kite Letters", "2001", "10.1234/csl"],
    "02-csl-type-null": ["Ada Lovelace", "1843", "Notes on kites"],
    "03-better-bibtex-json": ["Ada Lovelace", "Kite Letters", "2001", "We fly.", "10.1234/bbt"],
    "05-openalex-csv-display-name": ["Ada Lovelace", "Emmy Noether", "Kite Letters", '"W1"'],
    "07-authors-python-list": ['["Ada Lovelace", "Emmy Noether", "Seán O\'Neill"]'],
    "08-authors-pipe": ['["Ada Lovelace", "Emmy Noether"]'],
    "10-ris-authors-in-one-line": ['["A. Lovelace", "C. Babbage", "E. Noether"]'],
    "12-jabref-encoding-latin2": ["Šarkany a přátelé", "Martin Takáč", "Jan Łukasiewicz"],
    "13-jabref-encoding-cp1251": ["Теория змеев", "Андрей Колмогоров"],
    "14-ris-gb18030": ["风筝的深度学习研究与应用", "not UTF-8"],
    "16-bom-within-file": ["First kite", "Second kite", "Third kite"],
    "17-double-bom-enw": ["Double BOM kite", "Second kite"],
    "18-double-bom-bib": ["Double BOM", "Müller"],
    "20-cr-only-then-lf": ["CR kite one", "CR kite two"],
    "25-xml-control-character": ["Kite one", "Kite two", "Kite three", "Kite four", "mended"],
    "27-xml-concatenated-efetch": ["Kite one", "Kite two", "Kite three", "Kite four"],
    "28-bib-unclosed-one-line-entries": [f"Kite number {n}" for n in range(2, 8)],
    "118-harvest-of-mods-says-no-title": ["Kites of MODS"],
    "119-endnote-xml": ["Kites of EndNote"],
    "123-pubmed-invalid-author": ['["Peter Horby"]'],
}


@pytest.mark.parametrize("case", CASES)
def test_a_reported_input_is_read_or_refused_by_name(
    case: str, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = checkout / ".." / "shared" / "cases" / case
    if not folder.is_dir():
        pytest.skip("the reported inputs (../shared/cases beside the checkout) are not here")
    path = next(path for path in folder.glob("input.*") if path.suffix != ".py")
    monkeypatch.chdir(folder)
    shown: list[str] = []
    dump = Dump(path.name, io.BytesIO(path.read_bytes()))
    format = detect(dump, load_formats())
    assert format is not None
    for item in format.read(dump):
        if isinstance(item, Record):
            paper = clean(item, path.name, VENUES, this_year=2026).paper
            shown.append(json.dumps(paper_json(paper), ensure_ascii=False))
        else:
            shown.append(str(item))
    shown += map(str, dump.notices())
    text = "\n".join(shown)
    assert [wanted for wanted in CASES[case] if wanted not in text] == [], text


def hostile() -> list[str]:
    folder = Path(__file__).resolve().parents[1] / ".." / "shared" / "cases" / "hostile"
    names = (path.name for path in folder.glob("*") if path.suffix != ".md")
    return sorted(names) or ["none"]


@pytest.mark.parametrize("name", hostile())
@pytest.mark.slow
def test_a_hostile_dump_ends_within_its_limits(name: str, checkout: Path) -> None:
    path = checkout / ".." / "shared" / "cases" / "hostile" / name
    if not path.is_file():
        pytest.skip("the hostile inputs (../shared/cases/hostile) are not here")

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (15, 15))

    quiver = Path(sys.executable).parent / "quiver"
    run = subprocess.run(
        [quiver, "check", path], capture_output=True, text=True, check=False, preexec_fn=limited
    )
    assert run.returncode in (0, 1), run.stderr
    assert "Traceback" not in run.stderr


def read(name: str, data: bytes) -> tuple[list[str], list[str]]:
    """Titles, and the texts of faults and remarks."""
    dump = Dump(name, io.BytesIO(data))
    format = detect(dump, load_formats())
    assert format is not None
    titles: list[str] = []
    faults: list[str] = []
    for item in format.read(dump):
        if isinstance(item, Record):
            titles.append(clean(item, name, VENUES, this_year=2026).paper.title)
        else:
            assert isinstance(item, RecordError | Notice)
            faults.append(str(item))
    return titles, [*faults, *map(str, dump.notices())]


RIS = "TY  - JOUR\nTI  - {}\nAU  - {}\nPY  - 2001\nER  - \n"
TEXTS = {
    "cp1251": "Теория воздушных змеев и Колмогоров",
    "koi8_r": "Теория воздушных змеев и Колмогоров",
    "cp1252": "Über die Größe der Drachen und ihre Höhe",
    "cp1250": "Šarkany a přátelé: příliš žluťoučký kůň úpěl ďábelské ódy, Łukasiewicz",
    "shift_jis": "凧の深層学習に関する研究",
    "euc_jp": "凧の深層学習に関する研究とその応用",
    "euc_kr": "연의 심층 학습 연구와 응용",
    "big5": "風箏的深度學習研究與應用",
    "cp1253": "Θεωρία των χαρταετών του Παπαδόπουλου",
    "cp1254": "Uçurtmaların öğrenmesi üzerine bir çalışma",
    "utf-16-le": "Kites without a mark",
    "utf-16-be": "Kites without a mark",
    "utf-32": "Kites of four bytes",
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_an_undeclared_encoding_is_detected(encoding: str) -> None:
    title = TEXTS[encoding]
    titles, _ = read("a.ris", RIS.format(title, "Lee, Bo").encode(encoding))
    assert titles == [title]


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Karel Čapek", "cp1250"), ("Antonín Dvořák", "cp1250"), ("Jan Łukasiewicz", "cp1250"),
        ("Paweł Świat", "cp1250"), ("Gdańsk", "cp1250"), ("Marko Kovačić", "cp1250"),
        ("Růžena", "iso8859_2"), ("Jiří Žižka", "iso8859_2"), ("Książka", "iso8859_2"),
        ("Über Größe", "cp1252"), ("François Étienne", "cp1252"), ("José Núñez", "cp1252"),
        ("Søren Ærø", "cp1252"), ("João Simões", "cp1252"), ("Così è più", "cp1252"),
        ("Straße 5 m³", "cp1252"), ("Où était père Ève", "cp1252"), ("¿Qué niño?", "cp1252"),
    ],
)  # fmt: skip
def test_a_few_letters_tell_central_europe_from_the_west(name: str, encoding: str) -> None:
    titles, _ = read("a.ris", RIS.format(name, "Lee, Bo").encode(encoding))
    assert titles == [name]


def test_the_encoding_is_detected_beyond_the_head() -> None:
    plain = RIS.format("Plain kite", "Lee, Bo").encode() * 8000
    titles, said = read("a.ris", plain + RIS.format(TEXTS["cp1251"], "Lee, Bo").encode("cp1251"))
    assert titles[-1] == TEXTS["cp1251"]
    assert "Windows-1251 (confidence" in said[-1]


def test_one_faulty_line_leaves_utf8_as_it_is() -> None:
    data = RIS.format("Größe", "Lee, Bo").encode() + RIS.format("Höhe", "Xu, Al").encode("cp1252")
    titles, said = read("a.ris", data)
    assert titles == ["Größe", "Höhe"]
    assert "1 line is not UTF-8" in said[-1]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n", "\r"])
def test_any_line_end_and_marks_anywhere(end: str) -> None:
    data = f"\ufeff\ufeff{RIS.format('One', 'Lee, Bo')}\ufeff{RIS.format('Two', 'Lee, Bo')}"
    assert read("a.ris", data.replace("\n", end).encode())[0] == ["One", "Two"]


def pubmed(*titles: str) -> str:
    record = (
        "<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>{}</ArticleTitle>"
        "</Article></MedlineCitation></PubmedArticle>\n"
    )
    return "<PubmedArticleSet>" + "".join(map(record.format, titles)) + "</PubmedArticleSet>"


FAULTY_XML = {
    "control": pubmed("One", "Two \x02", "Three"),
    "reference": pubmed("One", "Two&#2;", "Three"),
    "ampersand": pubmed("One", "Two & &x", "Three"),
    "less": pubmed("One", "Two < 3", "Three"),
    "tag": pubmed("One", "Two<i>", "Three"),
    "attribute": pubmed("One", "Two<i a=b>", "Three"),
    "documents": pubmed("One") + '<?xml version="1.0"?>\n<!DOCTYPE x>' + pubmed("Two", "Three"),
    "cut within": pubmed("One", "Two")[:-100] + pubmed("Three"),
    "cut": pubmed("One", "Three", "Two")[:-90],
}


@pytest.mark.parametrize("fault", FAULTY_XML)
def test_a_fault_of_xml_costs_one_record_at_most(fault: str) -> None:
    titles, said = read("a.xml", FAULTY_XML[fault].encode())
    assert {"One", "Three"} <= set(titles)
    assert len(titles) == 3 or said


def kite(n: int) -> str:
    people = [{"id": 1, "name": "A B"}]
    return json.dumps({"id": str(n), "title": f"Kite {n}", "authors": people, "year": 2001})


FAULTY_JSON = {
    "comma": (", \n", kite(2).replace(', "year"', ' "year"')),
    "brace": (", ", kite(2)[:-1] + ', "x": {"y": 1}'),
    "bracket": (", ", kite(2).replace("}]", "}")),
    "quote": (", ", kite(2).replace('Kite 2"', "Kite 2")),
    "control": (",\n", kite(2).replace("Kite 2", "Kite \x01")),
}


@pytest.mark.parametrize("fault", FAULTY_JSON)
def test_a_fault_of_json_costs_one_record(fault: str) -> None:
    between, faulty = FAULTY_JSON[fault]
    titles, said = read("a.json", f"[{between.join([kite(1), faulty, kite(3), kite(4)])}]".encode())
    assert titles == ["Kite 1", "Kite 3", "Kite 4"]
    assert len(said) == 1


def test_objects_of_one_line_and_wrapped_lists_are_records() -> None:
    assert len(read("a.jsonl", (kite(1) + kite(2) + "\n" + kite(3)).encode())[0]) == 3
    assert len(read("a.json", b'{"n": 2, "items": [%s]}' % (kite(1).encode()))[0]) == 1


def test_json_of_which_only_titles_would_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"title": "Kite", "writers": "Lee, Bo", "published_in": "2001"}))
    with pytest.raises(DumpError, match=r"only the titles.*writers.*a\.jsonl\.columns\.yaml"):
        check_dumps([str(path)])

    (tmp_path / "a.jsonl.columns.yaml").write_text("title: title\nauthors: writers\n")
    assert check_dumps([str(path)]).papers == 1


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"00714cam a2200205 a 4500001001300000\x1e", "a MARC file"),
        (b"<!DOCTYPE html><html><body>", "a web page"),
        (b"<rdf:RDF xmlns:rdf='x'>", "RDF"),
        (b"SQLite format 3\0", "SQLite"),
    ],
)
def test_a_foreign_file_is_named(head: bytes, kind: str) -> None:
    assert kind in foreign_kind(head)[0]


def test_faults_of_real_files() -> None:
    assert names.without_et_al("Jan Zapletal") == "Jan Zapletal"
    assert names.without_et_al("Patel Hetal") == "Patel Hetal"
    assert names.without_et_al("Ann Lee et al.") == "Ann Lee"
    assert names.initials_first("Liu R.") == "R. Liu"
    assert names.initials_first("Brownstein C D") == "C D Brownstein"
    assert names.split_listed("Ann Lee, Bo Xu, Cy Noe") == ("Ann Lee", "Bo Xu", "Cy Noe")
    record = "We fly. (PsycINFO Database Record (c) 2016 APA, all rights reserved)"
    assert without_boilerplate(record) == "We fly."
    venues = load_venues()
    for venue in ("Structure (London, England : 1993)", "Pro jQuery 2.0"):
        assert venues.canonical(venue) == venue
    cochrane = b"TY  - JOUR\nTI  - Kite\nAU  - Liu R.\nC3  - PUBMED 21314913\nER  - \n"
    [item] = list(load_formats()["ris"].read(Dump("a.ris", io.BytesIO(cochrane))))
    assert isinstance(item, Record)
    assert item.venue == ""


def test_folding_looks_for_the_next_special_character_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of searches does not grow with the number of joints."""
    from indexer.text import folding

    counts: list[int] = []

    class Counting:
        def search(self, text: str, at: int) -> object:
            counts[-1] += 1
            return original.search(text, at)

    original = folding._ANY
    monkeypatch.setattr(folding, "_ANY", Counting())
    for size in (500, 1000):
        counts.append(0)
        fold("a." * size)
    assert counts[0] == counts[1]
    assert _Folding is not None
