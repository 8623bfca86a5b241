"""A graph made at once: retained releases as Parquet, brought in by neo4j-admin.

For a server that is not ours: `python -m graph.neo4j.bulk write DATA FOLDER` writes the files and
prints what an operator runs; its last line, `... imported RELEASES ID`, adds schema and releases.

The import is offline and replaces the whole database, so it is only ever asked for. What it makes
is what projecting the same releases one after the other makes, but for the schema, which opening
the store adds.
"""

import contextlib
import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import polars as pl

from graph.errors import StoreUnusableError
from graph.names import relationship_type
from graph.neo4j.connection import Connection, Target
from graph.neo4j.local import LocalServer
from graph.neo4j.schema import Layout
from graph.neo4j.store import Neo4jStore
from graph.neo4j.values import hash_links, stored_frame
from ontology import Model
from releases import Release, Releases

PART = 100_000
"""Rows of a table that are held at once, and go into files of their own."""
BULK_FROM = 100_000
"""Versions from which a first load into an empty managed database is imported (decision 12)."""
Told = Callable[[str], None]
Iris = TypeVar("Iris", pl.Series, pl.Expr)
_SPACE = "E"
_PAST_SPACE = "P"

SET_RELEASES = """
MATCH (g:JusticeGraph {name: 'graph'}) SET g.releases = $releases, g.folder = $folder"""
# Each is read off the count store, whatever the size.
COUNTS = """
CALL () { MATCH (n) RETURN count(n) AS nodes }
CALL () { MATCH (n:Resource) RETURN count(n) AS resources }
CALL () { MATCH (n:Past) RETURN count(n) AS past }
CALL () { MATCH (n:JusticeGraph) RETURN count(n) AS graphs }
RETURN nodes, resources + past + graphs, graphs"""


@dataclass
class Files:
    """Parquet files by the labels or the type they bring, and the releases they hold."""

    folder: Path
    releases: list[int]
    data_folder: str
    nodes: dict[str, list[Path]] = field(default_factory=dict)
    links: dict[str, list[Path]] = field(default_factory=dict)

    def arguments(self) -> list[str]:
        """What neo4j-admin is given."""
        nodes = [f"--nodes={k}={','.join(map(str, v))}" for k, v in sorted(self.nodes.items())]
        links = [
            f"--relationships={k}={','.join(map(str, v))}" for k, v in sorted(self.links.items())
        ]
        # The database first: after the last list of files it would be taken for a file.
        return [
            *("database", "import", "full", "neo4j"),
            *("--input-type=parquet", "--overwrite-destination"),
            f"--report-file={self.folder / 'import.report'}",
            *nodes,
            *links,
        ]

    def commands(self) -> list[str]:
        """For a server that the product does not manage: what an operator runs, in order."""
        listed = " \\\n  ".join(shlex.quote(argument) for argument in self.arguments())
        return [
            "neo4j stop",
            f"neo4j-admin {listed}",
            "neo4j start",
            "python -m graph.neo4j.bulk imported "
            f"{','.join(map(str, self.releases))} {self.data_folder}",
        ]


