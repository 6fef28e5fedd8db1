"""The README is true: its commands run, its verbs, options, keys and tables are the real ones."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner

import indexer
from indexer.cli import verb_group
from indexer.config import load_config
from indexer.formats import built_in_formats
from indexer.language.syntax import SYNTAX
from tests.bench.__main__ import arguments
from webui.cli import COMMANDS, quiver

CHECKOUT = Path(__file__).resolve().parents[1]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    """The code blocks of one language."""
    return [body for kind, body in BLOCKS if kind == language]


def commands() -> list[str]:
    """Every line that starts our own command."""
    lines = [line for body in blocks("sh") for line in body.splitlines()]
    return [line for line in lines if line.startswith("quiver ")]


def row(*cells: str) -> str:
    """One row of a table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like a fresh checkout: the Arrow page and its index, nothing else."""
    root = tmp_path_factory.mktemp("readme")
    (root / "data").mkdir()
    page = (CHECKOUT / "data" / "martin-jaggi.txt").read_bytes()
    (root / "data" / "martin-jaggi.txt").write_bytes(page)
    return root


@pytest.fixture
def inside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(folder)
    return folder


def test_the_readme_has_commands_to_try() -> None:
    assert len(commands()) >= 6


def test_commands_of_the_readme_run_one_after_the_other(inside: Path) -> None:
    for line in commands():
        ran = CliRunner().invoke(quiver(), shlex.split(line)[1:])
        assert ran.exit_code == 0, f"{line}\n{ran.output}"
        assert ran.stdout, line


def test_every_verb_is_in_the_table_and_every_row_is_a_verb() -> None:
    rows = re.findall(r"^\| `quiver ([a-z-]+)", README, flags=re.MULTILINE)
    assert sorted(rows) == sorted(str(verb.name) for verb in COMMANDS)


def test_options_that_the_readme_names_exist() -> None:
    known = {"--help", "--version"}
    for verb in COMMANDS:
        for parameter in verb.params:
            known.update(parameter.opts)
    for action in arguments()._actions:  # argparse has no other list of them
        known.update(action.option_strings)
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", README))
    assert named <= known


def test_the_first_command_installs_builds_and_serves_and_the_second_tests() -> None:
    first, second = blocks("sh")[:2]
    steps = [step.strip() for step in first.strip().split("&&")]
    assert steps[:2] == ["python3 -m venv .venv", ".venv/bin/pip install ."]
    for step in steps[2:]:
        words = shlex.split(step)
        assert words[0] == ".venv/bin/quiver"
        verb = next(verb for verb in COMMANDS if verb.name == words[1])
        verb.make_context(words[1], words[2:])
    assert [step.split()[1] for step in steps[2:]] == ["build", "serve"]
    tests = [step.strip() for step in second.strip().split("&&")]
    assert tests == [steps[0], ".venv/bin/pip install -e '.[test]'", ".venv/bin/pytest"]


def test_ci_runs_the_checks_of_the_readme() -> None:
    script = (CHECKOUT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    checks = next(body for body in blocks("sh") if body.startswith("ruff"))
    steps = {f"step {line}" for line in checks.splitlines() if line != "pytest"}
    assert steps <= set(script)
    found = re.search(r"grep -m1 '(.+?)' README\.md", "\n".join(script))
    assert found
    tests = next(line for line in README.splitlines() if re.search(found[1], line))
    assert tests == blocks("sh")[1].strip()


@pytest.mark.parametrize("entry", SYNTAX, ids=lambda entry: entry.example)
def test_the_table_of_queries_is_the_language(entry: object) -> None:
    said = next(one for one in SYNTAX if one is entry)
    assert row(f"`{said.example}`", said.meaning) in README


def test_the_table_of_formats_is_what_is_read() -> None:
    start = README.index("<!-- formats:")
    table = README[start : README.index("\n\nA record", start)]
    listed = re.findall(r"^\| (?!format |---)([^|]+?) \| (.+?) \|$", table, flags=re.MULTILINE)
    assert listed
    assert listed == [(one.name, one.description) for one in built_in_formats()]


@pytest.mark.parametrize("body", blocks("yaml"))
def test_settings_of_the_readme_are_settings(body: str, tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(body, encoding="utf-8")
    config = load_config(path)
    for section, values in yaml.safe_load(body).items():
        for key, value in values.items():
            assert getattr(getattr(config, section), key) == value


def test_python_of_the_readme_runs(inside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    CliRunner().invoke(quiver(), ["build", "data/martin-jaggi.txt"])
    for body in blocks("python"):
        exec(compile(body, "README.md", "exec"), {})  # noqa: S102 - our own README
    assert len(capsys.readouterr().out.splitlines()) >= 1


def test_public_names_that_the_readme_imports_exist() -> None:
    for names in re.findall(r"from indexer import (.+)", README):
        for name in names.split(", "):
            assert hasattr(indexer, name)


def test_files_and_folders_that_the_readme_names_exist() -> None:
    for name in re.findall(r"`((?:indexer|webui|tests|data|\.ci)/[^`\s]*)`", README):
        assert (CHECKOUT / name).exists(), name


def test_every_verb_of_the_command_has_a_group_of_its_own() -> None:
    """`quiver()` makes a new command each time: nothing is shared between two runs."""
    assert quiver() is not quiver()
    assert isinstance(verb_group("x", "y"), click.Group)
