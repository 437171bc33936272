"""A small catalogue written for these tests."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pillnuts.catalogue.shapes import IngredientDetail, IngredientName
from pillnuts.search.documents import SearchDocument, Synonyms
from pillnuts.search.index import Index, build

PAIN = "해열.진통.소염제"


def medicine(item_seq: str, name: str, *active: str, **fields: object) -> SearchDocument:
    """A product on the market with these active substances."""
    plain = SearchDocument(
        item_seq=item_seq,
        name=name,
        name_en=None,
        maker="(주)새봄제약",
        etc_otc="일반의약품",
        class_name=None,
        form=None,
        image_url=None,
        withdrawn=False,
        has_plain_text=False,
        active=active,
        additive=(),
        amounts=None,
        efficacy="",
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


def substance(id_: str, name: str, name_en: str | None, *more: str, products: int = 1) -> IngredientDetail:
    """A substance with further names in Korean."""
    return IngredientDetail(
        id=id_,
        name=name,
        name_en=name_en,
        roles=("active",) if products else ("additive",),
        names=tuple(IngredientName(name=one) for one in (name, *more)),
        names_en=(name_en,) if name_en else (),
        codes=(),
        plain=None,
        explanation="",
        facts=(),
        product_count=products,
        additive_count=0 if products else 1,
        products=(),
    )


MEDICINES = [
    medicine(
        "200000001",
        "타이레놀정500밀리그람(아세트아미노펜)",
        "aap",
        name_en="Tylenol Tab. 500mg",
        maker="한국얀센",
        class_name=PAIN,
        form="나정",
        image_url="https://example.org/1",
        amounts="500 mg",
        efficacy="두통, 치통, 생리통에 사용합니다.",
        has_plain_text=True,
    ),
    medicine(
        "200000002",
        "어린이타이레놀산160밀리그램",
        "aap",
        name_en="Children's Tylenol Powder",
        maker="한국얀센",
        class_name=PAIN,
        form="산제",
        amounts="160 mg",
    ),
    medicine(
        "200000003",
        "타이레놀콜드에스정",
        "aap",
        "cpm",
        maker="한국얀센",
        class_name="기타의 호흡기관용약",
        form="나정",
        amounts="325 mg + 2 mg",
        efficacy="감기의 여러 증상(콧물, 기침)에 사용합니다.",
        has_plain_text=True,
    ),
    medicine(
        "200000004",
        "게보린정(수출명:돌로린정)",
        "aap",
        "caf",
        class_name=PAIN,
        form="나정",
        maker="삼진제약(주)",
    ),
    medicine(
        "200000005",
        "부루펜정200밀리그램(이부프로펜)",
        "ibu",
        class_name=PAIN,
        name_en="Brufen Tab.",
        form="나정",
    ),
    medicine(
        "200000006", "판콜에스내복액", "aap", "cpm", "caf", efficacy="감기에 사용합니다.", has_plain_text=True
    ),
    medicine(
        "200000007", "리피토정10밀리그램", "ato", etc_otc="전문의약품", amounts="10 mg", name_en="Lipitor"
    ),
    medicine(
        "200000008", "리피토정20밀리그램", "ato", etc_otc="전문의약품", amounts="20 mg", name_en="Lipitor"
    ),
    medicine("200000009", "겔포스엠현탁액", additive=("sor",), efficacy="속쓰림, 위산과다에 사용합니다."),
    medicine("200000010", "비타500정", additive=("lac", "sor")),
    medicine(
        "200000011", "케토톱플라스타", "ket", efficacy="근육통, 월경통에 사용합니다.", has_plain_text=True
    ),
    medicine("200000012", "옛사리돈정", "aap", withdrawn=True, class_name=PAIN),
    medicine("200000013", "1. 하루가글액(박하), 2. 하루가글액(사과)", name_en="Haru Gargle"),
    medicine("200000014", "클로르페니라민정", "cpm", amounts="2 mg"),
    medicine("200000015", "연고엔크림", class_name="화농성질환용제"),
    medicine("200000016", "젠타신연고", class_name="화농성질환용제", form="연고제"),
]
SUBSTANCES = [
    substance("aap", "아세트아미노펜", "Acetaminophen", "아세트아미노펜제피세립", products=6),
    substance("ibu", "이부프로펜", "Ibuprofen"),
    substance("cpm", "클로르페니라민", "Chlorpheniramine", "클로르페니라민말레산염", products=3),
    substance("caf", "카페인무수물", "Caffeine Anhydrous", products=2),
    substance("ato", "아토르바스타틴", "Atorvastatin", "아토르바스타틴칼슘수화물", products=2),
    substance("ket", "케토프로펜", "Ketoprofen"),
    substance("lac", "유당수화물", "Lactose Hydrate", "락토오스", products=0),
    substance("sor", "D-소르비톨액", "Sorbitol", products=0),
]
SYNONYMS = Synonyms(
    words={"진통제": (PAIN,), "해열제": (PAIN,), "생리통": ("월경통",)}, makers={"얀센": "한국얀센"}
)


def index_of(
    folder: Path,
    medicines: Iterable[SearchDocument] = MEDICINES,
    substances: Iterable[IngredientDetail] = SUBSTANCES,
    synonyms: Synonyms = SYNONYMS,
) -> Index:
    build(folder, medicines, substances, synonyms)
    return Index.open(folder)
