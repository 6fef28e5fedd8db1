"""Systematic reviews: labels of screened papers, the order of screening, and search strings.

labels.py           labels of papers, kept with each generation of the index
labels_file.py      the file of labels, which outlives every rebuild
label_reading.py    labels in a table or RIS file of a screening tool
label_matching.py   which paper of the index a labelled record is
label_clauses.py    the label that a query asks for
screening_order.py  what to screen next: relevance feedback from labels
stopping.py         whether screening may stop
search_databases.py the query languages of bibliographic databases
translation.py      a query written in one of them
search_strings/     a search string of one of them, read as a query
"""
