"""What a search finds, in which order, and why."""

from dataclasses import replace
from pathlib import Path

import pytest

from pillnuts.search.documents import Synonyms
from pillnuts.search.found import Query
from pillnuts.search.index import Index, IndexDamaged
from pillnuts.search.shapes import By, Otc, Sort
from tests.search.medicines import MEDICINES, PAIN, index_of, medicine, substance


def found(index: Index, q: str, **more: object) -> list[str]:
    """The beginnings of the names that are found, in order."""
    query = replace(Query(q=q, size=50), **more)  # type: ignore[arg-type]
    return [hit.name[:6] for hit in index.search(query).hits]


def fields(index: Index, q: str) -> list[tuple[str, str]]:
    return [(hit.match.field, hit.match.why) for hit in index.search(Query(q=q)).hits]


# Ways of typing.


@pytest.mark.parametrize(
    "typed",
    [
        "타이레놀정500밀리그람",
        "타이레놀정 500mg",
        "타이레놀정500㎎",
        "타 이 레 놀 정 500 밀리그램",
        "타이레놀정500밀리",
        "타이레놀 500",
        "한국얀센 타이레놀정",
        "얀센 타이레놀정",
        "타이레놀 아세트아미노펜 두통",
        "ㅌㅇㄹㄴㅈ",
        "xkdlfpshfwjd",
        "타이래놀정",
        "타레놀정",
        "타이레놀저",
        "타이레놀정ㅇ",
        "tylenol tab",
        "ㅅㅛㅣ두ㅐㅣ ㅅ묘",
    ],
)
def test_however_it_is_typed_the_medicine_is_found(index: Index, typed: str) -> None:
    first = {"타이레놀정500밀리그람(아세트아미노펜)"[:6]}
    assert first & set(found(index, typed)[:3]), found(index, typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("xkdlfpshf", "타이레놀"),
        ("XKDLFPSHF", "타이레놀"),
        ("xkdlfpshf 500mg", "타이레놀 500mg"),
        ("ㅣㅑㅔㅑ새ㄱ", "lipitor"),
        ("타이래놀정500밀리그람", "타이레놀정500mg"),
    ],
)
def test_a_query_read_in_another_way_says_so(index: Index, typed: str, read: str) -> None:
    interpreted = index.search(Query(q=typed)).interpreted
    assert interpreted is not None
    assert (interpreted.query, interpreted.as_) == (typed, read)


@pytest.mark.parametrize("typed", ["타이레놀", "ㅌㅇㄹㄴ", "타이레노", "500 밀리그람", "두통", "tylenol", ""])
def test_a_query_read_as_it_stands_says_nothing(index: Index, typed: str) -> None:
    assert index.search(Query(q=typed)).interpreted is None


def test_a_correction_keeps_the_strength_that_was_typed(index: Index) -> None:
    assert found(index, "리피토정10밀리그램") == ["리피토정10"]
    assert found(index, "리비토정20밀리그램") == ["리피토정20"]


def test_a_name_that_holds_two_is_found_by_either(index: Index) -> None:
    assert found(index, "하루가글액사과") == found(index, "하루가글액박하") == ["1. 하루가"]


# Tiers.


def test_names_that_begin_with_it_come_before_names_that_contain_it(index: Index) -> None:
    assert found(index, "타이레놀") == ["타이레놀정5", "타이레놀콜드", "어린이타이레"]


def test_a_name_with_the_ingredient_comes_before_products_that_contain_it(index: Index) -> None:
    assert found(index, "아세트아미노펜")[0] == "타이레놀정5"
    why = fields(index, "아세트아미노펜")
    assert [field for field, _ in why] == ["name"] + ["ingredient"] * 4
    assert why[1] == ("ingredient", "성분: 아세트아미노펜")


