from __future__ import annotations

import json

import numpy as np
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.tokenizer import SudachiTokenizer
from nlu.words import Counter, Said

TOKENIZER = SudachiTokenizer(SudachiTokenizer.get_default_config())
TAUGHT = ["登録はいくらですか", "窓口はどこですか", "登録はどこですか", "手数料はいくら"]


def said(text: str) -> Said:
    return Said(text, TOKENIZER.tokenize(Message(data={TEXT: text}), TEXT))


def test_views_are_of_the_whole_and_of_the_last_clause() -> None:
    words, pieces, clause, clause_words = said("父が亡くなりました。届けはいつまで？").views()
    assert words.startswith("父")
    assert pieces == "^父が亡くなりました。届けはいつまで?$"
    assert clause == "^届けはいつまで?$"
    assert clause_words.startswith("届け")


def test_a_counter_comes_back_from_json_as_it_was() -> None:
    counter = Counter.fitted([said(text) for text in TAUGHT])
    restored = Counter.restored(json.loads(json.dumps(counter.state())))
    asked = [said(text) for text in (*TAUGHT, "犬の登録はなんぼ", "😀")]
    one, other = counter.count(asked), restored.count(asked)
    assert one.shape == other.shape
    np.testing.assert_allclose(one.toarray(), other.toarray(), atol=1e-4)
