"""Where the world lies: six real police areas with their courts, prisons and small areas.

Codes of courts and prisons are real, so that code lists know them; streets and postcodes are not.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Court:
    """ou: organisation unit code. location: court hearing location of SPI. lja: justice area."""

    id: str
    ou: str
    location: str
    name: str
    jurisdiction: str  # MAGISTRATES or CROWN
    lja: str


def _magistrates(id_: str, ou: str, name: str, lja: str) -> Court:
    return Court(id_, ou, f"{ou[:5]}01", name, "MAGISTRATES", lja)


def _crown(id_: str, ou: str, name: str, lja: str) -> Court:
    return Court(id_, ou, ou, name, "CROWN", lja)


@dataclass(frozen=True)
class Area:
    """One police force's area. lsoas: (code, name, longitude, latitude) of small areas in it.

    family: code and name of its family court. county: name of its county court.
    """

    force: str  # two digits
    unit: str  # two letters of the case unit
    name: str  # as the force is known to courts
    published: str  # as data.police.uk writes it
    slug: str  # as data.police.uk names its files
    town: str
    postcode: str
    magistrates: tuple[Court, ...]
    crown: Court
    family: tuple[str, str]
    county: str
    prisons: tuple[str, ...]
    women: str
    cps: str
    probation: tuple[str, str]
    lsoas: tuple[tuple[str, str, float, float], ...]


AREAS = (
    Area(
        "01",
        "ZD",
        "Metropolitan Police",
        "Metropolitan Police Service",
        "metropolitan",
        "Croydon",
        "CR",
        (
            _magistrates(
                "f8254db1-1683-483e-afb3-b87fde5a0a26",
                "B01LY00",
                "Lavender Hill Magistrates' Court",
                "2577",
            ),
            _magistrates(
                "31b3d313-7a7c-4598-bb4b-c1bff9b00e26",
                "B01EF00",
                "Croydon Magistrates' Court",
                "2576",
            ),
        ),
        _crown("07e45c88-9e5d-3e44-b664-d5345bb13be2", "C01CY00", "Croydon Crown Court", "2576"),
        ("182", "Croydon"),
        "Croydon",
        ("WWI", "HOI"),
        "BZI",
        "A01CT00",
        ("N07", "NPS London"),
        (
            ("E01001001", "Croydon 019A", -0.0982, 51.3762),
            ("E01001002", "Croydon 020B", -0.1011, 51.3721),
            ("E01001003", "Croydon 024C", -0.0874, 51.3689),
        ),
    ),
    Area(
        "13",
        "BA",
        "West Yorkshire Police",
        "West Yorkshire Police",
        "west-yorkshire",
        "Leeds",
        "LS",
        (
            _magistrates(
                "b78d02fe-8b45-30f5-8550-e5ee2cd51ec6",
                "B13HT00",
                "Leeds Magistrates' Court",
                "2375",
            ),
            _magistrates(
                "3b9a61dd-d484-3ee7-a0b8-5954aea415bc",
                "B13CC00",
                "Bradford Magistrates' Court",
                "2375",
            ),
        ),
        _crown("e2d7754e-89ba-309f-8da5-08a8283258a7", "C13LE00", "Leeds Crown Court", "2375"),
        ("243", "Leeds"),
        "Leeds",
        ("LEI", "MDI"),
        "NHI",
        "A13AC00",
        ("N02", "NPS North East"),
        (
            ("E01011701", "Leeds 063A", -1.5491, 53.8008),
            ("E01011702", "Leeds 071D", -1.5333, 53.7931),
            ("E01011703", "Leeds 082B", -1.5622, 53.7874),
        ),
    ),
    Area(
        "30",
        "DE",
        "Derbyshire Police",
        "Derbyshire Constabulary",
        "derbyshire",
        "Derby",
        "DE",
        (
            _magistrates(
                "14876ea1-5f7c-32ef-9fbd-aa0b63193550",
                "B30PI00",
                "Derby Justice Centre (aka Derby St Mary Adult)",
                "1428",
            ),
        ),
        _crown("6131bd34-33d9-3d1e-8152-8b5a2084f1bd", "C30DE00", "Derby Crown Court", "1428"),
        ("185", "Derby"),
        "Derby",
        ("SFI", "MDI"),
        "DHI",
        "A30AB00",
        ("N03", "NPS Midlands"),
        (
            ("E01013501", "Derby 013A", -1.4762, 52.9225),
            ("E01013502", "Derby 017C", -1.4841, 52.9136),
            ("E01013503", "Derby 021B", -1.4653, 52.9044),
        ),
    ),
    Area(
        "62",
        "SW",
        "South Wales Police",
        "South Wales Police",
        "south-wales",
        "Cardiff",
        "CF",
        (
            _magistrates(
                "153ac9f3-bf7a-3616-8749-bf44a749a470",
                "B62DC00",
                "Cardiff Magistrates' Court",
                "3190",
            ),
        ),
        _crown("012dc434-8baf-368c-ae14-0921dc5cabbd", "C62CR00", "Cardiff Crown Court", "3190"),
        ("164", "Cardiff"),
        "Cardiff",
        ("CFI", "UKI"),
        "DHI",
        "A62AC00",
        ("WPT", "Wales"),
        (
            ("W01001701", "Cardiff 032A", -3.1791, 51.4816),
            ("W01001702", "Cardiff 036C", -3.1901, 51.4772),
            ("W01001703", "Cardiff 041B", -3.1685, 51.4719),
        ),
    ),
    Area(
        "52",
        "AS",
        "Avon and Somerset Constabulary",
        "Avon and Somerset Constabulary",
        "avon-and-somerset",
        "Bristol",
        "BS",
        (
            _magistrates(
                "1a359d44-6b52-3919-b052-065413e4a801",
                "B52CM00",
                "Bristol Magistrates' Court",
                "1450",
            ),
        ),
        _crown("1a967f10-7ee6-39a8-9d0a-5225dcf042bc", "C52BT00", "Bristol Crown Court", "1450"),
        ("151", "Bristol"),
        "Bristol",
        ("BLI", "UKI"),
        "DHI",
        "A52AF00",
        ("N05", "NPS South West and South Central"),
        (
            ("E01014501", "Bristol 026A", -2.5879, 51.4545),
            ("E01014502", "Bristol 032B", -2.5811, 51.4481),
            ("E01014503", "Bristol 037D", -2.5967, 51.4409),
        ),
    ),
    Area(
        "05",
        "ME",
        "Merseyside Police",
        "Merseyside Police",
        "merseyside",
        "Liverpool",
        "L",
        (
            _magistrates(
                "0b9417b8-91b4-385d-9e01-069855777c4f",
                "B05PK00",
                "Liverpool Magistrates' Court",
                "1810",
            ),
        ),
        _crown("9b583616-049b-30f9-a14f-028a53b7cfe8", "C05LV00", "Liverpool Crown Court", "1810"),
        ("251", "Liverpool"),
        "Liverpool",
        ("LPI", "LFI"),
        "NHI",
        "A05AC00",
        ("N01", "NPS North West"),
        (
            ("E01006501", "Liverpool 031A", -2.9779, 53.4084),
            ("E01006502", "Liverpool 037C", -2.9683, 53.4012),
            ("E01006503", "Liverpool 042B", -2.9871, 53.3955),
        ),
    ),
)
PRISONS = {
    "WWI": "WANDSWORTH",
    "HOI": "HIGH DOWN",
    "BZI": "BRONZEFIELD",
    "LEI": "LEEDS",
    "MDI": "MOORLAND",
    "NHI": "NEW HALL",
    "SFI": "STAFFORD",
    "DHI": "DRAKE HALL",
    "CFI": "CARDIFF",
    "UKI": "USK",
    "BLI": "BRISTOL",
    "LPI": "LIVERPOOL",
    "LFI": "LANCASTER FARMS",
}
STREETS = (
    "Station Road|High Street|Church Lane|Mill Lane|Victoria Road|Albert Street|Park Avenue|"
    "Queens Road|Chapel Street|Heol Fawr|New Street|Canal Walk|Priory Close|Larch Grove"
).split("|")
