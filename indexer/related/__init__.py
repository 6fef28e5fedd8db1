"""Papers that belong together: versions of one work, duplicates, similar papers, topics."""
