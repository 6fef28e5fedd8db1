"""What files of other programs hold that is easily lost or misread, a line or two of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.build import read_papers
from indexer.errors import DumpError
from indexer.paper import Paper

ORCID = "0000-0002-1825-0097"


def one(tmp_path: Path, name: str, text: str | bytes) -> Paper:
    """The only paper of a file."""
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    (paper,) = read_papers([str(path)])
    return paper


def test_bibtex_of_web_of_science(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        "wos.bib",
        "@article{ WOS:1,\nAuthor = {Lee, Ann and van Dam, Peter},\nTitle = {{Kites fly}},\n"
        "Journal = {{NATURE}},\nYear = {{2019}},\nPages = {{1\\,045-1\\,067}},\n"
        "ISSN = {{0028-0836}},\nEISSN = {{1476-4687}},\n"
        f"ORCID-Numbers = {{{{van Dam, Peter/{ORCID}\nDam, Ann/0000-0001-5109-3700}}}},\n}}",
    )

    assert paper.publication.pages == "1045-1067"
    assert paper.identifier_map["issn"] == ("0028-0836", "1476-4687")
    assert [author.orcid for author in paper.author_details] == ["", ORCID]


def test_bibtex_of_dblp_with_a_key_of_its_own(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        "dblp.bib",
        "@article{lin19, title = {Cheap {\\textdollar}5 kites}, author = {Tao Lin}, year = 2019,\n"
        "biburl = {https://dblp.org/rec/journals/corr/abs-1901-00001.bib},\n"
        "isbn = {978-0-387-31073-2 (hbk), 0387310738 (pbk)}}",
    )

    assert paper.title == "Cheap \\$5 kites"
    assert paper.identifier("dblp") == "journals/corr/abs-1901-00001"
    assert paper.identifier_map["isbn"] == ("0387310738", "9780387310732")


def test_tabs_of_web_of_science(tmp_path: Path) -> None:
    """``ID`` is Keywords Plus there, no id."""
    paper = one(
        tmp_path,
        "wos.tsv",
        "PT\tAU\tAF\tTI\tSO\tID\tC1\tOI\tSN\tEI\tPM\tPY\tUT\n"
        "J\tLee, A; van Dam, P\tLee, Ann; van Dam, Peter\tKites\tNATURE\tWIND\t"
        f"[Lee, Ann; van Dam, Peter] ETH, Zurich; [Lee, Ann] MIT\tLee, Ann/{ORCID}\t"
        "0028-0836\t1476-4687\t77\t2019\tWOS:0001\n",
    )

    assert paper.id == "WOS:0001"
    assert paper.identifier_map["issn"] == ("0028-0836", "1476-4687")
    assert paper.identifier("pmid") == "77"
    assert [author.affiliations for author in paper.author_details] == [
        ("ETH, Zurich", "MIT"), ("ETH, Zurich",)
    ]  # fmt: skip
    assert paper.author_details[0].orcid == ORCID


def test_table_of_ieee_xplore(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        "export.csv",
        '"Document Title","Authors","Author Affiliations","Publication Title","Publication Year",'
        '"ISBNs","Document Identifier"\n"Kite nets","A. Lee; P. van Dam","EPFL, Y; ETH, Z",'
        '"2019 Conference on Kites","2019","978-3-16-148410-0;978-0-387-31073-2",'
        '"IEEE Conferences"\n',
    )

    assert paper.kind == "paper-conference"
    assert [author.affiliations for author in paper.author_details] == [("EPFL, Y",), ("ETH, Z",)]
    assert len(paper.identifier_map["isbn"]) == 2


def test_table_of_zotero_with_extra(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        "zotero.csv",
        '"Key","Item Type","Author","Title","Publication Title","Extra","Conference Name"\n'
        '"AB","conferencePaper","Lee, Ann","Kites","Proc. Kites",'
        '"Citation Key: lee19\nPMID: 123\narXiv: 1706.03762 [cs]\nRead on a train","Kite Days"\n',
    )

    assert dict(paper.identifiers) == {"arxiv": "1706.03762", "citekey": "lee19", "pmid": "123"}
    assert (paper.publication.event, paper.publication.note) == ("Kite Days", "Read on a train")


def test_suffixes_of_pubmed(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        "set.nbib",
        "PMID- 31452104\nTI  - Kites\nFAU - Smith, John A Jr\nAU  - Smith JA Jr\n"
        "IS  - 1476-4687 (Electronic)\nDP  - 2019 Mar\n\n",
    )

    assert paper.authors == ("John A Smith, Jr",)
    assert paper.author_details[0].suffix == "Jr"


@pytest.mark.parametrize(
    "text", ["Études naïves – “œuvre” de Müller", "El niño y las señales, ção"]
)
def test_western_letters_are_not_read_as_those_of_central_europe(tmp_path: Path, text: str) -> None:
    record = f"TY  - JOUR\nTI  - {text}\nAU  - Müller, Jörg\nJF  - Études\nPY  - 2001\nER  - \n"

    assert one(tmp_path, "old.ris", record.encode("cp1252")).title == text


def test_where_a_conference_was_held(tmp_path: Path) -> None:
    """ACM writes the place of the conference into C1, of the publisher into CY."""
    paper = one(
        tmp_path,
        "acm.ris",
        "TY  - CONF\nTI  - Kites\nT2  - Proc. Kites\nC1  - Lisbon\nCY  - New York\nER  - \n",
    )

    assert (paper.publication.event_place, paper.publication.place) == ("Lisbon", "New York")


def test_et_al_behind_an_inverted_name(tmp_path: Path) -> None:
    paper = one(
        tmp_path, "a.bib", "@misc{a, title={Kites}, author={Lee, Ann and Smith, J. et al.}}"
    )

    assert paper.authors == ("Ann Lee", "J. Smith")
    assert not paper.authors_complete


def test_initials_with_hyphens_and_accents_are_put_first(tmp_path: Path) -> None:
    paper = one(
        tmp_path, "e.ris", "TY  - JOUR\nTI  - Kites\nA1  - O'Neil J-P\nA1  - Zola É.\nER  - \n"
    )

    assert paper.authors == ("J-P O'Neil", "É. Zola")


def test_refworks_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cnki.txt"
    path.write_text("RT Journal Article\nSR 1\nA1 张三;\nT1 风筝\nYR 2019\n", "utf-8")

    with pytest.raises(DumpError, match="RefWorks' tagged text"):
        list(read_papers([str(path)]))
