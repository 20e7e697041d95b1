from __future__ import annotations

import json
import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from knowledge.cli import main
from knowledge.confidence import FEATURES, Learned, Mode
from knowledge.loader import load
from knowledge.schemas import SCHEMAS, schema_text
from knowledge.search import texts_to_encode
from knowledge.service import local_now
from knowledge.vectors import VectorStore
from tests.knowledge.encoders import real_encoder
from tests.knowledge.handmade import OFFICE, SOURCE, a_content, an_entry
from tests.knowledge.website import closed_door, website

ENTRY = "procedures/parking.yml"
TAX_OFFICE = OFFICE.replace("id: city-hall", "id: tax-office").replace("芦別市役所", "税務課")
TODAY = local_now().date()
CITY = f"""kind: city
name: 芦別市
office: city-hall
{SOURCE}priority:
  - {{number: "1", title: 駐車場の申請}}
  - {{number: "2", title: 駐輪場の申請}}
"""


class Ran:
    """What a command on a small content folder said."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def rows(self) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = json.loads(self.out)
        return rows


class Clerk:
    """Runs commands on a content folder."""

    def __init__(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.root, self._monkeypatch, self._capsys = root, monkeypatch, capsys
        self.vectors = root.parent / "vectors.sqlite"
        monkeypatch.setattr("knowledge.cli_search.CACHE", self.vectors)

    def has(self, files: dict[str, str]) -> None:
        a_content(self.root, {"departments/tax-office.yml": TAX_OFFICE, "city.yml": CITY, **files})

    def runs(self, *arguments: str) -> Ran:
        self._monkeypatch.setattr(sys, "argv", ["knowledge", "--content", str(self.root), *arguments])
        with pytest.raises(SystemExit) as left:
            sys.exit(main())
        assert isinstance(left.value.code, int)
        return Ran(left.value.code, *self._capsys.readouterr())


@pytest.fixture
def clerk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Clerk:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("MADOGUCHI_ENCODER", "none")
    return Clerk(tmp_path / "content", monkeypatch, capsys)


def ids(ran: Ran) -> list[object]:
    return [row.get("entry", row.get("id")) for row in ran.rows]


def test_check_prints_hints_and_finds_no_mistake(clerk: Clerk) -> None:
    clerk.has({ENTRY: an_entry(more="who: 関係機関が認める人\n")})
    ran = clerk.runs("check")
    assert (ran.code, ran.err) == (0, "")
    *hints, total = ran.out.splitlines()
    assert all(hint.startswith("注意 ") for hint in hints)
    assert any(hint.startswith(f"注意 {ENTRY}:8: 「関係機関」") for hint in hints)
    assert total == f"間違いはありません（3 項目）。注意が {len(hints)} 件あります。"


def test_check_prints_every_problem_and_how_many_there_are(clerk: Clerk) -> None:
    clerk.has({ENTRY: an_entry(more="brng: 印鑑\nfee: 300\n")})
    ran = clerk.runs("check")
    assert (ran.code, ran.out) == (1, "")
    assert f"{ENTRY}:8:" in ran.err
    assert f"{ENTRY}:9:" in ran.err
    assert "2 件" in ran.err


def test_check_follows_links_only_when_asked(clerk: Clerk) -> None:
    with website() as site:
        clerk.has({ENTRY: an_entry(more=f"page: {site.url}/404\n")})
        assert clerk.runs("check").code == 0
        assert site.asked == []


def test_check_with_links_is_content_when_every_page_is_there(clerk: Clerk) -> None:
    with website() as site:
        clerk.has({ENTRY: an_entry(more=f"page: {site.url}/200\n")})
        ran = clerk.runs("check", "--links")
    assert (ran.code, ran.err) == (0, "")


def test_check_with_links_fails_for_a_dead_one(clerk: Clerk) -> None:
    with website() as site:
        clerk.has({ENTRY: an_entry(more=f"page: {site.url}/404\n")})
        ran = clerk.runs("check", "--links")
    assert ran.code == 1
    assert f"{ENTRY}:8: ページがありません" in ran.err
    assert "切れたリンクが 1 件" in ran.err


def test_check_with_links_says_when_there_is_no_network(clerk: Clerk) -> None:
    with closed_door() as url:
        clerk.has({ENTRY: an_entry(more=f"page: {url}\n")})
        ran = clerk.runs("check", "--links")
    assert ran.code == 2
    assert "ネットワーク" in ran.err


def test_list_is_a_table_by_kind_that_counts_its_rows(clerk: Clerk) -> None:
    clerk.has({ENTRY: an_entry(), "faq/cars.yml": an_entry("faq", "cars")})
    ran = clerk.runs("list")
    head, rule, *rows, total = ran.out.splitlines()
    assert ran.code == 0
    assert head.split() == ["種類", "状態", "id", "名前"]
    assert set(rule) == {"-", " "}
    assert [row.split()[2] for row in rows] == ["parking", "cars", "city-hall", "tax-office"]
    assert total == "計 4 項目"


def test_list_is_filtered_by_kind_and_readable_by_machines(clerk: Clerk) -> None:
    clerk.has({ENTRY: an_entry(), "faq/cars.yml": an_entry("faq", "cars")})
    ran = clerk.runs("list", "--kind", "faq", "--json")
    assert [(row["kind"], row["id"], row["title"]) for row in ran.rows] == [("faq", "cars", "駐車場の手続き")]


def test_list_is_filtered_by_department_the_office_standing_for_none(clerk: Clerk) -> None:
    taxes = an_entry("faq", "taxes", more="department: tax-office\n")
    clerk.has({ENTRY: an_entry(), "faq/taxes.yml": taxes})
    assert ids(clerk.runs("list", "--department", "tax-office", "--json")) == ["taxes"]
    assert "parking" in ids(clerk.runs("list", "--department", "city-hall", "--json"))


def test_list_of_the_unconfirmed_shows_facts_and_where_they_are(clerk: Clerk) -> None:
    clerk.has({ENTRY: an_entry(more="who: 市民\nfee: [{value: 300円, status: unconfirmed}]\n")})
    ran = clerk.runs("list", "--unconfirmed")
    head, _, row, total = ran.out.splitlines()
    assert head.split() == ["ファイル", "項目", "内容", "状態", "期限", "確かめた日", "担当"]
    assert row.split() == [ENTRY, "fee", "300円", "unconfirmed", "2026-11-01", "city-hall"]
    assert total == "計 1 件"
    assert [row["field"] for row in clerk.runs("list", "--unconfirmed", "--json").rows] == ["fee"]


def test_list_says_when_nothing_is_to_be_done(clerk: Clerk) -> None:
    clerk.has({ENTRY: an_entry()})
    ran = clerk.runs("list", "--unconfirmed")
    assert (ran.code, ran.out) == (0, "ありません。\n計 0 件\n")
    assert clerk.runs("list", "--unconfirmed", "--json").rows == []


def test_a_department_finds_the_facts_that_it_knows_in_entries_of_others(clerk: Clerk) -> None:
    fee = "fee: [{value: 300円, status: unconfirmed, department: tax-office}]\n"
    clerk.has({ENTRY: an_entry(more=fee)})
    assert ids(clerk.runs("list", "--unconfirmed", "--department", "tax-office", "--json")) == ["parking"]
    assert ids(clerk.runs("list", "--unconfirmed", "--department", "city-hall", "--json")) == []


def test_lists_of_facts_are_filtered_by_kind(clerk: Clerk) -> None:
    clerk.has({ENTRY: an_entry(status="unconfirmed")})
    assert ids(clerk.runs("list", "--unconfirmed", "--kind", "procedure", "--json")) == ["parking"]
    assert ids(clerk.runs("list", "--unconfirmed", "--kind", "faq", "--json")) == []


def test_list_of_the_expiring_looks_a_month_ahead_or_as_far_as_told(clerk: Clerk) -> None:
    soon, later = TODAY + timedelta(days=20), TODAY + timedelta(days=60)
    fees = f"who: [{{value: 市民, valid_until: {soon}}}]\nfee: [{{value: 300円, valid_until: {later}}}]\n"
    clerk.has({ENTRY: an_entry(more=fees)})
    row = clerk.runs("list", "--expiring").out.splitlines()[2]
    assert row.split()[1:5] == ["who", "市民", "confirmed", str(soon)]
    assert [row["valid_until"] for row in clerk.runs("list", "--expiring", "--json").rows] == [str(soon)]
    assert len(clerk.runs("list", "--expiring", "90", "--json").rows) == 2
    assert clerk.runs("list", "--expiring", "0", "--json").rows == []


def test_list_of_the_unchecked_looks_a_year_back_or_as_far_as_told(clerk: Clerk) -> None:
    last = TODAY - timedelta(days=400)
    clerk.has({ENTRY: an_entry(more="fee: 300円\n").replace("2026-11-01", str(last))})
    found = clerk.runs("list", "--unchecked", "--kind", "procedure")
    assert found.out.splitlines()[2].split()[-2:] == [str(last), "city-hall"]
    assert ids(clerk.runs("list", "--unchecked", "--kind", "procedure", "--json")) == ["parking"]
    assert ids(clerk.runs("list", "--unchecked", "500", "--kind", "procedure", "--json")) == []


def test_list_of_the_coverage_shows_what_is_answered_and_what_is_not(clerk: Clerk) -> None:
    clerk.has({ENTRY: an_entry(more="covers: ['1']\nwho: 市民\nfee: [{value: 300円, status: national}]\n")})
    head, _, parking, scooters, total = clerk.runs("list", "--coverage").out.splitlines()
    assert head.split() == ["番号", "手続", "答える項目", "確認済", "全国共通", "確認待ち"]
    assert parking.split() == ["1", "駐車場の申請", "parking", "1", "1", "0"]
    assert scooters.split() == ["2", "駐輪場の申請", "ありません", "0", "0", "0"]
    assert total == "2 のうち 1 に答えられます。事実: 確認済 1、全国共通 1、確認待ち 0"
    assert [item["entries"] for item in clerk.runs("list", "--coverage", "--json").rows] == [["parking"], []]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("fly",),
        ("list", "--kind", "office"),
        ("list", "--expiring", "soon"),
        ("list", "--expiring", "-1"),
        ("list", "--unchecked", "99999999999"),
        ("list", "--unconfirmed", "--coverage"),
        ("new", "office", "parking"),
        ("new", "procedure"),
        ("search",),
        ("learn",),
        ("eval", "--questions", "a.yml", "--beir", "b"),
    ],
)
def test_a_command_that_is_used_wrongly_is_refused(clerk: Clerk, arguments: tuple[str, ...]) -> None:
    clerk.has({})
    ran = clerk.runs(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("命令の書き方が違います")


@pytest.mark.parametrize("arguments", [("--help",), ("check", "--help")])
def test_help_tells_the_exit_codes(clerk: Clerk, arguments: tuple[str, ...]) -> None:
    ran = clerk.runs(*arguments)
    assert ran.code == 0
    assert "終了コード: 0 正常、1 間違い" in ran.out


DOGS = an_entry("faq", "dogs").replace("駐車場の手続き", "犬の登録").replace("駐車場を借り", "犬を飼い")
QUESTIONS = """
- {text: 犬を飼いたい, entries: [dogs], aspect: about}
- {text: 犬の登録, entries: [parking], aspect: about}
- {text: 駐車場の手続き, entries: [parking], aspect: about}
- {text: ？, entries: [], aspect: about, why: unanswerable}
"""


@pytest.fixture
def meaning(vectors: VectorStore, monkeypatch: pytest.MonkeyPatch, clerk: Clerk) -> Clerk:
    """A clerk who has the encoder that comes along."""
    monkeypatch.delenv("MADOGUCHI_ENCODER")
    return clerk


def lines(ran: Ran) -> dict[str, str]:
    """The last cell of each row of a table by its first."""
    rows = [re.split(r"\s{2,}", line.strip()) for line in ran.out.splitlines()]
    return {row[0]: row[-1] for row in rows}


def test_search_shows_the_best_entry_first_and_how_sure_it_is_or_that_there_is_none(clerk: Clerk) -> None:
    clerk.has({ENTRY: an_entry(), "faq/dogs.yml": DOGS})
    ran = clerk.runs("search", "犬を飼いたい")
    best, *_, sure = ran.out.splitlines()
    assert ran.code == 0
    assert best.split()[1:] == ["dogs", "犬の登録"]
    assert re.fullmatch(r"1位が正しい見込み \d+%", sure)
    assert clerk.runs("search", "😀").out == "見つかりません。\n"


def test_search_explains_why_an_entry_won(clerk: Clerk) -> None:
    clerk.has({ENTRY: an_entry(), "faq/dogs.yml": DOGS})
    ran = clerk.runs("search", "犬を飼いたい", "--explain")
    assert ran.code == 0
    assert ran.out.startswith("探し方: 文字だけ\n")
    assert ran.out.splitlines()[-1].startswith("→ ")
    assert clerk.runs("search", "😀", "--explain").out == "調べる言葉がありません。\n"


def test_search_goes_by_meaning_and_keeps_the_vectors(meaning: Clerk) -> None:
    meaning.has({ENTRY: an_entry(), "faq/dogs.yml": DOGS})
    assert meaning.runs("search", "ワンちゃん", "--explain").out.startswith("探し方: 文字と意味\n")
    assert meaning.vectors.exists()


def test_index_makes_the_vectors_once(meaning: Clerk) -> None:
    meaning.has({ENTRY: an_entry(), "faq/dogs.yml": DOGS})
    texts = texts_to_encode(load(meaning.root).entries.values())
    ran = meaning.runs("index")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert VectorStore(real_encoder(), meaning.vectors).has(texts)
    before = meaning.vectors.read_bytes()
    assert meaning.runs("index").code == 0
    assert meaning.vectors.read_bytes() == before


def test_index_without_an_encoder_says_what_that_means(clerk: Clerk) -> None:
    clerk.has({ENTRY: an_entry()})
    ran = clerk.runs("index")
    assert (ran.code, ran.out) == (0, "")
    assert "文字だけで探します" in ran.err
    assert not clerk.vectors.exists()


@pytest.mark.parametrize("command", [("index",), ("search", "犬"), ("eval",)])
def test_broken_content_is_told_by_every_command(meaning: Clerk, command: tuple[str, ...]) -> None:
    meaning.has({ENTRY: an_entry(more="brng: 印鑑\n")})
    ran = meaning.runs(*command)
    assert (ran.code, ran.out) == (1, "")
    assert f"{ENTRY}:8:" in ran.err


def test_eval_counts_how_labelled_questions_are_answered(clerk: Clerk, tmp_path: Path) -> None:
    clerk.has({ENTRY: an_entry(), "faq/dogs.yml": DOGS})
    (tmp_path / "questions.yml").write_text(QUESTIONS, encoding="utf-8")
    ran = clerk.runs("eval", "--questions", str(tmp_path / "questions.yml"))
    assert ran.code == 0
    told = lines(ran)
    assert (told["答えのある質問"], told["答えのない質問"]) == ("3", "1")
    assert told["1位が正しい"] == "66.7%"
    assert told["「分からない」と言えた"] == "100.0%"
    assert "誤答" not in ran.out


def test_eval_shows_what_was_answered_wrongly_and_draws_the_curve(clerk: Clerk, tmp_path: Path) -> None:
    clerk.has({ENTRY: an_entry(), "faq/dogs.yml": DOGS})
    (tmp_path / "questions.yml").write_text(QUESTIONS, encoding="utf-8")
    curve = tmp_path / "figures" / "curve.svg"
    ran = clerk.runs(
        *("eval", "--questions", str(tmp_path / "questions.yml"), "--wrong", "--curve", str(curve))
    )
    wrong, *_, drawn = ran.out.splitlines()
    assert wrong == "誤答  犬の登録  正: ('parking',)  答: dogs"
    assert drawn == f"図を書きました: {curve}"
    assert curve.stat().st_size > 1000


def test_eval_measures_any_folder_and_writes_the_run(clerk: Clerk, tmp_path: Path) -> None:
    folder = tmp_path / "dogs"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text('{"_id": "d1", "title": "犬", "text": ""}\n', encoding="utf-8")
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "犬"}\n', encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text("q1\td1\t1\n", encoding="utf-8")
    run = tmp_path / "run.txt"
    ran = clerk.runs("eval", "--beir", str(folder), "--run", str(run))
    assert ran.code == 0
    assert lines(ran)["nDCG@10"] == "1.0000"
    assert run.read_text(encoding="utf-8").startswith("q1 Q0 d1 1 ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--run", "a.txt"), "--beir といっしょに"),
        (("--curve", "a.svg"), "--questions といっしょに"),
        (("--wrong",), "--questions といっしょに"),
    ],
)
def test_eval_says_which_options_go_together(clerk: Clerk, arguments: tuple[str, ...], words: str) -> None:
    clerk.has({ENTRY: an_entry()})
    ran = clerk.runs("eval", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err


def test_learn_writes_what_it_learned_of_the_letters_and_of_meaning(
    meaning: Clerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[dict[Mode, Learned]] = []
    monkeypatch.setattr("knowledge.learn.save", written.append)
    meaning.has({ENTRY: an_entry(), "faq/dogs.yml": DOGS})
    (tmp_path / "questions.yml").write_text(QUESTIONS, encoding="utf-8")
    assert meaning.runs("learn", str(tmp_path / "questions.yml")).code == 0
    [learned] = written
    assert set(learned) == set(Mode)
    nearness = FEATURES.index("question")
    assert learned[Mode.LETTERS].right.weights[nearness] == 0
    assert learned[Mode.MEANING].right.weights[nearness] != 0


def test_new_writes_a_draft_that_residents_do_not_see(clerk: Clerk) -> None:
    clerk.has({ENTRY: an_entry()})
    ran = clerk.runs("new", "faq", "cars")
    assert ran.code == 0
    assert str(clerk.root / "faq" / "cars.draft.yml") in ran.out
    checked = clerk.runs("check")
    assert checked.code == 0
    assert "注意 faq/cars.draft.yml:1: 下書きです" in checked.out
    assert "cars" not in ids(clerk.runs("list", "--json"))


@pytest.mark.parametrize(
    "taken",
    [ENTRY, "faq/parking.yaml", "faq/parking.draft.yml", "procedures/parking.draft.yml", "parking.yml"],
)
def test_new_refuses_an_id_that_is_taken(clerk: Clerk, taken: str) -> None:
    path = clerk.root / taken
    path.parent.mkdir(parents=True)
    path.write_text("# すでにある項目\n", encoding="utf-8")
    ran = clerk.runs("new", "procedure", "parking")
    assert ran.code == 2
    assert f"{path} がもうあります" in ran.err
    assert [p.read_text(encoding="utf-8") for p in clerk.root.rglob("*.y*ml")] == ["# すでにある項目\n"]


@pytest.mark.parametrize(
    "bad", ["Parking", "駐車場", "../parking", "/etc/parking", "*", "a b", "", "a" * 300]
)
def test_new_refuses_a_bad_id(clerk: Clerk, bad: str) -> None:
    clerk.has({ENTRY: an_entry()})
    before = sorted(clerk.root.rglob("*"))
    ran = clerk.runs("new", "procedure", bad)
    assert ran.code == 2
    assert "半角の小文字" in ran.err
    assert sorted(clerk.root.rglob("*")) == before


def test_schema_writes_every_schema(clerk: Clerk, tmp_path: Path) -> None:
    folder = tmp_path / "docs" / "schemas"
    ran = clerk.runs("schema", "--to", str(folder))
    assert ran.code == 0
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert written == {f"{name}.schema.json": schema_text(name) for name in SCHEMAS}
    assert ran.out.splitlines() == [str(folder / f"{name}.schema.json") for name in SCHEMAS]


def test_eval_measures_how_well_questions_are_found(clerk: Clerk) -> None:
    questions = "questions: [駐車場を借りたい, 駐車場の手続き, 駐車場を借ります]"
    clerk.has({ENTRY: an_entry().replace("questions: [駐車場を借りたい]", questions)})
    ran = clerk.runs("eval")
    assert ran.code == 0
    assert re.search(r"索引に聞いた）\s+3\n", ran.out)
    assert lines(ran)["1位が正しい"] == "100.0%"


def test_a_department_that_does_not_exist_is_told_with_those_that_do(clerk: Clerk) -> None:
    clerk.has({})
    ran = clerk.runs("list", "--department", "no-such")
    assert ran.code == 2
    assert "city-hall tax-office" in ran.err
