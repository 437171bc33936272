"""Identity over every name in the ministry's files."""

import csv
import itertools
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pillnuts.catalogue import shapes
from pillnuts.catalogue.identity import Group, Identity, Sighting, gather
from pillnuts.catalogue.parse import active_list, coded_names, name_list
from pillnuts.catalogue.source import read
from tests.catalogue.identity_cases import APART, SAME, rows

MFDS = Path(__file__).resolve().parents[3] / "shared" / "mfds"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not MFDS.is_dir(), reason="the ministry's files are not beside the project"),
]

# One plain name each; no two of them are the same medicine or additive.
CLEARLY_DIFFERENT = (
    "아세트아미노펜 이부프로펜 덱시부프로펜 나프록센 아스피린 케토프로펜 덱스케토프로펜 디클로페낙 "
    "아세클로페낙 멜록시캄 피록시캄 세레콕시브 트라마돌 모르핀 코데인 디히드로코데인 옥시코돈 펜타닐 "
    "세티리진 레보세티리진 로라타딘 데스로라타딘 펙소페나딘 클로르페니라민 덱스클로르페니라민 "
    "브롬페니라민 디펜히드라민 슈도에페드린 에페드린 메틸에페드린 페닐레프린 덱스트로메토르판 "
    "구아이페네신 암브록솔 브롬헥신 아세틸시스테인 오메프라졸 에스오메프라졸 란소프라졸 판토프라졸 "
    "라베프라졸 파모티딘 라니티딘 메토클로프라미드 돔페리돈 로페라미드 비사코딜 센노사이드 시메티콘 "
    "암로디핀 에스암로디핀 니페디핀 레르카니디핀 로사르탄 발사르탄 텔미사르탄 칸데사르탄 이르베사르탄 "
    "올메사르탄 에날라프릴 캅토프릴 라미프릴 페린도프릴 아테놀롤 메토프로롤 프로프라놀롤 카르베딜롤 "
    "히드로클로로티아지드 푸로세미드 스피로노락톤 심바스타틴 아토르바스타틴 로수바스타틴 프라바스타틴 "
    "메트포르민 글리메피리드 시타글립틴 인슐린 인슐린글라진 인슐린아스파트 와르파린 리바록사반 "
    "클로피도그렐 디곡신 메틸디곡신 아목시실린 암피실린 세파클러 세파드록실 에리트로마이신 "
    "클래리트로마이신 아지트로마이신 독시사이클린 시프로플록사신 레보플록사신 오플록사신 아시클로버 "
    "발라시클로비르 플루코나졸 이트라코나졸 프레드니솔론 메틸프레드니솔론 덱사메타손 베타메타손 "
    "히드로코르티손 테스토스테론 메틸테스토스테론 에스트라디올 졸피뎀 디아제팜 알프라졸람 플루옥세틴 "
    "파록세틴 에스시탈로프람 티아민질산염 리보플라빈 피리독신 시아노코발라민 아스코르브산 콜레칼시페롤 "
    "레티놀 베타카로틴 토코페롤 폴산 니코틴산아미드 염화나트륨 염화칼륨 염화칼슘 탄산칼슘 산화마그네슘 "
    "황산마그네슘 유당 유당·미결정셀룰로오스과립 미결정셀룰로오스 스테아르산마그네슘 스테아르산 "
    "옥수수전분 젤라틴 에탄올 글리세린 카페인 테오필린 니트로글리세린 이소소르비드 "
    "이소소르비드일질산염 이소소르비드이질산염 황색4호 황색5호 엘-아르기닌 대두유 정제수"
).split()


def _groups(path: Path) -> Iterator[Group]:
    for row in read(path).rows:
        for side in ("", "MIXTURE_"):
            if row.get(f"{side}MIX_TYPE") == "단일" and (code := row.get(f"{side}INGR_CODE")):
                name = row.get(f"{side}INGR_NAME") or row.get(f"{side}INGR_KOR_NAME") or ""
                members = row.get(f"{side}ORI_INGR") or row.get(f"{side}ORI") or ""
                yield Group(code, name, row.get(f"{side}INGR_ENG_NAME"), coded_names(members))
        if row.get("단일복합구분코드") == "단일":
            yield Group(
                row["DUR성분코드"], row["DUR성분명"], row["DUR성분명영문"], coded_names(row["관계성분"])
            )


