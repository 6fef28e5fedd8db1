"""OAI-PMH 2.0: what a request asks, which records answer it, how they are written."""
