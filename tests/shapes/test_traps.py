"""What the RDF tools get wrong on real data, shown, and kept out (architecture, decision 6)."""

import polars as pl
import pyshacl
import pytest
import rdflib
from rdflib import RDF, Literal, URIRef

import shapes
from ontology.model import Model
from shapes import lexical
from shapes.errors import ShapesError
from shapes.rules import JG, Shapes, python_pattern

MODEL = Model.default()
BASE = "https://justicegraph.example/id/"
PERSON = f"{BASE}PersonRecord/test/traps/1"
LABELS = 'jg:code "JG-TST-001" ; sh:message "Wrong." ; jg:fix "Right it." ; sh:severity sh:Warning'
PREFIXES = """
    PREFIX jg: <https://w3id.org/justicegraph/ontology#>
    PREFIX jgs: <https://w3id.org/justicegraph/shape/>
    PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
    PREFIX sh: <http://www.w3.org/ns/shacl#>
    PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""


def graph(turtle: str) -> rdflib.Graph:
    with lexical.unnormalised():
        return rdflib.Graph(bind_namespaces="none").parse(data=PREFIXES + turtle)


def shape(path: str, constraint: str, target: str = "PersonRecord") -> rdflib.Graph:
    return graph(
        f"jgs:T a sh:NodeShape ; sh:targetClass jg:{target} ; sh:property jgs:JG-TST-001 . "
        f"jgs:JG-TST-001 sh:path jg:{path} ; {constraint} ; {LABELS} ."
    )


def persons(**cells: object) -> dict[str, pl.DataFrame]:
    columns = {"iri": PERSON, "class": "PersonRecord", **cells}
    return {"PersonRecord": pl.DataFrame({name: [cell] for name, cell in columns.items()})}


def born_after_death() -> rdflib.Graph:
    return graph(
        f"<{PERSON}> a jg:PersonRecord ; "
        'jg:birthDate "1985-02-30"^^xsd:date ; jg:deathDate "1980-01-01"^^xsd:date .'
    )


def test_pyshacl_stops_when_less_than_meets_an_ill_typed_date() -> None:
    rules = shape("birthDate", "sh:lessThanOrEquals jg:deathDate")
    with pytest.raises(TypeError):
        pyshacl.validate(born_after_death(), shacl_graph=rules)


def test_the_gate_in_front_keeps_that_date_out() -> None:
    born, ill_typed = lexical.cast(pl.Series(["1985-02-30"]), "date")
    died, _ = lexical.cast(pl.Series(["1980-01-01"]), "date")
    assert ill_typed.to_list() == [True]
    rules = Shapes.of(shape("birthDate", "sh:lessThanOrEquals jg:deathDate"))
    frames = {
        "PersonRecord": pl.DataFrame(
            {"iri": [PERSON], "class": ["PersonRecord"], "birthDate": born, "deathDate": died}
        )
    }
    assert shapes.check(frames, MODEL, shapes=rules).is_empty()


@pytest.mark.filterwarnings("ignore:Parsing weird boolean")
def test_rdflib_makes_false_of_maybe_unless_told_to_keep_it() -> None:
    written = '<urn:a> jg:active "maybe"^^xsd:boolean .'
    assert [str(term) for term in rdflib.Graph().parse(data=PREFIXES + written).objects()] == [
        "false"
    ]
    assert [str(term) for term in graph(written).objects()] == ["maybe"]
    values, ill_typed = lexical.cast(pl.Series(["maybe", "false"]), "boolean")
    assert values.to_list() == [None, False]
    assert ill_typed.to_list() == [True, False]


def test_leaving_the_reading_restores_rdflib_as_it_was() -> None:
    before = rdflib.NORMALIZE_LITERALS
    with pytest.raises(ValueError), lexical.unnormalised():
        raise ValueError
    assert rdflib.NORMALIZE_LITERALS is before


def test_pyshacl_takes_a_space_for_the_t_of_a_date_time() -> None:
    data = graph('<urn:a> a jg:EventRecord ; jg:eventDateTime "2020-01-01 10:00"^^xsd:dateTime .')
    rules = shape("eventDateTime", "sh:datatype xsd:dateTime", "EventRecord")
    conforms, _, _ = pyshacl.validate(data, shacl_graph=rules)
    assert conforms
    _, ill_typed = lexical.cast(pl.Series(["2020-01-01 10:00"]), "dateTime")
    assert ill_typed.to_list() == [True]


@pytest.mark.parametrize("ending", ["\n", " ", "\r\n", "\u2028", "x"])
def test_an_ending_after_the_pattern_is_not_let_through(ending: str) -> None:
    """`$` in Python's re, and so in pyshacl, also stands before a last newline."""
    rules = shape("crn", 'sh:pattern "^[A-Z][0-9]{6}$"')
    data = rdflib.Graph()
    data.add((URIRef(PERSON), RDF.type, JG.PersonRecord))
    data.add((URIRef(PERSON), JG.crn, Literal("X320741" + ending)))
    conforms, _, _ = pyshacl.validate(data, shacl_graph=rules)
    assert conforms is (ending == "\n")
    found = shapes.check(persons(crn="X320741" + ending), MODEL, shapes=Shapes.of(rules))
    assert found["value"].to_list() == ["X320741" + ending]
    assert shapes.check(persons(crn="X320741"), MODEL, shapes=Shapes.of(rules)).is_empty()


