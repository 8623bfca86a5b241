"""Two answers of the PNC about people whose identifiers are hidden, as read in the files."""

from pathlib import Path

from linkage import run
from loaders import load
from ontology import Model
from releases import Releases
from tests.loaders.nomis.told import Tell

BEFORE, AFTER = "before-results", "disposals-dismissed-and-withdrawn"


def short(rows: list[tuple[str | None, ...]]) -> list[tuple[str | None, ...]]:
    """Rows whose keys are without the fingerprint they begin with."""
    return [
        tuple(cell and "/".join(p for p in cell.split("/") if "hidden-" not in p) for cell in row)
        for row in rows
    ]


def test_every_file_is_of_its_source(samples: Path, tell: Tell) -> None:
    report = tell(samples / "pnc").report
    assert {Path(file.path).stem: (file.status, file.source) for file in report.files} == {
        BEFORE: ("loaded", "pnc/enquiry"),
        AFTER: ("loaded", "pnc/enquiry"),
        "new-case-from-police": ("loaded", "police-spi/new-case"),
    }
    assert report.files[0].rejected == report.files[1].rejected == 0


def test_charges_without_results(samples: Path, tell: Tell) -> None:
    told = tell(samples / "pnc" / f"{BEFORE}.xml")
    asn = "1101ZD01448754K"
    # Trans-Filename 11111948MU0 is the birth date and the sex; DOB is 0 and SEX empty.
    person = ("pncId", "fullName", "birthDate", "sex")
    assert told.rows("PersonRecord", *person) == [(None, "SEXOFFENCE, TRPRFOUR", "1948-11-11", "M")]
    charge = ("key", "asn", "offenceCode", "offenceStartDate", "offenceTitle", "plea")
    assert short(told.rows("Issue", *charge)) == [
        (f"arrest/{asn}/1", asn, "SX03001A", "2010-11-28", "ATTEMPT/RAPE OF FEMALE UNDER 16", None),
        (f"arrest/{asn}/2", asn, "SX03001", "2010-11-28", "RAPE OF FEMALE UNDER 16", None),
        (f"arrest/{asn}/3", asn, "RT88191", "2010-11-28", "USING VEHICLE WHILE UNINSURED", None),
    ]
    event = ("class", "status", "eventDate", "courtCode", "courtName")
    assert told.rows("EventRecord", *event) == [
        ("Hearing", "planned", "2011-09-26", "2732", "CROYDON")
    ]
    assert told.rows("DecisionRecord", "key") == []


def test_convictions_and_acquittals(samples: Path, tell: Tell) -> None:
    told = tell(samples / "pnc" / f"{AFTER}.xml")
    charge = ("key", "offenceCode", "offenceSequence", "offenceStartDate", "plea")
    assert short(told.rows("Issue", *charge)) == [
        ("CV/1/1", "TH68001", "1", "2006-11-28", "2"),
        ("CV/1/2", "TH68007", "2", "2006-11-28", "2"),
        ("NG/1/1", "TH68006", "1", "2006-11-28", "2"),
        ("NG/1/2", "TH68151", "2", "2006-11-28", "2"),
    ]
    # Remitted on 1 November, sentenced on 2 December 2008; 29 May 2009 is the end of the order.
    disposal = ("key", "decisionDate", "resultCode", "lengthText", "amount")
    assert short(told.rows("DecisionRecord", *disposal)) == [
        ("CV/1/1/00/1", "2008-11-01", "4011", None, None),
        ("CV/1/1/01/1", "2008-12-02", "1116", None, None),
        ("CV/1/1/01/2", "2008-12-02", "3101", "H100", None),
        ("CV/1/2/00/1", "2008-11-01", "4011", None, None),
        ("CV/1/2/01/1", "2008-12-02", "1116", None, None),
        ("CV/1/2/01/2", "2008-12-02", "3101", "H19", None),
        ("NG/1/1/00/1", "2009-05-08", "2006", None, None),
        ("NG/1/2/00/1", "2009-05-08", "2006", None, None),
    ]
    asn = "1101VK01376263Q"
    event = ("key", "class", "status", "eventDate")
    # The later appearance stands twice, once for each charge: it is one.
    assert short(told.rows("EventRecord", *event)) == [
        ("CV/1/1/sentence/2008-12-02", "Sentence", "happened", "2008-12-02"),
        ("CV/1/1/verdict", "Verdict", "happened", "2008-11-01"),
        ("CV/1/2/sentence/2008-12-02", "Sentence", "happened", "2008-12-02"),
        ("CV/1/2/verdict", "Verdict", "happened", "2008-11-01"),
        ("CV/1/appearance/2008-12-02/2576", "Hearing", "happened", "2008-12-02"),
        ("NG/1/1/verdict", "Verdict", "happened", "2009-05-08"),
        ("NG/1/2/verdict", "Verdict", "happened", "2009-05-08"),
        (f"arrest/{asn}/next-hearing/2008-12-02", "Hearing", "planned", "2008-12-02"),
        (f"arrest/{asn}/next-hearing/2009-11-01", "Hearing", "planned", "2009-11-01"),
        (f"arrest/{asn}/remand/2008-11-01", "RemandDecision", "happened", "2008-11-01"),
        (f"arrest/{asn}/remand/2009-05-08", "RemandDecision", "happened", "2009-05-08"),
    ]
    assert set(told.by("EventRecord", "key", "verdict").values()) == {None, "G", "N"}
    assert told.count("EventRecord", "remandStatus") == {None: 9, "B": 2}


