"""The inner loops compiled by numba, for those who installed the extra `fast`; same results."""