def test_ingredients_come_before_texts_and_active_ones_before_additives(tmp_path: Path) -> None:
    medicines = [
        medicine("200000001", "가정", efficacy="멘톨을 씁니다."),
        medicine("200000002", "나정", additive=("m",)),
        medicine("200000003", "다정", "m"),
        medicine("200000004", "라멘톨정"),
        medicine("200000005", "멘톨정"),
        medicine("200000006", "메톨정"),
    ]
    index = index_of(tmp_path, medicines, [substance("m", "멘톨", "Menthol")])
    assert found(index, "멘톨") == ["멘톨정", "라멘톨정", "다정", "나정", "가정"]


def test_a_product_with_nothing_else_in_it_comes_first(index: Index) -> None:
    assert found(index, "chlorpheniramine")[0] == "클로르페니라"


def test_salts_and_english_names_lead_to_the_substance(index: Index) -> None:
    every = set(found(index, "아세트아미노펜"))
    assert set(found(index, "acetaminophen")) == set(found(index, "아세트아미노펜제피세립")) == every


def test_a_type_is_found_by_its_everyday_word(index: Index) -> None:
    assert set(found(index, "진통제")) == {"타이레놀정5", "어린이타이레", "게보린정(수", "부루펜정20"}
    assert fields(index, "진통제")[0] == ("class", f"분류: {PAIN}")
    assert set(found(index, "소염")) == set(found(index, "진통제"))


def test_a_complaint_is_found_in_the_texts_also_by_other_words(index: Index) -> None:
    assert found(index, "생리통") == ["타이레놀정5", "케토톱플라스"]
    assert fields(index, "생리통") == [("symptom", "효능·효과: 생리통"), ("symptom", "효능·효과: 월경통")]
    assert set(found(index, "감기약")) == {"타이레놀콜드", "판콜에스내복"}


def test_a_maker_and_a_strength_alone_find_their_products(index: Index) -> None:
    assert fields(index, "삼진제약") == [("maker", "업체: 삼진제약(주)")]
    assert fields(index, "325mg") == [("amount", "함량이 같습니다")]


def test_an_unknown_company_beside_a_known_name_does_no_harm(index: Index) -> None:
    assert found(index, "뿔꽃약품 게보린정") == ["게보린정(수"]


def test_near_names_come_last_and_only_one_slip_away(tmp_path: Path) -> None:
    names = ["로노펜정", "노즈펜정", "가노펜정", "노르판정"]
    index = index_of(tmp_path, [medicine(f"20000000{n}", name) for n, name in enumerate(names)], [])
    assert found(index, "노펜정") == ["가노펜정", "로노펜정", "노즈펜정"]
    assert index.search(Query(q="노펜정")).hits[-1].match.field == "similar"


@pytest.mark.parametrize(
    ("by", "names"),
    [
        (By.NAME, ["타이레놀정5"]),
        (By.INGREDIENT, ["타이레놀정5", "게보린정(수", "타이레놀콜드", "판콜에스내복", "어린이타이레"]),
        (By.CLASS, []),
        (By.SYMPTOM, []),
    ],
)
def test_a_search_can_be_kept_to_one_field(index: Index, by: By, names: list[str]) -> None:
    assert sorted(found(index, "아세트아미노펜", by=by)) == sorted(names)


# Popularity.


def test_popular_products_come_first_inside_their_tier_only(tmp_path: Path) -> None:
    index = index_of(tmp_path)
    index.set_popularity({"200000003": 5, "200000002": 9, "999999999": 1})
    assert found(index, "타이레놀") == ["타이레놀콜드", "타이레놀정5", "어린이타이레"]
    assert [hit.bookmark_count for hit in index.search(Query(q="타이레놀")).hits] == [5, 0, 9]
    assert found(index, "")[0] == "어린이타이레"
    assert found(index, "타이레놀", sort=Sort.RELEVANCE)[0] == "타이레놀정5"
    assert index.suggest("타이레", 1)[0].item_seq == "200000003"


def test_the_version_changes_only_with_the_popularity(tmp_path: Path) -> None:
    index = index_of(tmp_path)
    assert index.version == 0
    index.set_popularity({"200000003": 5})
    index.set_popularity({"200000003": 5, "200000001": 0})
    assert index.version == 1
    index.set_popularity({})
    assert index.version == 2
    assert found(index, "타이레놀")[0] == "타이레놀정5"


