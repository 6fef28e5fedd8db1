"""Trials that are too long for the suite: ``python -m tests.stress queries``.

Each trial prints a row of the table trials / failures / worst seconds / peak MB. Run from the
root of the repository; nothing is kept.
"""
