"""Guards: what must stay true of the whole house, whoever adds to it."""

from __future__ import annotations

import ast
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel
from ruamel.yaml import YAML

from actions.server import CAPABILITIES
from knowledge.answer import Answer
from knowledge.aspects import Aspect
from knowledge.checks import QUESTIONS, hints
from knowledge.compose import _WAYS
from knowledge.coverage import coverage
from knowledge.entries import AnyEntry
from knowledge.loader import CONTENT, PHRASES
from knowledge.phrases import Phrases, TalkPhrases
from knowledge.replies import Move
from knowledge.schemas import SCHEMAS, schema_text
from tests.content import REAL, real_knowledge

ROOT = Path(__file__).parent.parent
ENTRIES = tuple(REAL.entries.values())
GONE_OVER = date(2026, 11, 23)
FALLBACK = "nlu_fallback"
"""The intent that Rasa itself predicts; nobody teaches it."""
MODELLED = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def read(path: str) -> Any:  # noqa: ANN401  # whatever the YAML holds
    return YAML(typ="safe").load(ROOT / path)


DOMAIN = read("bot/domain.yml")
RULES = read("bot/rules.yml")["rules"]
INTENTS = cast("list[str]", DOMAIN["intents"])


def examples() -> Iterator[tuple[str, str]]:
    """Every training example without its markup, with its intent."""
    for path in sorted((ROOT / "nlu/data").glob("*.yml")):
        for block in YAML(typ="safe").load(path)["nlu"]:
            for line in block["examples"].splitlines() if "intent" in block else ():
                yield MODELLED.sub(r"\1", line.removeprefix("- ").strip()), block["intent"]


def held_out() -> list[tuple[str, str]]:
    return [(case["text"], case["intent"]) for case in read("tests/questions/intents_holdout.yml")]


def python_files(*places: str) -> list[Path]:
    found = [ROOT / place for place in places]
    return sorted(file for place in found for file in (place.rglob("*.py") if place.is_dir() else [place]))


