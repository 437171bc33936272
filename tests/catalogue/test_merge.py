"""Of everything said about a product the newest counts, in whatever order the files are read."""

from decimal import Decimal
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from pillnuts.catalogue.gathered import Gathered
from pillnuts.catalogue.identity import Group
from pillnuts.catalogue.merge import Common, Origin, Told
from pillnuts.catalogue.parse import Quantity
from pillnuts.catalogue.shapes import Caution, Recall
from pillnuts.catalogue.statements import (
    CodeNamed,
    DailyLimit,
    Grouped,
    LeftOut,
    Noted,
    Quantified,
    Recalled,
    Ruled,
    Said,
    Statement,
    Unused,
)

PATIENT = settings(deadline=None)

SEQ = "202000001"
OLD, NEW = Origin("옛 목록", "2021-08", rank=3), Origin("새 목록", "2025-07", rank=0)
UNKNOWN = Quantity(value=None, unit=None, text=None)
UNDATED = Origin("날짜 없는 목록", None, rank=5)


class Taken(NamedTuple):
    products: dict[str, Told]
    common: Common
    merged: int
    nameless: int

    def medicines(self) -> list[str]:
        return [item_seq for item_seq, told in self.products.items() if told.is_medicine]


def taken(*said: tuple[Statement, Origin]) -> Taken:
    gathered = Gathered()
    for statement, origin in said:
        gathered.take(statement, origin)
    products = {told.item_seq: told for told in gathered.products()}
    assert list(products) == sorted(products)
    return Taken(products, gathered.common, gathered.merged, gathered.nameless)


def named(name: str, **more: object) -> Said:
    return Said(SEQ, {"name": name, **more})


def measured(name: str, value: str, unit: str = "mg") -> Quantified:
    number = Decimal(value) if value else None
    return Quantified(SEQ, name, Quantity(value=number, unit=unit if value else None, text=None))


def test_the_newer_file_names_the_maker_whichever_is_read_first() -> None:
    older, newer = (named("새봄정", maker="새봄"), OLD), (named("새봄정", maker="(주)새봄"), NEW)
    for gathered in (taken(older, newer), taken(newer, older)):
        maker = gathered.products[SEQ].facts["maker"]
        assert (maker.value, maker.source, maker.date) == ("(주)새봄", "새 목록", "2025-07")


def test_a_field_that_the_newer_file_leaves_out_stays_with_the_older_one() -> None:
    gathered = taken((named("새봄정", form="정제"), OLD), (named("새봄정"), NEW))
    assert gathered.products[SEQ].facts["form"].source == "옛 목록"
    assert gathered.merged == 1


def test_a_file_without_a_day_is_older_than_any_other() -> None:
    gathered = taken((named("새봄정", maker="(주)새봄"), OLD), (named("새봄정", maker="봄"), UNDATED))
    assert gathered.products[SEQ].facts["maker"].value == "(주)새봄"


def test_of_files_of_one_day_the_higher_ranked_data_set_counts() -> None:
    low, high = Origin("낱알식별", "2025-07", rank=2), Origin("허가 상세", "2025-07", rank=5)
    said = [(named("새봄정", form="정제"), low), (named("새봄정", form="필름코팅정"), high)]
    for gathered in (taken(*said), taken(*reversed(said))):
        assert gathered.products[SEQ].facts["form"].value == "필름코팅정"


def test_a_fact_bears_the_day_of_its_row_where_the_row_states_one() -> None:
    gathered = taken((Said(SEQ, {"name": "새봄정"}, date="2024-03-05"), NEW))
    assert gathered.products[SEQ].facts["name"].date == "2024-03-05"


ORIGINS = st.builds(
    Origin,
    st.sampled_from(["목록", "상세"]),
    st.none() | st.sampled_from(["2021-08", "2024", "2024-05-22", "2025-07"]),
    st.integers(0, 2),
)
SAID = st.builds(
    Said,
    st.sampled_from(["202000001", "202000002"]),
    st.dictionaries(st.sampled_from(["name", "maker", "form"]), st.sampled_from(["가", "나", "다"])),
    st.none() | st.sampled_from(["2020-01-01", "2026-01-01"]),
)
ROWS = st.builds(measured, st.sampled_from(["가나펜", "다라민"]), st.sampled_from(["", "300", "500"]))
NAMED_CODES = st.builds(CodeNamed, st.just("class"), st.just("01140"), st.sampled_from(["진통제", "해열제"]))
OUT = st.builds(LeftOut, st.just(SEQ), st.sampled_from(["의약외품", "한약재"]))
SPOKEN = st.lists(st.tuples(SAID | ROWS | NAMED_CODES | OUT, ORIGINS), max_size=8)


@PATIENT
@given(SPOKEN, st.randoms())
def test_the_order_of_files_changes_nothing(spoken: list[tuple[Statement, Origin]], random: object) -> None:
    shuffled = sorted(spoken, key=lambda _: random.random())  # type: ignore[attr-defined]
    one, other = taken(*spoken), taken(*shuffled)
    assert one == other


