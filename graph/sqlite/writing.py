"""One batch of record versions into the tables."""

import sqlite3
from dataclasses import dataclass

import polars as pl

from graph.sqlite.layout import OPEN, Layout, sql
from graph.sqlite.terms import intern, packed
from ontology import Property

_SYSTEM = ("class", "dataset", "document")


@dataclass(frozen=True)
class _Batch:
    """The puts of a frame and what they are made of; `ids` hold what is kept by number.

    lists: for each many-valued property and each link a frame (row, position, <property>) of its
    values, `row` being the row in puts. versions: one for each row of puts.
    """

    puts: pl.DataFrame
    lists: dict[str, pl.DataFrame]
    ids: dict[str, pl.Series]
    names: dict[str, int]
    iris: pl.Series
    versions: pl.Series
    release: int


def write_batch(
    connection: sqlite3.Connection, layout: Layout, root: str, frame: pl.DataFrame, release: int
) -> None:
    """Put or end the records of one frame at a release, in the caller's transaction."""
    # In IRI order new texts and rows go into the indexes side by side.
    frame = frame.unique("iri", keep="last", maintain_order=True).sort("iri")
    if frame.is_empty():
        return
    is_put = frame["op"] == "put"
    puts = frame.filter(is_put)
    properties = [
        p
        for p in layout.properties(root)
        if p.name in frame.columns and puts[p.name].null_count() < len(puts)
    ]
    lists = {p.name: _listed(puts, p) for p in properties if p.many or p.kind == "link"}
    names = pl.Series([p.name for p in properties], dtype=pl.String)
    texts = {"iri": frame["iri"], "": names, **{name: puts[name] for name in _SYSTEM}}
    for prop in properties:
        if prop.kind != "data":
            texts[prop.name] = lists.get(prop.name, puts)[prop.name]
    ids = intern(connection, texts)
    _end(connection, root, ids["iri"], release)
    if puts.is_empty():
        return
    first = connection.execute(
        "SELECT max((SELECT coalesce(max(version), 0) FROM node),"
        " (SELECT value FROM meta WHERE name = 'last'))"
    ).fetchone()[0]
    batch = _Batch(
        puts,
        lists,
        ids,
        dict(zip(names, ids[""], strict=True)),
        ids["iri"].filter(is_put),
        pl.int_range(first + 1, first + 1 + len(puts), eager=True),
        release,
    )
    _insert_nodes(connection, batch)
    _insert_columns(connection, layout, root, batch)
    _insert_values(connection, layout, root, batch)
    _insert_edges(connection, layout, root, batch)
    _widen_bounds(connection, root, puts["iri"])


def _listed(puts: pl.DataFrame, prop: Property) -> pl.DataFrame:
    column = pl.col(prop.name)
    if not prop.many:
        return puts.select(
            pl.int_range(pl.len()).alias("row"), pl.lit(0).alias("position"), column
        ).drop_nulls(prop.name)
    rows = puts.select(
        pl.int_range(pl.len()).alias("row"),
        pl.int_ranges(column.list.len()).alias("position"),
        column,
    )
    filled = rows.filter(column.list.len() > 0)
    return filled.explode("position", prop.name).drop_nulls(prop.name)


def _end(connection: sqlite3.Connection, root: str, iris: pl.Series, release: int) -> None:
    """End what is live, and take back what an earlier run of this batch has written."""
    rows = connection.execute(
        "SELECT version, iri, since FROM node WHERE iri IN (SELECT value FROM json_each(?))"
        " AND (until = ? OR since = ?)",
        (packed(iris.to_list()), OPEN, release),
    ).fetchall()
    if not rows:
        return
    live = [(version, iri, since) for version, iri, since in rows if since < release]
    connection.executemany(
        "UPDATE node SET until = ? WHERE version = ?",
        [(release, version) for version, _, _ in live],
    )
    connection.executemany(
        "UPDATE edge SET until = ? WHERE source = ? AND since = ?",
        [(release, iri, since) for _, iri, since in live],
    )
    again = [(version, iri, since) for version, iri, since in rows if since == release]
    _remove_versions(connection, root, again)


