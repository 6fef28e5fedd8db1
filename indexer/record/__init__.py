"""The parts of a paper's record: names, identifiers, and fields that are searched by words."""
