"""The schema of everything in `content/`: one pydantic model a kind, built of `facts`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from knowledge.answer import Status
from knowledge.facts import (
    STATUS_HELP,
    Dated,
    Day,
    Fact,
    Facts,
    Hours,
    HoursFact,
    Id,
    Line,
    Model,
    Pages,
    Phones,
    Source,
    SpecialDay,
    Texts,
    Url,
)
from knowledge.guides import END, Choice, Short, Step, Task
from knowledge.urgent import Emergency

NUMBER_PATTERN = r"^[0-9]{1,2}(-[0-9]{1,2})?$"
ItemNumber = Annotated[str, Field(pattern=NUMBER_PATTERN)]
"""The number of a procedure in the city's list: 12, or 20-3 for the third of a group."""


class Entry(Dated):
    """What all kinds share."""

    id: Id = Field(description="半角英数字とハイフンの名前。ファイル名と同じ。一度決めたら変えない")
    title: Line = Field(description="正式な名前")
    aliases: tuple[Line, ...] = Field(default=(), description="別の呼び名、古い名前、略称")
    questions: tuple[Line, ...] = Field(default=(), description="住民の聞き方。8つ以上。多いほどよく見つかる")
    summary: Texts = Field(min_length=1, description="最初に伝える短い答え（2〜3文）")
    easy: Texts = Field(default=(), description="やさしい日本語の答え")
    department: Id | None = Field(default=None, description="担当の department の id")
    handled_by: Line | None = Field(
        default=None, description="市でない機関が行うとき、その名前（例: 警察署）"
    )
    status: Status = Field(description=STATUS_HELP)
    sources: tuple[Source, ...] = Field(min_length=1, description="出典。最低1つ")
    checked_on: Day | None = Field(default=None, description="職員がこの項目の全部を最後に確かめた日")
    related: tuple[Id, ...] = Field(default=(), description="関連する項目の id")
    page: Pages = Field(default=(), description="くわしいページのURL")
    covers: tuple[ItemNumber, ...] = Field(
        default=(), description="city.yml の優先手続の番号（例: ['20-1']）。この項目が答えるもの"
    )

    def summary_on(self, day: date) -> str | None:
        """The short answer that is valid on `day`, None when no version is."""
        return next((text.value for text in self.summary if text.holds_on(day)), None)


class Form(Dated):
    """An online form. Only a form that is known to exist is written down."""

    service: Line = Field(description="サービス名（例: マイナポータル ぴったりサービス）")
    url: Url = Field(description="フォームのURL")
    needs: tuple[Line, ...] = Field(default=(), description="オンラインで必要なもの")
    status: Status | None = Field(default=None, description="芦別市が受け付けているか。" + STATUS_HELP)
    sources: tuple[Source, ...] = Field(default=(), description="出典")


class How(Model):
    """The ways to do it: at the window, by post, online."""

    window: Facts = Field(default=(), description="窓口での手続き")
    post: Facts = Field(default=(), description="郵送での手続き")
    online: Facts = Field(default=(), description="オンラインの手続き。できないときはその理由")


class Procedure(Entry):
    """手続き."""

    kind: Literal["procedure"] = Field(description="procedure は手続き")
    who: Facts = Field(default=(), description="対象になる人、手続きできる人")
    when: Facts = Field(default=(), description="期限・受付期間")
    bring: Facts = Field(default=(), description="持ち物。1行に1つ")
    fee: Facts = Field(default=(), description="手数料、または受け取れる金額")
    where: Facts = Field(default=(), description="窓口")
    how: How = Field(default=How(), description="方法")
    form: Form | None = Field(
        default=None, description="オンライン申請のフォーム。あると分かっているものだけ"
    )
    steps: Facts = Field(default=(), description="手順。1行に1つ")
    takes: Facts = Field(default=(), description="かかる日数")
    proxy: Facts = Field(
        default=(), description="本人のほかにできる人と、その人が要るもの（委任状など）。できないときはその旨"
    )
    phone: Phones = Field(default=(), description="この手続き専用の電話番号")


class _Open(Entry):
    """What has doors: an address, hours, days on which all is different."""

    address: Facts = Field(default=(), description="住所・場所")
    phone: Phones = Field(default=(), description="電話番号")
    hours: Hours = Field(default=(), description="開いている時間")
    special_days: tuple[SpecialDay, ...] = Field(
        default=(), description="この日だけ休む、この日だけ開ける。hours より優先する"
    )

    def hours_on(self, day: date) -> HoursFact | None:
        """The weekly hours that are valid on `day`, None when none are."""
        return next((hours for hours in self.hours if hours.holds_on(day)), None)


class Place(_Open):
    """施設."""

    kind: Literal["place"] = Field(description="place は施設")
    fee: Facts = Field(default=(), description="料金")
    notes: Facts = Field(default=(), description="そのほか（駐車場、貸出しの冊数など）")


class Department(_Open):
    """担当課・窓口."""

    kind: Literal["department"] = Field(description="department は担当課・窓口")


