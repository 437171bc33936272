"""Dates, codes and short texts in each of the ministry's spellings."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillnuts.catalogue import parse
from pillnuts.catalogue.parse import ParseError

_DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))


def _ordinal(day: int) -> str:
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{'th' if day in {11, 12, 13} else suffix}"


def _english(day: date) -> str:
    return f"{day.year}{day:%B}{_ordinal(day.day)}"


_SPELLINGS = [
    lambda day: f"{day:%Y%m%d}",
    lambda day: f"{day:%Y%m%d}093000",
    lambda day: day.isoformat(),
    lambda day: f"{day.isoformat()} 00:00:00",
    lambda day: f"{day.isoformat()}T00:00:00.000",
    lambda day: f"{day.year}.{day.month}.{day.day}.",
    lambda day: f"{day.year}/{day.month}/{day.day}",
    lambda day: f"{day.year}년 {day.month}월 {day.day}일",
    _english,
]


@given(_DAYS, st.sampled_from(_SPELLINGS))
def test_a_day_reads_back_in_every_spelling(day: date, spelling: object) -> None:
    assert callable(spelling)
    assert parse.date(spelling(day).replace("1900", "1900")) == day


def test_blank_is_no_date() -> None:
    assert parse.date("") is None
    assert parse.date(" \n") is None


@pytest.mark.parametrize(
    "text", ["20260230", "2026-13-01", "1971Maybe6th", "0202-01-01", "어제", "2026", "-"]
)
def test_an_impossible_day_is_an_error_that_says_so(text: str) -> None:
    with pytest.raises(ParseError) as error:
        parse.date(text, "허가일자")
    assert error.value.field == "허가일자"
    assert error.value.text == text
    assert error.value.reason.endswith("다.")


def test_an_item_code_is_nine_digits_kept_as_text() -> None:
    assert parse.item_seq(" 019550005 ") == "019550005"


@pytest.mark.parametrize("text", ["", "19550000", "1955000055", "19550000a", "１９５５００００５"])
def test_anything_else_is_no_item_code(text: str) -> None:
    with pytest.raises(ParseError):
        parse.item_seq(text)


def test_codes_are_read_from_lists_with_their_leading_zeros() -> None:
    assert parse.barcodes("8800000000019, 8800000000026,8800000000019") == ("8800000000019", "8800000000026")
    assert parse.barcodes("TN") == ()
    assert parse.edi_codes("052700450,643502184") == ("052700450", "643502184")


def test_atc_codes_of_any_depth_are_read() -> None:
    assert parse.atc_codes("M01AB05 (diclofenac), R05X,A16AA") == ("M01AB05", "R05X", "A16AA")
    assert parse.atc_codes("X99 M1") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[01140]해열.진통.소염제", ("01140", "해열.진통.소염제")),
        ("01140", ("01140", None)),
        ("[114]해열제 ", ("01140", "해열제")),
        ("114", ("01140", None)),
        ("반창고", (None, "반창고")),
        ("", (None, None)),
    ],
)
def test_a_class_is_five_digits_and_a_name(text: str, expected: tuple[str | None, str | None]) -> None:
    assert parse.class_code(text) == expected


_CODES = st.from_regex(r"[A-Z][0-9]{6}", fullmatch=True)
_NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="[]|"), min_size=1
).filter(lambda name: name != "-")  # the ministry's word for nothing


@given(st.lists(st.tuples(_CODES, _NAMES)), st.sampled_from("|/"))
def test_coded_names_read_back_in_order_without_duplicates(
    pairs: list[tuple[str, str]], separator: str
) -> None:
    text = separator.join(f"[{code}]{name}" for code, name in pairs)
    assert parse.coded_names(text) == tuple(dict.fromkeys(pairs))


def test_a_name_keeps_the_separator_that_no_code_follows() -> None:
    assert parse.coded_names("[M000001]가루 500/600/[M000002]메틸-N|S-산") == (
        ("M000001", "가루 500/600"),
        ("M000002", "메틸-N|S-산"),
    )


def test_names_without_codes_are_kept() -> None:
    assert parse.coded_names("가나|다라") == ((None, "가나"), (None, "다라"))
    assert parse.coded_names(" - ") == ()


def test_the_history_gives_day_and_label_newest_first() -> None:
    assert parse.history("용법·용량, 2025-03-01/성상 변경(색, 모양), 2001-10-02") == (
        (date(2025, 3, 1), "용법·용량"),
        (date(2001, 10, 2), "성상 변경(색, 모양)"),
    )


def test_free_text_loses_only_blanks_and_control_characters() -> None:
    assert parse.clean(" 기밀용기,  실온\r\n\r\n 보관\x07 ") == "기밀용기, 실온\n보관"
    assert parse.clean(" \r\n\ufeff") is None
    assert parse.clean("가\ud800나") == "가\ufffd나"


_ANY = st.text(st.characters(exclude_categories=[]))


@given(_ANY)
def test_no_text_brings_a_reader_down(text: str) -> None:
    for reader in (parse.barcodes, parse.edi_codes, parse.atc_codes, parse.class_code, parse.coded_names):
        reader(text)
    for strict in (parse.date, parse.item_seq, parse.history):
        try:
            strict(text)
        except ParseError as error:
            assert error.text == text  # noqa: PT017  # every error names what it could not read
    assert parse.clean(parse.clean(text) or "") == parse.clean(text)


def test_a_dash_is_nothing_only_where_it_stands_alone() -> None:
    assert parse.coded_names(" - ") == ()
    assert parse.coded_names("가나펜|-") == ((None, "가나펜"), (None, "-"))
