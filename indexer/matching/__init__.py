"""What a query comes down to, whichever engine answers it, and what it marks in a text.

`reading` gives the `terms` a leaf asks for, `plan` the order in which a tree is answered,
`loosening` the queries that ask for less; `rows`, `marks` and `snippets` show where a paper
matched.
"""
