"""Judged collections are read, asked and scored; settings are compared; an index tests itself."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.errors import DumpError
from indexer.evaluation.evaluate import (
    MEASURES,
    Evaluation,
    compare,
    evaluate,
    evaluation_json,
    plain_clause,
    randomisation_test,
    run_lines,
    score_runs,
)
from indexer.evaluation.judged import UNTITLED, JudgedQuery, index_id, read_judged
from indexer.evaluation.known_item import (
    DESCRIPTION,
    LINK,
    SPELLINGS,
    run_self_test,
    self_test_json,
)
from indexer.evaluation.known_ways import (
    AUTHOR_YEAR,
    FOUR_WORDS,
    IDENTIFIER,
    MAIN_TITLE,
    NAMES,
    REFERENCES,
    TYPO,
    VENUE_YEAR,
    WAYS,
    asked_ways,
)
from indexer.paper import Paper
from indexer.query import Match, Part, Word, Words
from indexer.search import Index
from tests.oracle import MemoryIndex
from tests.semantic import encoder

DOCUMENTS: tuple[dict[str, Any], ...] = (
    {"_id": "wing", "title": "Wings in a slipstream", "text": "lift of a wing"},
    {"_id": "heat", "title": "", "text": "heat transfer in<br/>slip&shy;stream &amp; flow"},
    {"_id": "empty", "title": "", "text": ""},
    {"_id": "none", "title": None},
    {"_id": "odd id", "title": "Boundary layers", "text": "suction", "metadata": {"year": 1958}},
    {"_id": 7, "title": "Algol", "metadata": {"authors": ["Perlis, A. J.", {"name": "B. Green"}]}},
)
QUERIES = (
    {"_id": "q1", "text": "what is the lift of a wing -- in a (propeller) slipstream?"},
    {"_id": "q2", "text": "boundary layers: suction"},
    {"_id": "q3", "text": "NOT judged"},
    {"_id": "q4", "text": "?"},
)
JUDGEMENTS = (
    ("q1", "wing", 2),
    ("q1", "heat", 1),
    ("q2", "odd id", 1),
    ("q2", "lost", 1),
    ("q4", "empty", 1),
)


def memory(_: Path) -> Index:
    return MemoryIndex()


def beir(folder: Path) -> Path:
    """Write the small collection in the BEIR layout, the documents packed."""
    folder.mkdir()
    lines = "\n".join(json.dumps(document) for document in DOCUMENTS)
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    (folder / "queries.jsonl").write_text("\n".join(json.dumps(query) for query in QUERIES))
    (folder / "qrels").mkdir()
    rows = "\n".join("\t".join(map(str, row)) for row in JUDGEMENTS)
    (folder / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{rows}\n")
    return folder


def trec(folder: Path) -> Path:
    """Write the same collection in the TREC layout."""
    folder.mkdir()
    lines = "\n".join(
        json.dumps({"docno" if key == "_id" else key: value for key, value in one.items()})
        for one in DOCUMENTS
    )
    (folder / "documents.jsonl").write_text(lines)
    topics = "\n".join(
        f"<top>\n<num> Number: {query['_id']}\n<title> {query['text']}\n<desc> x\n</top>"
        for query in QUERIES
    )
    (folder / "topics.txt").write_text(topics)
    rows = "\n".join(f"{query}\t0\t{document}\t{grade}" for query, document, grade in JUDGEMENTS)
    (folder / "qrels.txt").write_text(rows + "\n")
    return folder


@pytest.mark.parametrize("layout", [beir, trec])
def test_both_layouts_are_read_alike(tmp_path: Path, layout: Any) -> None:
    judged = read_judged(layout(tmp_path / "tiny"))

    assert judged.name == "tiny"
    assert [query.id for query in judged.queries] == ["q1", "q2", "q4"]
    assert judged.queries[0].text == QUERIES[0]["text"]
    assert judged.unjudged == 1
    assert judged.judgements["q1"] == {"wing": 2, "heat": 1}
    papers = dict(judged.papers())
    assert list(papers) == ["wing", "heat", "empty", "none", "odd id", "7"]
    assert papers["heat"].title == papers["empty"].title == papers["none"].title == UNTITLED
    assert papers["odd id"].id == index_id("odd id") != "odd id"
    assert papers["odd id"].year == 1958
    assert papers["heat"].abstract == "heat transfer in slipstream & flow"
    assert papers["7"].authors == ("A. J. Perlis", "B. Green")


@pytest.mark.parametrize(
    "topics",
    [
        '<topics><topic number="q1"><query>lift &amp; drag</query></topic></topics>',
        "<top><num>q1</num><title> Topic: lift &amp; drag\n</top>",
        "q1\tlift & drag",
        '{"qid": "q1", "query": "lift & drag"}',
    ],
)
def test_topics_come_in_several_forms(tmp_path: Path, topics: str) -> None:
    folder = trec(tmp_path / "tiny")
    (folder / "topics.txt").write_text(topics)

    assert read_judged(folder).queries == (JudgedQuery("q1", "lift & drag"),)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("corpus.jsonl", "{oops", "corpus.jsonl:1: expected one JSON object a line"),
        ("corpus.jsonl", '{"title": "x"}', "corpus.jsonl:1: there is no id"),
        ("qrels/test.tsv", "q1\twing\t1\nq1 wing", "test.tsv:2: expected query, document"),
        ("qrels/test.tsv", "q9\twing\t1", "no query has judgements"),
        ("queries.jsonl", "", "no query"),
        ("queries.jsonl", "<top></top>", "no <top> with a <num>"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, content: str, reason: str) -> None:
    folder = beir(tmp_path / "tiny")
    (folder / "corpus.jsonl.gz").rename(folder / "corpus.jsonl")
    (folder / "corpus.jsonl").write_text(json.dumps(DOCUMENTS[0]))
    (folder / name).write_text(content)

    with pytest.raises(DumpError) as caught:
        list(read_judged(folder).papers())

    assert reason in str(caught.value)


def test_a_folder_without_collection_is_named(tmp_path: Path) -> None:
    with pytest.raises(DumpError, match="no file of documents"):
        read_judged(tmp_path)


def test_a_collection_is_scored_with_the_search_of_the_product(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []

    scored = evaluate(
        read_judged(beir(tmp_path / "tiny")), memory, advance=lambda *done: told.append(done)
    )

    assert scored.runs["q1"][:2] == ("wing", "heat")
    assert scored.runs["q2"] == ("odd id",)
    assert scored.runs["q4"] == ()
    assert (scored.papers, scored.unjudged, scored.missing) == (6, 1, 1)
    assert scored.by_query["q4"] == dict.fromkeys(MEASURES, 0.0)
    assert scored.by_query["q1"]["ndcg@10"] == pytest.approx(1.0)
    assert scored.by_query["q2"]["recall@100"] == pytest.approx(0.5)
    assert list(evaluation_json(scored)) == [*MEASURES, "queries"]
    assert evaluation_json(scored)["queries"] == 3
    assert evaluation_json(scored)["mrr@10"] == pytest.approx(2 / 3, abs=1e-5)
    assert told[-1] == ("queries", 3)
    assert next(run_lines(scored)) == "q1 Q0 wing 1 1000 quiver"


def test_gains_are_linear(tmp_path: Path) -> None:
    judged = read_judged(beir(tmp_path / "tiny"))

    swapped = score_runs(judged, {"q1": ("heat", "wing")})

    ideal = 2 + 1 / math.log2(3)
    assert swapped["q1"]["ndcg@10"] == pytest.approx((1 + 2 / math.log2(3)) / ideal)


def test_a_query_is_plain_text() -> None:
    clause = plain_clause('what: NOT "lift" -wing (mach > 2) title:x a*?')

    words = ["what", "NOT", "lift", "wing", "mach", "2", "title:x", "a"]
    assert clause == Words(tuple(Part(Word(word)) for word in words))
    assert plain_clause("lift?") == Word("lift")
    assert plain_clause(" - ") is None


def made(scores: dict[str, float]) -> Evaluation:
    by_query = {query: dict.fromkeys(MEASURES, score) for query, score in scores.items()}
    return Evaluation("made", {}, by_query, {}, 0, 0, 0)


def test_two_settings_are_compared() -> None:
    first = made({"a": 0.5, "b": 0.5, "c": 0.5, "d": 0.1})
    second = made({"a": 0.9, "b": 0.5, "c": 0.4, "d": 0.3})

    compared = compare(first, second)

    assert compared.difference == pytest.approx(0.125)
    assert [query for query, _ in compared.changes] == ["a", "d", "c"]
    assert compared.ties == 1
    assert compared.p_value == pytest.approx(4 / 8)
    assert compare(first, first).p_value == 1.0
    with pytest.raises(ValueError, match="no query in common"):
        compare(first, made({"z": 1.0}))


def test_the_randomisation_test_agrees_with_the_exact_one() -> None:
    """All signs of 14 differences, and drawn signs of the same numbers with one tiny more."""
    differences = list(np.random.default_rng(1).normal(0.3, 1.0, 14))

    exact = randomisation_test(differences)
    drawn = randomisation_test([*differences, 1e-9])

    assert exact == pytest.approx(drawn, abs=0.01)
    assert randomisation_test([0.1] * 50) < 0.001
    assert randomisation_test([1.0, -1.0]) == 1.0


PAPERS = (
    Paper("p1", "Gossip learning over graphs", "x", ("Ann Lee", "Bo Xu"), "ICML", 2019),
    Paper("p2", "Über naïve $\\ell_2$ bounds: why?", "y", ("Bo Xu",), "ICML", 2020),
    Paper("p3", "Gossip", "learning over graphs", (), "", None),
)


def test_an_index_finds_what_is_in_it() -> None:
    with MemoryIndex.of(PAPERS).searcher() as searcher:
        test = run_self_test(searcher)

    assert test.papers == 3
    assert test.passed
    assert test.misses == ()
    asked = {tally.kind: tally.asked for tally in test.tallies}
    further = {**dict.fromkeys(REFERENCES, 2), IDENTIFIER: 3, AUTHOR_YEAR: 2}
    further |= dict.fromkeys(NAMES, 2)
    further |= {FOUR_WORDS: 1, MAIN_TITLE: 1, TYPO: 0, VENUE_YEAR: 2}
    assert asked == {**dict.fromkeys(SPELLINGS, 3), DESCRIPTION: 2, LINK: 3, **further}
    assert self_test_json(test)["passed"] is True


def test_a_paper_is_asked_for_in_every_way_that_people_have() -> None:
    paper = Paper(
        "p1", "Gossip: learning privacy over undirected graphs", "", ("Ann B. Lee",), "ICML", 2019
    )
    asked = dict(asked_ways(paper))

    assert [asked[way] for way in NAMES] == ["Ann B. Lee", "Lee, A. B.", "Lee AB", "Lee Ann B."]
    assert asked[MAIN_TITLE] == "Gossip"
    assert asked[VENUE_YEAR] == "ICML 2019 learning undirected"
    words = {"gossip", "learning", "privacy", "undirected", "graphs"}
    assert set(asked[FOUR_WORDS].lower().split()) < words
    wrong = set(asked[TYPO].lower().split()) - words
    assert len(wrong) == 1
    assert sorted(wrong.pop()) in [sorted(word) for word in words if len(word) > 6]


def test_recall_counts_the_papers_listed_as_close_in_meaning(tmp_path: Path) -> None:
    """A judged paper without a word of the query is found by the list alone."""
    folder = beir(tmp_path / "small")
    with (folder / "corpus.jsonl").open("w") as file:
        rows = {"car": "automobile garage", "tree": "a root", "river": "a flood of water"}
        file.writelines(json.dumps({"_id": key, "text": row}) + "\n" for key, row in rows.items())
    (folder / "corpus.jsonl.gz").unlink()
    (folder / "queries.jsonl").write_text(json.dumps({"_id": "q1", "text": "vehicle garage car"}))
    (folder / "qrels/test.tsv").write_text("q1\tcar\t1\n")
    judged = read_judged(folder)

    def encode(index: Index) -> None:
        assert isinstance(index, MemoryIndex)
        index.encode_meaning(encoder())

    words = evaluate(judged, memory, match=Match.ALL)
    scored = evaluate(judged, memory, match=Match.ALL, prepare=encode)
    assert words.recall_with_close is None
    assert scored.scores["recall@100"] == 0
    assert scored.recall_with_close == 1
    assert evaluation_json(scored)["recall@100 with close"] == 1


def test_a_paper_that_is_not_found_is_named() -> None:
    """An index that gives out a paper which it cannot find is caught lying."""
    with MemoryIndex.of(PAPERS).searcher() as searcher:
        honest = searcher.get
        searcher.get = lambda paper_id: (  # type: ignore[method-assign]
            Paper("p9", "Quantum codes of toric lattices", "", ("Cy Doe",), "", 1999)
            if paper_id == "p1"
            else honest(paper_id)
        )
        test = run_self_test(searcher)

    assert not test.passed
    assert {miss.kind for miss in test.misses} == {
        *SPELLINGS,
        DESCRIPTION,
        LINK,
        *(set(WAYS) - {MAIN_TITLE, VENUE_YEAR}),  # it has neither a subtitle nor a venue
    }
    assert {miss.paper.id for miss in test.misses} == {"p9"}
    assert [tally.found for tally in test.tallies][:6] == [2, 2, 2, 2, 1, 1]
