"""Mapping alone: police.uk rows and Common Platform messages to typed records, before any check.

`python -m benchmarks.map [--rows 236220] [--json] [--peer PYTHON]` repeats the rows of the sample
file with Crime IDs of their own, maps them, and asserts how many records come out: all rows, none
lost. Peak memory is that of a process of its own, at the size asked and at ten times it. Messages
are one sample hearing under many ids, in JSON Lines. Beside ours, with a Python that has morph-kgc
2.10 installed: the same file and columns to N-Triples, which drops the rows without a Crime ID.
Rates are per second of the clock and, for machines that are shared, per processor second with
starting included (morph-kgc's includes writing the triples).
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from loaders.catalogue import FOLDER, reader_of
from loaders.extract import Extractor
from loaders.mapping_yaml import read_mapping
from loaders.messages import Unreadable, lines_of
from loaders.rows import RowExtractor
from loaders.run import BATCH
from loaders.tables import batches, header, vet
from loaders.trees import Limits
from loaders.typed import Typed, Typist
from ontology.identifiers import BASE
from ontology.model import Model

SAMPLES = Path(
    os.environ.get("JUSTICEGRAPH_SAMPLES", Path(__file__).resolve().parents[2] / "shared" / "data")
)
STREET = SAMPLES / "police-uk" / "2022-06-surrey-street.csv"
HEARING = SAMPLES / "common-platform" / "hearing-legal-entity-defendant.json"
JG = "https://w3id.org/justicegraph/ontology#"
PEER = """
@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
<#crime> rml:logicalSource [ rml:source "FILE"; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rr:template "https://justicegraph.example/id/RecordedCrime/{Crime ID}" ] ;
"""
PEER_OBJECT = (
    'rr:predicateObjectMap [ rr:predicate <NAME> ; rr:objectMap [ rml:reference "COLUMN" ] ]'
)


def street(file: Path, rows: int) -> tuple[int, int]:
    """Write a street file of about so many rows; how many there are, and how many have no ID."""
    first, *told = STREET.read_text("utf-8").splitlines()
    times = max(1, round(rows / len(told)))
    nameless = 0
    with file.open("w", encoding="utf-8") as out:
        out.write(first + "\n")
        for number in range(times):
            for row in told:
                nameless += row.startswith(",")
                out.write((row if row.startswith(",") else f"{number:04x}{row[4:]}") + "\n")
    return times * len(told), nameless


def map_rows(file: Path) -> Iterator[Typed]:
    """The typed batches of a street file."""
    mapping = read_mapping(FOLDER / "police_uk" / "street-crime.yaml")
    model = Model.default()
    extractor, typist = RowExtractor(mapping, model), Typist(mapping, model, BASE)
    names = header(file)
    vet(file, names, Limits())
    for rows in batches(file, names, BATCH):
        extractor.add(rows.frame, 0, {"month": "2022-06"})
        raw = extractor.take()
        assert raw is not None
        yield typist.type(raw)


def hearings(file: Path, count: int) -> None:
    """Write so many hearings, a line each."""
    message = json.loads(HEARING.read_text("utf-8"))
    with file.open("w", encoding="utf-8") as out:
        for number in range(count):
            message["hearing"]["id"] = f"hearing-{number}"
            out.write(json.dumps(message) + "\n")


def map_messages(file: Path) -> Iterator[Typed]:
    """The typed batches of a file of hearings."""
    mapping = read_mapping(FOLDER / "common_platform" / "hearing-resulted.yaml")
    model = Model.default()
    extractor, typist = Extractor(mapping, model), Typist(mapping, model, BASE)
    for message in lines_of(file, reader_of(mapping), Limits()):
        assert not isinstance(message.content, Unreadable)
        extractor.add(message.content, 0, message.place)
        if extractor.instances >= BATCH:
            yield typist.type(extractor.take())
    yield typist.type(extractor.take())


def measured(what: str, file: Path) -> dict[str, float]:
    """Records, seconds and peak memory of mapping a file, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.map", "--child", what, str(file)],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def child(what: str, file: Path) -> dict[str, float]:
    started = time.perf_counter()
    documents = records = faults = 0
    for typed in map_rows(file) if what == "rows" else map_messages(file):
        documents += typed.documents.height
        records += typed.instances["iri"].count()
        faults += typed.faults.height
    return {
        "documents": documents,
        "records": records,
        "faults": faults,
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time(),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def peer(python: str, file: Path, folder: Path) -> dict[str, float]:
    """Seconds that morph-kgc takes for the same rows, and how many triples it makes."""
    objects = " ;\n".join(
        PEER_OBJECT.replace("COLUMN", column).replace("NAME", JG + column.replace(" ", ""))
        for column in header(STREET)
        if column != "Context"
    )
    (folder / "map.ttl").write_text(PEER.replace("FILE", str(file)) + objects + " .\n")
    config = f"[CONFIGURATION]\noutput_file: {folder}/out.nt\nnumber_of_processes: 1\n"
    (folder / "config.ini").write_text(config + f"[source]\nmappings: {folder}/map.ttl\n")
    started, spent = time.perf_counter(), _children()
    subprocess.run(
        [python, "-m", "morph_kgc", str(folder / "config.ini")], check=True, capture_output=True
    )
    seconds = time.perf_counter() - started
    with (folder / "out.nt").open("rb") as out:
        triples = sum(1 for _ in out)
    return {"seconds": seconds, "cpu": _children() - spent, "triples": triples}


def _children() -> float:
    """Processor seconds of all finished child processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(rows: int, messages: int, python: str | None) -> dict[str, object]:
    """All figures, asserted before they are believed."""
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peaks = []
        for times in (1, 10):
            file = folder / f"2022-06-{times}-street.csv"
            wanted, nameless = street(file, rows * times)
            got = measured("rows", file)
            assert (got["documents"], got["records"], got["faults"]) == (wanted, wanted, 0)
            peaks.append(got["peak_mb"])
            figures[f"rows x{times}"] = {
                "rows": wanted,
                "without id": nameless,
                "rows/s": round(wanted / got["seconds"]),
                "rows/cpu s": round(wanted / got["cpu"]),
                "peak MB": round(got["peak_mb"]),
            }
        figures["memory x10 over x1"] = round(peaks[1] / peaks[0], 2)
        told = folder / "hearings.jsonl"
        hearings(told, messages)
        got = measured("messages", told)
        assert got["documents"] == messages
        figures["messages"] = {
            "messages": messages,
            "records": got["records"],
            "messages/s": round(messages / got["seconds"]),
            "messages/cpu s": round(messages / got["cpu"]),
            "peak MB": round(got["peak_mb"]),
        }
        if python:
            wanted, nameless = street(folder / "peer.csv", rows)
            theirs = peer(python, folder / "peer.csv", folder)
            figures["morph-kgc"] = {
                "rows/s": round(wanted / theirs["seconds"]),
                "rows/cpu s": round(wanted / theirs["cpu"]),
                "triples": theirs["triples"],
                "rows dropped": nameless,
            }
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=236_220)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--peer", help="a Python with morph-kgc 2.10 installed")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(child(options.child[0], Path(options.child[1]))))
        return
    figures = run(options.rows, options.messages, options.peer)
    if options.json:
        print(json.dumps(figures))
        return
    for what, figure in figures.items():
        print(f"{what}: {figure}")


if __name__ == "__main__":
    main()
