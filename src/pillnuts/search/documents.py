"""What the search knows of a product, and how a product's name is taken apart for it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pillnuts.catalogue.product_name import base_name
from pillnuts.catalogue.shapes import Pill, Product, ProductIngredient
from pillnuts.search.hangul import normalise


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One product. Lists hold substance ids; `efficacy` all texts on what it is for, plain."""

    item_seq: str
    name: str
    name_en: str | None
    maker: str
    etc_otc: str | None
    class_name: str | None
    form: str | None
    image_url: str | None
    withdrawn: bool
    has_plain_text: bool
    active: tuple[str, ...]
    additive: tuple[str, ...]
    amounts: str | None
    """The active amounts in one line (`500 mg`), to be searched."""
    efficacy: str
    recalled: bool = False
    """회수·판매중지."""
    raw_material: bool = False
    """What medicines are made from; not one to take."""
    contents: str | None = None
    """What is in it, to be read: `아세트아미노펜 300 mg 외 2`; None: no file says."""
    pill: Pill | None = None


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Everyday words by which people ask for classes, complaints and makers."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What a person types → names of classes (`진통제` → `해열.진통.소염제`), or the words that texts use for
    the same complaint or a narrower one (`생리통` → `월경통`)."""
    makers: Mapping[str, str] = field(default_factory=dict)
    """Everyday name of a maker → a part of the official one."""


def search_document(product: Product) -> SearchDocument:
    efficacy = [section for section in product.sections if section.key == "efficacy"]
    active = [row for row in product.ingredients if row.role == "active"]
    additive = [row for row in product.ingredients if row.role == "additive"]
    amounts = [f"{row.amount.value} {row.amount.unit}" for row in active if row.amount]
    return SearchDocument(
        item_seq=product.item_seq,
        name=product.name,
        name_en=product.name_en,
        maker=product.maker,
        etc_otc=product.etc_otc,
        class_name=product.class_name,
        form=product.form,
        image_url=product.image_url,
        withdrawn=product.withdrawn,
        has_plain_text=any(section.plain_language for section in product.sections),
        active=tuple(dict.fromkeys(row.id for row in active)),
        additive=tuple(dict.fromkeys(row.id for row in additive)),
        amounts=" + ".join(amounts[:SHOWN_AMOUNTS]) or None,
        efficacy="\n".join(section.text for section in efficacy),
        recalled=bool(product.recalls),
        raw_material=product.raw_material,
        contents=_contents(active),
        pill=product.pill,
    )


SHOWN_AMOUNTS: Final = 3


def _contents(active: Sequence[ProductIngredient]) -> str | None:
    """Name the first active ingredient with its amount, and how many others there are."""
    if not active:
        return None
    first, others = active[0], len({row.id for row in active}) - 1
    amount = f" {first.amount.value}\u202f{first.amount.unit}" if first.amount else ""
    more = f" 외\u00a0{others}" if others else ""
    return f"{first.name}{amount}{more}"


_NUMBERED: Final = re.compile(r"(?:^|[\s,)\]]|(?<=액))\s*(?:[1-9]\s*\.|[①-⑨])\s*(?=[가-힣])")
_STARTS_NUMBERED: Final = re.compile(r"\s*(?:1\s*\.|①)\s*[가-힣]")
_BRACKET: Final = re.compile(r"(?<=\S)\s*[(\[{]")
_GOES_ON: Final = re.compile(r"(?<=[가-힣])[(\[][^()\[\]]*[)\]](?=\s*[가-힣])")
"""A bracket inside the name, not after it: `미보(MEBO)연고`."""
_LEGAL: Final = re.compile(r"\(\s*[주유합재]\s*\)|㈜|주식회사|유한회사|유한책임회사|재단법인")
_STRENGTH: Final = re.compile(
    r"(?<=[^\d./])\d[\d./]*(?:mg|ug|g|kg|ml|l|iu|mm|%|단위|만단위|mmol|meq)[^가-힣]*$"
)
_FORM: Final = re.compile(
    r"(?:필름코팅|장용|서방|구강붕해|저작|츄어블|추어블|연질|경질|건조|점안|점비|현탁|주사|용|외용|경구|과립|나잘)*"
    r"(?:정|츄정|캡슐|캅셀|시럽|액|주|주사|산|크림|연고|겔|로션|과립|플라스타|카타플라스마|패취|패치|첩부제"
    r"|스프레이|필름|현탁용분말|분말|좌제|환|드롭스|트로키|가글|샴푸|네일라카|프리필드시린지|액정)$"
)
_NUMBER: Final = re.compile(r"(?<=[가-힣]{2})\d.*$")
MIN_STEM: Final = 2


def parts(name: str) -> tuple[str, ...]:
    """The names that one name holds: `1. 가글액, 2. 가글액에스` → both; most hold one."""
    pieces = _NUMBERED.split(name) if _STARTS_NUMBERED.match(name) else _outside_brackets(name)
    return tuple(piece.strip(" ,\n") for piece in pieces if piece.strip(" ,\n")) or (name,)


def _outside_brackets(name: str) -> list[str]:
    """Split at commas that stand outside brackets and begin another name, not another strength."""
    if "," not in name:
        return [name]
    pieces, depth = [""], 0
    for position, letter in enumerate(name):
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth <= 0 and not name[position + 1 :].lstrip()[:1].isdigit():
            pieces.append("")
        else:
            pieces[-1] += letter
    return pieces


def plain_name(name: str) -> str:
    """What stands before its notes in brackets: `게보린정(수출명:돌로린정)` → `게보린정`.

    It begins the name, so that places in the one are places in the other; `base_name` leaves out brackets
    alone.
    """
    name = _LEGAL.sub("", name) if name.startswith(("(", "㈜")) else name
    return _BRACKET.split(name, maxsplit=1)[0].strip() or name


def stem(name: str) -> str:
    """What people call it, in normal form: `타이레놀정500밀리그람(아세트아미노펜)` → `타이레놀`."""
    return _stem(_STRENGTH.sub("", normalise(plain_name(parts(name)[0]))))


def _stem(bare: str) -> str:
    shorter = _FORM.sub("", bare)
    return shorter if len(shorter) >= MIN_STEM else bare


def has_form(normal: str) -> bool:
    """Whether it ends as whole names do: `타이레놀정` and `보송크림`, but neither `타이레놀` nor `크림`."""
    form = _FORM.search(normal)
    return form is not None and form.start() > 0


def name_forms(name: str) -> list[tuple[str, tuple[int, ...]]]:
    """Each name it holds in normal form, and after how many characters that may be called complete.

    `타이레놀정500밀리그람(아세트아미노펜)` → after 타이레놀, 타이레놀정, 타이레놀정500mg; `콘드라맥스800정`
    also before its number.
    """
    forms: list[tuple[str, tuple[int, ...]]] = []
    for part in parts(name):
        whole, plain = normalise(part), normalise(plain_name(part))
        if not whole:
            continue
        if not whole.startswith(plain):  # a company's (주) was in front
            forms.append((plain, ()))
        around = normalise(base_name(part)[0]) if _GOES_ON.search(part) else plain
        if not whole.startswith(around) and around != plain:
            forms.append((around, _complete(around)))
        forms.append((whole, _complete(plain) if whole.startswith(plain) else ()))
    return forms


def _complete(plain: str) -> tuple[int, ...]:
    """After how many characters a name without notes may be called complete."""
    bare = _STRENGTH.sub("", plain)
    head = _NUMBER.sub("", bare)
    ends = {len(one) for one in (plain, bare, _stem(bare), head, _stem(head))}
    return tuple(sorted(ends - {0}))


def maker_key(maker: str) -> str:
    """A company's name in normal form, without its legal form: `(주)대웅제약` → `대웅제약`."""
    return normalise(_LEGAL.sub("", maker)) or normalise(maker)
