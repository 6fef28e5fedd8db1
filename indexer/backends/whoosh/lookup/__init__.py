"""What a query asks the arrays for: terms, people, rows of words, and where they stand."""
