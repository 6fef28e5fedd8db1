"""Whatever is added, replaced and deleted in whatever steps: the index holds just that."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.backends.whoosh.format.directory import Policy
from indexer.backends.whoosh.format.packed_ints import PackedInts
from indexer.backends.whoosh.index import WhooshIndex
from indexer.backends.whoosh.indexing import (
    author_index_writer,
    parallel_merge,
    pending,
    postings_writer,
    run_builder,
    segment_merger,
)
from indexer.backends.whoosh.indexing import writer as writing
from indexer.errors import IndexError_, IndexLocked, IndexMissing, RecordError
from indexer.paper import Paper
from tests import strategies
from tests.backends.whoosh.in_memory import segment_of

IDS = [f"p{at}" for at in range(9)]
STEPS = st.lists(
    st.tuples(
        st.sampled_from((False, False, False, True)),
        st.lists(
            st.one_of(
                st.sampled_from(IDS).flatmap(lambda one: strategies.papers(id=one)),
                st.sampled_from(IDS),
            ),
            max_size=8,
        ),
    ),
    max_size=6,
)

LIMITS = (
    (postings_writer, "_GROUP"),
    (postings_writer, "_MOST"),
    (pending, "_FEW"),
    (pending, "_STEP"),
    (segment_merger, "_PAPERS"),
    (author_index_writer, "_PAPERS"),
)


def held(index: WhooshIndex) -> dict[str, Paper]:
    found = {}
    for segment in index.opened().segments:
        for number in range(segment.arrays.papers):
            if segment.deleted is None or not segment.deleted[number]:
                paper = segment.store.paper(number)
                assert paper.id not in found
                found[paper.id] = paper
    return found


def write(index: WhooshIndex, *papers: Paper, rebuild: bool = False) -> None:
    with index.writer(rebuild=rebuild) as writer:
        for paper in papers:
            writer.add(paper)


def assert_same_segment(index: WhooshIndex, papers: list[Paper]) -> None:
    (only,) = index.opened().segments
    expected = segment_of(papers, Analyzer())
    for one in fields(expected):
        if one.name in ("first_indexed", "last_changed"):
            continue  # `segment_of` knows no clock; tests/conformance/test_times.py looks at these
        mine, other = getattr(only.arrays, one.name), getattr(expected, one.name)
        if isinstance(mine, PackedInts):
            mine, other = mine[:], other[:]
        assert list(mine) == list(other), one.name


@settings(deadline=None, max_examples=25, phases=(Phase.explicit, Phase.generate))
@given(STEPS, st.booleans())
def test_any_steps(steps: list[tuple[bool, list[Paper | str]]], bit_by_bit: bool) -> None:  # noqa: FBT001 - drawn
    state: dict[str, Paper] = {}
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        if bit_by_bit:  # as a large index does it
            for module, name in LIMITS:
                patch.setattr(module, name, 2)
        index = WhooshIndex(folder)
        for rebuild, changes in steps:
            if rebuild:
                state.clear()
            before = dict(state)
            with index.writer(rebuild=rebuild) as writer:
                for change in changes:
                    if isinstance(change, str):
                        assert writer.delete(change) == (change in state)
                        state.pop(change, None)
                    else:
                        writer.add(change)
                        # Where a record stood makes no other paper of it.
                        old = before.get(change.id)
                        same = old is not None and replace(old, source=change.source) == change
                        state[change.id] = old if old is not None and same else change
            assert held(index) == state
            assert index.verify() == len(state)
            segments = index.opened().segments
            assert len(segments) <= writing.MOST_SEGMENTS
            if len(segments) == 1 and segments[0].deleted is None:
                assert_same_segment(index, list(state.values()))


def collection(count: int, seed: int = 0) -> list[Paper]:
    rng = random.Random(seed)
    words = [f"word{at}" for at in range(60)] + ["non-invasive", "i.e.", "learning", "learned"]
    return [
        Paper(
            f"id{at:05d}",
            " ".join(rng.choices(words, k=5)),
            " ".join(rng.choices(words, k=30)),
            tuple(rng.choices(strategies.NAMES, k=2)),
            rng.choice(("ICML", "JMLR", "")),
            rng.choice((None, 2001, 2020)),
        )
        for at in range(count)
    ]


@pytest.mark.parametrize("workers", [1, 2])
def test_many_runs_make_the_segment_one_run_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    monkeypatch.setattr(run_builder, "RUN_PAPERS", 40)
    monkeypatch.setattr(run_builder, "_LEAST", 3)
    monkeypatch.setattr(
        parallel_merge, "_STEP", 100
    )  # parts of the workers are copied in many pieces
    papers = collection(250)
    index = WhooshIndex(tmp_path, policy=Policy(workers=workers))
    replaced = [replace(paper, title="replaced") for paper in papers[10:60]]

    write(index, *replaced, *papers)

    assert held(index) == {paper.id: paper for paper in papers}
    assert_same_segment(index, papers)
    assert [entry.name for entry in (tmp_path / "generations").iterdir()] == ["g000001"]


def test_workers_make_a_segment_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_builder, "RUN_PAPERS", 4)
    papers = [Paper(f"p{at}", "+") for at in range(9)]
    index = WhooshIndex(tmp_path, policy=Policy(workers=2))

    write(index, *papers)

    assert held(index) == {paper.id: paper for paper in papers}
    assert_same_segment(index, papers)


def test_a_worker_that_dies_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_builder, "RUN_PAPERS", 20)
    monkeypatch.setattr("indexer.backends.whoosh.indexing.worker_pool._MODULE", "no.such.module")
    index = WhooshIndex(tmp_path, policy=Policy(workers=2))

    with pytest.raises(IndexError_, match="failed"):
        write(index, *collection(100))
    assert index.generation() is None


def test_updates_add_segments_and_merge_them_in_time(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    papers = collection(400)
    write(index, *papers[:300])
    counts = []
    for at in range(300, 400, 5):
        write(index, *papers[at : at + 5])
        counts.append(len(index.opened().segments))

    assert 2 <= max(counts) <= writing.MOST_SEGMENTS
    assert held(index) == {paper.id: paper for paper in papers}
    first = index.opened().segments[0].entry
    assert first.name == "MAIN_g000001"  # the large one was linked, never copied
    assert index.verify() == 400


def test_deletions_are_forgotten_when_most_of_a_segment_is_gone(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    papers = collection(40)
    write(index, *papers)
    with index.writer() as writer:
        for paper in papers[:10]:
            writer.delete(paper.id)
    assert index.opened().segments[0].entry.deleted == 10
    with index.writer() as writer:
        for paper in papers[10:30]:
            writer.delete(paper.id)

    assert_same_segment(index, papers[30:])


def test_an_unchanged_paper_costs_nothing(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    papers = collection(5)
    write(index, *papers)
    before = index.generation()

    write(index, *papers)
    write(index, *(replace(paper, source="elsewhere:7") for paper in papers))
    assert index.generation() == before

    write(index, replace(papers[0], doi="10.1/x"))
    assert index.generation() != before


def test_changes_between_generations(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    one, two, three, four = collection(4)
    write(index, one, two, three)
    with index.writer() as writer:
        writer.delete(one.id)
        writer.add(replace(two, abstract="other"))
        writer.add(four)
    changes = index.changes("g000001")

    assert (changes.added, changes.changed, changes.gone) == ((four.id,), (two.id,), (one.id,))
    assert index.changes("g000002", "g000001").gone == (four.id,)
    with pytest.raises(IndexMissing, match="g000001, g000002"):
        index.changes("g000009")


def test_a_shrunken_index_is_refused(tmp_path: Path) -> None:
    papers = collection(10)
    careful = WhooshIndex(tmp_path, policy=Policy(most_lost=0.2))

    def build(count: int) -> None:
        with careful.writer(rebuild=True, dumps=("a",)) as writer:
            for paper in papers[:count]:
                writer.add(paper)

    build(10)
    with pytest.raises(IndexError_, match="--allow-shrink"):
        build(7)
    assert careful.generation() == "g000001"
    build(8)
    assert careful.verify() == 8


def test_another_collection_in_its_place_is_no_loss(tmp_path: Path) -> None:
    papers = collection(10)
    careful = WhooshIndex(tmp_path, policy=Policy(most_lost=0.2))
    with careful.writer(rebuild=True, dumps=("a", "b")) as writer:
        for paper in papers:
            writer.add(paper)
    with (
        pytest.raises(IndexError_, match="fall from 10 to 1"),
        careful.writer(rebuild=True, dumps=("b",)) as writer,
    ):
        writer.add(papers[0])
    with careful.writer(rebuild=True, dumps=("c",)) as writer:
        writer.add(papers[0])

    assert careful.verify() == 1


def test_half_a_character_is_refused(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    with index.writer() as writer:
        writer.add(Paper("fine", "title"))
        with pytest.raises(RecordError, match=r"list\.bib:7: .*half a character"):
            writer.add(Paper("bad", "title \ud800", source="list.bib:7"))

    assert held(index).keys() == {"fine"}


def test_another_analysis_is_refused_but_for_a_rebuild(tmp_path: Path) -> None:
    write(WhooshIndex(tmp_path), *collection(3))
    other = WhooshIndex(tmp_path, analyzer=Analyzer(stemming=False))

    with pytest.raises(IndexError_, match="stop words or stemming"):
        write(other, *collection(4))
    write(other, *collection(4), rebuild=True)
    assert other.verify() == 4


def test_a_second_writer_is_told_who_the_first_is(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    with index.writer() as writer:
        writer.add(Paper("a", "title"))
        with pytest.raises(IndexLocked, match=f"process {os.getpid()} on .* for 0 s"):
            write(WhooshIndex(tmp_path), Paper("b", "title"))
        started = time.monotonic()
        with pytest.raises(IndexLocked):
            write(WhooshIndex(tmp_path, policy=Policy(wait=0.3)), Paper("b", "title"))
        assert time.monotonic() - started >= 0.3

    write(WhooshIndex(tmp_path), Paper("b", "title"))
    assert held(index).keys() == {"a", "b"}


def test_stems_of_an_older_generation_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = collection(10)
    index = WhooshIndex(tmp_path)
    write(index, *papers)
    monkeypatch.setattr("indexer.backends.whoosh.indexing.term_dictionary_writer._FEW", 1)
    asked: list[str] = []
    stems = Analyzer.stems

    def asking(analyzer: Analyzer, words: Sequence[str]) -> list[str]:
        asked.extend(words)
        return stems(analyzer, words)

    monkeypatch.setattr(Analyzer, "stems", asking)

    write(index, *papers, Paper("new", "unheard words"), rebuild=True)

    assert set(asked) == {"unheard", "words"}
    assert np.array_equal(
        index.opened().segments[0].arrays.word_stem,
        segment_of([*papers, Paper("new", "unheard words")], Analyzer()).word_stem,
    )


def test_papers_packed_with_different_dictionaries_are_merged(tmp_path: Path) -> None:
    papers = collection(900)
    index = WhooshIndex(tmp_path)
    write(index, *papers[:200])
    (few,) = index.opened().segments
    assert len(few.store.dictionary) == 0  # too few to say what papers have in common

    write(index, *papers[200:])
    (all_of_them,) = index.opened().segments

    assert len(all_of_them.store.dictionary)
    assert held(index) == {paper.id: paper for paper in papers}
    with index.writer() as writer:
        writer.add(replace(papers[0], title="another"))
    assert all(
        np.array_equal(one.store.dictionary, all_of_them.store.dictionary)
        for one in index.opened().segments
    )
    assert index.verify() == 900
