"""Lists of names that hold their own separator."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillnuts.catalogue.parse import active_list, name_list


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("유당,전분", ("유당", "전분")),
        ("유당, 전분", ("유당", "전분")),
        ("유당,,전분,", ("유당", "전분")),
        ("유당,전분,유당", ("유당", "전분")),
        ("", ()),
    ],
)
def test_a_plain_list_is_split_at_its_commas(text: str, names: tuple[str, ...]) -> None:
    assert name_list(text) == names


@pytest.mark.parametrize(
    "name",
    [
        "2,4-디클로로벤질알코올",
        "1,2-프로필렌글리콜",
        "2,3,4,5-테트라플루오로산",
        "1,4,7,10,13,16-헥사옥사산",
        "디에칠-1,4-디히드로산",
        "디소르비톨과1,4-소르비탄의건조물",
        "2',4'-비스산",
        "1,1'-비페닐",
        "N,N-디메틸아닐린",
        "N,N,N',N'-테트라메틸염",
        "메틸-N,S-디아세틸산",
        "D,L-락티드공중합체",
        "α, α'-아조비스산",
        "엔,엔-디메칠아미드",
        "엔,엔디메칠아미드",
        "엔,오-비스산",
        "상부 청색, 하부 흰색의 경질캡슐",
        "상,하부 흰색의 캡슐",
        "상, 하주황색의 경질캡슐",
        "상부:백색, 하부:백색",
        "(상)흑색캡슐, (하)백색캡슐",
        "수산화나트륨용액,1N",
        "수산화나트륨용액,50%",
        "프로판, 이소부탄, 부탄의 혼합가스",
        "알파-토코페롤(동,식물성)",
        "재조합인자(숙주:CHO D11, 벡터:p(1, 2), 종세포주:CHO V4)",
        "항원[A/가나/7/2009, NYMC X-1(H1N1)]",
        "복합체(혈청형 1, 3, 4(가,나))",
    ],
)
def test_a_name_that_holds_commas_stays_whole(name: str) -> None:
    assert name_list(f"유당,{name},전분") == ("유당", name, "전분")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("폴리소르베이트80,2-옥틸산", ("폴리소르베이트80", "2-옥틸산")),
        ("히프로멜로오스 2910,20% 글루콘산 액", ("히프로멜로오스 2910", "20% 글루콘산 액")),
        ("황색4호,2-프로판올", ("황색4호", "2-프로판올")),
        ("상수,하드팻", ("상수", "하드팻")),
        ("상부 청색 캡슐,하드팻", ("상부 청색 캡슐", "하드팻")),
        ("비타민 A,D-소르비톨", ("비타민 A", "D-소르비톨")),
        # The brackets of these were typed wrong: what never closes protects nothing.
        ("코팅제흰색((OY-C),유당", ("코팅제흰색((OY-C)", "유당")),
        ("코팅제 (OY-C,유당,전분", ("코팅제 (OY-C", "유당", "전분")),
        ("박하향3(AG)),유당", ("박하향3(AG))", "유당")),
        ("조합(가[나),다],라", ("조합(가[나)", "다]", "라")),
    ],
)
def test_a_comma_between_names_separates(text: str, names: tuple[str, ...]) -> None:
    assert name_list(text) == names


def test_a_vocabulary_keeps_apart_what_the_rules_would_join() -> None:
    known = {"유당", "탤크", "코팅제 분홍"}.__contains__
    assert name_list("유당,탤크, 코팅제 분홍", known) == ("유당", "탤크", "코팅제 분홍")


def test_a_vocabulary_joins_fragments_that_only_together_are_a_name() -> None:
    known = {"정제올리브유", "정제올리브유,정제대두유혼합물", "전분"}.__contains__
    text = "정제올리브유,정제대두유혼합물,전분"
    assert name_list(text, known) == ("정제올리브유,정제대두유혼합물", "전분")


def test_names_that_are_each_known_are_not_joined() -> None:
    known = {"가산", "나산", "가산,나산"}.__contains__
    assert name_list("가산,나산", known) == ("가산", "나산")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("가염산염/나산/다염", ("가염산염", "나산", "다염")),
        ("가염산염,나산,다염", ("가염산염", "나산", "다염")),
        ("에스트라1/2수화물/가산", ("에스트라1/2수화물", "가산")),
        ("리보33 1/3%과립/가산", ("리보33 1/3%과립", "가산")),
        ("전분(130/0.4)/가산", ("전분(130/0.4)", "가산")),
        ("에틸 1,4-디옥산산", ("에틸 1,4-디옥산산",)),
        ("가산/진피, 후박, 아선약 70% 연조엑스(3→1)", ("가산", "진피, 후박, 아선약 70% 연조엑스(3→1)")),
    ],
)
def test_active_ingredients_are_joined_by_slash_or_comma(text: str, names: tuple[str, ...]) -> None:
    assert active_list(text) == names


_NAMES = st.lists(
    st.text("가나다라염산수화물abc-0123456789%. ()", min_size=1, max_size=12)
    .map(lambda text: " ".join(text.split()))
    .filter(
        lambda name: name != "" and name.count("(") == name.count(")") and name.find(")") >= name.find("(")
    ),
    unique=True,
)


@given(_NAMES)
def test_known_names_read_back_from_their_list(names: list[str]) -> None:
    safe = [name for name in names if name[0] not in "0123456789-().%" and name[-1] in "가나다라염산수화물"]
    assert name_list(",".join(safe), set(safe).__contains__) == tuple(safe)


_ANY = st.text(st.characters(exclude_categories=[]))
_LISTS = st.text("가나N상하부엔1209,,,/-'%()[]{} ", max_size=60)


@given(_ANY | _LISTS)
def test_no_list_loses_a_letter(text: str) -> None:
    def bare(value: str) -> str:
        return "".join(char for char in value if char.isalnum())

    together = "".join(name_list(text))
    assert set(bare(together)) == set(bare(text.replace("\ud800", "")))


@given(_ANY | _LISTS, st.sets(st.text("가나N상하부,", max_size=4)))
def test_no_text_brings_the_reader_down(text: str, vocabulary: set[str]) -> None:
    for names in (name_list(text, vocabulary.__contains__), active_list(text, vocabulary.__contains__)):
        assert all(name.strip() == name != "" for name in names)
        assert len(set(names)) == len(names)
