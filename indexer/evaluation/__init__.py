"""How good the search is: judged collections, known items."""