def write_files(
    releases: Releases, model: Model, folder: Path, told: Told = lambda _: None
) -> Files:
    """All retained releases as Parquet in an empty folder.

    Memory is bounded by PART rows of the widest table, and 16 bytes for each record and target.
    """
    layout = Layout(model)
    history = [r for r in releases.list() if r.status != "undone"]
    live = [r.number for r in history if r.status == "live"]
    files = Files(folder, live, releases.folder_id)
    ends = _Ends()
    rows = rows_by_root(history)
    for root in model.roots if live else []:
        parts = -(-rows.get(root, 0) // PART)
        apart = folder / "apart"
        apart.mkdir()
        for number, versions in enumerate(releases.versions(root, live, PART, apart)):
            told(f"writing {root}, {number + 1} of {max(parts, number + 1)}")
            _write_nodes(files, ends, layout, root, versions, number)
            _write_links(files, ends, layout, root, versions, number)
        shutil.rmtree(apart)
    told("writing what links name and no record is")
    _write_places(files, ends.missing())
    return files


def _write_nodes(
    files: Files, ends: "_Ends", layout: Layout, root: str, versions: pl.DataFrame, number: int
) -> None:
    stored = stored_frame(layout, root, versions).with_columns(
        hash_links(layout, root, versions), versions["since"], versions["until"]
    )
    for (cls,), rows in stored.partition_by("class", as_dict=True).items():
        labels = layout.labels(str(cls)).replace("`", "")
        now = rows.filter(pl.col("until").is_null()).drop("until")
        ends.have(now["iri"])
        _add(files.nodes, f"Resource:Version{labels}", files, f"{cls}-{number}",
             now.rename({"iri": f"iri:ID({_SPACE})"}))  # fmt: skip
        past = rows.filter(pl.col("until").is_not_null())
        ends.need(past["iri"])
        name = pl.format("{} {}", "iri", "since").alias(f":ID({_PAST_SPACE})")
        _add(files.nodes, f"Past:Version{labels}", files, f"{cls}-past-{number}",
             past.with_columns(name))  # fmt: skip
        _add(files.links, "PAST_VERSION", files, f"past-of-{cls}-{number}", past.select(
            pl.col("iri").alias(f":START_ID({_SPACE})"),
            name.alias(f":END_ID({_PAST_SPACE})")))  # fmt: skip


def _write_links(
    files: Files, ends: "_Ends", layout: Layout, root: str, versions: pl.DataFrame, number: int
) -> None:
    for prop in layout.model.table_properties(root):
        if prop.kind != "link" or prop.name not in versions.columns:
            continue
        rows = versions.select("iri", "since", "until", target=pl.col(prop.name))
        rows = rows.drop_nulls("target")
        if prop.many:
            rows = rows.filter(pl.col("target").list.len() > 0).explode("target")
            rows = rows.drop_nulls("target").unique()
        if rows.is_empty():
            continue
        if rows["until"].null_count() < rows.height:
            rows = _joined(rows)
        ends.need(rows["target"])
        kind = relationship_type(prop.name)
        rows = rows.rename({"iri": f":START_ID({_SPACE})", "target": f":END_ID({_SPACE})"})
        _add(files.links, kind, files, f"{root}-{kind}-{number}", rows)


def _joined(rows: pl.DataFrame) -> pl.DataFrame:
    """A link that stays from version to version is one link, as it is when projected."""
    rows = rows.sort("iri", "target", "since")
    fresh = (pl.col("since") != pl.col("until").shift(1).over("iri", "target")).fill_null(True)
    return (
        rows.with_columns(run=fresh.cum_sum())
        .group_by("run", maintain_order=True)
        .agg(pl.col("iri", "target", "since").first(), pl.col("until").last())
        .drop("run")
    )


class _Ends:
    """Which IRIs have a node and which need one, as 64-bit marks.

    An IRI without a node whose mark is another's would be overlooked. neo4j-admin then refuses
    the link, and the import fails.
    """

    def __init__(self) -> None:
        self._there: list[pl.Series] = []
        self._needed: list[pl.Series] = []

    def have(self, iris: pl.Series) -> None:
        self._there.append(_marked(iris))

    def need(self, iris: pl.Series) -> None:
        self._needed.append(_marked(iris).unique())

    def missing(self) -> pl.Series:
        """Marks of the IRIs that need a node and have none."""
        nothing = pl.Series("iri", [], pl.UInt64)
        needed = pl.concat([nothing, *self._needed]).unique().sort()
        there = pl.concat([nothing, *self._there]).sort()
        if there.is_empty():
            return needed
        at = there.search_sorted(needed).clip(0, there.len() - 1)
        return needed.filter(there.gather(at) != needed)


def _marked(iris: Iris) -> Iris:
    return iris.hash(seed=0)


def _write_places(files: Files, missing: pl.Series) -> None:
    """Nodes without a version: targets that are not there, and records that are gone by now."""
    if missing.is_empty():
        return
    ends = [
        pl.scan_parquet(path).select(iri=pl.col(f":{end}_ID({_SPACE})"))
        for kind, paths in files.links.items()
        for end in ("START" if kind == "PAST_VERSION" else "END",)
        for path in paths
    ]
    named = pl.concat(ends).filter(_marked(pl.col("iri")).is_in(missing.implode()))
    found = named.unique().collect(engine="streaming").rename({"iri": f"iri:ID({_SPACE})"})
    _add(files.nodes, "Resource", files, "places", found)


def _add(
    kinds: dict[str, list[Path]], key: str, files: Files, name: str, rows: pl.DataFrame
) -> None:
    if rows.is_empty():
        return
    path = files.folder / f"{name}.parquet"
    empty = [column for column in rows.columns if rows[column].null_count() == rows.height]
    rows.drop(empty).write_parquet(path, compression="zstd")
    kinds.setdefault(key, []).append(path)


def rebuild_managed(
    server: LocalServer,
    releases: Releases,
    model: Model,
    folder: Path,
    told: Told = lambda _: None,
) -> Neo4jStore:
    """Replace what a server of ours holds by the retained releases; the store, opened.

    Everything is made beside the database that answers, which is exchanged in one go: the server
    is down for a restart only, and interrupted before that, it answers as before. Interrupted
    after it, the graph is without its releases, and the same call makes it whole. Raises
    LocalServerError.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    staging = server.staging()
    try:
        files = write_files(releases, model, folder, told)
        told("neo4j-admin import")
        server.admin(files.arguments(), staging=staging, told=told)
        told("exchanging the database")
        server.exchange(staging)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(staging, ignore_errors=True)
    told("making indexes")
    address = server.address()
    target = Target(address.uri, address.username, address.password)
    return imported(target, model, files.releases, files.data_folder)


def rows_by_root(history: Sequence[Release]) -> dict[str, int]:
    """How many rows these releases have written, by root class."""
    rows: dict[str, int] = {}
    for release in history:
        for root, counts in release.counts.items():
            rows[root] = rows.get(root, 0) + sum(counts.values())
    return rows


def imported(target: Target, model: Model, releases: Sequence[int], folder: str) -> Neo4jStore:
    """Open a database that was just imported: schema, then the releases that it holds."""
    store = Neo4jStore(target, model)
    connection = Connection(target)
    try:
        numbers = list(releases) or [0]
        connection.write(lambda tx: tx.run(SET_RELEASES, releases=numbers, folder=folder).consume())
    finally:
        connection.close()
    return store


def managed_server(target: Target) -> LocalServer | None:
    """The server of ours that answers at this address: NEO4J_HOME's, else .neo4j's."""
    server = LocalServer.named()
    if target.database != "neo4j" or server is None or server.address().uri != target.uri:
        return None
    return server


def foreign(target: Target) -> int:
    """How many nodes the database holds that are not justicegraph's."""
    with contextlib.closing(Connection(target)) as connection:
        nodes, ours, _ = connection.rows(COUNTS)[0]
    return int(nodes - ours)


def refuse_foreign(target: Target) -> None:
    """Raise StoreUnusableError when an import would throw away nodes of others."""
    if count := foreign(target):
        raise StoreUnusableError(
            target.uri,
            f"it holds {count} nodes of others, and an import would replace them",
            "Keep the graph and build over Bolt: justicegraph graph rebuild --online",
        )


def is_empty(target: Target) -> bool:
    """Whether the database holds no nodes but the one that says so."""
    with contextlib.closing(Connection(target)) as connection:
        nodes, _, graphs = connection.rows(COUNTS)[0]
    return bool(nodes == graphs)


def main(arguments: Sequence[str]) -> int:
    """`write DATA FOLDER` or `imported RELEASES FOLDER-ID`."""
    model = Model.default()
    match arguments:
        case ["write", data, folder]:
            Path(folder).mkdir(parents=True)
            files = write_files(Releases.open(Path(data), model), model, Path(folder))
            print("\n".join(files.commands()))
        case ["imported", numbers, folder]:
            held = [int(number) for number in numbers.split(",")]
            imported(Target.of("neo4j"), model, held, folder).close()
        case _:
            print("python -m graph.neo4j.bulk write DATA FOLDER | imported RELEASES FOLDER-ID")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
