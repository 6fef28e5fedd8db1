"""The embedded engine: a Whoosh index of memory-mapped arrays, evaluated by NumPy."""
