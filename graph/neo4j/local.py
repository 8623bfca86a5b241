"""A Neo4j Community server on this machine without Docker, for tests, demos and small offices.

`python -m graph.neo4j.local start|stop|status|dump|load --home FOLDER --pom POM --env FILE`: jars
come from Maven once, into the home folder; the server runs on free ports of the loopback address
with a password made for it; FILE tells where it is (NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD,
NEO4J_HOME). `dump` and `load` keep and bring back the database (--backup FOLDER); a server that
ran runs again afterwards.
"""

import contextlib
import os
import re
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ontology.errors import JusticeGraphError

JAVA_VERSIONS = (17, 21)
OPENS = [f"--add-opens=java.base/{p}=ALL-UNNAMED" for p in ("java.nio", "java.io", "sun.nio.ch")]
# Servers outlive the objects that started them: Python warns of such a child once it is forgotten.
_CHILDREN: list[subprocess.Popen[bytes]] = []
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


class LocalServerError(JusticeGraphError):
    """JG-N4L-…: the local server cannot be set up, started or stopped."""


@dataclass(frozen=True)
class Address:
    uri: str
    username: str
    password: str


def java() -> Path:
    """A Java 17 or 21: JAVA_HOME's, the one on the path, or one under /usr/lib/jvm."""
    named = os.environ.get("JAVA_HOME")
    candidates = [Path(named) / "bin" / "java"] if named else []
    candidates += [Path(found)] if (found := shutil.which("java")) else []
    candidates += sorted(Path("/usr/lib/jvm").glob("*/bin/java"))
    seen = []
    for candidate in candidates:
        if not candidate.is_file():
            continue
        told = subprocess.run([candidate, "-version"], capture_output=True, text=True, check=False)
        version = re.search(r'version "(\d+)', told.stderr)
        if version and int(version[1]) in JAVA_VERSIONS:
            return candidate
        seen.append(f"{candidate} is Java {version[1] if version else 'unknown'}")
    raise LocalServerError(
        "JG-N4L-001",
        f"Neo4j needs Java 17 or 21; found {'; '.join(seen) or 'none'}",
        "Install a JDK 17 or 21, or set JAVA_HOME to one.",
    )


