"""The pages of loads: rows add up, findings are grouped, only operators of everything see them."""

import csv
import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from lxml import html

from api import ApiSettings, create_app
from api.keys import Keys
from api.loads import Counts, counted
from graph import open_store
from loaders.report import Contract, FileReport, LoadReport, Rejections, Unresolved
from ontology import Model
from releases import FINDINGS, Load, Releases
from releases.running import telling
from tests.api.conftest import CP, NOMIS, Web, frame, row

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
        "field": "releaseDate",
        "value": "9999-99",
        "message": "releaseDate cannot be read as a date",
        "fix": FIX,
        **values,
    }


def report(load: int, files: list[FileReport], **given: Any) -> dict[str, object]:
    return LoadReport(load, files, **given).counts()


def made_with(ontology: str, shapes: str, mappings: dict[str, str]) -> dict[str, object]:
    return {"ontology": ontology, "shapes": shapes, "mappings": mappings}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Web, dict[str, str]]]:
    """Load 1 keeps 60 of 100 rows; load 2 finds all already here; load 3 is abandoned, load 4
    breaks its contract.
    """
    folder, model = tmp_path_factory.mktemp("loads"), Model.default()
    releases = Releases.open(folder, model)
    with releases.write() as writer:
        writer.put("Case", frame(model, "Case", [row("Case", "CriminalCase", NOMIS, "1")]))
        found = [
            *(finding(path=f"/{n}") for n in range(30)),
            *(finding(message=f"row {n}: {HOSTILE}", value="=1+1") for n in range(4)),
            *(finding(field="hearingDate", message="no day of the calendar") for _ in range(2)),
            finding(severity="warning", effect="none", code="JG-LOD-041", message="twice told"),
            finding(severity="warning", effect="none", code="JG-LOD-030", value="ZZ"),
            finding(effect="file", code="JG-LOD-002", message="not valid JSON", file="/x/cut.json"),
        ]
        writer.report(pl.DataFrame(found))
        moves = FileReport("moves.json", NOMIS, "loaded", "", 100, 60, 34, 4, 2)
        skipped = [FileReport(name, None, "skipped", "no data") for name in ("a", "b")]
        links = [Unresolved(NOMIS, "aboutPerson", "PersonRecord", CP, 1200)]
        first = made_with("o1", "s1", {NOMIS: "m1"})
        writer.commit(report(1, [moves, *skipped], unresolved=links, stale=3, made_with=first))
    with releases.write() as writer:
        again = FileReport("moves.json", NOMIS, "loaded", "", 7, 0, 0, 7, 0)
        other = FileReport("results.json", CP, "loaded", "", 2, 2, 0, 0, 0)
        removed = [Contract(NOMIS, 3, 60, 0.2)]
        second = made_with("o1", "s2", {NOMIS: "m2", CP: "m1"})
        refused = [Rejections(CP, 40, 2_000, 0.025)]
        told = report(2, [again, other], contracts=removed, rejections=refused, made_with=second)
        writer.commit(told)
    with releases.write():
        pass
    with releases.write() as writer:
        stopped = {"code": "JG-LOD-019", "cause": "it would remove 50 of 60", "fix": "Check it."}
        writer.abandon({"stopped": stopped})
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
        ("Load 4", "Stopped, nothing changed: it would remove 50 of 60"),
        ("Load 2", "Nothing changed"),
        ("Load 1", "Release 1"),
    ]
    assert [line[3] for line in rows[1:]] == ["Read 9", "Read 100"]
    assert rows[2][5] == "Rejected 34 34.0%"


