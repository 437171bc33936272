"""Two names are one substance, or they are not: an allergy and a double dose hang on it."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pillnuts.catalogue.identity import Group, Identity, Sighting, gather, name_key
from pillnuts.catalogue.relatives import FAMILIES
from tests.catalogue.identity_cases import APART, GROUPS, SAME, group, identity, rows, sightings


@pytest.fixture(scope="module")
def known() -> Identity:
    return identity()


@pytest.mark.parametrize("names", rows(SAME), ids=lambda names: names[0])
def test_salts_grades_and_spellings_are_one_substance(known: Identity, names: tuple[str, ...]) -> None:
    assert {known.id_of(name) for name in names} == {known.id_of(names[0])}


@pytest.mark.parametrize("names", rows(APART), ids=lambda names: names[0])
def test_different_substances_stay_apart(known: Identity, names: tuple[str, ...]) -> None:
    shared = [pair for pair in itertools.combinations(names, 2) if len({*map(known.id_of, pair)}) == 1]

    assert shared == []


def test_the_tables_hold_enough_pairs() -> None:
    assert len(SAME) >= 60
    assert len(APART) >= 60


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("염산세티리진", "세티리진염산염"),
        ("구연산나트륨수화물", "시트르산 나트륨 수화물"),
        ("아세트아미노펜(미분화)", "아세트아미노펜 (미분화)"),
        ("디아스타제·프로테아제", "디아스타제ㆍ프로테아제"),
        ("초산토코페롤", "토코페롤아세테이트"),
        ("L-아르기닌", "엘-아르기닌"),
        ("셀룰라제Ⅱ", "셀룰라제II"),
        ("엘발린", "L-발린"),
        ("엘페닐알라닌", "L-페닐알라닌"),
        ("디엘메티오닌", "DL-메티오닌"),
        ("중쇄트리글리세리드", "중쇄트리글리세라이드"),
        ("우르소데옥시콜산", "우루소데스옥시콜린산"),
        ("비오틴", "d-비오틴"),
        ("염화메틸렌클로리드", "염화메틸렌클로라이드"),
        ("초산토코페롤", "디엘알파초산토코페롤"),
    ],
)
def test_spellings_are_the_same_form(one: str, other: str) -> None:
    found = gather([_seen(one), _seen(other)], ())

    assert found.spelled(one) == found.spelled(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("세티리진", "세티리진염산염"),
        ("유당", "유당수화물"),
        ("암로디핀베실산염", "암로디핀말레산염"),
        ("아세트아미노펜", "아세트아미노펜제피세립"),
        ("에탄올", "에탄올(95%)"),
        ("로라타딘", "데스로라타딘"),
        ("다파글리플로진", "다파글리플로진비스L-프롤린"),
        ("판토텐산칼슘", "판토텐산칼슘 타입S"),
        ("글리시리진산", "글리시리진산암모늄"),
        ("아스코르브산", "아스코르브산97"),
        ("모르는이름", "다른이름"),
    ],
)
def test_a_salt_or_grade_is_another_form(known: Identity, one: str, other: str) -> None:
    assert known.spelled(one) != known.spelled(other)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("아세트아미노펜제피세립", "아세트아미노펜"),
        ("염산세티리진", "세티리진"),
        ("유당수화물", "유당"),
        ("아토르바스타틴칼슘삼수화물", "아토르바스타틴칼슘"),
        ("피리독신염산염3배산", "피리독신염산염"),
        ("이부프로펜아르기닌", "이부프로펜"),
        ("황색4호알루미늄레이크", "황색4호"),
        ("팔미틴산레티놀", "레티놀"),
        ("메로페넴수화물·건조탄산나트륨", "메로페넴수화물"),
        ("다파글리플로진비스L-프롤린", "다파글리플로진"),
        ("다파글리플로진프로판디올수화물", "다파글리플로진"),
        ("다파글리플로진무수유당혼합물", "다파글리플로진"),
        ("엠파글리플로진(무정형)", "엠파글리플로진"),
        ("알로글립틴벤조산염", "알로글립틴"),
    ],
)
def test_a_form_is_told_from_the_plain_substance(known: Identity, name: str, plain: str) -> None:
    assert known.id_of(name) == known.id_of(plain)
    assert known.spelled(name) != known.spelled(plain)


@pytest.mark.parametrize(
    ("mixture", "parts"),
    [
        ("유당·미결정셀룰로오스(75:25)혼합물", ("미결정셀룰로오스", "유당")),
        ("니트로글리세린10%유당", ("니트로글리세린", "유당")),
        ("희석된니트로글리세린(니트로글리세린2%유당)", ("니트로글리세린", "유당")),
        ("셀룰로오스유당분말", ("유당",)),
        ("이소소르비드5모노니트레이트유당혼합물", ("유당", "이소소르비드일질산염")),
        ("아목시실린·클라불란산칼륨(4:1)", ("아목시실린", "클라불란산")),
        ("사쿠비트릴·발사르탄나트륨염수화물", ("사쿠비트릴", "발사르탄")),
    ],
)
def test_a_mixture_contains_its_parts(known: Identity, mixture: str, parts: tuple[str, ...]) -> None:
    substance = known.substances[known.id_of(mixture)]

    assert set(substance.contains) >= set(map(known.id_of, parts))
    assert substance.id not in map(known.id_of, parts)


def test_a_part_that_is_not_known_does_not_hide_the_others() -> None:
    found = gather([_seen("아목시실린"), _seen("아목시실린·모르는산칼륨(4:1)")], ())
    mixture = found.substances[found.id_of("아목시실린·모르는산칼륨(4:1)")]

    assert mixture.contains == (found.id_of("아목시실린"),)


def test_a_carrier_belongs_to_the_medicine() -> None:
    found = gather([_seen("메로페넴"), _seen("탄산나트륨"), _seen("메로페넴수화물·건조탄산나트륨")], ())

    assert found.id_of("메로페넴수화물·건조탄산나트륨") == found.id_of("메로페넴")
    assert found.substances[found.id_of("메로페넴")].contains == ()


@pytest.mark.parametrize(
    ("relative", "of"),
    [
        ("인슐린글라진", "인슐린"),
        ("덱스클로르페니라민", "클로르페니라민"),
        ("메틸테스토스테론", "테스토스테론"),
        ("수소화콩기름", "대두유"),
        ("아르기닌티디아시케이트", "엘-아르기닌"),
    ],
)
def test_a_relative_keeps_the_link_to_the_group_it_stands_in(known: Identity, relative: str, of: str) -> None:
    assert known.substances[known.id_of(relative)].related == (known.id_of(of),)


def test_an_ester_that_no_group_merges_keeps_the_link_to_its_base() -> None:
    found = gather([_seen("토코페롤"), _seen("초산토코페롤")], ())

    assert found.substances[found.id_of("초산토코페롤")].related == (found.id_of("토코페롤"),)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("오메프라졸", "에스오메프라졸마그네슘삼수화물"),
        ("이부프로펜", "덱시부프로펜"),
        ("암로디핀베실산염", "에스암로디핀니코틴산염"),
        ("세티리진염산염", "레보세티리진염산염"),
        ("히드록시진", "세티리진"),
        ("로라타딘", "데스로라타딘"),
        ("시탈로프람", "에스시탈로프람"),
        ("리보플라빈", "리보플라빈부티레이트"),
        ("티아민염산염", "푸르설티아민"),
        ("벤포티아민", "푸르설티아민"),
        ("시아노코발라민", "메코발라민"),
        ("피리독신염산염", "피리독살포스페이트"),
        ("콜레칼시페롤", "칼시트리올"),
        ("토코페롤", "D-α-토코페롤"),
        ("레보카르니틴", "DL-카르니틴염산염"),
        ("레보카르니틴", "아세틸-L-카르니틴"),
        ("L-글루타민", "글루타민"),
        ("티옥트산", "알티옥트산트로메타민염"),
    ],
)
def test_relatives_know_each_other_both_ways(known: Identity, one: str, other: str) -> None:
    first, second = known.id_of(one), known.id_of(other)

    assert first != second
    assert second in known.substances[first].related
    assert first in known.substances[second].related


@pytest.mark.parametrize(
    ("one", "other"),
    [("오메프라졸", "란소프라졸"), ("암로디핀", "니페디핀"), ("티아민", "피리독신"), ("비오틴", "폴산")],
)
def test_one_class_of_medicine_is_no_family(known: Identity, one: str, other: str) -> None:
    assert known.id_of(other) not in known.substances[known.id_of(one)].related


def test_every_relation_goes_both_ways(known: Identity) -> None:
    pairs = {(one.id, other) for one in known.substances.values() for other in one.related}

    assert pairs == {(other, one) for one, other in pairs}
    assert not any(one == other for one, other in pairs)


def test_no_family_is_written_twice() -> None:
    assert len(set(FAMILIES)) == len(FAMILIES)
    assert all(len(set(row)) == len(row) > 1 for row in FAMILIES)


def test_the_dur_group_gives_the_id_and_the_name() -> None:
    found = gather(
        [Sighting("가나펜제피세립", "M982309", "Ganafen Coated", "active", 9)],
        [
            Group("D900147", "가나펜", "GANA FEN", (("M900353", "가나펜"), ("M982309", "가나펜제피세립"))),
            Group("D900147", "가나펜", "GanaFen", ()),
        ],
    )

    substance = found.substances["D900147"]
    assert (substance.name, substance.name_en, substance.roles) == ("가나펜", "GANA FEN", ("active",))
    assert substance.names_en == ("GANA FEN", "Ganafen Coated")
    assert substance.codes == ("D900147", "M900353", "M982309")
    assert substance.names["가나펜제피세립"] == ("M982309",)


def test_a_base_that_only_occurs_in_salts_still_names_the_substance() -> None:
    seen = [("염산치아민", "Thiamine Hydrochloride"), ("티아민질산염", "Thiamine Nitrate")]
    found = gather([Sighting(name, None, english, "active", 1) for name, english in seen], ())

    assert [(one.name, one.name_en) for one in found.substances.values()] == [("티아민", "Thiamine")]


def test_the_plainest_of_todays_names_stands_for_a_substance() -> None:
    names = {"초산나트륨": 9, "아세트산나트륨": 2, "아세트산나트륨수화물": 30}
    found = gather([Sighting(name, None, None, "additive", count) for name, count in names.items()], ())

    assert [one.name for one in found.substances.values()] == ["아세트산나트륨"]


def test_the_lowest_m_code_is_the_id_where_there_is_no_group() -> None:
    found = gather(
        [_seen("가나펜염산염", "M900002"), _seen("가나펜", "M900005"), _seen("염산가나펜", "I000001")], ()
    )

    assert set(found.substances) == {"M900002"}


def test_a_name_without_code_keeps_its_id_when_other_spellings_come() -> None:
    before = gather([_seen("다라마틴")], ()).id_of("다라마틴")
    after = gather([_seen("다라마틴"), _seen("다라 마틴"), _seen("다라마틴(미분화)")], ()).id_of("다라마틴")

    assert before == after
    assert before.startswith("n-")


def test_the_code_decides_where_the_name_is_unknown(known: Identity) -> None:
    assert known.id_of("본 적 없는 이름", "D900012") == known.id_of("아세트아미노펜")
    assert known.id_of("본 적 없는 이름") not in known.substances


def test_rows_with_one_english_name_are_spellings_unless_one_is_radioactive() -> None:
    found = gather(
        [],
        [
            group("M900001", "가나로신", english="Ganarocin"),
            group("M900002", "가나루신", english="Ganarocin"),
            group("M900003", "불화나트륨", english="Sodium Fluoride"),
            group("D900001", "플루오르화나트륨(18F)", english="Sodium Fluoride"),
        ],
    )

    assert found.id_of("가나로신") == found.id_of("가나루신")
    assert found.spelled("가나로신") == found.spelled("가나루신")
    assert found.id_of("불화나트륨") != found.id_of("플루오르화나트륨(18F)")


def test_a_member_of_two_groups_goes_to_the_narrower_one() -> None:
    found = gather(
        [],
        [group("D900001", "가나산", "가나딘", "다라딘", "마바딘"), group("D900002", "사아산", "가나딘")],
    )

    assert found.id_of("가나딘") == "D900002"
    assert found.substances["D900002"].related == ("D900001",)


def test_groups_that_share_members_do_not_run_together() -> None:
    chain = [group(f"D9001{n:02}", f"성분{n}호산", f"사슬{n}", f"사슬{n + 1}") for n in range(30)]
    found = gather([], chain)

    assert len({found.id_of(f"성분{n}호산") for n in range(30)}) == 30


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("식용혼합색소(적색3호ㆍ황색4호)", ("적색3호", "황색4호")),
        ("셀락토스", ("유당", "셀룰로오스")),
        ("유당미결정셀룰로오스혼합물", ("유당", "미결정셀룰로오스")),
    ],
)
def test_dyes_and_named_blends_are_taken_apart(name: str, parts: tuple[str, ...]) -> None:
    found = gather([_seen(name), *map(_seen, parts)], ())

    assert set(found.substances[found.id_of(name)].contains) == set(map(found.id_of, parts))


def test_empty_names_are_passed_over() -> None:
    assert gather([_seen("  ")], [group("D900001", "가나펜", "", " ")]).substances.keys() == {"D900001"}


NAMES = st.sampled_from([seen.name for seen in sightings()])
UNRELATED = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=6, max_size=9)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_the_input_changes_nothing(known: Identity, seed: int) -> None:
    seen, groups = sightings(), list(GROUPS)
    random.Random(seed).shuffle(seen)  # noqa: S311 - no secret
    random.Random(seed).shuffle(groups)  # noqa: S311

    assert gather(seen, groups).substances == known.substances


@settings(max_examples=8, deadline=None)
@given(others=st.lists(UNRELATED, max_size=20))
def test_unrelated_names_change_no_id(known: Identity, others: list[str]) -> None:
    more = gather([*sightings(), *map(_seen, others)], GROUPS)

    assert all(more.id_of(seen.name) == known.id_of(seen.name) for seen in sightings())


@given(name=st.one_of(st.text(), NAMES, st.lists(NAMES, min_size=2, max_size=3).map("·".join)))
def test_a_name_key_is_its_own_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@settings(max_examples=50, deadline=None)
@given(names=st.lists(st.text(max_size=30), max_size=10))
def test_any_text_has_exactly_one_substance(names: list[str]) -> None:
    found = gather(map(_seen, names), ())

    for name in filter(str.strip, names):
        assert name.strip() in found.substances[found.id_of(name)].names
    assert len(found.substances) == len({found.id_of(name) for name in names if name.strip()})


def _seen(name: str, code: str | None = None) -> Sighting:
    return Sighting(name, code, None, "active", 1)
