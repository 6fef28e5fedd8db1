"""Papers and answers as other programs read them: JSON objects and XML elements."""
