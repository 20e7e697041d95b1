"""LINE's OpenAPI description as JSON Schema, discriminators included.

`openapi/` holds LINE's own files, unchanged, under their own licence (openapi/LICENSE).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from ruamel.yaml import YAML

_FILES = Path(__file__).parent / "openapi"
_PREFIX = "#/components/schemas/"


def problems(description: str, schema: str, instance: object) -> list[str]:
    """What is wrong with `instance` as a `schema` of a description (messaging-api, webhook).

    Each is `$.path.to[0].value: what is wrong`.
    """
    errors = _validator(description, schema).iter_errors(instance)
    return [f"{error.json_path}: {error.message}" for error in errors]


def event_types() -> frozenset[str]:
    """The types of webhook events that the description knows."""
    return frozenset(_document("webhook")["components"]["schemas"]["Event"]["discriminator"]["mapping"])


@cache
def _validator(description: str, schema: str) -> jsonschema.Draft202012Validator:
    name = f"urn:line:{description}"
    resource = DRAFT202012.create_resource(_document(description))
    # The crawled registry resolves a reference once; without it every call reads the whole description.
    registry: Registry[Any] = Registry().with_resource(name, resource).crawl()
    return jsonschema.Draft202012Validator({"$ref": f"{name}{_PREFIX}{schema}"}, registry=registry)


@cache
def _document(description: str) -> dict[str, Any]:
    document: dict[str, Any] = YAML(typ="safe").load(_FILES / f"{description}.yml")
    schemas: dict[str, Any] = document["components"]["schemas"]
    mappings = {name: s["discriminator"] for name, s in schemas.items() if "discriminator" in s}
    parents = {
        target.removeprefix(_PREFIX): name
        for name, discriminator in mappings.items()
        for target in discriminator["mapping"].values()
    }
    for name, schema in list(schemas.items()):
        schemas[name] = _pointing_at_variants(schema, set(mappings), keep=parents.get(name))
    for name, discriminator in mappings.items():
        schemas[f"{name}Variant"] = {
            "required": [discriminator["propertyName"]],
            "properties": {discriminator["propertyName"]: {"enum": list(discriminator["mapping"])}},
            "allOf": [
                {
                    "if": {"properties": {discriminator["propertyName"]: {"const": value}}},
                    "then": {"$ref": target},
                }
                for value, target in discriminator["mapping"].items()
            ],
        }
    return document


def _pointing_at_variants(node: object, bases: set[str], keep: str | None) -> Any:  # noqa: ANN401
    """`node` with references to a base turned to its variants, but for a subtype's own base."""
    if isinstance(node, list):
        return [_pointing_at_variants(item, bases, keep) for item in node]
    if not isinstance(node, dict):
        return node
    result = {key: _pointing_at_variants(value, bases, keep) for key, value in node.items()}
    name = str(node.get("$ref", "")).removeprefix(_PREFIX)
    if name in bases and name != keep:
        result["$ref"] = f"{_PREFIX}{name}Variant"
    return result
