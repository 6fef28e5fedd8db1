"""The face: pages, JSON, feeds and exports over one index, as a Flask application."""

from __future__ import annotations

from webui.app import create_app

__all__ = ["create_app"]
