"""Pages lie on disk in the gateway's envelope; what comes twice is kept once, what slips through is found."""

import gzip
import json
from pathlib import Path

import pytest

from pillnuts.catalogue import pages as files
from pillnuts.catalogue import source
from pillnuts.catalogue.envelope import Answer, Item
from pillnuts.catalogue.pages import Pages, carry, numbers_in, pages_in, read_page
from tests.catalogue.fake_gateway import details

DAY = "2026-11-20"
ROWS = details(10)


def pages(folder: Path, size: int = 3, day: str = DAY) -> Pages:
    return Pages(folder, day, size)


def answer(*numbers: int, total: int = 10, refused: int = 0) -> Answer:
    return Answer(tuple(ROWS[n] for n in numbers), total, None, ("다른 제품",) * refused)


def filled(folder: Path) -> Pages:
    made = pages(folder)
    for number, rows in enumerate([(0, 1, 2), (3, 4, 5), (6, 7, 8), (9,), ()], start=1):
        made.keep(number, answer(*rows))
    return made


def kept(folder: Path) -> list[Item]:
    return [row for path in pages_in(folder) for row in read_page(path)["items"]]


def test_pages_are_files_that_an_import_reads(tmp_path: Path) -> None:
    made = filled(tmp_path)

    assert [path.name for path in pages_in(tmp_path)] == [f"{DAY}_0000{n}.json.gz" for n in (1, 2, 3, 4, 5)]
    document = json.loads(gzip.decompress(pages_in(tmp_path)[1].read_bytes()))
    assert document["body"]["items"] == ROWS[3:6]
    assert (made.rows, made.total, made.short, made.missing(), made.count) == (10, 10, 0, [], 5)
    row: Item = ROWS[0] | {"MATERIAL_NAME": "", "MAIN_ITEM_INGR": None}
    pages(tmp_path / "one").keep(1, Answer((row,), 1, 1))
    table = source.read(tmp_path / "one" / f"{DAY}_00001.json.gz")
    assert (table.dataset.title, table.date, len(table.rows)) == ("식약처 의약품 제품 허가정보", DAY, 1)


def test_the_end_is_proved_by_the_empty_page_behind_it(tmp_path: Path) -> None:
    made = pages(tmp_path)
    made.keep(1, answer(0, 1, total=2))
    assert made.missing() == [2]
    made.keep(2, answer(total=3))

    assert (made.short, made.doubtful(wide=False)) == (1, [1])


def test_nothing_at_all_is_one_page(tmp_path: Path) -> None:
    made = pages(tmp_path)
    assert made.missing() == [1]
    made.keep(1, Answer((), 0, 1))

    assert (made.missing(), made.short, made.doubtful(wide=True)) == ([], 0, [])


def test_a_new_process_goes_on_with_the_next_page(tmp_path: Path) -> None:
    made = pages(tmp_path)
    made.keep(1, answer(0, 1, 2))
    made.keep(3, answer(6, 7, 8))
    (tmp_path / f".{DAY}_00002.json.gz").write_bytes(b"half")
    (tmp_path / "notes.txt").write_text("x")

    again = pages(tmp_path)
    assert again.missing() == [2, 4, 5]
    assert numbers_in(tmp_path) == {1, 3}
    assert again.rows == 6


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b", gzip.compress(b'{"header"'), gzip.compress(b"[1]")])
def test_a_damaged_page_is_read_again_with_all_that_hung_on_it(tmp_path: Path, content: bytes) -> None:
    made = filled(tmp_path)
    made.keep(2, answer(3, 4, 5, total=11))
    made.keep(2, Answer(tuple(details(11)[10:]), 11, 2))
    assert (tmp_path / f"{DAY}_00002-2.json.gz").exists()
    (tmp_path / f"{DAY}_00002.json.gz").write_bytes(content)

    again = pages(tmp_path)
    assert again.missing() == [2]
    assert again.rows == 7


def test_pages_of_another_size_are_worth_nothing(tmp_path: Path) -> None:
    filled(tmp_path)

    assert pages(tmp_path, size=5).held == 0
    assert pages_in(tmp_path) == []


def test_a_row_that_moved_to_another_page_is_kept_once_and_raises_doubt(tmp_path: Path) -> None:
    made = pages(tmp_path)
    made.keep(1, answer(0, 1, 2))
    made.keep(2, answer(2, 3, 4))

    assert kept(tmp_path) == ROWS[:5]
    assert (made.rows, made.duplicates, made.doubtful(wide=False)) == (5, 1, [1, 2])
    assert pages(tmp_path).doubtful(wide=False) == [1, 2]
    pages_in(tmp_path)[0].unlink()
    assert pages(tmp_path).doubtful(wide=False) == [2]


