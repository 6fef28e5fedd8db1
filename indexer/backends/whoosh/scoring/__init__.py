"""How documents are scored: BM25F, MaxScore, rescoring, proximity, relevance feedback."""
