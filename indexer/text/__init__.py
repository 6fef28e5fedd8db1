"""A paper's own text: folded for matching with the way back kept, and rendered for reading."""
