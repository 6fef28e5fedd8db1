"""The engine on a cluster: the contract of `indexer.search` over OpenSearch.

connection.py       one client: hosts, credentials, time-outs, and what its errors mean to a reader
mapping.py          settings and fields of an index; shard copies
document.py         a paper as a document, and back
bulk.py             documents to the cluster, each exactly once; backpressure
writer.py           collecting changes, and verifying that they are there
lease.py            the writer's lock, held and renewed
ledger.py           generations and their counts, the alias that publishes one, the lock
generations.py      generations begun, published, dropped
index.py            opening, writing, rolling back; changes between two generations
integrity.py        is a generation what was published?
term_dictionary.py  what reading a query needs to know of the collection's terms
author_names.py     names as they are shown, completion, namesakes, co-author paths
term_queries.py     one term as a query
boolean_query.py    a tree of clauses as a query
scoring.py          BM25F as scripts over plain frequencies
facets.py           its counts, asked and read
execution.py        between "all" and "any"; leaves that are too many
search_requests.py  one page as one request, and the requests of one query
explain.py          what a score is made of
receipt.py          how a query was read; did you mean
rescoring.py        proximity and relevance feedback for the best papers
transport.py        one generation behind the calls of a searcher; prefetch
searcher.py         one search
"""
