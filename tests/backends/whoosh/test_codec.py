"""Whoosh itself answers over our segments, and answers as over an index it wrote itself."""

from __future__ import annotations

import pickle
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from whoosh import query as wq
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.scoring import TF_IDF, Frequency

from indexer.analysis import Analyzer
from indexer.backends.whoosh.index import WhooshIndex
from indexer.backends.whoosh.whoosh_codec.schema import schema_of
from indexer.backends.whoosh.whoosh_codec.toc import NAME, check_toc, open_whoosh
from indexer.errors import IndexDamaged
from indexer.paper import Paper

WORDS = "graph graphs neural network networks learning learned of the deep deeper x1".split()
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
NAMES = ("Martin Jaggi", "M. Jaggi", "Tao Lin", "Lin Tao", "Ann")
PAPERS = st.builds(
    Paper,
    id=st.sampled_from([f"p{at}" for at in range(12)]),
    title=TEXTS,
    abstract=st.one_of(st.just(""), TEXTS),
    authors=st.lists(st.sampled_from(NAMES), max_size=3).map(tuple),
    venue=st.sampled_from(("", "ICML", "JMLR")),
    year=st.sampled_from((None, 1999, 2005, 2019)),
)
PHASES = (Phase.explicit, Phase.generate)  # every example writes an index: shrinking takes minutes
COLLECTIONS = st.lists(PAPERS, max_size=12)
FIELDS = st.sampled_from(("title", "abstract", "title_words", "abstract_words"))
TERMS = st.sampled_from([*WORDS, "network", "learn", "zebra"])
LEAVES = st.one_of(
    st.builds(wq.Term, FIELDS, TERMS),
    st.builds(wq.Term, st.just("author"), st.sampled_from(("martin", "jaggi", "lin", "m"))),
    st.builds(wq.Term, st.just("venue"), st.sampled_from(("ICML", "JMLR", "icml"))),
    st.builds(wq.Phrase, FIELDS, st.lists(TERMS, min_size=2, max_size=3), st.integers(1, 3)),
    st.builds(wq.Prefix, FIELDS, st.sampled_from(("ne", "gra", "l", "z", ""))),
    st.builds(wq.Wildcard, FIELDS, st.sampled_from(("*work", "d??p*", "*", "x?"))),
    st.builds(wq.FuzzyTerm, FIELDS, TERMS, maxdist=st.integers(1, 2)),
    st.builds(
        wq.NumericRange,
        st.just("year"),
        st.sampled_from((None, 1999, 2000)),
        st.sampled_from((None, 2005, 2018)),
    ),
    st.builds(wq.TermRange, FIELDS, st.just("g"), st.just("m")),
    st.just(wq.Every()),
    st.builds(wq.Every, FIELDS),
)
QUERIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(wq.And, st.lists(inner, min_size=1, max_size=3)),
        st.builds(wq.Or, st.lists(inner, min_size=1, max_size=3)),
        st.builds(wq.AndNot, inner, inner),
        st.builds(wq.AndMaybe, inner, inner),
        st.builds(wq.Not, inner),
    ),
    max_leaves=5,
)


@contextmanager
def ours(*steps: list[Paper], gone: tuple[str, ...] = ()) -> Iterator[Any]:
    """Write papers in several steps, then delete some; open the result by Whoosh."""
    with tempfile.TemporaryDirectory() as folder:
        index = WhooshIndex(folder)
        for papers in steps:
            with index.writer() as writer:
                for paper in papers:
                    writer.add(paper)
        with index.writer() as writer:
            for paper_id in gone:
                writer.delete(paper_id)
        opened = open_whoosh(index.opened().folder)
        with opened.searcher(weighting=TF_IDF()) as searcher:
            yield searcher


