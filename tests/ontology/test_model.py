"""The Model: what the contract of other folders rests on."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from ontology import JusticeGraphError, Model
from ontology.model import UnknownTermError
from ontology.reading import ModelError
from ontology.turtle import TurtleError

HEAD = """
@prefix jg: <https://w3id.org/justicegraph/ontology#> .
@prefix org: <https://w3id.org/justicegraph/catalogue/organisation/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
Extra = Callable[[str], Path]


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.default()


@pytest.fixture
def extra(tmp_path: Path) -> Extra:
    def write(turtle: str) -> Path:
        path = tmp_path / "extra.ttl"
        path.write_text(HEAD + turtle, encoding="utf-8")
        return path

    return write


def test_the_root_classes_are_the_record_tables(model: Model) -> None:
    assert model.roots == (
        "AddressRecord",
        "Alias",
        "Assessment",
        "Case",
        "CodeList",
        "DecisionRecord",
        "EventRecord",
        "Incident",
        "Issue",
        "LinkAssertion",
        "ListedCode",
        "Membership",
        "OrganisationRecord",
        "Participation",
        "PeriodRecord",
        "PersonRecord",
        "Programme",
        "RecordedCrime",
        "ServiceSpell",
        "Thing",
    )


def test_hierarchy(model: Model) -> None:
    assert model.superclasses("FirstHearing") == (
        "FirstHearing",
        "Hearing",
        "EventRecord",
        "Record",
    )
    assert model.root_of("UntriedRemand") == "PeriodRecord"
    assert model.root_of("Record") is None
    assert model.subclasses("RemandPeriod") == {
        "RemandPeriod",
        "UntriedRemand",
        "UnsentencedRemand",
    }
    assert model.is_a("PrisonBooking", "Case")
    assert not model.is_a("Case", "PrisonBooking")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ChargeLaid", "Hearing"),
        ("ChargeLaid", "FirstHearing"),
        ("FirstHearing", "Plea"),
        ("Plea", "Verdict"),
        ("Verdict", "Sentence"),
        ("Sentence", "Reception"),
        ("ChargeLaid", "Reception"),
        ("Release", "IncidentReported"),
        ("Release", "Arrest"),
        ("CourtOut", "Hearing"),
    ],
)
def test_order_on_one_day(model: Model, first: str, second: str) -> None:
    assert model.before(first, second)
    assert not model.before(second, first)


def test_order_is_strict_and_partial(model: Model) -> None:
    events = sorted(model.subclasses("EventRecord"))
    assert not [a for a in events if model.before(a, a)]
    assert not [(a, b) for a in events for b in events if model.before(a, b) and model.before(b, a)]
    assert not model.before("Transfer", "FinePaid")
    assert not model.before("FinePaid", "Transfer")


def test_table_schema_maps_datatypes_and_cardinality(model: Model) -> None:
    person, event = model.table_schema("PersonRecord"), model.table_schema("EventRecord")
    assert list(person)[:6] == ["iri", "class", "dataset", "document", "version", "hash"]
    assert person["birthDate"] == pl.Date
    assert person["pncId"] == pl.List(pl.String)
    assert person["sex"] == pl.String
    assert event["eventDateTime"] == pl.Datetime("us", "UTC")
    assert event["sequence"] == pl.Int64
    assert event["plea"] == pl.String
    assert event["onCharge"] == pl.List(pl.String)
    assert model.table_schema("RecordedCrime")["latitude"] == pl.Decimal(18, 6)
    assert model.table_schema("AddressRecord")["noFixedAbode"] == pl.Boolean
    assert list(event)[6:] == sorted(list(event)[6:])


def test_properties_are_inherited_downwards_only(model: Model) -> None:
    def names(cls: str) -> set[str]:
        return {prop.name for prop in model.properties_of(cls)}

    assert {"eventDate", "plea"} <= names("Plea")
    assert "plea" not in names("Hearing")
    assert "hearingType" in names("FirstHearing")
    assert "plea" in {prop.name for prop in model.table_properties("EventRecord")}


def test_links_say_where_they_lead(model: Model) -> None:
    assert model.properties["party"].targets == ("OrganisationRecord", "PersonRecord")
    assert model.properties["party"].leads_to == {"Person"}
    assert model.properties["inCase"].targets == ("Case",)
    assert "Matter" in model.properties["inCase"].leads_to
    assert not model.properties["decidedAt"].leads_to & {"Person"}


