"""docker-compose.yml: what it must hold, and what Compose itself says of it."""

import os
import shutil
import subprocess

import pytest
import yaml

from tests.conftest import ROOT

FILE = ROOT / "docker-compose.yml"


def test_it_has_what_an_operator_needs() -> None:
    services = yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"]
    assert set(services) == {"neo4j", "api"}
    assert services["neo4j"]["image"].startswith("neo4j:5.26")
    assert services["neo4j"]["image"].endswith("-community")
    assert services["api"]["depends_on"]["neo4j"]["condition"] == "service_healthy"
    assert services["api"]["environment"]["JUSTICEGRAPH_STORE"] == "neo4j"
    volumes = yaml.safe_load(FILE.read_text(encoding="utf-8"))["volumes"]
    for service in services.values():
        assert service["healthcheck"]["test"]
        named = {v.split(":")[0] for v in service["volumes"]} & set(volumes)
        assert named, "what it keeps outlives its container"
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
        for name, value in service["environment"].items():
            if "AUTH" in name or "PASSWORD" in name:
                assert "${NEO4J_PASSWORD:?" in value, "no password is written down, none defaulted"


@pytest.fixture
def compose() -> list[str]:
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]):
            told = subprocess.run([*command, "version"], capture_output=True, check=False)
            if told.returncode == 0:
                return command
    pytest.skip("no Docker client with Compose is here")


def test_compose_accepts_it_only_with_a_password(compose: list[str]) -> None:
    def ask(password: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "NEO4J_PASSWORD": password}
        command = [*compose, "-f", str(FILE), "config", "--quiet"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert ask("long enough").returncode == 0
    refused = ask("")
    assert refused.returncode != 0
    assert "NEO4J_PASSWORD" in refused.stderr
