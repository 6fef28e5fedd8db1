"""Measures Quiver beside its peers: the same papers, the same core, the same minute.

    python -m tests.bench --papers 10000 --rounds 5
    python -m tests.bench --only quiver,quiver-fast,tantivy --keep DIR --json bench.json --http 5

Peers are installed by ``pip install -e .[bench]``; one that is not there is left out and said so.
Every round asks every engine every question in turn, so that what slows the machine for a moment
slows all of them; what is reported is the ratio of their medians, round by round.

Questions are repeated in every round, so parsed queries, scored terms and unpacked papers are in
Quiver's caches by then, as what peers keep is in theirs; the first round is not counted. With
``--cold`` each question is asked once more, of engines just opened: the rows named "kw, first".
``quiver`` is BM25F alone with numpy, ``-fast`` with numba, ``-default`` the default ranking,
``-page`` a whole page: default ranking, snippets, all facets and the receipt; ``-top`` BM25F
without the number of matches, which bm25s does not give either. ``kw_facet/distinct`` also asks how
many authors differ, as a page does: Quiver and SQLite count them, tantivy estimates.

    corpus.py     papers, and bigger collections grown from them
    questions.py  questions of every class, made from the corpus with a fixed seed
    engines/      one module a peer
    build.py      one build in a process of its own: papers a second, megabytes, peak memory
    memory.py     the memory of a process and of all that it starts
    latency.py    interleaved rounds
    updates.py    what changing a few papers costs
    http.py       the pages under load: new ones, ones asked for before, 1, 8 and 32 clients
    clients.py    those clients, in a process of their own
    report.py     the tables, and the same as JSON
"""
