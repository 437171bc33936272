"""What a text treats, and what it only mentions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillnuts.search.efficacy import MARK, read_uses
from pillnuts.search.hangul import normalise


def mentioned(text: str) -> list[str]:
    uses = read_uses(text)
    return [uses.text[start:end] for start, end in uses.asides]


@pytest.mark.parametrize(
    ("text", "aside"),
    [
        ("혈전 예방(고혈압, 당뇨 등 위험인자를 가진 환자)에 사용합니다.", "고혈압;당뇨등위험인자를가진환자"),
        ("알레르기, 감기로 인한 두통에 사용합니다.", "감기로인한"),
        ("변비와 변비에 따른 식욕부진, 치질의 완화", "에따른식욕부진;치질의"),
        ("신경통, 당뇨병에 의한 망막변성의 개선", "당뇨병에의한"),
        ("협심증에서 고혈압 환자의 심장 보호", "고혈압환자"),
    ],
)
def test_whom_it_is_given_to_and_where_it_comes_from_is_only_mentioned(text: str, aside: str) -> None:
    assert mentioned(text) == [aside]


@pytest.mark.parametrize(
    "text",
    [
        "두통, 치통에 사용합니다.",
        "류마티스관절염 환자의 치료",
        "감기의 여러 증상(콧물, 기침)의 완화",
        "멀미에 의한 구토",
        "",
    ],
)
def test_what_is_treated_is_not(text: str) -> None:
    assert mentioned(text) == []


def test_a_text_leads_with_what_comes_before_any_cause() -> None:
    assert read_uses("두통, 치통에 사용합니다.").lead >= len("두통치통")
    assert read_uses("멀미에 의한 어지러움, 두통의 완화").lead == len("멀미에의한")


def test_no_word_goes_across_a_list() -> None:
    assert "허리통" in read_uses("요(허리)통, 인후(목구멍)통").text
    assert "질염" not in read_uses("골수(뼈속질)염, 관절질, 염좌").text


@given(
    st.lists(
        st.sampled_from(
            ["고혈압", "환자", " ", ", ", "(", ")", "에 의한 ", "의 치료", ". ", "에 따른 ", "위험인자", "\n"]
        ),
        max_size=20,
    ).map("".join)
)
def test_nothing_is_lost_and_asides_stand_in_order(text: str) -> None:
    uses = read_uses(text)
    assert uses.text.replace(MARK, "") == normalise(text)
    assert MARK * 2 not in uses.text
    edges = [edge for aside in uses.asides for edge in aside]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(uses.text) for edge in edges)
