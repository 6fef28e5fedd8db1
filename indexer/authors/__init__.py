"""Authors: exact-name clusters, the co-author graph, name disambiguation, curation.

    clusters.py                 the cluster of a name, and the names that fold to the same
    coauthors.py                who wrote with whom
    shortest_path.py            the shortest path of co-authors between two names
    curation.py                 which names are one person's, as a curation file says
    person_name.py              a name read as surname and given names; when two may be one
    author_profile.py           what the papers of one name say: co-authors, venues, years, terms
    surname_block.py            the names of one surname, the candidates for variants
    name_variants.py            two names, perhaps one person: the evidence, weighed in points
    same_name_groups.py         one name, perhaps several people: the groups of its papers
    disambiguation.py           both for one name of an index, through the contract
    collection_variants.py      both for all names of a collection at once

    collection_arrays.py        a collection as arrays: authors, years, venues, terms
    name_ambiguity.py           how many people may bear a name
    pair_features.py            what speaks for two papers of a name being one person's
    calibration.py              logistic regression: the probability of a pair
    agglomerative_clustering.py average linkage
    same_name_clustering.py     the papers of each name clustered into likely people
    certain_evidence.py         curated papers, ORCID iDs, profiles
    likely_people.py            the table of people of a collection
    people_table.py             the table as an index keeps it, with numbers that last
    person_papers.py            the papers of one likely person, for a query
    labelled_people.py          the likely people of a name, with a few words for each

    ground_truth.py             papers whose authors are known
    foreign_truth.py            the same from files of WhoIsWho and S2AND
    disambiguation_training.py  weights fitted to them
    disambiguation_quality.py   variants and groups measured on them
    clustering_quality.py       likely people measured on them
    b_cubed.py                  precision and recall of a clustering

Evidence merges or splits nothing: a cluster stays the papers of one exact name, and the reader
decides what to make of the evidence.
"""
