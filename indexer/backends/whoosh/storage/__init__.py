"""The index at rest: arrays, papers, generations, one pointer to the newest."""
