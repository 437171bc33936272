"""What the command line shows of a release: what was read, what was left out and why, what is covered."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console

from pillnuts import status
from pillnuts.catalogue.journal import Entry, Fetched, Kind, State
from pillnuts.catalogue.models import Release
from pillnuts.catalogue.report import Coverage, FileReport, Oddity, Report, Skipped
from pillnuts.kernel.locks import Holder
from pillnuts.kernel.processes import Process
from pillnuts.kernel.schedule import Schedule
from pillnuts.status import Runs

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
        misdated={"고시일: 없는 날짜입니다.": Oddity(count=2, examples=["202000004 ‘00120925’"])},
        impossible_amounts=Oddity(count=1, examples=["202000003 가나펜 8100 g"]),
        unknown_units={"봄단위": Oddity(count=2, examples=["202000003"]), "가단위": Oddity(count=9)},
    )
    text = shown((release(), report))
    for part in (
        "읽은 행 1,200 · 받은 행 1,100 · 한 제품으로 합친 행 7 · 새 제품 3 · 사라진 제품 2 · 12.3초",
        "목록.xlsx",
        "넣지 않은 것: 한약재 100",
        "값이 잘못된 행: 허가일: 없는 날짜입니다. 1,500건 (예: 202000001 ‘2020-13-45’)",
        "모르는 단위(적힌 그대로 둠): 봄단위 2건 (예: 202000003)",
        "날짜가 잘못된 주의와 회수(날짜 없이 받음): 고시일: 없는 날짜입니다. 2건 (예: 202000004 ‘00120925’)",
        "있을 수 없는 함량(글로만 보임):  1건 (예: 202000003 가나펜 8100 g)",
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


# ── runs ──────────────────────────────────────────────────────────────────────────────────────

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ME = Process("here", "곰", "봄이", 7, "1")


def entry(**fields: object) -> Entry:
    said = {"id": 1, "kind": Kind.SYNC, "state": State.DONE, "by": "곰의 봄이(프로세스 7)", "release": 3}
    return Entry(**(said | {"started": datetime(2026, 11, 16, 17, 0, tzinfo=UTC)} | fields))  # type: ignore[arg-type]


def runs(*entries: Entry, **fields: object) -> str:
    width = fields.pop("width", 250)
    assert isinstance(width, int)
    said = {
        "schedule": Schedule("0 2 * * tue"),
        "has_key": True,
        "stale_days": 21,
        "now": NOW,
        "entries": entries,
        "syncs": [one for one in entries if one.kind is Kind.SYNC],
        "fetched": (),
        "holder": None,
        "data_date": "2026-11-17",
        "release": 3,
    }
    console = Console(file=StringIO(), width=width)
    status.show_runs(console, Runs(**(said | fields)))  # type: ignore[arg-type]
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_the_next_sync_is_told_in_the_time_of_seoul() -> None:
    said = runs(entry())
    assert said.startswith("다음 받기: 2026-11-24 02:00 (서울 시각, 일정 0 2 * * tue)")
    assert "실린 자료: 2026-11-17 기준, 6일 지남\n" in said


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"has_key": False}, "인증키가 없어 받지 않습니다"),
        ({"schedule": Schedule("")}, "일정이 없습니다"),
        ({"now": NOW + timedelta(days=2)}, "지금입니다"),
        ({"holder": Holder(ME, NOW)}, "지금 곰의 봄이(프로세스 7)이 2026-11-23 12:00부터"),
        ({"data_date": "2026-10"}, "2026-10-31 기준, 23일 지남 · 21일이 넘어 오래된 자료입니다."),
        ({"data_date": None}, "언제 것인지 알 수 없습니다"),
    ],
)
def test_what_stands_in_the_way_is_told(fields: dict[str, object], said: str) -> None:
    assert said in runs(entry(release=2), **fields)


def test_data_that_was_found_unchanged_is_as_new_as_that() -> None:
    assert "실린 자료: 2026-11-17 기준" in runs(entry(), data_date="2026-10-01")


def test_what_was_not_fetched_for_long_is_named() -> None:
    fetched = (
        Fetched("easy", "e약은요", date(2026, 10, 20), 5),
        Fetched("recall", "회수·판매중지", date(2026, 11, 17), 5),
    )
    said = runs(entry(), fetched=fetched)
    assert "오래된 자료: e약은요 (2026-10-20 받음, 34일 지남)" in said
    assert "회수" not in said
    assert "받은 자료 1가지 모두 21일 안에 받았습니다" in runs(entry(), fetched=fetched[1:])


def test_the_last_runs_are_told_with_their_end_and_reason() -> None:
    waiting = entry(state=State.WAITING, goes_on=NOW, ended=NOW, calls=1234, reason="다 썼습니다.")
    refused = entry(state=State.REFUSED, reason="[10%] 사라집니다.", kind=Kind.IMPORT)
    text = runs(waiting, refused)
    for said in (
        "기다림 (2026-11-23 12:00부터 이어서)",
        "1,234",
        "다 썼습니다.",
        "파일 거절",
        "[10%] 사라집니다.",
        "자료 3호",
    ):
        assert said in text


def test_a_narrow_screen_breaks_no_reason_and_no_command() -> None:
    reason = (
        "허가 목록 외 22가지: 등록되지 않은 인증키입니다. 키를 그대로 옮겼는지 확인해 주십시오. (30)\n둘째"
    )
    failed = entry(
        state=State.FAILED, calls=8, ended=datetime(2026, 11, 16, 17, 1, tzinfo=UTC), reason=reason
    )
    lines = runs(failed, has_key=False, width=80).splitlines()

    assert any("`pillnuts catalogue sync`" in line for line in lines)
    at = lines.index(
        "  2026-11-17 02:00–02:01 받기 실패 · 8번 부름 · 자료 3호 · 곰의 봄이(프로세스 7)",
    )
    assert [line.strip() for line in lines[at + 1 :]] == reason.splitlines()


def test_the_end_of_a_run_on_another_day_says_which() -> None:
    assert "2026-11-17 02:00–2026-11-18 03:05 " in runs(
        entry(ended=datetime(2026, 11, 17, 18, 5, tzinfo=UTC))
    )


def test_a_run_whose_process_is_gone_is_not_called_running() -> None:
    dead = entry(state=State.RUNNING)
    assert "멈춤" in runs(dead)
    assert "하는 중" in runs(dead, holder=Holder(ME, NOW))
