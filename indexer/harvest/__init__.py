"""Records fetched from repositories into a dump, by OAI-PMH and by REST interfaces."""
