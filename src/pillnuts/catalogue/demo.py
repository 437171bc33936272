"""The built-in demo catalogue (`data/demo.toml`, `data/demo/`), in the same statements as the ministry's."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from pillnuts.catalogue import parse
from pillnuts.catalogue.cells import looks
from pillnuts.catalogue.gathered import Gathered
from pillnuts.catalogue.identity import Group
from pillnuts.catalogue.merge import Origin
from pillnuts.catalogue.parse import Material
from pillnuts.catalogue.report import FileReport, Report
from pillnuts.catalogue.shapes import Caution, Recall
from pillnuts.catalogue.statements import Grouped, NamedList, Noted, Recalled, Said, Statement

TITLE = "필넛츠 데모 자료"
_DATA = files("pillnuts.catalogue") / "data"
_PLAIN = (
    "name name_en maker maker_en etc_otc class_code class_name form permit_date permit_kind "
    "status status_date origin storage valid_term"
).split()


def gathered(report: Report) -> Gathered:
    """Gather the demo catalogue as if it had been read from files."""
    head = _toml(_DATA / "demo.toml")
    origin = Origin(TITLE, head["as_of"], rank=0)
    found = Gathered()
    for substance in head["substance"]:
        found.take(Grouped(_group(substance)), origin)
    for file in sorted((_DATA / "demo").iterdir(), key=lambda file: file.name):
        records = _toml(file)["product"]
        for record in records:
            for statement in _statements(record, origin):
                found.take(statement, origin)
        count = len(records)
        report.files.append(
            FileReport(name=file.name, dataset=TITLE, date=origin.date, read=count, accepted=count)
        )
        report.read += count
        report.accepted += count
    return found


def _toml(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))


def _group(substance: dict[str, Any]) -> Group:
    members = tuple((member.get("code"), member["name"]) for member in substance["members"])
    # A substance without a DUR code of the ministry is known by its first member's.
    code = substance.get("code") or next((code for code, _ in members if code), substance["name"])
    return Group(code=code, name=substance["name"], name_en=substance.get("name_en"), members=members)


def _statements(record: dict[str, Any], origin: Origin) -> Iterator[Statement]:
    item_seq: str = record["item_seq"]
    fields: dict[str, object] = {name: record[name] for name in _PLAIN if name in record}
    fields |= looks(**{k: tuple(v) if isinstance(v, list) else v for k, v in record.get("pill", {}).items()})
    fields |= {f"easy.{key}": text for key, text in record.get("text", {}).items()}
    if "atc" in record:
        fields["atc"] = tuple(record["atc"])
    if record.get("new_drug"):
        fields["new_drug"] = True
    if "additives" in record:
        names = tuple(record["additives"])
        fields["additives"] = NamedList(names, (None,) * len(names))
    fields["materials"] = tuple(_material(active, record.get("basis")) for active in record["active"])
    yield Said(item_seq, fields)
    for dur in record.get("dur", ()):
        caution = Caution(
            kind=dur["kind"],
            ingredient=dur.get("ingredient"),
            text=dur["text"],
            source=TITLE,
            date=origin.date,
        )
        yield Noted(item_seq, caution)
    for recall in record.get("recall", ()):
        yield Recalled(
            item_seq,
            Recall(
                reason=recall["reason"], enforced=recall.get("enforced"), source=TITLE, date=recall["date"]
            ),
        )


def _material(active: dict[str, Any], basis: str | None) -> Material:
    counted = active.get("equivalent")
    return Material(
        total=basis,
        formulation=active.get("formulation"),
        name=active["name"],
        quantity=parse.quantity(active.get("amount", ""), active.get("unit", "")),
        equivalent=(counted["name"], parse.quantity(counted["amount"], counted["unit"])) if counted else None,
    )
