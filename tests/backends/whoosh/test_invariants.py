"""Every array that is not what it must be is named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from indexer.analysis import Analyzer
from indexer.backends.whoosh import integrity
from indexer.backends.whoosh.format.segment import Lexicon, Segment
from indexer.backends.whoosh.indexing.postings_writer import PACKED
from indexer.backends.whoosh.integrity import faults_of
from indexer.paper import Paper
from tests.backends.whoosh.in_memory import narrow_of, segment_of


@pytest.fixture(scope="module")
def segment() -> Segment:
    return segment_of(
        [
            Paper(
                f"id{at:03d}",
                f"Learning {at % 7} non-invasive graphs",
                "learned graphs learn graph " * (at % 3),
                ("Ann Ace", f"Bob Bay {at % 5}"),
                ("ICML", "JMLR")[at % 2],
                2000 + at % 4,
            )
            for at in range(60)
        ],
        Analyzer(),
    )


@pytest.mark.parametrize("step", [1, 7, 1 << 21])
def test_a_sound_segment(segment: Segment, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    monkeypatch.setattr(integrity, "_STEP", step)

    assert list(faults_of(segment)) == []
    assert list(faults_of(segment_of([], Analyzer()))) == []


def widest(ptr: np.ndarray) -> int:
    """Where the second entry of the longest row is."""
    return int(ptr[int(np.argmax(np.diff(ptr)))]) + 1


@pytest.mark.parametrize("step", [7, 1 << 21])
@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("docs", "papers of a stem do not rise"),
        ("title_tf", "occurrences are not as many"),
        ("abstract_tf", "occurrences are not as many"),
        ("places", "places of a posting do not rise"),
        ("forms", "form its stem has not"),
        ("stem_ptr", "stem_ptr does not fit"),
        ("place_ptr", "place_ptr does not fit"),
        ("word_stem", "word_stem points outside"),
        ("word_df", "word_df points outside"),
        ("stem_words", "stem_words points outside"),
        ("venue", "venue points outside"),
        ("year", "years do not fall"),
        ("id_paper", "id_paper does not name"),
        ("title_order", "title_order does not name"),
        ("name_papers", "name_papers points outside"),
        ("paper_names", "paper_names points outside"),
        ("name_word_names", "name_word_names points outside"),
        ("compound_papers", "compound_papers points outside"),
    ],
)
def test_a_wrong_number_is_found(
    segment: Segment, monkeypatch: pytest.MonkeyPatch, step: int, name: str, fault: str
) -> None:
    monkeypatch.setattr(integrity, "_STEP", step)
    array = getattr(segment, name)[:].astype(np.int64)
    row = {"docs": segment.stem_ptr}.get(name)
    at = len(array) // 2 if row is None else widest(row)
    if name == "places":
        at = int(np.flatnonzero(np.diff(array) > 0)[-1])
        fields = np.stack([segment.title_tf[:], segment.abstract_tf[:]], 1).ravel()
        ends = np.cumsum(fields.astype(np.int64))
        at = int(ends[np.argmax(fields)]) - int(fields.max())
    array[at] = array[at - 1] if name == "docs" else 99

    wrong: dict[str, Any] = {name: narrow_of(array) if name in dict(PACKED) else array}
    found = next(faults_of(replace(segment, **wrong)), "none")

    assert fault in found


@pytest.mark.parametrize("name", [name for name, _ in PACKED])
@pytest.mark.parametrize("step", [7, 1 << 21])
@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"bits": 3}, "codes"),
        ({"codes": slice(1, None)}, "codes"),
        ({"at": slice(1, None)}, "others"),
        ({"at": slice(None, None, -1)}, "do not rise"),
        ({"others": slice(1, None)}, "others"),
        ({"at": slice(0, 0), "others": slice(0, 0)}, "others"),
    ],
)
def test_wrong_codes_are_found(  # noqa: PLR0917 - a table of cases
    segment: Segment,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    step: int,
    change: dict[str, Any],
    fault: str,
) -> None:
    monkeypatch.setattr(integrity, "_STEP", step)
    numbers = getattr(segment, name)[:]
    # With two codes of nothing but ones, whatever the numbers are.
    values = narrow_of(np.append(numbers, [3, 3]), 2)
    assert len(values.at) >= 2
    parts = {
        part: getattr(values, part)[to] if isinstance(to, slice) else to
        for part, to in change.items()
    }
    wrong: dict[str, Any] = {name: replace(values, **parts)}

    found = next(faults_of(replace(segment, **wrong)), "none")

    assert fault in found
    assert name in found


def test_words_out_of_order_are_found(segment: Segment) -> None:
    words = list(segment.words)
    words[3], words[4] = words[4], words[3]

    assert "words do not rise" in list(faults_of(replace(segment, words=Lexicon.of(words))))


def test_stem_words_of_another_stem_are_found(segment: Segment) -> None:
    words = segment.stem_words.copy()
    words[[0, -1]] = words[[-1, 0]]

    assert "stem_words and word_stem disagree" in list(
        faults_of(replace(segment, stem_words=words))
    )


def test_papers_of_a_name_that_it_did_not_write_are_found(segment: Segment) -> None:
    papers = segment.name_papers.copy()
    at = widest(segment.name_papers_ptr)
    gap = next(n for n in range(60) if n not in set(papers[at - 1 : at + 2].tolist()))
    papers[at] = gap

    assert next(faults_of(replace(segment, name_papers=papers)))
