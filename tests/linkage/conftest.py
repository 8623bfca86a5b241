"""Small records of the real model, loaded and linked."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from linkage import LinkSummary, run
from ontology import Model
from releases import Releases

BASE = "https://justicegraph.example/id/"
CODE = "https://w3id.org/justicegraph/code/"
Row = Mapping[str, Any]


def iri(root: str, name: str, dataset: str = "test/source") -> str:
    return f"{BASE}{root}/{dataset}/{name}"


def person(name: str, who: str = "", born: str | None = None, **keys: object) -> Row:
    """A person record called `name`; who: given names and family name."""
    given, _, family = who.rpartition(" ")
    return {
        "root": "PersonRecord",
        "iri": iri("PersonRecord", name),
        "givenName": given or None,
        "familyName": family or None,
        "birthDate": date.fromisoformat(born) if born else None,
        **keys,
    }


def case(name: str, **values: object) -> Row:
    return {"root": "Case", "class": "CriminalCase", "iri": iri("Case", name), **values}


def part(name: str, of: str, party: str | None = None, **values: object) -> Row:
    """A participation in case `of`, of the person record `party`."""
    return {
        "root": "Participation",
        "iri": iri("Participation", name),
        "inCase": [iri("Case", of)],
        "party": iri("PersonRecord", party) if party else None,
        **values,
    }


def charge(name: str, of: str, code: str | None = None, **values: object) -> Row:
    """A charge record of the participation `of`."""
    return {
        "root": "Issue",
        "class": "ChargeRecord",
        "iri": iri("Issue", name),
        "ofParticipation": [iri("Participation", of)],
        "offenceCode": f"{CODE}cjs-offence/{code}" if code else None,
        **values,
    }


class World:
    """A data folder to load records into, each load linked."""

    def __init__(self, folder: Path) -> None:
        self.model = Model.default()
        self.releases = Releases.open(folder, self.model)

    def load(self, *rows: Row, gone: tuple[Row, ...] = (), whole: bool = False) -> LinkSummary:
        with self.releases.write() as writer:
            for root in {row["root"] for row in rows}:
                filled = [_filled(row) for row in rows if row["root"] == root]
                schema = self.model.table_schema(root)
                writer.put(root, pl.DataFrame(filled, schema=schema))
            for row in gone:
                keys = {"iri": [row["iri"]], "document": [_filled(row)["document"]]}
                writer.delete(row["root"], pl.DataFrame(keys))
            summary = run(self.releases, writer, self.model, whole=whole)
            writer.commit({"totals": summary.totals})
        return summary

    def sets(self, kind: str = "person") -> set[frozenset[str]]:
        """Local names of the records of each thing."""
        return set(self.things(kind).values())

    def things(self, kind: str = "person", release: int | None = None) -> dict[str, frozenset[str]]:
        rows = (
            self.releases.state("Membership", release, columns=["member", "thing", "iri"])
            .filter(pl.col("iri").str.contains(f"/{kind}/high/", literal=True))
            .collect()
        )
        grouped = rows.group_by("thing").agg("member")
        return {
            thing: frozenset(member.rpartition("/")[2] for member in members)
            for thing, members in grouped.iter_rows()
        }

    def table(self, root: str) -> pl.DataFrame:
        return self.releases.state(root).collect().sort("iri")


def _filled(row: Row) -> dict[str, Any]:
    content = {name: value for name, value in row.items() if name != "root"}
    return {
        "class": row["root"],
        "dataset": "test/source",
        "document": f"test/source/{row['iri'].rpartition('/')[2]}",
        "version": "",
        "hash": hashlib.md5(repr(sorted(content.items())).encode()).hexdigest(),
        **content,
    }


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "data")


Names = Callable[..., set[frozenset[str]]]


def sets(*groups: str) -> set[frozenset[str]]:
    """sets("a b", "c") is {a, b} and {c}."""
    return {frozenset(group.split()) for group in groups}
