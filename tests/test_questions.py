"""Questions and long texts: what is asked for, and what only asks."""

from __future__ import annotations

import pytest

from indexer import Paper, Query, load_venues, parse_query, read_typed_text
from indexer.language.unparse import format_clause
from indexer.query_analysis.long_text import KEPT_WORDS
from indexer.query_analysis.questions import filler_spans
from tests.oracle import MemoryIndex


def left(text: str) -> str:
    for start, end in filler_spans(text):
        text = text[:start] + " " * (end - start) + text[end:]
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("that paper about kites in the wind", "kites in the wind"),
        ("can you recommend papers on kites, please", "kites"),
        ("how do I train a network without labels?", "train a network without labels?"),
        ("How can we measure wind?", "measure wind?"),
        ("what is the best way to train kites", "train kites"),
        ("what are the main methods for kite detection", "kite detection"),
        ("what's the difference between kites and gliders", "kites and gliders"),
        ("is it possible to fly kites indoors", "fly kites indoors"),
        ("I would like to know how kites fly", "kites fly"),
        ("I'm looking for work on kites", "kites"),
        ("please show me the latest research on kites", "kites"),
        ("the one where they show that kites fly", "kites fly"),
        ("who invented kites", "kites"),
        ("what's the best kite for wind", "kite for wind"),
        ("Could anyone explain kites?", "kites?"),
        ("tell me about kites", "kites"),
        ("does anyone know of papers about kites", "kites"),
        ("why does dropout work?", "why does dropout"),
        ("how do kites work so well", "how do kites"),
        ("are there any recent papers on kites?", "kites?"),
        ("hi, I am interested in kites", "kites"),
        ("what is known about kites", "kites"),
        # Nothing but words of the matter, or nothing else.
        ("kites in the wind", "kites in the wind"),
        ("research on", "research on"),
        ("papers about", "papers about"),
        ("work", "work"),
        ("explainable kites", "explainable kites"),
        ("please", "please"),
    ],
)
def test_what_only_asks_is_left_out(text: str, said: str) -> None:
    assert left(text) == said


PAPERS = tuple(
    Paper(f"p{number}", f"Kites and {name}", f"On {name} we say the same of every kite. {name}.")
    for number, name in enumerate("gliders balloons rockets drones swallows leaves".split())
)
ABSTRACT = (
    "We say the same of every kite, and of every other thing that we have seen in this work: it "
    "flies. In this paper we propose to look at swallows, which nobody did before us, and we show "
    'that swallows fly as kites do (see below); "results" on 3 sets of $x^2$ are 10% better than '
    "those of balloons, and a * b is the same as before, under all of the settings that we tried."
)


def test_a_long_text_is_reduced_to_the_words_that_tell_most() -> None:
    with MemoryIndex.of(PAPERS).searcher() as searcher:
        query = read_typed_text(parse_query(ABSTRACT), searcher, load_venues())
        words = format_clause(query.clause).split()

        assert "swallows" in words
        assert len(words) <= KEPT_WORDS
        assert not {"the", "and", "nobody"} & set(words)
        assert searcher.search(query).hits[0].paper.id == "p4"
        assert query.text == ABSTRACT
        assert "most distinctive" in query.repairs[0].reason
        assert "swallows" in query.repairs[0].reason


@pytest.mark.parametrize(
    "text", ["kites and gliders", " OR ".join(["kites"] * 40), "title:kites " + "wind " * 40, ""]
)
def test_short_texts_and_queries_with_operators_stay_whole(text: str) -> None:
    with MemoryIndex.of(PAPERS).searcher() as searcher:
        query: Query = parse_query(text)
        assert read_typed_text(query, searcher, load_venues()).clause == query.clause
