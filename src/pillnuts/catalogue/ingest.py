"""Importing: files → statements → documents → one transaction → a numbered release.

A release is what its files say and nothing else: the same files give the same catalogue, whatever was there
before (docs/decisions/0003). Reading happens before the transaction, so that a file that cannot be read,
or a process that is killed, leaves everything as it was.
"""

import re
import secrets
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, insert, select

from pillnuts.catalogue import history_keep, source
from pillnuts.catalogue.assemble import Catalogue, assemble
from pillnuts.catalogue.cells import Row
from pillnuts.catalogue.gathered import Gathered
from pillnuts.catalogue.glossary import Glossary
from pillnuts.catalogue.merge import Origin
from pillnuts.catalogue.models import IngredientRow, ProductRow, Release
from pillnuts.catalogue.parse import ParseError
from pillnuts.catalogue.queries import current
from pillnuts.catalogue.report import FileReport, Report, Skipped, grouped
from pillnuts.catalogue.statements import LeftOut, Misdated, Unread
from pillnuts.kernel.db import Base, Session

LARGEST_LOSS = 0.05
"""A release that loses a larger share of the products before it is refused unless forced."""

_NOTE = "이름으로 보아 자료 파일이 아닙니다. 자료라면 파일 이름을 적어 주십시오."

_BATCH = 200
"""Documents for each statement; MySQL takes 16 MB in one packet by default."""

_PAGE = re.compile(r"\d{4}-\d\d-\d\d_\d{5,}(?:-\d+)?\.json\.gz")
"""A page of what was fetched: thousands of them stand in one folder."""

Progress = Callable[[str, float], None]
"""Told what is being done, and the share of it that is done, 0 to 1."""


class ImportRefusedError(Exception):
    """The import cannot be taken; the message is a Korean sentence, and nothing has changed."""


def silent(_step: str, _share: float) -> None:
    """Report no progress."""


def read(paths: Sequence[Path], report: Report, progress: Progress = silent) -> Gathered:
    """Read every file; raises `ImportRefusedError` naming each file that cannot be read.

    A file inside a folder that is no data set of ours is passed over and reported; one named by the caller
    is refused.
    """
    gathered = Gathered()
    refused: list[source.BadFileError] = []
    try:
        found = source.files(paths)
    except source.BadFileError as error:
        raise ImportRefusedError(str(error)) from error
    whole = sum(path.stat().st_size for path, _ in found) or 1
    done = 0
    for path, named in found:
        progress(path.name, done / whole)
        done += path.stat().st_size
        try:
            take(source.read(path), gathered, report, folder=path.parent.name)
        except source.ForeignFileError as error:
            if named:
                refused.append(error)
            else:
                report.skipped.append(Skipped(name=error.name, reason=error.reason))
        except source.BadFileError as error:
            refused.append(error)
    report.skipped += [Skipped(name=path.name, reason=_NOTE) for path in source.notes(paths)]
    report.files = grouped(report.files)
    if refused:
        raise ImportRefusedError("\n".join(str(error) for error in refused))
    if not gathered:
        raise ImportRefusedError("식약처 자료가 하나도 없습니다. 파일이나 폴더를 다시 확인해 주십시오.")
    return gathered


def take(table: source.Table, gathered: Gathered, report: Report, *, folder: str = "") -> None:
    """Take every row of one file; a row with an impossible value is left out, counted and named."""
    file = FileReport(
        name=table.name,
        dataset=table.dataset.title,
        date=table.date,
        read=len(table.rows),
        folder=folder if _PAGE.fullmatch(table.name) else "",
    )
    origin = Origin(table.dataset.title, table.date, table.dataset.rank)
    merged, unused = gathered.merged, gathered.common.unused.copy()
    for row in table.rows:
        try:
            statements = tuple(table.dataset.statements(row))
        except ParseError as error:
            report.refuse(file, name := _row_name(row), error)
            gathered.refuse(name)
            continue
        for statement in statements:
            gathered.take(statement, origin)
            if isinstance(statement, LeftOut):
                report.leave_out(file, statement.reason)
            elif isinstance(statement, Unread):
                report.note_unread(statement)
            elif isinstance(statement, Misdated):
                report.note_day(statement)
    for reason, count in (gathered.common.unused - unused).items():
        file.left_out[reason] = count
        report.left_out[reason] = report.left_out.get(reason, 0) + count
    file.accepted = file.read - sum(file.left_out.values())
    report.merged += gathered.merged - merged
    report.read += file.read
    report.accepted += file.accepted
    report.files.append(file)


