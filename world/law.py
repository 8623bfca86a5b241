"""Offences, results and requirements that the world uses."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Offence:
    """A CJS offence. mode: summary, either way, indictable. custody: share of convictions.

    home_office: Home Office class and subclass, five digits, as Delius writes them.
    group: of the table of offence groups; "" for offences that are not notifiable.
    weight: how often, within its group.
    """

    code: str
    home_office: str
    title: str
    mode: str
    custody: float
    group: str
    weight: int


Row = tuple[str, str, str, str, float, int]  # code, Home Office, title, mode, custody, weight


def _offences(group: str, rows: tuple[Row, ...]) -> list[Offence]:
    return [Offence(*row[:5], group, row[5]) for row in rows]


E, S, IND = "Either way", "Summary", "Indictable"
_GROUPS: dict[str, tuple[Row, ...]] = {
    "violence with injury": (
        (
            "OF61102",
            "00806",
            "Assault a person thereby occasioning them actual bodily harm",
            E,
            0.30,
            70,
        ),
        ("OF61131", "00801", "Wound / inflict grievous bodily harm without intent", E, 0.50, 20),
        ("OF61016", "00501", "Section 18 - wounding with intent", IND, 0.93, 10),
    ),
    "violence without injury": (
        ("CJ88116", "10501", "Assault by beating", S, 0.12, 70),
        ("CJ88001", "10501", "Common assault", S, 0.09, 20),
        ("OF61014", "00301", "Threats to kill", E, 0.25, 10),
    ),
    "stalking and harassment": (
        ("PH97009", "00830", "Harassment - put in fear of violence", E, 0.20, 60),
        ("PH97010", "00865", "Stalking involving fear of violence", E, 0.30, 40),
    ),
    "sexual offences": (
        ("SX03007", "02005", "Sexual assault on a female", E, 0.45, 60),
        ("SX03002", "01908", "Rape a woman 16 years of age or over - SOA 2003", IND, 0.97, 28),
        ("SX03128", "08809", "Exposure - SOA 2003", E, 0.20, 12),
    ),
    "robbery": (("TH68023", "03401", "Robbery", IND, 0.80, 1),),
    "burglary": (
        ("TH68036", "02803", "Burglary dwelling and theft - no violence", E, 0.60, 65),
        ("TH68037", "03002", "Burglary other than dwelling - theft", E, 0.40, 35),
    ),
    "vehicle crime": (
        ("TH68007", "04510", "Theft from a motor vehicle", E, 0.25, 65),
        ("TH68013", "04801", "Theft of motor vehicle", E, 0.25, 35),
    ),
    "shop theft": (("TH68010", "04600", "Theft from a shop", E, 0.15, 1),),
    "other theft": (
        ("TH68020", "04910", "Theft - other - including theft by finding", E, 0.12, 60),
        ("TH68001", "03900", "Theft from the person of another", E, 0.28, 25),
        ("TH68006", "04400", "Theft of pedal cycle", E, 0.15, 15),
    ),
    "criminal damage and arson": (
        (
            "CD71039",
            "14900",
            "Criminal damage to property - value under £5000",
            E,
            0.07,
            95,
        ),
        ("CD71015", "05602", "Arson", E, 0.55, 5),
    ),
    "drug offences": (
        (
            "MD71530",
            "09261",
            "Possess a controlled drug of Class B - Cannabis / Cannabis Resin",
            E,
            0.03,
            60,
        ),
        ("MD71210", "09250", "Possess a controlled drug of Class A - Cocaine", E, 0.06, 18),
        (
            "MD71239",
            "09279",
            "Possess with intent to supply a controlled drug of Class A - Other",
            E,
            0.60,
            22,
        ),
    ),
    "possession of weapons": (
        (
            "CJ88144",
            "00826",
            "Possess knife blade / sharp pointed article in a public place - Criminal Justice "
            "Act 1988",
            E,
            0.28,
            70,
        ),
        ("PC53001", "00811", "Possess an offensive weapon in a public place", E, 0.22, 30),
    ),
    "public order": (
        (
            "PU86004",
            "12511",
            "Use threatening / abusive / insulting words / behaviour with intent to cause fear of "
            "or provoke unlawful violence",
            S,
            0.14,
            80,
        ),
        ("PU86003", "06601", "Affray", E, 0.25, 20),
    ),
    "miscellaneous crimes": (
        ("RT88026", "80200", "Drive a motor vehicle dangerously", E, 0.40, 50),
        ("TH68072", "05401", "Receiving stolen goods", E, 0.18, 35),
        ("TH68081", "03300", "Going equipped for burglary", E, 0.25, 15),
    ),
}
OFFENCES = {group: _offences(group, rows) for group, rows in _GROUPS.items()}
# Prosecuted by charge, and not notifiable: no recorded crime stands behind them.
SUMMARY_CHARGES = _offences(
    "",
    (
        ("RT88007", "80302", "Drive motor vehicle when alcohol level above limit", S, 0.03, 60),
        ("RT88333", "80701", "Drive whilst disqualified", S, 0.25, 20),
        ("CJ67002", "14101", "Drunk and disorderly in a public place", S, 0.0, 20),
    ),
)
# By single justice notice: no arrest, no hearing in open court.
SJP_OFFENCES = _offences(
    "",
    (
        (
            "RT88191",
            "80900",
            "Use a motor vehicle on a road / public place without third party insurance",
            S,
            0.0,
            60,
        ),
        ("CA03010", "19101", "Use a television set without a licence", S, 0.0, 40),
    ),
)
COMPANY_OFFENCE = SJP_OFFENCES[0]
BY_CODE = {
    offence.code: offence
    for offences in (*OFFENCES.values(), SUMMARY_CHARGES, SJP_OFFENCES)
    for offence in offences
}

GRAVE = 0.22  # share of custody from which an offence often goes to the Crown Court

CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXY"

REQUIREMENTS = (
    ("W", "Unpaid Work"),
    ("F", "Rehabilitation Activity Requirement (RAR)"),
    ("7", "Alcohol Treatment"),
    ("X", "Curfew"),
)

# CJS result codes that are sentences, and what they are called.
IMPRISONMENT = ("1002", "Imprisonment")
YOUNG_OFFENDERS = ("1024", "Detention in young offender institution")
DETENTION_TRAINING = ("1081", "Detention and training order")
FINE = ("1015", "Fine")
CONDITIONAL_DISCHARGE = ("1018", "Conditional discharge")
SUSPENDED = ("1115", "Suspended sentence order")
COMMUNITY = ("1116", "Community order")
REFERRAL_ORDER = ("1097", "Referral order")
CUSTODIAL = frozenset(code for code, _ in (IMPRISONMENT, YOUNG_OFFENDERS, DETENTION_TRAINING))
SENTENCES = CUSTODIAL | {
    code for code, _ in (FINE, CONDITIONAL_DISCHARGE, SUSPENDED, COMMUNITY, REFERRAL_ORDER)
}
NOT_GUILTY = ("2004", "Not guilty")
WITHDRAWN = ("2051", "Withdrawn")
NO_EVIDENCE = ("2050", "No evidence offered - dismissed")
# Events a result tells beside itself, on the day it was ordered.
EVENT_OF_RESULT = dict.fromkeys(sorted(SENTENCES), "Sentence") | {
    "4531": "RemandDecision",
    "4542": "RemandDecision",
    "4558": "SentForTrial",
    "4560": "SentForTrial",
}

# Outcome types of recorded crime (Home Office outcomes framework).
OUTCOMES = {
    "1": "Charged or summonsed",
    "2": "Caution, youths",
    "3": "Caution, adults",
    "8": "Community resolution",
    "10": "Not in the public interest, police",
    "14": "Evidential difficulties, suspect not identified, victim does not support further action",
    "15": "Evidential difficulties, suspect identified, victim supports action",
    "16": "Evidential difficulties, suspect identified, victim does not support further action",
    "18": "Investigation complete, no suspect identified",
    "20": "Responsibility for further investigation transferred to another body",
}
