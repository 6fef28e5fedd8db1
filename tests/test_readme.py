"""The documents are true: their commands run, and what they name is there.

README.md and the documents beside the code. Commands and their output, options, settings, tables,
links, files and names in them are the real ones.
"""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner

import indexer
from indexer.cli import verb_group
from indexer.configuration.config import load_config
from indexer.formats import built_in_formats
from indexer.language.syntax import SYNTAX
from tests.bench.__main__ import arguments
from webui.cli import COMMANDS, quiver

CHECKOUT = Path(__file__).resolve().parents[1]
DOCUMENTS = {
    path.relative_to(CHECKOUT).as_posix(): path.read_text(encoding="utf-8")
    for folder in ("", ".github", "indexer", "webui", "tests")
    for path in sorted((CHECKOUT / folder).glob("**/*.md" if folder else "*.md"))
}
README = DOCUMENTS["README.md"]
COMMAND_TABLE = DOCUMENTS["indexer/cli/README.md"]
CONTRIBUTING = DOCUMENTS[".github/CONTRIBUTING.md"]
UNMADE = {"data/authors.yaml", "data/labels.csv"}
"""What documents name although it is not in the checkout."""
FORMAT_PARTS = {"sniff", "read"}
"""What every module of a dump format has."""
MOST_LINES = 200
"""Lines of the README; what is longer belongs beside the code that it describes."""
every_document = pytest.mark.parametrize("name", DOCUMENTS)


def blocks(language: str, text: str = README) -> list[str]:
    """The code blocks of one language."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return [body for kind, body in found if kind == language]


def everywhere(language: str) -> list[str]:
    """The code blocks of one language in all documents."""
    return [body for text in DOCUMENTS.values() for body in blocks(language, text)]


def parts_of(path: str) -> dict[str, str]:
    """Functions, classes, methods and constants of a module, each with its source."""
    source = (CHECKOUT / path).read_text(encoding="utf-8")
    found: dict[str, str] = {}

    def collect(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef | ast.FunctionDef):
                name = prefix + child.name
                found[name] = ast.get_source_segment(source, child) or ""
                if isinstance(child, ast.ClassDef):
                    collect(child, f"{name}.")
            elif isinstance(child, ast.Assign | ast.AnnAssign):
                targets = child.targets if isinstance(child, ast.Assign) else [child.target]
                found.update((one.id, "") for one in targets if isinstance(one, ast.Name))

    collect(ast.parse(source), "")
    return found


def sessions() -> list[tuple[str, list[str]]]:
    """The commands of the tour, each with the lines that it prints."""
    found: list[tuple[str, list[str]]] = []
    for line in (line for body in blocks("console") for line in body.splitlines()):
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.strip():
            found[-1][1].append(line.strip())
    return found


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


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= MOST_LINES


def test_the_tour_prints_what_the_readme_shows(
    inside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every line shown is printed, in this order; others may stand between."""
    monkeypatch.setenv("COLUMNS", "100")
    CliRunner().invoke(quiver(), ["build", "data/martin-jaggi.txt"])
    assert len(sessions()) >= 2
    for command, lines in sessions():
        ran = CliRunner().invoke(quiver(), shlex.split(command)[1:])
        assert ran.exit_code == 0, f"{command}\n{ran.output}"
        printed = [line.strip() for line in ran.stdout.splitlines()]
        assert lines, command
        for line in lines:
            assert line in printed, f"{command}\n{ran.stdout}"
            printed = printed[printed.index(line) + 1 :]


@pytest.mark.parametrize("command", [verb for verb in COMMANDS if verb.epilog])
def test_examples_of_the_help_are_commands(command: click.Command) -> None:
    for line in str(command.epilog).splitlines():
        words = shlex.split(line)
        if words[:1] == ["quiver"]:
            verb = next(verb for verb in COMMANDS if verb.name == words[1])
            verb.make_context(words[1], words[2:])


def test_every_verb_is_in_the_table_and_every_row_is_a_verb() -> None:
    rows = re.findall(r"^\| `quiver ([a-z-]+)", COMMAND_TABLE, flags=re.MULTILINE)
    assert sorted(rows) == sorted(str(verb.name) for verb in COMMANDS)