def test_results_can_be_in_the_order_of_their_names(index: Index) -> None:
    names = [hit.name for hit in index.search(Query(q="아세트아미노펜", sort=Sort.NAME)).hits]
    assert names == sorted(names)


# Withdrawn products.


def test_withdrawn_products_show_only_when_asked_for(index: Index) -> None:
    assert "옛사리돈정" not in found(index, PAIN)
    assert "옛사리돈정" in found(index, PAIN, withdrawn=True)
    assert "옛사리돈정" not in found(index, "")


def test_the_very_name_of_a_withdrawn_product_asks_for_it(index: Index) -> None:
    answer = index.search(Query(q="옛사리돈정"))
    assert [hit.withdrawn for hit in answer.hits] == [True]
    assert answer.gone
    assert not index.search(Query(q="타이레놀")).gone


# Filters.


def test_filters_keep_what_has_all_of_them(index: Index) -> None:
    assert found(index, "타이레놀", form="나정") == ["타이레놀정5", "타이레놀콜드"]
    assert found(index, "타이레놀", form="나정", image=True) == ["타이레놀정5"]
    assert found(index, "", otc=Otc.PRESCRIPTION) == ["리피토정10", "리피토정20"]
    assert found(index, "타이레놀", maker="한국얀센", class_=PAIN) == ["타이레놀정5", "어린이타이레"]
    assert found(index, "타이레놀", maker="없는 회사") == []


def test_counts_are_those_under_the_other_filters(index: Index) -> None:
    facets = index.search(Query(q="타이레놀", form="나정", facets=True)).facets
    assert facets["form"] == (("나정", 2), ("산제", 1))
    assert facets["class"] == ((PAIN, 1), ("기타의 호흡기관용약", 1))
    assert facets["maker"] == (("한국얀센", 2),)
    assert facets["otc"] == (("일반", 2),)
    assert facets["image"] == (("true", 1),)
    assert facets["withdrawn"] == ()
    assert index.search(Query(q=PAIN, facets=True)).facets["withdrawn"] == (("true", 1),)


def test_every_count_is_what_choosing_that_value_finds(index: Index) -> None:
    facets = index.search(Query(q="", facets=True)).facets
    for value, count in facets["maker"]:
        assert index.search(Query(maker=value)).total == count
    for value, count in facets["form"]:
        assert index.search(Query(form=value)).total == count
    for value, count in facets["class"]:
        assert index.search(Query(class_=value)).total == count


# Pages.


def test_pages_follow_each_other_without_gap_or_repetition(index: Index) -> None:
    whole = [hit.item_seq for hit in index.search(Query(size=100)).hits]
    pages = [index.search(Query(size=4, page=page)) for page in range(1, 6)]
    assert [hit.item_seq for page in pages for hit in page.hits] == whole
    assert {page.total for page in pages} == {len(whole)} == {len(MEDICINES) - 1}


def test_a_page_beyond_the_end_is_empty(index: Index) -> None:
    answer = index.search(Query(q="타이레놀", page=1_000_000, size=100))
    assert (answer.total, answer.hits) == (3, ())


# Suggestions.


def test_every_keystroke_suggests_the_name(index: Index) -> None:
    for typed in (
        "ㅌ",
        "타",
        "탕",
        "타이",
        "타일",
        "타이레",
        "타이렌",
        "타이레노",
        "타이레놀",
        "xkdlfp",
        "ㅌㅇㄹ",
    ):
        names = [hit.name[:4] for hit in index.suggest(typed, 5)]
        assert typed == "탕" or "타이레놀" in names, typed


def test_a_name_is_suggested_once(tmp_path: Path) -> None:
    same = [medicine(f"20000000{n}", "가나정", maker=f"회사{n}") for n in range(5)]
    index = index_of(tmp_path, [*same, medicine("200000009", "가나다정")], [])
    assert [hit.name for hit in index.suggest("가나", 3)] == ["가나정", "가나다정"]


