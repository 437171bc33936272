import pytest

from pillnuts.compare.forms import form_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("염산세티리진", "세티리진염산염"),
        ("말레인산클로르페니라민", "클로르페니라민말레산염"),
        ("덱스트로메토르판 브롬화수소산염", "브롬화수소산덱스트로메토르판"),
        ("구연산실데나필", "실데나필시트르산염"),
        ("메탄설폰산도베실", "도베실메실산염"),
        ("염산치아민", "티아민염산염"),
        ("아세트아미노펜 ", "아세트아미노펜"),
        ("L-멘톨", "l-멘톨"),
    ],
)
def test_two_spellings_of_one_salt_are_the_same_form(one: str, other: str) -> None:
    assert form_key(one) == form_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("아세트아미노펜", "아세트아미노펜제피세립"),
        ("암로디핀베실산염", "암로디핀말레산염"),
        ("카페인", "카페인무수물"),
        ("이부프로펜", "이부프로펜나트륨"),
    ],
)
def test_another_salt_or_grade_is_another_form(one: str, other: str) -> None:
    assert form_key(one) != form_key(other)
