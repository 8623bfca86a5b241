"""Codes in live records that neither the ontology nor an imported list holds."""

from functools import lru_cache
from urllib.parse import unquote

import polars as pl

from loaders.code_lists.held import held
from loaders.masking import HIDDEN_CODES, masked
from ontology.model import Model
from ontology.namespaces import CODE
from releases import Releases

UNKNOWN = {
    "dataset": pl.String(),
    "property": pl.String(),
    "scheme": pl.String(),
    "notation": pl.String(),
    "records": pl.Int64(),
    "since": pl.Int64(),
}


def unknown_codes(releases: Releases, release: int) -> pl.DataFrame:
    """Columns of UNKNOWN, most frequent first. Empty for release 0.

    records: how many live records carry the code; since: the first release that wrote one of
    them. notation is masked where the property is about what may identify.
    """
    forgotten = releases.release(release).forgotten if release else 0
    return _unknown(releases, release, forgotten)


@lru_cache(maxsize=4)
def _unknown(releases: Releases, release: int, forgotten: int) -> pl.DataFrame:
    model = releases.model
    assert isinstance(model, Model), "unknown codes need the whole model, not only its schemas"
    frames = [pl.DataFrame(schema=UNKNOWN)]
    if release:
        codes = [*model.concepts, *held(releases, release)]
        known = pl.DataFrame({"iri": codes}, schema={"iri": pl.String})
        tables = (_of_table(releases, model, root, release, known) for root in model.roots)
        frames += [found for found in tables if found.height]
    return pl.concat(frames).sort(
        "records", "dataset", "scheme", "notation", descending=[True, False, False, False]
    )


def _of_table(
    releases: Releases, model: Model, root: str, release: int, known: pl.DataFrame
) -> pl.DataFrame:
    codes = [prop for prop in model.table_properties(root) if prop.kind == "code"]
    if not codes or not (releases.folder / "tables" / root).is_dir():
        return pl.DataFrame(schema=UNKNOWN)
    rows = releases.state(root, release, columns=["dataset", "release", *(p.name for p in codes)])
    told = []
    for prop in codes:
        one = rows.select("dataset", "release", pl.col(prop.name).alias("iri"))
        one = one.explode("iri") if prop.many else one
        told.append(
            one.drop_nulls("iri")
            .group_by("dataset", "iri")
            .agg(pl.len().cast(pl.Int64).alias("records"), pl.col("release").min().alias("since"))
            .with_columns(pl.lit(prop.name).alias("property"))
        )
    found = pl.concat(told).join(known.lazy(), on="iri", how="anti").collect()
    return pl.DataFrame(
        [_named(model, *row) for row in found.iter_rows()], schema=UNKNOWN, orient="row"
    )


def _named(
    model: Model, dataset: str, iri: str, records: int, since: int, name: str
) -> tuple[str, str, str, str, int, int]:
    scheme, _, notation = iri.removeprefix(CODE).partition("/")
    text = unquote(notation)
    if model.properties[name].sensitivity in HIDDEN_CODES:
        text = masked(text, "identifying")
    return dataset, name, unquote(scheme), text, records, since
