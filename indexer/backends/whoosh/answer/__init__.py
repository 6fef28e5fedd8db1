"""From terms to a page: matches scored, filtered, ordered, counted, excerpted, explained."""
