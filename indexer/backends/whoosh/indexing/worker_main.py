"""The program of a worker process: answers requests until its input ends.

Requests are pickles, which is safe here: they come through a pipe from the process that started
this one. The answer is one line: "done" and the result, or what went wrong.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

from indexer.analysis import Analyzer, leave_out_scipy
from indexer.backends.whoosh.format import document_store
from indexer.backends.whoosh.format.array_file import write_arrays
from indexer.backends.whoosh.indexing.bulk_tokenizer import BulkTokenizer
from indexer.backends.whoosh.indexing.parallel_merge import merge_authors, merge_postings
from indexer.backends.whoosh.indexing.runs import build_run, release_memory


def main() -> None:
    """Serves requests until the input ends."""
    leave_out_scipy()
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C is handled by the parent, which ends this one
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # other output must not be taken for an answer
    requests = sys.stdin.buffer
    setup = _read(requests)
    if setup is None:
        return
    analyzer = Analyzer(frozenset(setup[0]), setup[1])
    tokenizer = BulkTokenizer(analyzer)
    dictionary: bytes = setup[2]
    while (request := _read(requests)) is not None:
        kind, arguments = request[0], request[1:]
        answer = "done "
        if kind != "run" and tokenizer.words:
            tokenizer.clear()  # the merge has begun: no more runs, and it needs the memory
            release_memory()
        try:
            if kind == "run":
                papers = [document_store.decode(line) for line, _, _ in arguments[1]]
                arrays = build_run(papers, arguments[1], tokenizer, dictionary).arrays
                write_arrays(Path(arguments[0]), arrays, lasting=False)
            elif kind == "stems":
                answer += " ".join(analyzer.stems(arguments[0]))
            elif kind == "people":
                merge_authors(Path(arguments[0]), *arguments[1:])
            elif kind == "postings":
                merge_postings(Path(arguments[0]), *arguments[1:])
        except (OSError, MemoryError, ValueError) as error:
            answer = f"{type(error).__name__}: {error}".replace("\n", " ")
        try:
            answers.write(answer.encode(errors="replace") + b"\n")
        except BrokenPipeError:  # the parent is gone
            return
        if not answer.startswith("done "):
            return


def _read(requests: BinaryIO) -> Any:
    """Returns the next request; None at the end of the input."""
    length = requests.read(8)
    if len(length) < 8:
        return None
    data = requests.read(int.from_bytes(length, "little"))
    return pickle.loads(data)  # noqa: S301 - from our own parent


if __name__ == "__main__":
    main()
