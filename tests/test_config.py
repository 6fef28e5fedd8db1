"""Settings: defaults, the user's file over them, options over both, and every fault at once."""

from __future__ import annotations

import contextlib
import dataclasses
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from indexer.backends.whoosh.format.directory import Policy
from indexer.configuration.config import config_values, defaults_text, load_config
from indexer.errors import ConfigError
from indexer.ranking import Ranking


def faults_of(text: str, folder: Path) -> tuple[str, ...]:
    """Faults of a file with this text; the name of the file taken off."""
    path = folder / "my.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert all(fault.startswith(f"{path}: ") for fault in caught.value.faults)
    return tuple(fault.removeprefix(f"{path}: ") for fault in caught.value.faults)


def test_defaults_are_the_file_and_the_ranking_of_the_engine() -> None:
    config = load_config()
    assert config_values(config) == yaml.safe_load(defaults_text())
    assert config.ranking == Ranking()


def test_the_policy_of_the_engine_is_that_of_the_settings() -> None:
    build = load_config().build
    assert Policy() == Policy(
        keep=build.keep, wait=build.wait, most_lost=build.most_lost, workers=build.workers
    )


def test_every_key_is_used_somewhere(checkout: Path) -> None:
    """A setting that nothing reads would be a promise not kept."""
    sources = "".join(
        path.read_text(encoding="utf-8")
        for package in ("indexer", "webui")
        for path in (checkout / package).rglob("*.py")
        if path.name != "config.py"
    )
    for section, values in config_values(load_config()).items():
        for key in values:
            assert re.search(rf"\.{key}\b", sources), f"{section}.{key}"


def test_every_default_has_a_comment_above_it_or_above_its_group() -> None:
    lines = defaults_text().splitlines()
    for number, line in enumerate(lines):
        if line.startswith("  ") and not line.lstrip().startswith("#"):
            above = number
            while lines[above].startswith("  ") and not lines[above].lstrip().startswith("#"):
                above -= 1
            assert lines[above].lstrip().startswith("#"), f"line {number + 1}: {line}"


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text("web:\n  port: 9000\nranking:\n  title_weight: 4\n", encoding="utf-8")
    config = load_config(path)
    defaults = load_config()
    assert (config.web.port, config.ranking.title_weight) == (9000, 4.0)
    assert isinstance(config.ranking.title_weight, float)
    assert dataclasses.replace(config.web, port=defaults.web.port) == defaults.web
    assert config.search == defaults.search
    assert config.source == str(path)


