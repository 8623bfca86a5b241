"""Published identifiers that join records across systems: one normal form, or none.

An identifier that is not well formed, or that is a placeholder (TFL, CASE_URN, %s, an all-zero
uuid, one digit repeated), has no normal form: it stays in its record as text and is never linked
on. Placeholder tests belong here only; local keys of a source are opaque.

Forms: PNC yyyy/nnnnnnnC, also without slash, and short as yy/nC; its check letter is the
((two-digit year followed by the seven-digit serial) mod 23)-th of ZABCDEFGHJKLMNPQRTUVWXY.
CRO n/yyC or SFyy/nC; its letter follows the same rule over year and six-digit serial, but systems
often get it wrong: see `has_wrong_letter`. ASN year, force and unit, system, serial, letter, with
or without slashes and leading zeros. URN (PTIURN) force, unit, serial and year; a split suffix /2
is the same case. Family case number court, year, letter of its type, serial (NE19Z02909). Core
Case Data reference sixteen digits, the last by the rule of Luhn. Prisoner number A9999AA, CRN
A999999, masterDefendantId and offence identifiers UUIDs.
"""

from collections.abc import Callable

import polars as pl

from linkage.errors import UnknownSchemeError

CHECK_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
_REPEATED = "^(?:" + "|".join(f"{digit}+" for digit in "0123456789abcdef") + ")$"
_CENTURY_FROM = 40  # a two-digit year from 40 on is of the 1900s


def normalised(scheme: str, value: pl.Expr) -> pl.Expr:
    """The normal form of a text column, null where it is not a valid identifier.

    Raises UnknownSchemeError.
    """
    return _form(scheme)(value.str.strip_chars().str.to_uppercase())


def has_wrong_letter(scheme: pl.Expr, value: pl.Expr) -> pl.Expr:
    """Whether a normal form is a CRO number whose check letter does not fit.

    It may be a slip of one letter, or no number of this person's at all: it joins records only
    where name and birth date both agree. (A PNC whose letter does not fit has no normal form.)
    """
    parts = value.str.extract_groups(
        r"^(?:SF([0-9][0-9])/)?([0-9]{6})(?:/([0-9][0-9]))?([A-Z])$"
    ).struct
    year = pl.coalesce(parts.field("1"), parts.field("3"))
    right = _check_letter(year + parts.field("2")) == parts.field("4")
    return (scheme == "cro") & ~right.fill_null(False)


def normalise(scheme: str, value: str) -> str | None:
    """The normal form of one identifier, None where it is not a valid one."""
    frame = pl.DataFrame({"value": [value]}, schema={"value": pl.String})
    result = frame.select(normalised(scheme, pl.col("value"))).item()
    return None if result is None else str(result)


def _form(scheme: str) -> Callable[[pl.Expr], pl.Expr]:
    if scheme not in SCHEMES:
        raise UnknownSchemeError(scheme, sorted(SCHEMES))
    return SCHEMES[scheme]


def _pnc(text: pl.Expr) -> pl.Expr:
    parts = text.str.extract_groups(
        r"^(?<year>[0-9]{4}|[0-9]{2})(?<slash>/?)(?<serial>[0-9]{1,7})(?<check>[A-Z])$"
    )
    year, serial = parts.struct.field("year"), parts.struct.field("serial").str.zfill(7)
    short = year.str.slice(-2)
    century = (
        pl.when(short.cast(pl.Int32) >= _CENTURY_FROM).then(pl.lit("19")).otherwise(pl.lit("20"))
    )
    full = pl.when(year.str.len_chars() == 4).then(year).otherwise(century + short)
    whole = (parts.struct.field("slash") == "/") | (text.str.len_chars() == 12)
    check = parts.struct.field("check")
    right = _check_letter(short + serial) == check
    return pl.when(whole & right & ~_one_digit(serial)).then(full + "/" + serial + check)


def _cro(text: pl.Expr) -> pl.Expr:
    usual = text.str.extract_groups(r"^(?<serial>[0-9]{1,6})/(?<year>[0-9]{2})(?<check>[A-Z])$")
    filed = text.str.extract_groups(r"^SF(?<year>[0-9]{2})/(?<serial>[0-9]{1,6})(?<check>[A-Z])$")
    serial, other = (parts.struct.field("serial").str.zfill(6) for parts in (usual, filed))
    year, check = usual.struct.field("year"), usual.struct.field("check")
    return (
        pl.when(~_one_digit(serial))
        .then(serial + "/" + year + check)
        .when(~_one_digit(other))
        .then("SF" + filed.struct.field("year") + "/" + other + filed.struct.field("check"))
    )


