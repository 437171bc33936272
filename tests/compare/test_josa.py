import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillnuts.compare.josa import Josa, listed, with_josa


@pytest.mark.parametrize(
    ("word", "josa", "read"),
    [
        ("아세트아미노펜", "이/가", "아세트아미노펜이"),
        ("카페인무수물", "과/와", "카페인무수물과"),
        ("덱스트로메토르판브롬화수소산염", "은/는", "덱스트로메토르판브롬화수소산염은"),
        ("시메티콘", "을/를", "시메티콘을"),
        ("아스피린프로텍트", "은/는", "아스피린프로텍트는"),
        ("타이레놀", "으로/로", "타이레놀로"),
        ("게보린", "으로/로", "게보린으로"),
        ("이지엔6", "은/는", "이지엔6은"),
        ("비타민B2", "과/와", "비타민B2와"),
        ("타이레놀정500", "은/는", "타이레놀정500은"),
        ("500 mg", "이/가", "500 mg이"),
        ("30 mL", "이/가", "30 mL이"),
        ("Advil", "은/는", "Advil은"),
        ("Tylenol ER", "은/는", "Tylenol ER은"),
        ("비타민C", "은/는", "비타민C는"),
        ("타이레놀정(아세트아미노펜)", "은/는", "타이레놀정(아세트아미노펜)은"),
        ("아스코르브산(비타민C)", "과/와", "아스코르브산(비타민C)과"),
        ("‘콜대원’", "은/는", "‘콜대원’은"),
    ],
)
def test_the_particle_follows_the_last_sound(word: str, josa: Josa, read: str) -> None:
    assert with_josa(word, josa) == read


@pytest.mark.parametrize(
    ("words", "read"),
    [((), ""), (("가",), "가"), (("가", "나"), "가와 나"), (("물", "불", "풀"), "물, 불과 풀")],
)
def test_a_list_joins_its_last_two(words: tuple[str, ...], read: str) -> None:
    assert listed(words) == read


@given(st.text())
def test_any_word_keeps_its_letters(word: str) -> None:
    assert with_josa(word, "이/가") in {f"{word}이", f"{word}가"}
