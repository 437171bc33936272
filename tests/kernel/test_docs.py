import httpx
import pytest

from pillnuts.kernel.docs import type_of


async def test_the_documentation_is_a_page_of_our_own(ask: httpx.AsyncClient) -> None:
    answer = await ask.get("/docs")

    assert answer.status_code == 200
    assert "/api/v1/toys/{name}" in answer.text
    assert "Find toys." in answer.text
    assert "https://" not in answer.text
    assert "style=" not in answer.text


async def test_errors_are_described_as_problems(ask: httpx.AsyncClient) -> None:
    schema = (await ask.get("/openapi.json")).json()
    responses = schema["paths"]["/api/v1/toys"]["get"]["responses"]

    assert set(responses["422"]["content"]) == {"application/problem+json"}
    assert set(responses["default"]["content"]) == {"application/problem+json"}
    assert "HTTPValidationError" not in schema["components"]["schemas"]
    assert {"type", "title", "status", "code", "detail"} <= set(
        schema["components"]["schemas"]["Problem"]["properties"]
    )


async def test_only_the_api_is_described(ask: httpx.AsyncClient) -> None:
    schema = (await ask.get("/openapi.json")).json()

    assert all(path.startswith("/api/v1/") for path in schema["paths"])


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"$ref": "#/components/schemas/Amount"}, "Amount"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"enum": ["a", "b"]}, '"a" | "b"'),
        ({"const": "a"}, '"a"'),
        ({"type": "array", "items": {"type": "integer"}}, "array of integer"),
        ({"type": "array", "items": {}}, "array"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "object of string"),
        ({}, "any"),
    ],
)
def test_a_type_is_put_into_words(schema: dict[str, object], words: str) -> None:
    assert type_of(schema) == words
