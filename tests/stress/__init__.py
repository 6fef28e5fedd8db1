"""Trials that are too long for the suite: ``python -m tests.stress TRIAL [options]``.

Each trial prints a table of trials, failures and figures. Run from the root of the repository;
nothing is kept.
"""