@pytest.mark.parametrize(
    ("scheme", "notation", "shared", "expected"),
    [
        ("cp-gender", "MALE", "sex", "1"),
        ("nomis-sex", "F", "sex", "2"),
        ("spi-plea", "6", "plea", "G"),
        ("cjs-mode-of-trial-reason", "01", "mode-of-trial", "SUM"),
        ("spi-verdict", "A", "conviction", "convicted"),
        ("spi-attendance", "A", "attendance", "represented"),
        ("cjs-initiation", "R", "case-initiation", "Q"),
        ("verdict", "NA", "conviction", "convicted"),
        ("cjs-remand-status", "C", "remand-status", "PR"),
        ("cjs-result", "4560", "remand-status", "PR"),
        ("cjs-result", "4560", "result-kind", "sent-for-trial"),
        ("cjs-result", "4531", "result-kind", "remand-custody"),
        ("cjs-result", "4542", "result-kind", "remand-bail"),
        ("nomis-offence-result", "1002", "conviction", "convicted"),
        ("ethnicity", "W2", "ethnicity", "W2"),
        ("nomis-ethnicity-text", "White: Eng./Welsh/Scot./N.Irish/British", "ethnicity", "W1"),
        ("cjs-offence", "TH68010", "offence-group", "theft"),
    ],
)
def test_the_crosswalk(
    model: Model, scheme: str, notation: str, shared: str, expected: str
) -> None:
    found = model.shared(model.concept_iri(scheme, notation), shared)
    assert found == model.concept_iri(shared, expected)


def test_the_crosswalk_never_guesses(model: Model) -> None:
    assert model.shared(model.concept_iri("cp-gender", "XX"), "sex") is None
    assert model.shared(model.concept_iri("cp-gender", "MALE"), "plea") is None
    assert model.shared(model.concept_iri("cjs-result", "4506"), "remand-status") is None
    assert model.shared(model.concept_iri("cp-plea", "AUTREFOIS_CONVICT"), "plea") is None


@pytest.mark.parametrize(
    ("movement", "cls"),
    [
        ("ADM-N", "Reception"),
        ("ADM-L", "Recall"),
        ("ADM-INT", "Transfer"),
        ("ADM-Z", "Transfer"),
        ("ADM-R", "Return"),
        ("REL-CR", "Release"),
        ("REL-BL", "BailRelease"),
        ("REL-ESCP", "Escape"),
        ("REL-DEC", "Death"),
        ("REL-MRG", "RecordMerge"),
        ("REL-HP", "HospitalTransfer"),
        ("CRT-CRT", "CourtOut"),
        ("TAP-C5", "TemporaryRelease"),
    ],
)
def test_type_and_reason_decide_what_a_movement_is(model: Model, movement: str, cls: str) -> None:
    assert model.schemes["nomis-movement"].concepts[movement].denotes_class == cls


def test_every_movement_of_the_published_list_has_a_class(model: Model, samples: Path) -> None:
    listed = pl.read_csv(samples / "codes/nomis/movement-reasons.csv", infer_schema=False)
    held = model.schemes["nomis-movement"].concepts
    pairs = [f"{kind}-{reason}" for kind, reason, *_ in listed.rows()]
    assert len(pairs) == 59
    assert not [pair for pair in pairs if pair not in held or not held[pair].denotes_class]


def test_codes_and_offences_are_those_of_the_published_lists(model: Model, samples: Path) -> None:
    results = pl.read_json(samples / "codes/cjs/result-code.json")["cjsCode"].to_list()
    offences = pl.read_json(samples / "codes/cjs-offences.json")["cjsCode"].to_list()
    assert not set(model.schemes["cjs-result"].concepts) - set(results)
    # RT88191 (no insurance) stands only in the police list of offences and classes.
    assert set(model.schemes["cjs-offence"].concepts) - set(offences) == {"RT88191"}


def test_every_result_of_common_platform_is_known(model: Model, samples: Path) -> None:
    text = (samples / "codes/common-platform-result-definitions.json").read_text()
    listed = {rule.get("cjsCode") for rule in json.loads(text)["resultDefinitions"]} - {None}
    known = set(model.schemes["cjs-result"].concepts)
    # 3149 is a requirement there and a finding of disability in the CJS list: not decided here.
    assert listed - known == {"3149"}


def test_what_remands_agrees_with_common_platform(model: Model, samples: Path) -> None:
    """Where the court's own list says in which custody state a result leaves the defendant."""
    text = (samples / "codes/common-platform-result-definitions.json").read_text()
    letters = {"C": "PR", "B": "CB", "U": "UB", "L": "LA", "S": "SA", "P": "PB"}
    # An interim hospital order is an order, not a remand.
    for rule in json.loads(text)["resultDefinitions"]:
        status = letters.get(rule["postHearingCustodyStatus"])
        if status and "cjsCode" in rule and rule["cjsCode"] != "3132":
            ours = model.shared(model.concept_iri("cjs-result", rule["cjsCode"]), "remand-status")
            assert ours == model.concept_iri("remand-status", status), rule["cjsCode"]


