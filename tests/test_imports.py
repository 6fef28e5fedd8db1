"""Who may import whom: the table of the architecture, read from the syntax trees."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
LEAVES = (
    *("errors", "author", "publication", "paper", "identifiers", "details"),
    *("query", "analysis", "ranking"),
)
TEXT = ("chunk_cache", "letters", "symbols", "folded", "folding", "scripts", "word_forms")
ENGINES = {"whoosh": "whoosh", "opensearchpy": "opensearch"}


def modules() -> dict[str, Path]:
    """All our modules by dotted name."""
    found: dict[str, Path] = {}
    for package in ("indexer", "webui"):
        for path in sorted((CHECKOUT / package).rglob("*.py")):
            parts = path.relative_to(CHECKOUT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


@cache
def imports(name: str) -> set[str]:
    """Dotted names that a module imports anywhere in it; of ours, the module meant."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: relative import"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.add(full if full in MODULES else str(node.module))
    return found


def ours(name: str) -> set[str]:
    """Those of our own modules that a module imports."""
    return {one for one in imports(name) if one.partition(".")[0] in ("indexer", "webui")}


def at_import(name: str) -> set[str]:
    """Top-level packages that are imported as soon as a module is."""
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module).partition(".")[0])
    return found


def under(name: str, *packages: str) -> bool:
    """Whether a module is one of these packages or inside one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def allowed(name: str) -> set[str] | None:
    """Our modules that a module may import; None where the table says nothing of it."""
    leaves = {f"indexer.{leaf}" for leaf in LEAVES} | {f"indexer.text.{leaf}" for leaf in TEXT}
    if name in leaves:
        return leaves
    if name in ("indexer.search", "indexer.results"):
        return {
            "indexer.generations.integrity",
            "indexer.paper",
            "indexer.query",
            "indexer.results",
        }
    if name == "indexer.generations.integrity":
        return {"indexer.errors"}
    return None


def test_there_are_modules_to_look_at() -> None:
    assert {"indexer", "indexer.search", "indexer.paper"} <= set(MODULES)


def test_the_values_at_the_bottom_import_only_each_other() -> None:
    for name in (one for one in MODULES if allowed(one) is not None):
        assert ours(name) <= (allowed(name) or set()), name


def test_our_modules_import_in_no_circle() -> None:
    """Imports at the top of a module form no circle; the package's public names aside."""
    edges = {name: {one for one in ours(name) if one != "indexer"} for name in MODULES}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path, name))
        if name in done:
            return
        for other in sorted(edges.get(name, ())):
            if other != name:
                visit(other, (*path, name))
        done.add(name)

    for name in edges:
        visit(name, ())


@cache
def is_format(name: str) -> bool:
    """Whether a module is one dump format; the others in the folder are what formats share."""
    return under(name, "indexer.formats") and "def sniff(" in MODULES[name].read_text("utf-8")


def test_a_format_imports_no_other_format_and_no_engine() -> None:
    for name in (one for one in MODULES if under(one, "indexer.formats")):
        if name != "indexer.formats":
            assert not [one for one in ours(name) if one != name and is_format(one)], name
        assert not any(
            under(one, "indexer.backends", "indexer.build", "webui") for one in ours(name)
        ), name


def test_a_backend_imports_no_other_backend_no_format_no_face() -> None:
    for name in (one for one in MODULES if under(one, "indexer.backends")):
        parts = name.split(".")
        if len(parts) > 2:
            own = ".".join(parts[:3])
            others = {one for one in ours(name) if one.startswith("indexer.backends.")}
            assert all(under(one, own) for one in others), name
        assert not any(
            under(one, "indexer.formats", "indexer.cli", "webui") for one in ours(name)
        ), name


def test_kernels_import_nothing_above_them() -> None:
    """The inner loops know arrays, the errors and which packages are installed."""
    room = "indexer.backends.whoosh.kernels"
    below = {"indexer.errors", "indexer.system.extras"}
    for name in MODULES:
        if under(name, room):
            assert all(under(one, room) or one in below for one in ours(name)), name


