"""What is marked in the papers of both corpora: never half of anything, and no text changed."""

from __future__ import annotations

import random
import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from itertools import islice

import pytest

from indexer import Formulas, Index, Paper, Snippet, display, plain
from indexer.analysis import Analyzer
from indexer.authors.person_papers import PersonPapers
from indexer.highlighting.snippets import Excerpts
from indexer.highlighting.spans import token_cache
from indexer.query import Part, Phrase, Query, Word, Words
from indexer.query_analysis.leaf_analysis import NO_WORDS, Expansion, read_leaf
from indexer.query_analysis.plan import plan_of
from indexer.query_analysis.terms import Way
from indexer.text.folding import fold
from tests.effort import effort

ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]+\d*);", re.IGNORECASE)


class Undrawn(Formulas):
    """Formulas that are not drawn: this is about the text around them."""

    def mathml(self, tex: str) -> str:
        return f"<math>{len(tex)}</math>"


class Plain:
    """A vocabulary in which no word was ever parted, and no pattern fits."""

    def __init__(self) -> None:
        self.analyzer = Analyzer()
        self.stem = self.analyzer.stem

    def partings(self, word: str) -> tuple[Way, ...]:  # noqa: ARG002 - of the protocol
        return ()

    def named(self, words: Way) -> bool:  # noqa: ARG002
        return False

    def fitting(self, pattern: str, *, names: bool) -> Expansion:  # noqa: ARG002
        return NO_WORDS

    def close(self, word: str, distance: int, *, names: bool) -> Expansion:  # noqa: ARG002
        return NO_WORDS

    def labelled(self, label: str) -> tuple[str, ...]:  # noqa: ARG002
        return ()

    def papers_of_person(self, key: str, number: int) -> PersonPapers:  # noqa: ARG002
        return PersonPapers()


class Marking:
    """Marks words of its own in each paper: three anywhere, two that stand together."""

    def __init__(self) -> None:
        self.vocabulary = Plain()
        self.known = token_cache()
        self.chance = random.Random(9)
        self.undrawn = Undrawn()

    def snippets(self, paper: Paper) -> tuple[Snippet, ...]:
        tokens = [
            token
            for text in (paper.title, paper.abstract)
            for token in self.vocabulary.analyzer.tokens(text)
        ]
        forms = defaultdict(list)
        for token in tokens:
            forms[token.stem].append(token.word)
        chosen = self.chance.sample(tokens, min(3, len(tokens)))
        leaves: list[Word | Phrase] = [Word(token.word) for token in chosen]
        if len(tokens) > 1:
            at = self.chance.randrange(len(tokens) - 1)
            leaves.append(Phrase(f"{tokens[at].word} {tokens[at + 1].word}"))
        clause = Words(tuple(Part(leaf) for leaf in leaves))
        plan = plan_of(clause, lambda leaf: read_leaf(leaf, self.vocabulary))
        return Excerpts(plan, lambda stem: forms[stem], self.known).of(paper)

    def check(self, paper: Paper) -> int:
        """Hold the marks of one paper; gives their number."""
        marks = 0
        for snippet in self.snippets(paper):
            if snippet.field != "author":
                source = paper.title if snippet.field == "title" else paper.abstract
                start = snippet.offset if snippet.field == "abstract" else 0
                assert source[start : start + len(snippet.text)] == snippet.text
                self._whole(source, snippet, start)
            shown = display(snippet.text, snippet.spans, formulas=self.undrawn)
            assert "".join(piece.text for piece in shown) == plain(snippet.text)
            marks += len(snippet.spans)
        return marks

    def _whole(self, source: str, snippet: Snippet, start: int) -> None:
        """Hold that no mark ends inside a formula, a command, an entity or a letter."""
        folded = fold(source, umlauts=True)
        entities = [one.span() for one in ENTITY.finditer(source)] if "&" in source else []
        before = -1
        for span in snippet.spans:
            assert before < span.start < span.end <= len(snippet.text)
            before = span.end
            for edge in (start + span.start, start + span.end):
                assert not _inside(edge, folded.atoms), source
                assert not any(low < edge < high for low, high in entities), source
                assert edge == len(source) or not unicodedata.combining(source[edge]), source


def _inside(edge: int, atoms: tuple[tuple[int, int], ...]) -> bool:
    at = bisect_right(atoms, (edge, 0)) - 1
    return at >= 0 and atoms[at][0] < edge < atoms[at][1]


def _hold(index: Index, step: int = 1) -> tuple[int, int]:
    """Hold the marks of every paper, or of one in so many; returns the numbers of both."""
    marking = Marking()
    papers = marks = 0
    with index.searcher() as searcher:
        for paper_id in islice(searcher.ids(Query()), 0, None, step):
            paper = searcher.get(paper_id)
            assert paper is not None
            papers += 1
            marks += marking.check(paper)
    return papers, marks


def test_marks_of_the_built_in_collection(arrow: Index) -> None:
    papers, marks = _hold(arrow)

    assert papers == 81
    assert marks > 2 * papers


@pytest.mark.slow
def test_marks_of_the_real_papers(papers: Index) -> None:
    step = effort(25, 1)
    count, marks = _hold(papers, step)

    assert count == -(-86_867 // step)
    assert marks > 2 * count
