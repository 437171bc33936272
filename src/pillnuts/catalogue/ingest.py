"""Importing: files → statements → documents → one transaction → a numbered release.

A release is what its files say and nothing else: the same files give the same catalogue, whatever was there
before (docs/decisions/0003). Reading happens before the transaction, so that a file that cannot be read,
or a process that is killed, leaves everything as it was.
"""

import hashlib
import secrets
import time
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import delete, insert, select

from pillnuts.catalogue import history_keep, source
from pillnuts.catalogue.assemble import Catalogue, assemble
from pillnuts.catalogue.glossary import Glossary
from pillnuts.catalogue.merge import Gathered, Origin
from pillnuts.catalogue.models import IngredientRow, ProductIngredientRow, ProductRow, Release
from pillnuts.catalogue.parse import ParseError
from pillnuts.catalogue.queries import current
from pillnuts.catalogue.report import Coverage, FileReport, Report, Skipped
from pillnuts.catalogue.rows import Row
from pillnuts.catalogue.shapes import IngredientDetail, Product
from pillnuts.catalogue.statements import LeftOut
from pillnuts.kernel.db import Base, Session

LARGEST_LOSS = 0.05
"""A release that loses a larger share of the products before it is refused unless forced."""

_BATCH = 1000
"""Rows for each statement; MySQL takes 16 MB in one packet by default."""

Progress = Callable[[str, float], None]
"""Told what is being done, and the share of it that is done, 0 to 1."""


class ImportRefusedError(Exception):
    """The import cannot be taken; the message is a Korean sentence, and nothing has changed."""


Values = dict[str, object]


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
            take(source.read(path), gathered, report)
        except source.ForeignFileError as error:
            if named:
                refused.append(error)
            else:
                report.skipped.append(Skipped(name=error.name, reason=error.reason))
        except source.BadFileError as error:
            refused.append(error)
    if refused:
        raise ImportRefusedError("\n".join(str(error) for error in refused))
    if not gathered.products:
        raise ImportRefusedError("식약처 자료가 하나도 없습니다. 파일이나 폴더를 다시 확인해 주십시오.")
    return gathered


def take(table: source.Table, gathered: Gathered, report: Report) -> None:
    """Take every row of one file; a row with an impossible value is left out, counted and named."""
    file = FileReport(name=table.name, dataset=table.dataset.title, date=table.date, read=len(table.rows))
    origin = Origin(table.dataset.title, table.date, table.dataset.rank)
    merged, unused = gathered.merged, gathered.unused.copy()
    for row in table.rows:
        try:
            statements = tuple(table.dataset.statements(row))
        except ParseError as error:
            report.refuse(file, _row_name(row), error)
            continue
        for statement in statements:
            gathered.take(statement, origin)
            if isinstance(statement, LeftOut):
                report.leave_out(file, statement.reason)
    for reason, count in (gathered.unused - unused).items():
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
    nameless = sum("name" not in facts for facts in gathered.products.values())
    nameless += len(gathered.quantified.keys() - gathered.products.keys())
    if nameless:
        report.left_out["이름을 아는 파일이 없는 품목"] = nameless
    catalogue = assemble(
        gathered, glossary, report, lambda share: progress("제품과 성분을 정리하는 중", share)
    )
    report.coverage = Coverage.of(catalogue.products, len(catalogue.ingredients))
    return catalogue


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
    documents = _Documents(catalogue)
    before = await current(session)
    if before and before.digest == documents.digest:
        return None
    there = set(await session.scalars(select(ProductRow.item_seq)))
    coming = {product.item_seq for product in catalogue.products}
    report.added, report.removed = len(coming - there), len(there - coming)
    if before and not before.demo and not force and report.removed > LARGEST_LOSS * len(there):
        raise ImportRefusedError(
            f"지금 있는 제품 {len(there):,}개 가운데 {report.removed:,}개가 사라집니다"
            f"({report.removed / len(there):.0%}). 파일이 빠지지 않았는지 확인해 주십시오. "
            "그래도 바꾸려면 --force를 붙여 주십시오."
        )
    if before and not before.demo and not demo:
        digests = {p.item_seq: history_keep.label_digest(p.sections) for p in catalogue.products}
        await history_keep.keep(session, digests, documents.product, catalogue.data_date)
    await _replace(session, catalogue, documents, lambda share: progress("데이터베이스에 쓰는 중", share))
    report.seconds = round(time.monotonic() - started, 1) if started is not None else 0
    release = Release(
        token=secrets.token_hex(4),
        created_at=datetime.now(UTC),
        by=by,
        demo=demo,
        digest=documents.digest,
        data_date=catalogue.data_date,
        product_count=len(catalogue.products),
        report=report.model_dump_json(),
    )
    session.add(release)
    await session.flush()  # the database numbers the release
    await history_keep.number(session, release.number)
    return release


class _Documents:
    """The documents as they are stored, and what tells two catalogues apart."""

    def __init__(self, catalogue: Catalogue) -> None:
        digest = hashlib.sha256()
        self.products = {p.item_seq: _packed(p, digest.update) for p in catalogue.products}
        self.ingredients = {i.id: _packed(i, digest.update) for i in catalogue.ingredients}
        self.digest = digest.hexdigest()

    def product(self, item_seq: str) -> bytes:
        """Give the JSON of one product."""
        return zlib.decompress(self.products[item_seq])


def _packed(document: Product | IngredientDetail, digest: Callable[[bytes], None]) -> bytes:
    body = document.model_dump_json().encode()
    digest(body)
    return zlib.compress(body, 1)


async def _replace(
    session: Session, catalogue: Catalogue, documents: _Documents, progress: Callable[[float], None]
) -> None:
    for model in (ProductIngredientRow, ProductRow, IngredientRow):
        await session.execute(delete(model))
    ingredients: list[Values] = [
        {"id": i.id, "name": i.name[:500], "document": documents.ingredients[i.id]}
        for i in catalogue.ingredients
    ]
    products: list[Values] = [_columns(p, documents.products[p.item_seq]) for p in catalogue.products]
    contained: list[Values] = [
        {"item_seq": p.item_seq, "position": n, "ingredient_id": i.id, "active": i.role == "active"}
        for p in catalogue.products
        for n, i in enumerate(p.ingredients)
    ]
    whole, done = len(ingredients) + len(products) + len(contained), 0
    for model, rows in (
        (IngredientRow, ingredients),
        (ProductRow, products),
        (ProductIngredientRow, contained),
    ):
        table = Base.metadata.tables[model.__tablename__]  # these rows need nothing of the ORM
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            await session.execute(insert(table), batch)
            done += len(batch)
            progress(done / whole)


def _columns(product: Product, document: bytes) -> Values:
    permit_date = product.permit_date
    return {
        "item_seq": product.item_seq,
        "name": product.name[:1000],
        "maker": product.maker[:200],
        "etc_otc": product.etc_otc,
        "class_name": product.class_name and product.class_name[:100],
        "form": product.form and product.form[:200],
        "withdrawn": product.withdrawn,
        "permit_date": date.fromisoformat(permit_date) if permit_date else None,
        "label_digest": history_keep.label_digest(product.sections),
        "document": document,
    }
