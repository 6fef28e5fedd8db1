"""Words found chunk by chunk are those that the analyzer cuts a whole text into."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.highlighting.spans import OddChunk, token_cache
from indexer.query_analysis.relevance_model import stem_cache
from indexer.text.folding import fold

TEXTS = st.text(st.sampled_from("ab1 2,.-'+#cäü_é(\n漢"), max_size=40)


@settings(deadline=None)
@given(TEXTS)
def test_the_words_of_a_text_are_those_of_its_chunks(text: str) -> None:
    folded = fold(text, umlauts=True)
    known = token_cache()
    found = []
    begin = position = 0
    for chunk in folded.text.split(" "):
        held = known[chunk]
        if isinstance(held, OddChunk):
            for seen in (one for raw in held.raws for one in raw):
                place = folded.source(begin + seen.start, begin + seen.end)
                found.append((seen.word, position + seen.position, *place))
            position += held.width
        else:
            start = begin + chunk.index(held)
            found.append((held, position, *folded.source(start, start + len(held))))
            position += 1
        begin += len(chunk) + 1

    tokens = Analyzer().tokens(text)

    assert found == [(one.word, one.position, one.start, one.end) for one in tokens]


def test_what_is_remembered_of_chunks_is_bounded() -> None:
    plain, odd = token_cache(24_000), token_cache(24_000)
    for number in range(1_000):
        assert plain[f"word{number}"] == f"word{number}"
        assert isinstance(odd[f"a-{number}-c-d-e-f-g"], OddChunk)
    assert 0 < len(odd) * 5 < len(plain) <= 100
    before = len(plain)
    assert plain["x" * 1_000] is not None
    assert len(plain) == before


def test_what_is_remembered_of_pieces_is_bounded() -> None:
    known = stem_cache(str, frozenset(), 24_000)
    for number in range(1_000):
        assert known[f"word{number}"] == (f"word{number}",)
    assert 0 < len(known) <= 100
    before = len(known)
    assert known["x" * 30_000]
    assert len(known) == before
