"""A build stands back behind the pages, and so do the processes that it starts."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PRIORITIES = """
import os, subprocess, sys
from indexer.system.priority import stand_back

for nice in (0, 7, 3):
    stand_back(nice)
    print(os.getpriority(os.PRIO_PROCESS, 0))
child = "import os; print(os.getpriority(os.PRIO_PROCESS, 0))"
print(subprocess.run([sys.executable, "-c", child], capture_output=True, text=True).stdout.strip())
"""


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="a system without priorities")
def test_a_process_stands_back_with_its_children_and_never_comes_forward() -> None:
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    ran = subprocess.run(
        [sys.executable, "-c", PRIORITIES], capture_output=True, text=True, check=True
    )

    expected = [usual, max(usual, 7), max(usual, 7), max(usual, 7)]
    assert [int(line) for line in ran.stdout.split()] == expected
