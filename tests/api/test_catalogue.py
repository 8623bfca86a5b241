"""The catalogue: what is held, what is missing, unknown codes, crosswalks, DCAT."""

from datetime import date
from pathlib import Path

import pytest
import rdflib
from rdflib import DCAT, DCTERMS, RDF, URIRef

from api import Access, ApiSettings, Role
from api.coverage import Month, coverage, silent_months
from api.dcat import dcat
from api.execution import open_engine
from graph import open_store, project
from loaders.code_lists import import_list
from ontology import Model
from ontology.identifiers import BASE
from ontology.namespaces import CATALOGUE, JG
from releases import Releases
from tests.api.conftest import CP, NOMIS, Place, Web

ANALYST = Access(Role.ANALYST, project="p1")
MODEL = Model.default()


def test_every_dataset_says_who_decides_and_how_to_ask(place: Place) -> None:
    document = """{ catalogue { datasets { id owner { label } legalJurisdictions purposes howToAsk
      unit sensitivity holes { kind label from to } } } }"""
    found = {
        item["id"]: item for item in place.data(document, Access.public())["catalogue"]["datasets"]
    }
    for name, item in found.items():
        for field in ("owner", "purposes", "legalJurisdictions", "unit"):
            assert item[field], (name, field)
        assert len(item["howToAsk"]) > 60, name
    crown = {hole["label"]: hole for hole in found["data-first/crown"]["holes"]}
    assert crown["Cases on Common Platform"]["kind"] == "hole"
    assert crown["Cases on Common Platform"]["to"] == "2023-03-31"
    assert found["police-uk/street-crime"]["howToAsk"].startswith("Download it")


def test_the_sources_of_the_design_are_all_there() -> None:
    first = ("magistrates", "crown", "prison", "probation", "oasys", "family", "civil", "linking",
             "magistrates-crown-journey")  # fmt: skip
    assert {f"data-first/{name}" for name in first} <= set(MODEL.datasets)
    systems = {dataset.system for dataset in MODEL.datasets.values()}
    assert systems >= {
        "common-platform", "police-records", "libra", "leds", "pnc", "cps-cms", "nomis", "delius",
        "police-uk", "opal", "em", "oasys", "ccd", "find-case-law", "xhibit", "familyman",
        "caseman",
    }  # fmt: skip


def test_what_cannot_be_answered_says_who_holds_it(place: Place) -> None:
    document = """query ($search: String) { catalogue(search: $search) {
      gaps { id question missing howToAsk heldBy { id } } } }"""
    gaps = place.data(document, Access.public())["catalogue"]["gaps"]
    assert {gap["id"] for gap in gaps} == set(MODEL.gaps)
    assert all(gap["heldBy"] and gap["missing"] and gap["howToAsk"] for gap in gaps)
    (one,) = place.data(document, search="found work after release")["catalogue"]["gaps"]
    assert {holder["id"] for holder in one["heldBy"]} == {"moj", "dwp"}


MONTHS = "{ catalogue { datasets { id months { class month records } silentMonths } } }"


def test_months_are_counted_for_who_may_see_the_records(place: Place) -> None:
    def of(access: Access) -> dict[str, object]:
        found = place.data(MONTHS, access)["catalogue"]["datasets"]
        return {item["id"]: item["months"] for item in found}

    months = of(ANALYST)[CP]
    assert isinstance(months, list)
    assert {"class": "Hearing", "month": "2024-03", "records": 1} in months
    assert of(Access.public())[CP] is None
    only = Access(Role.ANALYST, project="p1", datasets=frozenset({NOMIS}))
    assert of(only)[CP] is None
    assert of(only)[NOMIS] is not None


def test_planned_events_are_no_coverage(place: Place) -> None:
    held = coverage(place.releases, 2)
    events = place.releases.state("EventRecord").collect()
    happened = events.filter(events["status"] == MODEL.concept_iri("event-status", "happened"))
    assert happened.height < events.height
    assert sum(month.records for months in held.values() for month in months) == happened.height


def test_a_month_between_others_without_records_is_silent() -> None:
    months = tuple(Month("Plea", month, 1) for month in ("2023-11", "2024-02", "2023-12"))
    assert silent_months(months) == ("2024-01",)
    assert silent_months(()) == ()


UNKNOWN = """{ catalogue { unknownCodes { dataset property scheme notation records since } } }"""


