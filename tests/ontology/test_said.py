"""The kept form of the ontology is the ontology, and a broken one is made again."""

from pathlib import Path

import pytest

from ontology import Model


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUSTICEGRAPH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_kept_model_is_the_same(cache: Path) -> None:
    read = Model.load()
    (kept,) = cache.iterdir()
    assert read.digest in kept.name
    assert Model.load() == read


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b"\xff"])
def test_a_broken_cache_is_made_again(cache: Path, broken: bytes) -> None:
    read = Model.load()
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(broken)
    assert Model.load() == read
    assert kept.read_bytes() == whole


def test_another_ontology_is_kept_apart(cache: Path, tmp_path: Path) -> None:
    Model.load()
    more = tmp_path / "more.ttl"
    more.write_text(
        "@prefix jg: <https://w3id.org/justicegraph/ontology#> .\n"
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        'jg:Case skos:altLabel "matter"@en .\n'
    )
    Model.load(more)
    assert len(list(cache.iterdir())) == 2


def test_no_place_to_keep_is_only_slower(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUSTICEGRAPH_CACHE", "")
    read = Model.load()
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("JUSTICEGRAPH_CACHE", str(tmp_path / "file" / "below"))
    assert Model.load() == read
