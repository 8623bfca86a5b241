"""What NOMIS tells of courts and sentences, as read in the files."""

from pathlib import Path

from tests.loaders.nomis.told import Tell


def test_court_cases_name_no_prisoner(samples: Path, tell: Tell) -> None:
    told = tell(samples / "nomis/court-cases.json")
    assert told.release is None
    assert "--with prisonerNumber=" in told.fix()


def test_court_cases_of_a_prisoner_who_is_named(samples: Path, tell: Tell) -> None:
    told = tell(samples / "nomis/court-cases.json", prisonerNumber="A1234AA")
    assert told.rows("Case", "key", "class", "caseNumber", "caseStatus", "startDate", "caseOf") == [
        ("-1", "CriminalCase", "CIN20177010", "ACTIVE", "1970-01-01", "A1234AA"),
        ("-2", "CriminalCase", "CIN20177010", "INACTIVE", "1970-01-01", "A1234AA"),
    ]
    assert told.rows("Participation", "key", "inCase", "party", "role") == [
        ("-1/A1234AA", "-1", "A1234AA", "defendant"),
        ("-2/A1234AA", "-2", "A1234AA", "defendant"),
    ]
    # Both cases hold hearing -1. London kept summer time all through 1970.
    hearing = ("key", "class", "status", "eventDate", "eventDateTime", "courtCode", "inCase")
    # fmt: off
    assert told.rows("EventRecord", *hearing) == [
        ("-1/-1", "Hearing", "planned", "1970-01-01", "1969-12-31 23:00", "COURT1", "-1"),
        ("-2/-1", "Hearing", "planned", "1970-01-01", "1969-12-31 23:00", "COURT1", "-2"),
    ]
    # fmt: on


def test_a_court_result(samples: Path, tell: Tell) -> None:
    told = tell(samples / "nomis/court-date-results.json")
    assert told.rows("Case", "key", "class", "caseNumber", "bookNumber") == [
        ("-59", "PrisonBooking", None, "Z00059"),
        ("court-case/-20", "CriminalCase", "ABC123", None),
    ]
    charge = ("key", "class", "offenceCode", "offenceTitle", "offenceStartDate", "offenceEndDate")
    assert told.rows("Issue", *charge) == [
        ("-59/-11", "ChargeRecord", "M4", "Manslaughter", "2015-01-04", "2015-01-25")
    ]
    assert told.rows("EventRecord", "key", "class", "status", "eventDate", "onCharge") == [
        ("-59/-215/hearing", "Hearing", "happened", "2017-06-21", "-59/-11"),
        ("-59/-215/result", "Sentence", "happened", "2017-06-21", "-59/-11"),
    ]
    # Imprisoned, and yet `guilty: false`: kept as told.
    assert told.rows(
        "DecisionRecord", "key", "resultCode", "resultCategory", "decisionDate", "convicted"
    ) == [("-59/-215", "1002", "FINAL", "2017-06-21", "false")]


SENTENCE = ("key", "decisionDate", "amount", "onCharge", "startDate", "endDate")
TERM = ("key", "class", "startDate", "termCode", "termYears", "ofDecision")


def test_a_sentence_summary(samples: Path, tell: Tell) -> None:
    told = tell(samples / "nomis/sentence-summary.json")
    assert told.rows("PersonRecord", "key", "prisonerNumber") == [("Z0020ZZ", "Z0020ZZ")]
    assert told.rows("Case", "key", "class", "bookNumber", "courtCode", "startDate") == [
        ("-20", "PrisonBooking", "Z00020", None, None),
        ("court-case/-20", "CriminalCase", None, "COURT1", "2017-08-31"),
    ]
    assert told.rows("DecisionRecord", *SENTENCE) == [
        ("-20/1", "2017-06-21", "100.15", "-20/-10", "2017-07-05", "2017-11-04"),
        ("-20/2", "2017-06-21", "20.5", "-20/-9", "2017-07-05", "2017-11-04"),
        ("-20/4", None, "95.29", "-20/-15", "2017-07-05", "2017-11-04"),
    ]
    assert told.rows("Issue", "key", "offenceCode", "offenceStartDate", "offenceEndDate") == [
        ("-20/-10", "RC86355", "2015-01-04", "2015-01-25"),
        ("-20/-15", "M1", "2015-01-04", "2015-01-25"),
        ("-20/-9", "RC86355", None, None),
    ]
    assert told.rows("PeriodRecord", *TERM) == [
        ("-20/1/1", "SentenceTerm", "2017-03-25", "IMP", "3", "-20/1"),
        ("-20/1/2", "SentenceTerm", "2017-03-25", "IMP", "3", "-20/1"),
        ("-20/2/2", "SentenceTerm", "2017-03-25", "IMP", "5", "-20/2"),
        ("-20/envelope", "SentenceEnvelope", "2017-03-25", None, None, None),
    ]
    assert told.rows("EventRecord", "key", "class", "status", "eventDate", "releaseDateType") == [
        ("-20/-20/sentence", "Sentence", "happened", "2017-06-21", None),
        ("-20/APD", "Release", "planned", "2018-09-27", "APD"),
        ("-20/CRD", "Release", "planned", "2019-03-25", "CRD"),
        ("-20/SED", "SentenceKeyDate", "planned", "2020-03-27", "SED"),
    ]


def test_sentences_and_offences_of_a_booking(samples: Path, tell: Tell) -> None:
    told = tell(samples / "nomis/sentences-and-offences.json")
    assert told.documents == 2
    assert told.rows("Case", "key", "class", "caseNumber", "courtName") == [
        ("-20", "PrisonBooking", None, None),
        ("-20/1", "CriminalCase", "ABC123", "Court 1"),
    ]
    assert told.rows("DecisionRecord", *SENTENCE) == [
        ("-20/1", "2017-06-21", "100.15", "-20/-10", "2017-07-05", "2017-11-04"),
        ("-20/2", "2017-06-21", "20.5", "-20/-9", None, None),
    ]
    assert told.rows("PeriodRecord", *TERM) == [
        ("-20/1/1", "SentenceTerm", "2017-07-05", "IMP", "3", "-20/1"),
        ("-20/1/2", "SentenceTerm", "2017-07-05", "IMP", "3", "-20/1"),
        ("-20/2/1", "SentenceTerm", None, "IMP", "5", "-20/2"),
    ]
    assert told.rows("EventRecord", "key", "class", "eventDate", "onCharge", "inCase") == [
        ("-20/1/sentence", "Sentence", "2017-06-21", "-20/-10", "-20/1"),
        ("-20/2/sentence", "Sentence", "2017-06-21", "-20/-9", "-20/1"),
    ]


def test_whose_sentence_it_is_may_be_told_later(samples: Path, tell: Tell) -> None:
    """sentences-and-offences knows the booking; the sentence summary, loaded next, the prisoner."""
    told = tell(samples / "nomis/sentences-and-offences.json")
    assert {(link.property, link.target) for link in told.report.unresolved} == {
        ("ofParticipation", "Participation")
    }
    told = tell(samples / "nomis/sentence-summary.json")
    assert not told.report.unresolved
    (target,) = {row[0] for row in told.rows("Issue", "ofParticipation") if row[0]}
    assert told.rows("Participation", "key", "party") == [(target, "Z0020ZZ")]
