from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from knowledge.answer import Answer, AnswerKind, LinkRole
from knowledge.aspects import Aspect, aspects_known
from knowledge.confidence import Mode
from knowledge.encoder import Encoder, Kind
from knowledge.entries import Outside, Procedure
from knowledge.errors import ContentError, UnknownEntryError
from knowledge.service import Knowledge, local_now
from knowledge.tokens import squeeze
from knowledge.vectors import VectorStore
from tests.knowledge.encoders import FailingEncoder, HashEncoder
from tests.knowledge.handmade import a_content, an_entry

NOW = datetime.fromisoformat("2026-11-23T10:00")
ENTRY = "procedures/parking.yml"


OUTSIDE = "outside/moon.yml"
MOON = an_entry("outside", "moon").replace("駐車場", "月の土地")
SECRET = "父が駐車場を借りられず困っています"
"""A question as by a resident; no log may quote it."""


@pytest.fixture(scope="module")
def knowledge(by_meaning: Knowledge) -> Knowledge:
    return by_meaning


@pytest.fixture(scope="module")
def by_letter() -> Knowledge:
    return Knowledge(now=lambda: NOW)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_content(tmp_path, {ENTRY: an_entry()})


def test_what_to_bring_for_the_child_allowance(knowledge: Knowledge) -> None:
    answer = knowledge.answer("児童手当の手続きに必要なものは？", Aspect.BRING)
    assert (answer.kind, answer.entry, answer.aspect) == (AnswerKind.ANSWER, "child-allowance", "bring")
    assert any("本人確認書類" in fact.value for fact in answer.facts)
    assert answer.sources


def test_a_lost_card_is_answered_first_with_the_number_that_stops_it(knowledge: Knowledge) -> None:
    answer = knowledge.answer("マイナンバーカードを失くした")
    assert answer.entry == "mynumber-lost"
    assert "0120-95-0178" in answer.text
    assert answer.links[0].url == "tel:0120-95-0178"
    assert answer.sources


def test_the_museum_is_closed_tomorrow_and_the_next_day_is_named(knowledge: Knowledge) -> None:
    answer = knowledge.hours("百年記念館は明日開いてる？")
    assert answer.entry == "centennial-museum"
    assert "11月24日（火）はお休み" in answer.text
    assert "11月25日（水）" in answer.text
    assert answer.sources


def test_a_new_dog(knowledge: Knowledge) -> None:
    answer = knowledge.answer("犬を飼い始めた")
    assert answer.entry == "dog-registration"
    assert "30日以内" in answer.text
    assert answer.sources


def test_handoff_gives_the_city_s_number_its_address_and_their_sources(knowledge: Knowledge) -> None:
    answer = knowledge.handoff()
    assert answer.kind is AnswerKind.HANDOFF
    assert [link.url for link in answer.links if link.role is LinkRole.TEL] == ["tel:0124-22-2111"]
    assert any("北1条東1丁目" in fact.value for fact in answer.facts)
    assert answer.sources
    assert answer.choices == ()


@pytest.mark.parametrize(
    ("said", "entry"),
    [
        ("火事です！", "emergency-fire-ambulance"),
        ("家が燃えている", "emergency-fire-ambulance"),
        ("救急車を呼んでください", "emergency-fire-ambulance"),
        ("父が 倒れて 意識がない", "emergency-fire-ambulance"),
        ("死にたい", "suicide-support"),
        ("もう 消えたい", "suicide-support"),
        ("夫に殴られた", "domestic-violence"),
        ("ＤＶを受けています", "domestic-violence"),
        ("父に殴られています", "child-abuse"),
        ("泥棒に入られました", "emergency-police"),
    ],
)
def test_urgent_words_win(knowledge: Knowledge, said: str, entry: str) -> None:
    answer = knowledge.urgent(said)
    assert answer is not None
    assert answer.entry == entry
    assert any(link.role is LinkRole.TEL for link in answer.links)


