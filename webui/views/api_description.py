"""``/api``: the description of this interface for programs (OpenAPI 3.1)."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from webui.http import request_context
from webui.openapi.description import describe
from webui.views.json_api import answer

blueprint = Blueprint("api_description", __name__)


@blueprint.get("/api")
def api() -> Response:
    """Returns the description of this interface, with the public address of this site."""
    return answer(
        describe(
            str(current_app.jinja_env.globals["site"]),
            request.url_root.rstrip("/"),
            request_context.params(),
            private=bool(current_app.extensions["quiver.private"]),
        )
    )
