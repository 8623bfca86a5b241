"""A graph made at once: retained releases as Parquet, brought in by neo4j-admin.

For a server that is not ours: `python -m graph.neo4j.bulk write DATA FOLDER` writes the files and
prints what an operator runs; its last line, `... imported RELEASES`, adds schema and releases.

The import is offline and replaces the whole database, so it is only ever asked for. What it makes
is what projecting the same releases one after the other makes, but for the schema, which opening
the store adds.
"""

import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from graph.errors import StoreUnusableError
from graph.names import relationship_type
from graph.neo4j.connection import Connection, Target
from graph.neo4j.local import LocalServer
from graph.neo4j.schema import Layout
from graph.neo4j.store import Neo4jStore
from graph.neo4j.values import stored_frame
from ontology import Model
from releases import Releases

PART = 200_000
_SPACE = "E"
_PAST_SPACE = "P"
_LINKED = {
    "source": pl.String,
    "type": pl.String,
    "target": pl.String,
    "since": pl.Int64,
    "until": pl.Int64,
}

SET_RELEASES = "MATCH (g:JusticeGraph {name: 'graph'}) SET g.releases = $releases"
COUNT = "MATCH (n) WHERE NOT n:JusticeGraph RETURN count(n)"


@dataclass
class Files:
    """Parquet files by the labels or the type they bring, and the releases they hold."""

    folder: Path
    releases: list[int]
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
            f"python -m graph.neo4j.bulk imported {','.join(map(str, self.releases))}",
        ]


def write_files(releases: Releases, model: Model, folder: Path) -> Files:
    """All retained releases as Parquet in an empty folder. Memory is bounded by parts of a root."""
    layout = Layout(model)
    history = [r for r in releases.list() if r.status != "undone"]
    live = [r.number for r in history if r.status == "live"]
    files = Files(folder, live)
    rows: dict[str, int] = {}
    for release in history:
        for root, counts in release.counts.items():
            rows[root] = rows.get(root, 0) + sum(counts.values())
    for root in model.roots:
        parts = -(-rows.get(root, 0) // PART)
        for part in range(parts):
            versions = _versions(releases, root, live, (part, parts))
            if versions.height:
                _write_nodes(files, layout, root, versions, part)
                _write_links(files, layout, root, versions, part)
    _write_places(files)
    return files


def _versions(
    releases: Releases, root: str, live: Sequence[int], part: tuple[int, int]
) -> pl.DataFrame:
    """Puts with `since` and `until` (null while live)."""
    changes = [
        releases.changes(root, before, number, part=part)
        .with_columns(since=pl.lit(number, pl.Int64))
        .collect()
        for before, number in zip([0, *live], live, strict=False)
    ]
    told = pl.concat(changes).sort("iri", "since") if changes else pl.DataFrame()
    if told.is_empty():
        return told
    until = pl.col("since").shift(-1).over("iri").alias("until")
    return told.with_columns(until).filter(pl.col("op") == "put")


def _write_nodes(
    files: Files, layout: Layout, root: str, versions: pl.DataFrame, part: int
) -> None:
    stored = stored_frame(layout, root, versions).with_columns(versions["since"], versions["until"])
    for (cls,), rows in stored.group_by("class"):
        labels = layout.labels(str(cls)).replace("`", "")
        now = rows.filter(pl.col("until").is_null()).drop("until")
        _add(files.nodes, f"Resource:Version{labels}", files, f"{cls}-{part}",
             now.rename({"iri": f"iri:ID({_SPACE})"}))  # fmt: skip
        past = rows.filter(pl.col("until").is_not_null())
        number = pl.format("{} {}", "iri", "since").alias(f":ID({_PAST_SPACE})")
        _add(files.nodes, f"Past:Version{labels}", files, f"{cls}-past-{part}",
             past.with_columns(number))  # fmt: skip
        _add(files.links, "PAST_VERSION", files, f"past-of-{cls}-{part}", past.select(
            pl.col("iri").alias(f":START_ID({_SPACE})"),
            number.alias(f":END_ID({_PAST_SPACE})")))  # fmt: skip


def _write_links(
    files: Files, layout: Layout, root: str, versions: pl.DataFrame, part: int
) -> None:
    for prop in layout.model.table_properties(root):
        if prop.kind != "link" or prop.name not in versions.columns:
            continue
        rows = versions.select("iri", "since", "until", target=pl.col(prop.name)).filter(
            pl.col("target").is_not_null()
        )
        if prop.many:
            rows = rows.filter(pl.col("target").list.len() > 0).explode("target")
            rows = rows.drop_nulls("target").unique()
        rows = _joined(rows).rename({"iri": f":START_ID({_SPACE})", "target": f":END_ID({_SPACE})"})
        kind = relationship_type(prop.name)
        _add(files.links, kind, files, f"{root}-{kind}-{part}", rows)


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


def _write_places(files: Files) -> None:
    """Nodes without a version: targets that are not there, and records that are gone by now."""
    start, end = f":START_ID({_SPACE})", f":END_ID({_SPACE})"
    ends = [
        pl.scan_parquet(path).select(iri=pl.col(name))
        for kind, paths in files.links.items()
        for path in paths
        for name in ([start] if kind == "PAST_VERSION" else [start, end])
    ]
    there = [
        pl.scan_parquet(path).select(iri=pl.col(f"iri:ID({_SPACE})"))
        for labels, paths in files.nodes.items()
        if labels.startswith("Resource:")
        for path in paths
    ]
    if not ends:
        return
    places = pl.concat(ends).unique()
    if there:
        places = places.join(pl.concat(there), on="iri", how="anti")
    found = places.collect(engine="streaming").rename({"iri": f"iri:ID({_SPACE})"})
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
    server: LocalServer, releases: Releases, model: Model, folder: Path
) -> Neo4jStore:
    """Replace what a server of ours holds by the retained releases; the store, opened.

    The server is down meanwhile. Raises LocalServerError; the database may then be empty or
    partly there, and projecting or the same call again makes it whole.
    """
    address = server.address()
    folder.mkdir(parents=True, exist_ok=True)
    files = write_files(releases, model, folder)
    server.stop()
    server.admin(files.arguments())
    server.start()
    for path in _paths(files):
        path.unlink()
    return imported(Target(address.uri, address.username, address.password), model, files.releases)


