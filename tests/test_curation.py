"""What is curated about names: the file and its faults, and what clusters then say."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from indexer.authors.clusters import AuthorCluster, author_cluster
from indexer.authors.curation import CuratedPerson, Curation, attach_curation, curation_of
from indexer.build import build_index
from indexer.errors import ConfigError, IndexDamaged
from indexer.intake.curation_file import DEFAULT_FILE, read_curation
from indexer.paper import Paper
from indexer.serialization.json_objects import cluster_json
from tests.oracle import MemoryIndex
from webui.cli import quiver

GOOD = """
people:
  - name: Anna Sørén
    same: [Anna Soren, A. Søren]
    homepage: https://example.org/anna
    orcid: https://orcid.org/0000-0002-1825-0097
  - name: Nobody Here
different:
  - [Tao Lin, Tao Lin 0004]
"""
CURATION = Curation(
    (
        CuratedPerson(
            "Anna Sørén",
            ("Anna Soren", "A. Søren"),
            "https://example.org/anna",
            "0000-0002-1825-0097",
        ),
        CuratedPerson("Nobody Here"),
    ),
    (("Tao Lin", "Tao Lin 0004"),),
)
PAPERS = (
    Paper("a", "Zebras", authors=("Anna Søren", "Tao Lin", "Bea Best"), year=2020, venue="ICML"),
    Paper("b", "Apes", authors=("Anna Soren", "Tao Lin 0004", "Bea Best"), year=2021, venue="ICML"),
    Paper("c", "Bees", authors=("A. Søren", "Bea Best"), year=2019, venue="ICML"),
    Paper("d", "Ants", authors=("Tao Lin 0004", "Cy Coe"), year=2018),
)


def file(tmp_path: Path, text: str) -> str:
    path = tmp_path / "authors.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def cluster_of(
    name: str, curation: Curation, also: tuple[str, ...] = (), *, curated: bool = True
) -> AuthorCluster:
    index = MemoryIndex()
    with index.writer() as writer:
        for paper in PAPERS:
            writer.add(paper)
        attach_curation(writer, curation)
    with index.searcher() as searcher:
        cluster = author_cluster(searcher, name, also, curated=curated)
    assert cluster is not None
    return cluster


def test_a_file_is_read(tmp_path: Path) -> None:
    assert read_curation(file(tmp_path, GOOD)) == CURATION


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "people: []\ndifferent:\n", "people:\n"])
def test_a_file_may_say_nothing(tmp_path: Path, text: str) -> None:
    assert read_curation(file(tmp_path, text)) == Curation()


def test_the_file_that_comes_with_it_is_right(checkout: Path) -> None:
    text = (checkout / "data" / "authors.yaml").read_text(encoding="utf-8")

    assert read_curation(str(checkout / "data" / "authors.yaml")) == Curation()
    assert "name: Martin Takáč" in text


def test_only_the_default_file_may_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert read_curation(DEFAULT_FILE) is None
    with pytest.raises(ConfigError, match=r"other\.yaml: there is no such file"):
        read_curation("other.yaml")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("people: {a: 1}", r"people: expected a list; got a mapping \(line 1\)"),
        ("- 1", r"expected the keys people, different, papers; got a list \(line 1\)"),
        ("peoples: []", r"got 'peoples'; did you mean 'people'\? \(line 1\)"),
        ("people:\n- names: x", r"people\.1: .*'names'; did you mean 'name'\? \(line 2\)"),
        ("people:\n- {}", r"people\.1: expected a name.*add `name:` \(line 2\)"),
        ("people:\n- name: [x]", r"people\.1\.name: expected a text; got a list \(line 2\)"),
        ("people:\n- name: '12'", r"people\.1\.name: expected a name as papers print it"),
        ("people:\n- name: A\n  same: B", r"people\.1\.same: expected a list; got 'B' \(line 3\)"),
        ("people:\n- name: A\n  name: B", r"name is given twice; keep one \(line 3\)"),
        ("people:\n- name: A\n  homepage: 'javascript:x'", r"homepage: expected an address"),
        ("people:\n- name: A\n  orcid: 0000-0002-1825-0098", r"orcid: .*check its digits"),
        (
            "people:\n- name: A B\n- name: C\n  same: [a  b]",
            r"people\.2: 'a b' is already in line 2",
        ),
        ("different:\n- [A]", r"different\.1: expected 2 to 50 names.*got 1 \(line 2\)"),
        ("different:\n- [A, a]", r"different\.1: 'A' and 'a' are the same"),
        (
            "people:\n- name: A\n  same: [B]\ndifferent:\n- [B, A]",
            r"different\.1: 'B' and 'A' are the same elsewhere.*\(line 5\)",
        ),
        ("people: [", r"is not YAML in UTF-8"),
        # Tags are never followed: this is a list with one text in it.
        ("people: !!python/object/apply:os.system [ls]", r"people\.1: expected the keys name"),
    ],
)
def test_faults_name_key_line_and_remedy(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ConfigError, match=fault) as raised:
        read_curation(file(tmp_path, text))
    assert all(one.startswith(str(tmp_path)) for one in raised.value.faults)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        read_curation(file(tmp_path, "people:\n- {}\n- name: 1\nother: 2\n"))
    assert len(raised.value.faults) == 3


def test_a_file_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="larger than"):
        read_curation(file(tmp_path, "# " + "x" * 2_000_000))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(text.encode("utf-8", "replace"))
    with suppress(ConfigError):
        read_curation(str(path))


def test_names_of_one_person_stand_together_and_it_is_said() -> None:
    cluster = cluster_of("Anna Soren", CURATION)

    assert cluster.name == "Anna Sørén"
    assert cluster.slug == "anna-soren"
    assert [paper.id for paper in cluster.papers] == ["b", "c"]
    assert cluster.names == ("Anna Soren", "A. Søren")
    assert cluster.also == ()
    said = cluster_json(cluster)["curated"]
    assert said == {
        "name": "Anna Sørén",
        "same": ["Anna Sørén", "Anna Soren", "A. Søren"],
        "different": [],
        "homepage": "https://example.org/anna",
        "orcid": "0000-0002-1825-0097",
    }


def test_the_exact_name_alone_can_still_be_seen() -> None:
    cluster = cluster_of("Anna Soren", CURATION, curated=False)

    assert [paper.id for paper in cluster.papers] == ["b"]
    assert cluster.curated is not None


def test_the_reader_adds_to_what_is_curated() -> None:
    cluster = cluster_of("Anna Soren", CURATION, ("Anna Søren",))

    assert [paper.id for paper in cluster.papers] == ["b", "a", "c"]
    assert cluster.also == ("Anna Søren",)


def test_the_preferred_spelling_leads_to_the_papers_though_none_prints_it() -> None:
    cluster = cluster_of("Anna Sørén", CURATION)

    assert cluster.slug == "anna-soren"
    assert len(cluster.papers) == 2


def test_different_people_are_not_suggested() -> None:
    assert [one.value for one in cluster_of("Tao Lin", Curation()).same_folded] == ["Tao Lin 0004"]

    cluster = cluster_of("Tao Lin", CURATION)
    assert cluster.same_folded == ()
    assert cluster.same_person == ()
    assert cluster.different == ("Tao Lin 0004",)


def test_a_build_keeps_it_an_update_leaves_it_and_a_rebuild_drops_it(tmp_path: Path) -> None:
    dump = tmp_path / "a.jsonl"
    dump.write_text('{"title": "Zebra finches", "authors": ["Anna Soren"]}\n', encoding="utf-8")
    index = MemoryIndex()

    def kept() -> Curation:
        with index.searcher() as searcher:
            return curation_of(searcher)

    build_index([str(dump)], index, curation=CURATION)
    assert kept() == CURATION
    build_index([str(dump)], index, rebuild=False)
    assert kept() == CURATION
    build_index([str(dump)], index, rebuild=False, curation=Curation())
    assert kept() == Curation()
    build_index([str(dump)], index, curation=CURATION)
    build_index([str(dump)], index)
    assert kept() == Curation()


def test_the_pages_of_one_person_have_one_canonical_address() -> None:
    curation = Curation((CuratedPerson("Nobody", ("A. Søren", "Anna Soren")),))

    assert cluster_of("Anna Soren", curation).canonical == "a.-søren"
    assert cluster_of("A. Søren", curation).canonical == "a.-søren"
    assert cluster_of("Anna Soren", curation, curated=False).canonical == "anna-soren"
    assert cluster_of("Tao Lin", curation).canonical == "tao-lin"


def test_a_faulty_file_stops_a_build_before_anything_is_written(tmp_path: Path) -> None:
    dump = tmp_path / "a.jsonl"
    dump.write_text('{"title": "Zebra finches", "authors": ["Anna Soren"]}\n', encoding="utf-8")
    faulty = file(tmp_path, "people:\n- nam: A\n")
    config = tmp_path / "my.yaml"
    config.write_text(f"build:\n  authors: {faulty}\n", encoding="utf-8")
    index = tmp_path / "index"
    command = ["build", str(dump), "--index", str(index), "--config", str(config)]

    ran = CliRunner().invoke(quiver(), command)
    assert ran.exit_code == 1
    assert f"{faulty}: people.1: expected one of the keys name, same" in ran.output
    assert not index.exists()
    file(tmp_path, "people:\n- name: Anna Sørén\n  same: [Anna Soren]\n")
    assert CliRunner().invoke(quiver(), command).exit_code == 0
    said = CliRunner().invoke(quiver(), ["author", "Anna", "Soren", "--index", str(index)])
    assert "Curated: Anna Sørén, also Anna Soren" in said.output


def test_another_version_of_it_is_refused() -> None:
    index = MemoryIndex()
    with index.writer() as writer:
        writer.attach("authors", b'{"version": 9}')
    with index.searcher() as searcher, pytest.raises(IndexDamaged, match="version 9"):
        curation_of(searcher)