@pytest.mark.parametrize("typed", ["", " ", "!!!", "\ud800", "뛟쒥"])
def test_nothing_is_suggested_for_nothing(index: Index, typed: str) -> None:
    assert index.suggest(typed, 5) == []


@pytest.mark.parametrize(
    "typed", ["아세트", "아세트아ㅁ", "ㅇㅅㅌㅇㅁㄴㅍ", "acetamin", "dktpxm", "아세타미노펜", "제피세립"]
)
def test_ingredients_are_completed_as_tolerantly(index: Index, typed: str) -> None:
    assert index.ingredients(typed, None, 3)[0].id == "aap"


def test_ingredients_are_kept_to_a_role_and_a_number(index: Index) -> None:
    assert [one.id for one in index.ingredients("", "additive", 5)] == ["lac", "sor"]
    assert [one.id for one in index.ingredients("", None, 2)] == ["aap", "cpm"]
    assert index.ingredients("유당", "active", 5) == []
    assert index.ingredients("!!", None, 5) == []


# Whatever is typed.


@pytest.mark.parametrize(
    "typed",
    [
        "\x00",
        "😀🔥",
        "\ud800\udfff",
        "!!!",
        "*",
        "%",
        "_",
        "'; DROP TABLE product; --",
        "(.*)+$",
        "[[[",
        "가" * 10_000,
        "ㄱ" * 500,
        "a" * 10_000,
        "0" * 5_000,
        "ㅏㅏㅏ",
        "\u202e\u200b",
        "ﷺ",
        "1 2 3 4 5 6 7 8 9",
    ],
)
def test_anything_typed_has_an_answer_that_can_be_written(index: Index, typed: str) -> None:
    answer = index.search(Query(q=typed, facets=True))
    assert answer.total == len(answer.hits) or answer.total > 20
    str(answer).encode()


@pytest.mark.parametrize("typed", ["\x00😀", "!!!", "\ud800", "..."])
def test_what_no_name_can_hold_finds_nothing(index: Index, typed: str) -> None:
    assert index.search(Query(q="x" + typed)).total == index.search(Query(q="x")).total
    assert found(index, typed) == []


def test_what_is_made_for_export_comes_after_what_is_sold_here(tmp_path: Path) -> None:
    medicines = [medicine("200000001", "가나정(수출용)"), medicine("200000002", "가나다라마정")]
    assert found(index_of(tmp_path, medicines, []), "")[0] == "가나다라마정"


def test_blanks_ask_for_everything(index: Index) -> None:
    assert index.search(Query(q="  \t ")).total == len(MEDICINES) - 1


# The word that is counted.


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        ("타이레놀정 500mg", "타이레놀"),
        ("xkdlfpshf", "타이레놀"),
        ("acetaminophen", "아세트아미노펜"),
        ("진통제", PAIN),
        ("생리통", "생리통"),
        ("타이레노", None),
        ("삼진제약", None),
        ("", None),
        ("없는말씀", None),
    ],
)
def test_a_search_counts_for_a_word_of_the_catalogue(index: Index, typed: str, term: str | None) -> None:
    assert index.search(Query(q=typed)).term == term


# The folder.


def test_an_empty_catalogue_answers(tmp_path: Path) -> None:
    index = index_of(tmp_path, [], [])
    assert index.search(Query(facets=True)).total == 0
    assert index.search(Query(q="타이레놀")).total == 0
    assert index.suggest("타", 5) == []
    assert index.ingredients("타", None, 5) == []


def test_a_folder_that_is_no_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match="no complete search index"):
        Index.open(tmp_path)


@pytest.mark.parametrize("lost", ["index.json", "names.place.npy", "by_active.items.npy"])
def test_a_half_built_folder_is_refused(tmp_path: Path, lost: str) -> None:
    index_of(tmp_path)
    (tmp_path / lost).unlink()
    with pytest.raises(IndexDamaged):
        Index.open(tmp_path)


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    index_of(tmp_path)
    whole = (tmp_path / "names.place.npy").read_bytes()
    (tmp_path / "names.place.npy").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(IndexDamaged, match="incomplete"):
        Index.open(tmp_path)


