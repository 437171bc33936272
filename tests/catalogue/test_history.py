"""What is kept of a label when its text changes, and how that is told: newest first, each step on its own."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from pillnuts.catalogue.history import (
    MOST_VERSIONS,
    NOTHING,
    Kept,
    Known,
    Plan,
    Told,
    Version,
    changed,
    history,
    packed,
    plan,
)
from pillnuts.catalogue.history_words import digest
from pillnuts.catalogue.shapes import Change, Product
from tests.compare.medicines import product, section

USAGE = "label-usage"
SOURCE = "식약처 의약품 제품 허가정보"


def known(text: str, date: str | None = "2026-01-05") -> Known:
    return Known(text, SOURCE, date)


def told(text: str | None, date: str | None = "2026-01-05", *changes: tuple[str, str]) -> Told:
    return NOTHING if text is None else Told({USAGE: known(text, date)}, changes)


def planned(
    before: Told, after: Told, waiting: Mapping[str, Known] | None = None, kept: tuple[Kept, ...] = ()
) -> Plan:
    return plan(before, after, waiting or {}, kept)


def version(text: str, replaced_in: int, date: str | None = "2026-01-05") -> Version:
    return Version(
        section=USAGE,
        digest=digest(text),
        replaced_in=replaced_in,
        replaced_on=f"2026-0{replaced_in}-01",
        source=SOURCE,
        date=date,
        stated='[{"date":"2026-01-03","label":"용법용량변경"}]',
        text=packed(text),
    )


def medicine(usage: str) -> Product:
    stated = (Change(date="2026-01-03", label="용법용량변경"),)
    return product("새봄정", sections=(section("usage", usage, title="용법·용량"),), changes=stated)


def test_equal_texts_leave_nothing_to_keep() -> None:
    assert planned(told("1회 1정"), told("1회  1정", "2026-03-01")) == Plan((), ())


def test_what_the_ministry_states_for_another_section_or_time_does_not_belong_to_the_change() -> None:
    changes = (("2026-02-03", "용법용량변경"), ("2026-02-03", "성상변경"), ("2026-01-05", "용법용량변경"))
    (put,) = planned(told("1회 1정"), told("1회 2정", "2026-03-01", *changes)).put
    assert put.stated == '[{"date":"2026-02-03","label":"용법용량변경"}]'


def test_without_days_nothing_is_stated() -> None:
    (put,) = planned(told("1회 1정", None), told("1회 2정", None, ("2026-02-03", "용법용량변경"))).put
    assert put.stated == "[]"


def test_a_waiting_text_that_comes_again_waits_no_longer() -> None:
    found = planned(NOTHING, told("1회 1정"), {USAGE: known("1회 1정")})
    assert found == Plan((), ((USAGE, digest("1회 1정")),))


def test_a_waiting_text_that_is_newer_than_what_comes_is_no_past() -> None:
    found = planned(NOTHING, told("1회 1정"), {USAGE: known("1회 2정", "2026-03-01")})
    assert found == Plan((), ((USAGE, digest("1회 2정")),))


def test_a_text_that_still_waits_is_left_alone() -> None:
    assert planned(NOTHING, NOTHING, {USAGE: known("1회 1정")}) == Plan((), ())


def test_the_oldest_of_too_many_leaves() -> None:
    kept = tuple(Kept(USAGE, f"{number:016}", "", number) for number in range(1, MOST_VERSIONS + 1))
    found = planned(told("1회 1정"), told("1회 2정"), kept=kept)
    assert found.drop == ((USAGE, f"{1:016}"),)


@given(st.lists(st.sampled_from(["1회 1정", "1회 2정", "1회 3정", None]), max_size=30))
def test_however_texts_come_and_go_each_is_kept_once_and_the_steps_can_be_told(
    texts: list[str | None],
) -> None:
    """A model of the table: keys are section and digest."""
    table: dict[tuple[str, str], tuple[Known, str | None, int | None]] = {}
    before = NOTHING
    for release, text in enumerate(texts, start=1):
        after = told(text)
        waiting = {key[0]: row[0] for key, row in table.items() if row[2] is None}
        kept = [Kept(*key, row[1], row[2]) for key, row in table.items()]
        found = plan(before, after, waiting, kept)
        for key in found.drop:
            del table[key]
        for put in found.put:
            table[put.section, put.digest] = (
                put.known,
                put.next_digest,
                release if put.next_digest else None,
            )
        before = after
        assert len(table) <= 3
        assert len([row for row in table.values() if row[2] is None]) <= (text is None)
    rows = [version(row[0].text, min(row[2], 9)) for row in table.values() if row[2] is not None]
    last = next((text for text in reversed(texts) if text), None)
    if last is not None and texts and texts[-1] is not None:
        for one in history(medicine(last), rows).sections:
            assert all(any(piece.kind != "same" for piece in change.pieces) for change in one.changes)


def test_each_change_is_told_against_the_text_that_followed_newest_first() -> None:
    versions = [version("1회 1정", 2), version("1회 2정", 3)]
    found = history(medicine("1회 3정"), versions)
    (usage,) = found.sections
    assert (usage.key, usage.title, usage.plain_language) == ("usage", "용법·용량", False)
    assert [(change.release, change.data_date) for change in usage.changes] == [
        (3, "2026-03-01"),
        (2, "2026-02-01"),
    ]
    assert [
        [(piece.kind, piece.text) for piece in change.pieces if piece.kind != "same"]
        for change in usage.changes
    ] == [[("removed", "2"), ("added", "3")], [("removed", "1"), ("added", "2")]]
    assert usage.changes[0].stated == found.permit_changes


def test_a_text_that_is_in_force_again_and_one_from_the_future_are_not_told() -> None:
    versions = [version("1회 3정", 3), version("1회 9정", 4, "2030-01-01"), version("1회 2정", 2)]
    (usage,) = history(medicine("1회 3정"), versions).sections
    assert [change.release for change in usage.changes] == [2]


def test_a_section_that_is_unknown_now_tells_no_change() -> None:
    assert history(product("새봄정"), [version("1회 1정", 2)]).sections == ()


def test_the_list_of_changed_sections_agrees_with_the_history() -> None:
    versions = [version("1회 1정", 2), version("1회 2정", 3)]
    (listed,) = changed(medicine("1회 3정"), versions)
    assert (listed.title, listed.changes, listed.data_date) == ("용법·용량", 2, "2026-03-01")
    assert changed(medicine("1회 3정"), ()) == ()