def test_a_row_on_two_pages_is_the_ministrys_own_when_both_say_so_again(tmp_path: Path) -> None:
    made = pages(tmp_path)
    readings = {1: answer(0, 1, 2, total=5), 2: answer(2, 3, total=5), 3: answer(total=5)}
    for number, reading in readings.items():
        made.keep(number, reading)
    assert (made.short, made.doubtful(wide=False)) == (1, [1, 2])

    made.keep(1, readings[1])
    made.keep(2, readings[2])
    assert (made.short, made.doubtful(wide=True)) == (0, [])


def test_a_row_that_stands_twice_on_a_page_is_the_ministrys_own(tmp_path: Path) -> None:
    made = pages(tmp_path)
    made.keep(1, answer(0, 0, 1, total=3))

    assert kept(tmp_path) == ROWS[:2]
    for held in (made, pages(tmp_path)):
        assert (held.short, held.duplicates, held.doubtful(wide=True)) == (0, 1, [])


@pytest.mark.parametrize(
    "odd", [answer(0, 1), answer(0, 1, refused=1), answer(0, 1, 2, refused=1)], ids=["few", "foreign", "more"]
)
def test_a_page_that_is_not_whole_raises_doubt_until_it_is(tmp_path: Path, odd: Answer) -> None:
    made = pages(tmp_path)
    made.keep(1, odd)
    assert made.doubtful(wide=False) == [1]
    assert pages(tmp_path).refused == len(odd.refused)

    made.keep(1, answer(0, 1, 2))
    assert made.doubtful(wide=False) == []
    assert kept(tmp_path) == ROWS[:3]


def test_another_reading_adds_what_is_new_and_nothing_else(tmp_path: Path) -> None:
    made = pages(tmp_path)
    made.keep(1, answer(0, 1, 2, total=6))
    made.keep(2, answer(4, 5, total=5))
    assert (made.short, made.doubtful(wide=False), made.doubtful(wide=True)) == (1, [2], [1, 2])

    made.keep(2, answer(3, 4, 5, total=6))
    assert kept(tmp_path) == [*ROWS[:3], ROWS[4], ROWS[5], ROWS[3]]
    assert (made.short, made.doubtful(wide=True)) == (0, [])
    assert len(pages_in(tmp_path)) == 3
    made.keep(2, answer(3, 4, 5, total=6))
    assert len(pages_in(tmp_path)) == 3
    assert pages(tmp_path).short == 0


def test_the_same_row_is_known_in_xml_and_json(tmp_path: Path) -> None:
    as_json: Item = {"ITEM_SEQ": "1", "CANCEL_DATE": None, "EE_DOC_DATA": "<DOC title='효능효과'>\n</DOC>"}
    as_xml: Item = {"CANCEL_DATE": "", "ITEM_SEQ": "1 ", "EE_DOC_DATA": '<DOC title="효능효과"/>'}
    made = pages(tmp_path)
    made.keep(1, Answer((as_json,), 2, 1))
    made.keep(2, Answer((as_xml, {"ITEM_SEQ": "2"}), 2, 2))

    assert made.rows == 2


def test_what_did_not_change_is_carried_over_without_what_did(tmp_path: Path) -> None:
    filled(tmp_path / "old")
    new = pages(tmp_path / "new", day="2026-11-27")
    new.keep(1, answer(4, total=1))
    carry(tmp_path / "old", tmp_path / "new", "ITEM_SEQ", {str(ROWS[4]["ITEM_SEQ"]), "999999999"})

    earlier = tmp_path / "new" / "earlier"
    assert kept(earlier) == [*ROWS[:4], *ROWS[5:]]
    assert {path.name[:10] for path in pages_in(earlier)} == {DAY}
    assert pages_in(earlier)[0].samefile(pages_in(tmp_path / "old")[0])
    assert kept(tmp_path / "old") == ROWS

    carry(tmp_path / "new", tmp_path / "third", "ITEM_SEQ", {str(ROWS[0]["ITEM_SEQ"])})
    carry(tmp_path / "new", tmp_path / "third", "ITEM_SEQ", {str(ROWS[0]["ITEM_SEQ"])})
    rows = kept(tmp_path / "third" / "earlier")
    assert sorted(str(row["ITEM_SEQ"]) for row in rows) == [str(row["ITEM_SEQ"]) for row in ROWS[1:]]
    assert [path.name[:10] for path in pages_in(tmp_path / "third" / "earlier")] == [DAY] * 5 + ["2026-11-27"]


def test_a_page_is_copied_where_it_cannot_be_linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path, _target: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    filled(tmp_path / "old")
    carry(tmp_path / "old", tmp_path / "new")

    assert kept(tmp_path / "new" / "earlier") == ROWS


def test_pages_can_be_forgotten(tmp_path: Path) -> None:
    filled(tmp_path)
    files.forget(tmp_path)

    assert pages(tmp_path).held == 0
