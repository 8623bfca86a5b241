"""The catalogue's pages by HTTP: what stands on them, who sees what, nothing from elsewhere."""

import csv
import re
from dataclasses import replace

import pytest
from lxml import html

from api import create_app
from api.coverage import Month
from api.holdings import Holding, holdings
from api.pages.drawing import Axis, without
from api.pages.frame import COOKIE
from graph import TooLongError
from ontology import Model
from tests.api.conftest import CP, NOMIS, SECRETS, Place, Web

HOSTILE = '<b>Cŵn</b> "quoted" & \'' + "x" * 300


def page(web: Web, path: str, **given: object) -> html.HtmlElement:
    got = web.get(path, **given)
    assert got.status_code == 200, got.text
    return html.fromstring(got.text)


def text(tree: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(item.text_content().split()) for item in tree.xpath(path)]


@pytest.mark.parametrize("path", ["/catalogue", f"/catalogue/{CP}", "/key", "/catalogue/no/such"])
def test_a_page_needs_nothing_from_elsewhere(web: Web, path: str) -> None:
    got = web.get(path)
    policy = got.headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    tree = html.fromstring(got.text)
    assert not tree.xpath("//style | //script[not(@src)] | //@style | //@onclick")
    outside = tree.xpath("//@src | //link/@href | //form/@action | //a/@href")
    assert [value for value in outside if not re.match(r"/(?!/)|#", value)] == []
    assert len(tree.xpath("//h1")) == 1
    for field in tree.xpath("//input[not(@type='hidden')] | //select"):
        assert tree.xpath(f'//label[@for="{field.get("id")}"]')
    sizes = [len(web.get(file).content) for file in tree.xpath("//link/@href | //script/@src")]
    assert len(got.content) + sum(sizes) < 100_000


def test_every_dataset_and_gap_stands_on_the_catalogue(place: Place, web: Web) -> None:
    tree = page(web, "/catalogue")
    links = tree.xpath("//table[contains(@class, 'covers')]//th/a/@href")
    assert sorted(links) == [f"/catalogue/{name}" for name in sorted(place.model.datasets)]
    owners = [each.owner for each in place.model.datasets.values()]
    under = {
        owner: text(part, "./tr/th/a")
        for part in tree.xpath("//table[contains(@class, 'covers')]/tbody")
        for owner in text(part, "./tr[@class='group']/th")
    }
    assert list(under) == sorted(place.model.organisations[name].label for name in set(owners))
    assert len(under["Ministry of Justice"]) == owners.count("moj")
    assert text(tree, "//*[@role='status']") == [f"{len(links)} datasets"]
    questions = text(tree, "//h2[@id='gaps']/following-sibling::table/tbody//th")
    assert sorted(questions) == sorted(gap.question for gap in place.model.gaps.values())


def test_a_hole_cuts_the_bar_and_is_said(web: Web) -> None:
    [cell] = page(web, "/catalogue").xpath("//a[.='Data First: Crown Court']/ancestor::tr/td")
    # Declared 2013 to March 2023, with a hole from June 2021 to the end: one piece before it.
    [covered], [hole] = (cell.xpath(f".//*[@class='{name}']") for name in ("covered", "hole"))
    end = float(covered.get("x")[:-1]) + float(covered.get("width")[:-1])
    assert end == pytest.approx(float(hole.get("x")[:-1]), abs=0.02)
    assert len(cell.xpath(".//*[@class='break']")) == 1
    [named] = cell.xpath(".//svg[@role='img']/@aria-labelledby")
    name = " ".join(
        t for each in named.split() for t in text(page(web, "/catalogue"), f"//*[@id='{each}']")
    )
    assert "Data First: Crown Court" in name
    assert "Jan 2013 to Mar 2023" in name
    said = " ".join(cell.text_content().split())
    assert "hole 2021 to 2023: Cases on Common Platform" in said