@pytest.mark.parametrize(
    "said",
    [
        "火事の罹災証明がほしい",
        "火事で焼けた家の罹災証明",
        "救急車の費用はいくらですか",
        "救急車の呼び方",
        "児童虐待防止の取り組み",
        "DVの相談窓口",
        "自殺対策の計画",
        "心臓に障害がある人の手当",
        "水が止まらない",
        "110番の家のステッカー",
        "犬が死んだ",
        "死亡届を出したい",
        "泥棒よけの補助金",
        "",
    ],
)
def test_urgent_words_do_not_fire_on_harmless_sentences(knowledge: Knowledge, said: str) -> None:
    assert knowledge.urgent(said) is None


@pytest.mark.parametrize(
    ("said", "aspect"),
    [
        ("いくら？", Aspect.FEE),
        ("それはいつまで？", Aspect.DEADLINE),
        ("何が必要ですか", Aspect.BRING),
        ("もっと詳しく", Aspect.HOW),
    ],
)
def test_a_follow_up_without_a_topic_is_about_the_last_entry(
    knowledge: Knowledge, said: str, aspect: Aspect
) -> None:
    answer = knowledge.answer(said, aspect, last="child-allowance")
    assert (answer.entry, answer.aspect) == ("child-allowance", aspect)


def test_a_question_with_a_topic_of_its_own_leaves_the_last_entry(knowledge: Knowledge) -> None:
    assert knowledge.answer("犬の登録は？", last="child-allowance").entry == "dog-registration"


@pytest.mark.parametrize("said", ["もっと詳しく", "いくら？"])
def test_a_last_entry_that_is_gone_is_no_topic(knowledge: Knowledge, said: str) -> None:
    answer = knowledge.answer(said, last="deleted-yesterday")
    assert (answer.kind, answer.text) == (AnswerKind.TALK, knowledge.phrases.which_topic)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("土曜は？", "11月28日（土）"),
        ("水曜日はどうですか", "11月25日（水）"),
        ("来週の火曜は？", "12月1日（火）"),
        ("今度の日曜も開いてる", "11月29日（日）"),
        ("大晦日は", "12月31日（木）"),
        ("お正月は？", "1月1日（金・元日）"),
        ("今日は？", "11月23日（月・勤労感謝の日）"),
    ],
)
def test_a_day_alone_is_about_the_last_place(knowledge: Knowledge, said: str, day: str) -> None:
    answer = knowledge.hours(said, last="centennial-museum")
    assert answer.entry == "centennial-museum"
    assert day in answer.text


def test_a_day_without_any_place_asks_which(knowledge: Knowledge) -> None:
    assert knowledge.hours("土曜は開いてる？").text == knowledge.phrases.hours.which


def test_opening_right_now_is_told_by_the_clock() -> None:
    clock = [NOW]
    knowledge = Knowledge(now=lambda: clock[0])

    def asked(hour: int) -> str:
        clock[0] = datetime.fromisoformat(f"2026-11-25T{hour:02}:00")
        return knowledge.hours("百年記念館は今開いてる？").text

    assert "いま開いています" in asked(10)
    assert "いま閉まっています" in asked(8)
    assert "いま閉まっています" in asked(18)


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_the_clock_is_that_of_the_city_wherever_the_server_stands(
    monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    in_japan = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=9)
    assert abs(local_now() - in_japan) < timedelta(seconds=5)
    monkeypatch.undo()
    time.tzset()


def test_year_end_at_the_museum_is_not_guessed(knowledge: Knowledge) -> None:
    assert "確認できていません" in knowledge.hours("百年記念館は12月31日開いてる？").text


def test_hours_of_what_is_no_place_of_ours_are_answered_by_who_is(knowledge: Knowledge) -> None:
    assert knowledge.hours("消費生活センターは何時まで").entry == "consumer-188"


def test_hours_of_a_procedure_are_those_of_its_counter(knowledge: Knowledge) -> None:
    procedure = knowledge.entry("moving-in")
    answer = knowledge.hours(f"{procedure.title}は明日")
    counter = knowledge.hours("明日は", last="moving-in")
    assert knowledge.content.department(procedure.department).title in answer.text
    assert (answer.entry, answer.text) == ("moving-in", counter.text)