def _paths(files: Files) -> Iterator[Path]:
    for kinds in (files.nodes, files.links):
        for paths in kinds.values():
            yield from paths


def imported(target: Target, model: Model, releases: Sequence[int]) -> Neo4jStore:
    """Open a database that was just imported: schema, then the releases that it holds."""
    store = Neo4jStore(target, model)
    connection = Connection(target)
    try:
        numbers = list(releases) or [0]
        connection.write(lambda tx: tx.run(SET_RELEASES, releases=numbers).consume())
    finally:
        connection.close()
    return store


def refuse_unless_empty(target: Target) -> None:
    """Raise StoreUnusableError when the database holds anything at all."""
    connection = Connection(target)
    try:
        count = connection.rows(COUNT)[0][0]
    finally:
        connection.close()
    if count:
        raise StoreUnusableError(
            target.uri,
            f"it holds {count} nodes, and an import would replace them",
            "Ask for it in so many words: justicegraph graph rebuild",
        )


def main(arguments: Sequence[str]) -> int:
    """`write DATA FOLDER` or `imported RELEASES`."""
    model = Model.default()
    match arguments:
        case ["write", data, folder]:
            Path(folder).mkdir(parents=True)
            files = write_files(Releases.open(Path(data), model), model, Path(folder))
            print("\n".join(files.commands()))
        case ["imported", numbers]:
            imported(Target.of("neo4j"), model, [int(n) for n in numbers.split(",")]).close()
        case _:
            print("python -m graph.neo4j.bulk write DATA FOLDER | imported RELEASES")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
