"""Notices about a substance that hold for every product with it, from the DUR lists by ingredient (pure).

Only 임부금기 is taken, and only from rows that set no form, no dose and no purpose: whatever they leave open
would otherwise be said of products it is not about.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pillnuts.catalogue.cells import Row, date_of
from pillnuts.catalogue.shapes import Caution
from pillnuts.catalogue.statements import NotedOfAll

DUR_INGREDIENT: Final = "식약처 DUR 성분정보"
PREGNANCY: Final = "임부금기"
DERIVED: Final = "성분별 자료에서 옮긴 알림(모든 제형)"
"""Stands at the end of the text, so that every reader of it sees where it comes from."""

# Codes whose row says less than it means, with what it means.
_MEANS_LESS: Final = {
    "D001205": "암모니아(13N), for a scan: no ammonia water",
    "D001209": "크롬산나트륨(51Cr), for a scan",
    "D001202": "피로인산나트륨, with technetium for a scan: no mineral supplement",
}
# A content that speaks of some forms or one strength: `(주사제) 토끼를…`, `0.75% 농도를…`.
_PARTLY: Final = re.compile(r"\([^)]*(?:정제|캡슐제|주사제|액제|외용|연고|점안|펜)[^)]*\)|\d\s*%\s*농도")
_BLANK: Final = re.compile(r"[\s\"]+")
_DASHES: Final = re.compile(r"(?:^|(?<=\s))-+\s*")


def of_all(row: Row) -> Iterator[NotedOfAll]:
    """Read a rule of the DUR by ingredient that is in force and of one substance: cells without `-`."""
    code, content = row.get("INGR_CODE", ""), row.get("PROHBT_CONTENT", "")
    limits = ("FORM_NAME", "REMARK", "CLASS_NAME", "MIX_INGR")
    if row.get("TYPE_NAME") != PREGNANCY or any(row.get(limit) for limit in limits):
        return
    if code in _MEANS_LESS or _PARTLY.search(content):
        return
    said = (row.get("GRADE"), _DASHES.sub("", _BLANK.sub(" ", content)).strip(), DERIVED)
    yield NotedOfAll(
        code,
        Caution(
            kind=PREGNANCY,
            ingredient=row.get("INGR_NAME") or None,
            text=" · ".join(filter(None, said)),
            source=DUR_INGREDIENT,
            date=date_of(row.get("NOTIFICATION_DATE", "")),
        ),
    )


def by_substance(notices: Iterable[NotedOfAll], id_of: Mapping[str, str]) -> dict[str, Caution]:
    """Give the newest notice of each substance."""
    found: dict[str, Caution] = {}
    for notice in notices:
        if id_ := id_of.get(notice.code):
            found[id_] = max(found.get(id_, notice.caution), notice.caution, key=_newest)
    return found


def _newest(caution: Caution) -> tuple[str, str, str]:
    return caution.date or "", caution.text, caution.ingredient or ""
