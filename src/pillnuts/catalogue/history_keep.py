"""Keeping the earlier texts of labels, in the transaction that replaces them.

`keep` runs while the old documents are still there, `number` when the database has numbered the new release.
Products are told apart by a digest of their texts; only those that differ are read, a few at a time.
"""

import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlalchemy import bindparam, delete, insert, select, update

from pillnuts.catalogue.history import Kept, Known, Plan, packed, plan, told, unpacked
from pillnuts.catalogue.history_models import COMING, LabelVersion
from pillnuts.catalogue.models import ProductRow
from pillnuts.kernel.db import Base, Session

_BATCH: Final = 200
"""Products whose documents are in memory at one time."""

_TABLE: Final = Base.metadata.tables[LabelVersion.__tablename__]


async def keep(
    session: Session, digests: Mapping[str, str], document: Callable[[str], bytes], data_date: str | None
) -> int:
    """Keep what the coming release replaces; gives the number of texts that another one follows.

    `digests` has the `label_digest` of every coming product by item code, `document` gives its JSON.
    """
    rows = (await session.execute(select(ProductRow.item_seq, ProductRow.label_digest))).all()
    there = {row.item_seq for row in rows}
    differing = [
        row.item_seq
        for row in rows
        if row.label_digest is None or digests.get(row.item_seq) != row.label_digest
    ]
    waiting = await session.scalars(
        select(LabelVersion.item_seq).where(LabelVersion.replaced_in.is_(None)).distinct()
    )
    back = [item_seq for item_seq in waiting if item_seq in digests and item_seq not in there]
    item_seqs = sorted({*differing, *back})
    replaced = 0
    for start in range(0, len(item_seqs), _BATCH):
        batch = item_seqs[start : start + _BATCH]
        plans = await _plans(session, batch, digests, document)
        replaced += await _write(session, plans, data_date)
    return replaced


async def number(session: Session, release: int) -> None:
    """Give the texts that `keep` kept the number of the release that replaced them."""
    await session.execute(update(_TABLE).where(_TABLE.c.replaced_in == COMING).values(replaced_in=release))


async def _plans(
    session: Session, batch: Sequence[str], digests: Mapping[str, str], document: Callable[[str], bytes]
) -> dict[str, Plan]:
    rows = await session.execute(
        select(ProductRow.item_seq, ProductRow.document).where(ProductRow.item_seq.in_(batch))
    )
    before = {row.item_seq: zlib.decompress(row.document) for row in rows}
    kept = await _kept(session, batch)
    waiting = await _waiting(session, batch)
    return {
        item_seq: plan(
            told(before.get(item_seq)),
            told(document(item_seq) if item_seq in digests else None),
            waiting.get(item_seq, {}),
            kept.get(item_seq, ()),
        )
        for item_seq in batch
    }


async def _kept(session: Session, batch: Sequence[str]) -> dict[str, list[Kept]]:
    found = defaultdict(list)
    columns = (LabelVersion.section, LabelVersion.digest, LabelVersion.next_digest, LabelVersion.replaced_in)
    rows = await session.execute(
        select(LabelVersion.item_seq, *columns).where(LabelVersion.item_seq.in_(batch))
    )
    for item_seq, section, digest, next_digest, replaced_in in rows:
        found[item_seq].append(Kept(section, digest, next_digest, replaced_in))
    return found


async def _waiting(session: Session, batch: Sequence[str]) -> dict[str, dict[str, Known]]:
    found: dict[str, dict[str, Known]] = defaultdict(dict)
    columns = (LabelVersion.section, LabelVersion.text, LabelVersion.source, LabelVersion.date)
    rows = await session.execute(
        select(LabelVersion.item_seq, *columns).where(
            LabelVersion.item_seq.in_(batch), LabelVersion.replaced_in.is_(None)
        )
    )
    for item_seq, section, text, source, date in rows:
        found[item_seq][section] = Known(unpacked(text), source, date)
    return found


async def _write(session: Session, plans: Mapping[str, Plan], data_date: str | None) -> int:
    gone, rows = [], []
    for item_seq, planned in plans.items():
        keys = [*planned.drop, *((put.section, put.digest) for put in planned.put)]
        gone += [{"of": item_seq, "in_": section, "as_": digest} for section, digest in keys]
        rows += [
            {
                "item_seq": item_seq,
                "section": put.section,
                "digest": put.digest,
                "next_digest": put.next_digest,
                "replaced_in": None if put.next_digest is None else COMING,
                "replaced_on": None if put.next_digest is None else data_date,
                "source": put.known.source[:200],
                "date": put.known.date,
                "stated": put.stated,
                "text": packed(put.known.text),
            }
            for put in planned.put
        ]
    if gone:
        columns = _TABLE.c
        this = (
            columns.item_seq == bindparam("of"),
            columns.section == bindparam("in_"),
            columns.digest == bindparam("as_"),
        )
        await session.execute(delete(_TABLE).where(*this), gone)
    if rows:
        await session.execute(insert(_TABLE), rows)
    return sum(row["replaced_in"] is not None for row in rows)
