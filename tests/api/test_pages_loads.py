"""The pages of loads: rows add up, findings are grouped, only operators of everything see them."""

import csv
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from lxml import html

from api import ApiSettings, create_app
from api.keys import Keys
from graph import open_store
from loaders.report import FileReport, LoadReport
from ontology import Model
from releases import Releases
from tests.api.conftest import NOMIS, Web, frame, row

HOSTILE = '<b>Cŵn</b> "quoted" & \'' + "x" * 300
FIX = "Ask the sender to correct the value."


def finding(**values: str) -> dict[str, str]:
    return {
        "file": "/somewhere/moves.json",
        "path": "/0",
        "dataset": NOMIS,
        "severity": "violation",
        "effect": "record",
        "code": "JG-LOD-023",
        "value": "9999-99",
        "message": "releaseDate cannot be read as a date",
        "fix": FIX,
        **values,
    }


def report(load: int, files: list[FileReport]) -> dict[str, object]:
    return LoadReport(load, files).counts()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Web, dict[str, str]]]:
    """Load 1 keeps 60 of 100 rows; load 2 finds all already here; load 3 is abandoned."""
    folder, model = tmp_path_factory.mktemp("loads"), Model.default()
    releases = Releases.open(folder, model)
    with releases.write() as writer:
        writer.put("Case", frame(model, "Case", [row("Case", "CriminalCase", NOMIS, "1")]))
        found = [
            *(finding(path=f"/{n}") for n in range(30)),
            *(finding(message=HOSTILE, value="=1+1") for _ in range(4)),
            finding(severity="warning", effect="none", code="JG-LOD-041", message="twice told"),
            finding(severity="warning", effect="none", code="JG-LOD-030", value="ZZ"),
            finding(effect="file", code="JG-LOD-002", message="not valid JSON", file="/x/cut.json"),
        ]
        writer.report(pl.DataFrame(found))
        moves = FileReport("moves.json", NOMIS, "loaded", "", 100, 60, 34, 4, 2)
        skipped = [FileReport(name, None, "skipped", "no data") for name in ("a", "b")]
        writer.commit(report(1, [moves, *skipped]))
    with releases.write() as writer:
        writer.commit(report(2, [FileReport("moves.json", NOMIS, "loaded", "", 7, 0, 0, 7, 0)]))
    with releases.write():
        pass
    store = open_store("sqlite", folder, model)
    keys = Keys(folder)
    texts = {role: keys.add(role, "p1")[1] for role in ("analyst", "practitioner", "operator")}
    texts["bound"] = keys.add("operator", "p1", [NOMIS])[1]
    yield Web(create_app(releases, store, model, ApiSettings(folder))), texts
    store.close()


def page(loaded: tuple[Web, dict[str, str]], path: str, key: str = "operator") -> html.HtmlElement:
    web, keys = loaded
    got = web.get(path, headers={"X-API-Key": keys[key]})
    assert got.status_code == 200, got.text
    assert got.headers["content-security-policy"].startswith("default-src 'self';")
    assert len(got.content) < 70_000
    tree = html.fromstring(got.text)
    assert not tree.xpath("//style | //script[not(@src)] | //@style | //@onclick")
    return tree


def table(tree: html.HtmlElement, caption: str) -> list[list[str]]:
    [found] = tree.xpath(f"//table[starts-with(caption, '{caption}')]")
    return [
        [" ".join(cell.text_content().split()) for cell in line]
        for line in found.xpath("./tbody/tr")
    ]


def test_a_load_without_a_release_leaves_its_counts(tmp_path: Path) -> None:
    releases = Releases.open(tmp_path, Model.default())
    with releases.write() as writer:
        assert writer.commit({"read": 3, "unchanged": 3}) is None
    [kept] = Releases.open(tmp_path, Model.default()).loads()
    assert (kept.number, kept.release, kept.summary["read"]) == (1, None, 3)