@pytest.mark.parametrize(
    ("xpath", "python"),
    [
        ("^[A-Z]$", r"^[A-Z]\Z"),
        (r"^\$[0-9]+$|^free$", r"^\$[0-9]+\Z|^free\Z"),
        ("^[$£][0-9]$", r"^[$£][0-9]\Z"),
        (r"\\$", r"\\\Z"),
    ],
)
def test_a_pattern_is_read_as_xpath_reads_it(xpath: str, python: str) -> None:
    assert python_pattern(xpath) == python


@pytest.mark.parametrize(
    "pattern", [r"\bA", r"\w+", r"\p{Lu}", r"(?i)a", r"\s", r"a\Z", "[a-z-[b]]", "[a&&b]", "(a"]
)
def test_a_pattern_that_python_and_xpath_read_differently_is_refused(pattern: str) -> None:
    with pytest.raises(ShapesError, match="JG-SHP-004"):
        python_pattern(pattern)


def test_a_flag_that_xpath_does_not_have_is_refused() -> None:
    with pytest.raises(ShapesError, match="JG-SHP-004"):
        python_pattern("a", "k")


@pytest.mark.parametrize(
    ("pattern", "flags", "passes", "fails"),
    [
        ("^a.b$", "", ["a-b"], ["a\nb", "a\rb"]),
        ("^a.b$", "s", ["a\nb", "a\rb"], ["ab"]),
        ("^ a [ ] b $", "x", ["a b"], [" a b", "ab"]),
        ("a.b|(", "q", ["xa.b|(y"], ["a-b"]),
        ("^b$", "m", ["a\nb"], ["ab"]),
        ("^A$", "i", ["a"], ["b"]),
    ],
)
def test_flags_mean_what_xpath_says(
    pattern: str, flags: str, passes: list[str], fails: list[str]
) -> None:
    """pyshacl passes s, x and q over, so they go into the pattern."""
    rules = Shapes.of(shape("crn", f'sh:pattern "{pattern}" ; sh:flags "{flags}"'))
    for text in passes:
        assert shapes.check(persons(crn=text), MODEL, shapes=rules).is_empty()
    for text in fails:
        assert shapes.check(persons(crn=text), MODEL, shapes=rules)["value"].to_list() == [text]


@pytest.mark.parametrize("word", ["minCounts", "expression", "js"])
def test_a_word_that_pyshacl_passes_over_is_refused(word: str) -> None:
    """Whoever writes sh:minCounts believes that something is checked."""
    with pytest.raises(ShapesError, match=rf"JG-SHP-004.*sh:{word}"):
        Shapes.of(shape("crn", f"sh:minCount 1 ; sh:{word} 1"))


def test_text_with_its_datatype_written_out_is_the_same_term() -> None:
    rules = Shapes.of(shape("crn", 'sh:in ( "X1"^^xsd:string )'))
    assert shapes.check(persons(crn="X1"), MODEL, shapes=rules).is_empty()
    assert shapes.check(persons(crn="X2"), MODEL, shapes=rules)["row"].to_list() == [0]


def test_a_link_is_judged_by_the_root_class_in_its_iri() -> None:
    rules = Shapes.of(shape("aboutPerson", "sh:class jg:PersonRecord", "EventRecord"))
    targets = [PERSON, f"{BASE}OrganisationRecord/a/b/1", "urn:somebody", None]
    frame = pl.DataFrame(
        {"iri": [f"{BASE}EventRecord/a/b/{n}" for n in range(4)], "aboutPerson": targets}
    ).with_columns(pl.lit("Arrest").alias("class"))
    found = shapes.check({"EventRecord": frame}, MODEL, shapes=rules)
    assert found.select("row", "value").rows() == [(1, targets[1]), (2, targets[2])]


