"""Snippets are the paper's own text, and marks stand where the words stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.paper import Paper
from indexer.query import And, AuthorName, Clause, Not, Occur, Part, Phrase, Query, Word, Words
from indexer.search import Searcher, Snippet
from indexer.text.folding import fold
from tests import strategies
from tests.conformance.backends import Backend
from tests.conformance.pace import pace

LONG = " ".join(f"filler{number}" for number in range(60))


def check(paper: Paper, snippet: Snippet) -> None:
    """Hold what the contract says of every snippet."""
    if snippet.field == "author":
        assert snippet.text == paper.authors[snippet.offset]
        assert snippet.whole
    else:
        field = paper.title if snippet.field == "title" else paper.abstract
        piece = slice(snippet.offset, snippet.offset + len(snippet.text))
        assert field[piece] == snippet.text
        assert snippet.whole == (snippet.text == field)
        atoms = [place for low, high in fold(field).atoms for place in range(low + 1, high)]
        cuts = {snippet.offset, snippet.offset + len(snippet.text)}
        cuts |= {snippet.offset + place for one in snippet.spans for place in (one.start, one.end)}
        assert not cuts & set(atoms)
    last = -1
    for span in snippet.spans:
        assert last < span.start < span.end <= len(snippet.text)
        last = span.end


@pace()
@given(st.data())
def test_snippets_are_pieces_of_the_paper(backend: Backend, data: st.DataObject) -> None:
    papers = data.draw(strategies.collections(min_size=4))
    with backend.holding(papers) as searcher:
        for query in data.draw(st.lists(strategies.queries, min_size=2, max_size=4)):
            for hit in searcher.search(query).hits:
                fields = [snippet.field for snippet in hit.snippets]
                assert fields[0] == "title"
                assert fields[1:] == sorted(fields[1:], key="author abstract".split().index)
                assert fields.count("abstract") == bool(hit.paper.abstract)
                assert hit.snippets[0].whole
                for snippet in hit.snippets:
                    check(hit.paper, snippet)


def marked(searcher: Searcher, clause: Clause, paper_id: str) -> list[tuple[str, str]]:
    """Returns (field, marked text) of one hit."""
    hits = searcher.search(Query(clause=clause)).hits
    snippets = next(hit.snippets for hit in hits if hit.paper.id == paper_id)
    return [
        (snippet.field, snippet.text[span.start : span.end])
        for snippet in snippets
        for span in snippet.spans
    ]


def test_words_are_marked_by_stem(examples: Searcher) -> None:
    assert marked(examples, Word("learn"), "surgery") == [
        ("title", "learning"),
        ("abstract", "Learned"),
    ]
    assert marked(examples, Word("learned", exact=True), "surgery") == [("abstract", "Learned")]


def test_compounds_are_one_mark(examples: Searcher) -> None:
    expected = [("title", "Non-invasive"), ("abstract", "noninvasive")]
    assert marked(examples, Word("non-invasive"), "surgery") == expected
    assert marked(examples, Word("noninvasive"), "surgery") == expected
    assert marked(examples, Word("invasive"), "surgery") == [("title", "invasive")]


def test_a_mark_takes_in_the_formula(examples: Searcher) -> None:
    assert marked(examples, Word("group"), "grape") == [
        ("title", r"$\textbf{G}$roup"),
        ("abstract", "group"),
    ]


def test_phrases_are_marked_only_where_they_stand(examples: Searcher) -> None:
    assert marked(examples, Phrase("all you need"), "attention") == [
        ("title", "All You Need"),
        ("abstract", "all you need"),
    ]
    assert marked(examples, Phrase("need to translate"), "attention") == [
        ("abstract", "need to translate")
    ]


def test_matching_names_are_shown_whole(examples: Searcher) -> None:
    assert marked(examples, AuthorName("Jaggi, M"), "grape") == [
        ("author", "Martin"),
        ("author", "Jaggi"),
    ]
    assert marked(examples, Word("liu"), "engle") == [("author", "Liu"), ("author", "Liu")]


def test_what_is_negated_is_not_marked(examples: Searcher) -> None:
    clause = And((Word("learning"), Not(Word("zebra"))))
    assert marked(examples, clause, "invasive") == [("abstract", "learning")]
    run = Words((Part(Word("object")), Part(Word("surgery"), Occur.EXCLUDED)))
    assert marked(examples, run, "invasive") == [("title", "object"), ("abstract", "objects")]


def test_stop_words_beside_others_are_not_marked(examples: Searcher) -> None:
    run = Words((Part(Word("the")), Part(Word("object"))))
    assert marked(examples, run, "invasive") == [("title", "object"), ("abstract", "objects")]


def test_the_best_passage_of_a_long_abstract(backend: Backend) -> None:
    abstract = f"alpha {LONG} {LONG} alpha beta. {LONG} {LONG} beta {LONG}"
    run = Words((Part(Word("alpha")), Part(Word("beta"))))

    with backend.holding([Paper("p", "Title", abstract)]) as searcher:
        snippet = searcher.search(Query(clause=run)).hits[0].snippets[-1]

    check(Paper("p", "Title", abstract), snippet)
    assert "alpha beta" in snippet.text
    assert [snippet.text[span.start : span.end] for span in snippet.spans] == ["alpha", "beta"]
    assert 100 < len(snippet.text) <= 400
    assert not snippet.whole


def test_without_a_match_the_abstract_begins_at_its_beginning(backend: Backend) -> None:
    with backend.holding([Paper("p", "Title word", LONG)]) as searcher:
        snippet = searcher.search(Query(clause=Word("word"))).hits[0].snippets[-1]

    assert snippet.offset == 0
    assert snippet.spans == ()
    assert LONG.startswith(snippet.text)
    assert not snippet.whole
    assert len(snippet.text) <= 400


def test_a_passage_never_ends_inside_a_formula(backend: Backend) -> None:
    formula = "$" + " + ".join(f"x_{number}" for number in range(40)) + "$"
    abstract = f"{LONG[:150]} needle {formula} {LONG}"

    with backend.holding([Paper("p", "Title", abstract)]) as searcher:
        snippet = searcher.search(Query(clause=Word("needle"))).hits[0].snippets[-1]

    check(Paper("p", "Title", abstract), snippet)
    assert "needle" in snippet.text