class LocalServer:
    """One home folder: lib/ (jars), conf/, data/, run/ (pid, password), logs/.

    lib: the jars' folder where several homes share one. settings: of neo4j.conf, beside ours.
    """

    def __init__(
        self, home: Path, lib: Path | None = None, settings: Mapping[str, str] | None = None
    ) -> None:
        self.home = home.resolve()
        self.lib = (lib or self.home / "lib").resolve()
        self.settings = dict(settings or {})

    @classmethod
    def named(cls) -> "LocalServer | None":
        """That of NEO4J_HOME, else of .neo4j here; None when there is none."""
        server = cls(Path(os.environ.get("NEO4J_HOME", ".neo4j")))
        return server if (server.home / "run" / "address").is_file() else None

    # -- set up

    def install(self, pom: Path) -> None:
        """Bring the jars that the pom pins, unless they are here already."""
        stamp = self.lib / ".complete"
        text = pom.read_text(encoding="utf-8")
        if stamp.is_file() and stamp.read_text(encoding="utf-8") == text:
            return
        maven = shutil.which("mvn")
        if maven is None:
            raise LocalServerError(
                "JG-N4L-002",
                "Maven is needed once to bring Neo4j's jars, and there is none",
                "Install Maven, or start a Neo4j 5.26 of your own and set NEO4J_URI.",
            )
        shutil.rmtree(self.lib, ignore_errors=True)
        command = [maven, "-q", "-B", "-f", str(pom.resolve()), COPY]
        done = subprocess.run(
            [*command, f"-DoutputDirectory={self.lib}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise LocalServerError(
                "JG-N4L-003",
                f"Maven could not bring the jars: {(done.stdout + done.stderr)[-400:].strip()}",
                "Check that this machine reaches a Maven repository, then run it again.",
            )
        stamp.write_text(text, encoding="utf-8")

    def _configure(self, bolt: int) -> None:
        self._write_conf(
            self.home / "conf",
            {
                "server.directories.data": str(self.home / "data"),
                "server.directories.logs": str(self.home / "logs"),
                "server.directories.import": str(self.home / "import"),
                "server.default_listen_address": "127.0.0.1",
                "server.bolt.listen_address": f"127.0.0.1:{bolt}",
                "server.http.enabled": "false",
                "server.https.enabled": "false",
                "dbms.usage_report.enabled": "false",
                "server.memory.heap.initial_size": "512m",
                "server.memory.heap.max_size": "2g",
                "server.memory.pagecache.size": "1g",
                # How late a question may be stopped after its deadline.
                "db.transaction.monitor.check.interval": "250ms",
                "db.tx_log.rotation.retention_policy": "1 files",
                # A stopping server would wait 5 s for clients that it no longer answers.
                "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
                **self.settings,
            },
        )

    @staticmethod
    def _write_conf(folder: Path, settings: Mapping[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(f"{name}={value}\n" for name, value in settings.items())
        (folder / "neo4j.conf").write_text(lines, encoding="utf-8")

    # -- running

    @property
    def _pid_file(self) -> Path:
        return self.home / "run" / "pid"

    def pid(self) -> int | None:
        """The process id of the running server, None when it does not run."""
        try:
            pid = int(self._pid_file.read_text(encoding="utf-8"))
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ValueError, ProcessLookupError):
            return None
        return pid if str(self.home).encode() in command else None

    def address(self) -> Address:
        values = dict(
            line.split("=", 1)
            for line in (self.home / "run" / "address").read_text(encoding="utf-8").splitlines()
        )
        return Address(values["NEO4J_URI"], values["NEO4J_USERNAME"], values["NEO4J_PASSWORD"])

    def admin(
        self,
        arguments: Sequence[str],
        *,
        staging: Path | None = None,
        told: Callable[[str], None] = lambda _: None,
    ) -> str:
        """Run neo4j-admin; its output. The server must be stopped for import, dump and load.

        staging: work on this data folder instead of the server's, which may run. told: gets each
        stage and percentage that the tool prints. Stops the tool when interrupted.
        """
        conf = self.home / "conf"
        if staging is not None:
            conf = staging / "conf"
            self._write_conf(conf, {"server.directories.data": str(staging / "data")})
        environment = os.environ | {"NEO4J_HOME": str(self.home), "NEO4J_CONF": str(conf)}
        command = [str(java()), *OPENS, "-cp", f"{self.lib}/*", "org.neo4j.cli.AdminTool"]
        with subprocess.Popen(
            [*command, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        ) as process:
            assert process.stdout is not None
            output: list[str] = []
            try:
                for word in _stages(process.stdout, output):
                    told(word)
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            raise LocalServerError(
                "JG-N4L-004",
                f"neo4j-admin {' '.join(arguments[:2])} failed: {''.join(output)[-600:].strip()}",
                "The message above says why; the database is as it was unless it says otherwise.",
            )
        return "".join(output)

    def staging(self) -> Path:
        """An empty folder on the server's own disk, to make a database in."""
        folder = self.home / "staging"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def exchange(self, staging: Path) -> None:
        """Put the database that was made in a staging folder in place of the server's.

        The server is stopped for it and started again. What fails before the new one is in place
        leaves the old one there.
        """
        self.stop()
        kept = self.home / "replaced"
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir()
        moved: list[tuple[Path, Path]] = []
        try:
            for kind in ("databases", "transactions"):
                old, new = (place / "data" / kind / "neo4j" for place in (self.home, staging))
                steps = [(old, kept / kind)] if old.exists() else []
                for source, target in [*steps, (new, old)]:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    source.rename(target)
                    moved.append((source, target))
        except BaseException:
            for source, target in reversed(moved):
                target.rename(source)
            raise
        finally:
            self.start()
        shutil.rmtree(kept)

    def dump(self, folder: Path) -> None:
        """Keep the database as one file in a folder; a running server is stopped meanwhile."""
        folder.mkdir(parents=True, exist_ok=True)
        with self._down():
            self.admin(
                ["database", "dump", "neo4j", f"--to-path={folder.resolve()}",
                 "--overwrite-destination=true"]
            )  # fmt: skip

    def load(self, folder: Path) -> None:
        """Replace the database by the one that was kept in a folder."""
        with self._down():
            self.admin(
                ["database", "load", "neo4j", f"--from-path={folder.resolve()}",
                 "--overwrite-destination=true"]
            )  # fmt: skip

    @contextlib.contextmanager
    def _down(self) -> Iterator[None]:
        ran = self.pid() is not None
        self.stop()
        try:
            yield
        finally:
            if ran:
                self.start()

    def start(self, wait: float = 90.0) -> Address:
        """Start the server unless it runs, and wait until Bolt answers."""
        if self.pid() is not None:
            return self.address()
        run = self.home / "run"
        run.mkdir(parents=True, exist_ok=True)
        if (run / "address").is_file():
            address = self.address()
            port = int(address.uri.rpartition(":")[2])
            deadline = time.monotonic() + 5
            while not _is_free(port) and time.monotonic() < deadline:
                time.sleep(0.2)
            if not _is_free(port):
                port = _free_port()
                address = Address(f"bolt://127.0.0.1:{port}", address.username, address.password)
            self._configure(port)
        else:
            port = _free_port()
            address = Address(f"bolt://127.0.0.1:{port}", "neo4j", secrets.token_hex(18))
            self._configure(port)
            self.admin(["dbms", "set-initial-password", address.password])
        self._write_address(run / "address", address)
        if self.lib != self.home / "lib" and not (self.home / "lib").exists():
            (self.home / "lib").symlink_to(self.lib)
        logs = self.home / "logs"
        logs.mkdir(exist_ok=True)
        with (logs / "console.log").open("ab") as log:
            process = subprocess.Popen(
                [
                    str(java()),
                    *OPENS,
                    "-Xms512m",
                    "-Xmx2g",
                    "-cp",
                    f"{self.lib}/*",
                    "org.neo4j.server.CommunityEntryPoint",
                    f"--home-dir={self.home}",
                    f"--config-dir={self.home / 'conf'}",
                ],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        _CHILDREN.append(process)
        self._pid_file.write_text(str(process.pid), encoding="utf-8")
        self._wait_for_bolt(process, address, wait)
        return address

    def _wait_for_bolt(
        self, process: subprocess.Popen[bytes], address: Address, wait: float
    ) -> None:
        from neo4j import GraphDatabase
        from neo4j.exceptions import DriverError, Neo4jError

        deadline = time.monotonic() + wait
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            try:
                with GraphDatabase.driver(
                    address.uri, auth=(address.username, address.password)
                ) as driver:
                    driver.verify_connectivity()
                    return
            except (DriverError, Neo4jError, OSError):
                time.sleep(0.3)
        tail = (self.home / "logs" / "console.log").read_text(errors="replace")[-600:]
        raise LocalServerError(
            "JG-N4L-005",
            f"Neo4j did not answer on {address.uri} within {wait:.0f} s: {tail.strip()}",
            f"Look into {self.home / 'logs'}.",
        )

    def _write_address(self, path: Path, address: Address) -> None:
        path.write_text(
            f"NEO4J_URI={address.uri}\nNEO4J_USERNAME={address.username}\n"
            f"NEO4J_PASSWORD={address.password}\nNEO4J_HOME={shlex.quote(str(self.home))}\n",
            encoding="utf-8",
        )
        path.chmod(0o600)

    def tell(self, env_file: Path) -> None:
        """Leave the address where shells and tests read it."""
        self._write_address(env_file, self.address())

    def stop(self, wait: float = 60.0, *, kill: bool = False) -> None:
        """Stop the server and wait for it; kill: at once, as a crash would."""
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGKILL if kill else signal.SIGTERM)
        deadline = time.monotonic() + wait
        while self.pid() is not None and time.monotonic() < deadline:
            with contextlib.suppress(ChildProcessError):  # somebody else's child
                os.waitpid(pid, os.WNOHANG)
            time.sleep(0.1)
        if self.pid() is not None:
            raise LocalServerError(
                "JG-N4L-006", f"Neo4j (process {pid}) did not stop", "Stop it by hand."
            )
        self._pid_file.unlink(missing_ok=True)


_STAGE = re.compile(r"\((\d/\d)\) ([A-Za-z ]+?) \d{4}-")
_PERCENT = re.compile(r"(\d+%)")


def _stages(lines: Iterator[str], output: list[str]) -> Iterator[str]:
    """What the tool is at, as it goes on; all its lines are kept."""
    stage = ""
    for line in lines:
        output.append(line)
        if found := _STAGE.match(line):
            stage = f"{found[2]} ({found[1]})"
            yield stage
        elif stage and (percent := _PERCENT.search(line)):
            yield f"{stage} {percent[1]}"


def _free_port() -> int:
    """A free port below those the system gives to clients: a client that tries to reach a stopped
    server may be given the server's own port, and then the server cannot have it back.
    """
    ports = secrets.SystemRandom().sample(range(20_000, 30_000), 100)
    return next(port for port in ports if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def main(arguments: Sequence[str]) -> int:
    import argparse

    parser = argparse.ArgumentParser(prog="python -m graph.neo4j.local", description=__doc__)
    parser.add_argument("what", choices=["start", "stop", "status", "dump", "load"])
    parser.add_argument("--home", type=Path, default=Path(".neo4j"))
    parser.add_argument("--pom", type=Path, default=Path("tests/neo4j/pom.xml"))
    parser.add_argument("--env", type=Path, default=Path(".env.neo4j"))
    parser.add_argument("--backup", type=Path, default=Path("backup"))
    chosen = parser.parse_args(arguments)
    server = LocalServer(chosen.home)
    try:
        if chosen.what == "start":
            server.install(chosen.pom)
            print(f"Neo4j answers on {server.start().uri}; its address is in {chosen.env}")
            server.tell(chosen.env)
        elif chosen.what == "stop":
            server.stop()
            print("Neo4j is stopped")
        elif chosen.what == "dump":
            server.dump(chosen.backup)
            print(f"The database is kept in {chosen.backup / 'neo4j.dump'}")
        elif chosen.what == "load":
            server.load(chosen.backup)
            print(f"The database is that of {chosen.backup / 'neo4j.dump'}")
        else:
            print(f"running as process {pid}" if (pid := server.pid()) else "not running")
    except LocalServerError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
