from fractions import Fraction

import pytest

from pillnuts.compare.bases import UNKNOWN, Basis, Ground, basis, differ, ground
from tests.compare.medicines import medicine

TABLET, DROPS, DRINK = medicine("가정"), medicine("가점안액"), medicine("가내복액")


@pytest.mark.parametrize(
    ("text", "kind", "quantity", "words"),
    [
        ("1정 (260 mg) 중", "dose", 1, "1정"),
        ("이 약 1정(500mg) 중", "dose", 1, "1정"),
        ("1캡슐453.875밀리그램", "dose", 1, "1캡슐"),
        ("1캡슐-(430밀리그람)중", "dose", 1, "1캡슐"),
        ("2정 중", "dose", 2, "2정"),
        ("1,3층", "dose", 1, "1정"),
        ("2층", "dose", 1, "1정"),
        ("1포(2.3g)중", "dose", 1, "1포"),
        ("제1형) 1매(10×14㎠, 10g)", "dose", 1, "1매"),
        ("100밀리리터-수출용", "volume", 100, "100 mL"),
        ("이 약 100 mL 중", "volume", 100, "100 mL"),
        ("1리터 중", "volume", 1000, "1000 mL"),
        ("1,000㎖", "volume", 1000, "1000 mL"),
        ("100 g 중", "mass", 100, "100 g"),
        ("1그램", "mass", 1, "1 g"),
        ("1445", "unknown", 1, None),
        ("0 mL", "unknown", 1, None),
        ("", "unknown", 1, None),
    ],
)
def test_a_basis_is_read_from_free_text(text: str, kind: str, quantity: int, words: str | None) -> None:
    read = basis(text, TABLET)
    assert (str(read.kind), int(read.quantity), read.words) == (kind, quantity, words)


def test_a_bottle_to_drink_is_a_dose_and_a_bottle_of_drops_is_a_volume() -> None:
    assert basis("1병 (30 mL) 중", DRINK) == Basis("dose", Fraction(1), "병", Fraction(30))
    assert basis("1병 (10밀리리터) 중", DROPS) == Basis("volume", Fraction(10))


def test_without_a_basis_only_what_comes_in_pieces_has_one() -> None:
    assert basis(None, TABLET) == Basis("dose", word="정")
    assert basis(None, DRINK) == UNKNOWN


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("1정 중", "1캡슐 중"), Ground("dose", (Fraction(1), Fraction(1)))),
        (("1정 중", "2정 중"), Ground("dose", (Fraction(1), Fraction(2)))),
        (("100 mL 중", "1000 mL 중"), Ground("volume", (Fraction(100), Fraction(1000)))),
        (("1병 (30 mL) 중", "100 mL 중"), Ground("volume", (Fraction(30), Fraction(100)))),
        (("100 g 중", "1 g 중"), Ground("mass", (Fraction(100), Fraction(1)))),
        (("1정 중", "100 mL 중"), None),
        (("100 g 중", "100 mL 중"), None),
        (("모름", "모름"), None),
        ((), None),
    ],
)
def test_only_like_stands_on_one_ground(texts: tuple[str, ...], expected: Ground | None) -> None:
    assert ground([basis(text, DRINK) for text in texts]) == expected


def test_a_reader_is_told_where_the_bases_differ() -> None:
    tablet, capsule, unnamed = basis("1정 중", TABLET), basis("1캡슐 중", TABLET), Basis("dose")
    assert differ([tablet, capsule])
    assert not differ([tablet, basis("1정 (300 mg) 중", TABLET)])
    assert not differ([tablet, unnamed])
    assert not differ([tablet])


def test_a_concentration_needs_no_basis() -> None:
    assert Basis("ratio").words is None