def test_an_index_of_another_format_is_refused(tmp_path: Path) -> None:
    index_of(tmp_path)
    lists = tmp_path / "index.json"
    lists.write_text(lists.read_text("utf-8").replace('"format":', '"format":9'), "utf-8")
    with pytest.raises(IndexDamaged, match="format"):
        Index.open(tmp_path)


# Corrections.

ALIKE = [
    medicine("200000001", "게보린정"),
    medicine("200000002", "게보린브이정"),
    medicine("200000004", "란스정"),
    medicine("200000005", "오수유환"),
    medicine("200000006", "울금산"),
    medicine("200000007", "배가나정"),
    medicine("200000008", "크레아포르테정"),
    medicine("200000009", "하이네콜정"),
    medicine("200000010", "타이레놀정"),
    medicine("200000011", "판콜에스내복액"),
    medicine("200000012", "판투스정", name_en="Db Tab."),
]


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_of(tmp_path_factory.mktemp("alike"), ALIKE, [])


@pytest.mark.parametrize("typed", ["우유", "란투스", "요실금", "프레드포르테", "배가 아파요", "배가 안와요"])
def test_another_word_is_no_slip(alike: Index, typed: str) -> None:
    answer = alike.search(Query(q=typed))
    assert (answer.total, answer.interpreted) == (0, None)


@pytest.mark.parametrize(
    ("typed", "read", "names"),
    [
        ("개보린", "게보린", ["게보린정", "게보린브이정"]),
        ("타이네롤", "타이레놀", ["타이레놀정"]),
        ("판콜S", "판콜에스", ["판콜에스내복"]),
    ],
)
def test_a_corrected_query_finds_all_that_the_right_one_finds(
    alike: Index, typed: str, read: str, names: list[str]
) -> None:
    interpreted = alike.search(Query(q=typed)).interpreted
    assert interpreted is not None
    assert interpreted.as_ == read
    assert found(alike, typed) == names


# Sentences.


@pytest.mark.parametrize(
    ("said", "read", "names"),
    [
        ("머리가 두통이 나요", None, []),
        ("기침이 나요", "기침", ["타이레놀콜드"]),
        ("속이 쓰려요", "속쓰림", ["겔포스엠현탁"]),
        ("아기 해열제", "어린이 해열제", ["어린이타이레"]),
    ],
)
def test_a_sentence_is_read_as_a_complaint(
    index: Index, said: str, read: str | None, names: list[str]
) -> None:
    answer = index.search(Query(q=said))
    assert (answer.interpreted.as_ if answer.interpreted else None) == read
    assert found(index, said) == names


def test_the_glossary_may_name_the_only_ingredient(tmp_path: Path) -> None:
    medicines = [medicine("200000001", "가정", "a"), medicine("200000002", "나정", "a", "b")]
    words = Synonyms(words={"사후피임약": ("레보노",)})
    index = index_of(
        tmp_path, medicines, [substance("a", "레보노", None), substance("b", "에티닐", None)], words
    )
    assert found(index, "사후피임약") == ["가정"]
    assert fields(index, "사후피임약") == [("ingredient", "성분: 레보노")]


def test_a_complaint_inside_a_name_by_chance_comes_after_what_helps(tmp_path: Path) -> None:
    medicines = [
        medicine("200000001", "도네페질염산염정"),
        medicine("200000002", "가나질정", efficacy="질염에 사용합니다."),
    ]
    assert found(index_of(tmp_path, medicines, []), "질염") == ["가나질정", "도네페질염산"]


# Concepts.