def test_the_new_case_that_the_police_sent(samples: Path, tell: Tell) -> None:
    told = tell(samples / "pnc" / "new-case-from-police.xml")
    urn, asn = "01ZD0303208", "1101ZD0100000448754K"
    person = ("key", "givenName", "familyName", "birthDate", "sex", "selfDefinedEthnicity")
    assert told.rows("PersonRecord", *person) == [
        (f"{urn}/{asn}", "TRPRFOUR", "SEXOFFENCE", "1948-11-11", "1", "W1")
    ]
    assert told.rows("Participation", "asn", "bailStatus") == [(asn, "C")]
    charge = ("offenceSequence", "offenceCode", "offenceStartDate", "chargeDate", "arrestDate")
    assert told.rows("Issue", *charge) == [
        ("1", "SX03001A", "2010-11-28", "2010-12-02", "2010-12-01"),
        ("2", "SX03001", "2010-11-28", "2010-12-02", "2010-12-01"),
        ("3", "RT88191", "2010-11-28", "2010-12-02", "2010-12-01"),
    ]
    assert told.count("EventRecord", "class") == {"Arrest": 3, "ChargeLaid": 3, "FirstHearing": 1}


def test_a_date_in_another_form_is_refused_not_guessed(
    samples: Path, tell: Tell, tmp_path: Path
) -> None:
    text = (samples / "pnc" / f"{AFTER}.xml").read_text("utf-8")
    assert text.count('REMAND-DATE="08052009"') == 1
    file = tmp_path / "other.xml"
    file.write_text(text.replace('REMAND-DATE="08052009"', 'REMAND-DATE="08/05/09"'), "utf-8")
    told = tell(file)
    assert told.count("EventRecord", "class")["RemandDecision"] == 1
    assert told.report.files[0].rejected == 1


def test_the_pnc_the_police_and_the_court_speak_of_one_man_and_three_charges(
    samples: Path, tmp_path: Path
) -> None:
    """The PNC writes 1101ZD01448754K what police and court write 1101ZD0100000448754K."""
    files = [
        samples / "pnc" / f"{BEFORE}.xml",
        samples / "pnc" / "new-case-from-police.xml",
        samples / "court-results-spi" / "input-message-001.xml",
    ]
    releases = Releases.open(tmp_path / "data", Model.default())
    with releases.write() as writer:
        load(files, releases, writer, Model.default())
        run(releases, writer, Model.default())
        writer.commit()
    members = releases.state("Membership").collect()
    rows = [(iri, thing) for iri, thing in members.select("iri", "thing").iter_rows()]
    people = [thing for iri, thing in rows if "/person/high/" in iri]
    assert (len(people), len(set(people))) == (3, 1)
    assert len({thing for iri, thing in rows if "/matter/" in iri}) == 1
    charges = [thing for iri, thing in rows if "/charge/" in iri]
    assert (len(charges), len(set(charges))) == (9, 3)
