"""What `from indexer import …` and `from webui import …` offer: all of it there, documented."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import indexer
import webui


@pytest.mark.parametrize("package", [indexer, webui], ids=lambda package: package.__name__)
def test_the_public_names_are_there_and_none_twice(package: ModuleType) -> None:
    names = package.__all__
    assert len(set(names)) == len(names)
    for name in names:
        assert hasattr(package, name), name


@pytest.mark.parametrize("name", indexer.__all__)
def test_a_public_class_or_function_says_what_it_is_for(name: str) -> None:
    thing = getattr(indexer, name)
    if inspect.isclass(thing) or inspect.isfunction(thing):
        assert thing.__doc__
        assert not thing.__doc__.startswith(f"{name}("), "the docstring dataclasses make up"


def test_names_that_scripts_and_the_readme_rely_on() -> None:
    assert {"open_index", "build_index", "parse_query", "load_config"} <= set(indexer.__all__)
    assert "create_app" in webui.__all__


def test_importing_the_engine_loads_no_engine_no_web_and_no_nltk(checkout: Path) -> None:
    code = "import sys, indexer; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True, check=True
    )
    assert not set(ran.stdout.split()) & {"whoosh", "flask", "nltk", "click", "gunicorn"}


def test_the_command_loads_flask_only_to_serve(checkout: Path) -> None:
    code = "import sys, webui.cli; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True, check=True
    )
    assert not set(ran.stdout.split()) & {"flask", "gunicorn", "whoosh", "nltk", "ftfy"}
