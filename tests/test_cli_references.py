"""``quiver references`` and ``quiver show``, as people and scripts use them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer import open_index
from indexer.paper import Paper
from webui.cli import quiver

PAPERS = (
    Paper("kites", "Non-convex kites and their needs", "Wind.", ("Ann Lee", "Cy Doe"), "NeurIPS",
          2019, doi="10.5555/kites.1"),
    Paper("plans", "Plans of looms on the checkerboard", "Weave.", ("Ada Byron",), "ICML", 2020),
)  # fmt: skip
FOUND = "Lee, A., & Doe, C. (2019). Non-convex kites and their needs. NeurIPS.\n"
MISSING = "Doe, J. (2001). Quantum codes of a toric lattice. Journal of Wind, 3, 1-9.\n"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("references") / "index"
    with open_index(path).writer(rebuild=True) as writer:
        for paper in PAPERS:
            writer.add(paper)
    return path


def run(index: Path, *arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(quiver(), [*arguments, "--index", str(index)], input=text)


def test_the_exit_code_tells_whether_all_are_found(index: Path) -> None:
    assert run(index, "references", "-", text=FOUND).exit_code == 0
    result = run(index, "references", "-", text=FOUND + MISSING)
    assert result.exit_code == 1
    assert "not in this collection" in result.output
    assert "2 references: 1 found, 1 not in this collection" in result.output


def test_json_and_a_corrected_file(index: Path, tmp_path: Path) -> None:
    given, written = tmp_path / "my.bib", tmp_path / "new.bib"
    given.write_text("@misc{mine, title={Non-convex kites and their needs}, author={Ann Lee and "
                     "Cy Doe}, year=2018}")  # fmt: skip
    result = run(index, "--json", "references", str(given), "-o", str(written))
    assert result.exit_code == 1
    (told,) = json.loads(result.output)
    assert told["differences"] == [{"field": "year", "given": "2018", "here": "2019"}]
    assert "{mine," in written.read_text()
    assert "year = {2019}" in written.read_text()
    assert run(index, "references", str(given), "-o", str(given)).exit_code != 0
    assert "2018" in given.read_text()


def test_bad_input_is_said(index: Path, tmp_path: Path) -> None:
    missing = run(index, "references", str(tmp_path / "none.bib"))
    assert missing.exit_code == 1
    assert "cannot be read" in missing.output
    assert "there is no reference in it" in run(index, "references", "-", text="\n").output


def test_a_paper_is_shown_by_its_doi(index: Path) -> None:
    shown = run(index, "--json", "show", "https://doi.org/10.5555/KITES.1")
    assert json.loads(shown.output)["id"] == "kites"
    missing = run(index, "show", "10.5555/none")
    assert missing.exit_code == 1
    assert "no paper has the DOI 10.5555/none" in missing.output
