"""The embedded engine: a Whoosh index of memory-mapped arrays, evaluated by NumPy.

Whoosh gives the index its public form: a generation is a directory that Whoosh opens, and any
Whoosh query runs over it through `whoosh_codec`. Everything that a search or a build needs quickly
is ours: array files, the index writer, evaluation, scoring, facets.

    index.py        opens, writes, publishes, rolls back, compares generations
    searcher.py     one snapshot that answers the contract of `indexer.search`
    integrity.py    does a generation hold what it promises?
    format/         what is on disk?
    indexing/       how do papers become a segment?
    postings/       which documents hold a term, and where?
    scoring/        how much does a document score, and which are the best?
    query/          how is a query executed, explained and receipted?
    facets/         what is counted over the hits?
    kernels/        which inner loops are compiled?
    whoosh_codec/   how does Whoosh read the index?

A query goes `searcher` -> `query.execution` -> `query.evaluator`, which combines
`scoring.term_scores` over `postings.segment_reader`; `query.top_hits` ranks them, where
`scoring.max_score` prunes and `scoring.rescoring` reorders the best; `facets.drill_sideways`
counts, and `query.receipt` reports.

A dump goes `indexing.writer` -> `indexing.run_builder` (batches sorted by `indexing.runs`, in
worker processes of `indexing.worker_pool`) -> `indexing.segment_merger` ->
`indexing.postings_writer` -> `format.array_file`; `format.directory` publishes the generation.
"""
