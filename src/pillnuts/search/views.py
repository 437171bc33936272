"""What the result pages draw, made from what was found."""

from collections.abc import Iterator
from typing import Final

from pillnuts.catalogue.shapes import Pill
from pillnuts.search.asked import SearchAsked
from pillnuts.search.found import Counts, Found, Hit
from pillnuts.search.hangul import clean
from pillnuts.search.shapes import By, Choice, Filter, FilterName, PageLink, ResultsView, Row, Sort

_BYS: Final = {
    By.ALL: "전체",
    By.NAME: "이름",
    By.CLASS: "종류",
    By.INGREDIENT: "성분",
    By.SYMPTOM: "증상",
}
_SORTS: Final = {Sort.POPULAR: "많이 찜한 순", Sort.RELEVANCE: "정확한 순", Sort.NAME: "이름 순"}
_SIZES: Final = (10, 20, 50, 100)
_FILTERS: Final[dict[FilterName, str]] = {
    "otc": "일반·전문",
    "class": "종류",
    "form": "제형",
    "maker": "업체",
    "image": "사진",
    "withdrawn": "허가가 끝난 약",
}
_LABELS: Final = {
    ("otc", "일반"): "일반의약품",
    ("otc", "전문"): "전문의약품",
    ("image", "true"): "사진 있는 약만",
}
_VALUES: Final = 12
"""Values of a filter that are listed."""
_AROUND: Final = 2
"""Pages linked on each side of the current one."""
GONE: Final = "꼭 맞는 약은 허가가 끝났습니다"


def results_view(asked: SearchAsked, found: Found) -> ResultsView:
    asked = asked.model_copy(update={"q": clean(asked.q)})
    pages = -(-found.total // asked.size)
    first = (asked.page - 1) * asked.size + 1
    unfiltered = dict.fromkeys(_FILTERS) | {"image": False, "withdrawn": False}
    filters = tuple(_filter(asked, name, found.facets.get(name, ())) for name in _FILTERS)
    return ResultsView(
        q=asked.q,
        by=asked.by,
        sort=asked.sort,
        page=asked.page,
        size=asked.size,
        pages=pages,
        total=found.total,
        first=first if found.hits else 0,
        last=first + len(found.hits) - 1 if found.hits else 0,
        rows=tuple(_row(hit) for hit in found.hits),
        interpreted=found.interpreted,
        sentence=_sentence(found),
        filters=filters,
        filtered=any(one.active for one in filters),
        clear_url=asked.url(**unfiltered),
        bys=tuple(Choice(by, label, asked.url(by=by), chosen=by is asked.by) for by, label in _BYS.items()),
        sorts=tuple(
            Choice(sort, label, asked.url(sort=sort), chosen=sort is asked.sort)
            for sort, label in _SORTS.items()
        ),
        sizes=tuple(
            Choice(str(size), f"{size}개", asked.url(size=size), chosen=size == asked.size) for size in _SIZES
        ),
        links=tuple(_links(asked, pages)),
        previous_url=asked.url(page=min(asked.page - 1, pages)) if asked.page > 1 and pages else None,
        next_url=asked.url(page=asked.page + 1) if asked.page < pages else None,
        url=asked.url(page=asked.page),
        hidden=tuple(pair for pair in asked.parameters() if pair[0] != "q"),
    )


def _sentence(found: Found) -> str | None:
    said = []
    if found.interpreted:
        symptom = "증상 " if found.hits and found.hits[0].match.field == "symptom" else ""
        said.append(f"‘{found.interpreted.query}’ → {symptom}‘{found.interpreted.as_}’(으)로 찾았습니다")
    if found.gone:
        said.append(GONE)
    return " · ".join(said) or None


def _row(hit: Hit) -> Row:
    return Row(
        item_seq=hit.item_seq,
        url=f"/products/{hit.item_seq}",
        name=hit.name,
        maker=hit.maker,
        etc_otc=hit.etc_otc,
        class_name=hit.class_name,
        form=hit.form,
        contents=hit.contents,
        image_url=hit.image_url,
        has_plain_text=hit.has_plain_text,
        withdrawn=hit.withdrawn,
        recalled=hit.recalled,
        bookmark_count=hit.bookmark_count,
        match_field=hit.match.field,
        why=hit.match.why,
        pill=Pill.model_validate(hit.pill) if hit.pill else None,
    )


def _filter(asked: SearchAsked, name: FilterName, counts: Counts) -> Filter:
    now = dict(asked.parameters()).get(name)
    shown = counts[:_VALUES]
    if now is not None and now not in dict(shown):
        shown = ((now, dict(counts).get(now, 0)), *shown)
    return Filter(
        name=name,
        title=_FILTERS[name],
        choices=tuple(_choice(asked, name, value, count, chosen=value == now) for value, count in shown),
        active=now is not None,
        more=len(counts) - len([value for value, _ in shown if value in dict(counts)]),
    )


def _choice(asked: SearchAsked, name: str, value: str, count: int, *, chosen: bool) -> Choice:
    url = asked.url(**{name: None if chosen else value})
    if name == "withdrawn":  # unlike the other counts this is what comes on top, not what would be left
        return Choice(value, f"허가가 끝난 약 {count:,}개도 함께", url, chosen=chosen)
    return Choice(value, _LABELS.get((name, value), value), url, count, chosen)


def _links(asked: SearchAsked, pages: int) -> Iterator[PageLink]:
    if pages <= 1:
        return
    near = {*range(asked.page - _AROUND, asked.page + _AROUND + 1), 1, pages}
    before = 0
    for number in sorted(number for number in near if 1 <= number <= pages):
        yield PageLink(number, asked.url(page=number), number == asked.page, gap_before=number > before + 1)
        before = number