def _row_name(row: Row) -> str:
    keys = ("ITEM_SEQ", "품목기준코드", "품목일련번호", "itemSeq", "INGR_CODE", "CPNT_CD")
    return next((row[key] for key in keys if row.get(key)), "코드 없는 행")


def prepare(gathered: Gathered, glossary: Glossary, report: Report, progress: Progress = silent) -> Catalogue:
    """Build the documents and complete the report with what they cover."""
    if gathered.nameless:
        report.left_out["이름을 아는 파일이 없는 품목"] = gathered.nameless
    return assemble(gathered, glossary, report, lambda share: progress("제품과 성분을 정리하는 중", share))


async def load(
    session: Session,
    catalogue: Catalogue,
    report: Report,
    *,
    by: str,
    demo: bool = False,
    force: bool = False,
    started: float | None = None,
    progress: Progress = silent,
) -> Release | None:
    """Put the catalogue in place of the one there, as the next release; None: it is the same already.

    Raises `ImportRefusedError` when more than `LARGEST_LOSS` of the products would be lost, unless forced
    or the catalogue there is the demo.
    """
    before = await current(session)
    if before and before.digest == catalogue.digest:
        return None
    there = set(await session.scalars(select(ProductRow.item_seq)))
    coming = set(catalogue.products.keys())
    report.added, report.removed = len(coming - there), len(there - coming)
    if before and not before.demo and not force and report.removed > LARGEST_LOSS * len(there):
        raise ImportRefusedError(
            f"지금 있는 제품 {len(there):,}개 가운데 {report.removed:,}개가 사라집니다"
            f"({report.removed / len(there):.0%}). 파일이 빠지지 않았는지 확인해 주십시오. "
            "그래도 바꾸려면 --force를 붙여 주십시오."
        )
    if before and not before.demo and not demo:
        digests, document = catalogue.label_digests, catalogue.products.one
        await history_keep.keep(
            session, digests, lambda key: zlib.decompress(document(key)), catalogue.data_date
        )
    await _replace(session, catalogue, lambda share: progress("데이터베이스에 쓰는 중", share))
    report.seconds = round(time.monotonic() - started, 1) if started is not None else 0
    release = Release(
        token=secrets.token_hex(4),
        created_at=datetime.now(UTC),
        by=by,
        demo=demo,
        digest=catalogue.digest,
        data_date=catalogue.data_date,
        product_count=len(catalogue.products),
        report=report.model_dump_json(),
    )
    session.add(release)
    await session.flush()  # the database numbers the release
    await history_keep.number(session, release.number)
    return release


async def _replace(session: Session, catalogue: Catalogue, progress: Callable[[float], None]) -> None:
    await session.execute(delete(ProductRow))
    await session.execute(delete(IngredientRow))
    whole, done = len(catalogue.ingredients) + len(catalogue.products), 0
    for model, batch in _batches(catalogue):
        table = Base.metadata.tables[model.__tablename__]  # these rows need nothing of the ORM
        await session.execute(insert(table), batch)
        done += len(batch)
        progress(done / whole)


def _batches(catalogue: Catalogue) -> Iterator[tuple[type[Base], list[dict[str, object]]]]:
    for batch in catalogue.ingredients.batches(_BATCH):
        yield IngredientRow, [{"id": id_, "document": body} for id_, body in batch]
    for batch in catalogue.products.batches(_BATCH):
        digests = catalogue.label_digests
        yield (
            ProductRow,
            [{"item_seq": seq, "label_digest": digests[seq], "document": body} for seq, body in batch],
        )
