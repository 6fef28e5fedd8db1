"""What one worker process does: what its parent asks for, until there is no more.

The messages are pickles, which is safe here: they come through a pipe from the process that
started this one. Each is answered by a line: "done" and what was asked for, or what went wrong.
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
from indexer.backends.whoosh.indexing.bulk_tokenizer import WordTable
from indexer.backends.whoosh.indexing.parallel_merge import make_people, make_postings
from indexer.backends.whoosh.indexing.runs import give_back, run_of


def main() -> None:
    """Serve until the input ends."""
    leave_out_scipy()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this one
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever else is printed must not be taken for an answer
    requests = sys.stdin.buffer
    described = _read(requests)
    if described is None:
        return
    analyzer = Analyzer(frozenset(described[0]), described[1])
    table = WordTable(analyzer)
    dictionary: bytes = described[2]
    while (job := _read(requests)) is not None:
        kind, asked = job[0], job[1:]
        said = "done "
        if kind != "run" and table.words:
            table.forget()  # no more runs come, and its memory is wanted elsewhere
            give_back()
        try:
            if kind == "run":
                papers = [document_store.decode(line) for line, _, _ in asked[1]]
                arrays = run_of(papers, asked[1], table, dictionary).arrays
                write_arrays(Path(asked[0]), arrays, lasting=False)
            elif kind == "stems":
                said += " ".join(analyzer.stems(asked[0]))
            elif kind == "people":
                make_people(Path(asked[0]), *asked[1:])
            elif kind == "postings":
                make_postings(Path(asked[0]), *asked[1:])
        except (OSError, MemoryError, ValueError) as error:
            said = f"{type(error).__name__}: {error}".replace("\n", " ")
        try:
            answers.write(said.encode(errors="replace") + b"\n")
        except BrokenPipeError:  # the parent is gone
            return
        if not said.startswith("done "):
            return


def _read(requests: BinaryIO) -> Any:
    """Read one message; None where the input ends."""
    length = requests.read(8)
    if len(length) < 8:
        return None
    data = requests.read(int.from_bytes(length, "little"))
    return pickle.loads(data)  # noqa: S301 - from our own parent


if __name__ == "__main__":
    main()