def test_a_concept_takes_owner_and_sensitivity_from_its_scheme(model: Model) -> None:
    code = model.schemes["ethnicity"].concepts["W1"]
    assert (code.owner, code.sensitivity) == ("moj", "specialCategory")
    assert model.schemes["cjs-result"].concepts["1015"].label_cy == "Dirwy"
    assert code.label_cy is None
    assert model.schemes["ethnicity"].concepts["W8"].valid_to == "2009-10-09"


def test_the_catalogue(model: Model) -> None:
    dataset = model.datasets["common-platform/hearing-resulted"]
    assert (dataset.system, dataset.owner, dataset.unit) == (
        "common-platform",
        "hmcts",
        "hearing-day",
    )
    assert model.systems[dataset.system].owner == "hmcts"
    assert "Hearing" in dataset.event_classes
    assert model.stages["custody"].label == "Custody"
    assert model.organisations["moj"].legal_jurisdictions == ("england-and-wales",)
    assert model.datasets["data-first/civil"].coverage_end == "2022-01-31"
    assert {cls.stage for cls in model.classes.values()} - {None} <= set(model.stages)


def test_a_property_is_added_by_turtle_alone(extra: Extra) -> None:
    path = extra(
        """jg:shoeSize a owl:DatatypeProperty , owl:FunctionalProperty ; rdfs:label "shoe size"@en ;
        rdfs:range xsd:integer ; jg:appliesTo jg:PersonRecord ; jg:owner org:police ;
        jg:sensitivity jg:personal ."""
    )
    model = Model.load(path)
    assert model.table_schema("PersonRecord")["shoeSize"] == pl.Int64
    assert model.digest != Model.default().digest


@pytest.mark.parametrize(
    ("turtle", "says"),
    [
        ("jg:Bad a owl:Class ; rdfs:subClassOf jg:Nowhere .", "jg:Nowhere, which is no class"),
        ("jg:A a owl:Class ; rdfs:subClassOf jg:A .", "subclass of itself"),
        (
            "jg:A a owl:Class ; rdfs:subClassOf jg:Case , jg:EventRecord .",
            "is below 2 root classes",
        ),
        ("jg:p a owl:DatatypeProperty ; rdfs:range xsd:gYear .", "has range"),
        ("jg:p a owl:DatatypeProperty .", "has no range"),
        ("jg:p a owl:ObjectProperty ; rdfs:range jg:Nowhere .", "unknown class Nowhere"),
        ("jg:p a owl:ObjectProperty ; rdfs:range skos:Concept .", "no jg:scheme"),
        (
            "jg:p a owl:DatatypeProperty ; rdfs:range xsd:date ; jg:appliesTo jg:Nowhere .",
            "applies to unknown class Nowhere",
        ),
        ("jg:Reception jg:before jg:ChargeLaid .", "stands before itself"),
        ("jg:Reception jg:before jg:Nowhere .", "before unknown class"),
        ("jg:birthDate rdfs:range xsd:string .", "2 values"),
        ("<https://w3id.org/justicegraph/code/x/1> a skos:Concept .", "is in no scheme"),
    ],
)
def test_terms_that_contradict_each_other_are_named(extra: Extra, turtle: str, says: str) -> None:
    with pytest.raises(ModelError, match="JG-ONT-003") as caught:
        Model.load(extra(turtle))
    assert says in str(caught.value)


def test_broken_turtle_names_file_and_line(extra: Extra) -> None:
    path = extra("jg:A a owl:Class ;;; rdfs:label 'x' \n jg:B a .")
    with pytest.raises(TurtleError, match=r"JG-ONT-001: .*extra\.ttl line \d+ is not Turtle"):
        Model.load(path)


def test_bytes_that_are_no_text_are_a_typed_error(tmp_path: Path) -> None:
    path = tmp_path / "latin.ttl"
    path.write_bytes(HEAD.encode() + 'jg:A rdfs:label "caf\xe9" .'.encode("latin-1"))
    with pytest.raises(TurtleError, match="JG-ONT-001"):
        Model.load(path)


def test_an_ill_typed_literal_is_not_rewritten(extra: Extra) -> None:
    path = extra("jg:Reception owl:deprecated 'maybe'^^xsd:boolean .")
    assert not Model.load(path).classes["Reception"].deprecated


def test_an_unknown_name_is_answered_with_the_nearest(model: Model) -> None:
    with pytest.raises(UnknownTermError, match="Did you mean PersonRecord") as caught:
        model.root_of("PersonRecrd")
    assert isinstance(caught.value, JusticeGraphError)
    with pytest.raises(UnknownTermError, match="code scheme"):
        model.concept_iri("cp-gendr", "MALE")


def test_the_model_cannot_be_changed(model: Model) -> None:
    with pytest.raises(TypeError):
        model.classes["X"] = model.classes["Case"]  # type: ignore[index]  # frozen: that is the test
    with pytest.raises(AttributeError):
        model.classes["Case"].label = "x"  # type: ignore[misc]  # frozen: that is the test
