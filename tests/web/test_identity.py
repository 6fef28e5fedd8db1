"""An index that was deleted and built anew: nothing of the old one is shown any more."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from indexer import Config, Index, Paper, load_config, open_index
from indexer.backends.whoosh.format.manifest import Manifest, digest_of
from indexer.backends.whoosh.index import WhooshIndex
from webui import create_app


def publish(index: Index, *titles: str, rebuild: bool = False) -> None:
    with index.writer(rebuild=rebuild) as writer:
        for title in titles:
            writer.add(Paper(title, title))


def identity_of(path: Path) -> str:
    found = WhooshIndex(path).identity()
    assert found
    return found


def test_a_server_sees_an_index_that_was_deleted_and_built_anew(tmp_path: Path) -> None:
    place = tmp_path / "index"
    publish(WhooshIndex(place), "old paper")
    client = create_app(index=WhooshIndex(place)).test_client()
    before = client.get("/search?q=paper")
    health = client.get("/healthz").json
    cached = client.get("/search?q=paper")
    assert before.headers["ETag"] == cached.headers["ETag"]

    shutil.rmtree(place)
    assert client.get("/healthz").status_code == 503
    publish(WhooshIndex(place), "new paper")

    after = client.get("/search?q=paper", headers={"If-None-Match": before.headers["ETag"]})
    anew = client.get("/healthz").json
    assert health is not None
    assert anew is not None
    assert health["generation"] == anew["generation"]
    assert health["identity"] != anew["identity"]
    assert after.status_code == 200
    assert after.headers["ETag"] != before.headers["ETag"]
    assert "new" in after.text
    assert "old paper" not in after.text


def test_a_server_that_was_not_asked_between_sees_it_as_well(tmp_path: Path) -> None:
    place = tmp_path / "index"
    publish(WhooshIndex(place), "old paper")
    client = create_app(index=WhooshIndex(place)).test_client()
    client.get("/search?q=paper")

    shutil.rmtree(place)
    publish(WhooshIndex(place), "new paper")

    assert "new" in client.get("/search?q=paper").text


def test_an_index_keeps_its_identity(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    assert index.identity() is None
    publish(index, "one")
    first = identity_of(tmp_path)
    publish(index, "two")
    publish(index, "three", rebuild=True)
    index.rollback()

    assert identity_of(tmp_path) == first == index.identity()
    with index.searcher() as searcher:
        assert searcher.identity == searcher.info().identity == first


def test_two_indexes_have_two_identities(tmp_path: Path) -> None:
    for name in ("one", "other"):
        publish(WhooshIndex(tmp_path / name), "the same")

    assert identity_of(tmp_path / "one") != identity_of(tmp_path / "other")


def test_a_manifest_without_identity_has_a_stand_in_that_later_ones_keep(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    publish(index, "one")
    path = next(tmp_path.glob("generations/*/manifest.json"))
    body = json.loads(path.read_text("utf-8").partition("\n")[2])
    del body["identity"]
    text = json.dumps(body, ensure_ascii=False, indent=1)
    path.write_text(f"{digest_of(text.encode())}\n{text}\n", "utf-8")

    stand_in = Manifest.read(path.parent).info.identity
    assert stand_in == identity_of(tmp_path)
    publish(WhooshIndex(tmp_path), "two")
    assert identity_of(tmp_path) == stand_in


@pytest.fixture
def config() -> Config:
    return load_config()


def test_an_index_that_cannot_be_read_has_no_identity_and_says_why(
    tmp_path: Path, config: Config
) -> None:
    publish(WhooshIndex(tmp_path), "one")
    next(tmp_path.glob("generations/*/manifest.json")).write_text("nothing", "utf-8")
    index = open_index(str(tmp_path), config=config)

    assert index.identity() == ""
    assert create_app(config, index=index).test_client().get("/healthz").status_code == 503
