"""What a hit shows: matched spans and the best passage.

`spans` marks the terms of a query in a text, `phrase_matches` finds compounds, phrases and words
near each other, `snippets` chooses what is shown of a hit.
"""