@every_document
def test_options_that_a_document_names_exist(name: str) -> None:
    known = {"--help", "--version", "--check", "--app"}
    for verb in COMMANDS:
        for parameter in verb.params:
            known.update((*parameter.opts, *parameter.secondary_opts))
    for action in arguments()._actions:  # argparse has no other list of them
        known.update(action.option_strings)
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", DOCUMENTS[name]))
    assert named <= known


@every_document
def test_commands_that_a_document_names_exist(name: str) -> None:
    known = {str(verb.name) for verb in COMMANDS}
    assert set(re.findall(r"`quiver ([a-z][a-z-]*)", DOCUMENTS[name])) <= known


@every_document
def test_settings_that_a_document_names_exist(name: str) -> None:
    config = load_config(None)
    for section, key in re.findall(
        r"`(index|cluster|ranking|search|build|web)\.([a-z]\w*)`", DOCUMENTS[name]
    ):
        if key != "py":  # index.py
            assert hasattr(getattr(config, section), key), f"{section}.{key}"


@every_document
def test_links_of_a_document_lead_somewhere(name: str) -> None:
    folder = (CHECKOUT / name).parent
    for target in re.findall(r"\]\(([^)\s]+)\)", DOCUMENTS[name]):
        if not target.startswith(("https://", "http://", "#")):
            assert (folder / target.partition("#")[0]).exists(), target


@every_document
def test_files_and_folders_that_a_document_names_exist(name: str) -> None:
    """Named from the root of the checkout, or from where the document is."""
    folder = (CHECKOUT / name).parent
    text = re.sub(r"^```.*?^```$", "", DOCUMENTS[name], flags=re.MULTILINE | re.DOTALL)
    rooted = r"((?:indexer|webui|tests|data|\.ci|\.github)/[^`\s]*)"
    for path in re.findall(rf"`{rooted}`", text):
        if path not in UNMADE:
            assert (CHECKOUT / path).exists(), path
    for path in re.findall(r"`([\w/]+\.py)`", text):
        assert (CHECKOUT / path).exists() or (folder / path).exists(), path


def test_every_room_is_on_the_map() -> None:
    rooms = {path.parent.name for path in (CHECKOUT / "indexer").glob("*/__init__.py")}
    table = CONTRIBUTING.partition("## The map")[2].partition("\n## ")[0]
    assert set(re.findall(r"`indexer/(\w+)(?:/\w+)?`", table)) == rooms


def test_the_ten_questions_are_answered_by_what_is_there() -> None:
    """Each answer names files, and names that are in the last file named before or after."""
    questions = CONTRIBUTING.partition("## Ten questions")[2].partition("\n## ")[0]
    answers = re.findall(
        r"^\d+\. \*\*.+?\?\*\*(.+?)(?=^\d+\. |\Z)", questions, re.MULTILINE | re.DOTALL
    )
    assert len(answers) == 10
    for answer in answers:
        files = re.findall(r"`((?:indexer|webui)/[\w/]+\.\w+)`", answer)
        assert files, answer
        modules = [path for path in files if path.endswith(".py")]
        parts = {part for path in modules for part in parts_of(path)}
        for cited in re.findall(r"`([A-Za-z_]+(?:\.[A-Za-z_]+)?)`", answer):
            is_setting = re.match(r"[a-z]+\.[a-z_]+$", cited)
            assert cited in parts or is_setting or cited in FORMAT_PARTS, cited


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


def test_ci_runs_the_checks_of_the_contributors_guide() -> None:
    script = (CHECKOUT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    checks = next(body for body in blocks("sh", CONTRIBUTING) if body.startswith("ruff"))
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


@pytest.mark.parametrize("body", everywhere("yaml"))
def test_settings_of_the_documents_are_settings(body: str, tmp_path: Path) -> None:
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


def test_every_verb_of_the_command_has_a_group_of_its_own() -> None:
    """`quiver()` makes a new command each time: nothing is shared between two runs."""
    assert quiver() is not quiver()
    assert isinstance(verb_group("x", "y"), click.Group)
