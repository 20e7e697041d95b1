"""`uv run knowledge search | index | eval | learn`: what search finds, how well, and what it has learned."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from knowledge.alarm import hear_all, read_messages
from knowledge.beir import evaluate, read_folder, trec_lines
from knowledge.confidence import LEARNED, Mode
from knowledge.encoder import load_encoder
from knowledge.evaluate import cross_validate
from knowledge.explain import explanation
from knowledge.labelled import Report, measure, read_questions
from knowledge.loader import load
from knowledge.progress import on_terminal
from knowledge.search import SearchIndex, texts_to_encode
from knowledge.service import Knowledge
from knowledge.table import table
from knowledge.vectors import CACHE, VectorStore


def add_search_commands[P: argparse.ArgumentParser](commands: argparse._SubParsersAction[P]) -> None:
    """Add the commands to the parser of `knowledge`."""
    search = commands.add_parser("search", help="質問の言葉で項目を探す")
    search.add_argument("text", help="質問")
    search.add_argument("--explain", action="store_true", help="なぜその項目が選ばれたかを示す")
    search.set_defaults(run=_search)

    index = commands.add_parser("index", help="意味で探すための索引を先に作っておく（変わった所だけ）")
    index.set_defaults(run=_index)

    evaluation = commands.add_parser(
        "eval", help="まだ見せていない質問で、項目がどれだけ正しく見つかるかを測る"
    )
    source = evaluation.add_mutually_exclusive_group()
    source.add_argument(
        "--questions",
        type=Path,
        metavar="ファイル",
        help="答えの決まった質問集（YAML）で、返答の正しさを測る",
    )
    source.add_argument(
        "--beir", type=Path, metavar="フォルダ", help="BEIR 形式の質問と文書で、検索の質と速さを測る"
    )
    source.add_argument(
        "--urgent",
        type=Path,
        metavar="ファイル",
        help="緊急かどうかの決まった文（YAML）で、聞きのがしと、まちがった緊急の割合を測る",
    )
    evaluation.add_argument(
        "--run", dest="run_file", type=Path, metavar="ファイル", help="--beir の順位を TREC 形式で書き出す"
    )
    evaluation.add_argument(
        "--curve", type=Path, metavar="ファイル", help="--questions の、答える割合と誤りの割合の図を書き出す"
    )
    evaluation.add_argument("--wrong", action="store_true", help="--questions で間違えた質問も示す")
    evaluation.set_defaults(run=_eval)

    learn = commands.add_parser(
        "learn", help="答えるかどうかの基準を、答えの決まった質問集から学ぶ（開発用）"
    )
    learn.add_argument("questions", type=Path, help="質問集（YAML）")
    learn.set_defaults(run=_learn)


def _search(arguments: argparse.Namespace) -> int:
    ranking = _knowledge(arguments.content).search(arguments.text)
    if arguments.explain:
        print("\n".join(explanation(ranking)))
        return 0
    for hit in ranking.hits:
        print(f"{hit.score:6.2f}  {hit.entry.id:<32}{hit.entry.title}")
    print(f"1位が正しい見込み {ranking.right:.0%}" if ranking.hits else "見つかりません。")
    return 0


def _index(arguments: argparse.Namespace) -> int:
    vectors = _vectors()
    if vectors is None:
        print("意味で探す部品（エンコーダー）がないため、文字だけで探します。", file=sys.stderr)
        return 0
    texts = texts_to_encode(load(arguments.content).searched)
    vectors.of(texts, on_terminal("意味の索引を作っています"))
    return 0


def _eval(arguments: argparse.Namespace) -> int:
    if arguments.run_file and not arguments.beir:
        print("--run は --beir といっしょに使います。", file=sys.stderr)
        return 2
    if (arguments.curve or arguments.wrong) and not arguments.questions:
        print("--curve と --wrong は --questions といっしょに使います。", file=sys.stderr)
        return 2
    if arguments.beir:
        return _eval_beir(arguments.beir, arguments.run_file)
    if arguments.questions:
        return _eval_questions(arguments)
    if arguments.urgent:
        return _eval_urgent(arguments.content, arguments.urgent)
    quality = cross_validate(load(arguments.content), _vectors(), tick=on_terminal("測っています"))
    rows = [
        ("質問（その質問を知らない索引に聞いた）", str(quality.questions)),
        ("1位が正しい", f"{quality.hit_at_1:.1%}"),
        ("3位までに正しい", f"{quality.hit_at_3:.1%}"),
        ("すぐに答えた", f"{quality.answered:.1%}"),
        ("すぐに答えたうち正しい", f"{quality.precision:.1%}"),
        ("選択肢を出した", f"{quality.offered:.1%}"),
    ]
    print(table(("測ったもの", "項目の questions"), rows))
    return 0


def _eval_beir(folder: Path, run_file: Path | None) -> int:
    scores = evaluate(
        read_folder(folder), load_encoder(), on_terminal("索引を作っています"), on_terminal("聞いています")
    )
    if run_file:
        run_file.write_text("".join(f"{line}\n" for line in trec_lines(scores.run)), encoding="utf-8")
    times = scores.query_times
    rows = [(name, f"{value:.4f}") for name, value in scores.measures.items()]
    rows += [
        ("1問の時間 p50", f"{times[len(times) // 2] * 1000:.1f} ms"),
        ("1問の時間 p95", f"{times[int(len(times) * 0.95)] * 1000:.1f} ms"),
        ("索引を作る時間", f"{scores.index_time:.1f} s"),
        ("メモリー（最大）", f"{scores.memory // 2**20} MB"),
    ]
    print(table(("測ったもの", folder.name), rows))
    return 0


def _eval_urgent(content: Path, path: Path) -> int:
    knowledge, messages = Knowledge(content), read_messages(path)
    blind = [message for message in messages if message.blind]
    alarms = [hear_all(knowledge.is_urgent, group) for group in (messages, blind)]
    for text in alarms[0].missed:
        print(f"聞きのがし  {text}")
    for text in alarms[0].false:
        print(f"まちがった緊急  {text}")
    rows = [
        (f"{name}{what}", f"{share:.1%}（{number}文）")
        for name, alarm in zip(("", "blind の"), alarms, strict=True)
        for what, share, number in (
            ("緊急の文を聞きとれた", alarm.recall, alarm.urgent),
            ("ほかの文を緊急とした", alarm.false_alarms, alarm.harmless),
        )
    ]
    print(table(("測ったもの", path.name), rows))
    return 0


def _eval_questions(arguments: argparse.Namespace) -> int:
    report = measure(_knowledge(arguments.content), read_questions(arguments.questions))
    if arguments.wrong:
        for outcome in report.wrong:
            print(
                f"誤答  {outcome.question.text}  正: {outcome.question.entries}  答: {outcome.answer.entry}"
            )
    print(table(("測ったもの", arguments.questions.name), _rows(report)))
    if arguments.curve:
        from knowledge.curve import draw  # the drawing library is for development alone

        draw(report, arguments.curve)
        print(f"図を書きました: {arguments.curve}")
    return 0


def _rows(report: Report) -> list[tuple[str, str]]:
    return [
        ("答えのある質問", str(report.inside)),
        ("1位が正しい", f"{report.hit_at_1:.1%}"),
        ("3位までに正しい", f"{report.hit_at_3:.1%}"),
        ("すぐに答えた", f"{report.answered:.1%}"),
        ("すぐに答えたうち正しい", f"{report.precision:.1%}"),
        ("答えたか、選択肢に正解がある", f"{report.helped:.1%}"),
        ("答えのない質問", str(report.outside)),
        ("「分からない」と言えた", f"{report.refused:.1%}"),
    ]


def _learn(arguments: argparse.Namespace) -> int:
    from knowledge.learn import fit, gather, save  # the learning library is for development alone

    content, questions = load(arguments.content), read_questions(arguments.questions)
    entries, home = content.searched, content.city.home
    indexes = {Mode.LETTERS: SearchIndex(entries, home=home)}
    if vectors := _vectors():
        indexes[Mode.MEANING] = SearchIndex(
            entries, vectors=vectors, home=home, tick=on_terminal("意味の索引を作っています")
        )
    save(
        {mode: fit(gather(index, questions, on_terminal("聞いています"))) for mode, index in indexes.items()}
    )
    print(f"書きました: {LEARNED}")
    return 0


def _knowledge(content: Path) -> Knowledge:
    """Ready to search by meaning, however long that takes the first time."""
    if vectors := _vectors():
        vectors.of(texts_to_encode(load(content).searched), on_terminal("意味の索引を作っています"))
    return Knowledge(content, vectors=vectors)


def _vectors() -> VectorStore | None:
    encoder = load_encoder()
    return VectorStore(encoder, CACHE) if encoder else None
