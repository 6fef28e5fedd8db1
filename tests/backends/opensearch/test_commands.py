"""Every command answers alike, whichever engine the settings name."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from indexer.backends.opensearch.connection import ClusterConfig, connect
from webui.cli import quiver

pytestmark = pytest.mark.cluster

_OWN = {"took_ms", "generation", "identity", "built", "bytes", "backend", "seconds", "stages"} | {
    "score"
}
"""What differs from engine to engine, and from run to run; scores are compared elsewhere."""
_numbers = count()


class Engine:
    """The command line over one index."""

    def __init__(self, settings: Path) -> None:
        self.settings = str(settings)

    def run(self, *words: str) -> str:
        ran = CliRunner().invoke(quiver(), ["--config", self.settings, *words])
        assert ran.exit_code == 0, f"{words}\n{ran.output}"
        return ran.stdout

    def told(self, *words: str) -> object:
        """What a command tells machines, without what is each engine's own."""
        return shared(json.loads(self.run("--json", *words)))


def shared(value: object) -> object:
    if isinstance(value, dict):
        return {key: shared(one) for key, one in value.items() if key not in _OWN}
    return [shared(one) for one in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def dump(checkout: Path) -> str:
    return str(checkout / "data" / "martin-jaggi.txt")


@pytest.fixture(scope="module")
def engines(
    cluster: tuple[str, ...], dump: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, Engine]]:
    """The embedded engine and the cluster, each with the Arrow page."""
    folder = tmp_path_factory.mktemp("commands")
    name = f"cli{os.getpid()}-{next(_numbers)}"
    chosen = {
        "embedded": {"index": {"dir": str(folder / "index")}},
        "cluster": {
            "index": {"backend": "opensearch"},
            "cluster": {"hosts": ", ".join(cluster), "name": name, "shards": 2, "timeout": 60.0},
        },
    }
    made = []
    for kind, settings in chosen.items():
        path = folder / f"{kind}.yaml"
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")
        made.append(Engine(path))
        made[-1].run("build", dump)
    yield made[0], made[1]
    client = connect(ClusterConfig(hosts=cluster, name=name))
    client.indices.delete(index=f"{name}-*")
    client.close()


COMMANDS = (
    ("search", "federated learning"),
    ("search", "fedrated lerning"),
    ("search", "decentralized", "--venue", "ICML", "--year", "2019-2022"),
    ("search", "gossip OR consensus", "--match", "any", "--per-page", "5", "--page", "2"),
    ("search", "author:Jaggi -gradient", "--sort", "-year"),
    ("author", "Martin Jaggi"),
    ("export", "gossip", "--format", "jsonl"),
    ("info",),
    ("verify",),
    ("versions",),
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_same_is_told(engines: tuple[Engine, Engine], words: tuple[str, ...]) -> None:
    one, other = engines
    if words[0] == "export":
        assert one.run(*words) == other.run(*words) != ""
    else:
        assert one.told(*words) == other.told(*words)


def test_a_paper_and_those_like_it_are_the_same(engines: tuple[Engine, Engine]) -> None:
    one, other = engines
    found = json.loads(one.run("--json", "search", "gossip"))["hits"][0]["id"]

    assert one.told("show", found) == other.told("show", found)
    assert one.told("similar", found) == other.told("similar", found)


def test_changing_telling_what_changed_and_going_back(
    engines: tuple[Engine, Engine], tmp_path: Path
) -> None:
    more = tmp_path / "more.jsonl"
    more.write_text('{"id": "new", "title": "A new paper on gossip"}\n', encoding="utf-8")

    for engine in engines:
        before = engine.told("search", "gossip")
        engine.run("update", str(more))
        changes = json.loads(engine.run("--json", "diff"))
        assert changes["old"] < changes["new"]
        assert (changes["added"], changes["changed"], changes["gone"]) == (["new"], [], [])
        assert "new" in engine.run("search", "gossip", "--json")
        engine.run("rollback")
        assert engine.told("search", "gossip") == before


def test_papers_move_to_the_cluster_and_back(
    engines: tuple[Engine, Engine], dump: str, tmp_path: Path
) -> None:
    one, other = engines
    for source, target in ((one, other), (other, one)):
        moved = tmp_path / "papers.jsonl"
        everything = source.run("export", "*", "--format", "jsonl")
        moved.write_text(everything, encoding="utf-8")
        target.run("build", str(moved))

        assert sorted(target.run("export", "*", "--format", "jsonl").splitlines()) == sorted(
            everything.splitlines()
        )
        target.run("build", dump)
