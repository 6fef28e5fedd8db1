"""bm25s with numba: any of the words, no filters, no phrases, no facets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from indexer.analysis import Analyzer
from indexer.paper import Paper
from tests.bench.engines import Hits
from tests.bench.questions import Question

KINDS = {"one_common", "one_rare", "kw", "nat"}


def make(name: str) -> BM25S:
    return BM25S()


class BM25S:
    """Our own tokens go in, so that the words are the same; title and abstract are one field."""

    def build(self, papers: Iterable[Paper], folder: Path) -> None:
        bm25s: Any = import_module("bm25s")

        analyzer = Analyzer()
        titles, rows = [], []
        for paper in papers:
            titles.append(paper.title)
            tokens = analyzer.tokens(f"{paper.title} {paper.abstract}")
            rows.append([token.stem for token in tokens if not (token.stop or token.joined)])
        retriever = bm25s.BM25(backend="numba")
        retriever.index(rows, show_progress=False)
        retriever.save(folder)
        (folder / "titles.json").write_text(json.dumps(titles), encoding="utf-8")

    def open(self, folder: Path) -> Callable[[Question], Hits | None]:
        bm25s: Any = import_module("bm25s")

        analyzer = Analyzer()
        retriever = bm25s.BM25.load(folder)
        retriever.backend = "numba"
        retriever.activate_numba_scorer()
        titles = json.loads((folder / "titles.json").read_text(encoding="utf-8"))

        def answer(question: Question) -> Hits | None:
            if question.kind not in KINDS:
                return None
            words = [[analyzer.stem(word) for word in question.words]]
            found, _ = retriever.retrieve(
                words, k=min(10, len(titles)), show_progress=False, n_threads=0
            )
            return -1, [titles[at] for at in found[0]], {}

        return answer
