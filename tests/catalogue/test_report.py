"""The report counts what was left out and why, with a few examples, and what the catalogue covers."""

from collections import Counter

from pillnuts.catalogue.parse import ParseError
from pillnuts.catalogue.report import EXAMPLES, Coverage, FileReport, Oddity, Report, grouped, known_of
from pillnuts.catalogue.shapes import Caution, Recall
from tests.compare.medicines import ingredient, product, section


def file() -> FileReport:
    return FileReport(name="목록.xlsx", dataset="목록", date=None)


def test_what_is_left_out_is_counted_for_the_file_and_for_the_whole() -> None:
    report, one, other = Report(), file(), file()
    for each in (one, one, other):
        report.leave_out(each, "한약재")
    assert (one.left_out, other.left_out, report.left_out) == ({"한약재": 2}, {"한약재": 1}, {"한약재": 3})


def test_an_impossible_row_is_named_with_its_text_cut_short() -> None:
    report = Report()
    report.refuse(file(), "202000001", ParseError("허가일", "봄" * 1000, "날짜로 읽을 수 없습니다."))
    report.refuse(file(), "202000002", ParseError("허가일", "2020-13-45", "없는 날짜입니다."))
    assert report.left_out == {"값이 잘못된 행": 2}
    assert report.impossible == {
        "허가일: 날짜로 읽을 수 없습니다.": Oddity(count=1, examples=[f"202000001 ‘{'봄' * 60}’"]),
        "허가일: 없는 날짜입니다.": Oddity(count=1, examples=["202000002 ‘2020-13-45’"]),
    }


def test_examples_are_few_however_many_there_are() -> None:
    oddity = Oddity()
    for number in range(100):
        oddity.add(str(number))
    assert (oddity.count, oddity.examples) == (100, [str(number) for number in range(EXAMPLES)])


def test_only_units_nobody_knows_are_noted() -> None:
    report = Report()
    for unit in ("mg", "", "봄단위", "봄단위"):
        report.note_unit(unit, "202000001")
    assert report.unknown_units == {"봄단위": Oddity(count=2, examples=["202000001", "202000001"])}


def test_coverage_counts_products_of_which_something_is_known() -> None:
    full = product(
        "새봄정",
        ingredient("가나펜", "500 mg"),
        image_url="https://ministry.test/1",
        class_name="진통제",
        sections=(section("efficacy", "두통", plain=True), section("efficacy", "두통")),
        cautions=(Caution(kind="노인주의", ingredient=None, text="", source="DUR"),),
        recalls=(Recall(reason="함량", enforced=None, source="회수"),),
    )
    partial = product("봄정", ingredient("가나펜"), ingredients_complete=False, withdrawn=True)
    bare = product(
        "옛봄정", ingredient("전분", additive=True), ingredients_complete=True, additives_known=False
    )
    counted = Counter[str]()
    for one in (full, partial, bare):
        counted.update(known_of(one))
    assert Coverage(**counted, substances=7) == Coverage(
        products=3,
        on_market=2,
        ingredients=2,
        all_ingredients=1,
        amounts=1,
        additives=2,
        images=1,
        classes=1,
        plain_texts=1,
        labels=1,
        cautions=1,
        recalls=1,
        substances=7,
    )


def test_a_report_survives_being_stored() -> None:
    report = Report(seconds=1.5)
    report.refuse(file(), "202000001", ParseError("허가일", "\x00봄\n", "날짜로 읽을 수 없습니다."))
    assert Report.model_validate_json(report.model_dump_json()) == report


def test_pages_of_one_folder_and_day_are_one_line() -> None:
    def page(number: int, folder: str = "e약은요") -> FileReport:
        left_out = {"한약재": 1}
        return FileReport(
            name=f"{number}",
            dataset="e약은요",
            date="2026-11-20",
            read=3,
            accepted=2,
            left_out=left_out,
            folder=folder,
        )

    alone = FileReport(name="목록.xlsx", dataset="목록", date=None, read=1, accepted=1)
    one, other, last = grouped([page(1), alone, page(2), page(1, "허가")])
    assert (one.name, one.read, one.accepted, one.left_out) == ("e약은요 (2쪽)", 6, 4, {"한약재": 2})
    assert other == alone
    assert last.name == "허가 (1쪽)"


def test_the_page_behind_the_last_is_no_line_of_its_own() -> None:
    full = FileReport(name="1", dataset="e약은요", date="2026-11-20", read=3, folder="e약은요")
    behind = FileReport(name="2", dataset="빈 답", date=None, folder="e약은요")
    assert [one.dataset for one in grouped([full, behind])] == ["e약은요"]
    assert [one.dataset for one in grouped([behind])] == ["빈 답"]
