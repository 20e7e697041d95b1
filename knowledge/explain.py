"""`knowledge search --explain`: why an entry won, for staff and engineers."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.confidence import OFFERED, Mode, Verdict, costs, learned
from knowledge.entries import Outside
from knowledge.search import Ranking
from knowledge.table import table

_FEATURES = {
    "question": "項目の聞き方との意味の近さ",
    "passage": "項目の文との意味の近さ",
    "words": "質問の言葉のうち、項目にある割合",
    "letters": "質問の文字と読みのうち、項目にある割合",
    "alike": "いちばん似た聞き方と同じ文字の割合",
    "lead": "2位との差",
    "length": "質問の長さ（対数）",
    "strange": "どの項目にもない言葉の割合",
    "elsewhere": "ほかの町の名前が質問にある",
    "outside": "1位が「答えを持っていないこと」である",
}
_VERDICTS = {
    Verdict.ANSWER: "答える",
    Verdict.OFFER: "選択肢を出す",
    Verdict.REFUSE: "分からないと言う",
}
_MODES = {Mode.MEANING: "文字と意味", Mode.LETTERS: "文字だけ"}


def explanation(ranking: Ranking) -> Iterator[str]:
    """Lines for a terminal."""
    if not ranking.hits or not ranking.evidence:
        yield "調べる言葉がありません。"
        return
    yield f"探し方: {_MODES[ranking.mode]}"
    rows = [
        (
            str(place),
            f"{hit.score:.2f}",
            *(f"{part:.2f}" for part in hit.parts.values()),
            hit.entry.id,
            hit.entry.title,
        )
        for place, hit in enumerate(ranking.hits, start=1)
    ]
    yield table(("順位", "点", *ranking.hits[0].parts, "id", "名前"), rows)
    models = learned(ranking.mode)
    right = models.right.contributions(ranking.evidence)
    among = models.among.contributions(ranking.evidence)
    rows = [
        (label, f"{getattr(ranking.evidence, name):.2f}", f"{right[name]:+.2f}", f"{among[name]:+.2f}")
        for name, label in _FEATURES.items()
    ]
    rows.append(("もとの値", "", f"{models.right.bias:+.2f}", f"{models.among.bias:+.2f}"))
    rows.append(("見込み", "", f"{ranking.right:.1%}", f"{ranking.among:.1%}"))
    yield table(("手がかり", "値", "1位が正しい", f"{OFFERED}位までにある"), rows)
    told = costs(ranking.right, ranking.among, outside=isinstance(ranking.hits[0].entry, Outside))
    rows = [(_VERDICTS[verdict], f"{cost:.2f}") for verdict, cost in told.items()]
    yield table(("どうするか", "損の見込み（小さいほどよい）"), rows)
    yield f"→ {_VERDICTS[ranking.verdict]}"
