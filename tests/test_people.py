"""Likely people of one name: clusters, numbers that last, certain evidence, measures, addresses."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.author import Author
from indexer.authors.clustering.agglomerative_clustering import cluster
from indexer.authors.clustering.calibration import (
    fit_logistic,
    logistic,
    read_weights,
    shipped_weights,
    weights_json,
)
from indexer.authors.clustering.collection_arrays import HashedSet, expand, expand_pairs
from indexer.authors.clustering.people_table import (
    ATTACHED,
    NamedPeople,
    number_groups,
    paper_hash,
    read_table,
    write_table,
)
from indexer.authors.clustering.same_name_clustering import cluster_names
from indexer.authors.clusters import author_cluster
from indexer.authors.curation import CuratedPapers, Curation, attach_curation
from indexer.authors.labelled_people import CERTAIN, shared_coauthor_names
from indexer.authors.person_papers import PersonPapers, papers_of_person
from indexer.authors.shortest_path import connect
from indexer.backends.whoosh.format.directory import Policy
from indexer.backends.whoosh.index import WhooshIndex
from indexer.errors import ConfigError, DumpError, IndexDamaged
from indexer.evaluation.b_cubed import b_cubed, pairwise
from indexer.evaluation.foreign_truth import is_foreign, read_foreign_truth
from indexer.evaluation.ground_truth import Identity
from indexer.intake.curation_file import read_curation
from indexer.paper import Paper
from indexer.ranking import Ranking
from webui import create_app

# Clustering


@given(st.integers(0, 7), st.integers(0, 10_000), st.floats(-1, 1))
@settings(max_examples=40)
def test_clusters_are_those_of_average_linkage(size: int, seed: int, threshold: float) -> None:
    likeness = np.random.default_rng(seed).uniform(-2, 2, (size, size))
    likeness = likeness + likeness.T
    clusters = [{item} for item in range(size)]

    def linkage(one: set[int], other: set[int]) -> float:
        return float(np.mean([likeness[i, j] for i in one for j in other]))

    while len(clusters) > 1:
        pairs = [(a, b) for a in range(len(clusters)) for b in range(a)]
        a, b = max(pairs, key=lambda pair: linkage(clusters[pair[0]], clusters[pair[1]]))
        if linkage(clusters[a], clusters[b]) < threshold:
            break
        clusters[b] |= clusters.pop(a)
    found = cluster(likeness, threshold)
    made = [set(np.flatnonzero(found.labels == label)) for label in range(len(found.linkage))]
    assert sorted(map(sorted, made)) == sorted(map(sorted, clusters))
    assert [len(one) for one in made] == sorted(map(len, made), reverse=True)


def test_b_cubed_of_a_perfect_clustering_is_one_and_of_one_cluster_has_full_recall() -> None:
    truth = [1, 1, 1, 2, 2, 3]
    for measure in (b_cubed, pairwise):
        assert measure(zip(truth, truth, strict=True)).f1 == 1
        assert measure((0, person) for person in truth).recall == 1
        assert measure(enumerate(truth)).precision == 1
    assert b_cubed((0, person) for person in truth).precision == pytest.approx(14 / 36)
    assert b_cubed(enumerate(truth)).recall == pytest.approx(3 / 6)


@given(st.lists(st.integers(-(2**40), 2**40)), st.lists(st.integers(-(2**40), 2**40)))
@settings(max_examples=30)
def test_a_hashed_set_finds_what_is_in_it(held: list[int], wanted: list[int]) -> None:
    numbers = np.unique(np.array(held, np.int64))
    sought = np.array(wanted + held[:3], np.int64)
    assert HashedSet(numbers).places(sought).tolist() == [
        at for at, number in enumerate(sought.tolist()) if number in set(held)
    ]


def test_rows_of_a_ragged_array_are_expanded_to_pairs() -> None:
    owner, first, second = expand_pairs(np.array([0, 3, 3, 4, 6]), np.array([3, 2, 1, 0]))

    assert owner.tolist() == [0, 3, 3, 3]
    assert first.tolist() == [4, 0, 0, 1]
    assert second.tolist() == [5, 1, 2, 2]


def test_rows_of_a_ragged_array_are_expanded() -> None:
    owner, items = expand(np.array([0, 2, 2, 5]), np.array([2, 1, 0]))
    assert owner.tolist() == [0, 0, 0, 2, 2]
    assert items.tolist() == [2, 3, 4, 0, 1]


def test_a_logistic_regression_finds_the_weights_its_labels_were_drawn_with() -> None:
    draw = np.random.default_rng(1)
    features = draw.normal(3, 2, (20_000, 2))
    labels = draw.random(20_000) < logistic(features @ [1.0, -0.5] - 1.5)
    coefficients, intercept = fit_logistic(
        features, labels, np.ones(20_000), least=np.full(2, -np.inf)
    )
    assert coefficients == pytest.approx([1.0, -0.5], abs=0.05)
    assert intercept == pytest.approx(-1.5, abs=0.2)
    bounded, _ = fit_logistic(features, labels, np.ones(20_000), least=np.zeros(2))
    assert bounded[1] == 0


def test_weights_are_read_as_they_were_written() -> None:
    weights = shipped_weights()
    again = read_weights(weights_json(weights))
    assert again.coefficients.tolist() == weights.coefficients.tolist()
    assert again.provenance["pairs of two people"] > 0
    other = json.loads(weights_json(weights))
    other["coefficients"].popitem()
    with pytest.raises(ValueError, match="other features"):
        read_weights(json.dumps(other))


# Numbers that last


def named(*groups: set[int], before: NamedPeople | None = None) -> NamedPeople:
    return number_groups([(frozenset(group), 0.5) for group in groups], (), before)


def test_groups_keep_their_numbers_while_papers_come_and_go() -> None:
    first = named({1, 2, 3}, {4, 5})
    assert first.groups == {1: {1, 2, 3}, 2: {4, 5}}
    # The second grows past the first, and a third comes.
    second = named({4, 5, 6, 7}, {1, 2}, {8, 9}, before=first)
    assert second.groups == {1: {1, 2}, 2: {4, 5, 6, 7}, 3: {8, 9}}
    assert second.moved == {}


def test_a_number_that_is_given_up_leads_to_where_its_papers_went() -> None:
    first = named({1, 2, 3}, {4, 5}, {6, 7})
    merged = named({1, 2, 3, 4, 5}, {6, 7}, before=first)
    assert merged.moved == {2: 1}
    again = named({6, 7, 1, 2, 3, 4, 5}, before=merged)
    assert again.groups.keys() == {1}
    assert again.moved == {2: 1, 3: 1}
    # A new group never takes a number that was given up.
    third = named({1, 2, 3, 4, 5}, {6, 7}, before=again)
    assert third.groups.keys() == {1, 4}
    assert (third.current(4), third.current(3), third.current(9)) == (4, 1, None)


def test_a_person_asked_for_by_number_has_papers_or_a_note() -> None:
    people = number_groups(
        [(frozenset({paper_hash("a"), paper_hash("b")}), 0.9)], (paper_hash("c"),), None
    )
    moved = NamedPeople(people.groups, people.confidence, {2: 1, 3: 0}, people.alone)
    table = write_table({"ann ace": moved}, ())

    def papers(number: int, key: str = "ann ace") -> PersonPapers:
        return papers_of_person(table, key, number, lambda _: ("a", "b", "c", "gone"))

    assert papers(1) == PersonPapers(("a", "b"))
    assert papers(2) == PersonPapers(("a", "b"), "group 2 is part of group 1 now")
    assert papers(3).ids == ("a", "b", "c", "gone")
    assert "number 4" in papers(4).note
    assert "in no groups" in papers(1, "bob bay").note
    assert "keeps no groups" in papers_of_person(None, "ann ace", 1, lambda _: ()).note


@given(st.lists(st.lists(st.integers(0, 9), min_size=10, max_size=10), min_size=1, max_size=5))
@settings(max_examples=40)
def test_every_number_that_was_given_leads_somewhere(history: list[list[int]]) -> None:
    people: NamedPeople | None = None
    given_out: set[int] = set()
    for labels in history:
        groups = [{at for at, own in enumerate(labels) if own == label} for label in set(labels)]
        people = named(*groups, before=people)
        given_out |= people.groups.keys()
        assert sorted(map(sorted, people.groups.values())) == sorted(map(sorted, groups))
        assert all(people.current(number) in people.groups for number in given_out)


def test_a_table_is_read_as_it_was_written() -> None:
    people = {
        "yang liu": NamedPeople(
            {1: frozenset({3, 2**32 - 1}), 4: frozenset({5})}, {1: 0.5, 4: 0.97}, {2: 1, 3: 0}
        ),
        "jörg": NamedPeople({1: frozenset({1, 2})}, {1: 0.0}, {}, frozenset({7})),
    }
    data = write_table(people, [9, 2, 2**64 - 1])
    table = read_table(data)
    assert {key: table.people(key) for key in table.names()} == people
    assert table.people("yang") is None
    assert table.people("\ud800") is None
    assert list(table.fingerprints) == [2, 9, 2**64 - 1]
    changes = (
        (b'"version":1', b'"version":2'),
        (b'"names":1', b'"names":-'),
        (b"name_ends", b"nume_ends"),
    )
    changed = [data.replace(old, new) for old, new in changes]
    for damaged in (b"", data[:40], data[:-1], *changed):
        assert damaged != data
        with pytest.raises(IndexDamaged):
            read_table(damaged)


# In an index


def papers() -> list[Paper]:
    """Two people named Wei Li among many of the surname: a roboticist and a linguist."""
    robots = "gripper grasping tactile manipulation torque fingers"
    words = "morphology treebank annotation grammar inflection dialect"
    made = [
        Paper(f"r{at}", f"Tactile grasping {at}", f"{robots} arm {at}", ("Wei Li", "Xu Rot"),
              "ICRA", 2010 + at)
        for at in range(4)
    ]  # fmt: skip
    made += [
        Paper(f"l{at}", f"Treebank grammar {at}", f"{words} corpus {at}", ("Wei Li", "Yo Zed"),
              "ACL", 2011 + at)
        for at in range(3)
    ]  # fmt: skip
    made += [
        Paper(f"k{at}", f"Kin {at}", "other things", (f"W{chr(97 + at % 26)}{at} Li", "Wei Chen"))
        for at in range(120)
    ]
    made += [Paper(f"w{at}", "More", "things", (f"Wei Chen{at}",)) for at in range(120)]
    return made


def index_of(folder: Path, *added: Paper, curation: Curation | None = None) -> WhooshIndex:
    index = WhooshIndex(folder, ranking=Ranking(), policy=Policy(workers=1))
    with index.writer() as writer:
        for paper in added:
            writer.add(paper)
        if curation is not None:
            attach_curation(writer, curation)
    return index


def groups(index: WhooshIndex, name: str = "Wei Li") -> dict[int, set[str]]:
    with index.searcher() as searcher:
        found = author_cluster(searcher, name)
    assert found is not None
    return {group.number: set(group.papers) for group in found.groups}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> WhooshIndex:
    return index_of(tmp_path_factory.mktemp("people"), *papers())


def test_an_index_keeps_the_likely_people_of_a_name(built: WhooshIndex) -> None:
    assert groups(built) == {1: {"r0", "r1", "r2", "r3"}, 2: {"l0", "l1", "l2"}}
    assert groups(built, "Xu Rot") == {}
    with built.searcher() as searcher:
        found = author_cluster(searcher, "wei li")
        assert found is not None
        # The cluster itself stays the papers of the exact name, newest first.
        assert [paper.id for paper in found.papers] == ["r3", "l2", "r2", "l1", "r1", "l0", "r0"]


def test_pages_of_people_have_addresses_feeds_and_records(built: WhooshIndex) -> None:
    client = create_app(index=built).test_client()
    whole = client.get("/author/wei-li").text
    assert "The papers of this name fall into 2 groups" in whole
    assert 'href="/author/wei-li/2"' in whole
    part = client.get("/author/wei-li/2")
    assert "Treebank grammar 2" in part.text
    assert "Tactile grasping" not in part.text.partition('aria-label="Papers"')[2]
    assert '<link rel="canonical" href="/author/wei-li/2">' in part.text
    assert "    same: [&#34;r0&#34;, &#34;l0&#34;]" in part.text
    assert client.get("/author/wei-li/1.bib").text.count("title =") == 4
    data = client.get("/author/wei-li/2.json").get_json()
    assert {paper["id"] for paper in data["papers"]} == {"l0", "l1", "l2"}
    feed = client.get("/author/wei-li/2.atom").text
    assert feed.count("<entry>") == 3
    assert client.get("/author/Wei-Li/2").headers["Location"] == "/author/wei-li/2"
    for address in ("3", "0", "x", "-1", "٣", "1000000000", "2.foo"):
        assert client.get(f"/author/wei-li/{address}").status_code == 404, address
    assert client.get("/author/xu-rot/1").status_code == 404


def test_a_search_offers_the_people_of_a_name_and_counts_them_truly(built: WhooshIndex) -> None:
    client = create_app(index=built).test_client()
    for asked in ("author=Wei+Li", "q=wei+li", 'q=author:%3D"wei+li"', "author=Wei+Li&year=2012"):
        page = client.get(f"/search?{asked}").text
        panel = re.search(r'<fieldset class="facet people">.*?</fieldset>', page, re.DOTALL)
        assert panel is not None, asked
        assert "People named" in panel[0]
        rows = re.findall(r'href="(/search[^"]+)">[^<]+</a> <span class="count">(\d+)', panel[0])
        assert rows
        for href, count in rows:
            found = client.get(html.unescape(href).replace("/search?", "/search.json?")).get_json()
            assert found["total"] == int(count) > 0
    assert "People named" not in client.get("/search?author=Xu+Rot").text
    assert "People named" not in client.get("/search?q=grammar").text


def test_a_name_typed_in_full_is_completed_to_its_people(built: WhooshIndex) -> None:
    client = create_app(index=built).test_client()
    _, texts, told, links = client.get("/suggest?q=wei+li").get_json()
    assert texts[0] == "Wei Li"
    assert [text.startswith("Wei Li: ") for text in texts] == [False, True, True]
    assert told[1:] == ["likely person, 4 papers", "likely person, 3 papers"]
    assert [link.rpartition("/author/")[2] for link in links] == ["wei-li", "wei-li/1", "wei-li/2"]
    assert client.get("/suggest?q=wei+l").get_json()[1] == ["Wei Li"]
    assert client.get("/suggest?q=li+wei").get_json()[1] == ["Wei Li"]


def test_a_path_does_not_pass_through_two_people_of_one_name(tmp_path: Path) -> None:
    made = [*papers(), Paper("x1", "One", authors=("Xu Rot", "Bo Mid")),
            Paper("x2", "Two", authors=("Bo Mid", "Cy End")),
            Paper("x3", "Three", authors=("Cy End", "Yo Zed"))]  # fmt: skip
    told = Curation(
        papers=(CuratedPapers("Wei Li", same=("r0", "r1", "r2", "r3")),
                CuratedPapers("Wei Li", same=("l0", "l1", "l2")),
                CuratedPapers("Wei Li", different=("r0", "l0")))
    )  # fmt: skip
    index = index_of(tmp_path, *made, curation=told)
    with index.searcher() as searcher:
        table = read_table(searcher.attachment(ATTACHED) or b"").people("wei li")
        assert table is not None
        assert min(table.confidence.values()) >= CERTAIN
        connection = connect(searcher, "Xu Rot", "Yo Zed")
        assert connection.names == ("Xu Rot", "Bo Mid", "Cy End", "Yo Zed")
        assert connection.passed_over == ("Wei Li",)
        assert connect(searcher, "Xu Rot", "Wei Li").names == ("Xu Rot", "Wei Li")
    page = create_app(index=index).test_client().get("/path?from=Xu+Rot&to=Yo+Zed").text
    assert 'Passed over: <a href="/author/wei-li">Wei Li</a>' in page


def test_a_co_author_name_of_two_people_is_told_as_two(tmp_path: Path) -> None:
    made = [replace(paper, authors=(*paper.authors, "Amy Both"))
            if paper.id in ("r0", "r1", "l0") else paper for paper in papers()]  # fmt: skip
    told = Curation(
        papers=(CuratedPapers("Wei Li", same=("r0", "r1", "r2", "r3")),
                CuratedPapers("Wei Li", same=("l0", "l1", "l2")),
                CuratedPapers("Wei Li", different=("r0", "l0")))
    )  # fmt: skip
    index = index_of(tmp_path, *made, curation=told)
    with index.searcher() as searcher:
        two = [paper for paper in made if "Amy Both" in paper.authors]
        names = ("Wei Li", "Xu Rot")
        assert shared_coauthor_names(searcher, two, names) == {"wei li": 2}
        assert shared_coauthor_names(searcher, two[:2], names) == {}
    page = create_app(index=index).test_client().get("/author/amy-both").text
    assert 'Wei Li</a> <span class="reasons">2 people</span>' in page


def test_the_page_of_a_person_leads_to_the_full_search(built: WhooshIndex) -> None:
    client = create_app(index=built).test_client()
    page = client.get("/author/wei-li/2").text
    href = re.search(r'href="([^"]+)">Open in full search', page)
    assert href is not None
    json = html.unescape(href[1]).replace("/search?", "/search.json?")
    ids = {hit["id"] for hit in client.get(json).get_json()["hits"]}
    assert ids == {"l0", "l1", "l2"}


def test_numbers_last_over_updates_and_rebuilds(tmp_path: Path) -> None:
    made = papers()
    index = index_of(tmp_path, *made)
    more = [replace(made[4], id=f"n{at}", title=f"Treebank grammar n{at}") for at in range(3)]
    with index.writer() as writer:
        for paper in more:
            writer.add(paper)
    grown = {"l0", "l1", "l2", "n0", "n1", "n2"}
    assert groups(index) == {1: {"r0", "r1", "r2", "r3"}, 2: grown}
    with index.writer(rebuild=True) as writer:
        for paper in (*more, *reversed(made)):
            writer.add(paper)
    assert groups(index) == {1: {"r0", "r1", "r2", "r3"}, 2: grown}
    # A paper of both connects them: the number that is given up leads on.
    curation = Curation(papers=(CuratedPapers("Wei Li", same=("r0", "l0")),))
    with index.writer() as writer:
        attach_curation(writer, curation)
    assert groups(index) == {}
    client = create_app(index=index).test_client()
    assert client.get("/author/wei-li/2.bib").headers["Location"] == "/author/wei-li.bib"
    assert client.get("/author/wei-li/3").status_code == 404


def test_an_update_leaves_names_that_it_does_not_touch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = index_of(tmp_path, *papers())
    asked: list[int] = []

    def counting(*args: object, **options: object) -> list[object]:
        asked.append(len(args[3]))  # type: ignore[arg-type] # the name ids
        return list(likely(*args, **options))  # type: ignore[arg-type]

    likely = cluster_names
    monkeypatch.setattr("indexer.authors.clustering.likely_people.cluster_names", counting)
    with index.writer() as writer:
        writer.add(Paper("new", "Untouched", "", ("Xu Rot", "Nobody Else")))
    assert asked == [1]
    assert groups(index).keys() == {1, 2}


def test_what_is_certain_goes_before_what_is_likely(tmp_path: Path) -> None:
    def with_id(paper: Paper, *, orcid: str = "", source_id: str = "") -> Paper:
        first = Author(paper.authors[0], orcid=orcid, source_id=source_id)
        return replace(paper, author_details=(first, *map(Author, paper.authors[1:])))

    made = [
        with_id(paper, orcid="0000-0002-1825-0097") if paper.id in ("r0", "l0", "l1") else paper
        for paper in papers()
    ]
    same = index_of(tmp_path / "same", *made)
    assert not groups(same)
    apart = [
        with_id(paper, source_id=f"~Wei_Li{int(paper.id[1]) % 2}") if paper.id[0] == "r" else paper
        for paper in papers()
    ]
    found = groups(index_of(tmp_path / "apart", *apart)).values()
    assert {frozenset(group) for group in found} >= {
        frozenset({"r0", "r2"}),
        frozenset({"r1", "r3"}),
    }
    curation = Curation(papers=(CuratedPapers("Wei Li", different=("r0", "r1")),))
    curated = groups(index_of(tmp_path / "curated", *papers(), curation=curation))
    assert not any({"r0", "r1"} <= group for group in curated.values())


def test_an_index_of_single_papers_keeps_no_table(tmp_path: Path) -> None:
    index = index_of(tmp_path, *(paper for paper in papers() if paper.id[0] == "w"))
    with index.searcher() as searcher:
        assert searcher.attachment(ATTACHED) is None
    assert paper_hash("r0") != paper_hash("r1")


# Files


def test_papers_of_one_name_can_be_curated(tmp_path: Path) -> None:
    file = tmp_path / "authors.yaml"
    file.write_text("papers:\n  - name: Wei Li\n    same: [r0, l0]\n    different: [r0, 17]\n")
    curation = read_curation(str(file))
    assert curation == Curation(papers=(CuratedPapers("Wei Li", ("r0", "l0"), ("r0", "17")),))
    faulty = "papers:\n  - same: [a, b]\n  - name: X\n  - name: X\n    same: [a]\n"
    file.write_text(faulty + "  - name: X\n    same: [a, b]\n    different: [b, a]\n")
    with pytest.raises(ConfigError) as error:
        read_curation(str(file))
    assert [line[-8:] for line in str(error.value).splitlines() if "(line" in line] == [
        "(line 2)", "(line 3)", "(line 5)", "(line 6)",
    ]  # fmt: skip


def test_truth_of_other_collections_is_read(tmp_path: Path) -> None:
    known = {paper.id: paper for paper in papers()}
    who = tmp_path / "train_author.json"
    who.write_text(json.dumps({"li_wei": {"p1": ["r0", "r1", "gone"], "p2": ["l0"]}}))
    assert is_foreign(str(who))
    truth = read_foreign_truth(str(who), known.get)
    people = {"r0": "p1", "r1": "p1", "l0": "p2"}
    expected = {paper: Identity("person", who) for paper, who in people.items()}
    assert truth.known["wei li"] == expected
    folder = tmp_path / "s2and"
    folder.mkdir()
    signatures = {
        f"s{paper}": {"paper_id": paper, "author_info": {"position": 0}} for paper in people
    }
    (folder / "x_signatures.json").write_text(json.dumps(signatures))
    clusters = {"p1": {"signature_ids": ["sr0", "sr1"]}, "p2": {"signature_ids": ["sl0", "gone"]}}
    (folder / "x_clusters.json").write_text(json.dumps(clusters))
    for path in (folder, folder / "x_clusters.json"):
        assert read_foreign_truth(str(path), known.get).known["wei li"] == expected
    (folder / "y_clusters.json").write_text("{}")
    with pytest.raises(DumpError, match="expected one file"):
        read_foreign_truth(str(folder), known.get)
    lines = tmp_path / "truth.jsonl"
    lines.write_text('{"paper": "r0", "authors": [], "ids": []}\n')
    assert not is_foreign(str(lines))
