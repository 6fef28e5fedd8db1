"""A posted form is refused before it is parsed where it is too large or has too many fields."""

from __future__ import annotations

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from webui.http import form_limits

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("address", ["/record/diff", "/references", "/similar", "/translate"])
@pytest.mark.parametrize(
    "body",
    [b"a=b&" * form_limits.MOST_FIELDS + b"a=b", b"text=" + b"x" * form_limits.LARGEST],
    ids=["fields", "bytes"],
)
def test_forms_beyond_the_limits_are_refused(
    client: FlaskClient, address: str, body: bytes
) -> None:
    response = client.post(address, data=body, content_type=FORM)
    assert response.status_code == 413
    assert "A form may have" in response.text


def test_forms_within_them_are_read_as_before() -> None:
    app = Flask(__name__)
    form_limits.register(app)

    @app.post("/")
    def page() -> str:
        return str(len(request.form.getlist("a")))

    client = app.test_client()
    most = b"&".join([b"a=%F0%9F%98%80"] * form_limits.MOST_FIELDS)
    assert client.post("/", data=most, content_type=FORM).text == "1000"
    assert client.post("/", data={"a": "x" * 400_000}, content_type=FORM).text == "1"
    assert client.post("/", data=b"a=b", content_type=f"{FORM}; charset=utf-8").text == "1"