@PATIENT
@given(st.lists(st.tuples(SAID, ORIGINS), max_size=8))
def test_no_older_file_has_the_last_word_on_any_field(said: list[tuple[Said, Origin]]) -> None:
    gathered = taken(*said)
    for statement, origin in said:
        for field in statement.fields:
            assert gathered.products[statement.item_seq].facts[field].weight >= origin.weight


def test_an_empty_amount_never_hides_a_filled_one() -> None:
    filled, empty = (measured("지실", "0.5", "g"), OLD), (measured("지실", ""), NEW)
    for gathered in (taken(filled, empty), taken(empty, filled)):
        assert gathered.products[SEQ].quantified["지실"].quantity.value == Decimal("0.5")
        assert gathered.products[SEQ].quantified["지실"].origin == OLD


def test_the_newer_amount_takes_the_older_ones_place_and_names_its_own_file() -> None:
    older, newer = (measured("가나펜", "300"), OLD), (measured("가나펜", "500"), NEW)
    for gathered in (taken(older, newer), taken(newer, older)):
        row = gathered.products[SEQ].quantified["가나펜"]
        assert (row.quantity.value, row.origin) == (Decimal(500), NEW)


def test_ingredients_stand_in_the_order_of_the_file_that_counts() -> None:
    older = [(measured("가나펜", "300"), OLD), (measured("다라민", "5"), OLD)]
    newer = [(measured("다라민", "6"), NEW), (measured("가나펜", "400"), NEW)]
    for gathered in (taken(*older, *newer), taken(*newer, *older)):
        assert list(gathered.products[SEQ].quantified) == ["다라민", "가나펜"]


def test_words_in_place_of_an_amount_are_more_than_nothing() -> None:
    words = Quantified(SEQ, "가나펜", Quantity(value=None, unit="mg", text="적량"))
    for gathered in (
        taken((words, OLD), (measured("가나펜", ""), NEW)),
        taken((measured("가나펜", ""), NEW), (words, OLD)),
    ):
        assert gathered.products[SEQ].quantified["가나펜"].quantity.text == "적량"


def test_only_products_with_a_name_are_medicines() -> None:
    gathered = taken((Said(SEQ, {"maker": "새봄"}), NEW), (Quantified("202000002", "가나펜", UNKNOWN), NEW))
    assert (gathered.medicines(), gathered.nameless) == ([], 2)
    assert taken((Said(SEQ, {"maker": "새봄"}), NEW), (named("새봄정"), NEW)).nameless == 0


def test_what_is_no_medicine_is_left_out_whatever_older_files_say() -> None:
    gathered = taken((named("새봄파스"), OLD), (LeftOut(SEQ, "의약외품"), NEW))
    assert gathered.medicines() == []
    assert gathered.products[SEQ].out == (NEW.weight, "의약외품")


def test_what_became_a_medicine_is_one_although_an_older_file_left_it_out() -> None:
    for gathered in (
        taken((LeftOut(SEQ, "의약외품"), OLD), (named("새봄액"), NEW)),
        taken((named("새봄액"), NEW), (LeftOut(SEQ, "의약외품"), OLD), (LeftOut(SEQ, "의약외품"), UNDATED)),
    ):
        assert gathered.medicines() == [SEQ]


def test_everything_else_is_kept_once() -> None:
    caution = Caution(kind="임부금기", ingredient=None, text="쓰지 않음", source="DUR")
    recall = Recall(reason="함량 부적합", enforced=True, source="회수")
    limit = DailyLimit("D000001", "4000밀리그램", "DUR", None)
    group = Group("D000001", "가나펜", None)
    once = (
        Noted(SEQ, caution, "D000001"),
        Ruled("임부금기", "D000001", "2등급"),
        Recalled(SEQ, recall),
        limit,
        Grouped(group),
        Unused("약가는 아직 쓰지 않음"),
    )
    gathered = taken(*((statement, NEW) for statement in once * 2))
    assert gathered.products[SEQ].cautions == {Noted(SEQ, caution, "D000001")}
    assert gathered.common.rules == {("임부금기", "D000001"): {"2등급"}}
    assert gathered.products[SEQ].recalls == {recall}
    assert list(gathered.common.limits) == [limit]
    assert list(gathered.common.groups) == [group]
    assert gathered.common.unused == {"약가는 아직 쓰지 않음": 2}


def test_the_newest_file_names_a_code() -> None:
    older, newer = CodeNamed("form", "010101", "나정"), CodeNamed("form", "010101", "나정(속효)")
    for gathered in (taken((older, OLD), (newer, NEW)), taken((newer, NEW), (older, OLD))):
        assert gathered.common.code_name("form", "010101") == "나정(속효)"
        assert gathered.common.code_name("class", "010101") is None
