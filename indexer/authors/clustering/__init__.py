"""The papers of one exact name clustered into likely people, for a whole collection."""
