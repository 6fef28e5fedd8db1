"""What is published: sdist and wheel, checked, installed away from the checkout, and run there."""

from __future__ import annotations

import email
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import indexer

TOOLS = ("build", "check_wheel_contents", "twine", "uv", "validate_pyproject")
MOST_MEGABYTES = 150
"""What a plain installation may take, compiled modules included."""
PAGE = """
import sys
from indexer import Paper, open_index
from webui import create_app

index = open_index(sys.argv[1])
with index.writer(rebuild=True) as writer:
    writer.add(Paper("p1", "On $O(\\\\sqrt{n})$ and $\\\\frac{a}{b}$", "Gossip.", ("Ada Byron",)))
client = create_app(index=index).test_client()
for address in ("/", "/search?q=gossip", "/paper/p1", "/author/ada-byron", "/help"):
    answer = client.get(address, follow_redirects=True)
    assert answer.status_code == 200, address
assert b"<math" in client.get("/paper/p1").data
"""


def project(checkout: Path) -> dict[str, Any]:
    text = (checkout / "pyproject.toml").read_text(encoding="utf-8")
    made: dict[str, Any] = tomllib.loads(text)
    return made


def run(*arguments: object, cwd: Path | None = None) -> str:
    """Run a program to its end and return what it printed."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "VIRTUAL_ENV") and not name.startswith(("QUIVER_", "PYTEST_"))
    }
    ran = subprocess.run(
        [str(argument) for argument in arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, f"{arguments}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


def tool(module: str, *arguments: object, cwd: Path | None = None) -> str:
    return run(sys.executable, "-m", module, *arguments, cwd=cwd)


@pytest.fixture(scope="module")
def built(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with sdist and wheel, the wheel made from the sdist."""
    if absent := [name for name in TOOLS if find_spec(name) is None]:
        pytest.skip(f"not installed: {', '.join(absent)}; the extra `package` brings them")
    folder = tmp_path_factory.mktemp("dist")
    tool("build", "-q", "-o", folder, checkout)
    return folder


def environment(folder: Path, *install: object) -> Path:
    """Make an empty environment, install into it, and return the folder of its programs."""
    tool("uv", "venv", "-q", "--python", sys.executable, folder)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    python = programs / "python"
    tool("uv", "pip", "install", "-q", "--compile-bytecode", "--python", python, *install)
    return programs


def test_every_floor_is_stated(checkout: Path) -> None:
    """Without a lower bound pip keeps any version, however old."""
    told = project(checkout)["project"]
    extras = told["optional-dependencies"].values()
    for line in (*told["dependencies"], *(one for extra in extras for one in extra)):
        assert ">=" in line, line


def test_the_changelog_tells_of_the_version(checkout: Path) -> None:
    text = (checkout / ".github" / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "\n## [Unreleased]\n" in text
    assert f"\n## [{indexer.__version__}] - 20" in text


def test_the_version_is_written_once(checkout: Path) -> None:
    told = project(checkout)
    assert "version" in told["project"]["dynamic"]
    assert told["tool"]["hatch"]["version"]["path"] == "indexer/__init__.py"


@pytest.mark.slow
def test_the_checkers_of_packages_find_nothing(checkout: Path, built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    (sdist,) = built.glob("*.tar.gz")
    tool("validate_pyproject", checkout / "pyproject.toml")
    tool("twine", "check", "--strict", wheel, sdist)
    tool("check_wheel_contents", wheel)


@pytest.mark.slow
def test_the_wheel_says_whose_it_is_and_under_which_licence(checkout: Path, built: Path) -> None:
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        told = email.message_from_bytes(wheel.read(metadata))
        (licence,) = (name for name in names if "/licenses/" in name)
        text = wheel.read(licence)
    assert told["Version"] == indexer.__version__
    assert told["License-Expression"] == "BSD-3-Clause"
    assert text == (checkout / ".github" / "LICENSE").read_bytes()
    assert "](.github/" not in str(told.get_payload())
    assert not [name for name in names if name.startswith(("tests/", "data/"))]


@pytest.mark.slow
def test_the_sdist_has_all_that_the_checkout_has(
    checkout: Path, built: Path, tmp_path: Path
) -> None:
    """So both commands of the README work from it: its own tests of that pass there."""
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as sdist:
        if hasattr(tarfile, "data_filter"):  # not in Python 3.11.2, which Debian 12 has
            sdist.extraction_filter = tarfile.data_filter
        sdist.extractall(tmp_path)  # noqa: S202 - made by this test
    (root,) = tmp_path.iterdir()
    there = {str(one.relative_to(root)) for one in root.rglob("*") if one.is_file()}
    if shutil.which("git") and (checkout / ".git").exists():
        listed = run("git", "-C", checkout, "ls-files").splitlines()
        assert {name for name in listed if (checkout / name).is_file()} <= there
    tool("pytest", "-q", "tests/test_readme.py", "tests/test_imports.py", cwd=root)


@pytest.mark.slow
def test_the_wheel_works_in_an_empty_environment_and_is_light(
    checkout: Path, built: Path, tmp_path: Path
) -> None:
    (wheel,) = built.glob("*.whl")
    programs = environment(tmp_path / "empty", wheel)
    size = sum(one.stat().st_size for one in (tmp_path / "empty").rglob("*") if one.is_file())
    assert size < MOST_MEGABYTES * 1_000_000
    quiver = programs / "quiver"
    assert run(quiver, "--version").strip() == f"quiver, version {indexer.__version__}"
    shutil.copy(checkout / "data" / "martin-jaggi.txt", tmp_path / "dump.txt")
    run(quiver, "build", "dump.txt", cwd=tmp_path)
    assert "federated" in run(quiver, "search", "federated learning", cwd=tmp_path).lower()
    run(programs / "python", "-W", "error::DeprecationWarning:webui", "-c", PAGE, tmp_path / "x")
    ran = subprocess.run(
        [quiver, "evaluate", "nowhere"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert "quiver-search[evaluate]" in ran.stderr


@pytest.mark.slow
def test_the_oldest_versions_that_are_allowed_work(
    checkout: Path, built: Path, tmp_path: Path
) -> None:
    (wheel,) = built.glob("*.whl")
    programs = environment(
        tmp_path / "old", "--resolution", "lowest-direct", f"{wheel}[evaluate,fast,opensearch]"
    )
    python = programs / "python"
    run(python, "-c", PAGE, tmp_path / "x")
    shutil.copy(checkout / "data" / "martin-jaggi.txt", tmp_path / "dump.txt")
    run(programs / "quiver", "build", "dump.txt", cwd=tmp_path)
    run(programs / "quiver", "search", "federated learning", cwd=tmp_path)
    run(programs / "quiver", "verify", cwd=tmp_path)
