"""Which products of an ingredient come first, and how those are found of which no list is known."""

from pathlib import Path

from pillnuts.search.found import Query
from pillnuts.search.index import Index
from tests.search.medicines import index_of, medicine, substance

CANDESARTAN = substance("c", "칸데사르탄실렉세틸", "Candesartan Cilexetil")
AMBROXOL = substance("a", "암브록솔", "Ambroxol")


def _names(index: Index, q: str) -> list[str]:
    return [hit.name for hit in index.search(Query(q=q)).hits]


def test_what_says_the_ingredient_in_its_name_comes_before_a_list_that_may_lack_others(
    tmp_path: Path,
) -> None:
    medicines = [
        medicine("200000001", "가플러스정", "c"),
        medicine("200000002", "가나다라정8밀리그램(칸데사르탄실렉세틸)", "c"),
        medicine("200000003", "가나다라듀오정(암로디핀,칸데사르탄실렉세틸)", "c", "x"),
    ]
    index = index_of(tmp_path, medicines, [CANDESARTAN, substance("x", "암로디핀", "Amlodipine")])
    for typed in ("candesartan", "candesartan cilexetil"):
        assert _names(index, typed)[0] == "가나다라정8밀리그램(칸데사르탄실렉세틸)"


def test_the_english_name_of_the_product_goes_before_its_ingredients(tmp_path: Path) -> None:
    medicines = [
        medicine("200000001", "가정", "a"),
        medicine("200000002", "나다라마정", name_en="Ambroxol HCl Tab."),
        medicine("200000003", "나정", name_en="Super Ambroxol"),
    ]
    assert _names(index_of(tmp_path, medicines, [AMBROXOL]), "ambroxol") == ["나다라마정", "가정", "나정"]


def test_an_ingredient_that_only_the_name_tells_of_is_found_in_english(tmp_path: Path) -> None:
    medicines = [
        medicine("200000001", "가정", "a"),
        medicine("200000002", "나정(암브록솔염산염)", name_en="Na"),
        medicine("200000003", "다정"),
    ]
    hits = index_of(tmp_path, medicines, [AMBROXOL]).search(Query(q="ambroxol")).hits
    assert [(hit.name, hit.match.why) for hit in hits] == [
        ("가정", "성분: 암브록솔"),
        ("나정(암브록솔염산염)", "이름에 적힌 성분: 암브록솔"),
    ]


def test_a_name_adds_no_ingredient_to_a_list_that_is_known(tmp_path: Path) -> None:
    medicines = [medicine("200000001", "가정(에스암브록솔)", "s"), medicine("200000002", "나정", "a")]
    index = index_of(tmp_path, medicines, [AMBROXOL, substance("s", "에스암브록솔", "Esambroxole")])
    assert _names(index, "ambroxol") == ["나정", "가정(에스암브록솔)"]
    assert _names(index, "ambroxol tab") == []


def test_what_looks_like_something_comes_first_among_those_without_texts(tmp_path: Path) -> None:
    medicines = [
        medicine("200000001", "가주", "a"),
        medicine("200000002", "나다라정", "a", image_url="https://example.org/1"),
        medicine("200000003", "마바사아정", "a", has_plain_text=True),
    ]
    assert _names(index_of(tmp_path, medicines, [AMBROXOL]), "ambroxol") == ["마바사아정", "나다라정", "가주"]


def test_a_word_of_many_texts_is_a_complaint_though_a_rare_ingredient_begins_so(tmp_path: Path) -> None:
    told = [medicine(f"2000001{n:02}", f"가{n}정", efficacy="육체피로에 씁니다.") for n in range(100)]
    chance = [
        medicine("200000001", "가스피로캡슐"),
        medicine("200000002", "나정", additive=("salt",)),
        medicine("200000003", "피로이드정"),
        medicine("200000004", "다정", "iron"),
    ]
    substances = [
        substance("salt", "피로아황산나트륨", None, products=0),
        substance("iron", "피로인산철", None),
    ]
    index = index_of(tmp_path, [*told, *chance], substances)
    hits = index.search(Query(q="피로", size=100)).hits
    assert [hit.name for hit in hits[:2]] == ["피로이드정", "다정"]
    assert {hit.match.field for hit in hits[2:]} == {"symptom"}
    few = index_of(tmp_path / "few", [*told[:50], *chance], substances)
    assert _names(few, "피로")[:2] == ["피로이드정", "가스피로캡슐"]
