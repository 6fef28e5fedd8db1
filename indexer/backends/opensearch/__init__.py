"""The engine on a cluster: the contract of `indexer.search` over OpenSearch.

connection.py   one client: hosts, credentials, time-outs, and what its errors mean to a reader
mapping.py      settings and fields of an index
document.py     a paper as a document, and back
bulk.py         documents to the cluster, each exactly once
pace.py         how hard a cluster is pressed
writer.py       collecting changes, and verifying that they are there
lease.py        the writer's lock, held and renewed
census.py       what a finished generation knows of itself
ledger.py       generations, the alias that publishes one, the writer's lock
generations.py  generations begun, published, dropped
opening.py      the index of the settings
index.py        opening, writing, rolling back
changes.py      what lies between two generations
verify.py       is a generation what was published?
lexicon.py      what reading a query needs to know of the collection's words
spelling.py     did you mean
people.py       names as they are shown, completion, namesakes
coauthors.py    how two authors are connected
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
feedback.py     what the words of the best papers add
transport.py    one generation behind the calls of a searcher
ahead.py        papers that were listed together, read together
searcher.py     one search
"""
