"""What a paper's page shows of its publication, and says of it to reference managers."""

from __future__ import annotations

from indexer import Author, Paper, Publication
from webui.presentation.metadata import highwire
from webui.presentation.record_rows import record_rows

PAPER = Paper(
    "p",
    "Kites",
    authors=("Ann Lee", "Bo Xu"),
    venue="ICML",
    year=2019,
    author_details=(
        Author("Ann Lee", orcid="0000-0002-1825-0097", affiliations=("EPFL",)),
        Author("Bo Xu"),
    ),
    identifiers=(("arxiv", "1706.03762"), ("citekey", "lee2019")),
    publication=Publication(
        kind="chapter", volume="12", issue="3", pages="45-67", date="2019-05-01",
        editors=(Author("Ed It"),), licence="javascript:alert(1)", retracted=True,
        pdf_url="https://example.org/p.pdf", subjects=("cs.LG",), note=r"12 \emph{pages}",
        language="pt-BR",
    ),
)  # fmt: skip


def alike(field: str, value: str) -> str:
    return f"/?{field}={value}"


def test_every_known_field_has_its_row() -> None:
    rows = {row.label: row.values for row in record_rows(PAPER, alike)}

    assert rows == {
        "Status": (("Retracted or withdrawn", ""),),
        "Kind": (("Book Chapter", "/?kind=Book Chapter"),),
        "Date": (("2019-05-01", ""),),
        "Volume": (("12", ""),),
        "Issue": (("3", ""),),
        "Pages": (("45-67", ""),),
        "Language": (("Portuguese (BR)", "/?language=pt-BR"),),
        "Editors": (("Ed It", ""),),
        "arXiv": (("1706.03762", "https://arxiv.org/abs/1706.03762"),),
        "Full text": (("https://example.org/p.pdf", "https://example.org/p.pdf"),),
        "Licence": (("javascript:alert(1)", ""),),
        "Subjects": (("cs.LG", "/?subject=cs.LG"),),
        "Note": (("12 pages", ""),),
        "Ann Lee": (
            ("EPFL", "/?affiliation=EPFL"),
            ("ORCID 0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097"),
        ),
    }


def test_a_paper_without_details_has_no_rows() -> None:
    assert record_rows(Paper("p", "Kites"), lambda *_: "/") == ()


def test_reference_managers_are_told_volume_pages_and_date() -> None:
    told = dict(highwire(PAPER, "https://example.org/paper/p"))

    assert told["citation_volume"] == "12"
    assert (told["citation_firstpage"], told["citation_lastpage"]) == ("45", "67")
    assert told["citation_publication_date"] == "2019/05/01"
    assert told["citation_pdf_url"] == "https://example.org/p.pdf"
