"""Facts about words: asked once, kept, and written so that the cluster understands."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.backends.opensearch.mapping import APART
from indexer.backends.opensearch.term_dictionary import WordFacts, beginning, edits, escaped
from indexer.query import Phrase, Word
from indexer.query_analysis.terms import StemTerm
from tests.oracle import expansion


class Asked:
    """Answers every aggregation alike, and remembers the questions."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        self.bodies: list[dict[str, Any]] = []

    def __call__(self, body: dict[str, Any]) -> dict[str, Any]:
        self.bodies.append(body)
        return {"aggregations": dict.fromkeys(body["aggs"], self.answer)}


def test_partings_are_asked_together_and_once() -> None:
    asked = Asked({"buckets": [{"key": f"noninvasive{APART}non invasive"}], "doc_count": 3})
    facts = WordFacts(asked, Analyzer())

    facts.prepare([Word("noninvasive"), Phrase("noninvasive care"), Word("well-known")])
    facts.prepare([Word("care")])

    assert len(asked.bodies) == 1
    assert len(asked.bodies[0]["aggs"]) == 6  # its partings, papers and names for each of two
    assert facts.partings("noninvasive") == (("non", "invasive"),)
    assert facts.word_papers(["noninvasive", "care"])[1] == {"noninvasive": 3, "care": 3}
    assert len(asked.bodies) == 1


def test_papers_of_a_term_are_counted_once() -> None:
    asked = Asked({"doc_count": 7})
    facts = WordFacts(asked, Analyzer())
    terms = [StemTerm("learn", "learning"), StemTerm("deep", "deep")]

    facts.count(terms)
    facts.count(terms)

    assert [facts.holding(term) for term in terms] == [7, 7]
    assert len(asked.bodies) == 1


@settings(deadline=None)
@given(st.text(max_size=8), st.text(max_size=8))
def test_edits_are_the_oracles(left: str, right: str) -> None:
    assert edits(left, right) == expansion.edits(left, right)


@settings(deadline=None)
@given(st.text(max_size=8))
def test_an_escaped_text_matches_just_itself(text: str) -> None:
    assert re.fullmatch(escaped(text), text)
    assert re.fullmatch(beginning(text), text + "more")
