"""The dictionary of identifiers through updates and merges, and without its arrays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from indexer.backends.whoosh.format.generation import LoadedSegment, open_generation
from indexer.backends.whoosh.format.identifier_dictionary import IdentifierDictionary
from indexer.backends.whoosh.index import WhooshIndex
from indexer.backends.whoosh.postings.segment_reader import SegmentReader
from indexer.language.parse import parse_query
from indexer.paper import Paper

PAPERS = tuple(
    Paper(f"p{number}", f"Kites {number}", year=2000 + number % 7, doi=f"10.5555/{number}")
    for number in range(40)
)


def ids(index: WhooshIndex, text: str) -> list[str]:
    with index.searcher() as searcher:
        return list(searcher.ids(parse_query(text)))


def test_identifiers_follow_their_papers(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path / "index")
    with index.writer() as writer:
        for paper in PAPERS:
            writer.add(paper)
    assert ids(index, "10.5555/7") == ["p7"]
    with index.writer() as writer:
        writer.add(replace(PAPERS[7], doi="10.5555/other"))
        writer.add(Paper("same", "Another record", doi="10.5555/8"))
        assert writer.delete("p9")
    assert ids(index, "10.5555/7") == []
    assert ids(index, "10.5555/other") == ["p7"]
    assert sorted(ids(index, "10.5555/8")) == ["p8", "same"]
    assert ids(index, "10.5555/9") == []
    for _ in range(4):  # segments are merged in the end
        with index.writer() as writer:
            writer.add(Paper("more", "Yet another", doi="10.5555/more"))
    for number in (0, 20, 39):
        assert ids(index, f"https://doi.org/10.5555/{number}") == [f"p{number}"]


def test_a_segment_without_the_dictionary_is_read_all_the_same(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path / "index")
    with index.writer() as writer:
        for paper in PAPERS:
            writer.add(paper)
    generation = index.generation() or ""
    opened = open_generation(generation, tmp_path / "index" / "generations" / generation)
    for segment in opened.segments:
        written = segment.identifiers
        assert written is not None
        papers = [segment.store.paper(number) for number in range(segment.arrays.papers)]
        derived = IdentifierDictionary.of_papers(papers)
        assert derived.keys.raws() == written.keys.raws()
        assert derived.papers.tolist() == written.papers.tolist()
        older = SegmentReader(LoadedSegment(segment.arrays, segment.store))
        assert older.identified("doi:10.5555/7").tolist() == [
            number for number, paper in enumerate(papers) if paper.id == "p7"
        ]
        assert not len(older.identified("doi:10.5555/none"))
