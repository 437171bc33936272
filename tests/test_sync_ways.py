"""Equal data make an equal catalogue, whichever way they come in: fetched, fetched by change, or as files."""

import asyncio
import csv
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from pillnuts.catalogue import columns
from pillnuts.catalogue.operations import OPERATIONS
from tests.gateway import Ministry, Options, Serving, invented, serving
from tests.gateway.operations import (
    BY_PATH,
    DUR_PRODUCT,
    EASY,
    MAIN_INGREDIENT,
    PERMIT_DETAIL,
    PERMIT_LIST,
    PILL,
    RECALLS,
    Operation,
)
from tests.synced import TODAY, digest, fetch_once, fetch_whole

LATER = TODAY + timedelta(days=7)
CHANGED = f"{LATER - timedelta(days=2):%Y%m%d}"
ASKED = [BY_PATH[f"/1471000{operation.path}"] for operation in OPERATIONS]


@pytest.fixture
def served() -> Iterator[Serving]:
    with serving(invented(24), Options()) as running:
        yield running


def write_answers(ministry: Ministry, folder: Path, day: date = TODAY) -> Path:
    """Save one answer of each operation, with all its rows, as somebody with a browser would."""
    folder.mkdir()
    for operation in ASKED:
        rows = ministry.rows(operation)
        items = [{"item": row} for row in rows] if operation.wrapped else rows
        body = {"pageNo": 1, "totalCount": len(rows), "numOfRows": len(rows), "items": items}
        answer = {"header": {"resultCode": "00", "resultMsg": "NORMAL SERVICE."}, "body": body}
        path = folder / f"{operation.name}_{day}.json"
        path.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    return folder


async def same(*folders: Path) -> bool:
    return len({await asyncio.to_thread(digest, folder) for folder in folders}) == 1


async def test_saved_answers_are_as_good_as_a_sync(served: Serving, tmp_path: Path) -> None:
    await fetch_whole(served, tmp_path / "1")
    saved = write_answers(served.gateway.ministry, tmp_path / "saved")

    assert await same(tmp_path / "1", saved)


@pytest.mark.parametrize("form", ["rotate", "object", "outer"])
async def test_the_envelope_makes_no_difference(served: Serving, tmp_path: Path, form: str) -> None:
    await fetch_whole(served, tmp_path / "1")
    served.gateway.options.envelope = form
    await fetch_whole(served, tmp_path / "2")

    assert await same(tmp_path / "1", tmp_path / "2")


def export(ministry: Ministry, operation: Operation, names: dict[str, str], path: Path) -> None:
    """Write the official export: Korean columns, CP949."""
    korean = {field: column for column, field in names.items()}
    rows = [
        {korean.get(field, field): value or "" for field, value in row.items()}
        for row in ministry.rows(operation)
    ]
    with path.open("w", encoding="cp949", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)


async def test_official_exports_are_as_good_as_a_sync(served: Serving, tmp_path: Path) -> None:
    await fetch_whole(served, tmp_path / "1")
    saved = write_answers(served.gateway.ministry, tmp_path / "saved")
    for operation, names in ((PILL, columns.PILL), (EASY, columns.EASY), (PERMIT_DETAIL, columns.DETAIL)):
        (saved / f"{operation.name}_{TODAY}.json").unlink()
        export(served.gateway.ministry, operation, dict(names), saved / f"{operation.name}_{TODAY}.csv")

    assert await same(tmp_path / "1", saved)


# ── what changed ─────────────────────────────────────────────────────────────────────────────


def rename(ministry: Ministry, seq: str) -> None:
    for operation in (PERMIT_LIST, PERMIT_DETAIL):
        ministry.change(operation, {"ITEM_SEQ": seq}, ITEM_NAME="새이름정")
    ministry.change(PERMIT_DETAIL, {"ITEM_SEQ": seq}, CHANGE_DATE=CHANGED)


def withdraw(ministry: Ministry, seq: str) -> None:
    gone = {"CANCEL_NAME": "취하", "CANCEL_DATE": CHANGED}
    ministry.change(PERMIT_LIST, {"ITEM_SEQ": seq}, **gone)
    ministry.change(PERMIT_DETAIL, {"ITEM_SEQ": seq}, CHANGE_DATE=CHANGED, **gone)


def delete(ministry: Ministry, seq: str) -> None:
    for operation in (PERMIT_LIST, PERMIT_DETAIL, MAIN_INGREDIENT, PILL, *DUR_PRODUCT.values()):
        ministry.remove(operation, {"ITEM_SEQ": seq})


def permit_anew(ministry: Ministry, seq: str) -> None:
    """A new product never changed: it has no CHANGE_DATE."""
    for operation in (PERMIT_LIST, PERMIT_DETAIL):
        row = next(row for row in ministry.rows(operation) if row["ITEM_SEQ"] == seq)
        ministry.add(operation, **row | {"ITEM_SEQ": "202699999", "ITEM_NAME": "새로난정"})
    ministry.change(PERMIT_DETAIL, {"ITEM_SEQ": "202699999"}, CHANGE_DATE=None)


def caution(ministry: Ministry, seq: str) -> None:
    ministry.change(DUR_PRODUCT["노인주의"], {"ITEM_SEQ": seq}, PROHBT_CONTENT="신중히", CHANGE_DATE=CHANGED)


def lift(ministry: Ministry, seq: str) -> None:
    """A lifted DUR entry is gone, and nothing tells when."""
    assert ministry.remove(DUR_PRODUCT["노인주의"], {"ITEM_SEQ": seq}) == 1


def lift_pairs(ministry: Ministry, seq: str) -> None:
    assert ministry.remove(DUR_PRODUCT["병용금기"], {"ITEM_SEQ": seq}) > 0


def recall(ministry: Ministry, seq: str) -> None:
    row = ministry.rows(RECALLS)[0]
    ministry.add(RECALLS, **row | {"ITEM_SEQ": seq, "RECALL_COMMAND_DATE": CHANGED})


CHANGES = (rename, withdraw, delete, permit_anew, caution, lift, lift_pairs, recall)


@pytest.mark.parametrize("changes", [[], *([change] for change in CHANGES), CHANGES])
async def test_what_changed_makes_the_same_as_everything(
    served: Serving, tmp_path: Path, changes: list[object]
) -> None:
    ministry = served.gateway.ministry
    await fetch_whole(served, tmp_path / "1")
    seqs = [row["ITEM_SEQ"] or "" for row in ministry.rows(DUR_PRODUCT["병용금기"])]
    for number, change in enumerate(changes):
        change(ministry, sorted(set(seqs))[number])  # type: ignore[operator]

    served.gateway.forget()
    planned, outcome = await fetch_once(served, tmp_path / "2", previous=tmp_path / "1", today=LATER)
    calls = served.gateway.calls.total()
    assert outcome.complete
    assert calls <= planned.most
    assert {part.operation.name for part in planned.parts if part.since} == {
        operation.name for operation in OPERATIONS if operation.changes
    }
    await fetch_once(served, tmp_path / "3", today=LATER)
    [first, *_] = digests = [await asyncio.to_thread(digest, tmp_path / run) for run in ("2", "3")]
    assert digests == [first, first]
    assert calls < served.gateway.calls.total() - calls or changes
