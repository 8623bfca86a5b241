"""The benchmark of the shapes runs, and compares reports before it times."""

from importlib.util import find_spec

import polars as pl
import pytest

import shapes
from benchmarks.shapes import batch, measure, plain
from ontology.model import Model


def test_it_gives_the_figures_it_promises() -> None:
    figures = measure(400)
    assert figures["same_report"] is True
    assert figures["records"] == 400
    assert figures["bad_share"] > 0
    peers = ["", "pyshacl_", "pyshacl_cached_", *(["pyrudof_"] if find_spec("pyrudof") else [])]
    rates = {f"{peer}records_per_{second}" for peer in peers for second in ("second", "cpu_second")}
    assert {name for name in figures if "records_per" in name} == rates
    stages = ("columns_share", "values_share", "pyshacl_share", "report_share")
    assert sum(figures[stage] for stage in stages) == pytest.approx(1, abs=0.05)
    assert figures["peak_mb"] > 0


def test_it_times_nothing_when_the_reports_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(frames: dict[str, pl.DataFrame], model: Model) -> pl.DataFrame:
        return found.head(0)

    model = Model.default()
    found = shapes.check(batch(model, 0, 400), model)
    monkeypatch.setattr(shapes, "check", blind)
    with pytest.raises(SystemExit, match="do not report the same"):
        plain(model, 400)
