"""Record versions into the tables, those of several root classes together."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from graph.sqlite.layout import OPEN, Layout, sql
from graph.sqlite.terms import intern, packed
from ontology import Property

ROWS = 2_000
_SYSTEM = ("class", "dataset", "document")
_ROOT, _LISTED = "its root", "listed "  # with a space, as no property's name has

Frames = list[tuple[str, pl.DataFrame]]


@dataclass(frozen=True)
class _Batch:
    """What is put, and what it is made of; `ids` hold what is kept by number.

    puts: the records in IRI order, each with the name of its root class. columns: the
    single-valued properties that some record has. listed: by kind of value, the values of links
    and many-valued properties as a frame (row, property, position, value), `row` being the row in
    puts. versions: one for each row of puts.
    """

    puts: pl.DataFrame
    columns: list[Property]
    listed: dict[str, pl.DataFrame]
    ids: dict[str, pl.Series]
    names: dict[str, int]
    iris: pl.Series
    versions: pl.Series
    release: int


def together(frames: Iterable[tuple[str, pl.DataFrame]]) -> Iterator[Frames]:
    """Frames one after the other until they have ROWS records: many small batches cost more."""
    batch: Frames = []
    for root, frame in frames:
        batch.append((root, frame))
        if sum(each.height for _, each in batch) >= ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def write_batch(
    connection: sqlite3.Connection, layout: Layout, frames: Frames, release: int
) -> None:
    """Put or end the records of frames at a release, in the caller's transaction.

    Of a record that is in them twice the last one holds.
    """
    roots = [root for root, frame in frames for _ in range(frame.height)]
    if not roots:
        return
    # In IRI order new texts and rows go into the indexes side by side.
    whole = (
        _filled(pl.concat([frame for _, frame in frames], how="diagonal"))
        .lazy()
        .with_columns(pl.Series(_ROOT, roots, dtype=pl.String))
        .unique("iri", keep="last", maintain_order=True)
        .sort("iri")
        .collect()
    )
    is_put = whole["op"] == "put"
    puts = whole.filter(is_put)
    held = set(puts.columns)
    filled = {p.name: p for root, _ in frames for p in layout.properties(root) if p.name in held}
    columns = [p for p in filled.values() if not _is_listed(p)]
    listed = _listed(puts, [p for p in filled.values() if _is_listed(p)])
    names = pl.Series(list(filled), dtype=pl.String)
    ids = intern(
        connection,
        {
            "iri": whole["iri"],
            "": names,
            **{name: puts[name] for name in _SYSTEM},
            **{p.name: puts[p.name] for p in columns if p.kind == "code"},
            **{_LISTED + k: listed[k]["value"] for k in ("link", "code") if k in listed},
        },
    )
    _end(connection, dict.fromkeys(roots), ids["iri"], release)
    if puts.is_empty():
        return
    first = connection.execute(
        "SELECT max((SELECT coalesce(max(version), 0) FROM node),"
        " (SELECT value FROM meta WHERE name = 'last'))"
    ).fetchone()[0]
    batch = _Batch(
        puts,
        columns,
        listed,
        ids,
        dict(zip(names, ids[""], strict=True)),
        ids["iri"].filter(is_put),
        pl.int_range(first + 1, first + 1 + len(puts), eager=True),
        release,
    )
    _insert_nodes(connection, batch)
    _insert_columns(connection, layout, batch)
    _insert_listed(connection, batch)


def _filled(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns that have a value."""
    return pl.DataFrame([c for c in frame.get_columns() if c.null_count() < frame.height])


def _is_listed(prop: Property) -> bool:
    return prop.many or prop.kind == "link"


def _listed(puts: pl.DataFrame, properties: list[Property]) -> dict[str, pl.DataFrame]:
    """_Batch.listed: by datatype, or 'code' or 'link'."""
    kinds: dict[str, list[Property]] = {}
    for prop in properties:
        kinds.setdefault(prop.datatype or prop.kind, []).append(prop)
    return dict(zip(kinds, pl.collect_all([_values(puts, p) for p in kinds.values()]), strict=True))


def _values(puts: pl.DataFrame, alike: list[Property]) -> pl.LazyFrame:
    lists = [pl.col(p.name) if p.many else pl.concat_list(p.name) for p in alike]
    return (
        puts.lazy()
        .select(pl.int_range(pl.len()).alias("row"), *lists)
        .unpivot(index="row", variable_name="property")
        .filter(pl.col("value").list.len() > 0)
        .with_columns(position=pl.int_ranges(pl.col("value").list.len()))
        .explode("position", "value")
        .drop_nulls("value")
    )


def _end(
    connection: sqlite3.Connection, roots: Iterable[str], iris: pl.Series, release: int
) -> None:
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
    _remove_versions(connection, roots, again)


def _remove_versions(
    connection: sqlite3.Connection, roots: Iterable[str], rows: list[tuple[int, int, int]]
) -> None:
    versions = [(version,) for version, _, _ in rows]
    for root in roots:
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


def _insert_columns(connection: sqlite3.Connection, layout: Layout, batch: _Batch) -> None:
    """The row of each version in its root class's table, without the columns that nobody fills."""
    stored = batch.puts.select(
        _ROOT,
        "iri",
        batch.versions.alias("version"),
        *(_stored(p.name, p.datatype, batch.ids.get(p.name)) for p in batch.columns),
    )
    held = set(stored.columns)
    for (root,), part in stored.partition_by(_ROOT, as_dict=True).items():
        names = [p.name for p in layout.columns[root] if p.name in held]
        rows = _filled(pl.DataFrame([part["version"], *(part[name] for name in names)]))
        insert = sql("INSERT INTO {root} ({columns}) VALUES ", root=root, columns=rows.columns)
        connection.executemany(f"{insert}({', '.join('?' * rows.width)})", rows.rows())
        _widen_bounds(connection, root, part["iri"])


def _insert_listed(connection: sqlite3.Connection, batch: _Batch) -> None:
    for kind, listed in batch.listed.items():
        known = listed.with_columns(
            pl.col("property").replace_strict(batch.names),
            _stored("value", kind, batch.ids.get(_LISTED + kind)),
        )
        if kind == "link":
            _insert_edges(connection, known, batch)
            continue
        rows = known.select(batch.versions.gather(known["row"]), "property", "position", "value")
        connection.executemany("INSERT INTO value VALUES (?, ?, ?, ?)", rows.rows())


def _insert_edges(connection: sqlite3.Connection, links: pl.DataFrame, batch: _Batch) -> None:
    rows = links.select(
        batch.iris.gather(links["row"]).alias("source"),
        pl.lit(batch.release).alias("since"),
        "property",
        "value",
        pl.lit(OPEN).alias("until"),
    ).unique(["source", "property", "value"], maintain_order=True)
    connection.executemany(
        "INSERT INTO edge (source, since, type, target, until) VALUES (?, ?, ?, ?, ?)",
        rows.rows(),
    )


def _stored(name: str, datatype: str | None, ids: pl.Series | None) -> pl.Expr | pl.Series:
    """A column's values as the tables hold them (layout.py); ids: where those are numbers."""
    if ids is not None:
        return ids.alias(name)
    column = pl.col(name)
    match datatype:
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
