"""The frozen shapes in which medicines leave the catalogue, and the schema of its JSON API.

A `Product` is built once, when a release is made, and kept as JSON (see `shelf`): everything in it is
the same for every reader. What belongs to a person never enters one of these shapes.

Dates are ISO 8601 text (`2026-04-01`), amounts decimal strings, unknown is `None` and never 0 or "".
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Role = Literal["active", "additive"]
FactKind = Literal["role", "class", "atc", "used_for", "max_daily", "products"]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sourced(Frozen):
    """Something the ministry says: the Korean name of the data set, and the day it speaks of."""

    source: str
    date: str | None = None


class Amount(Frozen):
    value: str
    """Decimal string without thousands separators or trailing zeros: `"500"`, `"0.25"`."""
    unit: str
    """One of `units.UNITS`, or the ministry's own word where it is none of them."""


class Equivalent(Frozen):
    """The amount counted as another form of the substance (성분정보 “아세트아미노펜으로서 300밀리그램”)."""

    name: str
    amount: Amount


class IngredientFact(Sourced):
    """One sentence of an ingredient's explanation."""

    kind: FactKind
    text: str


class ProductIngredient(Sourced):
    """An ingredient as it stands in one product."""

    id: str
    """The substance (see `IngredientDetail`): the same for every salt, grade and spelling of it."""
    name: str
    """The name as the ministry writes it for this product, e.g. `아세트아미노펜제피세립`."""
    spelled: str = ""
    """Not to be shown: the same for names that differ by spelling only, so not for another salt or grade."""
    substance: str
    """The name the salts, grades and spellings share, e.g. `아세트아미노펜`."""
    name_en: str | None
    role: Role
    amount: Amount | None
    amount_text: str | None = None
    """The ministry's own words where they are no single number: `50~100`, `적량`."""
    equivalent: Equivalent | None = None
    basis: str | None
    """What the amount is counted in, e.g. `1정 (260 mg) 중`."""
    standard: str | None = None
    """규격: KP, USP, …"""
    formulation: str | None = None
    """Which of `Product.formulations` the row belongs to; `None`: every one."""
    plain: str | None = None
    """What it is there for, in plain words: `열을 내리고 통증을 줄입니다`."""
    explanation: str
    """`facts` as running text; "" when nothing is known."""
    facts: tuple[IngredientFact, ...] = ()


class Section(Sourced):
    """A text of the label: as clean HTML (allow-listed tags, headings h3 and h4) and as plain text."""

    key: Literal[
        "efficacy",
        "usage",
        "warning",
        "caution",
        "interaction",
        "side_effect",
        "storage",
        "caution_professional",
    ]
    title: str
    plain_language: bool
    """True for the ministry's plain-language texts (e약은요), False for the label itself."""
    html: str
    text: str


class Caution(Sourced):
    """A DUR notice of the ministry for this product or one of its ingredients."""

    kind: str
    """병용금기, 특정연령대금기, 임부금기, 용량주의, 투여기간주의, 노인주의, 효능군중복, …"""
    ingredient: str | None
    text: str


class Recall(Sourced):
    reason: str
    enforced: bool | None
    """강제 회수."""


class Change(Frozen):
    """A line of the permit's history of changes."""

    date: str
    label: str


class Pill(Frozen):
    """How a solid medicine looks; lengths in mm as the ministry writes them."""

    shape: str | None = None
    colors: tuple[str, ...] = ()
    imprint_front: str | None = None
    imprint_back: str | None = None
    line_front: str | None = None
    line_back: str | None = None
    length_mm: str | None = None
    width_mm: str | None = None
    thickness_mm: str | None = None


class ProductRef(Frozen):
    item_seq: str
    name: str
    maker: str
    etc_otc: str | None
    form: str | None = None
    amounts: str | None = None
    """The active amounts in one line (`500 mg`), where they are known."""
    withdrawn: bool = False
    recalled: bool = False
    """회수·판매중지: the ministry had it recalled, or its sale stopped."""


class FieldSource(Sourced):
    """Where a plain field of a product came from."""


class Product(Frozen):
    item_seq: str
    name: str
    name_en: str | None
    maker: str
    maker_en: str | None
    etc_otc: str | None
    """일반의약품 · 전문의약품; None: unknown."""
    rare: bool
    """희귀의약품."""
    class_code: str | None
    """분류번호, five digits: `01140`."""
    class_name: str | None
    form: str | None
    """제형: `필름코팅정`."""
    appearance: str | None
    """성상."""
    pill: Pill | None
    atc: tuple[str, ...]
    image_url: str | None
    permit_date: str | None
    permit_kind: str | None
    """허가 · 신고."""
    status: str
    """정상 · 취하 · 취소 · 유효기간만료 · 폐업 …; 알 수 없음 where no file says."""
    status_date: str | None
    withdrawn: bool
    """True where the status says that the product is no longer permitted."""
    narcotic: str | None
    new_drug: bool
    raw_material: bool
    """원료의약품: what medicines are made from, not one to take."""
    storage: str | None
    valid_term: str | None
    pack_unit: str | None
    total_content: str | None
    made_for: str | None
    """위탁제조업체."""
    origin: str | None
    """수입제조국."""
    reexam: str | None
    barcodes: tuple[str, ...]
    edi_codes: tuple[str, ...]
    formulations: tuple[str, ...]
    """Names of the formulations when one permit holds several (`허니앤레몬`, `오렌지`); else empty."""
    ingredients: tuple[ProductIngredient, ...]
    """Active ones first, in the order of the label, then additives."""
    ingredients_complete: bool
    """False: the list came from rows that can be incomplete; an absent ingredient means unknown."""
    additives_known: bool
    """False: no file lists this product's additives; absence means unknown."""
    sections: tuple[Section, ...]
    cautions: tuple[Caution, ...]
    recalls: tuple[Recall, ...]
    changes: tuple[Change, ...]
    same_ingredient: tuple[ProductRef, ...]
    """Products with exactly the same active substances, a limited list."""
    same_ingredient_total: int
    sources: dict[str, FieldSource]
    """Field name → where it came from, for every plain field that is filled."""


class IngredientName(Frozen):
    """A name under which a substance appears: another spelling, a salt, a hydrate or a grade."""

    name: str
    codes: tuple[str, ...] = ()


class IngredientDetail(Frozen):
    """One substance: what gathers its spellings, English names, codes, salts and grades."""

    id: str
    name: str
    name_en: str | None
    roles: tuple[Role, ...]
    names: tuple[IngredientName, ...]
    names_en: tuple[str, ...]
    codes: tuple[str, ...]
    """M- and D-codes of the ministry."""
    plain: str | None
    explanation: str
    facts: tuple[IngredientFact, ...]
    product_count: int
    """Products on the market that contain it as an active ingredient."""
    additive_count: int
    products: tuple[ProductRef, ...]
    """A limited list, single-ingredient products first."""


class IngredientRef(Frozen):
    """An ingredient in a list or an autocompletion."""

    id: str
    name: str
    name_en: str | None
    roles: tuple[Role, ...]
    product_count: int
    additive_count: int


class IngredientList(Frozen):
    items: tuple[IngredientRef, ...]