def test_options_go_before_the_file_and_none_is_no_option(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text("web: {port: 9000}\n", encoding="utf-8")
    assert load_config(path, {"web.port": 9001, "web.host": None}).web.port == 9001


@pytest.mark.parametrize("text", ["", "# nothing\n", "web:\n", "web: {}\n", "\ufeffweb: {}\n"])
def test_an_empty_file_or_section_is_the_defaults(tmp_path: Path, text: str) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(text, encoding="utf-8")
    assert load_config(path) == load_config()


FAULTS = {
    "cluster: {hosts: 'https://me:secret@one:9200'}": (
        "cluster.hosts: expected addresses without user and password; set cluster.user, and the "
        "password as its comment says"
    ),
    "index: {backend: lucene}": (
        "index.backend: expected one of whoosh, opensearch; got 'lucene' (line 1)"
    ),
    "web: {prot: 80}": (
        "web.prot: expected one of the keys about_file, accent, accent_dark, "
        "connections_per_client, contact, host, links, logo_file, max_export, mcp, oai, "
        "page_cache, password_file, port, public_url, requests_per_minute, threads, title, "
        "trusted_proxies, user_header, workers; got 'prot'; "
        "did you mean 'port'? (line 1)"
    ),
    "port: 80": (
        "port: expected one of the keys alerts, build, cluster, index, meaning, ranking, search, "
        "web; got 'port'; "
        "did you mean 'web.port'? (line 1)"
    ),
    "web: {port: eighty}": (
        "web.port: expected a whole number from 0 to 65535; got 'eighty' (line 1)"
    ),
    "web: {port: 80.5}": "web.port: expected a whole number from 0 to 65535; got 80.5 (line 1)",
    "web: {port: true}": "web.port: expected a whole number from 0 to 65535; got true (line 1)",
    "web: {port: 70000}": "web.port: expected a whole number from 0 to 65535; got 70000 (line 1)",
    "web: {port: }": "web.port: expected a whole number from 0 to 65535; got nothing (line 1)",
    "web: {port: [80]}": "web.port: expected a whole number from 0 to 65535; got a list (line 1)",
    "web: {title: 2024}": "web.title: expected text; got 2024 (put it in quotes) (line 1)",
    "build: {strict: 'yes'}": "build.strict: expected true or false; got 'yes' (line 1)",
    "ranking: {k1: .inf}": "ranking.k1: expected a number from 0.01 to 100; got inf (line 1)",
    "ranking: {k1: .nan}": "ranking.k1: expected a number from 0.01 to 100; got nan (line 1)",
    "web: 80": "web: expected keys such as about_file, accent, accent_dark; got '80' (line 1)",
    "web: {public_url: papers}": "web.public_url: expected an address such as "
    "https://papers.example.org, or nothing; got 'papers' (line 1)",
    "web: {trusted_proxies: 10.0.0.0/40}": "web.trusted_proxies: expected addresses and networks "
    "such as 127.0.0.1, 10.0.0.0/8, or nothing; got '10.0.0.0/40' (line 1)",
    "- web": "expected keys such as alerts, build, cluster; got a list (line 1)",
    "web: {port: 1, port: 2}": "web.port: given twice, first in line 1; keep one (line 1)",
    "search: {per_page: 50, max_per_page: 20}": (
        "search.per_page: expected at most search.max_per_page (20); got 50"
    ),
    "web: {title: !!python/object/apply:os.getcwd []}": (
        "web.title: expected text; got a list (line 1)"
    ),
}


@pytest.mark.parametrize(("text", "fault"), FAULTS.items())
def test_a_fault_names_key_expected_got_nearest_and_line(
    tmp_path: Path, text: str, fault: str
) -> None:
    assert faults_of(text, tmp_path) == (fault,)


def test_all_faults_are_said_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = "web:\n  port: x\n  hots: a\nnonsense: 1\nranking:\n  title_b: 2\n"
    keys = [fault.partition(":")[0] for fault in faults_of(text, tmp_path)]
    assert keys == ["web.port", "web.hots", "nonsense", "ranking.title_b"]


@pytest.mark.parametrize("text", ["web: {port: 80", "a: b: c", "\t- x", "%YAML 9", "*x", "a\0b"])
def test_what_is_not_yaml_is_one_fault(tmp_path: Path, text: str) -> None:
    assert len(faults_of(text, tmp_path)) == 1


def test_a_file_that_is_absent_too_large_too_deep_or_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.yaml: cannot be read: No such file"):
        load_config(tmp_path / "absent.yaml")
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load_config(tmp_path)
    assert "at most 1,000,000 bytes" in faults_of("#" * 1_000_001, tmp_path)[0]
    assert "nested too deeply" in faults_of("[" * 100_000, tmp_path)[0]
    (tmp_path / "latin.yaml").write_bytes(b"web: {title: Z\xfcrich}")
    with pytest.raises(ConfigError, match="expected UTF-8 text; got byte 0xfc at 14"):
        load_config(tmp_path / "latin.yaml")


def test_an_option_at_fault_is_said_together_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text("web: {port: x}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path, {"web.workers": 0, "web.portt": 1})
    assert [fault.split(": ")[1] for fault in caught.value.faults] == [
        "web.port",
        "web.workers",
        "web.portt",
    ]


@given(st.binary(max_size=200))
def test_any_bytes_are_settings_or_faults(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    path = tmp_path_factory.mktemp("config") / "my.yaml"
    path.write_bytes(raw)
    with contextlib.suppress(ConfigError):  # nothing else may come out
        load_config(path)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["web", "port", "ranking", "k1", "title", "x"]), inner, max_size=3
            )
        ),
        max_leaves=12,
    )
)
def test_any_yaml_value_is_settings_or_faults(
    tmp_path_factory: pytest.TempPathFactory, value: object
) -> None:
    path = tmp_path_factory.mktemp("config") / "my.yaml"
    path.write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
    with contextlib.suppress(ConfigError):  # nothing else may come out
        load_config(path)