def test_hours_of_what_others_do_are_not_those_of_the_city(knowledge: Knowledge) -> None:
    entries = knowledge.content.entries.values()
    theirs = [entry for entry in entries if isinstance(entry, Procedure) and entry.handled_by][:5]
    assert theirs
    for procedure in theirs:
        answer = knowledge.hours(procedure.title)
        assert (answer.entry, answer.aspect) == (procedure.id, "about")


def test_a_follow_up_is_not_taken_for_another_topic(knowledge: Knowledge) -> None:
    answer = knowledge.answer("いつから申し込めるの", Aspect.DEADLINE, last="childcare")
    assert (answer.entry, answer.aspect) == ("childcare", "deadline")


def test_hours_that_nobody_confirmed_are_not_asserted(knowledge: Knowledge) -> None:
    answer = knowledge.hours("道の駅は明日開いてますか")
    assert answer.entry == "michi-no-eki"
    assert answer.text == knowledge.phrases.hours.unknown.format(title="道の駅スタープラザ芦別")


@pytest.mark.parametrize("said", ["9999年12月31日", "0001年1月1日", "2026年2月30日"])
def test_a_day_that_does_not_exist_is_not_taken_for_today(knowledge: Knowledge, said: str) -> None:
    answer = knowledge.hours(f"百年記念館は{said}開いてる？")
    assert answer.text == knowledge.phrases.hours.no_such_day


@pytest.mark.parametrize(
    "said",
    [
        *("", " ", "あ", "a", "1", "？", "😀😀😀", "？？？", "・・・", "。。。。。", "123", "は" * 10_000),
        *("\x00", "\ud800", "\u200b", "\u202e\u2067", "<script>", "ã\x81\x82ã\x81\x84", "譁?ｭ怜喧縺"),
        *("asdfghjkl", "%s %d {0}", "\u0301" * 500, "﷽" * 2000),
    ],
)
@pytest.mark.parametrize("by", Mode)
def test_nonsense_gets_an_honest_reply(
    knowledge: Knowledge, by_letter: Knowledge, said: str, by: Mode
) -> None:
    asked = knowledge if by is Mode.MEANING else by_letter
    for answer in (asked.answer(said), asked.hours(said)):
        assert answer.kind in (AnswerKind.TALK, AnswerKind.UNKNOWN)
        assert answer.facts == () or answer.kind is AnswerKind.UNKNOWN


def test_an_unknown_topic_says_so_and_gives_a_phone_and_a_person(knowledge: Knowledge) -> None:
    answer = knowledge.answer("宇宙船の車検")
    assert answer.kind is AnswerKind.UNKNOWN
    assert answer.entry is None
    assert any(link.role is LinkRole.TEL for link in answer.links)
    assert [choice.says for choice in answer.choices] == [knowledge.phrases.labels.person]


def test_an_unknown_topic_is_told_outright_where_the_content_says_who_knows(tmp_path: Path) -> None:
    knowledge = Knowledge(a_content(tmp_path, {OUTSIDE: MOON, ENTRY: an_entry()}), now=lambda: NOW)
    for aspect in Aspect:
        answer = knowledge.answer("月の土地の手続き", aspect)
        assert (answer.kind, answer.entry) == (AnswerKind.UNKNOWN, "moon")
        assert "月の土地を借ります。" in answer.text
        assert [choice.says for choice in answer.choices] == [knowledge.phrases.labels.person]
    assert knowledge.choose("月の土地の手続き").kind is AnswerKind.UNKNOWN


def test_what_is_outside_is_no_choice(knowledge: Knowledge) -> None:
    outside = {e.title: e for e in knowledge.content.entries.values() if isinstance(e, Outside)}
    asked = [question[:-1] for entry in outside.values() for question in entry.questions[:2]]
    offered = [choice.says for said in asked for choice in knowledge.answer(said).choices]
    assert offered
    assert outside.keys().isdisjoint(offered)


def test_a_vague_topic_offers_up_to_four_choices(knowledge: Knowledge) -> None:
    answer = knowledge.answer("引っ越しの手続き")
    assert answer.kind is AnswerKind.CHOICES
    assert 2 <= len(answer.choices) <= 4
    assert answer.entry is None