def test_nothing_is_reported_about_a_record_outside_the_batch() -> None:
    """The case that the participation names is a Case by its IRI, and would lack a reference."""
    rules = Shapes.of(shape("caseReference", "sh:minCount 1", "Case"))
    frame = pl.DataFrame(
        {
            "iri": [f"{BASE}Participation/a/b/1"],
            "class": ["Participation"],
            "inCase": [[f"{BASE}Case/a/b/1"]],
        }
    )
    assert shapes.check({"Participation": frame}, MODEL, shapes=rules).is_empty()


def test_two_documents_of_one_record_are_judged_apart() -> None:
    """As one node, their dates would mix: born in one before they died in the other."""
    rules = Shapes.of(shape("birthDate", "sh:maxCount 1 ; sh:lessThanOrEquals jg:deathDate"))
    born, died = (
        lexical.cast(pl.Series(texts), "date")[0]
        for texts in (
            ["1980-01-01", "1990-01-01", "1995-01-01"],
            ["2000-01-01", None, "1994-01-01"],
        )
    )
    frame = pl.DataFrame(
        {"iri": [PERSON] * 3, "class": ["PersonRecord"] * 3, "birthDate": born, "deathDate": died}
    )
    found = shapes.check({"PersonRecord": frame}, MODEL, shapes=rules)
    assert found.select("iri", "row", "value").rows() == [(PERSON, 2, "1995-01-01")]


def test_a_subclass_is_a_target_and_another_class_is_not() -> None:
    rules = Shapes.of(shape("eventDate", "sh:minCount 1", "Hearing"))
    frame = pl.DataFrame(
        {"iri": [f"{BASE}EventRecord/a/b/{n}" for n in range(3)]},
    ).with_columns(pl.Series("class", ["Hearing", "FirstHearing", "Release"]))
    found = shapes.check({"EventRecord": frame}, MODEL, shapes=rules)
    assert found["row"].to_list() == [0, 1]


@pytest.mark.parametrize("missing", ["jg:code", "sh:message", "jg:fix", "sh:severity"])
def test_a_shape_that_may_report_says_everything(missing: str) -> None:
    rules = shape("crn", "sh:minCount 1")
    subject = URIRef("https://w3id.org/justicegraph/shape/JG-TST-001")
    rules.remove((subject, rules.namespace_manager.expand_curie(missing), None))
    with pytest.raises(ShapesError, match="JG-SHP-003"):
        Shapes.of(rules)


def test_one_code_names_one_shape() -> None:
    rules = shape("crn", "sh:minCount 1")
    rules += graph(
        f"jgs:U sh:targetClass jg:PersonRecord ; sh:property jgs:V . "
        f"jgs:V sh:path jg:crn ; sh:maxLength 9 ; {LABELS} ."
    )
    with pytest.raises(ShapesError, match=r"JG-SHP-003.*two shapes"):
        Shapes.of(rules)


def test_a_class_that_could_not_be_told_is_refused() -> None:
    rules = Shapes.of(shape("crn", "sh:minCount 1", "Prisoner"))
    with pytest.raises(ShapesError, match="JG-SHP-004"):
        shapes.check(persons(), MODEL, shapes=rules)


def test_a_frame_that_holds_no_records_is_refused() -> None:
    with pytest.raises(ShapesError, match=r"JG-SHP-005.*no column class"):
        shapes.check({"Case": pl.DataFrame({"iri": ["urn:a"]})}, MODEL)
    with pytest.raises(ShapesError, match=r"JG-SHP-005.*no such root"):
        shapes.check({"Hearing": pl.DataFrame({"iri": [""], "class": [""]})}, MODEL)


def test_a_shapes_file_that_is_not_turtle_says_which(tmp_path: object) -> None:
    from pathlib import Path

    file = Path(str(tmp_path)) / "broken.ttl"
    file.write_text("jgs:T a sh:NodeShape", encoding="utf-8")
    with pytest.raises(ShapesError, match=r"JG-SHP-002.*broken\.ttl"):
        Shapes.load(file)


def test_a_closed_list_is_compared_as_terms_not_as_text() -> None:
    rules = Shapes.of(shape("ageAtOffence", "sh:in ( 1 2 )", "Participation"))
    frame = pl.DataFrame(
        {"iri": [f"{BASE}Participation/a/b/{n}" for n in range(3)], "ageAtOffence": [1, 2, 3]}
    ).with_columns(pl.lit("Participation").alias("class"))
    found = shapes.check({"Participation": frame}, MODEL, shapes=rules)
    assert found.select("row", "value").rows() == [(2, "3")]
