"""A paper as a document: the streams say what the analyzer says, and the paper comes back."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import Analyzer, Token
from indexer.backends.opensearch.document import (
    LONGEST,
    DocumentMaker,
    bounded,
    document_id,
    paper_of,
)
from indexer.backends.opensearch.mapping import index_mapping
from indexer.paper import Paper
from tests import strategies

ANALYZER = Analyzer()


def positions(stream: str) -> list[set[str]]:
    """Read a stream as the cluster does."""
    return [set(piece.split("|")) for piece in stream.split(" ")] if stream else []


def expected(tokens: list[Token], *, stems: bool) -> list[set[str]]:
    found: list[set[str]] = []
    for token in tokens:
        if token.position == len(found):
            found.append(set())
        found[token.position].add(token.stem if stems else token.word)
    return found


@settings(deadline=None)
@given(strategies.texts | st.text(max_size=60))
def test_streams_are_the_analyzers_tokens(text: str) -> None:
    document = DocumentMaker(ANALYZER).document(Paper("p", text, text))
    tokens = ANALYZER.tokens(text)

    for field in ("title", "abstract"):
        assert positions(document[f"{field}_stems"]) == expected(tokens, stems=True)
        assert positions(document[f"{field}_words"]) == expected(tokens, stems=False)
        counted = sum(not (token.stop or token.joined) for token in tokens)
        assert document[f"{field}_length"] == counted
    assert document["vocabulary"] == sorted({token.word for token in tokens})


@settings(deadline=None)
@given(strategies.papers())
def test_a_paper_comes_back_equal(paper: Paper) -> None:
    assert paper_of(DocumentMaker(ANALYZER).document(paper)["paper"]) == paper


@settings(deadline=None)
@given(strategies.papers())
def test_every_field_is_one_of_the_mapping(paper: Paper) -> None:
    fields = index_mapping({})["properties"]
    document = DocumentMaker(ANALYZER).document(paper)

    assert set(document) | {"first_indexed", "last_changed"} == set(fields)
    for name in document["names"]:
        assert set(name) == set(fields["names"]["properties"])


def test_a_paper_has_one_spelling_of_each_name() -> None:
    paper = Paper("p", "T", authors=("Ann ACE", "Ann Ace", "Bob Bay"))
    document = DocumentMaker(ANALYZER).document(paper)

    assert document["author"] == ["ann ace", "bob bay"]
    assert document["author_shown"] == ["Ann ACE", "Bob Bay"]
    assert [name["place"] for name in document["names"]] == [["^"], [], ["$"]]
    assert [name["shown"] for name in document["names"]] == ["Ann ACE", "Ann ACE", "Bob Bay"]


def test_long_values_stay_apart_and_short() -> None:
    one, other = "é" * 40_000, "é" * 40_000 + "a"

    assert bounded(one) != bounded(other)
    assert len(bounded(one).encode()) <= LONGEST + 32
    assert bounded("short") == "short"


def test_long_ids_become_a_hash() -> None:
    assert document_id("acl-2020") == "acl-2020"
    assert document_id("x" * 501) != document_id("x" * 502)
    assert len(document_id("x" * 5000)) < 500