def test_every_choice_that_can_be_offered_leads_where_it_says(knowledge: Knowledge) -> None:
    question = knowledge.phrases.question_about
    labels = knowledge.phrases.labels.aspects
    for entry in knowledge.content.entries.values():
        assert knowledge.choose(entry.title).entry == entry.id
        for aspect in Aspect:
            said = knowledge.choose(question.format(title=entry.title, label=labels[aspect]), last="birth")
            assert said.entry == entry.id
            if aspect in aspects_known(entry) and not isinstance(entry, Outside):
                assert said.aspect == aspect


def test_every_name_that_one_entry_alone_has_is_that_entry_s(knowledge: Knowledge) -> None:
    entries = knowledge.content.entries.values()
    owners: dict[str, set[str]] = {}
    for entry in entries:
        for name in (entry.title, *entry.aliases):
            owners.setdefault(squeeze(name), set()).add(entry.id)
    titles = {squeeze(entry.title) for entry in entries}
    assert len(owners) > 500
    for name, ids in owners.items():
        if len(ids) == 1 or name in titles:
            assert knowledge.answer(f" {name}　").entry in ids, name


def test_a_name_that_two_entries_have_is_neither_s(tmp_path: Path) -> None:
    two = {
        f"procedures/{name}.yml": an_entry(name=name, more="aliases: [定期]\n").replace("駐車場", topic)
        for name, topic in (("parking", "駐車場"), ("cycling", "駐輪場"))
    }
    knowledge = Knowledge(a_content(tmp_path, dict(two)), now=lambda: NOW)
    assert knowledge.answer("定期").entry is None
    assert knowledge.answer("駐輪場の手続き").entry == "cycling"


def test_the_words_of_a_button_ask_for_its_aspect_whatever_the_intent(knowledge: Knowledge) -> None:
    fee = knowledge.phrases.labels.aspects[Aspect.FEE]
    says = knowledge.phrases.question_about.format(title=knowledge.entry("child-allowance").title, label=fee)
    assert knowledge.answer(says, Aspect.WHERE, last="birth").aspect == "fee"
    assert knowledge.answer("児童手当", Aspect.WHERE).aspect == "where"


def test_choosing_a_person_hands_over(knowledge: Knowledge) -> None:
    assert knowledge.choose(knowledge.phrases.labels.person).kind is AnswerKind.HANDOFF


def test_choices_can_be_offered_again(knowledge: Knowledge) -> None:
    answer = knowledge.offer(["転入届", "転出届"])
    assert answer.kind is AnswerKind.CHOICES
    assert [choice.says for choice in answer.choices] == ["転入届", "転出届"]


def test_entries_are_looked_up_by_id(knowledge: Knowledge) -> None:
    assert knowledge.entry("birth").id == "birth"
    with pytest.raises(UnknownEntryError):
        knowledge.entry("no-such")


def test_a_folder_broken_from_the_start_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError):
        Knowledge(a_content(tmp_path, {ENTRY: an_entry(more="brng: 印鑑\n")}))


def test_a_broken_save_keeps_the_last_good_answers_and_is_reported_until_it_is_fixed(folder: Path) -> None:
    knowledge = Knowledge(folder, now=lambda: NOW)
    good = knowledge.answer("駐車場の手続き")
    a_content(folder, {ENTRY: an_entry(more="brng: 印鑑\n")})
    knowledge.reload()
    assert [(problem.path, problem.line) for problem in knowledge.problems] == [(ENTRY, 8)]
    assert knowledge.answer("駐車場の手続き") == good
    a_content(folder, {ENTRY: an_entry().replace("駐車場を借ります。", "駐車場を返します。")})
    knowledge.reload()
    assert knowledge.problems == ()
    assert knowledge.answer("駐車場の手続き").text == "駐車場を返します。"


def test_a_deleted_entry_is_forgotten(folder: Path) -> None:
    knowledge = Knowledge(folder, now=lambda: NOW)
    (folder / ENTRY).unlink()
    knowledge.reload()
    assert knowledge.answer("駐車場の手続き").kind is not AnswerKind.ANSWER


