"""Which papers are one work: the same twice, or its versions; and which only look so."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.build import read_papers
from indexer.paper import Paper
from indexer.related.versions import VersionFinder, find_versions

BASE = Paper(
    id="a",
    title="Beyond snow: the role of rain in decentralized weather",
    abstract="We study rain and snow in many decentralized places and find that both are wet.",
    authors=("Ann Lee", "Bo Xu", "Cy Dee"),
    venue="NeurIPS",
    year=2022,
    doi="10.1/a",
)


def other(**fields: object) -> Paper:
    values = {name: getattr(BASE, name) for name in BASE.__slots__}
    return Paper(**{**values, "id": "b", "doi": "", **fields})


@pytest.mark.parametrize(
    ("paper", "kind"),
    [
        (other(), "duplicate"),
        (other(title="Beyond Snow: The Role of Rain in Decentralized Weather", venue="JMLR",
               year=2023), "version"),
        (other(title="Beyond snow: the rôle of rain in decentralized weather (Extended Abstract)",
               venue="IJCAI"), "version"),
        (other(authors=("A. Lee", "B. Xu", "C. Dee", "D. Fu")), "duplicate"),
        (other(title="Beyond snow: the role of rain in weather", venue="JMLR"), "version"),
        (other(title="Another title altogether", doi="10.1/a"), "duplicate"),
        (other(title="Beyond snow: the role of rain in all decentralized weather", abstract="",
               venue=""), None),
        (other(authors=("Di Fu",)), None),
        (other(authors=(), abstract="Something else."), None),
        (other(authors=()), "duplicate"),
        (other(title="Beyond snow: the role of hail in centralized oceans"), None),
        (other(title="Beyond snow: the role of rain in weather",
               abstract="An entirely different matter is treated here, with other words."), None),
    ],
    ids=range(12),
)  # fmt: skip
def test_pairs(paper: Paper, kind: str | None) -> None:
    found = find_versions([BASE, paper])

    assert [one.kind for one in found] == ([kind] if kind else [])
    assert all(one.ids == ("a", "b") for one in found)
    assert all(one.reason for one in found)


def test_links_join_to_groups_oldest_first() -> None:
    papers = [BASE, other(id="b", venue="JMLR", year=2023), other(id="c", venue="arXiv", year=2021)]

    [group] = find_versions(papers)

    assert group.ids == ("c", "a", "b")


def test_columns_of_the_same_name_are_not_one_work() -> None:
    papers = [Paper(id=str(n), title="Preface", venue="PGM", year=2000 + n) for n in range(3)]

    assert find_versions(papers) == ()


def column(paper_id: str, title: str = "In This Issue", **fields: object) -> Paper:
    values = {"venue": "JASIST", "year": 2006, "authors": ("Ann Lee",), **fields}
    return Paper(id=paper_id, title=title, **values)  # type: ignore[arg-type]


def test_columns_of_the_same_people_are_not_one_work() -> None:
    """Editors write "In this issue" every month; such a title says nothing."""
    titles = ("In This Issue", "In This Issue", "Editorial: In This Issue", "This Issue: Editorial")
    assert find_versions([column(str(n), title) for n, title in enumerate(titles)]) == ()
    told = [
        column("a", abstract="Ann Lee opens with rain."),
        column("b", abstract="This time all is about snow and hail."),
    ]
    assert find_versions(told) == ()


def test_a_short_title_is_one_work_with_a_like_abstract_or_in_another_venue() -> None:
    words = "We update a vector without locks and nothing breaks."
    assert find_versions([column("a", abstract=words), column("b", abstract=words, year=2007)])
    assert find_versions([column("a", "Hogwild"), column("b", "Hogwild", venue="NeurIPS")])


def test_a_paper_that_was_dropped_or_replaced_is_linked_no_more() -> None:
    finder = VersionFinder()
    finder.add(BASE)
    finder.add(other())
    assert len(finder.groups(lambda _: "")) == 1

    finder.add(other(title="Something else", authors=("Di Fu",)))
    assert finder.groups(lambda _: "") == ()


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["t one two", "t one three"]),
                          st.sampled_from(["", "10.1/x"])), max_size=8))  # fmt: skip
def test_every_paper_is_in_one_group_at_most(rows: list[tuple[str, str, str]]) -> None:
    papers = [Paper(id=id, title=title, authors=("A B",), doi=doi) for id, title, doi in rows]
    groups = find_versions(papers)
    ids = [id for group in groups for id in group.ids]

    assert len(ids) == len(set(ids))
    assert all(len(group.ids) > 1 for group in groups)
    assert {*ids} <= {one.id for one in papers}


def test_the_version_pair_of_the_arrow_page(checkout: Path) -> None:
    papers = {one.id: one for one in read_papers([str(checkout / "data" / "martin-jaggi.txt")])}

    [pair] = find_versions(papers.values())

    assert pair.kind == "version"
    assert [(papers[id].venue, papers[id].year) for id in pair.ids] == [
        ("NeurIPS", 2022),
        ("JMLR", 2023),
    ]


def test_each_abstract_of_a_block_is_read_once() -> None:
    finder = VersionFinder()
    asked: list[str] = []

    def abstract(paper: str) -> str:
        asked.append(paper)
        return "Kites need wind and strings"

    for number in range(100):
        finder.add(Paper(f"p{number}", "Editorial", authors=("Ann Lee",), venue="V"))
    assert len(finder.groups(abstract)) == 1
    assert len(asked) == 100
