"""What is counted over the hits: facet values, authors, drill-sideways counts.

To add a facet of one value a paper:

1. `FACET_FIELDS` in `indexer/query.py` and `DEFAULT_FACETS` in `indexer/results.py` name it;
   `_NAMES` in `indexer/language/parse.py` lets people type it.
2. `format/segment.py` and `write_columns` in `indexing/doc_order.py` write its column;
   `SegmentReader._column` in `postings/segment_reader.py` reads it.
3. `_having` in `query/filters.py` filters by it; `value_counts.py` here counts it.
4. On a cluster it is a column of `backends/opensearch/facets.py` and of the mapping.
5. `FIELD_NAMES` and `PLURALS` in `webui/presentation/facets.py` name it for people; `_LISTED` in
   `webui/presentation/results_page.py` and `_COUNTED` in `webui/views/shelf.py` show it.
"""