class OwnFolder(RamStorage):  # type: ignore[misc] # Whoosh has no types
    """A storage whose temporary files are in a folder that no other process writes to.

    Whoosh's is the same for all, with names drawn by `random`, which hypothesis seeds alike.
    """

    def temp_storage(self, name: str | None = None) -> Any:  # noqa: ARG002 - Whoosh's
        folder = tempfile.mkdtemp(prefix="quiver-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return FileStorage(folder).create()


def stock(papers: list[Paper]) -> Any:
    """Write the same papers by Whoosh alone, by the same schema."""
    written = OwnFolder().create_index(schema_of(Analyzer()))
    writer = written.writer()
    for paper in papers:
        writer.add_document(
            id=paper.id,
            title=paper.title,
            title_words=paper.title,
            abstract=paper.abstract,
            abstract_words=paper.abstract,
            author=" , ".join(paper.authors),
            venue=paper.venue or None,
            year=paper.year,
        )
    writer.commit()
    return written


def answers(searcher: Any, query: Any) -> dict[str, float]:
    try:
        found = searcher.search(query, limit=None)
    except IndexError:  # Whoosh's own AndNotMatcher reads behind its end, whatever holds the lists
        return {"": -1.0}
    return {hit["id"]: round(hit.score, 4) for hit in found}


def parts(query: Any) -> Iterator[Any]:
    """The query and everything in it."""
    yield query
    for child in query.children():
        yield from parts(child)


def unique(papers: list[Paper]) -> list[Paper]:
    """The papers that stay, in the order of a segment: some of Whoosh's scores depend on it."""
    last = {paper.id: paper for paper in papers}
    return sorted(last.values(), key=lambda paper: (-(paper.year or -1), paper.id))


@settings(deadline=None, max_examples=60, phases=PHASES)
@given(COLLECTIONS, QUERIES)
def test_any_query_over_one_segment(papers: list[Paper], query: Any) -> None:
    with ours(papers) as searcher, stock(unique(papers)).searcher(weighting=TF_IDF()) as twin:
        assert answers(searcher, query) == answers(twin, query)


@settings(deadline=None, max_examples=25, phases=PHASES)
@given(COLLECTIONS, COLLECTIONS, st.sets(st.sampled_from([f"p{at}" for at in range(12)])), QUERIES)
def test_sets_over_many_segments_with_deletions(
    first: list[Paper], second: list[Paper], gone: set[str], query: Any
) -> None:
    # Whoosh 2.7.4's InverseMatcher gives back a deleted paper that stands right behind the last
    # match of what it inverts, in Whoosh's own indexes, too.
    assume(not any(isinstance(one, wq.Not) for one in parts(query)))
    live = [paper for paper in unique([*first, *second]) if paper.id not in gone]
    with ours(first, second, gone=tuple(gone)) as searcher, stock(live).searcher() as twin:
        assert answers(searcher, query).keys() == answers(twin, query).keys()


def test_statistics_equal_those_of_stock_whoosh() -> None:
    papers = [
        Paper("a", "graph graphs neural", "of the deep", ("Ann", "Tao Lin"), "ICML", 2019),
        Paper("b", "neural", "graph x1", ("Lin Tao",), "", None),
    ]
    with ours(papers) as searcher, stock(papers).searcher() as twin:
        mine, theirs = searcher.reader(), twin.reader()
        assert list(mine.all_terms()) == [
            term for term in theirs.all_terms() if not term[0].startswith("_")
        ]
        for field, text in mine.all_terms():
            one, other = mine.term_info(field, text), theirs.term_info(field, text)
            assert one.doc_frequency() == other.doc_frequency()
            assert one.weight() == other.weight()
            assert one.max_weight() == other.max_weight()
        assert mine.doc_count() == theirs.doc_count() == 2
        matcher = mine.postings("title", "graph")
        assert matcher.value_as("positions") == [0, 1]
        assert matcher.format.decode_positions(matcher.value()) == [0, 1]


def test_columns_sort_group_and_highlight() -> None:
    papers = [
        Paper("a", "graph one", venue="ICML", year=2001),
        Paper("b", "graph two", venue="JMLR", year=1999),
        Paper("c", "graph three", venue="ICML", year=2019),
    ]
    with ours(papers[:2], papers[2:]) as searcher:
        query = wq.Term("title", "graph")
        by_year = searcher.search(query, sortedby="year")
        assert [hit["id"] for hit in by_year] == ["b", "a", "c"]
        back = searcher.search(query, sortedby="year", reverse=True)
        assert [hit["id"] for hit in back] == ["c", "a", "b"]
        groups = searcher.search(query, groupedby="venue").groups()
        assert {venue: len(found) for venue, found in groups.items()} == {"ICML": 2, "JMLR": 1}
        assert ">graph</b> three" in back[0].highlights("title")
        assert by_year[0].fields() == {
            "id": "b", "title": "graph two", "venue": "JMLR", "year": 1999
        }  # fmt: skip


def test_whoosh_can_take_the_index_over_into_its_own() -> None:
    papers = [Paper("a", "graph of graphs", "deep", ("Ann",)), Paper("b", "deep", "learning")]
    with ours(papers) as searcher:
        copy = OwnFolder().create_index(schema_of(Analyzer()))
        writer = copy.writer()
        writer.add_reader(searcher.reader())
        writer.commit()
        with copy.searcher(weighting=Frequency()) as twin:
            assert answers(twin, wq.Term("title", "graph")) == {"a": 2.0}
            assert answers(twin, wq.Phrase("title", ["graph", "of"])).keys() == {"a"}


def test_an_empty_index() -> None:
    with ours([]) as searcher:
        assert answers(searcher, wq.Every()) == {}


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path("owned"),))


def test_a_table_of_contents_that_names_anything_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    index = WhooshIndex(tmp_path / "index")
    with index.writer() as writer:
        writer.add(Paper("a", "title"))
    folder = index.opened().folder
    toc = folder / NAME
    whole = toc.read_bytes()
    check_toc(toc)
    evil = pickle.dumps([Evil()], 2)
    at = whole.rindex(b"\x80")  # where the last pickle begins
    toc.write_bytes(whole[:at] + evil)

    with pytest.raises(IndexDamaged, match="not allowed"):
        open_whoosh(folder)
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("length", [0, 1, 30, -1])
def test_a_table_of_contents_cut_short_is_told(tmp_path: Path, length: int) -> None:
    index = WhooshIndex(tmp_path)
    with index.writer() as writer:
        writer.add(Paper("a", "title"))
    toc = index.opened().folder / NAME
    toc.write_bytes(toc.read_bytes()[:length])

    with pytest.raises(IndexDamaged, match="quiver build"):
        check_toc(toc)
