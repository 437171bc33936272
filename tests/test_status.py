"""What the command line shows of a release: what was read, what was left out and why, what is covered."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console

from pillnuts import status
from pillnuts.catalogue.models import Release
from pillnuts.catalogue.report import Coverage, FileReport, Oddity, Report, Skipped

WHEN = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)


def release(number: int = 1, **fields: object) -> Release:
    said = {"number": number, "created_at": WHEN, "by": "봄이", "demo": False, "data_date": "2026-07"}
    return Release(**(said | {"product_count": 37_000} | fields))


def shown(*releases: tuple[Release, Report]) -> str:
    console = Console(file=StringIO(), width=200)
    status.show(console, releases)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_nothing_imported_says_how_to_begin() -> None:
    assert "pillnuts catalogue import" in shown()
    assert "pillnuts catalogue demo" in shown()


def test_a_release_says_number_kind_size_dates_and_by_whom() -> None:
    line = shown((release(), Report())).splitlines()[0]
    assert line == "판 1 · 식약처 자료 · 제품 37,000개 · 자료 기준일 2026-07 · 2026-07-02 08:30 실음 · 봄이"


def test_the_demo_and_an_unknown_day_say_so() -> None:
    line = shown((release(demo=True, data_date=None), Report())).splitlines()[0]
    assert "데모" in line
    assert "자료 기준일 알 수 없음" in line


def test_older_releases_stand_below_in_a_line_each() -> None:
    lines = shown((release(2), Report()), (release(1), Report())).splitlines()
    assert lines[0].startswith("판 2 ·")
    assert lines[-1].startswith("판 1 ·")


def test_everything_counted_is_shown() -> None:
    report = Report(
        files=[FileReport(name="목록.xlsx", dataset="의약품목록", date=None, read=1200, accepted=1100)],
        read=1200,
        accepted=1100,
        merged=7,
        added=3,
        removed=2,
        seconds=12.34,
        left_out={"한약재": 100},
        skipped=[Skipped(name="시.csv", reason="식약처 자료가 아닙니다.")],
        impossible={"허가일: 없는 날짜입니다.": Oddity(count=1500, examples=["202000001 ‘2020-13-45’"])},
        unknown_units={"봄단위": Oddity(count=2, examples=["202000003"]), "가단위": Oddity(count=9)},
    )
    text = shown((release(), report))
    for part in (
        "읽은 행 1,200 · 받은 행 1,100 · 한 제품으로 합친 행 7 · 새 제품 3 · 사라진 제품 2 · 12.3초",
        "목록.xlsx",
        "넣지 않은 것: 한약재 100",
        "값이 잘못된 행: 허가일: 없는 날짜입니다. 1,500건 (예: 202000001 ‘2020-13-45’)",
        "모르는 단위(적힌 그대로 둠): 봄단위 2건 (예: 202000003)",
        "지나친 파일: 시.csv (식약처 자료가 아닙니다.)",
    ):
        assert part in text
    assert text.index("가단위") < text.index("봄단위"), "the most frequent first"


def test_coverage_is_shown_as_counts_and_shares() -> None:
    covered = Coverage(products=40_000, on_market=30_000, amounts=1, substances=6_500)
    text = shown((release(), Report(coverage=covered)))
    assert "전체 40,000개 · 성분 6,500가지" in text
    [line] = [line for line in text.splitlines() if "상태 모름 포함" in line]
    assert "30,000" in line
    assert "75%" in line


def test_an_empty_catalogue_has_no_shares() -> None:
    assert "%" not in shown((release(product_count=0), Report()))


@pytest.mark.parametrize("name", ["[식약처] 목록[1].xlsx", "목록[/].csv", "[bold]목록[/bold].csv"])
def test_brackets_in_the_name_of_a_file_are_part_of_it(name: str) -> None:
    report = Report(
        files=[FileReport(name=name, dataset="목록", date=None, left_out={name: 1})], left_out={name: 1}
    )
    assert shown((release(by=name), report)).count(name) == 4
