import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillnuts.catalogue.doubts import impossible, mixture
from pillnuts.catalogue.shapes import Amount


@pytest.mark.parametrize(
    ("name", "weighed"),
    [
        ("오메프라졸장용성과립", "과립"),
        ("에바스틴구형과립", "과립"),
        ("아세트아미노펜제피세립", "세립"),
        ("지속성질산이소소르비드펠렛", "펠렛"),
        ("시아노코발라민1000배산", "1000배산"),
        ("미소프로스톨 100배산", "100배산"),
        ("아스코르브산97%", "97% 원료"),
        ("시아노코발라민0ㆍ1%", "0.1% 원료"),
        ("결합형에스트로겐4.29%", "4.29% 원료"),
        ("제피미르타자핀", "제피물"),
        ("콜레칼시페롤농축물(분말형)", "농축물"),
        ("농축콜레칼시페롤(분말형)", "농축물"),
        ("톨밥탄분무건조분말", "분무건조물"),
        ("텔미사르탄파우더(23.9%)", "파우더"),
        ("다파글리플로진무수유당혼합물", "혼합물"),
        ("묽은니트로글리세린", "희석물"),
    ],
)
def test_what_was_weighed_with_the_drug_is_named(name: str, weighed: str) -> None:
    assert mixture(name, "mg") == weighed


@pytest.mark.parametrize(
    "name",
    [
        "오메프라졸",
        "페노피브레이트(미분화)",
        "엠파글리플로진(무정형)",
        "세티리진염산염",
        "아토르바스타틴칼슘삼수화물",
        "인삼가루",
        "농축글리세린",
        "과립구콜로니자극인자",
        "펠라고니움시도이데스11%에탄올건조엑스(5.5~6.6→1)",
        "육계70%에탄올틴크(1→5)",
        "아세트산메게스트롤",
    ],
)
def test_the_drug_itself_is_no_mixture(name: str) -> None:
    assert mixture(name, "mg") is None


@pytest.mark.parametrize("unit", ["IU", "unit", "%", "mEq", "mg/mL", "어떤단위", ""])
def test_what_no_mixture_is_measured_in_counts_the_drug(unit: str) -> None:
    assert mixture("에르고칼시페롤과립", unit) is None


@pytest.mark.parametrize(
    ("value", "unit", "basis"),
    [
        ("8100", "g", None),
        ("1000", "g", None),
        ("1.5", "kg", ""),
        ("600", "mg", "1정 (260 mg) 중"),
        ("500", "g", "이 약 1정(약 700밀리그램) 중"),
        ("650", "g", "100밀리리터 중"),
        ("50", "kg", "1,000mL 중"),
    ],
)
def test_more_than_what_it_is_in_cannot_be(value: str, unit: str, basis: str | None) -> None:
    assert impossible(Amount(value=value, unit=unit), basis)


@pytest.mark.parametrize(
    ("value", "unit", "basis"),
    [
        ("650", "g", None),  # a bag of sodium bicarbonate for dialysis
        ("999.9", "g", None),
        ("2148", "g", "10 L 중"),
        ("50", "g", "1000밀리리터"),
        ("260", "mg", "1정 (260 mg) 중"),
        ("1.193", "g", "1바이알 (1 g) 중"),
        ("600", "mg", "1정(250 mg(역가)) 중"),
        ("5", "g", "100 mL(2 g/포) 중"),
        ("5000", "g", "1포 중"),
        ("900000", "IU", None),
        ("9000", "mL", None),
        ("99", "%", "1 g 중"),
        ("3", "g", "비타민B1 1정 중"),
    ],
)
def test_what_may_be_right_is_not_doubted(value: str, unit: str, basis: str | None) -> None:
    assert not impossible(Amount(value=value, unit=unit), basis)


@given(st.decimals("0.001", 500, places=3), st.decimals(1, 1000, places=3))
def test_a_part_is_never_doubted(part: float, whole: float) -> None:
    amount = Amount(value=str(min(part, whole)), unit="mg")

    assert not impossible(amount, f"이 약 1정({whole}밀리그램) 중")