def phrase_names(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, str]]:
    """The dotted path and the last name of every phrase."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from phrase_names(field.annotation, f"{path}{name}.")
        else:
            yield f"{path}{name}", name


def test_every_phrase_is_used() -> None:
    sources = [file for file in python_files("actions", "channels", "knowledge") if file.name != "phrases.py"]
    used = {
        node.attr
        for file in sources
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    for template in (ROOT / "channels/web/templates").glob("*.html"):
        used |= set(re.findall(r"\.(\w+)", template.read_text(encoding="utf-8")))
    for script in (ROOT / "channels/web/static").glob("*.js"):
        used |= set(re.findall(r"\bWORDS\.(\w+)", script.read_text(encoding="utf-8")))
    unused = [
        path
        for path, name in phrase_names(Phrases)
        if name not in used | set(_WAYS) | set(Move) and not path.startswith("talk.")
    ]
    assert unused == []


def test_small_talk_has_a_phrase_for_each_of_its_intents_and_no_more() -> None:
    talked = {rule["steps"][0]["intent"] for rule in RULES if rule["steps"][1]["action"] == "action_talk"}
    assert talked == set(TalkPhrases.model_fields)


LISTENING = {"correct.py", "position.py"}
"""Modules whose words are patterns of what residents say."""
FOR_STAFF = {
    *("account.py", "doctor.py", "examine.py", "unheard.py"),
    *("machine.py", "retention_cli.py", "spoken.py"),
}
"""Modules whose sentences only staff read: they speak for themselves."""


def speaking_to_residents() -> list[Path]:
    files = python_files(
        *("actions", "channels/core", "channels/handoff", "channels/line", "channels/web"),
        *("knowledge/compose.py", "knowledge/service.py", "knowledge/search.py", "knowledge/dates.py"),
        *("knowledge/opening.py", "knowledge/timetable.py", "knowledge/clock.py", "knowledge/when.py"),
    )
    others = FOR_STAFF | LISTENING
    return [file for file in files if file.name not in others and not file.name.startswith("menu")]


@pytest.mark.parametrize(
    "file",
    speaking_to_residents(),
    ids=lambda file: file.relative_to(ROOT).as_posix(),
)
def test_no_sentence_for_residents_stands_in_python(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)
    }
    sentences = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value not in docstrings
        and re.search(r"です|ます|ません|でした|ました|ください", node.value)
    ]
    assert sentences == []


def test_the_house_knows_enough() -> None:
    kinds = Counter(entry.kind for entry in ENTRIES)
    priority = {entry.id for entry in ENTRIES if entry.covers}
    mynumber = {entry.id for entry in ENTRIES if "mynumber" in entry.id}
    assert len({entry.id for entry in ENTRIES if entry.kind == "procedure"} - priority - mynumber) >= 40
    assert len(mynumber) >= 20
    assert kinds["place"] >= 12
    assert kinds["department"] >= 10
    assert len(INTENTS) >= 15


def test_every_procedure_of_the_city_s_plan_is_answered() -> None:
    items = coverage(REAL)
    assert len(items) == 53
    assert [item.number for item in items if not item.entries] == []


@pytest.mark.parametrize("entry", REAL.searched, ids=[entry.id for entry in REAL.searched])
def test_every_entry_has_sources_questions_and_plain_words(entry: AnyEntry) -> None:
    assert entry.sources
    assert len(set(entry.questions)) >= QUESTIONS
    assert entry.easy


LABELLED = {name: read(f"tests/questions/{name}.yml") for name in ("blind", "tuned")}
CONVERSATIONS = {name: read(f"tests/questions/{name}.yml") for name in ("turns_blind", "turns_tuned")}


def labels() -> Iterator[tuple[str, list[str]]]:
    """Every labelled text with the entries that answer it."""
    for questions in LABELLED.values():
        yield from ((question["text"], question["entries"]) for question in questions)
    for conversations in CONVERSATIONS.values():
        for conversation in conversations:
            yield from ((turn["say"], turn["entries"]) for turn in conversation["turns"])
    for message in read("tests/questions/two_in_one.yml"):
        yield from ((message["text"], part["entries"]) for part in message["parts"])


def test_there_are_enough_labelled_questions_and_half_of_them_are_blind() -> None:
    assert all(len(questions) >= 500 for questions in LABELLED.values())
    assert all(sum(not q["entries"] for q in questions) >= 100 for questions in LABELLED.values())
    assert all(len(conversations) >= 75 for conversations in CONVERSATIONS.values())


def test_labels_name_entries_that_exist() -> None:
    known = {entry.id for entry in ENTRIES}
    assert {entry for _, entries in labels() for entry in entries} <= known


def test_no_labelled_question_is_copied_from_an_entry_or_asked_in_both_halves() -> None:
    written = {question for entry in ENTRIES for question in entry.questions}
    asked = {name: {question["text"] for question in questions} for name, questions in LABELLED.items()}
    assert asked["blind"] & asked["tuned"] == set()
    assert [text for text, _ in labels() if text in written] == []


def test_no_entry_needs_a_hint() -> None:
    """On the day the content was last gone over, so that a passing deadline breaks no build."""
    assert [str(problem) for problem in hints(REAL, CONTENT, GONE_OVER)] == []


@pytest.mark.parametrize("intent", [intent for intent in INTENTS if intent != FALLBACK])
def test_every_intent_is_taught_and_measured(intent: str) -> None:
    assert len({text for text, taught in examples() if taught == intent}) >= 20
    assert len({text for text, asked in held_out() if asked == intent}) >= 5


def test_no_intent_is_taught_or_measured_that_the_domain_does_not_know() -> None:
    assert {intent for _, intent in (*examples(), *held_out())} == set(INTENTS) - {FALLBACK}


def test_no_example_teaches_two_intents() -> None:
    taught = Counter(text for text, _ in {*examples()})
    assert [text for text, times in taught.items() if times > 1] == []


def test_no_held_out_question_was_taught() -> None:
    assert {text for text, _ in held_out()} & {text for text, _ in examples()} == set()


def test_every_intent_has_one_rule_whose_action_exists() -> None:
    assert Counter(rule["steps"][0]["intent"] for rule in RULES) == Counter(INTENTS)
    assert {step["action"] for rule in RULES for step in rule["steps"][1:]} <= set(DOMAIN["actions"])


def test_the_domain_and_the_action_server_have_the_same_actions() -> None:
    assert sorted(DOMAIN["actions"]) == sorted(capability.action_name for capability in CAPABILITIES)


def test_rasa_encodes_no_button_of_a_guide() -> None:
    pipeline = YAML(typ="safe").load(ROOT / "config.yml")["pipeline"]
    [skip] = [part["skip"] for part in pipeline if "skip" in part]
    for guide in REAL.guides.values():
        button = REAL.phrases.guide.says.format(label="はい", short=guide.short, number=12)
        assert re.search(skip, unicodedata.normalize("NFKC", button).lower())
        assert not any(re.search(skip, question) for question in guide.questions)


def test_every_aspect_has_an_intent_words_and_a_label() -> None:
    phrases = REAL.phrases
    for aspect in Aspect:
        assert f"ask_{aspect}" in INTENTS
        assert phrases.aspect[aspect]
        assert phrases.labels.aspects[aspect]


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schemas_are_up_to_date(name: str) -> None:
    published = (ROOT / f"docs/schemas/{name}.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(name), "run: knowledge schema"


def test_every_content_file_is_right_in_an_editor_that_knows_the_schemas() -> None:
    schemas = {name: Draft202012Validator(json.loads(schema_text(name))) for name in SCHEMAS}
    for path in sorted(CONTENT.rglob("*.yml")):
        # As an editor sees it: dates are text.
        written = json.loads(json.dumps(YAML(typ="safe").load(path), default=str))
        name = "phrases" if path == CONTENT / PHRASES else written["kind"]
        assert [error.message for error in schemas[name].iter_errors(written)] == [], path


def test_editors_are_told_which_schema_explains_which_file() -> None:
    settings = json.loads((ROOT / ".vscode/settings.json").read_text(encoding="utf-8"))
    explained = {
        path: schema for schema, pattern in settings["yaml.schemas"].items() for path in ROOT.glob(pattern)
    }
    for path in CONTENT.rglob("*.yml"):
        kind = {PHRASES: "phrases"}.get(path.name) or YAML(typ="safe").load(path)["kind"]
        assert explained.get(path) == f"docs/schemas/{kind}.schema.json", path


def test_a_real_answer_is_right_by_the_published_schema() -> None:
    schema = Draft202012Validator(json.loads(schema_text("answer")))
    answer = real_knowledge().answer("児童手当")
    assert [error.message for error in schema.iter_errors(answer.model_dump(mode="json"))] == []
    assert list(schema.iter_errors({**answer.model_dump(mode="json"), "kind": "rumour"})) != []
    assert Answer.model_validate_json(answer.model_dump_json()) == answer
