"""The documentation of the API as a page of our own: no other site's files, no script."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pillnuts.kernel.web import page

pages = APIRouter(include_in_schema=False)


@pages.get("/docs")
async def docs(request: Request) -> Response:
    """Every call of the API, its parameters, its answers and their shapes."""
    schema = request.app.openapi()
    calls = [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation.get("summary", ""),
            "description": operation.get("description", ""),
            "parameters": [{"description": "", **parameter} for parameter in operation.get("parameters", ())],
            "answers": _answers(operation["responses"]),
        }
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    shapes = {
        name: {"description": shape.get("description", ""), "fields": _fields(shape)}
        for name, shape in schema.get("components", {}).get("schemas", {}).items()
    }
    return page(request, "docs.html", info=schema["info"], calls=calls, shapes=shapes, type_of=type_of)


def type_of(schema: dict[str, Any]) -> str:
    """What a JSON schema allows, in a few words: `string`, `Amount | null`, `array of Section`."""
    match schema:
        case {"$ref": str(reference)}:
            words = reference.rpartition("/")[2]
        case {"anyOf": list(several)} | {"oneOf": list(several)}:
            words = " | ".join(dict.fromkeys(type_of(one) for one in several))
        case {"enum": list(values)}:
            words = " | ".join(f'"{value}"' for value in values)
        case {"const": value}:
            words = f'"{value}"'
        case {"type": "array", "items": dict(items)} if items:
            words = f"array of {type_of(items)}"
        case {"additionalProperties": dict(values)}:
            words = f"object of {type_of(values)}"
        case _:
            words = str(schema.get("type", "any"))
    return words


def _answers(responses: dict[str, Any]) -> list[dict[str, str]]:
    answers = []
    for status, response in responses.items():
        for media, content in response.get("content", {"": {}}).items():
            answers.append(
                {
                    "status": status,
                    "media": media,
                    "shape": type_of(content.get("schema", {"type": ""})),
                    "description": response.get("description", ""),
                }
            )
    return answers


def _fields(shape: dict[str, Any]) -> list[dict[str, Any]]:
    required = shape.get("required", ())
    return [
        {
            "name": name,
            "type": type_of(field),
            "required": name in required,
            "description": field.get("description", ""),
        }
        for name, field in shape.get("properties", {}).items()
    ]
