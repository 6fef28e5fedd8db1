"""Every format fills the fields that its source carries: names, kinds, volume, pages, dates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from indexer.build import read_papers
from tests.formats.reading import as_json


def papers_of(name: str, text: str) -> list[dict[str, Any]]:
    return as_json(name, text.encode())["papers"]  # type: ignore[no-any-return]


def parts_of(paper: dict[str, Any]) -> list[dict[str, Any]]:
    """The details of the authors, without the names where there is more."""
    return [
        {key: value for key, value in one.items() if key != "name"}
        for one in paper.get("author_details", [])
    ]


@pytest.mark.parametrize(
    ("author", "names", "parts"),
    [
        ("{World Health Organization}", ["World Health Organization"], [{"literal": True}]),
        (
            r"{Ortega y Gasset}, Jos{\'e}",
            ["José Ortega y Gasset"],
            [{"family": "Ortega y Gasset", "given": "José"}],
        ),
        (
            "van der Plas, Lonneke",
            ["Lonneke van der Plas"],
            [{"family": "Plas", "given": "Lonneke", "particle": "van der"}],
        ),
        (
            "King, Jr., Martin Luther",
            ["Martin Luther King, Jr."],
            [{"family": "King", "given": "Martin Luther", "suffix": "Jr."}],
        ),
        (
            "family=Deursen, given=Alexander, prefix=van, useprefix=false and Noether, Emmy",
            ["Alexander van Deursen", "Emmy Noether"],
            [
                {"family": "Deursen", "given": "Alexander", "dropping_particle": "van"},
                {"family": "Noether", "given": "Emmy"},
            ],
        ),
        ("nametemplate=x and given=Ada, family=Lovelace", ["Ada Lovelace"],
         [{"family": "Lovelace", "given": "Ada"}]),
        ("Ada Lovelace and and Charles Babbage and", ["Ada Lovelace", "Charles Babbage"], []),
        (r"Dupont, {\relax Ph}ilippe", ["Philippe Dupont"],
         [{"family": "Dupont", "given": "Philippe"}]),
        (r"Gel\cprime fand, I. M. and Va\u\i nberg, M.", ["I. M. Gelʹfand", "M. Vaĭnberg"],
         [{"family": "Gelʹfand", "given": "I. M."}, {"family": "Vaĭnberg", "given": "M."}]),
        (r"Fran\ocirc{u}, Jan", ["Jan Franů"], [{"family": "Franů", "given": "Jan"}]),
        (r"{\noopsort{Steenis}}{van Steenis}, Jeroen", ["Jeroen van Steenis"],
         [{"family": "Steenis", "given": "Jeroen", "particle": "van"}]),
        (r"Curie, Marie\thanks{Equal} and {\acro{TUG} Committee}",
         ["Marie Curie", "TUG Committee"],
         [{"family": "Curie", "given": "Marie"}, {"literal": True}]),
        ("Bill {and Melinda} Gates", ["Bill and Melinda Gates"], []),
        ("Per {Brinch Hansen}", ["Per Brinch Hansen"],
         [{"family": "Brinch Hansen", "given": "Per"}]),
        ("{Barnes and Noble} and Ann Lee", ["Barnes and Noble", "Ann Lee"],
         [{"literal": True}, {}]),
        ("Doe, Jane, MD and others", ["Jane Doe"], [{"family": "Doe", "given": "Jane"}]),
        ("王, 伟", ["王伟"], [{"family": "王", "given": "伟"}]),
    ],
)  # fmt: skip
def test_names_of_bibtex(author: str, names: list[str], parts: list[dict[str, Any]]) -> None:
    (paper,) = papers_of("x.bib", f"@misc{{k, title = {{Kites}}, author = {{{author}}}}}")

    assert paper["authors"] == names
    assert parts_of(paper) == parts


@pytest.mark.parametrize(
    ("entry", "kind", "fields"),
    [
        (
            "@article{v, journal={Kite Letters}, volume={12}, number={3}, pages={45--67}, eid={e1}",
            None,
            {"volume": "12", "issue": "3", "pages": "45-67", "article_number": "e1"},
        ),
        ("@incollection{c, booktitle={Book}, publisher={Kite Press}, editor={Ed It}, chapter=3",
         "chapter", {"publisher": "Kite Press", "editors": [{"name": "Ed It"}], "chapter": "3"}),
        ("@phdthesis{t, school={Kite University}", "thesis",
         {"publisher": "Kite University", "genre": "PhD thesis"}),
        ("@techreport{r, number={TR-7}, institution={Kite Lab}", "report",
         {"number": "TR-7", "publisher": "Kite Lab", "genre": "Technical report"}),
        ("@inproceedings{p, booktitle={Kites}, series={LNCS}, number=42, address={Lyon}", None,
         {"series": "LNCS", "series_number": "42", "place": "Lyon"}),
        ("@book{b, edition={2nd}, isbn={978-3-16-148410-0}, language={ngerman}", "book",
         {"edition": "2nd", "language": "de"}),
        ("@online{o, date={2019-05-01}, langid={brazilian}", "webpage",
         {"date": "2019-05-01", "language": "pt-BR"}),
        ("@article{m, year=2019, month=may, day=3, shortjournal={K. Lett.}, note={12 p.}", None,
         {"date": "2019-05-03", "venue_short": "K. Lett.", "note": "12 p."}),
        ("@dataset{d, date={2019-05-01/2019-05-04}", "dataset",
         {"date": "2019-05-01/2019-05-04"}),
    ],
)  # fmt: skip
def test_fields_of_bibtex(entry: str, kind: str | None, fields: dict[str, Any]) -> None:
    (paper,) = papers_of("x.bib", f"{entry}, title = {{Kites}}}}")

    publication = paper.get("publication", {})
    assert publication.get("kind") == kind
    assert fields.items() <= publication.items()


def test_an_entry_takes_what_it_lacks_from_its_volume_and_its_data() -> None:
    text = """
    @inproceedings{c, author={Marie Curie}, title={Kites that glow}, crossref={p}}
    @article{x, title={Helical kites}, xdata={j, k}, volume=7}
    @proceedings{p, title={Workshop}, date={2019-08-19}, editor={It, Ed}, publisher={Kite Press},
        isbn={978-3-16-148410-0}, volume=3}
    @xdata{j, journaltitle={Journal of Kites}, volume=1}
    @xdata{k, date={2022-03}}
    """
    child, article = papers_of("x.bib", text)

    assert (child["year"], child["venue"]) == (2019, "Workshop")
    assert child["publication"]["volume"] == "3"
    assert child["publication"]["editors"][0]["family"] == "It"
    assert child["identifiers"]["isbn"] == "9783161484100"
    assert (article["venue"], article["year"]) == ("Journal of Kites", 2022)
    assert article["publication"] == {"volume": "7", "date": "2022-03"}


@pytest.mark.parametrize(
    ("field", "year", "title"),
    [
        (r'year = "{\noopsort{1973b}}1981"', 1981, "Flying"),
        ("date = {2019-05}, subtitle = {A history}", 2019, "Flying: A history"),
        ("date = {20190501}", 2019, "Flying"),
    ],
)
def test_years_and_subtitles_of_bibtex(field: str, year: int, title: str) -> None:
    (paper,) = papers_of("x.bib", f"@article{{n, title = {{Flying}}, {field}}}")

    assert (paper["year"], paper["title"]) == (year, title)


@pytest.mark.parametrize(
    ("lines", "names", "parts"),
    [
        ("AU  - Doe, Jane, MD", ["Jane Doe"], [{"family": "Doe", "given": "Jane"}]),
        ("AU  - Roe, Richard, Ph.D.", ["Richard Roe"], [{"family": "Roe", "given": "Richard"}]),
        ("AU  - Ford, Henry, Jr.", ["Henry Ford, Jr."],
         [{"family": "Ford", "given": "Henry", "suffix": "Jr."}]),
        ("AU  - World Health Organization,", ["World Health Organization"], [{"literal": True}]),
        ("AU  - Brownstein C D", ["C D Brownstein"], [{"family": "Brownstein", "given": "C D"}]),
        ("AU  - van Vugt, Arie MD, PhD", ["Arie van Vugt"],
         [{"family": "Vugt", "given": "Arie", "particle": "van"}]),
        ("AU  - Lovelace, A., Babbage, C., Noether, E.",
         ["A. Lovelace", "C. Babbage", "E. Noether"], []),
    ],
)  # fmt: skip
def test_names_of_ris(lines: str, names: list[str], parts: list[dict[str, Any]]) -> None:
    (paper,) = papers_of("x.ris", f"TY  - JOUR\nTI  - Kites\n{lines}\nER  - \n")

    assert paper["authors"] == names
    assert parts_of(paper) == parts


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("TY  - CHAP\nTI  - Kites\nVL  - 3\nSP  - 5\nEP  - 9\nED  - It, Ed\nPB  - Kite Press",
         {"kind": "chapter", "volume": "3", "pages": "5-9", "publisher": "Kite Press",
          "editors": [{"name": "Ed It", "family": "It", "given": "Ed"}]}),
        ("TY  - THES\nTI  - Kites\nM3  - PhD thesis\nPB  - Kite University",
         {"kind": "thesis", "genre": "PhD thesis", "publisher": "Kite University"}),
        ("TY  - JOUR\nTI  - Kites\nT2  - Journal of Kites\nJO  - J Kites\nIS  - 4",
         {"venue_short": "J Kites", "issue": "4"}),
        ("TY  - JOUR\nTI  - Kites\nDA  - 20190501", {"date": "2019-05-01"}),
        ("TY  - RPRT\nTI  - Kites\nPY  - 2019/05/01/\nIS  - TR-1\nLA  - ger",
         {"kind": "report", "date": "2019-05-01", "number": "TR-1", "language": "de"}),
    ],
)  # fmt: skip
def test_fields_of_ris(lines: str, expected: dict[str, Any]) -> None:
    (paper,) = papers_of("x.ris", f"{lines}\nER  - \n")

    assert paper["publication"] == expected


@pytest.mark.parametrize(
    "text",
    [
        (
            "TY  - JOUR\nTI  - One\nT2  - Journal of Kites\nER\n\n"
            "TY  - JOUR\nTI  - Two\nT2  - Journal of Kites\nER\n"
        ),
        (
            "DB  - Kites\nTI  - One\nTY  - JOUR\nT2  - Journal of Kites\nER  - \n"
            "TI  - Two\nTY  - JOUR\nT2  - Journal of Kites\nER  - \n"
        ),
        (
            "1.\nAU - a heading\n\nTY  - JOUR\nTI  - One\nT2  - Journal of Kites\nER  -\n\n"
            "XX  - stray\n\nTY  - JOUR\nTI  - Two\nJF  - Journal of Kites\nER  - "
        ),
    ],
)
def test_the_ends_and_beginnings_of_ris(text: str) -> None:
    read = as_json("x.ris", text.encode())

    assert [one["title"] for one in read["papers"]] == ["One", "Two"]
    assert {one["venue"] for one in read["papers"]} == {"Journal of Kites"}
    assert not any("authors" in one for one in read["papers"])
    assert read["skipped"] == []


def test_medline_carries_groups_addresses_and_titles() -> None:
    (paper,) = papers_of(
        "x.nbib",
        """
