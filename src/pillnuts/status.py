"""How the command line shows a release and its import report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pillnuts.catalogue.freshness import freshness
from pillnuts.catalogue.journal import Entry, Fetched, Kind, State, next_start
from pillnuts.catalogue.models import Release
from pillnuts.catalogue.report import Oddity, Report
from pillnuts.kernel.locks import Holder
from pillnuts.kernel.schedule import Schedule

Reported = tuple[Release, Report]

_SEOUL = ZoneInfo("Asia/Seoul")

_COVERED = {
    "on_market": "허가가 끝나지 않은 제품(상태 모름 포함)",
    "ingredients": "주성분을 아는 제품",
    "all_ingredients": "주성분을 모두 아는 제품",
    "amounts": "함량을 아는 제품",
    "additives": "첨가제를 아는 제품",
    "classes": "약효 분류를 아는 제품",
    "images": "사진 주소가 있는 제품",
    "plain_texts": "쉬운 설명(e약은요)이 있는 제품",
    "labels": "허가 문서가 있는 제품",
    "cautions": "DUR 주의가 있는 제품",
    "recalls": "회수 이력이 있는 제품",
}

_KINDS = {Kind.SYNC: "받기", Kind.PART: "골라 받기", Kind.IMPORT: "파일", Kind.DEMO: "데모"}
_STATES = {
    State.RUNNING: "하는 중",
    State.WAITING: "기다림",
    State.DONE: "끝남",
    State.FAILED: "실패",
    State.REFUSED: "거절",
    State.STOPPED: "멈춤",
}
_SHOWN = 5


@dataclass(frozen=True)
class Runs:
    """What there is to tell of the runs that make releases."""

    schedule: Schedule
    has_key: bool
    stale_days: int
    now: datetime
    entries: Sequence[Entry]
    """Of every kind, newest first."""
    syncs: Sequence[Entry]
    """Those that fetch all, newest first."""
    fetched: Sequence[Fetched]
    holder: Holder | None
    """Who changes the catalogue now."""
    release: int | None
    """The release, if there is one that is not the demo."""
    data_date: str | None
    """The newest day that its data states."""


def show_runs(console: Console, runs: Runs) -> None:
    """Show when the next sync is due, what is stale, and the last runs."""
    _say(console, f"다음 받기: {_next(runs)}")
    if runs.release:
        _say(console, _age(runs))
    stale = [one for one in runs.fetched if _days(runs, one.on) > runs.stale_days]
    for one in stale:
        said = f"오래된 자료: {one.title} ({one.on} 받음, {_days(runs, one.on)}일 지남)"
        _say(console, said, "yellow")
    if runs.fetched and not stale:
        oldest, count = min(one.on for one in runs.fetched), len(runs.fetched)
        said = f"받은 자료 {count}가지 모두 {runs.stale_days}일 안에 받았습니다. 가장 오래된 것 {oldest}"
        _say(console, said)
    if runs.entries:
        _entries(console, runs)


def _next(runs: Runs) -> str:
    if not runs.schedule.line:
        return "일정이 없습니다(PILLNUTS_SYNC_SCHEDULE)"
    if not runs.has_key:
        return "인증키가 없어 받지 않습니다. `pillnuts catalogue sync`가 키를 얻는 법을 알려 줍니다."
    due = next_start(runs.schedule, runs.syncs, runs.now)
    if due is None:
        return "없습니다"
    if runs.holder:
        return f"지금 {runs.holder.process}이 {_seoul(runs.holder.since)}부터 자료를 바꾸고 있습니다."
    if due <= runs.now:
        return "지금입니다. 일꾼(`pillnuts worker`)이 떠 있으면 곧 시작합니다."
    return f"{_seoul(due)} (서울 시각, 일정 {runs.schedule.line})"


def _age(runs: Runs) -> str:
    done = next((sync for sync in runs.syncs if sync.state is State.DONE), None)
    asked = done.started.astimezone(_SEOUL).date() if done and done.release == runs.release else None
    fresh = freshness(runs.data_date, asked, runs.now.astimezone(_SEOUL).date(), runs.stale_days)
    if fresh.on is None:
        return "실린 자료: 언제 것인지 알 수 없습니다."
    old = f" · {runs.stale_days}일이 넘어 오래된 자료입니다." if fresh.stale else ""
    return f"실린 자료: {fresh.on} 기준, {_days(runs, fresh.on)}일 지남{old}"


def _days(runs: Runs, on: date) -> int:
    return (runs.now.astimezone(_SEOUL).date() - on).days


def _entries(console: Console, runs: Runs) -> None:
    _say(console, "마지막 실행")
    for entry in runs.entries[:_SHOWN]:
        _say(console, f"  {_entry(entry, runs)}")
        for line in (entry.reason or "").splitlines():
            _say(console, f"      {line}")


def _entry(entry: Entry, runs: Runs) -> str:
    state = entry.state
    if state is State.RUNNING and not runs.holder:  # its process is gone, and nobody has noticed yet
        state = State.STOPPED
    until = f" ({_seoul(entry.goes_on)}부터 이어서)" if entry.goes_on else ""
    ended = f"–{_seoul(entry.ended)[_same_day(entry) :]}" if entry.ended else ""
    said = [f"{_seoul(entry.started)}{ended} {_KINDS[entry.kind]} {_STATES[state]}{until}"]
    if entry.calls:
        said.append(f"{entry.calls:,}번 부름")
    if entry.release:
        said.append(f"자료 {entry.release}호")
    return " · ".join([*said, entry.by])


def _same_day(entry: Entry) -> int:
    """Tell from where on the end says something new: its time alone, where it was on the same day."""
    same = entry.ended and _seoul(entry.ended)[:10] == _seoul(entry.started)[:10]
    return len("2026-11-23 ") if same else 0


def _say(console: Console, line: str, style: str = "") -> None:
    """Print a line as it stands: brackets are no markup, and a command in it is not broken."""
    console.print(line, style=style, markup=False, highlight=False, soft_wrap=True)


def show(console: Console, releases: Sequence[Reported]) -> None:
    """Show the newest release in full and the ones before it in a line each."""
    if not releases:
        _say(
            console,
            "아직 실린 자료가 없습니다. `pillnuts catalogue import 경로` 또는 `pillnuts catalogue demo`",
        )
        return
    release, report = releases[0]
    show_import(console, release, report)
    for older, _ in releases[1:]:
        _say(console, _line(older), "dim")


def show_import(console: Console, release: Release, report: Report) -> None:
    _say(console, _line(release), "bold")
    _say(
        console,
        f"읽은 행 {report.read:,} · 받은 행 {report.accepted:,} · 한 제품으로 합친 행 {report.merged:,} · "
        f"새 제품 {report.added:,} · 사라진 제품 {report.removed:,} · {report.seconds:.1f}초",
    )
    if report.files:
        console.print(_files(report))
    _counts(console, "넣지 않은 것", report.left_out)
    _oddities(console, "값이 잘못된 행", report.impossible)
    _oddities(console, "읽을 수 없는 문서(제품의 다른 값은 받음)", report.unread)
    _oddities(console, "날짜가 잘못된 주의와 회수(날짜 없이 받음)", report.misdated)
    if report.kept.count:
        _oddities(console, "이전 판의 것을 그대로 둔 것", {"": report.kept})
    _oddities(console, "모르는 단위(적힌 그대로 둠)", report.unknown_units)
    if report.impossible_amounts.count:
        _oddities(console, "있을 수 없는 함량(글로만 보임)", {"": report.impossible_amounts})
    for skipped in report.skipped:
        _say(console, f"지나친 파일: {skipped.name} ({skipped.reason})")
    console.print(_coverage(report))


def _line(release: Release) -> str:
    made = _seoul(release.created_at)
    kind = "데모" if release.demo else "식약처 자료"
    return (
        f"판 {release.number} · {kind} · 제품 {release.product_count:,}개 · 자료 기준일 "
        f"{release.data_date or '알 수 없음'} · {made} 실음 · {release.by}"
    )


def _files(report: Report) -> Table:
    table = Table("파일", "자료", "기준일", "읽음", "받음", "넣지 않음", title="파일", title_justify="left")
    table.columns[0].overflow = "fold"  # its end tells one from another
    for file in report.files:
        left_out = " ".join(f"{reason} {count:,}" for reason, count in file.left_out.items())
        cells = (file.name, file.dataset, file.date or "-", f"{file.read:,}", f"{file.accepted:,}", left_out)
        table.add_row(*map(Text, cells))  # as it stands: brackets in a name are no markup
    return table


def _counts(console: Console, title: str, counts: dict[str, int]) -> None:
    if counts:
        line = " · ".join(f"{reason} {count:,}" for reason, count in counts.items())
        _say(console, f"{title}: {line}")


def _oddities(console: Console, title: str, oddities: dict[str, Oddity]) -> None:
    for name, oddity in sorted(oddities.items(), key=lambda pair: -pair[1].count):
        examples = ", ".join(oddity.examples)
        _say(console, f"{title}: {name} {oddity.count:,}건 (예: {examples})")


def _coverage(report: Report) -> Table:
    covered = report.coverage
    table = Table(
        "아는 것",
        "제품",
        "몫",
        title=f"전체 {covered.products:,}개 · 성분 {covered.substances:,}가지",
        title_justify="left",
    )
    for name, title in _COVERED.items():
        count: int = getattr(covered, name)
        table.add_row(title, f"{count:,}", f"{count / covered.products:.0%}" if covered.products else "-")
    return table


def held(holder: Holder) -> str:
    """Say who changes the catalogue now, so that nobody else can."""
    return (
        f"{holder.process}이 {_seoul(holder.since)}(서울)부터 자료를 바꾸고 있습니다. "
        "바뀐 것은 없습니다. 끝난 뒤에 다시 해 주십시오."
    )


def _seoul(moment: datetime) -> str:
    """SQLite and MariaDB forget the zone; it is always UTC."""
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(_SEOUL).strftime("%Y-%m-%d %H:%M")
