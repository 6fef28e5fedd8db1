"""What is on disk: array files, segments, the manifest, generations and their directory."""
