"""An import that cannot be taken says what to do, and counts what it leaves out."""

from pathlib import Path

import pytest

from pillnuts.catalogue import ingest
from pillnuts.catalogue.glossary import Glossary
from pillnuts.catalogue.report import Report
from tests.catalogue import ministry
from tests.catalogue.conftest import Import

LIMIT = {"CPNT_CD": "M900001", "DRUG_CPNT_KOR_NM": "가나펜", "DAY_MAX_DOSG_QY": "0", "FOML_NM": "나정"}


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ingest.ImportRefusedError, match="nowhere"):
        ingest.read([tmp_path / "nowhere"], Report())


def test_files_that_tell_of_no_product_are_no_catalogue(tmp_path: Path) -> None:
    ministry.table(tmp_path / "limits.csv", [LIMIT])
    with pytest.raises(ingest.ImportRefusedError, match="하나도 없습니다"):
        ingest.read([tmp_path], Report())


def test_an_empty_folder_is_no_catalogue(tmp_path: Path) -> None:
    with pytest.raises(ingest.ImportRefusedError, match="하나도 없습니다"):
        ingest.read([tmp_path], Report())


def test_rows_of_no_use_and_products_without_a_name_are_counted(files: Path) -> None:
    ministry.table(files / "limits.csv", [LIMIT])
    ministry.table(
        files / "more.csv",
        [{"ITEM_SEQ": "202099999", "MTRAL_NM": "가나펜", "QNT": "3", "INGD_UNIT_CD": "밀리그램"}],
    )
    report = Report()
    ingest.prepare(ingest.read([files], report), Glossary(), report)
    assert report.left_out["1일 최대투여량이 0인 행"] == 1
    assert report.left_out["이름을 아는 파일이 없는 품목"] == 1
    assert report.accepted + sum(sum(file.left_out.values()) for file in report.files) == report.read


def test_a_row_cut_short_in_the_middle_is_left_out_and_named(files: Path) -> None:
    path = files / "easy.csv"
    path.write_text(
        "itemSeq,itemName,efcyQesitm\n202000011,봄정,두통\n202000012\n202000013,봄약,복통\n", "utf-8"
    )
    report = Report()
    gathered = ingest.read([files], report)
    assert {"202000011", "202000013"} <= {told.item_seq for told in gathered.products()}
    assert report.left_out["값이 잘못된 행"] == 1
    assert report.impossible["itemName: 없는 칸입니다."].examples == ["202000012 ‘’"]


def test_the_same_release_forced_again_is_still_the_same(files: Path) -> None:
    one, other = Report(), Report()
    digests = {ingest.prepare(ingest.read([files], r), Glossary(), r).digest for r in (one, other)}
    assert len(digests) == 1
    assert one == other


def test_progress_is_told_file_by_file(files: Path) -> None:
    told: list[tuple[str, float]] = []
    report = Report()
    ingest.read([files], report, lambda step, share: told.append((step, share)))
    assert [step for step, _ in told] == [file.name for file in report.files]
    assert all(0 <= share <= 1 for _, share in told)


async def test_a_character_that_no_database_holds_is_dropped(import_: Import, files: Path) -> None:
    ministry.answer(files / "odd.json", [ministry.permit("202000011", "봄\0비정", CHART="흰\0색")])
    release = await import_([files])
    assert release is not None
    assert release.product_count == 4
