"""Authors: exact-name clusters, the co-author graph, name disambiguation, curation.

    clusters.py                 the cluster of a name, and the names that fold to the same
    coauthors.py                who wrote with whom
    shortest_path.py            the shortest path of co-authors between two names
    curation.py                 which names are one person's, as a curation file says
    person_name.py              a name read as surname and given names; when two may be one
    author_profile.py           what the papers of one name say: co-authors, venues, years, terms
    surname_block.py            the names of one surname, the candidates for variants
    name_variants.py            two names, perhaps one person: the evidence, weighed in points
    same_name_groups.py         one name, perhaps several people: groups of papers nothing connects
    disambiguation.py           both for one name of an index, through the contract
    collection_variants.py      both for all names of a collection at once
    ground_truth.py             papers whose authors are known
    disambiguation_quality.py   both measured on them

Evidence merges or splits nothing: a cluster stays the papers of one exact name, and the reader
decides what to make of the evidence.
"""
