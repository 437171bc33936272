"""What the cells of a row hold, for every kind of row (pure)."""

from collections.abc import Callable, Iterator

from pillnuts.catalogue import parse
from pillnuts.catalogue.statements import Misdated, NamedList, NameText, Statement

Row = dict[str, str]
Reader = Callable[[Row], Iterator[Statement]]


def warns_undated(*columns: str) -> Callable[[Reader], Reader]:
    """Let a reader take rows whose days cannot be: a warning must not vanish because of its date."""

    def taking(read: Reader) -> Reader:
        def reading(row: Row) -> Iterator[Statement]:
            sound = row.copy()
            for column in columns:
                try:
                    parse.date(row.get(column, ""), column)
                except parse.ParseError as error:
                    sound[column] = ""
                    name = row.get("ITEM_SEQ") or row.get("INGR_CODE") or ""
                    yield Misdated(name, column, error.text, error.reason)
            yield from read(sound)

        return reading

    return taking


def tidy_date(text: str) -> str | None:
    """Give an ISO date, or None where the text is none."""
    try:
        found = parse.date(text)
    except parse.ParseError:
        return None
    return found.isoformat() if found else None


def date_of(text: str) -> str | None:
    found = parse.date(text)
    return found.isoformat() if found else None


def filled(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value not in (None, "", ())}


def needed(row: Row, column: str) -> str:
    """Give a cell without which a row says nothing; a short line of a file and an odd answer lack some."""
    if column not in row:
        raise parse.ParseError(column, "", "없는 칸입니다.")
    return row[column]


def flag(text: str, *, yes: str = "Y", no: str = "N") -> bool | None:
    """Read yes or no; None, for anything else, leaves the word to other files."""
    return {yes: True, no: False}.get(text)


def is_rare(otc: str) -> bool | None:
    """Tell by `전문의약품(희귀)`; a code says nothing of it."""
    return "희귀" in otc if etc_otc(otc) and not otc.isdigit() else None


def etc_otc(text: str) -> str | None:
    if text in {"01", "일반", "일반의약품"} or text.startswith("일반"):
        return "일반의약품"
    if text == "02" or text.startswith("전문"):
        return "전문의약품"
    return None


def status(row: Row) -> dict[str, object]:
    said = row.get("CANCEL_NAME", "").removeprefix("행정(").removesuffix(")")
    return filled(status=said, status_date=date_of(row.get("CANCEL_DATE", "")) if said != "정상" else None)


def classed(row: Row) -> dict[str, object]:
    code, name = parse.class_code(row.get("CLASS_NO") or row.get("CLASS_CODE") or "")
    return filled(class_code=code, class_name=row.get("CLASS_NAME") or name)


def looks(**looks: object) -> dict[str, object]:
    """Name each part of a pill's looks a fact of its own: files know different parts."""
    return {f"pill.{part}": value for part, value in looks.items() if value not in (None, "", "-", ())}


def unsplit(text: str, english: str = "") -> NameText | None:
    return NameText(text, english) if text else None


def coded(text: str) -> NamedList | None:
    pairs = parse.coded_names(text)
    return NamedList(tuple(name for _, name in pairs), tuple(code for code, _ in pairs)) if pairs else None
