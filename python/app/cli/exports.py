"""Whole lists to a file or a pipe, as CSV, NDJSON or Parquet; memory does not grow with them.

A file is written beside its place and moved there when it is whole, so what an interrupt leaves is nothing.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from app import copying
from app.cli.progress import Count, counted
from app.copying import Listed, Sort
from app.database import Connection
from app.errors import InstallationFault, OperatorMistake

# What Excel wants before it takes a CSV for UTF-8; a pipe leads to a program, which does not want it.
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
ROWS_IN_GROUP = 100_000


class Format(StrEnum):
    """What a list can be written as."""

    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"


FormatOption = Annotated[
    Format | None,
    typer.Option("--format", help="The whole list, as csv, ndjson or parquet.", metavar="FORMAT"),
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the whole list to this file.")
]
Profiles = Annotated[
    bool, typer.Option("--profiles", help="With what is known of each user; of a corpus, of each post.")
]


@dataclass(frozen=True, slots=True)
class Wish:
    """How a list is wanted: as which format, where (stdout), how much of it (all)."""

    format: Format
    output: Path | None
    limit: int | None


def wish(format_: Format | None, output: Path | None, limit: int | None, *, as_json: bool) -> Wish | None:
    """What the options ask for; None where they want a table, or --json."""
    if format_ is None and output is None:
        return None
    if as_json:
        raise OperatorMistake("--json was given beside --format or --output", hint="give one or the other")
    return Wish(format_ or _format_of(output), output, limit)


def export(connection: Connection, listed: Listed, wanted: Wish, *, expected: int | None = None) -> None:
    """Write the list. Raises OperatorMistake, InstallationFault, OSError, and the faults of the database."""
    write = {Format.CSV: _write_csv, Format.NDJSON: _write_ndjson, Format.PARQUET: _write_parquet}
    to_stdout = wanted.output is None
    if wanted.format is Format.PARQUET:
        _arrow()
        if to_stdout and sys.stdout.isatty():
            raise OperatorMistake("Parquet is nothing to read on a terminal", hint="give --output FILE")
    with (
        _sink(wanted.output) as sink,
        counted("rows", _least(expected, wanted.limit), to_stdout=to_stdout) as count,
    ):
        write[wanted.format](connection, listed, wanted, sink, count)


def _write_csv(connection: Connection, listed: Listed, wanted: Wish, sink: IO[bytes], count: Count) -> None:
    if wanted.output is not None:
        sink.write(BYTE_ORDER_MARK)
    sink.write(copying.header(listed))
    for lines in copying.copy_list(connection, listed, "csv", limit=wanted.limit):
        sink.write(b"".join(lines))
        count(len(lines))


def _write_ndjson(
    connection: Connection, listed: Listed, wanted: Wish, sink: IO[bytes], count: Count
) -> None:
    for lines in copying.copy_list(connection, listed, "ndjson", limit=wanted.limit):
        sink.write(b"".join(lines))
        count(len(lines))


def _write_parquet(
    connection: Connection, listed: Listed, wanted: Wish, sink: IO[bytes], count: Count
) -> None:
    arrow, parquet = _arrow()
    types = {name: _type_of(arrow, sort) for name, sort in listed.sorts.items()}
    group: list[bytes] = []
    with parquet.ParquetWriter(sink, arrow.schema(list(types.items())), compression="zstd") as writer:
        for lines in copying.copy_list(connection, listed, "plain", limit=wanted.limit):
            group += lines
            if len(group) >= ROWS_IN_GROUP:
                writer.write_table(_table(group, types))
                group = []
            count(len(lines))
        if group:
            writer.write_table(_table(group, types))


def _table(lines: list[bytes], types: Mapping[str, Any]) -> Any:
    """Lines of CSV as PostgreSQL writes it: what is quoted is a text, though empty; a blank is null."""
    csv = importlib.import_module("pyarrow.csv")
    return csv.read_csv(
        BytesIO(b"".join(lines)),
        read_options=csv.ReadOptions(column_names=list(types)),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["true"],
            false_values=["false"],
        ),
    )


def _type_of(arrow: Any, sort: Sort) -> Any:
    match sort:
        case "id" | "text":
            return arrow.string()
        case "serial" | "count":
            return arrow.int64()
        case "time":
            return arrow.timestamp("us", tz="UTC")
        case "flag":
            return arrow.bool_()


def _arrow() -> tuple[Any, Any]:
    """pyarrow, which half a gigabyte of disk is asked for only by who wants Parquet."""
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise InstallationFault(
            "Parquet needs pyarrow, which is not installed", hint="pip install 'rookery[parquet]'"
        ) from None


@contextmanager
def _sink(output: Path | None) -> Iterator[IO[bytes]]:
    """stdout; what is no plain file, as it is; else a file beside, which takes its place at the end."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    elif output.is_dir():
        raise OperatorMistake(f"{output} is a folder", hint="name a file in it")
    elif not output.absolute().parent.is_dir():
        raise OperatorMistake(f"there is no folder {output.parent}", hint="make it first")
    elif output.exists() and not output.is_file():
        with output.open("wb") as sink:
            yield sink
    else:
        beside = output.with_name(f".{output.name}.{os.getpid()}.part")
        try:
            with beside.open("wb") as sink:
                yield sink
                sink.flush()
                os.fsync(sink.fileno())
            beside.replace(output)
        finally:
            beside.unlink(missing_ok=True)


def _format_of(output: Path | None) -> Format:
    ending = "" if output is None else output.suffix.removeprefix(".").lower()
    if ending not in list(Format):
        raise OperatorMistake(
            f"the name of {output} does not say what it is to be", hint="add --format csv, ndjson or parquet"
        )
    return Format(ending)


def _least(*counts: int | None) -> int | None:
    return min((each for each in counts if each is not None), default=None)
