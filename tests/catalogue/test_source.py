"""Files are known by what is in them, and refused by name with the reason."""

import gzip
from pathlib import Path

import pytest

from pillnuts.catalogue import source
from tests.catalogue import ministry

ROWS = [ministry.listed("202012345", "새봄정"), ministry.listed("202012346", "새봄캡슐", 주성분="가루, 나루")]
EASY = {"품목일련번호": "202012345", "제품명": "새봄정", "이 약의 효능은 무엇입니까?": "두통에 씁니다."}
PILL = {"ITEM_SEQ": "202012345", "ITEM_NAME": "새봄정", "ITEM_IMAGE": "", "DRUG_SHAPE": "원형"}


def title(path: Path) -> str:
    return source.read(path).dataset.title


def test_a_spreadsheet_is_read_under_any_name(tmp_path: Path) -> None:
    made = source.read(ministry.xlsx(tmp_path / "list.xls", ROWS))
    assert made.dataset.title == "식약처 의약품등제품정보목록"
    assert [row["제품명"] for row in made.rows] == ["새봄정", "새봄캡슐"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_every_encoding_of_the_ministry_is_read(tmp_path: Path, encoding: str) -> None:
    made = source.read(ministry.table(tmp_path / "pill.csv", [PILL], encoding))
    assert made.dataset.title == "식약처 낱알식별정보"
    assert made.rows[0]["DRUG_SHAPE"] == "원형"


def test_quoting_is_off_where_quotes_stand_bare(tmp_path: Path) -> None:
    path = tmp_path / "rules.csv"
    path.write_text(
        'TYPE_NAME,INGR_CODE,ORI_INGR,\n용량주의,D000001,"가루,\n용량주의,D000002,나"루,\n', "utf-8"
    )
    assert [row["ORI_INGR"] for row in source.read(path).rows] == ['"가루', '나"루']


@pytest.mark.parametrize(
    "items",
    [
        [ministry.permit("202012345", "새봄정")],
        [{"item": ministry.permit("202012345", "새봄정")}],
        {"item": ministry.permit("202012345", "새봄정")},
        {"item": [ministry.permit("202012345", "새봄정")]},
    ],
)
def test_every_envelope_of_the_gateway_is_read(tmp_path: Path, items: object) -> None:
    made = source.read(ministry.answer(tmp_path / "a.json", items))
    assert made.dataset.title == "식약처 의약품 제품 허가정보"
    assert made.rows[0]["ITEM_NAME"] == "새봄정"


@pytest.mark.parametrize("items", [None, [], ""])
def test_an_answer_without_items_is_read_as_nothing(tmp_path: Path, items: object) -> None:
    assert not source.read(ministry.answer(tmp_path / "a.json", items)).rows


def test_xml_keeps_a_label_that_stands_as_elements(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(
        "<response><body><items><item><ITEM_SEQ>202012345</ITEM_SEQ><MATERIAL_NAME/><MAIN_ITEM_INGR/>"
        "<EE_DOC_DATA><DOC title='효능효과'><SECTION title=''/></DOC></EE_DOC_DATA>"
        "</item></items></body></response>",
        "utf-8",
    )
    assert source.read(path).rows[0]["EE_DOC_DATA"].startswith("<DOC")


def test_a_compressed_answer_is_read_as_the_answer_in_it(tmp_path: Path) -> None:
    plain = ministry.answer(tmp_path / "a.json", [ministry.permit("202012345", "새봄정")])
    packed = tmp_path / "2026-11-20_00001.json.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))

    assert source.read(packed).rows == source.read(plain).rows
    assert source.read(packed).date == "2026-11-20"


def test_an_error_of_the_gateway_is_no_data(tmp_path: Path) -> None:
    with pytest.raises(source.ForeignFileError, match="resultCode 22"):
        source.read(ministry.answer(tmp_path / "a.json", [], code="22"))


def test_the_day_of_a_file_is_in_its_name_or_else_in_its_rows(tmp_path: Path) -> None:
    by_name = ministry.xlsx(tmp_path / "의약품등제품정보목록_202507.xlsx", ROWS)
    by_row = ministry.answer(
        tmp_path / "a.json", [ministry.permit("202012345", "새봄정", CHANGE_DATE="20240522")]
    )
    nowhere = ministry.table(tmp_path / "easy.csv", [EASY])
    assert [source.read(p).date for p in (by_name, by_row, nowhere)] == ["2025-07", "2024-05-22", None]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.csv", b"", "빈 파일"),
        ("blank.csv", b" \n\n", "빈 파일"),
        ("cut.json", b'{"header": {"resultCode": "00"}, "body": {"items": [{"ITEM_S', "잘렸거나"),
        ("cut.csv", "ITEM_SEQ,ITEM_IMAGE,DRUG_SHAPE\n202012345,a,원형\n2020".encode(), "잘려"),
        ("cell.csv", "ITEM_SEQ,ITEM_IMAGE,DRUG_SHAPE\n202012345,a,원형\n202012346,a,원".encode(), "잘려"),
        ("quoted.csv", b'ITEM_SEQ,ITEM_IMAGE,DRUG_SHAPE\n"202012345","a","b"\n"202012346","a","b\n', "잘려"),
        ("header.csv", b"ITEM_SEQ,ITEM_IMAGE,DRUG_SHAPE\n", "자료가 없습니다"),
        ("cut.xlsx", b"PK\x03\x04\x14\x00\x06\x00 and no more", "깨졌거나"),
        ("cut.json.gz", gzip.compress(b'{"header": {}}')[:-9], "압축이"),
        ("cut.xml", b"<response><body><items><item>", "잘렸거나"),
        ("bytes.csv", b"\xff\xfe\xfa\xfb\x81 not text", "글자를 읽을 수 없습니다"),
        (
            "locked.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "암호",
        ),
    ],
)
def test_a_bad_file_is_named_with_its_reason(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(source.BadFileError, match=reason) as refused:
        source.read(tmp_path / name)
    assert refused.value.name == name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("poem.csv", "봄이,오면,산에\n들에,진달래,피네\n".encode()),
        ("prose.csv", "쉼표 없는 글입니다.\n".encode()),
        ("other.json", b'[{"a": 1}]'),
        ("shape.json", b'{"a": {"b": {"c": []}}}'),
        ("page.xml", b"<html><body><p>x</body></html>"),
        ("feed.xml", b"<rss></rss>"),
        ("image.csv", b"GIF89a\x00\x00\x00"),
    ],
)
def test_a_foreign_file_is_told_from_a_bad_one(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(source.ForeignFileError):
        source.read(tmp_path / name)


def test_a_folder_gives_its_files_in_order_and_without_notes(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "README.md", ".hidden.csv"):
        (tmp_path / name).write_text("x", "utf-8")
    assert [(path.name, named) for path, named in source.files([tmp_path])] == [
        ("a.csv", False),
        ("b.csv", False),
    ]


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(source.BadFileError, match="없습니다"):
        source.files([tmp_path / "nowhere"])
