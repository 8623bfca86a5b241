"""The dictionary of texts: IRIs, documents and names are kept once and meant by number."""

import sqlite3
from collections.abc import Iterable, Mapping

import orjson
import polars as pl

_CHUNK = 50_000


def packed(items: Iterable[str | int]) -> str:
    """A list as one SQL parameter, for `IN (SELECT value FROM json_each(?))`.

    Texts that are not Unicode (lone surrogates) can be in no table, and are left out.
    """
    values = list(items)
    try:
        return orjson.dumps(values).decode()
    except TypeError:
        return orjson.dumps([v for v in values if isinstance(v, int) or _sound(v)]).decode()


def ids_of(connection: sqlite3.Connection, texts: Iterable[str]) -> dict[str, int]:
    """The numbers of those texts that the dictionary has."""
    return dict(
        connection.execute(
            "SELECT text, id FROM term WHERE text IN (SELECT value FROM json_each(?))",
            (packed(texts),),
        )
    )


def intern(
    connection: sqlite3.Connection, columns: Mapping[str, pl.Series]
) -> dict[str, pl.Series]:
    """Columns of texts as columns of their numbers, after adding new texts to the dictionary.

    Null stays null. All columns go through one join: one for each costs three times as much.
    """
    every = pl.concat([column.rename("text") for column in columns.values()])
    wanted = every.drop_nulls().unique().sort()
    found: list[tuple[str, int]] = []
    for start in range(0, len(wanted), _CHUNK):
        found += ids_of(connection, wanted[start : start + _CHUNK].to_list()).items()
    terms = pl.DataFrame(found, schema={"text": pl.String, "id": pl.Int64}, orient="row")
    if terms.height < len(wanted):
        new = wanted.to_frame().join(terms, on="text", how="anti", maintain_order="left")
        top = connection.execute("SELECT coalesce(max(id), 0) FROM term").fetchone()[0]
        new = new.with_columns(id=pl.int_range(top + 1, top + 1 + len(new), dtype=pl.Int64))
        connection.executemany("INSERT INTO term (text, id) VALUES (?, ?)", new.rows())
        terms = pl.concat([terms, new])
    ids = every.to_frame().join(terms, on="text", how="left", maintain_order="left")["id"]
    answer, start = {}, 0
    for name, column in columns.items():
        answer[name] = ids[start : start + len(column)]
        start += len(column)
    return answer


def _sound(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
