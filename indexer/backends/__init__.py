"""The engines that implement the contract of `indexer.search`, one folder each."""
