"""Real messages of the Standard Prosecutor Interface through the load, both ways."""

import re
from pathlib import Path

import polars as pl
import pytest
from lxml import etree

from ontology.identifiers import document_id
from tests.loaders.common_platform.expectations import Expectation, differences, read
from tests.loaders.common_platform.loading import Folder

EXPECTED = [read(file) for file in sorted((Path(__file__).parent / "expected").glob("*.yaml"))]
FOLDERS = {
    "police-spi/new-case": "police-spi",
    "court-results-spi/resulted-case": "court-results-spi",
}
# The offence ends a year before it starts: that charge alone is rejected.
REJECTED = {"individual-defendant-all-fields": ["JG-ISS-005"]}
PEOPLE_AT_WORK = ("OtherPartyOfficerInCase", "DataController", "User", "Informant")


def test_every_sample_has_an_expectation(samples: Path) -> None:
    found = {file.stem for name in FOLDERS.values() for file in (samples / name).glob("*.xml")}
    assert found == {expected.name for expected in EXPECTED}


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_a_message_becomes_what_reading_it_says(
    expected: Expectation, samples: Path, folder: Folder
) -> None:
    report = folder.load(samples / FOLDERS[expected.dataset] / f"{expected.name}.xml")
    [file] = report.files
    assert (file.status, file.source) == ("loaded", expected.dataset)
    assert differences(expected, folder.live()) == []
    rejects = folder.findings().filter(pl.col("effect") == "record").get_column("code")
    assert rejects.to_list() == REJECTED.get(expected.name, [])
    documents = folder.releases.documents().collect()
    [(document, version)] = documents.select("document", "version").iter_rows()
    [wanted] = expected.documents
    assert document == document_id(expected.dataset, wanted["key"])
    assert version.startswith(str(wanted["version"]))
    assert bool(version) == bool(wanted["version"])


def test_all_samples_load_together_and_the_counts_balance(samples: Path, folder: Folder) -> None:
    files = [samples / name for name in FOLDERS.values()]
    report = folder.load(*files)
    assert {file.status for file in report.files} == {"loaded"}
    # The three results are one hearing of one defendant, sent at the same moment: one stands, and
    # the contradiction is reported.
    documents = folder.releases.documents(dataset="court-results-spi/resulted-case").collect()
    assert documents.height == 1
    again = folder.load(*files)
    assert (again.release, again.loaded, again.read) == (None, 0, report.read)


def test_first_and_next_hearings_are_plans(samples: Path, folder: Folder) -> None:
    folder.load(
        samples / "police-spi", samples / "court-results-spi" / "input-message-001-variations.xml"
    )
    events = folder.live()["EventRecord"]
    plans = events.filter(pl.col("iri").str.contains("/initial-hearing|/next-hearing/"))
    assert plans.height == 8
    assert plans.get_column("status").str.ends_with("/planned").all()


def test_results_of_two_defendants_in_two_messages_both_stand(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    file = samples / "court-results-spi" / "input-message-001.xml"
    other = file.read_text("utf-8").replace("1101ZD0100000448754K", "1101ZD0100000448755L")
    (tmp_path / "other.xml").write_text(other, "utf-8")
    folder.load(file)
    folder.load(tmp_path / "other.xml")
    live = folder.live()
    assert (live["Participation"].height, live["DecisionRecord"].height) == (2, 6)
    assert live["Case"].height == 1


def test_a_company_is_not_a_person(samples: Path, folder: Folder, tmp_path: Path) -> None:
    message = etree.parse(samples / "police-spi" / "single-defendant-single-offence.xml")
    [defendant] = message.iter("{*}Defendant")
    defendant.remove(next(defendant.iter("{*}PoliceIndividualDefendant")))
    message.write(tmp_path / "company.xml")
    folder.load(tmp_path / "company.xml")
    live = folder.live()
    assert live["OrganisationRecord"].get_column("name").to_list() == ["AnOrganisation"]
    [party] = live["Participation"].filter(pl.col("asn").is_not_null()).get_column("party")
    assert "/OrganisationRecord/" in party
    # The victim is the only person left.
    assert live["PersonRecord"].get_column("familyName").to_list() == ["BALBOA"]


def test_broken_text_inside_an_envelope_is_reported(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    whole = (samples / "police-spi" / "individual-defendant-all-fields.xml").read_text("utf-8")
    (tmp_path / "broken.xml").write_text(whole.replace("&lt;/libra:Case&gt;", "", 1), "utf-8")
    report = folder.load(tmp_path / "broken.xml")
    [file] = report.files
    assert (file.status, report.exit_code, report.release) == ("unreadable", 1, None)
    assert "JG-LOD-005" in file.reason


def test_officers_and_users_are_stored_nowhere(samples: Path, folder: Folder) -> None:
    files = [file for name in FOLDERS.values() for file in sorted((samples / name).glob("*.xml"))]
    names = {name for file in files for name in professionals(file)}
    names.remove("007007")  # an officer's number, but the defendant's reference as well
    assert {"Nicolai", "HOBBS", "OIC", "richard.hanley", "vegaoic@test.dom"} <= names
    folder.load(*files)
    word = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(names)))
    assert [text for text in folder.texts() if word.search(text)] == []


def professionals(file: Path) -> set[str]:
    """Names, numbers and emails of people who stand in a message because of their work.

    Messages inside messages are text: they are parsed like the message around them.
    """
    told = re.compile("Name|Email|User|DataController|Reference|Informant")
    found: set[str] = set()
    texts = [file.read_bytes()]
    while texts:
        for element in etree.fromstring(texts.pop()).iter("{*}*"):
            text = (element.text or "").strip()
            if text.startswith("<"):
                texts.append(text.encode())
            elif text and len(text) > 2 and told.search(etree.QName(element).localname):
                above = [element, *element.iterancestors()]
                if any(etree.QName(each).localname in PEOPLE_AT_WORK for each in above):
                    found.add(text)
    return found
