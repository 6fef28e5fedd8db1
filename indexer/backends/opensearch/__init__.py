"""The engine on a cluster: the contract of `indexer.search` over OpenSearch.

connection.py   one client: hosts, credentials, time-outs, and what its errors mean to a reader
mapping.py      settings and fields of an index
document.py     a paper as a document, and back
bulk.py         documents to the cluster, each exactly once
writer.py       collecting changes, verifying them, the lease on the lock
census.py       what a finished generation knows of itself
ledger.py       generations, the alias that publishes one, the writer's lock
opening.py      the index of the settings
index.py        opening, writing, rolling back
lexicon.py      what reading a query needs to know of the collection's words
people.py       names as they are shown, completion, namesakes
leaves.py       one term as a query
tree.py         a tree of clauses as a query
scoring.py      BM25F as scripts over plain frequencies
request.py      one page as one request
facets.py       its counts, asked and read
finding.py      between "all" and "any"; leaves that are too many
pages.py        the requests of one query
explain.py      what a score is made of
receipt.py      how a query was read
nearness.py     the signals on top of BM25F, for the best papers
transport.py    one generation behind the calls of a searcher
searcher.py     one search
"""
