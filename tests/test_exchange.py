"""Other programs read our exports without losing a field: the short form of the benchmark."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.exchange import Reader, differences, read_bibtexparser, read_pybtex, read_rispy
from tests.works_of_every_kind import EVERY


@pytest.mark.parametrize(
    ("module", "format", "suffix", "read"),
    [
        ("rispy", "ris", "ris", read_rispy),
        ("bibtexparser", "bibtex", "bib", read_bibtexparser),
        ("pybtex", "bibtex", "bib", read_pybtex),
    ],
)
def test_another_program_reads_every_field(
    module: str, format: str, suffix: str, read: Reader, tmp_path: Path
) -> None:
    pytest.importorskip(module, reason=f"{module} is not installed")

    found = differences(list(EVERY), format, suffix, read, tmp_path)

    assert [(field, paper.id, value, other) for field, paper, value, other in found] == []