PRESSURE = "혈압강하제"
CONCEPTS = [
    medicine("200000001", "가정", efficacy="혈전 예방(고혈압 등 위험인자를 가진 환자)에 사용합니다."),
    medicine("200000002", "나나정", efficacy="고혈압에 사용합니다."),
    medicine("200000003", "다다다정", class_name=PRESSURE),
    medicine("200000004", "라라라라정", class_name=PRESSURE, efficacy="고혈압 환자의 심장 보호"),
    medicine(
        "200000005",
        "마정",
        efficacy="피로, 눈의 피로, 육체의 피로, 병을 앓은 뒤의 체력 저하, 잠이 오지 않고 입맛이 없음, 고혈압",
    ),
]
PRESSURES = Synonyms(words={"고혈압": (PRESSURE,), "혈압약": (PRESSURE,)})


@pytest.mark.parametrize("typed", ["고혈압", "고혈압에 좋은 약"])
def test_a_class_called_so_comes_before_what_treats_it_and_that_before_mentions(
    tmp_path: Path, typed: str
) -> None:
    index = index_of(tmp_path, CONCEPTS, [], PRESSURES)
    assert found(index, typed) == ["라라라라정", "다다다정", "나나정", "마정", "가정"]


def test_what_is_only_mentioned_says_so(tmp_path: Path) -> None:
    index = index_of(tmp_path, CONCEPTS, [], PRESSURES)
    assert fields(index, "고혈압")[-1] == ("symptom", "효능·효과 글에 나옵니다: 고혈압")


def test_the_glossary_may_ask_for_a_word_in_the_name(tmp_path: Path) -> None:
    medicines = [
        medicine("200000001", "가주사", "h"),
        medicine("200000002", "나점안액", "h"),
        medicine("200000003", "다점안액", efficacy="눈의 건조"),
        medicine("200000004", "라정", efficacy="눈의 건조"),
    ]
    words = Synonyms(words={"인공눈물": ("히알 점안", "눈의건조 점안")})
    index = index_of(tmp_path, medicines, [substance("h", "히알", None)], words)
    assert found(index, "인공눈물") == ["나점안액", "다점안액"]
    assert fields(index, "인공눈물") == [("ingredient", "성분: 히알"), ("symptom", "효능·효과: 눈의건조")]


def test_raw_materials_come_after_medicines_in_their_tier(tmp_path: Path) -> None:
    medicines = [
        medicine("200000001", "멘톨", "m", raw_material=True),
        medicine("200000002", "멘톨크림", "m"),
        medicine("200000003", "가나멘톨정", "m"),
    ]
    index = index_of(tmp_path, medicines, [substance("m", "멘톨", None)])
    index.set_popularity({"200000001": 5})
    for sort in (Sort.POPULAR, Sort.RELEVANCE):
        assert found(index, "멘톨", sort=sort) == ["멘톨크림", "멘톨", "가나멘톨정"]
    assert found(index, "")[-1] == "멘톨"


def test_a_recall_travels_with_the_hit(tmp_path: Path) -> None:
    index = index_of(
        tmp_path, [medicine("200000001", "가정", recalled=True), medicine("200000002", "가나정")]
    )
    assert [hit.recalled for hit in index.search(Query(q="가")).hits] == [True, False]


# Letters and numbers that belong to a word.

VITAMINS = [
    medicine("200000001", "디카정", "d"),
    medicine("200000002", "이비정", "e", name_en="Dedi Tab."),
    medicine("200000003", "오메가정", "o"),
    medicine("200000004", "오메가이정3mg", "e"),
    medicine("200000005", "판콜에스액"),
    medicine("200000006", "판콜정", name_en="Spancol"),
]
OF_VITAMINS = [
    substance("d", "콜레칼시페롤", None, "비타민D", "비타민D3"),
    substance("e", "토코페롤", None, "비타민E"),
    substance("o", "오메가3지방산", None),
]


@pytest.mark.parametrize(
    ("typed", "read", "names"),
    [
        ("비타민d", None, ["디카정"]),
        ("비타민 D", None, ["디카정"]),
        ("비타민 d 3", None, ["디카정"]),
        ("비타민 디", "비타민d", ["디카정"]),
        ("비타민디", "비타민d", ["디카정"]),
        ("비타민 이", "비타민e", ["이비정", "오메가이정3"]),
        ("오메가 3", None, ["오메가정"]),
        ("판콜 s", "판콜에스", ["판콜에스액"]),
    ],
)
def test_a_letter_or_number_is_a_part_of_the_word_before_it(
    tmp_path: Path, typed: str, read: str | None, names: list[str]
) -> None:
    answer = index_of(tmp_path, VITAMINS, OF_VITAMINS).search(Query(q=typed))
    assert [hit.name[:6] for hit in answer.hits] == names
    assert (answer.interpreted.as_ if answer.interpreted else None) == read


