"""docs/shapes.md says what the compiler covers, as the compiler says it."""

import re

from benchmarks.constructs import ON_PATH, ON_RECORD
from shapes.compiler import COVERED
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "shapes.md").read_text(encoding="utf-8")


def test_the_page_lists_the_constructs_that_the_compiler_covers() -> None:
    listed = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", PAGE, re.M))
    assert listed == dict(COVERED)


def test_the_page_shows_the_cost_of_every_construct_that_is_measured() -> None:
    costs = re.findall(r"^\| ([^|`]+) \| (?:columns|pyshacl) \| [0-9.]+ \| [0-9.]+ \|$", PAGE, re.M)
    assert set(costs) == {*ON_PATH, *ON_RECORD}
