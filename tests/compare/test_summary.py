import pytest

from pillnuts.catalogue.brief import Brief
from pillnuts.compare.rules import compare
from pillnuts.compare.shapes import Summary
from tests.compare.medicines import ingredient, medicine


def summary(*products: Brief) -> Summary:
    return compare(products, [None] * len(products)).summary


def tablet(name: str, *amounts: tuple[str, str | None], **more: object) -> Brief:
    return medicine(name, *(ingredient(of, said) for of, said in amounts), **more)


TYLENOL = tablet("타이레놀정500밀리그람(아세트아미노펜)", ("아세트아미노펜", "500 mg"))
COLD = tablet("타이레놀콜드-에스정", ("아세트아미노펜", "325 mg"), ("클로르페니라민말레산염", "2 mg"))
GEVORIN = tablet(
    "게보린정", ("아세트아미노펜", "300 mg"), ("이소프로필안티피린", "150 mg"), ("카페인", "50 mg")
)
BRUFEN = tablet("부루펜정", ("이부프로펜", "200 mg"))
GAPPY = tablet("옛날정", ("이부프로펜", "200 mg"), ingredients_complete=False)
UNKNOWN = tablet("모름정", ingredients_complete=False)


@pytest.mark.parametrize(
    ("products", "kind", "sentence"),
    [
        (
            (TYLENOL, COLD),
            "contains",
            (
                "둘 다 아세트아미노펜이 들어 있습니다: 500 mg / 325 mg. "
                "타이레놀콜드-에스정에는 클로르페니라민말레산염이 더 들어 있습니다. "
                "함께 먹으면 같은 성분을 두 번 먹게 됩니다."
            ),
        ),
        (
            (COLD, GEVORIN),
            "shared",
            (
                "둘 다 아세트아미노펜이 들어 있습니다: 325 mg / 300 mg. "
                "타이레놀콜드-에스정에는 클로르페니라민말레산염이 더 들어 있습니다. "
                "게보린정에는 이소프로필안티피린과 카페인이 더 들어 있습니다. "
                "함께 먹으면 같은 성분을 두 번 먹게 됩니다."
            ),
        ),
        (
            (TYLENOL, BRUFEN),
            "nothing_shared",
            (
                "두 약에는 같은 유효성분이 없습니다. "
                "타이레놀정500밀리그람에는 아세트아미노펜이 들어 있습니다. "
                "부루펜정에는 이부프로펜이 들어 있습니다. "
                "같은 성분이 없다고 해서 함께 먹어도 된다는 뜻은 아닙니다."
            ),
        ),
        (
            (COLD, tablet("나정", ("아세트아미노펜", "325 mg"), ("클로르페니라민말레산염", "2 mg"))),
            "identical",
            (
                "두 약은 성분과 양이 같습니다: 아세트아미노펜 325 mg, 클로르페니라민말레산염 2 mg. "
                "함께 먹으면 같은 성분을 두 번 먹게 됩니다."
            ),
        ),
        (
            (COLD, tablet("나정", ("아세트아미노펜", "325 mg"), ("클로르페니라민말레산염", "2.5 mg"))),
            "shared",
            (
                "둘 다 아세트아미노펜(같은 양 325 mg)과 "
                "클로르페니라민말레산염(2 mg / 2.5 mg)이 들어 있습니다. "
                "함께 먹으면 같은 성분을 두 번 먹게 됩니다."
            ),
        ),
        (
            (TYLENOL, GAPPY),
            "unknown",
            (
                "알려진 유효성분 가운데 같은 것은 없습니다. "
                "타이레놀정500밀리그람에는 아세트아미노펜이 들어 있습니다. "
                "옛날정에는 이부프로펜이 들어 있습니다. "
                "확인할 수 없음: 옛날정은 성분 자료가 완전하지 않아 다른 성분이 더 있을 수 있습니다."
            ),
        ),
        (
            (GAPPY, BRUFEN),
            "shared",
            (
                "둘 다 이부프로펜이 들어 있습니다: 같은 양 200 mg. "
                "함께 먹으면 같은 성분을 두 번 먹게 됩니다. "
                "확인할 수 없음: 옛날정은 성분 자료가 완전하지 않아 다른 성분이 더 있을 수 있습니다."
            ),
        ),
        (
            (UNKNOWN, tablet("나정", ingredients_complete=False)),
            "unknown",
            (
                "두 약 모두 성분 자료가 없어 비교할 수 없습니다. "
                "확인할 수 없음: 모름정과 나정은 유효성분 자료가 없습니다."
            ),
        ),
        (
            (TYLENOL, COLD, GEVORIN),
            "shared",
            (
                "세 약 모두 아세트아미노펜이 들어 있습니다: 500 mg / 325 mg / 300 mg. "
                "타이레놀콜드-에스정에는 클로르페니라민말레산염이 더 들어 있습니다. "
                "게보린정에는 이소프로필안티피린과 카페인이 더 들어 있습니다. "
                "함께 먹으면 같은 성분을 여러 번 먹게 됩니다."
            ),
        ),
        (
            (TYLENOL, BRUFEN, COLD),
            "shared",
            (
                "타이레놀정500밀리그람과 타이레놀콜드-에스정에 "
                "아세트아미노펜(500 mg / 325 mg)이 들어 있습니다. "
                "부루펜정에는 이부프로펜이 더 들어 있습니다. "
                "타이레놀콜드-에스정에는 클로르페니라민말레산염이 더 들어 있습니다. "
                "함께 먹으면 같은 성분을 여러 번 먹게 됩니다."
            ),
        ),
    ],
)
def test_what_a_pharmacist_would_say_first(products: tuple[Brief, ...], kind: str, sentence: str) -> None:
    said = summary(*products)
    assert (str(said.kind), said.sentence) == (kind, sentence)
    assert " ".join(said.sentences) == sentence