def test_a_strength_is_no_part_of_the_word(index: Index) -> None:
    assert found(index, "리피토 20") == ["리피토정20"]


# Suggestions for a few Latin letters.

LATIN = [
    medicine("200000001", "타이레놀정", name_en="Tylenol"),
    medicine("200000002", "아로정", name_en="Aro"),
    medicine("200000003", "아루정", name_en="Aru"),
    medicine("200000004", "디케이정", name_en="DK"),
    medicine("200000005", "아스정", name_en="Aspirin"),
    medicine("200000006", "모나정(수출명: Laxty, Asdk)", name_en="Mona"),
]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("xk", ["타이레놀정"]),
        ("ty", ["타이레놀정"]),
        ("dk", ["아로정", "아루정", "아스정", "디케이정"]),
        ("as", ["아스정", "모나정(수출"]),
        ("zq", []),
        ("lax", ["모나정(수출"]),
        ("tyle", ["타이레놀정"]),
    ],
)
def test_few_latin_letters_suggest_what_begins_so_on_either_keyboard(
    tmp_path: Path, typed: str, names: list[str]
) -> None:
    assert [hit.name[:6] for hit in index_of(tmp_path, LATIN, []).suggest(typed, 8)] == names


def test_the_less_likely_reading_has_a_third_of_the_places(tmp_path: Path) -> None:
    medicines = [
        *(medicine(f"20000000{n}", f"아{n}정") for n in range(6)),
        *(medicine(f"20000001{n}", f"디{n}정", name_en=f"Dk{n}") for n in range(5)),
    ]
    names = [hit.name[0] for hit in index_of(tmp_path, medicines, []).suggest("dk", 6)]
    assert "".join(names) == "아아아아디디"


def test_a_name_that_goes_on_by_chance_comes_after_what_the_word_means(tmp_path: Path) -> None:
    medicines = [
        medicine("200000001", "파스틱정"),
        medicine("200000002", "케토플라스타"),
        medicine("200000003", "파스정"),
        medicine("200000004", "파스텔정", efficacy="파스로 씁니다."),
    ]
    words = Synonyms(words={"파스": ("* 플라스타",)})
    assert found(index_of(tmp_path, medicines, [], words), "파스") == [
        "파스정",
        "파스텔정",
        "케토플라스타",
        "파스틱정",
    ]


def test_names_of_the_class_come_before_names_of_a_salt(tmp_path: Path) -> None:
    medicines = [
        medicine("200000001", "가스타틴칼슘정", "c"),
        medicine("200000002", "가나다라칼슘정", "c", class_name="칼슘제"),
    ]
    words = Synonyms(words={"칼슘": ("칼슘제",)})
    index = index_of(tmp_path, medicines, [substance("c", "칼슘", None)], words)
    assert found(index, "칼슘") == ["가나다라칼슘", "가스타틴칼슘"]


def test_what_lacks_more_than_a_syllable_is_no_slip(tmp_path: Path) -> None:
    assert found(index_of(tmp_path, [medicine("200000001", "당약")], []), "다이어트약") == []


def test_a_known_word_with_a_letter_is_also_found_where_names_spell_it(tmp_path: Path) -> None:
    medicines = [
        medicine("200000001", "경남비타민씨정"),
        medicine("200000002", "가정", class_name="비타민 C제"),
    ]
    index = index_of(tmp_path, medicines, [], Synonyms(words={"비타민C": ("비타민 C제",)}))
    for typed in ("비타민c", "비타민 C", "비타민씨", "비타민 씨"):
        assert found(index, typed) == ["경남비타민씨정"[:6], "가정"]
