"""The benchmark of the shapes runs, and compares reports before it times."""

import polars as pl
import pytest

import shapes
from benchmarks.shapes import batch, measure
from ontology.model import Model


def test_it_gives_the_figures_it_promises() -> None:
    figures = measure(200)
    assert figures["same_report"] is True
    assert figures["bad_share"] > 0
    rates = [name for name in figures if name.endswith("records_per_second")]
    assert sorted(rates) == [
        "pyshacl_cached_records_per_second",
        "pyshacl_records_per_second",
        "records_per_second",
    ]
    assert figures["peak_mb"] > 0


def test_it_times_nothing_when_the_reports_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(frames: dict[str, pl.DataFrame], model: Model) -> pl.DataFrame:
        return found.head(0)

    model = Model.default()
    found = shapes.check(batch(model, 0, 200), model)
    monkeypatch.setattr(shapes, "check", blind)
    with pytest.raises(SystemExit, match="do not report the same"):
        measure(200)
