"""Every mapping rests on evidence, and agrees with the columns of the published lists."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from ontology.model import Model

MODEL = Model.default()


def rows(samples: Path, name: str) -> list[dict[str, str]]:
    with (samples / "codes" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def items(samples: Path, name: str) -> list[dict[str, Any]]:
    content = json.loads((samples / "codes" / name).read_text("utf-8-sig"))
    return next(iter(content.values())) if isinstance(content, dict) else content  # type: ignore[no-any-return]  # JSON


def shared(scheme: str, notation: str, target: str) -> str | None:
    """The notation in the target scheme that a code is read as."""
    found = MODEL.shared(MODEL.concept_iri(scheme, notation), target)
    return MODEL.concepts[found].notation if found else None


def held(scheme: str) -> dict[str, Any]:
    return dict(MODEL.schemes[scheme].concepts)


def test_every_mapping_is_of_a_crosswalk_with_evidence() -> None:
    stated = {(each.source_scheme, each.target_scheme) for each in MODEL.crosswalks.values()}
    used = {
        (code.scheme, MODEL.concepts[other].scheme)
        for code in MODEL.concepts.values()
        for other in (*code.exact, *code.broad, *code.close, *code.narrow)
    }
    denoting = {code.scheme for code in MODEL.concepts.values() if code.denotes_class}
    classes = {scheme for scheme, target in stated if target in MODEL.classes}
    fix = "state what the mappings rest on in ontology/crosswalks.ttl"
    assert used - stated == set(), fix
    assert denoting - classes == set(), fix
    empty = [
        name
        for name, each in MODEL.crosswalks.items()
        if not MODEL.mappings(each.source_scheme, each.target_scheme)
    ]
    assert not empty, "a crosswalk without mappings says nothing"
    assert all(len(each.evidence) > 30 for each in MODEL.crosswalks.values())


def test_results_are_final_where_both_lists_say_so(samples: Path) -> None:
    cjs = {item["cjsCode"]: item["type"] for item in items(samples, "cjs/result-code.json")}
    nomis = {
        row["result_code"]: row["disposition_code"]
        for row in rows(samples, "nomis/offence-result-codes.csv")
    }
    means = {"F": "FINAL", "I": "INTERMEDIARY", "P": "ANCILLARY"}
    for notation in held("cjs-result"):
        agreed = cjs.get(notation) if cjs.get(notation) == nomis.get(notation) else None
        assert shared("cjs-result", notation, "result-category") == means.get(agreed or "")


def test_results_that_convict_are_flagged_so_by_the_prison_list(samples: Path) -> None:
    flags = {
        row["result_code"]: row["conviction_flag"]
        for row in rows(samples, "nomis/offence-result-codes.csv")
    }
    against = {
        notation
        for notation in held("cjs-result")
        for said in [shared("cjs-result", notation, "conviction")]
        if (said, flags.get(notation)) in {("convicted", "N"), ("not-convicted", "Y")}
    }
    # An interim hospital order is made on conviction (Mental Health Act 1983, section 38); a
    # supervision and treatment order after a finding of insanity or unfitness, without one.
    assert against == {"4582", "1079"}


def test_every_result_that_says_remand_is_a_remand(samples: Path) -> None:
    says = {
        item["cjsCode"]
        for item in items(samples, "cjs/result-code.json")
        if "remand" in item["description"].lower()
    }
    remands = {
        notation
        for notation in held("cjs-result")
        if shared("cjs-result", notation, "remand-status")
        or (shared("cjs-result", notation, "result-kind") or "").startswith("remand")
    }
    # 1042 Remand Home and 4059 of the Northern Irish department are no remands of these courts.
    assert says - remands <= {"1042", "4059"}
    sent_in_custody = {"4016", "4560", "4561", "4564", "4570", "4571"}
    assert sent_in_custody <= remands


def test_movements_are_events_by_type_and_reason(samples: Path) -> None:
    found = {
        f"{row['movement_type']}-{row['movement_reason_code']}": row["description"]
        for row in rows(samples, "nomis/movement-reasons.csv")
    }
    codes = held("nomis-movement")
    assert not set(found) - set(codes)
    assert all(codes[pair].denotes_class for pair in found)
    for pair, description in found.items():
        if pair.startswith("ADM") and description.startswith("Recall"):
            assert codes[pair].denotes_class == "Recall", pair
    assert codes["REL-BL"].denotes_class == "BailRelease"
    assert codes["REL-ESCP"].denotes_class == "Escape"


def test_offences_have_the_class_that_reference_data_gives(samples: Path) -> None:
    given = {
        row["cjs_code"]: row["home_office_class"].replace("/", "")
        for row in rows(samples, "police/cjs-offence-to-home-office-class.csv")
    }
    category = {
        item["cjsCode"]: item["offenceCategory"] for item in items(samples, "cjs-offences.json")
    }
    compared = 0
    for notation, code in held("cjs-offence").items():
        classes = {iri.rpartition("/")[2] for iri in code.broad if "/home-office-offence/" in iri}
        if given.get(notation) not in (None, "00000", "99999"):
            assert given[notation] in classes, notation
            compared += 1
        if notation in category and shared("cjs-offence", notation, "offence-category"):
            assert shared("cjs-offence", notation, "offence-category") == category[notation]
        motoring = shared("cjs-offence", notation, "offence-group") == "summary-motoring"
        assert not motoring or category.get(notation, "CM") == "CM", notation
    assert compared == 83


def test_verdicts_convict(samples: Path) -> None:
    kinds = {"G": "convicted", "A": "convicted", "N": "not-convicted"}
    for item in items(samples, "common-platform-verdict-types-magistrates.json"):
        category, cjs = item["categoryType"], item["cjsVerdictCode"]
        if category in held("cp-verdict") and (category, cjs) != ("NOT_GUILTY", "O"):
            said = shared("cp-verdict", category, "conviction")
            assert said == kinds.get(cjs, "undecided"), category
    # Guilty of an alternative: PNC says NOT GUILTY, and yet there is a conviction.
    alternative = next(i for i in items(samples, "cjs/verdict.json") if i["cjsCode"] == "NA")
    assert alternative["pncCode"] == "NOT GUILTY"
    assert shared("verdict", "NA", "conviction") == "convicted"


@pytest.mark.parametrize(
    ("notation", "group"),
    [("A4", "asian"), ("O1", "asian"), ("W8", "white"), ("O2", "other"), ("NS", "not-stated")],
)
def test_what_a_person_says_is_gathered_in_five_groups(notation: str, group: str) -> None:
    assert shared("ethnicity", notation, "ethnicity-group") == group


def test_what_an_officer_saw_is_never_read_as_what_a_person_says() -> None:
    assert set(held("ethnicity-observed")) == {"A", "B", "N", "O", "W"}
    for notation, code in held("ethnicity-observed").items():
        assert len(code.close) == 1
        assert shared("ethnicity-observed", notation, "ethnicity-group") is None
        assert shared("ethnicity-observed", notation, "ethnicity") is None


def test_every_stated_ethnicity_of_the_prison_list_has_a_group(samples: Path) -> None:
    listed = [r for r in rows(samples, "nomis-reference-codes.csv") if r["domain"] == "ETHNICITY"]
    assert len(listed) == 22
    prefix = {"A": "asian", "B": "black", "M": "mixed", "W": "white"}
    for row in listed:
        group = shared("ethnicity", row["code"], "ethnicity-group")
        if row["code"] != "MERGE" and row["code"][0] in prefix:
            assert group == prefix[row["code"][0]]
        assert group is not None
