"""Query to plan, whichever engine executes it.

`leaf_analysis` reads the `terms` that a leaf asks for (`compounds` joins two words into one),
`plan` orders the clauses of a tree for execution, `relaxation` makes queries that ask for less,
`expansion_shares` divides the budget of expanded terms among the patterns of a query,
`relevance_model` picks expansion terms from the best documents.
"""