PMID- 102
IS  - 2049-3630 (Electronic)
VI  - 3
IP  - 4
PG  - 1231-8
DP  - 2020 Jul 17
TI  - [Kites, translated].
TT  - Cerfs-volants.
CN  - KITE Collaborative Group
FAU - Horby, Peter
AU  - Horby P
AUID- ORCID: 0000-0002-1825-0097
AD  - Oxford, UK.
AD  - Delft, NL.
LA  - fre
JT  - Kites
TA  - K
PMC - PMC7
""",
    )

    assert paper["title"] == "Kites, translated"
    assert paper["authors"] == ["KITE Collaborative Group", "Peter Horby"]
    assert parts_of(paper) == [
        {"literal": True},
        {
            "family": "Horby",
            "given": "Peter",
            "orcid": "0000-0002-1825-0097",
            "affiliations": ["Oxford, UK.", "Delft, NL."],
        },
    ]
    assert paper["identifiers"] == {"issn": "2049-3630", "pmcid": "PMC7", "pmid": "102"}
    assert paper["publication"] == {
        "venue_short": "K",
        "original_title": "Cerfs-volants",
        "volume": "3",
        "issue": "4",
        "pages": "1231-1238",
        "date": "2020-07-17",
        "language": "fr",
    }


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("<ArticleTitle>[Not Available].</ArticleTitle>", "Un aquilone"),
        ("<ArticleTitle>Not Available</ArticleTitle>", "Un aquilone"),
        ("<ArticleTitle></ArticleTitle>", "Un aquilone"),
        ("<ArticleTitle>[A kite].</ArticleTitle>", "A kite"),
        ("", "Un aquilone"),
    ],
)
def test_titles_of_pubmed_in_another_language(title: str, shown: str) -> None:
    (paper,) = papers_of(
        "x.xml",
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article>"
        f"{title}<VernacularTitle>Un aquilone.</VernacularTitle></Article></MedlineCitation>"
        "</PubmedArticle></PubmedArticleSet>",
    )

    assert paper["title"] == shown


def test_people_of_pubmed() -> None:
    (article, book) = papers_of(
        "x.xml",
        """<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article>
        <Journal><ISSN>2049-3630</ISSN><JournalIssue><Volume>3</Volume><PubDate><Year>2020</Year>
        <Month>Jul</Month></PubDate></JournalIssue><Title>Kites</Title></Journal>
        <ArticleTitle>Erratum</ArticleTitle><Pagination><MedlinePgn>12-9</MedlinePgn></Pagination>
        <AuthorList><Author ValidYN="Y"><LastName>Horby</LastName><ForeName>Peter</ForeName>
        <Identifier Source="ORCID">https://orcid.org/0000-0002-1825-0097</Identifier>
        <AffiliationInfo><Affiliation>Oxford</Affiliation></AffiliationInfo></Author>
        <Author ValidYN="N"><LastName>Hrby</LastName></Author></AuthorList>
        <PublicationTypeList><PublicationType>Retracted Publication</PublicationType>
        </PublicationTypeList></Article><MeshHeadingList><MeshHeading>
        <DescriptorName>Wind</DescriptorName></MeshHeading></MeshHeadingList></MedlineCitation>
        </PubmedArticle>
        <PubmedBookArticle><BookDocument><PMID>2</PMID><Book><Publisher>
        <PublisherName>Kite Press</PublisherName></Publisher><BookTitle>Kites</BookTitle>
        <AuthorList Type="editors"><Author><LastName>It</LastName><ForeName>Ed</ForeName></Author>
        </AuthorList><AuthorList Type="authors"><Author><CollectiveName>Kite Centre
        </CollectiveName></Author></AuthorList><Isbn>9783161484100</Isbn></Book></BookDocument>
        </PubmedBookArticle></PubmedArticleSet>""",
    )

    assert article["authors"] == ["Peter Horby"]
    assert parts_of(article)[0]["orcid"] == "0000-0002-1825-0097"
    assert article["publication"] == {
        "volume": "3",
        "pages": "12-19",
        "date": "2020-07",
        "retracted": True,
        "subjects": ["Wind"],
    }
    assert book["authors"] == ["Kite Centre"]
    assert book["publication"]["kind"] == "book"
    assert [one["name"] for one in book["publication"]["editors"]] == ["Ed It"]
    assert book["identifiers"] == {"isbn": "9783161484100", "pmid": "2"}


@pytest.mark.parametrize(
    ("item", "names", "kind", "fields"),
    [
        ('"type":"report","author":[{"name":"World Health Organization"}]',
         ["World Health Organization"], "report", {}),
        ('"type":"posted-content","institution":[{"name":"bioRxiv"}],"author":[]', None, "article",
         {"publisher": "bioRxiv"}),
        (('"type":"book-chapter","author":[{"given":"Vincent","family":"Gogh",'
         '"non-dropping-particle":"van"}],"page":"1-2","volume":"3"'),
         ["Vincent van Gogh"], "chapter", {"pages": "1-2", "volume": "3"}),
        (('"type":"journal-article","issue":"4","article-number":"e7","updated-by":'
         '[{"type":"retraction"}]'), None, None,
         {"issue": "4", "article_number": "e7", "retracted": True}),
        ('"type":"dissertation","publisher":"Kite University","issued":{"date-parts":[[2019,5,1]]}',
         None, "thesis", {"publisher": "Kite University", "date": "2019-05-01"}),
    ],
)  # fmt: skip
def test_works_of_crossref(
    item: str, names: list[str] | None, kind: str | None, fields: dict[str, Any]
) -> None:
    (paper,) = papers_of("x.json", f'{{"DOI":"10.1234/x","title":["Kites"],{item}}}')

    assert paper.get("authors") == names
    publication = paper.get("publication", {})
    assert publication.get("kind") == kind
    assert fields.items() <= publication.items()


def test_qualified_dublin_core_and_ojs() -> None:
    (paper,) = papers_of(
        "x.xml",
        """<records xmlns="http://www.openarchives.org/OAI/2.0/"><record><header>
        <identifier>oai:kite:9</identifier></header><metadata><q:qualifieddc
        xmlns:q="http://dspace.org/qualifieddc/" xmlns:dc="http://purl.org/dc/elements/1.1/"
        xmlns:dcterms="http://purl.org/dc/terms/"><dc:title>Kites</dc:title>
        <dc:source>Kite Letters; Vol. 12 No. 3 (2018): Winter; 45-67</dc:source>
        <dc:source>2049-3630</dc:source><dc:language>eng</dc:language>
        <dcterms:abstract>We fly.</dcterms:abstract>
        <dcterms:dateAccepted>2019-01-01T00:00:00Z</dcterms:dateAccepted>
        <dcterms:issued>1998</dcterms:issued></q:qualifieddc></metadata></record></records>""",
    )

    assert (paper["abstract"], paper["year"], paper["venue"]) == ("We fly.", 1998, "Kite Letters")
    assert paper["identifiers"] == {"issn": "2049-3630", "oai": "oai:kite:9"}
    assert paper["publication"] == {
        "volume": "12", "issue": "3", "pages": "45-67", "language": "en",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("Phys.Rev.D76:013009,2007", ("D76", "", "013009")),
        ("J. Kites 12 (2007) 345-350", ("12", "", "345-350")),
        ("J. Kites, vol. 12, no. 3, pp. 5-9, 2007", ("12", "3", "5-9")),
        ("Proc. of the 3rd Workshop on Kites", ("", "", "")),
        ("2007", ("", "", "")),
    ],
)
def test_journal_references_of_arxiv(reference: str, told: tuple[str, str, str]) -> None:
    (paper,) = papers_of(
        "x.jsonl",
        '{"id":"0704.0001","title":"Kites","submitter":"A","categories":"cs.LG",'
        f'"journal-ref":"{reference}","authors":"Ann Lee","authors_parsed":[["Lee","Ann","Jr"],'
        '["ATLAS Collaboration","",""]]}',
    )

    publication = paper["publication"]
    assert tuple(publication.get(one, "") for one in ("volume", "issue", "pages")) == told
    assert paper["authors"] == ["Ann Lee Jr", "ATLAS Collaboration"]
    assert parts_of(paper)[1] == {"literal": True}


def test_openalex_carries_people_places_and_numbers() -> None:
    (paper,) = papers_of(
        "x.jsonl",
        '{"id":"https://openalex.org/W13","title":"Kites","publication_year":2024,'
        '"publication_date":"2024-02-03","authorships":[{"author":{"display_name":null,'
        '"orcid":"https://orcid.org/0000-0002-1825-0097","id":"https://openalex.org/A1"},'
        '"raw_author_name":"Noether, Emmy","raw_affiliation_strings":["Erlangen"]}],'
        '"biblio":{"volume":"3","issue":"4","first_page":"5","last_page":"9"},"is_retracted":true,'
        '"ids":{"mag":"77","pmid":"https://pubmed.ncbi.nlm.nih.gov/5"},"type":"book-chapter",'
        '"abstract_inverted_index":null,"language":"de","primary_location":{"source":'
        '{"display_name":"Kites","host_organization_name":"Kite Press"}}}',
    )

    assert paper["authors"] == ["Emmy Noether"]
    assert parts_of(paper) == [
        {
            "family": "Noether",
            "given": "Emmy",
            "orcid": "0000-0002-1825-0097",
            "source_id": "A1",
            "affiliations": ["Erlangen"],
        }
    ]
    assert paper["identifiers"] == {"mag": "77", "openalex": "W13", "pmid": "5"}
    assert paper["publication"] == {
        "kind": "chapter",
        "volume": "3",
        "issue": "4",
        "pages": "5-9",
        "publisher": "Kite Press",
        "date": "2024-02-03",
        "language": "de",
        "retracted": True,
    }


def test_tables_carry_volume_pages_and_numbers() -> None:
    (paper,) = papers_of(
        "x.csv",
        "Authors,Title,Year,Source title,Volume,Issue,Art. No.,Page start,Page end,ISSN,Publisher,"
        "Authors with affiliations,EID\n"
        '"Lee, A.; Xu, B.",Kites,2019,Kite Letters,3,4,e1,5,9,20493630,Kite Press,'
        '"Lee, A., EPFL, Lausanne; Xu, B., ETH",2-s2.0-1\n',
    )

    assert [one["affiliations"] for one in parts_of(paper)] == [["EPFL, Lausanne"], ["ETH"]]
    assert paper["identifiers"] == {"issn": "2049-3630", "scopus": "2-s2.0-1"}
    assert paper["publication"] == {
        "volume": "3",
        "issue": "4",
        "pages": "5-9",
        "article_number": "e1",
        "publisher": "Kite Press",
    }


def test_numbers_with_a_wrong_check_digit_are_dropped_and_said() -> None:
    from indexer.cleaning.clean_record import clean
    from indexer.cleaning.venues import load_venues
    from indexer.intake.record import Record

    record = Record(1, "Kites", identifiers=(("issn", "1234-5678"), ("issn", "2049-3630")))
    cleaned = clean(record, "x", load_venues(), this_year=2026)

    assert cleaned.paper.identifiers == (("issn", "2049-3630"),)
    assert [(one.field, one.before, one.is_loss) for one in cleaned.changes] == [
        ("issn", "1234-5678", True)
    ]


@pytest.mark.parametrize("type", ["misc", "online", "unpublished"])
def test_an_entry_of_arxiv_is_a_preprint(type: str, tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    arxiv = "eprint={2001.01234}, archivePrefix={arXiv}, primaryClass={cs.LG}"
    path.write_text(
        f"@{type}{{a, title={{Kites}}, author={{Ace, Ann}}, year=2020, {arxiv}}}\n"
        f"@{type}{{b, title={{Strings}}, author={{Bay, Bob}}, year=2020}}\n"
        f"@inproceedings{{c, title={{Winds}}, booktitle={{ICML}}, year=2020, {arxiv[:18]}5}}, "
        "archivePrefix={arXiv}}\n",
        encoding="utf-8",
    )
    preprint, other, published = read_papers([str(path)])
    assert (preprint.kind, preprint.venue, preprint.id) == ("article", "arXiv", "2001.01234")
    assert other.kind != "article"
    assert (published.kind, published.venue) == ("paper-conference", "ICML")
