"""sh:pattern as the regular expression engine of the columns must have it."""

import re

import polars as pl

from shapes.compiler.constraint import NotCoveredError

_STACKED = re.compile(r"(?<!\\)(?:\\\\)*[*+?}]\+|\{,")


def rust_pattern(pattern: str) -> str:
    """A pattern that `shapes.rules.python_pattern` has passed, for Rust's regex.

    Both engines read that subset alike but for the end anchor, escapes that Rust gives another
    meaning and set operators within a class. NotCoveredError where Rust has no such pattern.
    """
    if _STACKED.search(pattern):
        raise NotCoveredError(f"the pattern {pattern} stacks quantifiers or leaves one open")
    written: list[str] = []
    in_class, index = False, 0
    while index < len(pattern):
        char, following = pattern[index], pattern[index + 1 : index + 2]
        if char == "\\":
            written.append(_escape(following))
            index += 2
            continue
        if in_class and char in "&~-" and following == char:
            raise NotCoveredError(f"the pattern {pattern} repeats {char} within a class")
        if char == "[" and not in_class:
            in_class = True
            if following == "]" or pattern[index + 1 : index + 3] == "^]":
                raise NotCoveredError(f"the pattern {pattern} begins a class with ]")
        elif char == "]":
            in_class = False
        written.append(char)
        index += 1
    made = "".join(written)
    try:
        pl.Series([""]).str.contains(made)
    except pl.exceptions.ComputeError as error:
        raise NotCoveredError(f"the pattern {pattern} cannot be run on columns: {error}") from None
    return made


def _escape(char: str) -> str:
    if char == "Z":
        return r"\z"
    return char if char in "<>" or not char.isascii() else "\\" + char


def matches(x: pl.Expr, pattern: str, flags: str) -> tuple[pl.Expr, bool]:
    """(whether the pattern is found in text, whether that is sure for every text)."""
    made = rust_pattern(pattern)
    if "m" in flags:
        made = f"(?m:{made})"
    if "i" not in flags:
        return x.str.contains(made), True
    if not pattern.isascii():
        raise NotCoveredError(f"the pattern {pattern} ignores case beyond ASCII")
    # Which letters beyond ASCII are one but for case, Python and Rust do not agree on.
    ascii_only = x.str.len_bytes() == x.str.len_chars()
    return pl.when(ascii_only).then(x.str.contains(f"(?i:{made})")), False
