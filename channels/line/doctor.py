"""`channels line doctor`: is the city's LINE account set up, and if not, what comes next."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable

from pydantic import ValidationError

from channels.line.account import AccountSettings, Finding, Level
from channels.line.examine import examine

_GUIDE = "docs/LINEの準備.md"
_BY_EYE = (
    ("応答メッセージ", "オフ", "LINE Official Account Manager →「設定」→「応答設定」"),
    ("あいさつメッセージ", "オフ", "同じ画面"),
    ("Webhookの再送", "オン", "LINE Developers →「Messaging API設定」"),
    ("グループトーク・複数人トークへの参加を許可する", "オフ", "同じ画面"),
)
"""What LINE's API does not tell: the switch, how it should be, where it is."""


def add_doctor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `channels line doctor`."""
    doctor = commands.add_parser("doctor", help="LINEの設定を確かめ、足りないものと次にすることを言う")
    doctor.add_argument(
        "--fix-webhook",
        action="store_true",
        help="LINEに登録されたWebhook URLを、MADOGUCHI_PUBLIC_URL から作ったものに変える",
    )
    doctor.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    """Print each finding as soon as it is there; 1 when something has to be put right."""
    try:
        settings = AccountSettings()
    except ValidationError as error:
        names = "、".join(f"MADOGUCHI_{str(wrong['loc'][0]).upper()}" for wrong in error.errors())
        print(f"✖ 設定 {names} の値が使えません。\n  → docs/operations.md の表を見て、直してください。")
        return 1
    print("まどぐちとLINEのつながりを確かめます（1分ほどかかることがあります）。\n", flush=True)
    levels = _show(examine(settings, is_fixing_webhook=arguments.fix_webhook))
    print("\nこの命令では見えない設定です。画面で確かめてください。")
    for switch, wanted, place in _BY_EYE:
        print(f"  ・{switch}: {wanted}（{place}）")
    print(f"\n{_summary(levels)}")
    return 1 if levels[Level.BAD] else 0


def _show(findings: Iterable[Finding]) -> Counter[Level]:
    """Print the findings; a step that was just told is not told again."""
    levels: Counter[Level] = Counter()
    told = ""
    for finding in findings:
        levels[finding.level] += 1
        print(f"{finding.level} {finding.what}", flush=True)
        if finding.step:
            print(f"  → {'上と同じです。' if finding.step == told else finding.step}", flush=True)
            told = finding.step
    return levels


def _summary(levels: Counter[Level]) -> str:
    if levels[Level.BAD]:
        count = f"{Level.BAD} {levels[Level.BAD]}件、{Level.DOUBTFUL} {levels[Level.DOUBTFUL]}件です。"
        return (
            f"{count}上から順に直して、もう一度この命令を実行してください。\nくわしくは {_GUIDE} にあります。"
        )
    if levels[Level.DOUBTFUL]:
        count = f"{Level.DOUBTFUL} {levels[Level.DOUBTFUL]}件です。"
        return f"{count}動きますが、できれば直してください（{_GUIDE}）。"
    return "直すところはありません。スマートフォンで友だちに追加して、話しかけてみてください。"