def test_unknown_codes_are_shown_to_who_may_see_their_records(place: Place) -> None:
    expected = {"dataset": CP, "property": "sex", "scheme": "cp-gender", "notation": "XX",
                "records": 1, "since": 1}  # fmt: skip
    assert expected in place.data(UNKNOWN)["catalogue"]["unknownCodes"]
    assert place.data(UNKNOWN, Access.public())["catalogue"]["unknownCodes"] == []
    only = Access(Role.OPERATOR, project="p", datasets=frozenset({NOMIS}))
    assert place.data(UNKNOWN, only)["catalogue"]["unknownCodes"] == []


def test_crosswalks_can_be_read(place: Place) -> None:
    document = """{ catalogue(search: "verdict--conviction") { crosswalks { id evidence
      mappings { notation relation target targetLabel } } } }"""
    found = place.data(document, Access.public())["catalogue"]["crosswalks"]
    verdict = next(item for item in found if item["id"] == "verdict--conviction")
    assert {(m["notation"], m["relation"], m["target"]) for m in verdict["mappings"]} == {
        ("G", "broad", "convicted"),
        ("NA", "broad", "convicted"),
        ("NC", "broad", "not-convicted"),
        ("NG", "broad", "not-convicted"),
    }
    assert "Criminal Law Act 1967" in verdict["evidence"]


def test_an_imported_list_gives_codes_their_labels(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "genders.csv"
    file.write_text("code,label,standard\nXX,Not as the standard has it,9\n", encoding="utf-8")
    releases = Releases.open(tmp_path / "data", MODEL)
    people = place.releases.state("PersonRecord", 2).collect().drop("release", strict=False)
    said = {"scheme": "cp-gender", "source": "Somebody"}
    with releases.write() as writer:
        writer.put("PersonRecord", people)
        writer.commit({})
    with releases.write() as writer:
        import_list(file, releases, writer, MODEL, edition=date(2024, 1, 1), base=BASE, said=said)
        writer.commit({})
    store = open_store("sqlite", tmp_path / "data", MODEL)
    project(releases, store, MODEL)
    settings = ApiSettings(folder=tmp_path / "data", base=BASE)
    engine = open_engine(releases, store, MODEL, settings)

    def ask(document: str) -> dict[str, object]:
        body = engine.answer(document, {}, Access.operator()).body
        assert "errors" not in body, body
        return dict(body["data"])

    shown = """{ now: records(class: "PersonRecord") { nodes { ... on PersonRecord {
      sex { notation label } } } } before: records(class: "PersonRecord", release: 1) { nodes {
      ... on PersonRecord { sex { notation label } } } } catalogue { importedLists { list scheme
      edition codes publisher } unknownCodes { notation } } }"""
    found = ask(shown)
    label = {"notation": "XX", "label": "Not as the standard has it"}
    assert {"sex": label} in found["now"]["nodes"]  # type: ignore[index]  # JSON
    assert {"sex": {"notation": "XX", "label": None}} in found["before"]["nodes"]  # type: ignore[index]  # JSON
    assert found["catalogue"] == {
        "importedLists": [{"list": "cp-gender", "scheme": "cp-gender", "edition": "2024-01-01",
                           "codes": 1, "publisher": "Somebody"}],
        "unknownCodes": [],
    }  # fmt: skip
    engine.audit.close()
    store.close()


def test_the_catalogue_is_dcat(place: Place) -> None:
    text = dcat(MODEL, coverage(place.releases, 2))
    graph = rdflib.Graph().parse(data=text, format="turtle")
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == len(MODEL.datasets)
    crown = URIRef(CATALOGUE + "dataset/data-first/crown")
    (period,) = graph.objects(crown, DCTERMS.temporal)
    assert str(graph.value(period, DCAT.startDate)) == "2013-01-01"
    holes = set(graph.subjects(URIRef(JG + "holeIn"), crown))
    assert len(holes) == len(MODEL.datasets["data-first/crown"].holes) == 2
    assert len(set(graph.subjects(RDF.type, URIRef(JG + "DataGap")))) == len(MODEL.gaps)
    assert dcat(MODEL, {}) == dcat(MODEL, {})


@pytest.mark.parametrize("role", ["public", "operator"])
def test_the_address_of_the_catalogue_shows_what_the_key_may_see(
    place: Place, web: Web, role: str
) -> None:
    headers = {} if role == "public" else {"X-API-Key": place.keys[role]}
    got = web.get("/catalogue.ttl", headers=headers)
    assert got.status_code == 200
    assert got.headers["content-type"].startswith("text/turtle")
    assert ("observedMonth" in got.text) == (role == "operator")
    assert web.get("/catalogue.ttl", headers={"X-API-Key": "jg_x"}).status_code == 401
