"""The arrays of a segment say what a plain reading of the papers says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import Analyzer, name_tokens, name_words
from indexer.backends.whoosh.format.generation import segment_from, store_from
from indexer.backends.whoosh.format.segment import HAS_BITS, Segment, Strings
from indexer.backends.whoosh.indexing import postings_writer
from indexer.paper import Paper, name_key
from tests import strategies
from tests.backends.whoosh.in_memory import arrays_of, segment_of

ANALYZER = Analyzer()


def in_order(papers: Iterable[Paper]) -> list[Paper]:
    return sorted(papers, key=lambda paper: (-(paper.year or -1), paper.id))


def rows(ptr: np.ndarray, flat: np.ndarray) -> list[list[int]]:
    return [flat[a:b].tolist() for a, b in pairwise(ptr)]


def plain(segment: Segment) -> dict[str, list[object]]:
    """Everything of a segment as lists, to compare."""
    values = {one.name: getattr(segment, one.name) for one in fields(segment)}
    return {
        name: list(value) if isinstance(value, Strings) else value[:].tolist()
        for name, value in values.items()
    }


@settings(deadline=None, max_examples=40)
@given(strategies.collections())
def test_papers_and_values(papers: tuple[Paper, ...]) -> None:
    arrays = arrays_of(papers, ANALYZER)
    segment, store = segment_from(arrays), store_from(arrays)
    expected = in_order(papers)

    assert [store.paper(at) for at in range(len(store))] == expected
    assert sorted(store, key=lambda paper: paper.id) == sorted(papers, key=lambda paper: paper.id)
    assert segment.year.tolist() == [paper.year or -1 for paper in expected]
    assert list(segment.ids) == sorted(paper.id for paper in papers)
    assert [expected[at].id for at in segment.id_paper] == list(segment.ids)
    for lexicon, codes, name in (
        (segment.venues, segment.venue, "venue"),
        (segment.types, segment.type, "type"),
    ):
        found = [lexicon[code] if code >= 0 else "" for code in codes.tolist()]
        assert found == [getattr(paper, name) for paper in expected]
        assert list(lexicon) == sorted({getattr(paper, name) for paper in papers} - {""})
    for bit, name in enumerate(HAS_BITS):
        has = (segment.has >> bit & 1).tolist()
        assert has == [getattr(paper, name) not in ("", (), None) for paper in expected]
    by_title = sorted(range(len(expected)), key=lambda at: expected[at].title.casefold())
    assert segment.title_order.tolist() == by_title


@settings(deadline=None, max_examples=60)
@given(strategies.collections())
def test_words_stand_where_they_stand(papers: tuple[Paper, ...]) -> None:
    check_words(segment_of(papers, ANALYZER), in_order(papers))


def check_words(segment: Segment, papers: list[Paper]) -> None:
    expected: dict[str, list[tuple[int, int, int, str]]] = defaultdict(list)
    held: dict[str, set[int]] = defaultdict(set)
    lengths: list[list[int]] = [[], []]
    stem_of = {}
    for number, paper in enumerate(papers):
        for field, text in enumerate((paper.title, paper.abstract)):
            tokens = ANALYZER.tokens(text)
            lengths[field].append(sum(not (one.stop or one.joined) for one in tokens))
            for token in tokens:
                expected[token.stem].append((number, field, token.position, token.word))
                held[token.word].add(number)
                stem_of[token.word] = token.stem
    assert segment.title_length.tolist() == lengths[0]
    assert segment.abstract_length.tolist() == lengths[1]
    assert list(segment.stems) == sorted(expected)
    assert list(segment.words) == sorted(held)
    assert segment.word_df.tolist() == [len(held[word]) for word in sorted(held)]
    assert [segment.stems[at] for at in segment.word_stem] == [stem_of[w] for w in segment.words]
    for stem, words in enumerate(rows(segment.stem_word_ptr, segment.stem_words)):
        assert words == np.flatnonzero(segment.word_stem == stem).tolist()
    for stem, text in enumerate(segment.stems):
        assert occurrences(segment, stem) == sorted(expected[text])


def occurrences(segment: Segment, stem: int) -> list[tuple[int, int, int, str]]:
    found = []
    at = int(segment.place_ptr[stem])
    title, abstract, forms, places = (
        getattr(segment, name)[:] for name in ("title_tf", "abstract_tf", "forms", "places")
    )
    words = segment.stem_words[segment.stem_word_ptr[stem] :]
    for posting in range(segment.stem_ptr[stem], segment.stem_ptr[stem + 1]):
        for field, tf in enumerate((title[posting], abstract[posting])):
            for _ in range(tf):
                word = segment.words[words[forms[at]]]
                found.append((int(segment.docs[posting]), field, int(places[at]), word))
                at += 1
    assert at == segment.place_ptr[stem + 1]
    assert found == sorted(found)
    return found


@settings(deadline=None, max_examples=40)
@given(strategies.collections())
def test_authors(papers: tuple[Paper, ...]) -> None:
    segment, expected = segment_of(papers, ANALYZER), in_order(papers)
    names = {name for paper in papers for name in paper.authors}
    written = rows(segment.paper_names_ptr, segment.paper_names)

    assert list(segment.names) == sorted(names, key=lambda name: (name_key(name), name))
    assert list(segment.name_keys) == sorted({name_key(name) for name in names})
    for key, group in zip(
        segment.name_keys, rows(segment.name_key_ptr, np.arange(len(names))), strict=True
    ):
        assert group
        assert {name_key(segment.names[at]) for at in group} == {key}
    assert [tuple(segment.names[at] for at in row) for row in written] == [
        paper.authors for paper in expected
    ]
    for name, papers_of in enumerate(rows(segment.name_papers_ptr, segment.name_papers)):
        assert papers_of == [at for at, row in enumerate(written) if name in row]
    assert list(segment.name_words) == sorted({word for name in names for word in name_words(name)})
    for word, holding in zip(
        segment.name_words, rows(segment.name_word_ptr, segment.name_word_names), strict=True
    ):
        assert holding == [at for at, name in enumerate(segment.names) if word in name_words(name)]
    assert segment.author_length.tolist() == [
        sum(not token.joined for name in paper.authors for token in name_tokens(name))
        for paper in expected
    ]


def test_compounds_know_their_papers() -> None:
    papers = [
        Paper("a", "Non-invasive methods"),
        Paper("b", "x", "a non-invasive and one-to-one thing, non-invasive"),
        Paper("c", "noninvasive", "one to one"),
    ]
    segment = segment_of(papers, ANALYZER)

    assert list(segment.compounds) == ["noninvasive non invasive", "onetoone one to one"]
    assert rows(segment.compound_ptr, segment.compound_papers) == [[0, 1], [1]]


def test_of_equal_ids_the_last_counts() -> None:
    segment = segment_of([Paper("a", "old words"), Paper("a", "new words")], ANALYZER)

    assert segment.papers == 1
    assert list(segment.words) == ["new", "words"]


def test_an_empty_segment() -> None:
    segment = segment_of([], ANALYZER)

    assert segment.papers == 0
    assert len(segment.stems) == len(segment.names) == len(segment.docs) == 0


@settings(deadline=None, max_examples=30)
@given(strategies.collections(), st.integers(1, 40), st.integers(1, 40))
def test_groups_change_nothing(papers: tuple[Paper, ...], group: int, most: int) -> None:
    whole = segment_of(papers, ANALYZER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings_writer, "_GROUP", group)
        patch.setattr(postings_writer, "_MOST", most)
        cut = segment_of(papers, ANALYZER)

    assert plain(cut) == plain(whole)


def test_very_long_texts_are_split_to_fit_sort_keys() -> None:
    filler = " ".join(f"w{at % 7}" for at in range(40_000))
    papers = [Paper(f"p{at}", f"title {at}", filler if at == 3 else "w1 w2") for at in range(20)]
    segment = segment_of(papers, ANALYZER)
    counts = Counter({f"w{at}": len(range(at, 40_000, 7)) for at in range(7)})

    assert segment.places[:].max() == 39_999
    for word, count in counts.items():
        stem = segment.stems.find(ANALYZER.stem(word))
        row = slice(*segment.stem_ptr[stem : stem + 2])
        assert segment.abstract_tf[row].max() == count