def test_names_are_listed_for_programs() -> None:
    said = summary(COLD, GEVORIN)
    assert said.shared == said.duplicated == ("아세트아미노펜",)
    assert said.only == (("클로르페니라민말레산염",), ("이소프로필안티피린", "카페인"))
    assert not said.unknown


def test_nothing_is_only_in_one_while_the_other_list_has_gaps() -> None:
    said = summary(TYLENOL, GAPPY)
    assert said.only == ((), ("이부프로펜",))
    assert said.unknown
    assert said.unknown_products == ("옛날정",)


def test_an_unknown_amount_leaves_something_open() -> None:
    said = summary(TYLENOL, tablet("나정", ("아세트아미노펜", None)))
    assert said.unknown
    assert not said.identical_actives
    assert said.sentences[0] == "둘 다 아세트아미노펜이 들어 있습니다: 500 mg / 함량 정보 없음."


def test_what_is_put_on_the_skin_is_not_eaten() -> None:
    cream, ointment = (
        medicine(name, ingredient("히드로코르티손", "1 g", basis="100 g 중")) for name in ("가크림", "나연고")
    )
    assert summary(cream, ointment).sentences[-1] == "함께 쓰면 같은 성분을 두 번 쓰게 됩니다."
    assert summary(cream, TYLENOL).sentences[-1] == "같은 성분이 없다고 해서 함께 써도 된다는 뜻은 아닙니다."


def test_a_withdrawn_product_is_named() -> None:
    said = summary(TYLENOL, tablet("옛날정", ("이부프로펜", "200 mg"), withdrawn=True, status="취하"))
    assert said.withdrawn == ("옛날정",)
    assert said.sentences[-1] == "옛날정은 지금은 허가되지 않은 제품입니다(허가 취하)."


def test_amounts_in_different_things_are_said_with_what_they_are_in() -> None:
    syrup = medicine("가시럽", ingredient("아세트아미노펜", "3.2 g", basis="100 mL 중"))
    assert summary(TYLENOL, syrup).sentences[0] == (
        "둘 다 아세트아미노펜이 들어 있습니다: 1정에 500 mg / 100 mL에 3.2 g."
    )


GRANULES = ("아세트아미노펜제피세립", "555.6 mg")


def test_another_salt_is_never_identical_unless_counted_as_the_same() -> None:
    uncounted = medicine("가정", ingredient(*GRANULES, id_="아세트아미노펜"))
    plain = tablet("나정", ("아세트아미노펜", "555.6 mg"))
    assert not summary(uncounted, plain).identical_actives
    counted = medicine(
        "가정", ingredient(*GRANULES, id_="아세트아미노펜", equivalent=("아세트아미노펜", "500 mg"))
    )
    assert summary(counted, TYLENOL).sentences[0] == "두 약은 성분과 양이 같습니다: 아세트아미노펜 500 mg."


def test_many_shared_ingredients_are_counted() -> None:
    vitamins = [(f"비타민{letter}", "1 mg") for letter in "ABCDE"]
    one, other = tablet("가정", *vitamins), tablet("나정", *vitamins, ("아연", "5 mg"))
    assert summary(one, other).sentences[0] == (
        "둘 다 비타민A, 비타민B, 비타민C 등 5가지 같은 유효성분이 들어 있습니다."
    )
    assert summary(one, tablet("다정", *vitamins)).sentences[0] == (
        "두 약은 성분과 양이 같습니다: 비타민A 1 mg, 비타민B 1 mg, 비타민C 1 mg 등 5가지."
    )
    assert summary(BRUFEN, one).sentences[2] == "가정에는 비타민A, 비타민B, 비타민C 등 5가지가 들어 있습니다."


def test_additives_do_not_make_two_medicines_alike() -> None:
    one = medicine("가정", ingredient("가", "1 mg"), ingredient("유당", additive=True))
    other = medicine("나정", ingredient("나", "1 mg"), ingredient("유당", additive=True))
    assert summary(one, other).kind == "nothing_shared"


def test_medicines_of_one_class_say_so_only_where_all_their_ingredients_are_known() -> None:
    same = [
        tablet("가정", ("가나펜", "1 mg"), class_name="해열.진통.소염제"),
        tablet("나정", ("다라펜", "2 mg"), class_name="해열.진통.소염제"),
    ]
    assert "같은 종류의 약입니다(해열.진통.소염제)" in summary(*same).sentence
    gappy = tablet("다정", ("마바펜", None), class_name="해열.진통.소염제", ingredients_complete=False)
    assert "같은 종류의 약" not in summary(same[0], gappy).sentence
