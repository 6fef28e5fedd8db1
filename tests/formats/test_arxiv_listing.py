"""The listings that arXiv mails, and the languages of an OJS record."""

from __future__ import annotations

from pathlib import Path

from indexer.build import check_dumps, read_papers
from indexer.formats import load_formats
from indexer.paper import Paper

LISTING = r"""------------------------------------------------------------------------------
Submissions to:
Machine Learning
 received from  Fri  5 Jan 24 19:00:00 GMT  to  Mon  8 Jan 24 19:00:00 GMT
------------------------------------------------------------------------------
------------------------------------------------------------------------------
\\
arXiv:2401.00001
Date: Mon, 1 Jan 2024 09:00:00 GMT   (12kb,D)

Title: On kites that fly
  against the wind
Authors: Ann Ace (1), Bj\"orn Bay (1 and 2) and Cy Cole ((1) Kite School, (2)
  Wind Lab)
Categories: cs.LG stat.ML
Comments: 9 pages
Journal-ref: Kite Letters 12 (2024) 3-9
DOI: 10.1000/kite.1
MSC-class: 68T05
License: http://creativecommons.org/licenses/by/4.0/
\\
  We fly a kite. Date: it matters.
  It stays up.
\\ ( https://arxiv.org/abs/2401.00001 ,  12kb)
------------------------------------------------------------------------------
\\
arXiv:2312.00002 (*cross-listing*)
Date: Fri, 1 Dec 2023 09:00:00 GMT   (7kb)

Title: On strings
Authors: Di Dow
Categories: math.CO cs.LG
\\
  A string.
\\ ( https://arxiv.org/abs/2312.00002 ,  7kb)
%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%--%%
------------------------------------------------------------------------------
\\
arXiv:hep-th/9901003
replaced with revised version Mon, 8 Jan 2024 10:00:00 GMT   (9kb)

Title: Old knots
Authors: Ed Eve, Flo Fox
Categories: hep-th
\\ ( https://arxiv.org/abs/hep-th/9901003 ,  9kb)
------------------------------------------------------------------------------
"""


def papers(tmp_path: Path, name: str, text: str) -> list[Paper]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return list(read_papers([str(path)]))


def test_every_entry_of_a_listing_is_a_paper(tmp_path: Path) -> None:
    kites, strings, knots = papers(tmp_path, "mail.txt", LISTING)

    assert kites.title == "On kites that fly against the wind"
    assert kites.abstract == "We fly a kite. Date: it matters. It stays up."
    assert kites.authors == ("Ann Ace", "Björn Bay", "Cy Cole")
    assert (kites.id, kites.year, kites.doi) == ("2401.00001", 2024, "10.1000/kite.1")
    assert (kites.venue, kites.publication.volume) == ("Kite Letters", "12")
    assert kites.publication.subjects == ("cs.LG", "stat.ML", "68T05")
    assert kites.publication.date == "2024-01-01"
    assert kites.publication.note == "9 pages"
    assert (strings.id, strings.abstract) == ("2312.00002", "A string.")
    assert (knots.id, knots.year, knots.abstract) == ("hep-th/9901003", 1999, "")
    assert knots.kind == "article"


def test_an_entry_without_a_title_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "mail.txt"
    path.write_text(LISTING.replace("Title: On strings\n", ""), encoding="utf-8")
    report = check_dumps([str(path)])
    assert report.sources[0].format == "arxiv-listing"
    assert (report.added, report.skipped_count) == (2, 1)
    assert "arXiv:2312.00002 has no title" in report.skipped[0].reason


def test_a_letter_that_names_a_paper_is_no_listing() -> None:
    listing = load_formats()["arxiv-listing"]
    assert not listing.sniff(b"Dear all,\nTitle: my talk\nsee arXiv:2401.00001 for it\n", "x.txt")


OJS = """<record xmlns="http://www.openarchives.org/OAI/2.0/"><header>
<identifier>oai:ojs.kites.org:article/7</identifier></header><metadata>
<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title xml:lang="en-US">On kites</dc:title>
<dc:title xml:lang="pt-BR">Sobre pipas</dc:title>
<dc:creator>Ace, Ann</dc:creator>
<dc:description xml:lang="en-US">A long English summary of what kites are.</dc:description>
<dc:description xml:lang="pt-BR">Um resumo sobre pipas.</dc:description>
<dc:identifier>https://kites.org/article/view/7</dc:identifier>
<dc:identifier>10.1000/kites.v12i3.7</dc:identifier>
<dc:source xml:lang="pt-BR">Cartas de Pipas; v. 12 n. 3 (2018): Inverno; 45-67</dc:source>
<dc:source>1234-5679</dc:source>
<dc:language>por</dc:language><dc:date>2018-07-01</dc:date></oai_dc:dc></metadata></record>
"""


def test_a_record_of_ojs_is_read_in_its_own_language(tmp_path: Path) -> None:
    [paper] = papers(tmp_path, "ojs.xml", OJS)
    assert paper.title == "Sobre pipas"
    assert paper.abstract == "Um resumo sobre pipas."
    assert paper.doi == "10.1000/kites.v12i3.7"
    assert paper.venue == "Cartas de Pipas"
    publication = paper.publication
    assert (publication.volume, publication.issue, publication.pages) == ("12", "3", "45-67")
    assert publication.language == "pt"
