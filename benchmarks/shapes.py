"""Rate of the shapes: records a second from frame to findings, beside pyshacl as it comes.

`python -m benchmarks.shapes --records 20000 --json` makes mixed records of the project's
classes, some 7% of them bad, asserts that plain pyshacl reports the same on a part of them, and
only then times. Plain pyshacl gets the same graphs (every type given, no inference), a batch of
500 records at a time: it does not gain from larger ones.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Mapping

import polars as pl

from ontology.model import Model

BASE = "https://justicegraph.example/id/"
CODE = "https://w3id.org/justicegraph/code/"
BATCH = 10_000
Frames = dict[str, pl.DataFrame]

# Records of each root in a hundred, about as a month of hearings, movements and crimes has them.
MIX: Mapping[str, int] = {
    "PersonRecord": 8,
    "Alias": 2,
    "AddressRecord": 6,
    "Case": 8,
    "Participation": 9,
    "Issue": 15,
    "EventRecord": 30,
    "DecisionRecord": 14,
    "PeriodRecord": 6,
    "RecordedCrime": 2,
}


def _iri(root: str, number: pl.Expr) -> pl.Expr:
    return pl.format(f"{BASE}{root}/bench/mixed/{{}}", number)


def _pick(values: list[str], seed: int) -> pl.Expr:
    """One of the values, spread evenly and the same in every run."""
    return (
        pl.lit(pl.Series([values])).first().list.get((_n.hash(seed) % len(values)).cast(pl.Int64))
    )


def _code(scheme: str, notations: list[str], seed: int) -> pl.Expr:
    return _pick([f"{CODE}{scheme}/{notation}" for notation in notations], seed)


def _day(seed: int, first: int = 14_000, days: int = 5_000) -> pl.Expr:
    return (_n.hash(seed) % days + first).cast(pl.Int32).cast(pl.Date)


def _one_in(rate: int, seed: int, bad: pl.Expr, good: pl.Expr) -> pl.Expr:
    return pl.when(_n.hash(seed) % rate == 0).then(bad).otherwise(good)


_n = pl.col("n")
_NOTHING = pl.lit(None, dtype=pl.String)


def _columns(root: str) -> dict[str, pl.Expr]:
    """The filled properties of a root class, as expressions over the record's number."""
    person, case = _iri("PersonRecord", _n // 3), _iri("Case", _n // 2)
    part, issue = _iri("Participation", _n // 2), _iri("Issue", _n // 2)
    match root:
        case "PersonRecord":
            return {
                "familyName": pl.format("Family{}", _n % 4000),
                "givenName": pl.format("Given{}", _n % 900),
                "birthDate": _one_in(40, 1, pl.lit(-70_000), _n % 18_000)
                .cast(pl.Int32)
                .cast(pl.Date),
                "sex": _code("cp-gender", ["MALE", "FEMALE"], 2),
                "pncId": pl.concat_list(
                    _one_in(30, 3, pl.format("PNC{}", _n), pl.format("2003/{}E", _n + 1_000_000))
                ),
                "masterDefendantId": pl.format("{}", _n.hash(4)),
            }
        case "Alias":
            return {"aliasOf": person, "familyName": pl.format("Other{}", _n % 3000)}
        case "AddressRecord":
            return {
                "addressOf": person,
                "postcode": _one_in(30, 5, pl.lit("SW11"), pl.format("DE{} 3RS", _n % 80 + 10)),
                "addressLine": pl.concat_list(pl.format("{} High Street", _n % 300)),
            }
        case "Case":
            return {
                "caseReference": pl.format("T{}", _n + 20_200_000),
                "urn": _one_in(30, 6, pl.lit("CASE-URN"), pl.format("01ZD{}", _n + 1_000_000)),
                "receivedDate": _day(7),
                "initiationCode": _code("case-initiation", ["C", "S", "J"], 8),
            }
        case "Participation":
            return {
                "inCase": pl.concat_list(case),
                "party": _one_in(80, 9, _NOTHING, person),
                "role": _one_in(
                    60, 10, _NOTHING, _code("participation-role", ["defendant", "victim"], 11)
                ),
                "participantReference": pl.format("{}", _n.hash(12)),
            }
        case "Issue":
            return {
                "ofParticipation": pl.concat_list(part),
                "offenceCode": _code("cjs-offence", ["TH68002", "CA03012", "TW01046", "M1"], 13),
                "offenceStartDate": _day(14),
                "offenceEndDate": _one_in(25, 15, _day(16), _day(14) + pl.duration(days=3)),
                "offenceSequence": _n % 9 + 1,
            }
        case "EventRecord":
            return {
                "status": _code("event-status", ["happened", "happened", "planned"], 17),
                "datePrecision": _code("date-precision", ["day"], 18),
                "eventDate": _one_in(50, 19, pl.lit(None, dtype=pl.Date), _day(20)),
                "inCase": pl.concat_list(case),
                "ofParticipation": pl.concat_list(part, _iri("Participation", _n // 4)),
                "courtCode": pl.format("B{}EF", _n % 400),
                "sequence": _n % 30,
            }
        case "DecisionRecord":
            return {
                "decidedAt": _iri("EventRecord", _n // 2),
                "onCharge": pl.concat_list(issue),
                "resultCode": _code("cjs-result", ["1015", "1002", "4027"], 21),
                "resultCategory": _code("result-category", ["FINAL", "ANCILLARY"], 22),
                "decisionDate": _one_in(30, 23, pl.lit(None, dtype=pl.Date), _day(24)),
            }
        case "PeriodRecord":
            return {
                "aboutPerson": person,
                "startDate": _day(25),
                "endDate": _one_in(15, 26, _day(27), _day(25) + pl.duration(days=90)),
            }
        case _:
            return {
                "recordedDate": _day(28),
                "datePrecision": _code("date-precision", ["month"], 29),
                "crimeType": _code("police-uk-category", ["Drugs", "Robbery", "Piracy"], 30),
                "latitude": (_n % 3_000_000).cast(pl.Decimal(18, 6)) / 1_000_000 + 50,
                "longitude": (_n % 2_000_000).cast(pl.Decimal(18, 6)) / 1_000_000 - 2,
            }


LEAVES = {"Case": "CriminalCase", "Issue": "ChargeRecord", "EventRecord": "Hearing"} | {
    "DecisionRecord": "Disposal",
    "PeriodRecord": "Requirement",
}


def batch(model: Model, first: int, records: int) -> Frames:
    """Records numbered from `first`, of all classes in proportion, with the model's columns."""
    made: Frames = {}
    for root, share in MIX.items():
        rows = pl.DataFrame({"n": pl.int_range(records * share // 100, eager=True) + first})
        schema = model.table_schema(root)
        filled = {
            "iri": _iri(root, _n),
            "class": pl.lit(LEAVES.get(root, root)),
            **_columns(root),
        }
        made[root] = rows.select(
            filled.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in schema.items()
        )
    return made


def rate(run: Callable[[Frames], object], model: Model, records: int, size: int) -> float:
    """Records a second of a check over batches of `size`, making the batches not counted."""
    spent, done = 0.0, 0
    while done < records:
        frames = batch(model, done, min(size, records - done))
        start = time.perf_counter()
        run(frames)
        spent += time.perf_counter() - start
        done += sum(frame.height for frame in frames.values())
    return done / spent


def measure(records: int) -> dict[str, float | int | bool]:
    """All figures, after the reports have been compared."""
    import shapes
    from shapes import oracle
    from shapes.checker import default_shapes
    from shapes.plan import Plan

    model, rules = Model.default(), default_shapes()
    part = min(records, 2_000)
    frames = batch(model, 0, part)
    ours, plain = shapes.check(frames, model), oracle.check(frames, model, rules)
    if not ours.equals(plain) or ours.is_empty():
        raise SystemExit("the checker and plain pyshacl do not report the same")
    bad = sum(ours.filter(pl.col("root") == root)["row"].n_unique() for root in frames)
    plan = Plan(rules.graph)
    rates = {
        "records_per_second": rate(lambda made: shapes.check(made, model), model, records, BATCH),
        "pyshacl_records_per_second": rate(
            lambda made: oracle.check(made, model, rules), model, part, 500
        ),
        "pyshacl_cached_records_per_second": rate(
            lambda made: plan.results(oracle.graph_of(made, model)), model, part, 500
        ),
    }
    return {
        "records": records,
        "bad_share": round(bad / sum(frame.height for frame in frames.values()), 3),
        **{name: round(value) for name, value in rates.items()},
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "same_report": True,
    }


def main() -> None:
    """Print the figures, as a last line of JSON or a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = measure(asked.records)
    if asked.json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        sys.stdout.writelines(f"{name}: {value}\n" for name, value in figures.items())


if __name__ == "__main__":
    main()