def test_the_list_holds_loads_that_changed_nothing(loaded: tuple[Web, dict[str, str]]) -> None:
    rows = table(page(loaded, "/loads"), "Loads")
    assert [(line[0], line[2]) for line in rows] == [
        ("Load 2", "Nothing changed"),
        ("Load 1", "Release 1"),
    ]
    assert [line[3] for line in rows] == ["Read 7", "Read 100"]


def test_what_became_of_every_row_adds_up(loaded: tuple[Web, dict[str, str]]) -> None:
    tree = page(loaded, "/loads/1")
    [heading] = tree.xpath("//h1/text()")
    assert heading == "Load 1 read 100 rows: 60 loaded, 34 rejected, 6 already here"
    rows = {line[0]: int(line[2]) for line in table(tree, "Read =")}
    read, *parts = rows.values()
    assert read == sum(parts) == 100
    bars = tree.xpath("//table[starts-with(caption, 'Read =')]//rect/@width")
    assert bars == ["100.0%", "60.0%", "34.0%", "6.0%"]
    assert "2 files skipped: no data." in tree.text_content()
    assert not tree.xpath("//*[@role='alert']")


def test_rejects_stand_by_rule_with_example_fix_and_download(
    loaded: tuple[Web, dict[str, str]],
) -> None:
    tree = page(loaded, "/loads/1")
    first, second = table(tree, "Rejects")
    assert first[0] == "releaseDate cannot be read as a date JG-LOD-023"
    assert first[1].startswith("30")
    assert first[2] == "9999-99 moves.json /0"
    assert FIX in first[3]
    assert HOSTILE in second[0]
    assert "twice told" in table(tree, "Warnings")[0][0]
    assert table(tree, "Unknown codes")[0][0] == "ZZ"
    assert table(tree, "Files that")[0][0] == "cut.json"
    web, keys = loaded
    links = tree.xpath("//table[starts-with(caption, 'Rejects')]//a/@href")
    got = [web.get(link, headers={"X-API-Key": keys["operator"]}).text for link in links]
    assert [len(list(csv.DictReader(text.splitlines()))) for text in got] == [30, 4]
    assert "'=1+1" in got[1]
    assert (
        len(web.get("/loads/1.csv", headers={"X-API-Key": keys["operator"]}).text.splitlines())
        == 38
    )


def test_nothing_rejected_says_so(loaded: tuple[Web, dict[str, str]]) -> None:
    tree = page(loaded, "/loads/2")
    assert "Nothing was rejected.All 7 rows were loaded or already here." in " ".join(
        tree.text_content().split()
    )
    # A share of fewer than 50 rows is not printed; the other load's is.
    assert [line[2] for line in table(tree, "Rejected share")] == ["0 of 7", "34.0%"]


def test_rows_that_do_not_add_up_are_an_error_on_the_page(tmp_path: Path) -> None:
    model = Model.default()
    releases = Releases.open(tmp_path, model)
    with releases.write() as writer:
        writer.commit({"read": 10, "loaded": 9})
    store = open_store("sqlite", tmp_path, model)
    key = Keys(tmp_path).add("operator", "p1")[1]
    web = Web(create_app(releases, store, model, ApiSettings(tmp_path)))
    tree = html.fromstring(web.get("/loads/1", headers={"X-API-Key": key}).text)
    assert "Read 10, accounted for 9" in tree.xpath("//*[@role='alert']")[0].text_content()
    store.close()


@pytest.mark.parametrize("path", ["/loads", "/loads/1", "/loads/1.csv", "/loads/9"])
def test_loads_are_for_operators_of_everything(
    loaded: tuple[Web, dict[str, str]], path: str
) -> None:
    web, keys = loaded
    assert web.get(path).status_code == 401
    for name in ("analyst", "practitioner", "bound"):
        got = web.get(path, headers={"X-API-Key": keys[name]})
        assert got.status_code == 403
        assert "moves.json" not in got.text


def test_a_load_that_left_nothing_says_why(loaded: tuple[Web, dict[str, str]]) -> None:
    web, keys = loaded
    for number, said in ((3, "left no counts"), (9, "There is no load 9")):
        got = web.get(f"/loads/{number}", headers={"X-API-Key": keys["operator"]})
        assert got.status_code == 404
        assert said in got.text