def _asn(text: pl.Expr) -> pl.Expr:
    slashed = r"^([0-9]{2})/([A-Z0-9]{2,4})/([A-Z0-9]{2})/([0-9]{1,11})([A-Z])$"
    plain = r"^([0-9]{2})([A-Z0-9]{4})([A-Z0-9]{2})([0-9]{1,11})([A-Z])$"
    forms = []
    for pattern in (plain, slashed):
        parts = text.str.extract_groups(pattern).struct
        year, unit, system, check = (parts.field(str(number)) for number in (1, 2, 3, 5))
        serial = parts.field("4").str.zfill(11)
        forms.append(pl.when(~_one_digit(serial)).then(year + unit + system + serial + check))
    return pl.coalesce(forms)


def _urn(text: pl.Expr) -> pl.Expr:
    whole = text.str.replace(r"^([^/]{8,}|[0-9][0-9]/\w\w/[0-9]{4,6}/[0-9][0-9])/[0-9]{1,2}$", "$1")
    plain = whole.str.replace_all(r"[\s/]", "")
    police = plain.str.extract(r"^[0-9]{2}(?:[A-Z][A-Z0-9]|[0-9][A-Z])([0-9]{6,9})$", 1)
    other = plain.str.extract(r"^[A-Z]{3}([A-Z0-9]{8,12})$", 1)
    real = pl.when(other.str.count_matches(r"[0-9]") >= 4).then(other)
    return pl.when(~_one_digit(pl.coalesce(police, real))).then(plain)


def _prisoner_number(text: pl.Expr) -> pl.Expr:
    found = text.str.extract(r"^([A-Z][0-9]{4}[A-Z]{2})$", 1)
    return pl.when(found.str.slice(1, 4) != "0000").then(found)


def _crn(text: pl.Expr) -> pl.Expr:
    found = text.str.extract(r"^([A-Z][0-9]{6})$", 1)
    return pl.when(~_one_digit(found.str.slice(1))).then(found)


def _uuid(text: pl.Expr) -> pl.Expr:
    form = r"^([0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12})$"
    found = text.str.extract(form, 1).str.to_lowercase()
    return pl.when(~_one_digit(found.str.replace_all("-", ""))).then(found)


def _court_case(text: pl.Expr) -> pl.Expr:
    """A Crown Court case number: letter, year and serial; unique within one court only."""
    return text.str.extract(r"^([A-Z]{1,3}[0-9]{8})$", 1)


def _family_case(text: pl.Expr) -> pl.Expr:
    found = text.str.extract(r"^([A-Z]{2}[0-9]{2}[A-Z][0-9]{5})$", 1)
    return pl.when(~_one_digit(found.str.slice(5))).then(found)


def _core_case(text: pl.Expr) -> pl.Expr:
    found = text.str.replace_all(r"[\s-]", "").str.extract(r"^([0-9]{16})$", 1)
    digit = pl.element().cast(pl.Int64)
    twice = digit * 2 - pl.when(digit > 4).then(9).otherwise(0)
    every_other = pl.int_range(pl.len()) % 2 == 0
    weighed = pl.when(every_other).then(twice).otherwise(digit)
    total = found.str.extract_all(r"[0-9]").list.eval(weighed).list.sum()
    return pl.when((total % 10 == 0) & ~_one_digit(found)).then(found)


def _one_digit(text: pl.Expr) -> pl.Expr:
    """Whether the text is one digit (or hexadecimal letter) repeated; null for null."""
    return text.str.contains(_REPEATED)


def _check_letter(digits: pl.Expr) -> pl.Expr:
    place = digits.cast(pl.Int64, strict=False) % len(CHECK_LETTERS)
    return place.replace_strict(dict(enumerate(CHECK_LETTERS)), return_dtype=pl.String)


SCHEMES: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "pnc": _pnc,
    "cro": _cro,
    "asn": _asn,
    "urn": _urn,
    "prisonerNumber": _prisoner_number,
    "crn": _crn,
    "masterDefendantId": _uuid,
    "courtCase": _court_case,
    "familyCase": _family_case,
    "coreCase": _core_case,
    "offenceReference": _uuid,
}
