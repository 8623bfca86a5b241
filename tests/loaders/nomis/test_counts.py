"""Every file of NOMIS and Delius loads, or does not for its reason, and the counts balance."""

from pathlib import Path

from tests.loaders.nomis.told import Tell

# Instances read, as counted in the files: persons, names, bookings, parts in a case, and so on.
READ = {
    "breach-X320741.json": 1 + 2,
    "convictions-X320741.json": 1 + 3 + 3 + 4 + 3 + 2 + 1,
    "licence-conditions-X320741.json": 1 + 3,
    # Two managers of one area and team: 2 areas, 1 active manager, 2 teams.
    "offender-all-X320741.json": 1 + 2 + 2 + 2 + 1 + 2,
    "requirements-X320741.json": 1 + 3 + 2,
    "court-cases.json": 1 + 3 * 2,
    # With the prisoner named: person, booking, case, charge, hearing, sentence, disposal.
    "court-date-results.json": 7,
    "movements-out-on-given-day.json": 2 * 3,
    "movements-since-all.json": 4 * 4,
    # Person, booking, part, envelope, 4 dates; a case, a sentence and a term in each of 3 terms.
    "offender-detail.json": 8 + 3 * 3,
    "released-prisoner.json": 3,
    "transferred-in-prisoner.json": 3,
    "offender-sentences.json": 27 * 3 + 20 + 86,
    "prisoner-search-aliases.json": 8 * 3 + 7 + 1,
    "prisoner-search-release-dates.json": 3 * 3 + 8 + 10 + 1,
    "release-events.json": 2,
    # Person, booking, part, envelope, 3 dates, case, sentencing; 3 sentences, charges and terms.
    "sentence-summary.json": 9 + 3 + 3 + 3,
    # Two documents of person, booking, case, sentencing and sentence; 2 charges, 3 terms.
    "sentences-and-offences.json": 2 * 5 + 2 + 3,
}


def test_counts_balance_and_loading_again_changes_nothing(samples: Path, tell: Tell) -> None:
    files = sorted([*samples.glob("nomis/*.json"), *samples.glob("delius/*.json")])
    given = {"prisonerNumber": "A1234AA", "date": "2012-07-16"}
    told = tell(*files, **given)
    reports = {Path(file.path).name: file for file in told.report.files}
    # What it becomes is told in tests/loaders/adjudications.
    assert reports.pop("adjudication-details.json").status == "loaded"
    assert {name: file.read for name, file in reports.items()} == READ
    for file in reports.values():
        assert file.rejected == 0
        assert file.read == file.loaded + file.unchanged + file.superseded, file.path
    # Prisoner A7090BA stands in both searches: person, four names, booking, part and release.
    assert told.report.duplicates.superseded == 8
    again = tell(*files, **given)
    assert again.release is None
    assert again.report.loaded == 0