def test_talk_suggests_what_can_be_asked_and_a_notice_says_no_more(knowledge: Knowledge) -> None:
    talk = knowledge.talk("こんにちは")
    assert [choice.says for choice in talk.choices] == list(knowledge.phrases.suggestions)
    assert knowledge.notice("お知らせ") == Answer(kind=AnswerKind.NOTICE, text="お知らせ")


@pytest.mark.parametrize(
    "said",
    [
        *(
            "児童\u200b手当",
            "\u200b児\u200c童\u200d手\u2060当\ufeff",
            "\u202e児童手当",
            "\u2067児童手当\u2069",
        ),
        *("児童手当\u00ad", "児童　手当", "  児童手当\n", "児 童 手 当", "<b>児童手当</b>"),
    ],
)
@pytest.mark.parametrize("by", Mode)
def test_what_nobody_sees_changes_no_answer(
    knowledge: Knowledge, by_letter: Knowledge, said: str, by: Mode
) -> None:
    asked = knowledge if by is Mode.MEANING else by_letter
    assert asked.answer(said) == asked.answer("児童手当")
    question = f"{said}の手続きに必要なもの"
    plain = "児童手当の手続きに必要なもの"
    assert asked.search(question).hits[0].entry is asked.search(plain).hits[0].entry


@pytest.mark.parametrize(
    "said",
    [
        "児童手当😀",
        "\ud800児童手当",
        "児童手当？！",
        "児童手当 please",
        "ｼﾞﾄﾞｳﾃｱﾃ",
        "じどうてあて",
        "児童手当" * 2500,
    ],
)
def test_what_stands_around_a_name_does_not_hide_it(knowledge: Knowledge, said: str) -> None:
    assert "child-allowance" in [hit.entry.id for hit in knowledge.search(said).hits]


@given(st.text(max_size=60) | st.text("児童手当の犬いくら？\u200b\u202e😀a ｶﾞ\ud800", max_size=30))
def test_any_text_gets_an_answer_that_can_be_sent(by_meaning: Knowledge, said: str) -> None:
    answer = by_meaning.answer(said, Aspect.FEE, last="birth")
    assert answer.text
    assert answer.model_dump_json()
    assert 0 <= answer.confidence <= 1


def a_store(folder: Path, encoder: Encoder | None = None) -> VectorStore:
    return VectorStore(encoder or HashEncoder(), folder.parent / "vectors.sqlite")


