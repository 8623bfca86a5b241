"""One batch of record versions into the tables."""

import sqlite3

import polars as pl

from graph.sqlite.layout import OPEN, Layout, sql
from graph.sqlite.terms import intern, numbers, packed
from ontology import Property

MICRO = 6  # decimals are kept as whole millionths


def write_batch(
    connection: sqlite3.Connection, layout: Layout, root: str, frame: pl.DataFrame, release: int
) -> None:
    """Put or end the records of one frame at a release, in the caller's transaction."""
    frame = frame.unique("iri", keep="last", maintain_order=True).sort("iri")
    if frame.is_empty():
        return
    terms = _terms(connection, layout, root, frame)
    _end(connection, root, frame.select(numbers(pl.col("iri"), terms)).to_series(), release)
    puts = frame.filter(pl.col("op") == "put")
    if puts.is_empty():
        return
    first = connection.execute(
        "SELECT max((SELECT coalesce(max(version), 0) FROM node),"
        " (SELECT value FROM meta WHERE name = 'last'))"
    ).fetchone()[0]
    puts = puts.with_columns(
        pl.int_range(first + 1, first + 1 + len(puts), dtype=pl.Int64).alias("_version"),
        numbers(pl.col("iri"), terms).alias("_iri"),
        *(numbers(pl.col(name), terms).alias(f"_{name}") for name in _SYSTEM),
    )
    connection.executemany(
        "INSERT INTO node (version, iri, class, dataset, document, since, until)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        puts.select(
            "_version",
            "_iri",
            *(f"_{name}" for name in _SYSTEM),
            pl.lit(release).alias("_since"),
            pl.lit(OPEN).alias("_until"),
        ).iter_rows(),
    )
    _insert_columns(connection, layout, root, puts, terms)
    _insert_values(connection, layout, root, puts, terms)
    _insert_edges(connection, layout, root, puts, terms, release)
    _widen_bounds(connection, root, puts["iri"])


_SYSTEM = ("class", "dataset", "document")


def _terms(
    connection: sqlite3.Connection, layout: Layout, root: str, frame: pl.DataFrame
) -> pl.DataFrame:
    texts = [frame[name] for name in ("iri", *_SYSTEM)]
    texts.append(pl.Series([p.name for p in layout.properties(root)], dtype=pl.String))
    for prop in _present(layout.properties(root), frame):
        if prop.kind != "data":
            column = frame[prop.name]
            texts.append(column.explode() if prop.many else column)
    return intern(connection, texts)


def _present(properties: tuple[Property, ...], frame: pl.DataFrame) -> list[Property]:
    return [p for p in properties if p.name in frame.columns]


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
    remove_versions(connection, root, again)


def remove_versions(
    connection: sqlite3.Connection, root: str, rows: list[tuple[int, int, int]]
) -> None:
    """Remove versions (version, iri, since) of one root class with all that belongs to them."""
    versions = [(version,) for version, _, _ in rows]
    connection.executemany(sql("DELETE FROM {root} WHERE version = ?", root=root), versions)
    connection.executemany("DELETE FROM value WHERE version = ?", versions)
    connection.executemany("DELETE FROM node WHERE version = ?", versions)
    connection.executemany(
        "DELETE FROM edge WHERE source = ? AND since = ?", [(iri, since) for _, iri, since in rows]
    )


def _insert_columns(
    connection: sqlite3.Connection,
    layout: Layout,
    root: str,
    puts: pl.DataFrame,
    terms: pl.DataFrame,
) -> None:
    single = [
        p for p in _present(layout.columns[root], puts) if puts[p.name].null_count() < len(puts)
    ]
    insert = sql(
        "INSERT INTO {root} ({columns}) VALUES ",
        root=root,
        columns=["version", *(p.name for p in single)],
    )
    marks = ", ".join("?" * (1 + len(single)))
    connection.executemany(
        f"{insert}({marks})",
        puts.select("_version", *(stored(p, terms) for p in single)).iter_rows(),
    )


def _insert_values(
    connection: sqlite3.Connection,
    layout: Layout,
    root: str,
    puts: pl.DataFrame,
    terms: pl.DataFrame,
) -> None:
    for prop in _present(layout.many[root], puts):
        rows = (
            puts.select(
                "_version",
                numbers(pl.lit(prop.name), terms).alias("_property"),
                pl.int_ranges(pl.col(prop.name).list.len()).alias("_position"),
                pl.col(prop.name),
            )
            .filter(pl.col(prop.name).list.len() > 0)
            .explode("_position", prop.name)
            .drop_nulls(prop.name)
            .with_columns(stored(prop, terms))
        )
        connection.executemany("INSERT INTO value VALUES (?, ?, ?, ?)", rows.iter_rows())


def _insert_edges(
    connection: sqlite3.Connection,
    layout: Layout,
    root: str,
    puts: pl.DataFrame,
    terms: pl.DataFrame,
    release: int,
) -> None:
    for prop in _present(layout.links[root], puts):
        ends = puts.select("_iri", pl.col(prop.name).alias("_target"))
        if prop.many:
            ends = ends.explode("_target")
        rows = ends.drop_nulls("_target").select(
            "_iri",
            numbers(pl.lit(prop.name), terms).alias("_type"),
            numbers(pl.col("_target"), terms),
            pl.lit(release).alias("_since"),
            pl.lit(OPEN).alias("_until"),
        )
        connection.executemany(
            "INSERT INTO edge (source, type, target, since, until) VALUES (?, ?, ?, ?, ?)",
            rows.unique(maintain_order=True).iter_rows(),
        )


def stored(prop: Property, terms: pl.DataFrame) -> pl.Expr:
    """A column's values as the tables hold them (layout.py)."""
    column = pl.col(prop.name)
    if prop.kind == "code":
        return numbers(column, terms)
    match prop.datatype:
        case "date":
            return column.cast(pl.String)
        case "dateTime":
            return column.dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
        case "boolean":
            return column.cast(pl.Int64)
        case "decimal":
            millionths: pl.Expr = column.cast(pl.Decimal(38, MICRO)) * 10**MICRO
            return millionths.cast(pl.Int64)
        case _:
            return column


def _widen_bounds(connection: sqlite3.Connection, root: str, iris: pl.Series) -> None:
    # Texts compare by their UTF-8 bytes in SQLite and in Polars alike.
    connection.execute(
        "INSERT INTO bounds VALUES (?, ?, ?) ON CONFLICT (root) DO UPDATE"
        " SET low = min(low, excluded.low), high = max(high, excluded.high)",
        (root, iris[0], iris[-1]),
    )
