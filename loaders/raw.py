"""Raw frames: what a batch of whole documents says, as text, before any of it is interpreted.

One frame a record block, one row a record instance:
    _n      Int64   ordinal of the instance in the batch, over all blocks
    _doc    Int64   ordinal of its document in the batch
    _place  String  where it stands in the file: a path, or `row 17`
    class   String  leaf class
    k:<i>            String        key part i
    v:<property>     String        text, or List(String) for a property of many values
    t:<property>     Int64         _n of the target made in scope
    l:<property>:<i> String        key part i of a target, or List(String) for several targets
Constants are not in the frames; `typed` adds them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

DOCUMENTS = {
    "_doc": pl.Int64(),
    "_file": pl.Int64(),
    "_place": pl.String(),
    "version": pl.String(),
    "content": pl.String(),
}
FAULTS = {
    "_doc": pl.Int64(),
    "_n": pl.Int64(),
    "column": pl.String(),
    "path": pl.String(),
    "code": pl.String(),
    "detail": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Raw:
    """One batch of whole documents.

    documents: `DOCUMENTS` and key parts `k:<i>`; content is the fingerprint of the whole, mapped or
    not. sheets: block name → raw frame, of all blocks that made an instance.
    faults: what did not fit, by `FAULTS`; `_n` is null where it concerns the whole document.
    instances: how many `_n` were given.
    """

    documents: pl.DataFrame
    sheets: Mapping[str, pl.DataFrame]
    faults: pl.DataFrame
    instances: int
