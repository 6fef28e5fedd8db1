"""References: what a person pastes, found in the collection.

`parse` reads a reference of any style, `match` finds its paper, `known_item` lets the search box do
so, `bibliography` splits a file or a pasted list, `report` says what agrees and what does not.
"""
