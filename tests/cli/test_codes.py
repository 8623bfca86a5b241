"""`justicegraph codes` and `catalogue`, as a person runs them."""

from pathlib import Path

import orjson
import rdflib

from tests.cli.conftest import Run, last_line

LIST = "code,label\n1,Male\n2,Female\n,Nobody\n"


def test_a_list_is_imported_looked_at_and_undone(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "sexes.csv"
    file.write_text(LIST, encoding="utf-8")
    asked = ("codes", "import", file, "--date", "2024-01-01", "--scheme", "our-sex")
    done = run("codes", "import", file, "--date", "last year", "--data", "d")
    assert (done.returncode, "JG-CLI-020" in done.stderr) == (2, True)
    done = run(*asked, "--data", "d")
    assert done.returncode == 2
    assert "JG-COD-020" in done.stderr
    done = run(*asked, "--source", "Our site", "--dry-run", "--data", "d")
    assert (done.returncode, "Nothing was written." in done.stdout) == (0, True)
    done = run(*asked, "--source", "Our site", "--json", "--data", "d")
    told = last_line(done)
    assert told["release"]
    wanted = {"read": 3, "codes": 2, "rejected": 1, "loaded": 3, "ended": 0}
    assert {name: told[name] for name in wanted} == wanted
    rejects = run("rejects", "--json", "--data", "d").stdout.splitlines()
    assert [orjson.loads(line)["code"] for line in rejects] == ["JG-COD-001"]
    lists = [
        orjson.loads(x) for x in run("codes", "lists", "--json", "--data", "d").stdout.splitlines()
    ]
    (ours,) = (each for each in lists if each["list"] == "our-sex")
    assert (ours["edition"], ours["codes"]) == ("2024-01-01", 2)
    assert run("undo", "0", "--data", "d").returncode == 0
    assert last_line(run("status", "--json", "--data", "d"))["records"] == {}


def test_crosswalks_are_listed_and_read(run: Run) -> None:
    rows = [orjson.loads(line) for line in run("codes", "crosswalk", "--json").stdout.splitlines()]
    assert all(row["mappings"] and row["evidence"] for row in rows)
    lines = run("codes", "crosswalk", "nomis-movement", "EventRecord", "--json").stdout.splitlines()
    found = {row["from"]: row["to"] for row in map(orjson.loads, lines)}
    assert (found["ADM-L"], found["ADM-N"]) == ("Recall", "Reception")
    assert run("codes", "crosswalk", "plea", "sex").returncode == 2


def test_the_catalogue_is_written_as_turtle(run: Run, tmp_path: Path) -> None:
    assert run("catalogue", "export", "--out", "catalogue.ttl", "--data", "d").returncode == 0
    graph = rdflib.Graph().parse(tmp_path / "catalogue.ttl")
    assert (None, rdflib.RDF.type, rdflib.DCAT.Catalog) in graph
