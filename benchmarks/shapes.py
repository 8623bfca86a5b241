"""Rate of the shapes: records a second from frame to findings, beside pyshacl and pyrudof.

`python -m benchmarks.shapes --records 1000000 --json` makes mixed records of the project's
classes, some 6% of them bad, batch by batch. It asserts on a sample from all over them that plain
pyshacl reports the same and that pyrudof fails the same records, and only then times: the peers
on that sample, 500 records at a time, since they do not gain from more, and pyshacl with its
repeated work done once on both cores; ours on all records, in a process of its own. Every peer
gets every type that a record has, and no inference.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from multiprocessing import get_context
from typing import Any

import polars as pl
import rdflib

from ontology.model import Model
from shapes import RECORD

BASE = "https://justicegraph.example/id/"
CODE = "https://w3id.org/justicegraph/code/"
BATCH = 200_000
PLACES = 8
CORES = 2
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
                    _one_in(
                        30,
                        3,
                        pl.format("PNC{}", _n),
                        pl.format("2003/{}E", _n % 8_000_000 + 1_000_000),
                    )
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
                "urn": _one_in(
                    30, 6, pl.lit("CASE-URN"), pl.format("01ZD{}", _n % 8_000_000 + 1_000_000)
                ),
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
                "offenceCode": _code(
                    "cjs-offence", ["TH68002", "CA03012", "TW01046", "RT88007", "M1"], 13
                ),
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
                "decisionDate": _one_in(45, 23, pl.lit(None, dtype=pl.Date), _day(24)),
            }
        case "PeriodRecord":
            return {
                "aboutPerson": person,
                "startDate": _day(25),
                "endDate": _one_in(40, 26, _day(27), _day(25) + pl.duration(days=90)),
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


class Clock:
    """Time by the clock and of the processor, and the records that it was spent on.

    On a machine that does other work besides, the processor's time is the one to compare.
    """

    def __init__(self) -> None:
        self.spent, self.worked, self.records = 0.0, 0.0, 0

    @contextmanager
    def over(self, frames: Frames) -> Iterator[None]:
        """Count the time of the block, and the records of these frames."""
        start, cpu = time.perf_counter(), time.process_time()
        yield
        self.spent += time.perf_counter() - start
        self.worked += time.process_time() - cpu
        self.records += sum(frame.height for frame in frames.values())

    def rates(self, name: str) -> dict[str, int]:
        """Records a second by the clock, and a second of the processor."""
        return {
            f"{name}records_per_second": round(self.records / self.spent),
            f"{name}records_per_cpu_second": round(self.records / self.worked),
        }


def ours(records: int, size: int) -> dict[str, Any]:
    """Our own figures, taken in a process that has done nothing else."""
    import shapes
    from shapes import checker, judge

    model = Model.default()
    stages: dict[str, float] = {"columns": 0.0, "values": 0.0, "pyshacl": 0.0}
    _watch(checker, "screen", stages, "columns")
    _watch(checker, "filled", stages, "values")
    _watch(judge.Judge, "of_rows", stages, "pyshacl")
    _watch(judge.Judge, "of_all", stages, "pyshacl")
    clock, failing = Clock(), 0
    while clock.records < records:
        frames = batch(model, clock.records, min(size, records - clock.records))
        with clock.over(frames):
            found = shapes.check(frames, model)
        failing += found.select("root", "row").n_unique()
    return {
        "records": clock.records,
        **clock.rates(""),
        "bad_share": round(failing / clock.records, 3),
        **{f"{stage}_share": round(part / clock.spent, 2) for stage, part in stages.items()},
        "report_share": round(1 - sum(stages.values()) / clock.spent, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _watch(owner: object, name: str, stages: dict[str, float], stage: str) -> None:
    """Add the time of every call of a function to a stage; what it yields is made at once."""
    function = getattr(owner, name)

    def timed(*arguments: Any, **named: Any) -> Any:
        start = time.perf_counter()
        made = function(*arguments, **named)
        made = made if isinstance(made, pl.DataFrame) else iter(list(made))
        stages[stage] += time.perf_counter() - start
        return made

    setattr(owner, name, timed)


def sample(model: Model, records: int) -> Iterator[Frames]:
    """Batches of up to 500 records, from places all over the records that are checked."""
    for place in range(PLACES):
        yield batch(model, records * place // PLACES, min(500, records // PLACES))


def plain(model: Model, records: int) -> Clock:
    """Plain pyshacl, which must report what the checker reports."""
    import shapes
    from shapes import oracle
    from shapes.checker import default_shapes

    clock = Clock()
    for frames in sample(model, records):
        with clock.over(frames):
            report = oracle.check(frames, model, default_shapes())
        for _ in range(2):  # the second time it has judged every kind, and fills the report itself
            if report.is_empty() or not shapes.check(frames, model).equals(report):
                raise SystemExit("the checker and plain pyshacl do not report the same")
    return clock


def cached(part: tuple[int, int]) -> Clock:
    """pyshacl with its repeated work done once, on one core's share of the sample."""
    from shapes import oracle
    from shapes.checker import default_shapes
    from shapes.plan import Plan

    core, records = part
    model, clock = Model.default(), Clock()
    plan = Plan(default_shapes().graph)
    for number, frames in enumerate(sample(model, records)):
        if number % CORES == core:
            with clock.over(frames):
                plan.results(oracle.graph_of(frames, model))
    return clock


def by_rudof(model: Model, records: int) -> Clock:
    """pyrudof, from N-Triples in memory to its report.

    The records that fail a shape must be those that the checker finds.
    """
    import pyrudof

    import shapes
    from shapes import oracle
    from shapes.checker import default_shapes

    rules = rdflib.Graph()
    for file in sorted(RECORD.glob("*.ttl")):
        rules.parse(file)
    clock = Clock()
    for frames in sample(model, records):
        data = oracle.graph_of(frames, model).serialize(format="nt")
        with clock.over(frames):
            rudof = pyrudof.Rudof(pyrudof.RudofConfig())
            rudof.read_data(data, pyrudof.RDFFormat.NTriples)
            rudof.read_shacl(rules.serialize(format="nt"), pyrudof.ShaclFormat.NTriples)
            results = list(rudof.validate_shacl())
        codes = {rule.code: rule.iri for rule in default_shapes().rules.values()}
        found = shapes.check(frames, model).select("iri", "shape").rows()
        here = {iri for frame in frames.values() for iri in frame["iri"]}
        told = {(r.focus_node, r.source_shape) for r in results if r.focus_node in here}
        if told != {(iri, codes[code]) for iri, code in found}:
            raise SystemExit("the checker and pyrudof do not find the same records")
    return clock


def measure(records: int, size: int = BATCH) -> dict[str, Any]:
    """All figures, after the reports have been compared."""
    model = Model.default()
    peers = plain(model, records).rates("pyshacl_")
    if find_spec("pyrudof"):
        peers |= by_rudof(model, records).rates("pyrudof_")
    with ProcessPoolExecutor(CORES, get_context("spawn")) as pool:
        clocks = list(pool.map(cached, [(core, records) for core in range(CORES)]))
    for name in clocks[0].rates("pyshacl_cached_"):
        peers[name] = sum(clock.rates("pyshacl_cached_")[name] for clock in clocks)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        figures = pool.submit(ours, records, size).result()
    return {**figures, **peers, "same_report": True}


def main() -> None:
    """Print the figures, as a last line of JSON or a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=BATCH)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = measure(asked.records, asked.batch)
    if asked.json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        sys.stdout.writelines(f"{name}: {value}\n" for name, value in figures.items())


if __name__ == "__main__":
    main()
