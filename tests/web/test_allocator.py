"""Memory is given back after long requests, and no more often than needed."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from flask import Flask

from webui.server import allocator

COUNT = """
import sys, threading
from webui.server.allocator import use_one_arena

used = use_one_arena()
def fill(): kept.append([bytes(1_000) for _ in range(2_000)])
kept = []
for _ in range(6):
    thread = threading.Thread(target=fill)
    thread.start()
    thread.join()
# The heap of an arena other than the first is a mapping that begins at a multiple of 64 MB.
starts = [int(line.split("-")[0], 16) for line in open("/proc/self/maps") if len(line.split()) < 6]
print(used, sum(start % (64 << 20) == 0 for start in starts))
"""


def app_with(released: list[int]) -> Flask:
    app = Flask(__name__)

    @app.get("/quick")
    def quick() -> str:
        return "quick"

    @app.get("/long")
    def long() -> str:
        end = time.thread_time() + 0.01
        while time.thread_time() < end:
            pass
        return "long"

    allocator.trim_after_long_requests(app, released.append)
    return app


def test_long_requests_give_memory_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocator, "LONG", 0.005)
    monkeypatch.setattr(allocator, "PAUSE", 0.0)
    released: list[int] = []
    client = app_with(released).test_client()
    client.get("/long")
    client.get("/long")
    assert released == [0, 0]


def test_memory_is_not_given_back_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocator, "LONG", 0.005)
    monkeypatch.setattr(allocator, "PAUSE", 1e9)
    released: list[int] = []
    client = app_with(released).test_client()
    client.get("/long")
    client.get("/long")
    assert released == [0]


def test_quick_requests_give_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocator, "PAUSE", 0.0)
    monkeypatch.setattr(allocator, "LONG", 10.0)
    released: list[int] = []
    app_with(released).test_client().get("/quick")
    assert released == []


@pytest.mark.skipif(allocator._glibc() is None, reason="the C library is not glibc")
def test_threads_share_one_arena() -> None:
    given = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    told = subprocess.run(
        [sys.executable, "-c", COUNT], env=given, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["True", "0"]