def becomes(done: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not done():
        time.sleep(0.02)
    return done()


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return a_content(tmp_path / "content", {ENTRY: an_entry()})


def test_without_vectors_it_starts_by_the_letter_and_goes_on_by_meaning(content: Path) -> None:
    encoder = HashEncoder()
    knowledge = Knowledge(content, now=lambda: NOW, vectors=a_store(content, encoder))
    assert encoder.encoded == []
    assert knowledge.search("駐車場").mode is Mode.LETTERS
    assert knowledge.answer("駐車場の手続き").entry == "parking"
    knowledge.watch()
    assert becomes(lambda: knowledge.search("駐車場").mode is Mode.MEANING)
    knowledge.close()
    assert knowledge.answer("駐車場の手続き").entry == "parking"
    again = Knowledge(content, now=lambda: NOW, vectors=a_store(content, encoder))
    assert again.search("駐車場").mode is Mode.MEANING


def test_an_edit_is_searched_by_meaning_too(content: Path) -> None:
    store = a_store(content)
    knowledge = Knowledge(content, now=lambda: NOW, vectors=store)
    knowledge.reload()
    a_content(content, {"faq/bus.yml": an_entry("faq", "bus").replace("駐車場", "市内バス")})
    knowledge.reload()
    assert knowledge.search("市内バス").mode is Mode.MEANING
    assert knowledge.answer("市内バスの手続き").entry == "bus"


def test_an_encoder_that_fails_on_content_costs_meaning_and_no_edit(content: Path) -> None:
    store = a_store(content, FailingEncoder(Kind.PASSAGE))
    knowledge = Knowledge(content, now=lambda: NOW, vectors=store)
    knowledge.search("")
    a_content(content, {"faq/bus.yml": an_entry("faq", "bus").replace("駐車場", "市内バス")})
    with capture_logs() as logs:
        knowledge.reload()
    assert [line["event"] for line in logs if line["log_level"] != "info"] == ["meaning_lost"]
    assert knowledge.search("市内バス").mode is Mode.LETTERS
    assert knowledge.answer("市内バスの手続き").entry == "bus"
    assert knowledge.problems == ()


def test_an_encoder_that_fails_on_a_question_costs_meaning_and_no_answer(content: Path) -> None:
    store = a_store(content, FailingEncoder(Kind.QUESTION, only=SECRET))
    knowledge = Knowledge(content, now=lambda: NOW, vectors=store)
    knowledge.reload()
    assert knowledge.search("駐車場").mode is Mode.MEANING
    with capture_logs() as logs:
        ranking = knowledge.search(SECRET)
        answer = knowledge.answer(SECRET)
    assert ranking.mode is Mode.LETTERS
    assert ranking.hits[0].entry.id == "parking"
    assert answer.kind in (AnswerKind.ANSWER, AnswerKind.CHOICES, AnswerKind.UNKNOWN)
    assert {line["event"] for line in logs} == {"meaning_lost"}
    assert SECRET not in str(logs)
    assert knowledge.search("駐車場").mode is Mode.MEANING


def test_what_is_said_to_be_another_town_s_is_not_answered_as_ours(knowledge: Knowledge) -> None:
    other_towns = knowledge.content.city.other_towns
    assert other_towns in knowledge.content.entries
    for said in ("旭川市の図書館の休館日", "滝川市役所で犬の登録をしたい"):
        answer = knowledge.answer(said)
        assert (answer.kind, answer.entry) == (AnswerKind.UNKNOWN, other_towns)
    assert knowledge.answer("札幌市から引っ越してきました").entry != other_towns


def test_what_somebody_elsewhere_does_for_us_is_ours_too(tmp_path: Path) -> None:
    tax_office = an_entry(more="handled_by: 滝川税務署\naliases: [税務署]\n").replace("駐車場", "所得税")
    city = (a_content(tmp_path, {}) / "city.yml").read_text(encoding="utf-8")
    files: dict[str, str | bytes] = {
        "city.yml": city + "other_towns: moon\n",
        OUTSIDE: MOON,
        ENTRY: tax_office,
        "faq/bus.yml": an_entry("faq", "bus").replace("駐車場", "市内バス"),
    }
    knowledge = Knowledge(a_content(tmp_path, files), now=lambda: NOW)
    assert knowledge.answer("滝川市の所得税の手続き").entry != "moon"
    assert knowledge.answer("滝川市の市内バスの手続き").entry == "moon"


def test_without_an_entry_for_other_towns_their_questions_are_like_any(content: Path) -> None:
    knowledge = Knowledge(content, now=lambda: NOW)
    assert knowledge.content.city.other_towns is None
    assert knowledge.answer("旭川市の駐車場の手続き").text


def test_who_is_in_danger_names_nothing(knowledge: Knowledge) -> None:
    danger = knowledge.sure("さみしくて誰かと話したい", named=True)
    assert danger is not None
    assert danger.entry == "yorisoi-hotline"
    assert knowledge.sure("犬を飼い始めた", named=True) is None, "sure, but no danger and no name"
    assert knowledge.sure("犬を飼い始めた") is not None


def test_only_an_entry_of_danger_is_said_again(knowledge: Knowledge) -> None:
    again = knowledge.danger("gas-leak")
    assert again is not None
    assert again.entry == "gas-leak"
    assert [knowledge.danger(last) for last in (None, "birth", "deleted-yesterday", "bus")] == [None] * 4


def test_the_hours_of_a_procedure_with_times_of_its_own_are_these(knowledge: Knowledge) -> None:
    answer = knowledge.hours("期日前投票は何時から")
    assert answer.entry == "early-voting"
    assert any("8時30分" in fact.value for fact in answer.facts)
    assert answer.text == knowledge.phrases.hours.own.format(title="期日前投票")