def _table() -> Iterator[Group]:
    for row in _rows("drug_max_dosage.csv"):
        code, name = row["CPNT_CD"], row["DRUG_CPNT_KOR_NM"]
        yield Group(code, name, row["DRUG_CPNT_ENG_NM"], ((code, name),))


def _rows(name: str) -> list[dict[str, str]]:
    with (MFDS / "other" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _sightings() -> Iterator[Sighting]:
    seen = Counter[tuple[str, str | None, shapes.Role]]()
    for row in _rows("main_ingredient_rows.csv"):
        seen[row["MTRAL_NM"], None, "active"] += 1
    for path in sorted((MFDS / "product_list").iterdir()):
        for line in read(path).rows:
            if line["품목구분"] == "의약품":
                seen.update((name, None, "active") for name in active_list(line["주성분"]))
                seen.update((name, None, "additive") for name in name_list(line["첨가제"]))
    for line in read(MFDS / "permit_detail" / "getDrugPrdtPrmsnDtlInq06.json").rows:
        seen.update((name, code, "active") for code, name in coded_names(line["MAIN_ITEM_INGR"]))
        seen.update((name, code, "additive") for code, name in coded_names(line["INGR_NAME"] or ""))
    for (name, code, role), count in seen.items():
        yield Sighting(name, code, None, role, count)


@pytest.fixture(scope="module")
def evidence() -> tuple[list[Sighting], list[Group]]:
    paths = sorted((MFDS / "dur_ingredient").iterdir())
    return list(_sightings()), [*(group for path in paths for group in _groups(path)), *_table()]


@pytest.fixture(scope="module")
def known(evidence: tuple[list[Sighting], list[Group]]) -> Identity:
    return gather(*evidence)


def test_no_substance_holds_two_that_are_clearly_different(known: Identity) -> None:
    pairs = itertools.combinations(CLEARLY_DIFFERENT, 2)

    assert [pair for pair in pairs if known.id_of(pair[0]) == known.id_of(pair[1])] == []
    assert len(set(CLEARLY_DIFFERENT)) >= 140


@pytest.mark.parametrize("names", rows(APART), ids=lambda names: names[0])
def test_different_substances_stay_apart_among_all_names(known: Identity, names: tuple[str, ...]) -> None:
    assert len({known.id_of(name) for name in names}) == len(names)


@pytest.mark.parametrize("names", rows(SAME), ids=lambda names: names[0])
def test_names_of_one_substance_meet_where_the_files_have_them(
    known: Identity, names: tuple[str, ...]
) -> None:
    listed = {name for substance in known.substances.values() for name in substance.names}

    assert len({known.id_of(name) for name in names if name in listed}) <= 1


def test_the_figures_are_of_the_known_size(known: Identity) -> None:
    sizes = sorted((len(one.names) for one in known.substances.values()), reverse=True)

    assert 10_000 <= sum(sizes) <= 12_000
    assert 6_500 <= len(sizes) <= 7_700
    assert sum(id_.startswith("D") for id_ in known.substances) >= 1_380
    assert sum(size > 1 for size in sizes) >= 1_500


def test_no_substance_grows_beyond_the_spellings_of_one(known: Identity) -> None:
    largest = max(known.substances.values(), key=lambda one: len(one.names))

    assert len(largest.names) <= 60, largest.name
    assert all(sum(code.startswith("D") for code in one.codes) <= 4 for one in known.substances.values())


def test_each_dur_code_is_one_substance(known: Identity) -> None:
    codes = [code for one in known.substances.values() for code in one.codes if code.startswith("D")]

    assert [code for code, count in Counter(codes).items() if count > 1] == []


def test_lactose_blends_contain_lactose(known: Identity) -> None:
    lactose = known.id_of("유당")

    for blend in (
        "셀락토스",
        "셀룰로오스유당분말",
        "니트로글리세린10%유당",
        "유당미결정셀룰로오스25",
        "흑색산화철:유당",
    ):
        assert known.id_of(blend) != lactose
        assert lactose in known.substances[known.id_of(blend)].contains


def test_gathering_and_asking_are_fast(evidence: tuple[list[Sighting], list[Group]]) -> None:
    start = time.process_time()
    known = gather(*evidence)
    gathered = time.process_time()
    for seen in evidence[0]:
        known.id_of(seen.name, seen.code)
    asked = time.process_time()

    assert gathered - start < 10  # 1 s without a coverage tracer; anything quadratic takes minutes
    assert (asked - gathered) / len(evidence[0]) < 50e-6
