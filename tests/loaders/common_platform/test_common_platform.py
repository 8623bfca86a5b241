"""Common Platform's real messages through the load, against what reading them says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest

from ontology.identifiers import BASE, document_id
from tests.loaders.common_platform.expectations import Expectation, differences, read
from tests.loaders.common_platform.loading import Folder

EXPECTED = [read(file) for file in sorted((Path(__file__).parent / "expected").glob("*.yaml"))]
RESULTED = "common-platform/hearing-resulted"


def test_every_sample_has_an_expectation(samples: Path) -> None:
    names = {file.stem for file in (samples / "common-platform").glob("*.json")}
    assert names == {expected.name for expected in EXPECTED} | {"hearing-invalid"}


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected.name)
def test_a_message_becomes_what_reading_it_says(
    expected: Expectation, samples: Path, folder: Folder
) -> None:
    report = folder.load(samples / "common-platform" / f"{expected.name}.json")
    [file] = report.files
    assert (file.status, file.source, file.rejected) == ("loaded", expected.dataset, 0)
    assert differences(expected, folder.live()) == []
    documents = folder.releases.documents().collect().sort("document")
    wanted = sorted(
        (document_id(expected.dataset, told["key"]), str(told["version"]))
        for told in expected.documents
    )
    found = list(documents.select("document", "version").iter_rows())
    assert [name for name, _ in found] == [name for name, _ in wanted]
    for (_, version), (_, beginning) in zip(found, wanted, strict=True):
        assert version.startswith(beginning)
        assert bool(version) == bool(beginning)


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_reshared_hearing_ends_with_its_six_live_results(
    order: tuple[int, int], samples: Path, folder: Folder
) -> None:
    for number in order:
        folder.load(samples / "common-platform" / f"hearing-resulted-crown-{number}.json")
    [second] = [told for told in EXPECTED if told.name == "hearing-resulted-crown-2"]
    assert differences(second, folder.live()) == []


def test_both_orders_and_one_load_of_a_reshared_hearing_are_one_state(
    samples: Path, tmp_path: Path
) -> None:
    first, second = (
        samples / "common-platform" / f"hearing-resulted-crown-{number}.json" for number in (1, 2)
    )
    forward, backward, together = (Folder(tmp_path / name) for name in "abc")
    for file in (first, second):
        forward.load(file)
    for file in (second, first):
        backward.load(file)
    together.load(first, second)
    assert forward.contents() == backward.contents() == together.contents()


def test_results_written_twice_count_once_and_the_rest_as_duplicates(
    samples: Path, folder: Folder
) -> None:
    report = folder.load(samples / "common-platform" / "hearing-resulted-four-defendants.json")
    live = folder.live()
    assert live["DecisionRecord"].height == 4
    [file] = report.files
    # Four results, with two sentences and two next hearings hanging on them, stand twice.
    assert file.duplicates == 8
    assert file.loaded == sum(frame.height for frame in live.values())
    assert file.read == file.loaded + file.duplicates


def test_an_invalid_hearing_is_refused_whole_and_says_why(samples: Path, folder: Folder) -> None:
    report = folder.load(samples / "common-platform" / "hearing-invalid.json")
    [file] = report.files
    assert (file.status, file.loaded) == ("loaded", 0)
    assert file.read == file.rejected > 0
    assert (report.release, report.exit_code) == (None, 1)
    assert folder.live() == {}
    refusals = folder.findings().filter(pl.col("effect") == "document")
    told = " ".join(
        f"{path} {message}" for path, message in refusals.select("path", "message").iter_rows()
    )
    # The case's id is empty, the first defendant has none, the first day does not say when it is.
    assert "prosecutionCases[0]" in told
    assert "hearingDays[0]" in told
    assert all(refusals.get_column("fix"))


def test_a_refused_reshare_keeps_what_was_shared(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    good = samples / "common-platform" / "hearing-resulted-crown-2.json"
    folder.load(good)
    before = folder.contents()
    message = orjson.loads(good.read_bytes())
    message["sharedTime"] = "2025-08-01T10:00:00.000Z"
    message["hearing"]["prosecutionCases"][0]["defendants"][0]["id"] = " "
    report = folder.load(written(tmp_path / "reshared.json", message))
    assert report.rejected == report.read > 0
    assert folder.contents() == before
    assert folder.releases.stale().collect().height == 1


def test_london_decides_the_day_of_a_sitting(samples: Path, folder: Folder, tmp_path: Path) -> None:
    message = orjson.loads((samples / "common-platform" / "hearing-1.json").read_bytes())
    message["hearingDays"][0]["sittingDay"] = "2019-09-23T23:30:00.000Z"
    folder.load(written(tmp_path / "late.json", message))
    hearing = folder.live()["EventRecord"].filter(pl.col("class") == "Hearing")
    assert hearing.get_column("eventDate").to_list()[0].isoformat() == "2019-09-24"
    assert hearing.get_column("iri").to_list()[0].endswith(f"{message['id']}/2019-09-24")


def test_a_wrapper_makes_no_second_document(samples: Path, folder: Folder, tmp_path: Path) -> None:
    wrapped = samples / "common-platform" / "hearing-resulted-crown-1.json"
    bare = orjson.loads(wrapped.read_bytes())["hearing"]
    folder.load(written(tmp_path / "bare.json", bare))
    folder.load(wrapped)
    documents = folder.releases.documents().collect()
    name = document_id(RESULTED, ["589832ba-69df-42b0-bf6c-c4893f8dd7f7", "2025-08-04"])
    assert documents.get_column("document").to_list() == [name]


def test_days_cancelled_or_not_yet_shared_have_not_happened(
    samples: Path, folder: Folder, tmp_path: Path
) -> None:
    message = orjson.loads((samples / "common-platform" / "hearing-resulted.json").read_bytes())
    cancelled, later, held = message["hearing"]["hearingDays"]
    cancelled["isCancelled"] = True
    later["hasSharedResults"] = False
    held["hasSharedResults"] = True
    folder.load(written(tmp_path / "days.json", message))
    hearings = folder.live()["EventRecord"].filter(pl.col("class") == "Hearing")
    status = {
        day.isoformat(): code.rpartition("/")[2]
        for day, code in hearings.select("eventDate", "status").iter_rows()
    }
    assert status == {"2019-10-25": "cancelled", "2019-10-24": "planned", "2019-10-23": "happened"}


def test_next_hearings_never_appear_as_happened(samples: Path, folder: Folder) -> None:
    folder.load(samples / "common-platform")
    events = folder.live()["EventRecord"].filter(pl.col("iri").str.contains("/next-hearing/"))
    assert events.height == 6
    assert set(events.get_column("status")) == {events.get_column("status")[0]}
    assert events.get_column("status")[0].endswith("event-status/planned")


def test_all_samples_load_together_and_the_counts_balance(samples: Path, folder: Folder) -> None:
    report = folder.load(samples / "common-platform")
    assert {file.status for file in report.files} == {"loaded"}
    refused = [Path(file.path).name for file in report.files if file.rejected]
    assert refused == ["hearing-invalid.json"]
    # Three samples are one hearing without a shared time: they contradict one another, and one
    # of them stands.
    contradictory = folder.findings().filter(pl.col("document").str.contains("E10E3EF3"))
    assert contradictory.height > 0
    again = folder.load(samples / "common-platform")
    assert (again.release, again.loaded) == (None, 0)
    assert again.read == report.read


def test_a_person_finds_their_events_and_a_case_its_hearings(samples: Path, folder: Folder) -> None:
    folder.load(samples / "common-platform" / "hearing-resulted-crown-2.json")
    events = folder.live()["EventRecord"]
    assert events.get_column("ofParticipation").list.len().min() == 1
    assert events.get_column("inCase").list.len().min() == 1
    of_charge = {"ChargeLaid", "Arrest", "SentForTrial", "RemandDecision"}
    charged = events.filter(pl.col("class").is_in(of_charge))
    assert charged.get_column("onCharge").list.len().to_list() == [1] * charged.height


def test_names_of_judges_clerks_officers_and_advocates_are_stored_nowhere(
    samples: Path, folder: Folder
) -> None:
    files = sorted((samples / "common-platform").glob("*.json"))
    names = {name for file in files for name in professionals(json.loads(file.read_bytes()))}
    assert {"Buffay", "Wilson", "Cleaner", "Parker", "Pollich", "DuBuque"} <= names
    folder.load(*files)
    word = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(names)))
    assert [text for text in folder.texts() if word.search(text)] == []


def professionals(node: Any, inside: bool = False) -> Iterator[str]:
    """Names, emails and ids of people who stand in a message because of their work."""
    roles = ("judiciary", "courtClerk", "policeOfficerInCase")
    told = ("firstName", "middleName", "lastName", "userId", "policeWorkerReferenceNumber")
    if isinstance(node, list):
        for item in node:
            yield from professionals(item, inside)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in roles or key.endswith("Counsels"):
                yield from professionals(value, True)
            elif inside and key in told:
                yield value
            else:
                yield from professionals(value, inside)


def written(file: Path, message: Any) -> Path:
    """A message as a file."""
    file.write_bytes(orjson.dumps(message))
    return file


def test_iris_stand_under_the_base(samples: Path, folder: Folder) -> None:
    folder.load(samples / "common-platform" / "hearing-1.json")
    for root, frame in folder.live().items():
        assert frame.get_column("iri").str.starts_with(f"{BASE}{root}/{RESULTED}/").all()