def test_build_and_query_analysis_know_no_backend() -> None:
    for name in MODULES:
        if under(name, "indexer.build", "indexer.query_analysis", "indexer.highlighting"):
            assert not any(under(one, "indexer.backends", "webui") for one in ours(name)), name


def test_the_engine_knows_no_web() -> None:
    for name in (one for one in MODULES if under(one, "indexer")):
        foreign = {one.partition(".")[0] for one in imports(name)}
        assert not foreign & {"webui", "flask", "werkzeug", "jinja2", "markupsafe", "gunicorn"}, (
            name
        )


def test_the_face_uses_public_names_of_the_engine_only() -> None:
    for name in (one for one in MODULES if under(one, "webui")):
        inside = {one for one in ours(name) if under(one, "indexer")}
        assert inside <= {"indexer", *(("indexer.cli",) if name == "webui.cli" else ())}, name


def test_presentation_and_addresses_know_no_request() -> None:
    """They take what they need as arguments: neither Flask nor a room that knows the request."""
    for name in (one for one in MODULES if under(one, "webui.presentation", "webui.urls")):
        assert not any(under(one, "flask") for one in imports(name)), name
        assert all(
            under(one, "webui.presentation", "webui.urls", "indexer") for one in ours(name)
        ), name


@pytest.mark.parametrize(("engine", "folder"), ENGINES.items())
def test_an_engine_is_imported_in_its_own_folder_only(engine: str, folder: str) -> None:
    for name in MODULES:
        if any(under(one, engine) for one in imports(name)):
            assert under(name, f"indexer.backends.{folder}"), name


def test_importing_the_package_imports_no_engine() -> None:
    """Nothing reached from `import indexer` at its top level is an engine or the web."""
    seen: set[str] = set()
    todo = ["indexer"]
    while todo:
        name = todo.pop()
        if name in seen or name not in MODULES:
            continue
        seen.add(name)
        assert not at_import(name) & {*ENGINES, "flask"}, name
        tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.ImportFrom):
                todo.append(str(node.module))
                todo.extend(f"{node.module}.{alias.name}" for alias in node.names)
            elif isinstance(node, ast.Import):
                todo.extend(alias.name for alias in node.names)


def test_a_file_holds_one_concept() -> None:
    """500 lines at most; more is two concepts."""
    for name in MODULES:
        assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= 500, name


@cache
def declared(checkout: Path, *extras: str) -> set[str]:
    """Names of the packages that pyproject.toml installs, with these extras."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    needed = [*project["dependencies"], *(one for extra in extras for one in optional[extra])]
    return {re.split(r"[^\w-]", one)[0].lower().replace("-", "_") for one in needed}


@cache
def extras(checkout: Path) -> list[str]:
    """Names of the extras of pyproject.toml."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return list(project["optional-dependencies"])


PACKAGES = {
    "citeproc": "citeproc_py",
    "mcp_types": "mcp",  # of the same project, installed with it
    "pydantic": "mcp",  # what the SDK describes arguments with
    "yaml": "pyyaml",
    "opensearchpy": "opensearch_py",
    "markupsafe": "flask",
    "werkzeug": "werkzeug",
    "jinja2": "jinja2",
    "compression": "backports",  # the standard library's, from Python 3.14
}


def foreign(found: set[str]) -> set[str]:
    """Packages among imports that are neither the standard library's nor ours."""
    tops = {one.partition(".")[0] for one in found}
    theirs = tops - sys.stdlib_module_names - {"indexer", "webui", "tests", "__future__"}
    return {PACKAGES.get(top, top.lower()) for top in theirs}


def test_only_declared_packages_are_imported(checkout: Path) -> None:
    """What is imported is the standard library, ours, or installed without the test extra."""
    for name in MODULES:
        known = declared(checkout, *(extra for extra in extras(checkout) if extra != "test"))
        assert foreign(imports(name)) - {"_typeshed"} <= known, name  # for the type checker only


def test_tests_import_only_declared_packages(checkout: Path) -> None:
    """Benchmarks aside: they bring the engines that they compare with."""
    known = declared(checkout, *extras(checkout))
    for path in sorted((checkout / "tests").rglob("*.py")):
        if "bench" in path.parts:
            continue
        found: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                found.add(str(node.module))
        assert foreign(found) <= known, path