def test_a_full_catalogue_weighs_less_than_its_limit(
    place: Place, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every dataset loaded, with twenty years of months and one silent in each year."""
    months = tuple(
        Month("Hearing", f"{year}-{month:02}", 1)
        for year in range(2005, 2025)
        for month in range(1, 13)
        if month != 7
    )

    def full(*given: object) -> list[Holding]:
        found = holdings(*given)  # type: ignore[arg-type]  # handed on as they came
        return [replace(each, loaded=True, months=lambda: months) for each in found]

    monkeypatch.setattr("api.pages.catalogue.holdings", full)
    got = web.get("/catalogue", headers={"X-API-Key": place.keys["operator"]})
    tree = html.fromstring(got.text)
    drawn = tree.xpath("//*[@class='seen']/@d")
    assert len(drawn) > 60
    assert all(path.count("M") == 21 for path in drawn)
    files = tree.xpath("//link/@href | //script/@src")
    assert len(got.content) + sum(len(web.get(file).content) for file in files) < 100_000


def test_an_unknown_path_is_a_page_for_a_browser(web: Web) -> None:
    for path, status in (("/nowhere", 404), ("/loads/abc", 404)):
        got = web.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
        assert (got.status_code, "text/html; charset=utf-8") == (
            status,
            got.headers["content-type"],
        )
        assert html.fromstring(got.text).xpath("//*[@role='alert']//a[@href='/catalogue']")
        assert web.get(path).headers["content-type"] == "application/json"
    refused = web.send("DELETE", "/catalogue", headers={"Accept": "text/html"})
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")


def test_a_graph_that_is_behind_or_silent_is_said(
    place: Place, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said() -> str:
        return " ".join(page(web, "/catalogue").text_content().split())

    assert "The graph " not in said()
    monkeypatch.setattr(place.store, "current", lambda: 1)
    assert "The graph is at release 1; the newest is 2." in said()

    def silent() -> int:
        raise TooLongError(1.0)

    monkeypatch.setattr(place.store, "current", silent)
    assert "The graph does not answer now." in said()


def test_the_form_asks_the_server(place: Place, web: Web) -> None:
    tree = page(web, "/catalogue?q=prison&owner=moj&loaded=no")
    assert text(tree, "//table[contains(@class, 'covers')]//th/a") == ["Data First: prison"]
    assert tree.xpath("//option[@selected]/@value") == ["moj", "no"]
    assert tree.xpath("//input[@name='q']/@value") == ["prison"]
    nothing = page(web, "/catalogue?q=unicorns")
    assert "0 datasets." in text(nothing, "//section")[0]
    [link] = [a for a in tree.xpath("//a/@href") if a.startswith("/catalogue.csv")]
    rows = list(csv.DictReader(web.get(link).text.splitlines()))
    assert [row["dataset"] for row in rows] == ["data-first/prison"]
    assert rows[0]["coverageStart"] == "2011-01-01"


def test_months_are_for_those_who_may_read_the_records(place: Place, web: Web) -> None:
    public = page(web, f"/catalogue/{NOMIS}")
    assert not public.xpath("//*[@class='seen']")
    assert public.xpath("//a[starts-with(@href, '/key')]")
    keyed = {"headers": {"X-API-Key": place.keys["nomis"]}}
    mine = page(web, f"/catalogue/{NOMIS}", **keyed)
    counted = dict(
        zip(
            text(mine, "//tbody/tr/th"),
            text(mine, "//tbody/tr/td[contains(@class, 'number')]"),
            strict=True,
        )
    )
    # Reception on 2024-03-01 and release on 2024-06-01, nothing in between.
    assert (counted["Reception"], counted["Release"]) == ("1 record", "1 record")
    assert "2 months between the first and the last hold no record" in mine.text_content()
    assert not page(web, f"/catalogue/{CP}", **keyed).xpath("//*[@class='seen']")


def test_hostile_labels_are_escaped(place: Place) -> None:
    model = Model.default()
    crown = model.datasets["data-first/crown"]
    hole = replace(crown.holes[0], label=HOSTILE)
    datasets = {**model.datasets, crown.notation: replace(crown, label=HOSTILE, holes=(hole,))}
    hostile = replace(model, datasets=datasets)
    web = Web(create_app(place.releases, place.store, hostile, place.settings))
    for path in ("/catalogue", "/catalogue/data-first/crown"):
        got = web.get(path, params={"q": HOSTILE} if path == "/catalogue" else {})
        assert "<b>" not in got.text
        assert HOSTILE in html.fromstring(got.text).text_content()


def test_an_unknown_dataset_gets_the_nearest(web: Web) -> None:
    got = web.get("/catalogue/nomis/movement<b>")
    assert got.status_code == 404
    [alert] = html.fromstring(got.text).xpath("//*[@role='alert']")
    assert "nomis/movements" in alert.text_content()
    assert "JG-API-009" in alert.text_content()


def test_a_key_is_kept_in_a_cookie_that_opens_pages_only(place: Place, web: Web) -> None:
    key = place.keys["nomis"]
    got = web.post("/key", data={"key": key, "to": f"/catalogue/{NOMIS}"})
    assert (got.status_code, got.headers["location"]) == (303, f"/catalogue/{NOMIS}")
    cookie = got.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    kept = {"headers": {"Cookie": f"{COOKIE}={key}"}}
    tree = page(web, f"/catalogue/{NOMIS}", **kept)
    assert "Key: practitioner" in tree.xpath("//header")[0].text_content()
    assert tree.xpath("//*[@class='seen']")
    assert key not in html.tostring(tree).decode()
    asked = web.post("/graphql", json={"query": "{ releases { number } }"}, **kept)
    assert asked.json()["errors"][0]["extensions"]["code"] == "JG-API-007"


def test_a_key_that_opens_nothing_is_refused_and_not_kept(place: Place, web: Web) -> None:
    got = web.post("/key", data={"key": "jg_no_such", "to": "/catalogue"})
    assert got.status_code == 401
    assert "JG-API-008" in got.text
    stale = web.get("/catalogue", headers={"Cookie": f"{COOKIE}=jg_no_such"})
    assert stale.status_code == 401
    assert 'justicegraph_key=""' in stale.headers["set-cookie"]
    foreign = web.post(
        "/key", data={"key": place.keys["nomis"]}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert foreign.status_code == 403
    for to in ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere"):
        assert web.post("/key", data={"key": "", "to": to}).headers["location"] == "/catalogue"


def test_no_value_of_a_person_stands_on_a_catalogue_page(place: Place, web: Web) -> None:
    headers = {"X-API-Key": place.keys["operator"]}
    for path in ("/catalogue", f"/catalogue/{CP}", f"/catalogue/{NOMIS}"):
        got = web.get(path, headers=headers).text
        assert [secret for secret in SECRETS if secret in got] == []


def test_pages_are_audited(place: Place, web: Web) -> None:
    web.get("/catalogue", headers={"X-API-Key": place.keys["nomis"]})
    last = (place.settings.folder / "audit.jsonl").read_text().splitlines()[-1]
    assert '"origin":"page"' in last
    assert '"project":"p2"' in last


def test_what_is_left_of_a_period_between_holes() -> None:
    def days(*pairs: tuple[int, int]) -> list[tuple[object, object]]:
        from datetime import date

        return [(date(2020, 1, a), date(2020, 1, b)) for a, b in pairs]

    [whole] = days((5, 20))
    assert without(whole, []) == days((5, 20))
    assert without(whole, days((8, 9), (1, 5), (19, 25))) == days((6, 7), (10, 18))
    assert without(whole, days((1, 30))) == []
    assert Axis(2010, 2030).ticks()[-1] == (2030, 100.0)
