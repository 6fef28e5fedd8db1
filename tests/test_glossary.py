"""Names, files and first lines of docstrings: what a reader may expect of every room.

The lists of exceptions only shrink: a name or file that needs one no longer fails the tests until
it is taken off the list, and docstrings that begin with "Give" may only become fewer.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

CHECKOUT: Final = Path(__file__).resolve().parents[1]
PACKAGES: Final = ("indexer", "webui")
BACKENDS: Final = ("indexer/backends/whoosh", "indexer/backends/opensearch")

GENERIC_CLASS: Final = re.compile(
    r"\w*(Manager|Handler|Helper|Helpers|Util|Utils|Service|Processor)"
    r"|_?(Asked|Begun|Found|Given|Held|Kept|Known|Looked|Made|Said|Seen|Sought|Standing|Taken|Told"
    r"|Wanted|Whole|Desk|Heads|Place|Sum|Narrow|Course|Passing|Thing|Stuff)"
)
"""Words that say nothing of what the class is: roles, participles, and coinages of our own."""
GENERIC_MODULE: Final = re.compile(
    r"(base|common|core|helpers?|misc|shared|stuff|things|tools|utils?|manager|handlers?"
    r"|asked|found|held|kept|known|looked|seen|standing|told|wanted|whole|places)"
)
GENERIC_FUNCTION: Final = re.compile(
    r"_?(asked|at|at_hand|begun|chosen|found|gone|got|held|kept|known|looked|made|one|passing|said"
    r"|seen|sought|standing|taken|told|wanted|whole|written)"
)
"""Words that say neither what a function does nor what it returns."""
LEAST_LINES: Final = 40
MOST_LINES: Final = 500
MOST_MODULES: Final = 28
"""In one folder; more are two rooms."""
SHORT: Final = {
    "indexer/backends/__init__.py": "the only place that knows all backends",
    "indexer/backends/whoosh/postings/cache_sizes.py": "a leaf that reader and collection share",
    "indexer/backends/whoosh/kernels/vector_scan.py": "the only loop over vectors",
    "indexer/backends/whoosh/scoring/query_context.py": "a leaf that several modules share",
    "indexer/citation/endnote.py": "one format of references",
    "indexer/citation/jsonl.py": "one format of references",
    "indexer/citation/options.py": "a leaf that all formats of references share",
    "indexer/citation/ris.py": "one format of references",
    "indexer/query_analysis/typed_text.py": "the one order in which readings are tried",
    "indexer/cli/assistant.py": "one command",
    "indexer/cli/opening.py": "a leaf that all commands share",
    "indexer/formats/xml_formats/jats.py": "one dump format",
    "indexer/formats/xml_formats/mods.py": "one dump format",
    "indexer/formats/keywords.py": "a leaf that several formats share",
    "indexer/formats/pages.py": "a leaf that several formats share",
    "indexer/serialization/oai_identifier.py": "a leaf that harvest and provider share",
    "indexer/system/priority.py": "one call to the system",
    "indexer/suggestions/relaxation_text.py": "one sentence that pages and the command line share",
    "webui/http/security_headers.py": "one hook",
    "webui/views/api_description.py": "one address",
    "webui/views/health.py": "two addresses",
}
"""Modules below `LEAST_LINES` and why; the ``__init__.py`` of a package needs no reason."""


def sources(*roots: str) -> dict[str, Path]:
    """Files of Python by their path in the checkout."""
    found = (path for root in roots for path in sorted((CHECKOUT / root).rglob("*.py")))
    return {path.relative_to(CHECKOUT).as_posix(): path for path in found}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def classes(tree: ast.Module) -> list[str]:
    return [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def docstrings(tree: ast.Module) -> Iterator[str]:
    """The docstrings of a module, its classes and its functions."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    for node in ast.walk(tree):
        if isinstance(node, documented) and (text := ast.get_docstring(node)):
            yield text


def begins_with_give(name: str, path: Path) -> list[str]:
    texts = docstrings(parsed(path))
    return [f"{name}: {text.splitlines()[0]}" for text in texts if re.match(r"Gives?\b", text)]


MODULES: Final = sources(*PACKAGES)


def test_no_class_has_a_generic_name() -> None:
    generic = {
        f"{name}: {found}"
        for name, path in MODULES.items()
        for found in classes(parsed(path))
        if GENERIC_CLASS.fullmatch(found)
    }
    assert not generic, "give these the name of what they are"


def test_no_module_has_a_generic_name() -> None:
    parts = {part for name in MODULES for part in Path(name).with_suffix("").parts}
    assert not [part for part in parts if GENERIC_MODULE.fullmatch(part)]


def test_no_function_has_a_generic_name() -> None:
    generic = {
        f"{name}: {node.name}"
        for name, path in MODULES.items()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and GENERIC_FUNCTION.fullmatch(node.name)
    }
    assert not generic, "name these after what they do or return"


@pytest.mark.parametrize("room", [*BACKENDS, "webui"])
def test_a_name_of_a_class_or_module_occurs_once(room: str) -> None:
    inside = {name: path for name, path in MODULES.items() if name.startswith(f"{room}/")}
    named = Counter(found for path in inside.values() for found in classes(parsed(path)))
    modules = Counter(path.stem for path in inside.values() if path.stem != "__init__")
    twice = [name for name, times in named.items() if times > 1]
    if room == "webui":  # a view and what it shows may share their name
        modules.clear()
    assert not twice + [name for name, times in modules.items() if times > 1]


def test_a_folder_is_held_in_the_head() -> None:
    folders = Counter(Path(name).parent.as_posix() for name in MODULES)
    assert not [folder for folder, count in folders.items() if count > MOST_MODULES]


def test_a_file_has_forty_to_five_hundred_lines() -> None:
    lines = {name: len(path.read_text("utf-8").splitlines()) for name, path in MODULES.items()}
    assert not [name for name, count in lines.items() if count > MOST_LINES]
    short = {name for name, count in lines.items() if count < LEAST_LINES}
    assert {name for name in short if not name.endswith("__init__.py")} <= set(SHORT)


def test_what_is_called_short_is_there() -> None:
    assert set(SHORT) <= set(MODULES)
    assert all(SHORT.values())


def test_docstrings_say_what_is_returned() -> None:
    """None begins with "Give"."""
    everywhere = sources(*PACKAGES, "tests")
    assert not [line for name, path in everywhere.items() for line in begins_with_give(name, path)]
