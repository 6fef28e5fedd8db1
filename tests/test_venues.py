"""Names of venues and what they become."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from indexer.cleaning.venues import Venues, load_venues
from indexer.errors import ConfigError
from indexer.paper import CONFERENCE
from indexer.record.identifiers import normalised


@pytest.fixture(scope="module")
def venues() -> Venues:
    return load_venues()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NeurIPS", "NeurIPS"),
        ("nips", "NeurIPS"),
        ("NIPS 2017", "NeurIPS"),
        ("ICML'19", "ICML"),
        ("AAAI-20", "AAAI"),
        ("3DV", "3DV"),
        ("Advances in Neural Information Processing Systems 31", "NeurIPS"),
        (("Advances in Neural Information Processing Systems 31: Annual Conference on Neural "
          "Information Processing Systems 2018, December 3-8, Montréal"), "NeurIPS"),
        ("Proceedings of the 35th International Conference on Machine Learning", "ICML"),
        (("Proceedings of the Twenty-First International Joint Conference on Artificial "
          "Intelligence"), "IJCAI"),
        ("2019 IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR)", "CVPR"),
        ("2019 International Conference on Robotics and Automation (ICRA)", "ICRA"),
        ("2005 IEEE/RSJ International Conference on Intelligent Robots and Systems", "IROS"),
        (("Proceedings of the 2018 Conference of the North American Chapter of the Association "
          "for Computational Linguistics: Human Language Technologies, Volume 2"), "NAACL"),
        (("Proceedings of the 57th Annual Meeting of the Association for Computational "
          "Linguistics"), "ACL"),
        ("Findings of the Association for Computational Linguistics: EMNLP 2021",
         "Findings of ACL"),
        ("J. Mach. Learn. Res.", "JMLR"),
        ("Robotics: Science and Systems XIV", "RSS"),
        ("Computer Vision – ECCV 2022", "ECCV"),
        ("CACM December, 1958", "CACM"),
        ("Computational Linguistics, Volume 15, Number 1, March 1989", "Computational Linguistics"),
    ],
)  # fmt: skip
def test_listed_venues(venues: Venues, text: str, expected: str) -> None:
    assert expected == venues.canonical(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Machine Learning", "Machine Learning"),
        ("Artificial Intelligence in Medicine", "Artificial Intelligence in Medicine"),
        ("Neural Computation and Applications", "Neural Computation and Applications"),
        ("ICML Workshop on Snow", "ICML Workshop on Snow"),
        ("2017 Workshop on Advanced Snow", "Workshop on Advanced Snow"),
        ("Proceedings of the 12th Conference on Snow", "Conference on Snow"),
        ("Testing 2020", "Testing 2020"),
        ("Journal of  Snow, vol. 12, 2003", "Journal of Snow, vol. 12, 2003"),
        ("Proceedings of the Royal Society of Snow", "Proceedings of the Royal Society of Snow"),
        ("Lecture Notes in Snow 1234", "Lecture Notes in Snow 1234"),
        ("Conference on Snow (Snow 2020), May 4", "Conference on Snow (Snow 2020)"),
        ("20th Century British History", "20th Century British History"),
        ("Annual Review of 19th Century Art", "Annual Review of 19th Century Art"),
        ("Horizon 2020 Reports", "Horizon 2020 Reports"),
        ("IEEE Std 1588-2008 Standard", "IEEE Std 1588-2008 Standard"),
        ("Snow Multi-Conference (SMC'2010)", "Snow Multi-Conference (SMC'2010)"),
        ("Structure (London, England : 1993)", "Structure (London, England : 1993)"),
        ("Pro jQuery 2.0", "Pro jQuery 2.0"),
        ("The 1000 Genomes Letters", "The 1000 Genomes Letters"),
        ("12th Annual Workshop on Snow, May 2012", "Annual Workshop on Snow"),
        ("Reports of the Year (2003)", "Reports of the Year (2003)"),
        ("arXiv preprint arXiv:1706.03762", "arXiv"),
        ("arXiv e-prints arXiv:hep-th/9901001", "arXiv"),
        (
            "IEEE International Symposium on Snow, ISS 2015, Lisbon, Portugal, May 24-27, 2015",
            "IEEE International Symposium on Snow",
        ),
    ],
)
def test_venues_that_are_not_listed_keep_their_name(
    venues: Venues, text: str, expected: str
) -> None:
    assert expected == venues.canonical(text)


def test_ids_are_made_of_the_names_of_the_first_release(venues: Venues) -> None:
    assert venues.name_in_ids("Horizon 2020 Reports") == "Horizon Reports"
    assert venues.name_in_ids("arXiv preprint arXiv:2103.00020") == "arXiv preprint arXiv:2103."
    assert venues.name_in_ids("NIPS 2017") == "NeurIPS"
    assert venues.name_in_ids("unknown") == ""


@pytest.mark.parametrize("text", ["", " ", "unknown", "Unknown", "N/A", "none", "-", "TBD", "…"])
def test_missing_is_missing(venues: Venues, text: str) -> None:
    assert venues.canonical(text) == ""


def test_every_name_of_the_table_leads_to_its_venue(venues: Venues) -> None:
    for name, full in venues.full_names.items():
        assert name == venues.canonical(name)
        assert name == venues.canonical(full)
        if venues.types[name] == CONFERENCE:
            assert name == venues.canonical(f"Proceedings of the 7th {full} 2011")


def test_a_canonical_name_stays(venues: Venues) -> None:
    for text in (
        "ICML Workshop on Snow",
        "Testing 2020",
        "Journal of Snow, vol. 12, 2003",
        "Proceedings of the 2018 12th Conference on Snow, vol. 3, May 2003",
    ):
        once = venues.canonical(text)
        assert once == venues.canonical(once)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- a list", "expected a mapping of venues, got list"),
        ("X: 3", "X: expected full, type and aliases, got int"),
        ("X: {full: Xs, type: workshop}", "X.type: expected conference or journal, got 'workshop'"),
        ("X: {type: journal}", "X.full: expected a text, got None"),
        ("X: {full: Xs, type: journal, alias: [Y]}", "X: unknown key 'alias'"),
        ("2020: {full: Xs, type: journal}", "2020: expected a name in text, got int"),
        ("X: {full: Xs, type: journal, aliases: Y}", "X.aliases: expected a list of texts"),
        ("X: [", "cannot be read"),
    ],
)
def test_a_faulty_table_is_refused_with_file_and_key(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load_venues(str(path))

    assert "mine.yaml: " in str(caught.value)
    assert fault in str(caught.value)


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("X: 3\nY: {full: 1, type: journal}\n", encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load_venues(str(path))

    assert len(caught.value.faults) == 2


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("PloS one", "PLOS ONE"),
        ("Sensors (Basel, Switzerland)", "Sensors"),
        ("Lancet (London, England)", "The Lancet"),
        ("Phys.Rev.Lett", "Physical Review Letters"),
        (
            "Journal of magnetic resonance (San Diego, Calif. : 1997)",
            "Journal of Magnetic Resonance",
        ),
        ("European radiology : official journal of radiologists", "European Radiology"),
        ("STOC 2019", "STOC"),
        ("SAT '19", "SAT"),
        ("2019 IEEE International Conference on Image Processing (ICIP)", "ICIP"),
        # Names that begin alike, or are words, stay as they are.
        ("Proceedings of Science", "Proceedings of Science"),
        ("Journal of Clinical Epidemiology and Practice", None),
        ("The Lancet Oncology", None),
        ("Cancer Research", None),
        ("Language Learning & Technology", None),
        ("Medicine", None),
        ("Software", None),
        ("Date", None),
        ("fast", None),
        ("Nature Reviews", None),
        ("Workshop on Image Processing", None),
    ],
)
def test_further_venues_are_known_by_their_whole_names(text: str, name: str | None) -> None:
    assert load_venues().canonical(text) == (name or text)


def test_the_table_has_300_venues_with_numbers_that_check() -> None:
    venues = load_venues()

    assert len(venues.full_names) >= 300
    assert len(venues.issn) >= 150
    assert len(venues.dblp) >= 200
    for name, listed in venues.issn.items():
        assert name in venues.full_names
        assert all(normalised("issn", issn) == issn for issn in listed), name
    numbers = [issn for listed in venues.issn.values() for issn in listed]
    assert len(numbers) == len(set(numbers))
    assert all(re.fullmatch(r"(?:conf|journals)/[a-z0-9]+", key) for key in venues.dblp.values())
    assert all(venues.canonical(full) == name for name, full in venues.full_names.items())


def test_a_missing_venue_is_told_by_issn_or_dblp() -> None:
    venues = load_venues()

    assert venues.identified((("issn", "1532-4435"),)) == "JMLR"
    assert venues.identified((("dblp", "conf/nips/VaswaniSPUJGKP17"),)) == "NeurIPS"
    assert venues.identified((("dblp", "journals/tnn/X20"), ("issn", "2049-3630"))) == ""


def test_ids_are_made_of_the_names_of_the_first_table() -> None:
    venues = load_venues()

    assert venues.name_in_ids("PloS one") == "PloS one"
    assert venues.name_in_ids("Phys. Rev. Lett.") == "Phys. Rev. Lett."


def test_queries_do_not_wait_for_the_venues_that_only_records_have() -> None:
    def read_more() -> dict[str, dict[str, object]]:
        raise AssertionError("nobody cleans a record")

    venues = Venues({"ICML": {"full": "Conference on Learning", "type": "conference"}}, read_more)

    assert venues.alias("icml 2019") == "ICML"
