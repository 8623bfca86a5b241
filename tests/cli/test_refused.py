"""What a person may get wrong: each is told on one line with a code, exit code 2, no traceback."""

from importlib.metadata import version
from pathlib import Path

import orjson
import pytest

from tests.cli.conftest import Run

WRONG: dict[str, tuple[tuple[str, ...], dict[str, str], str]] = {
    "rejects to no folder": (("rejects", "--csv", "none/x.csv"), {}, "JG-CLI-010"),
    "rejects to a folder": (("rejects", "--csv", "."), {}, "JG-CLI-010"),
    "no such severity": (("rejects", "--severity", "grave"), {}, "JG-CLI-011"),
    "data folder is a file": (("status", "--data", "file"), {}, "JG-CLI-010"),
    "world below a file": (("world", "--persons", "2", "--out", "file/w"), {}, "JG-CLI-010"),
    "settings are no TOML": (("status",), {"JUSTICEGRAPH_SETTINGS": "file"}, "JG-CLI-002"),
    "unknown setting": (("status",), {"JUSTICEGRAPH_DATE": "x"}, "JUSTICEGRAPH_DATE"),
    "ill-typed setting": (("status",), {"JUSTICEGRAPH_BATCH": "x"}, "JUSTICEGRAPH_BATCH"),
    "keep nothing": (("retain", "--keep", "0"), {}, "--keep"),
    "no such port": (("serve", "--port", "99999"), {}, "--port"),
    "key for no dataset": (
        ("keys", "add", "--role", "analyst", "--project", "p", "--dataset", "nomis/x"),
        {},
        "JG-CLI-008",
    ),
    "expired key": (
        ("keys", "add", "--role", "analyst", "--project", "p", "--days", "0"),
        {},
        "--days",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x = [")
    arguments, env, told = WRONG[name]
    done = run(*arguments, **env)
    assert done.returncode == 2
    assert told in done.stderr


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("batch_size = 3", "there is no setting batch_size, which stands in justicegraph.toml"),
        ("max_mesage_mb = 3", "Did you mean max_message_mb? Correct or remove it"),
        ("colour = true", "which stands in justicegraph.toml. Correct or remove it"),
        ("[keeps]\nreleases = 3", "Did you mean keep?"),
    ],
)
def test_an_unknown_setting_in_the_file_is_told(
    run: Run, tmp_path: Path, line: str, told: str
) -> None:
    (tmp_path / "justicegraph.toml").write_text(line)
    done = run("status")
    assert (done.returncode, done.stderr[:10]) == (2, "JG-CLI-001")
    assert told in done.stderr


@pytest.mark.parametrize(
    ("name", "meant"),
    [("STOER", "STORE"), ("SETTING", "SETTINGS"), ("QUERYSECONDS", "QUERY_SECONDS")],
)
def test_an_unknown_setting_in_the_environment_is_told(run: Run, name: str, meant: str) -> None:
    done = run("status", **{f"JUSTICEGRAPH_{name}": "x"})
    assert (done.returncode, done.stderr[:10]) == (2, "JG-CLI-001")
    assert (
        f"there is no setting JUSTICEGRAPH_{name}. Did you mean JUSTICEGRAPH_{meant}?"
        in done.stderr
    )


def test_an_export_that_cannot_be_written_is_told(run: Run, tmp_path: Path) -> None:
    assert run("load", crime(tmp_path)).returncode == 0
    for out in ("none/x.ttl", "."):
        done = run("export", "--out", out)
        assert (done.returncode, done.stderr[:10]) == (2, "JG-CLI-010")


def test_records_of_one_folder_have_one_base(run: Run, tmp_path: Path) -> None:
    file = crime(tmp_path)
    assert run("load", file).returncode == 0
    done = run("load", file, JUSTICEGRAPH_BASE="https://other.example/")
    assert (done.returncode, done.stderr[:10]) == (2, "JG-CLI-012")
    assert orjson.loads(run("status", "--json").stdout)["release"] == 1


def crime(folder: Path) -> Path:
    """A police.uk file of one row."""
    file = folder / "2024-01-surrey-street.csv"
    file.write_text(
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
        "Crime type,Last outcome category,Context\n"
        "k1,2024-01,Surrey Police,Surrey Police,-0.5,51.2,On or near A Road,,,Drugs,,\n"
    )
    return file


def test_it_tells_its_version(run: Run) -> None:
    told = run("--version")
    assert told.returncode == 0, told.stderr
    assert told.stdout == f"justicegraph {version('justicegraph')}\n"
