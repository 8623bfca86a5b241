"""Rate of GraphQL: a person's journey, answered as HTTP answers it but without the network.

`python -m benchmarks.graphql --persons 200 --json` makes a world, loads it, asserts that the
journeys asked for hold the tellings of the truth, and only then times: CPU a request and requests
a second of one worker for the journey of the person with the most events, for a page of records
with two links followed, and for the journey by graphql-core's own executor beside ours.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graphql import execute_sync, parse

from api import Access, ApiSettings, Role, open_engine
from api.engine import Engine
from api.reader import Question
from api.roots import Asked
from cli.pipeline import run_load
from cli.workspace import Workspace
from world import generate

JOURNEY = """query ($record: ID!) {
  journey(record: $record, status: [HAPPENED, PLANNED, CANCELLED]) {
    subject { id }
    events { id class stage date precision status seq label system court caseReference charge
      decision orderedBy tellers systemOfRecord silent maxDisagreementDays }
    cases { id }
    context { headline release { number } datasets { dataset records } }
  }
}"""
PAGE = """query { records(class: "Hearing", first: 50) {
  nodes { id ... on Hearing { eventDate courtName inCase { id ... on Case { urn } }
    ofParticipation { id role { label } party { id class } } } } } }"""


def rates(ask: Callable[[], Any], seconds: float) -> dict[str, float]:
    """CPU milliseconds a request, and requests a second."""
    ask()
    count, wall, cpu = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - wall < seconds:
        ask()
        count += 1
    return {
        "cpu_ms": round((time.process_time() - cpu) / count * 1000, 2),
        "per_second": round(count / (time.perf_counter() - wall), 1),
    }


def subject(engine: Engine, truth: Path) -> tuple[str, int]:
    """The person with the most events, once every journey was found to hold the truth's tellings.

    Asserts by count a person: tests/test_world_journeys.py compares telling by telling.
    """
    people = [json.loads(line) for line in (truth / "persons.jsonl").read_bytes().splitlines()]
    tellings = [json.loads(line) for line in (truth / "tellings.jsonl").read_bytes().splitlines()]
    told: dict[str, int] = {}
    for telling in tellings:
        told[telling["person"]] = told.get(telling["person"], 0) + 1
    asked = """query ($i: IdentifierInput!) { journey(identifier: $i,
        status: [HAPPENED, PLANNED, CANCELLED]) { subject { id } events { id } } }"""
    best, same = ("", 0), 0
    for person in people:
        if not person["pnc"]:
            continue
        variables = {"i": {"scheme": "pnc", "value": person["pnc"]}}
        body = engine.answer(asked, variables, Access.operator()).body
        journey = (body.get("data") or {}).get("journey")
        if journey is None:
            continue
        count = len(journey["events"])
        assert count <= told.get(person["key"], 0), "more events than the truth tells"
        same += count == told.get(person["key"], 0)
        best = max(best, (journey["subject"]["id"], count), key=lambda found: found[1])
    assert same > 0, "no journey holds all tellings of the truth"
    return best


def measure(persons: int, seconds: float) -> dict[str, Any]:
    """The figures, after the answers were asserted."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        generate(persons, 1, place / "world")
        workspace = Workspace(place / "data")
        run_load(workspace, [place / "world" / "extracts"])
        settings = ApiSettings(workspace.folder, base=workspace.settings.base)
        engine = open_engine(workspace.releases, workspace.store, workspace.model, settings)
        record, events = subject(engine, place / "world" / "truth")
        variables = {"record": record}
        document, schema = parse(JOURNEY), engine.schema(Role.OPERATOR)

        def plain() -> Any:
            question = Question(engine.sources, Access.operator())
            asked = Asked(question, schema.view, schema.records.concepts)
            return execute_sync(
                schema.core, document, context_value=asked, variable_values=variables
            ).data

        def ours() -> Any:
            return engine.answer(JOURNEY, variables, Access.operator()).body["data"]

        assert plain() == ours()
        page = engine.answer(PAGE, None, Access.operator()).body
        assert len(page["data"]["records"]["nodes"]) == 50
        found = {
            "persons": persons,
            "events": events,
            "fields": events * 19,
            "journey": rates(ours, seconds),
            "journey_graphql_core_executor": rates(plain, seconds),
            "page_of_50_hearings": rates(
                lambda: engine.answer(PAGE, None, Access.operator()), seconds
            ),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
        engine.audit.close()
        workspace.store.close()
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each is asked")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    given = parser.parse_args()
    found = measure(given.persons, given.seconds)
    if given.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for name, value in found.items():
        sys.stdout.write(f"{name}: {value}\n")


if __name__ == "__main__":
    main()
