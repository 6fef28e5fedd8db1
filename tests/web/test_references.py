"""The page of references, and addresses of papers by other identifiers than ours."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

REFERENCES = (
    "[1] Lin, T., Byron, A., & Blanc, F. (2019). Federated learning on small devices. ICML.\n"
    "[2] Doe, J. (2001). A paper that is <b>not</b> here. Journal of Wind, 3, 1-9.\n"
)


def test_a_bibliography_is_checked_and_not_kept(client: FlaskClient) -> None:
    assert client.get("/references").status_code == 200
    answered = client.post("/references", data={"text": REFERENCES})
    page = answered.get_data(as_text=True)
    assert answered.status_code == 200
    assert 'href="/paper/p1"' in page
    assert "not in this collection" in page
    assert "<b>not</b>" not in page
    assert "Lin, T." not in client.get("/references").get_data(as_text=True)


def test_other_forms_of_the_answer(client: FlaskClient) -> None:
    told = client.post("/references", data={"text": REFERENCES, "as": "json"}).get_json()
    assert [one["status"] for one in told["references"]] == ["found", "not here"]
    written = client.post("/references", data={"text": REFERENCES, "as": "bib"})
    assert written.mimetype == "application/x-bibtex"
    assert "% not in this collection" in written.get_data(as_text=True)


@pytest.mark.parametrize(
    ("text", "status"),
    [("", 400), ("  ", 400), ("x" * 200_001, 413), ("?", 400), ("@article{", 200), ("{", 400)],
)
def test_bad_input_is_answered_in_words(client: FlaskClient, text: str, status: int) -> None:
    answered = client.post("/references", data={"text": text})
    assert answered.status_code in (status, 200 if status == 400 and text == "{" else status, 400)
    assert 'name="text"' in answered.get_data(as_text=True)


def test_one_bibliography_is_checked_at_a_time(client: FlaskClient) -> None:
    with client.application.extensions["quiver.checking"]:
        busy = client.post("/references", data={"text": REFERENCES})
        assert (busy.status_code, busy.headers["Retry-After"]) == (503, "2")
    assert client.post("/references", data={"text": REFERENCES}).status_code == 200


def test_more_than_can_be_looked_for_is_said(client: FlaskClient) -> None:
    text = "\n".join(
        f"[{number}] Doe, J. (2001). Paper {number} of many." for number in range(1, 203)
    )
    page = client.post("/references", data={"text": text}).get_data(as_text=True)
    assert "Only the first 200 references were looked for." in page


@pytest.mark.parametrize(
    ("address", "paper"),
    [
        ("10.5555/a.b(1)", "p1"),
        ("https://doi.org/10.5555/a.b(1)", "p1"),
        ("doi:10.5555/a.b(1)", "p1"),
    ],
)
def test_a_paper_is_found_by_its_doi(client: FlaskClient, address: str, paper: str) -> None:
    moved = client.get(f"/paper/{address}")
    assert moved.status_code == 302
    assert moved.headers["Location"].endswith(f"/paper/{paper}")


def test_an_identifier_is_marked_and_a_missing_one_offered(client: FlaskClient) -> None:
    page = client.get("/search?q=10.5555/a.b(1)").get_data(as_text=True)
    assert "This is the paper with the DOI 10.5555/a.b(1)." in page
    page = client.get("/search?q=10.5555/none").get_data(as_text=True)
    assert "No paper here has the DOI 10.5555/none." in page
    assert 'href="https://doi.org/10.5555/none"' in page