def test_the_list_goes_on_and_refuses_garbage(
    loaded: tuple[Web, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.pages.loads.PAGE", 2)
    tree = page(loaded, "/loads?page=abc")
    assert [line[0] for line in table(tree, "Loads")] == ["Load 4", "Load 2"]
    [further] = tree.xpath("//a[.='Older loads']/@href")
    older = page(loaded, further)
    assert [line[0] for line in table(older, "Loads")] == ["Load 1"]
    assert not older.xpath("//a[.='Older loads']")
    assert "No older loads." in page(loaded, "/loads?before=1").text_content()
    web, keys = loaded
    for garbage in ("abc", "-1", "²", "9" * 40):
        got = web.get("/loads", params={"before": garbage}, headers={"X-API-Key": keys["operator"]})
        assert got.status_code == 400
        assert "JG-API-003" in got.text


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
    first, second, third = table(tree, "Rejects")
    assert first[0] == "releaseDate cannot be read as a date JG-LOD-023"
    assert first[1:3] == ["Field: releaseDate", "30 findings 30.0%"]
    assert first[3] == "9999-99 moves.json /0"
    assert FIX in first[4]
    # Wordings that differ in numbers only are one kind.
    assert HOSTILE in second[0]
    assert second[2] == "4 findings 4.0%"
    assert third[1:3] == ["Field: hearingDate", "2 findings 2.0%"]
    assert "Most rejects have one cause: releaseDate" in tree.text_content()
    assert "twice told" in table(tree, "Warnings")[0][0]
    assert table(tree, "Unknown codes")[0][0] == "ZZ"
    assert table(tree, "Files that")[0][:3] == [
        "not valid JSON JG-LOD-002", "1 file", "cut.json",
    ]  # fmt: skip
    web, keys = loaded
    links = tree.xpath("//table[starts-with(caption, 'Rejects')]//a/@href")
    got = [web.get(link, headers={"X-API-Key": keys["operator"]}).text for link in links]
    assert [len(list(csv.DictReader(text.splitlines()))) for text in got] == [30, 4, 2]
    assert "'=1+1" in got[1]
    assert {row["field"] for row in csv.DictReader(got[2].splitlines())} == {"hearingDate"}
    headers = {"X-API-Key": keys["operator"]}
    everything = web.get("/loads/1.csv", headers=headers).text
    assert len(list(csv.DictReader(everything.splitlines()))) == 39
    by_code = web.get("/loads/1.csv?code=JG-LOD-002", headers=headers).text
    assert [row["file"] for row in csv.DictReader(by_code.splitlines())] == ["/x/cut.json"]
    assert web.get("/loads/1.csv?kind=abc", headers=headers).status_code == 404


def test_a_load_says_what_waits_what_is_stale_and_what_its_contract_says(
    loaded: tuple[Web, dict[str, str]],
) -> None:
    first, second = (page(loaded, f"/loads/{n}") for n in (1, 2))
    [link] = table(first, "Unresolved")
    assert link == [
        "aboutPerson to PersonRecord", f"Told by: {NOMIS}", f"Would be brought by: {CP}",
        "1,200 links",
    ]  # fmt: skip
    assert "Stale: 3 records." in first.text_content()
    assert "Stale" not in second.text_content()
    assert "Not tested: only a snapshot" in first.text_content()
    words = " ".join(second.text_content().split())
    assert f"Kept. The snapshot of {NOMIS} removed 3 of 60 documents; 20.0% may go." in words
    assert f"Of 2,000 rows of {CP} 40 were rejected; 2.5% may be." in words
    assert [line[:3] for line in table(second, "Rows by dataset")] == [
        [CP, "Files 1", "Read 2"], [NOMIS, "Files 1", "Read 7"],
    ]  # fmt: skip


def test_the_trend_says_what_changed(loaded: tuple[Web, dict[str, str]]) -> None:
    lines = table(page(loaded, "/loads/2"), "Rejected share")
    assert [line[0].split(" ", 2)[1] for line in lines] == ["2", "1"]
    # Nothing came before load 1, and the mapping of the other dataset is met for the first time.
    assert [line[3] for line in lines] == [f"Shapes, mapping of {NOMIS}", ""]


def test_a_load_that_broke_its_contract_has_a_page(loaded: tuple[Web, dict[str, str]]) -> None:
    tree = page(loaded, "/loads/4")
    assert tree.xpath("//h1/text()") == ["Load 4 was stopped: nothing changed"]
    assert "Broken: it would remove 50 of 60." in tree.text_content()


def test_a_load_at_hand_is_told_while_it_runs(tmp_path: Path) -> None:
    model = Model.default()
    releases = Releases.open(tmp_path, model)
    store = open_store("sqlite", tmp_path, model)
    web = Web(create_app(releases, store, model, ApiSettings(tmp_path)))
    keys = {"operator": Keys(tmp_path).add("operator", "p1")[1]}

    def said() -> list[str]:
        tree = page((web, keys), "/loads")
        return [" ".join(each.text_content().split()) for each in tree.xpath("//*[@role='status']")]

    with telling(tmp_path, 7) as tell:
        assert said() == []
        tell(3, 40)
        tell(4, 40)  # within the same second
        [status] = said()
        assert status.startswith("Load 7 is running: 3 of 40 files read.")
    assert said() == []
    ended = subprocess.Popen(["true"])
    ended.wait()
    with telling(tmp_path, 8) as tell:
        tell(1, 2)
        left = json.loads((tmp_path / "running.json").read_text())
    (tmp_path / "running.json").write_text(json.dumps({**left, "process": ended.pid}))
    # Its process was killed, so nothing runs.
    assert said() == []
    store.close()


ASKED = """query ($load: Int, $severity: String) { load(number: $load) { read rejected stopped
  kinds(severity: $severity) { code field findings value } } }"""


def test_a_dataset_s_page_says_how_well_it_came(
    loaded: tuple[Web, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """34 of 100 rows in load 1, 0 of 7 in load 2; here a month later, with 4 rows of 40 beside."""
    ended = {1: "2026-03-31T23:59:00Z", 2: "2026-04-01T00:00:00Z"}
    further = {NOMIS: {"read": 43, "rejected": 4}, CP: {"read": 0, "rejected": 0}}

    def dated(releases: Releases) -> list[Counts]:
        found = [c for c in counted(releases) if c.load.number in ended]
        more = replace(found[-1], load=Load(5, ended[2], {"sources": further}))
        return [replace(c, load=replace(c.load, made=ended[c.load.number])) for c in found] + [more]

    monkeypatch.setattr("api.loads.counted", dated)
    tree = page(loaded, f"/catalogue/{NOMIS}")
    assert table(tree, "Rejected rows by month") == [
        ["Apr 2026 2 loads", "", "4 of 50 rejected 8.0%"],
        ["Mar 2026 1 load", "", "34 of 100 rejected 34.0%"],
    ]
    bars = tree.xpath("//table[starts-with(caption, 'Rejected rows')]//rect/@width")
    assert bars == ["23.53%", "100.0%"]
    # Two rows are too few for a share.
    assert table(page(loaded, f"/catalogue/{CP}"), "Rejected rows") == [
        ["Apr 2026 1 load", "", "0 of 2 rejected"]
    ]
    web, keys = loaded
    document = "{ catalogue { datasets { id loadsByMonth { month loads read rejected } } } }"
    got = web.ask(document, keys["operator"]).json()["data"]["catalogue"]["datasets"]
    told = {each["id"]: each["loadsByMonth"] for each in got}
    assert told[NOMIS] == [
        {"month": "2026-03", "loads": 1, "read": 100, "rejected": 34},
        {"month": "2026-04", "loads": 2, "read": 50, "rejected": 4},
    ]
    assert told["data-first/prison"] == []


def test_how_well_a_dataset_came_is_for_who_may_see_its_records(
    loaded: tuple[Web, dict[str, str]],
) -> None:
    web, keys = loaded
    assert "How well it came" not in web.get(f"/catalogue/{NOMIS}").text
    assert "How well it came" in page(loaded, f"/catalogue/{NOMIS}", "bound").text_content()
    document = "{ catalogue { datasets { id loadsByMonth { rejected } } } }"
    for key, seen in ((None, False), (keys["bound"], True)):
        got = web.ask(document, key).json()["data"]["catalogue"]["datasets"]
        told = {each["id"]: each["loadsByMonth"] for each in got}
        assert (told[NOMIS] is not None) == seen
        assert told[CP] is None


def test_page_and_graphql_give_the_same_numbers(loaded: tuple[Web, dict[str, str]]) -> None:
    web, keys = loaded

    def ask(key: str, **variables: object) -> dict[str, Any]:
        body = {"query": ASKED, "variables": variables}
        found: dict[str, Any] = web.post(
            "/graphql", json=body, headers={"X-API-Key": keys[key]}
        ).json()
        return found

    told = ask("operator", load=1, severity="violation")["data"]["load"]
    assert (told["read"], told["rejected"]) == (100, 34)
    kinds = [kind for kind in told["kinds"] if kind["code"] == "JG-LOD-023"]
    assert [(kind["field"], kind["findings"]) for kind in kinds] == [
        ("releaseDate", 30), ("releaseDate", 4), ("hearingDate", 2),
    ]  # fmt: skip
    shown = table(page(loaded, "/loads/1"), "Rejects")
    assert [int(line[2].split()[0]) for line in shown] == [kind["findings"] for kind in kinds]
    assert ask("operator")["data"]["load"]["stopped"] == "it would remove 50 of 60"
    refused = {
        name: ask(name, load=1)["errors"][0]["extensions"]["code"]
        for name in ("analyst", "practitioner", "bound")
    }
    # Below operators the schema has no such question.
    assert refused == {
        "analyst": "JG-API-002", "practitioner": "JG-API-002", "bound": "JG-API-006",
    }  # fmt: skip


def test_a_folder_from_before_fields_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model.default()
    older = {name: kind for name, kind in FINDINGS.items() if name != "field"}
    with monkeypatch.context() as patch:
        patch.setattr("releases.answers.FINDINGS", older)
        with Releases.open(tmp_path, model).write() as writer:
            told = {name: value for name, value in finding().items() if name != "field"}
            writer.report(pl.DataFrame([told]))
            writer.commit({"read": 60, "loaded": 59, "rejected": 1, "unresolved": 2})
    releases = Releases.open(tmp_path, model)
    with releases.write() as writer:
        writer.report(pl.DataFrame([finding()]))
        writer.commit(report(2, [FileReport("moves.json", NOMIS, "loaded", "", 60, 59, 1, 0, 0)]))
    store = open_store("sqlite", tmp_path, model)
    web = Web(create_app(releases, store, model, ApiSettings(tmp_path)))
    keys = {"operator": Keys(tmp_path).add("operator", "p1")[1]}
    fields = [table(page((web, keys), f"/loads/{n}"), "Rejects")[0][1] for n in (1, 2)]
    assert fields == ["", "Field: releaseDate"]
    assert "2 links wait" in page((web, keys), "/loads/1").text_content()
    store.close()


def test_nothing_rejected_says_so(loaded: tuple[Web, dict[str, str]]) -> None:
    tree = page(loaded, "/loads/2")
    assert "Nothing was rejected.All 9 rows were loaded or already here." in " ".join(
        tree.text_content().split()
    )
    # A share of fewer than 50 rows is not printed; the other load's is.
    assert [line[2] for line in table(tree, "Rejected share")] == ["0 of 9", "34.0%"]


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
