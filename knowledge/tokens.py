"""Japanese words for search: SudachiPy, normalised forms, content words only.

A compound counts as itself and as its parts (児童手当, 児童, 手当), so that both an exact
name and half of it find the entry.
"""

from __future__ import annotations

import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from sudachipy import Dictionary, Morpheme, SplitMode, Tokenizer

_CONTENT = frozenset({"名詞", "動詞", "形容詞", "形状詞", "接頭辞", "接尾辞"})
_WEIGHT = {"名詞": 1.0, "動詞": 0.6, "形容詞": 0.6, "形状詞": 0.6, "接頭辞": 0.3, "接尾辞": 0.3}
MAX_CHARS = 1000
"""Longer questions are cut here: Sudachi refuses input over 49,149 bytes."""

STOP = frozenset(
    # Words of asking, of aspects, and light verbs: they say what is asked, not of what.
    "為る 有る 居る 成る 出来る 言う 思う 教える 知る 聞く 尋ねる 下さる くださる 御座る 貰う 呉れる 頂く 願う お願い"
    " 遣る 行く 来る 見る 良い 無い 何 何処 何時 誰 幾ら 幾つ どう 如何 何れ 何方 物 事 所 為 方 人 時 場合 私 自分 家 内 うち"
    " 御 様 さん 的 達 等 手続き 手続 方法 仕方 やり方 必要 要る 持つ 持ち物 書類 用意 準備 料金 費用 手数料 値段 金額 無料 円 代"
    " 期限 締め切り 締切 何日 窓口 場所 何課 担当 対象 条件 オンライン ネット インターネット スマホ 電子 申請 届け出 届出 届け 受付"
    " 受け付ける 時間 今日 明日 明後日 昨日 今 曜日 開く 開ける 閉まる 休み 休む 営業 開館 休館 質問 案内 件 日 月 年"
    " 欲しい 分かる 困る 詳しい 又 もう 後 前 中 其れ 此れ あれ それ これ 其の 此の はい いいえ 貴方 つく つける 付く 成り 的"
    " 済む 掛かる 出す 使う 入れる 取る 作る する 出る 終わる 始める 始まる 遅れる 過ぎる".split()
)

_dictionary = Dictionary(dict="core")
_local = threading.local()


@dataclass(frozen=True)
class Word:
    """A content word of a text: its normalised form and how much it matters (0 to 1)."""

    form: str
    weight: float


def normalise(text: str) -> str:
    """NFKC, lower case, no surrounding white space, at most MAX_CHARS characters."""
    return unicodedata.normalize("NFKC", text[: 2 * MAX_CHARS]).lower().strip()[:MAX_CHARS]


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[Word, ...]:
    """The content words of `text`, compounds with their parts, without the words of STOP."""
    found: list[Word] = []
    for morpheme in _tokenizer().tokenize(normalise(text), SplitMode.C):
        if not _matters(morpheme):
            continue
        parts = [part for part in morpheme.split(SplitMode.A) if _matters(part)]
        forms = {morpheme.normalized_form(), *(part.normalized_form() for part in parts)}
        weight = _WEIGHT[morpheme.part_of_speech()[0]]
        found.extend(Word(form, weight) for form in sorted(forms - STOP))
    return tuple(found)


def forms(text: str) -> list[str]:
    """The normalised forms of `words(text)`."""
    return [word.form for word in words(text)]


def _matters(morpheme: Morpheme) -> bool:
    part_of_speech = morpheme.part_of_speech()
    if part_of_speech[0] not in _CONTENT or part_of_speech[1] == "非自立可能" == part_of_speech[2]:
        return False
    return not (part_of_speech[1] == "数詞" or morpheme.normalized_form() in STOP)


def _tokenizer() -> Tokenizer:
    """This thread's tokenizer: one may not be shared between threads."""
    if not hasattr(_local, "tokenizer"):
        _local.tokenizer = _dictionary.create()
    tokenizer: Tokenizer = _local.tokenizer
    return tokenizer
