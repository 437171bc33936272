"""The parameters of a search, as they stand in an address, and addresses made from them."""

from typing import Annotated, Any, Final
from urllib.parse import urlencode

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from pillnuts.catalogue.shapes import Role
from pillnuts.kernel.errors import Invalid
from pillnuts.search.found import Query
from pillnuts.search.shapes import By, Otc, Sort

LONGEST: Final = 100
"""Characters in a query."""
LONGEST_CHOICE: Final = 200
"""Characters in the value of a filter; every link of the page repeats it."""
LAST_PAGE: Final = 1_000_000
DEFAULT_SIZE: Final = 20
MAX_SIZE: Final = 100


def _unset(value: Any) -> Any:
    """A form sends `otc=` for a filter that nobody chose."""
    return None if value == "" else value


_OTC: Final = {"": None} | {word: kind for kind in Otc for word in (kind.value, f"{kind.value}의약품")}
"""The long names too, as products carry them; and a form's `otc=` for a filter that nobody chose."""


def _otc(value: Any) -> Any:
    return _OTC.get(value, value) if isinstance(value, str) else value


_TEXT: Final[dict[str, Any]] = {"maxLength": LONGEST}


class Typed(BaseModel):
    """A query that is being typed."""

    model_config = ConfigDict(frozen=True)

    q: str = Field(
        "", description=f"찾는 말. {LONGEST}자까지", json_schema_extra=_TEXT, examples=["타이레놀"]
    )

    def checked(self) -> str:
        """The query. Raises Invalid when it is too long to be one."""
        if len(self.q) > LONGEST:
            raise Invalid("query_too_long", f"찾는 말은 {LONGEST}자까지 쓸 수 있습니다. 짧게 줄여 주세요.")
        return self.q


class SuggestAsked(Typed):
    limit: int = Field(8, ge=1, le=20, description="몇 개까지")


class IngredientsAsked(Typed):
    role: Role | None = Field(None, description="주성분 또는 첨가제")
    limit: int = Field(8, ge=1, le=50, description="몇 개까지")


class SearchAsked(Typed):
    by: By = Field(By.ALL, description="어디에서 찾을지")
    sort: Sort = Field(Sort.POPULAR, description="차례")
    otc: Annotated[
        Otc | None, BeforeValidator(_otc), WithJsonSchema({"type": "string", "enum": list(_OTC)})
    ] = Field(None, description="일반·전문 의약품")
    class_: Annotated[str | None, BeforeValidator(_unset)] = Field(
        None, alias="class", max_length=LONGEST_CHOICE, description="약효분류 이름"
    )
    form: Annotated[str | None, BeforeValidator(_unset)] = Field(
        None, max_length=LONGEST_CHOICE, description="제형"
    )
    maker: Annotated[str | None, BeforeValidator(_unset)] = Field(
        None, max_length=LONGEST_CHOICE, description="업체 이름"
    )
    image: bool = Field(default=False, description="사진이 있는 것만")
    withdrawn: bool = Field(default=False, description="허가가 끝난 의약품도 함께")
    page: int = Field(1, ge=1, le=LAST_PAGE, description="쪽, 1부터")
    size: int = Field(DEFAULT_SIZE, ge=1, le=MAX_SIZE, description="한 쪽에 몇 개")

    def query(self, *, facets: bool = False) -> Query:
        return Query(
            q=self.checked(),
            by=self.by,
            sort=self.sort,
            otc=self.otc,
            class_=self.class_,
            form=self.form,
            maker=self.maker,
            image=self.image,
            withdrawn=self.withdrawn,
            page=self.page,
            size=self.size,
            facets=facets,
        )

    def parameters(self, **changes: object) -> list[tuple[str, str]]:
        """Names and values for an address, without those that are as they would be anyway.

        A change of anything but the page leads to the first page.
        """
        values = {**self.model_dump(by_alias=True), "page": 1, **changes}
        defaults = {field.alias or name: field.default for name, field in SearchAsked.model_fields.items()}
        changed = {
            name: value for name, value in values.items() if value != defaults[name] and value is not None
        }
        return [(name, "true" if value is True else str(value)) for name, value in changed.items()]

    def url(self, **changes: object) -> str:
        query = urlencode(self.parameters(**changes))
        return f"/search?{query}" if query else "/search"
