"""JSON Schemas: of the files staff edit, so that editors complete and explain, and of the Answer.

Descriptions in them are the Japanese ones of the fields; the docstrings of the code are left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

from knowledge.answer import Answer
from knowledge.canned import CannedReplies
from knowledge.city import City
from knowledge.desks import Desks
from knowledge.entries import KINDS
from knowledge.phrases import Phrases

SCHEMAS: Mapping[str, TypeAdapter[object]] = {
    "answer": TypeAdapter(Answer),
    "canned": TypeAdapter(CannedReplies),
    "city": TypeAdapter(City),
    "desks": TypeAdapter(Desks),
    "phrases": TypeAdapter(Phrases),
    **{kind: TypeAdapter(model) for kind, model in KINDS.items()},
}


class _ForClerks(GenerateJsonSchema):
    """Without English docstrings and the titles made of field names."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False

    def generate(
        self, schema: core_schema.CoreSchema, mode: JsonSchemaMode = "validation"
    ) -> JsonSchemaValue:
        made = super().generate(schema, mode)
        for definition in (made, *made.get("$defs", {}).values()):
            definition.pop("description", None)
            definition.pop("title", None)
        return made


def schema_text(name: str) -> str:
    """The JSON Schema called `name` in SCHEMAS, as indented JSON."""
    schema = SCHEMAS[name].json_schema(schema_generator=_ForClerks)
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
