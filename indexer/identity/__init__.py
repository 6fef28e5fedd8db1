"""Whose papers are these? Evidence beside the exact names, never instead of them.

    person.py     a name read as surname and given names; when two names may be one person's
    career.py     what the papers under one exact name say: co-authors, venues, years, words
    same.py       two names, perhaps one person: the evidence, weighed in points, said in a word
    several.py    one name, perhaps several people: groups of papers that nothing connects
    around.py     both for one name of an index, through the contract
    corpus.py     both for all names of a collection at once
    judge.py      both measured on papers whose authors are known

Nothing here merges or splits anything: a cluster stays the papers of one exact name, and the reader
decides what to make of the evidence.
"""
