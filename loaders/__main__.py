"""Work on mappings without a data folder.

python -m loaders try MAPPING FILE [--with k=v]    the records of a file, as JSON lines
python -m loaders check [--samples DIR]            what is wrong with the mappings
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

import orjson

from loaders import lint
from loaders.catalogue import reader_of
from loaders.extract import Extractor
from loaders.mapping_yaml import read_mapping
from loaders.messages import messages_of
from loaders.recognise import Recogniser, Skipped
from loaders.review import review
from loaders.trees import Limits
from loaders.typed import Typed, Typist
from ontology.errors import JusticeGraphError
from ontology.identifiers import BASE
from ontology.model import Model


def main(arguments: list[str]) -> int:
    """Run one of the two commands; 0 = done, 2 = told what is wrong."""
    parser = ArgumentParser(prog="python -m loaders")
    commands = parser.add_subparsers(dest="command", required=True)
    attempt = commands.add_parser("try", help="print the records that a mapping makes of a file")
    attempt.add_argument("mapping", type=Path)
    attempt.add_argument("file", type=Path)
    attempt.add_argument("--with", dest="given", action="append", default=[], metavar="K=V")
    checking = commands.add_parser("check", help="check all mappings, also against sample files")
    checking.add_argument("--samples", type=Path)
    options = parser.parse_args(arguments)
    if options.command == "check":
        return _check(options.samples)
    try:
        for line in _try(options.mapping, options.file, options.given):
            print(line)
    except JusticeGraphError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _check(samples: Path | None) -> int:
    found = review(Model.default(), samples)
    for finding in found.findings:
        print(f"{finding.where}: {finding.code}: {finding.message}. {finding.fix}")
    print(
        f"{len(found.columns)} columns, {len(found.omissions)} reviewed omissions, "
        f"{found.samples} sample files, {len(found.findings)} findings"
    )
    return 1 if found.findings else 0


def _try(mapping_file: Path, file: Path, given: list[str]) -> Iterator[str]:
    mapping, model = read_mapping(mapping_file), Model.default()
    faults = lint.faults(mapping, model)
    if faults:
        yield from map(str, faults)
        return
    extractor = Extractor(mapping, model)
    match = mapping.filename.search(file.name) if mapping.filename else None
    groups = match.groupdict("") if match else {}
    pairs = dict(pair.partition("=")[::2] for pair in given)
    found = Recogniser([mapping], Limits()).recognise(file)
    if isinstance(found, Skipped):
        yield f"NOT RECOGNISED: {found.reason}"
    recognised = Recogniser([mapping], Limits()).recognise(file, mapping)
    if isinstance(recognised, Skipped):
        return
    for message in messages_of(recognised.tree, reader_of(mapping)):
        extractor.add(message.content, 0, message.place, groups, pairs)
    yield from _lines(Typist(mapping, model, BASE).type(extractor.take()))


def _lines(typed: Typed) -> Iterator[str]:
    for row in typed.documents.iter_rows(named=True):
        yield f"document {row['document']} version {row['version']!r}"
    for name, frame in typed.frames.items():
        for row in frame.iter_rows(named=True):
            told = {key: value for key, value in row.items() if value is not None}
            yield f"{name}: {orjson.dumps(told, default=str).decode()}"
    for row in typed.unknown.iter_rows(named=True):
        yield f"unknown code: {row}"
    for row in typed.faults.iter_rows(named=True):
        yield f"fault: {row}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
