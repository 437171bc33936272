from pillnuts.compare.sections import compared_facts, compared_sections
from tests.compare.medicines import medicine, section


def test_plain_language_is_preferred_where_all_have_it() -> None:
    one = medicine("가정", sections=(section("efficacy", "라벨"), section("efficacy", "쉬운 말", plain=True)))
    other = medicine("나정", sections=(section("efficacy", "쉽게", plain=True),))
    (efficacy,) = compared_sections((one, other))
    assert efficacy.texts == ("쉬운 말", "쉽게")
    assert [origin and origin.plain_language for origin in efficacy.origins] == [True, True]
    assert efficacy.same_kind


def test_the_label_stands_where_only_it_is_common() -> None:
    one = medicine("가정", sections=(section("usage", "라벨"), section("usage", "쉬운 말", plain=True)))
    other = medicine("나정", sections=(section("usage", "다른 라벨"),))
    (usage,) = compared_sections((one, other))
    assert usage.texts == ("라벨", "다른 라벨")


def test_two_kinds_of_text_stand_side_by_side_but_are_not_the_same_kind() -> None:
    one = medicine("가정", sections=(section("usage", "쉬운 말", plain=True),))
    other = medicine("나정", sections=(section("usage", "라벨"),))
    (usage,) = compared_sections((one, other))
    assert usage.texts == ("쉬운 말", "라벨")
    assert not usage.same_kind


def test_a_text_that_is_missing_is_unknown() -> None:
    one = medicine("가정", sections=(section("storage", "실온"), section("efficacy", "두통")))
    found = compared_sections((one, medicine("나정")))
    assert [each.key for each in found] == ["efficacy", "storage"]
    assert found[0].texts == ("두통", None)
    assert found[0].origins[1] is None


def test_an_empty_text_is_none() -> None:
    one = medicine("가정", sections=(section("usage", ""),))
    assert compared_sections((one, one)) == ()


def test_several_texts_of_one_key_are_one() -> None:
    one = medicine("가정", sections=(section("caution", "하나"), section("caution", "둘")))
    assert compared_sections((one, one))[0].texts == ("하나\n\n둘", "하나\n\n둘")


def test_facts_differ_only_where_all_are_known() -> None:
    one = medicine("가정", form="정제", storage="실온", class_name="해열제")
    other = medicine("나정", form="캡슐", class_name="해열제")
    facts = {fact.key: fact for fact in compared_facts((one, other))}
    assert facts["form"].differs
    assert not facts["class_name"].differs
    assert facts["storage"].values == ("실온", None)
    assert not facts["storage"].differs
    assert "valid_term" not in facts