def _remove_versions(
    connection: sqlite3.Connection, root: str, rows: list[tuple[int, int, int]]
) -> None:
    versions = [(version,) for version, _, _ in rows]
    connection.executemany(sql("DELETE FROM {root} WHERE version = ?", root=root), versions)
    connection.executemany("DELETE FROM value WHERE version = ?", versions)
    connection.executemany("DELETE FROM node WHERE version = ?", versions)
    connection.executemany(
        "DELETE FROM edge WHERE source = ? AND since = ?", [(iri, since) for _, iri, since in rows]
    )


def _insert_nodes(connection: sqlite3.Connection, batch: _Batch) -> None:
    rows = pl.DataFrame(
        {
            "version": batch.versions,
            "iri": batch.iris,
            **{name: batch.ids[name] for name in _SYSTEM},
        }
    ).with_columns(since=pl.lit(batch.release), until=pl.lit(OPEN))
    connection.executemany(
        "INSERT INTO node (version, iri, class, dataset, document, since, until)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows.rows(),
    )


def _insert_columns(
    connection: sqlite3.Connection, layout: Layout, root: str, batch: _Batch
) -> None:
    puts = batch.puts
    filled = [
        p for p in layout.columns[root] if p.name in puts and puts[p.name].null_count() < len(puts)
    ]
    rows = pl.DataFrame(
        [batch.versions.rename("version"), *(_stored(p, puts[p.name], batch) for p in filled)]
    )
    insert = sql("INSERT INTO {root} ({columns}) VALUES ", root=root, columns=rows.columns)
    marks = ", ".join("?" * rows.width)
    connection.executemany(f"{insert}({marks})", rows.rows())


def _insert_values(
    connection: sqlite3.Connection, layout: Layout, root: str, batch: _Batch
) -> None:
    for prop in layout.many[root]:
        listed = batch.lists.get(prop.name)
        if listed is not None and listed.height:
            rows = listed.select(
                pl.lit(batch.versions).gather(pl.col("row")).alias("version"),
                pl.lit(batch.names[prop.name]).alias("property"),
                "position",
                _stored(prop, listed[prop.name], batch).alias("value"),
            )
            connection.executemany("INSERT INTO value VALUES (?, ?, ?, ?)", rows.rows())


def _insert_edges(connection: sqlite3.Connection, layout: Layout, root: str, batch: _Batch) -> None:
    for prop in layout.links[root]:
        listed = batch.lists.get(prop.name)
        if listed is not None and listed.height:
            rows = listed.select(
                pl.lit(batch.iris).gather(pl.col("row")).alias("source"),
                pl.lit(batch.release).alias("since"),
                pl.lit(batch.names[prop.name]).alias("type"),
                batch.ids[prop.name].alias("target"),
                pl.lit(OPEN).alias("until"),
            ).unique(["source", "target"], maintain_order=True)
            connection.executemany(
                "INSERT INTO edge (source, since, type, target, until) VALUES (?, ?, ?, ?, ?)",
                rows.rows(),
            )


def _stored(prop: Property, column: pl.Series, batch: _Batch) -> pl.Series:
    """A column's values as the tables hold them (layout.py)."""
    if prop.kind == "code":
        return batch.ids[prop.name].rename(prop.name)
    match prop.datatype:
        case "date":
            return column.cast(pl.String)
        case "dateTime":
            return column.dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
        case "boolean":
            return column.cast(pl.Int64)
        case "decimal":
            return (column.cast(pl.Decimal(38, 6)) * 10**6).cast(pl.Int64)
        case _:
            return column


def _widen_bounds(connection: sqlite3.Connection, root: str, iris: pl.Series) -> None:
    # Texts compare by their UTF-8 bytes in SQLite and in Polars alike.
    connection.execute(
        "INSERT INTO bounds VALUES (?, ?, ?) ON CONFLICT (root) DO UPDATE"
        " SET low = min(low, excluded.low), high = max(high, excluded.high)",
        (root, iris[0], iris[-1]),
    )
