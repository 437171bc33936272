"""What an import did: read, taken, merged, left out and why, and what the catalogue covers (pure)."""

from collections import Counter
from collections.abc import Iterable

from pydantic import BaseModel, Field

from pillnuts.catalogue import units
from pillnuts.catalogue.parse import ParseError
from pillnuts.catalogue.shapes import Product
from pillnuts.catalogue.statements import Misdated, Unread

EXAMPLES = 5


class Oddity(BaseModel):
    """Something the ministry wrote that Pillnuts does not know, with where it stood."""

    count: int = 0
    examples: list[str] = Field(default_factory=list)

    def add(self, example: str) -> None:
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(example)


class FileReport(BaseModel):
    name: str
    dataset: str
    date: str | None
    read: int = 0
    accepted: int = 0
    left_out: dict[str, int] = Field(default_factory=dict)

    folder: str = ""
    """Where it is one of many pages; those of one folder are reported together."""


def grouped(files: Iterable[FileReport]) -> list[FileReport]:
    """Put the pages of one folder, data set and day together.

    A folder's pages without a row, the one behind the last among them, are told where there is nothing else.
    """
    reports = list(files)
    filled = {file.folder for file in reports if file.folder and file.read}
    found: list[FileReport] = []
    pages: dict[tuple[str, str, str | None], list[FileReport]] = {}
    for file in reports:
        if file.folder in filled and not file.read:
            continue
        if not file.folder:
            found.append(file)
            continue
        same = pages.setdefault((file.folder, file.dataset, file.date), [])
        same.append(file)
        if len(same) == 1:
            found.append(file)
    return [_together(pages.get((f.folder, f.dataset, f.date), [f])) if f.folder else f for f in found]


def _together(pages: list[FileReport]) -> FileReport:
    first = pages[0]
    left_out: Counter[str] = Counter()
    for page in pages:
        left_out.update(page.left_out)
    return FileReport(
        name=f"{first.folder} ({len(pages):,}쪽)",
        dataset=first.dataset,
        date=first.date,
        read=sum(page.read for page in pages),
        accepted=sum(page.accepted for page in pages),
        left_out=dict(left_out),
        folder=first.folder,
    )


class Skipped(BaseModel):
    name: str
    reason: str


class Coverage(BaseModel):
    """Of how many products something is known."""

    products: int = 0
    on_market: int = 0
    ingredients: int = 0
    all_ingredients: int = 0
    amounts: int = 0
    additives: int = 0
    images: int = 0
    classes: int = 0
    plain_texts: int = 0
    labels: int = 0
    cautions: int = 0
    recalls: int = 0
    substances: int = 0


def known_of(product: Product) -> dict[str, bool]:
    """Tell what is known of a product, by the names in `Coverage`."""
    active = [i for i in product.ingredients if i.role == "active"]
    return {
        "products": True,
        "on_market": not product.withdrawn,
        "ingredients": bool(active),
        "all_ingredients": bool(active) and product.ingredients_complete,
        "amounts": any(i.amount for i in active),
        "additives": product.additives_known,
        "images": product.image_url is not None,
        "classes": product.class_name is not None,
        "plain_texts": any(s.plain_language for s in product.sections),
        "labels": any(not s.plain_language for s in product.sections),
        "cautions": bool(product.cautions),
        "recalls": bool(product.recalls),
    }


class Report(BaseModel):
    files: list[FileReport] = Field(default_factory=list)
    skipped: list[Skipped] = Field(default_factory=list)
    """Files in a folder that are no data set of ours."""
    read: int = 0
    accepted: int = 0
    merged: int = 0
    """Rows that spoke of a product another row had spoken of already."""
    left_out: dict[str, int] = Field(default_factory=dict)
    impossible: dict[str, Oddity] = Field(default_factory=dict)
    """Rows with an impossible value, by field and reason."""
    unread: dict[str, Oddity] = Field(default_factory=dict)
    """Label documents that cannot be read, by field and reason; the rest of their rows was taken."""
    misdated: dict[str, Oddity] = Field(default_factory=dict)
    """Warnings with a day that cannot be, by field and reason; they were taken without it."""
    kept: Oddity = Field(default_factory=Oddity)
    """What the release before has in place of something unreadable."""
    unknown_units: dict[str, Oddity] = Field(default_factory=dict)
    impossible_amounts: Oddity = Field(default_factory=Oddity)
    """Amounts that cannot be (see `doubts`); they are shown as words."""
    coverage: Coverage = Field(default_factory=Coverage)
    added: int = 0
    removed: int = 0
    seconds: float = 0

    def leave_out(self, file: FileReport, reason: str) -> None:
        for counts in (self.left_out, file.left_out):
            counts[reason] = counts.get(reason, 0) + 1

    def refuse(self, file: FileReport, row_name: str, error: ParseError) -> None:
        """Count a row with an impossible value, and keep its item code and text as an example."""
        self.leave_out(file, "값이 잘못된 행")
        oddity = self.impossible.setdefault(f"{error.field}: {error.reason}", Oddity())
        oddity.add(f"{row_name} ‘{error.text[:60]}’")

    def note_unread(self, document: Unread) -> None:
        """Count a label document that cannot be read, and keep its item code as an example."""
        self.unread.setdefault(f"{document.field}: {document.reason}", Oddity()).add(document.item_seq)

    def note_day(self, day: Misdated) -> None:
        oddity = self.misdated.setdefault(f"{day.field}: {day.reason}", Oddity())
        oddity.add(f"{day.name} ‘{day.text[:60]}’")

    def note_unit(self, unit: str, item_seq: str) -> None:
        if unit and not units.is_known(unit):
            self.unknown_units.setdefault(unit, Oddity()).add(item_seq)

    def note_amount(self, item_seq: str, said: str) -> None:
        self.impossible_amounts.add(f"{item_seq} {said}")