class Guide(Entry):
    """順番に進む案内. One without questions is found through the entries it starts from alone."""

    kind: Literal["guide"] = Field(description="guide は順番のある案内")
    short: Short = Field(description="ボタンに出す短い呼び名。12文字まで。ほかの guide と同じにしない")
    starts_from: tuple[Id, ...] = Field(default=(), description="この案内を始めるボタンを出す項目の id")
    steps: tuple[Step, ...] = Field(
        min_length=1, description="聞くこと（ask）と、すること（do）。上から順に進む"
    )
    checklist: tuple[Task, ...] = Field(default=(), description="最後に出す「やること」の一覧")
    phone: Phones = Field(default=(), description="電話番号")

    def following(self, step: Step) -> str:
        """The id of the next step in the file, END after the last."""
        place = self.steps.index(step) + 1
        return self.steps[place].id if place < len(self.steps) else END

    def onward(self, step: Step, choice: Choice | None = None) -> str:
        """Where `step` leads with `choice`, END where the guide ends there."""
        return (choice and choice.go) or step.next or self.following(step)


class Faq(Entry):
    """よくある質問."""

    kind: Literal["faq"] = Field(description="faq はよくある質問、緊急の案内")
    phone: Phones = Field(default=(), description="電話番号")
    urgent: tuple[Line, ...] = Field(
        default=(),
        description="この言葉があれば何より先にこの項目を出す（火事、救急、命に関わること）。"
        "「【夫】 + なぐ|殴 - 書き」は、urgent_words の「夫」のどれかと、「なぐ」か「殴」が近くにあり"
        "（順は問わない）、「書き」が近くにないとき。ひらがなの言葉は読みでも探すので、漢字・カタカナ・変換のまちがいでも見つかる。"
        "「。」は文の始めと終わり（「。火事。」は、それだけの文）",
    )
    urgent_words: dict[Line, tuple[Line, ...]] = Field(
        default={}, description="urgent の中で【 】で呼ぶ言葉の集まり（例: 夫: [夫, 旦那, 主人]）"
    )
    not_urgent: tuple[Line, ...] = Field(
        default=(),
        description="urgent の言葉のすぐ後（15文字以内、同じ文）にあれば、緊急としない言葉"
        "（証明、講習、検査など）",
    )
    urgent_first: bool = Field(
        default=False, description="ほかの緊急の項目の言葉もあるとき、この項目を先に出すなら true"
    )

    danger: bool = Field(
        default=False,
        description="人に危険や被害が迫っているときの案内なら true。"
        "続けて言われたことに答えがなければ、あいさつや市役所の電話番号より先に、この項目をもう一度出す",
    )

    @model_validator(mode="after")
    def _urgent_lines_can_be_read(self) -> Self:
        self.emergency()
        return self

    def emergency(self) -> Emergency:
        """What this answers before anything else; raises ValueError with a sentence for staff."""
        return Emergency.of(
            self.id, self.urgent, self.urgent_words, self.not_urgent, is_first=self.urgent_first
        )


class Notice(Entry):
    """期間のあるお知らせ."""

    kind: Literal["notice"] = Field(description="notice は期間のあるお知らせ")


class Outside(Entry):
    """答えを持っていないこと."""

    kind: Literal["outside"] = Field(
        description="outside は、まどぐちが答えを持っていないこと。summary で、だれが知っているかを伝える"
    )


def facts_in(entry: Entry) -> Iterator[tuple[tuple[int | str, ...], Fact]]:
    """Every fact of `entry` with its place in the file, e.g. (("how", "post", 0), fact)."""
    yield from _facts_in(entry, ())


def _facts_in(model: Model, place: tuple[int | str, ...]) -> Iterator[tuple[tuple[int | str, ...], Fact]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, How):
            yield from _facts_in(value, (*place, name))
        elif isinstance(value, tuple):
            yield from (((*place, name, n), fact) for n, fact in enumerate(value) if isinstance(fact, Fact))


def run_out(entry: Entry, day: date) -> Iterator[tuple[tuple[int | str, ...], Dated]]:
    """Whatever of `entry` has ended by `day` with no next version to take its place."""
    dated: list[tuple[tuple[int | str, ...], Dated]] = [((), entry), *facts_in(entry)]
    dated += [(("summary", n), text) for n, text in enumerate(entry.summary)]
    dated += [(("easy", n), text) for n, text in enumerate(entry.easy)]
    if isinstance(entry, Procedure) and entry.form:
        dated.append((("form",), entry.form))
    for place, thing in dated:
        if thing.valid_until is None or not thing.ended_before(day):
            continue
        after = thing.valid_until + timedelta(days=1)
        versions = [other for where, other in dated if len(place) > 1 and where[:-1] == place[:-1]]
        if not any(version.valid_from and version.holds_on(after) for version in versions):
            yield place, thing


AnyEntry = Annotated[
    Procedure | Place | Guide | Faq | Department | Notice | Outside, Field(discriminator="kind")
]
KINDS: dict[str, type[Entry]] = {
    "procedure": Procedure,
    "place": Place,
    "guide": Guide,
    "faq": Faq,
    "department": Department,
    "notice": Notice,
    "outside": Outside,
}
"""Every kind by its name; its files may lie anywhere below `content/`."""
