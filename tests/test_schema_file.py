"""schema.graphql is the schema: an unreviewed change fails, and says whether it breaks clients."""

from api.sdl import FILE, changes, committed
from ontology import Model
from tests.conftest import ROOT


def test_the_committed_schema_is_the_one_served() -> None:
    before = (ROOT / FILE).read_text(encoding="utf-8")
    served = committed(Model.default())
    breaking, other = changes(before, served)
    assert not breaking, f"breaks clients (make schema, once meant): {breaking}"
    assert not other, f"make schema writes the file anew: {other}"
    assert before == served, "make schema writes the file anew"
