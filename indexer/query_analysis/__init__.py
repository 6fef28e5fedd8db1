"""Query to plan, whichever engine executes it.

`leaf_analysis` reads the `terms` that a leaf asks for (`compounds` joins two words into one),
`plan` orders the clauses of a tree for execution, `relaxation` makes queries that ask for less,
`relevance_model` picks expansion terms from the best documents.
"""
