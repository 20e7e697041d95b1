from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
import segno
from fastapi import FastAPI

from channels.web.checklist import checklist_router
from channels.web.guard import Guard
from channels.web.problems import problem
from knowledge.entries import Guide
from knowledge.service import Knowledge
from tests.content import REAL
from tests.knowledge.handmade import a_content

NOW = datetime.fromisoformat("2026-11-23T10:00")
GUIDE = """\
kind: guide
id: guide-dog
title: 犬を飼う案内
short: 犬
starts_from: []
summary: 案内です。
department: city-hall
status: confirmed
sources: [{title: 条例, url: "https://www.city.example/dog?a=1&b=2", checked_on: 2026-11-01}]
steps:
  - {id: came, ask: 犬が来た日は、いつですか。, answer: date}
  - {id: old, ask: 生後91日以上ですか。}
checklist:
  - {do: 首輪を買う, at_home: true}
  - {do: 犬の<b>登録</b>をする, entry: dog, if: {old: はい}, by: {days: 30, after: came}}
  - {do: 注射を受ける, entry: dog, if: {old: はい}}
"""
DOG = """\
kind: procedure
id: dog
title: 犬の登録
summary: 犬の登録です。
department: city-hall
status: confirmed
sources: [{title: 条例, checked_on: 2026-11-01}]
bring:
  - {value: 印鑑, status: unconfirmed}
  - {value: 手数料}
  - {value: "\\"問診票\\""}
"""


def client_of(knowledge: Knowledge, *, is_https: bool = False) -> httpx.AsyncClient:
    app = FastAPI()
    app.add_middleware(Guard, refuse=lambda error: problem(error, knowledge.phrases), embed_on="")
    app.include_router(checklist_router(knowledge, lambda: NOW, is_https=is_https))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://madoguchi.example")


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The page over one guide made by hand, on 2026-11-23."""
    async with client_of(Knowledge(written(tmp_path), now=lambda: NOW)) as client:
        yield client


def written(root: Path) -> Path:
    return a_content(root, {"guides/guide-dog.yml": GUIDE, "procedures/dog.yml": DOG})


def parts(page: str) -> dict[str, str]:
    """The page's text by its second headings; "" is what stands before them."""
    sections = re.split(r"<h2>(.*?)</h2>", page)
    texts = [re.sub(r"(\s*<[^>]+>\s*)+", "\n", part).strip() for part in sections]
    return dict(zip(["", *texts[1::2]], texts[0::2], strict=True))


async def test_tasks_stand_by_their_deadline_with_boxes_to_tick(client: httpx.AsyncClient) -> None:
    page = (await client.get("/checklist/guide-dog?came=2026-11-20&old=はい")).text
    tasks = parts(page)["すること"]
    assert tasks.index("12月18日（金）まで") < tasks.index("登録") < tasks.index("期限のないもの")
    assert "首輪を買う（家でできます）" in tasks
    assert page.count('<input type="checkbox"') == 5
    assert "2026年11月23日の内容です。することは3件です。" in page


async def test_what_to_bring_one_visit_phone_and_sources_are_there(client: httpx.AsyncClient) -> None:
    sections = parts((await client.get("/checklist/guide-dog?old=はい")).text)
    assert sections["持ち物"].splitlines() == ["手数料", "&#34;問診票&#34;"]
    assert "注射を受ける" in sections["1か所でできること"]
    assert re.search(r"\d{4}-\d{2}-\d{4}", sections["電話で聞く"])
    assert "2026年11月1日確認" in sections["出典"]


async def test_only_what_the_answers_ask_for_is_shown(client: httpx.AsyncClient) -> None:
    page = (await client.get("/checklist/guide-dog?came=2026-11-20&old=いいえ")).text
    assert "首輪を買う" in page
    assert "登録" not in parts(page)["すること"]
    assert "持ち物" not in parts(page)


@pytest.mark.parametrize("query", ["", "?old=たぶん", "?came=2026-02-30", "?nowhere=1&came=9999-12-31"])
async def test_what_is_not_known_shows_a_task_too_many_rather_than_too_few(
    client: httpx.AsyncClient, query: str
) -> None:
    response = await client.get(f"/checklist/guide-dog{query}")
    assert response.status_code == 200
    assert "注射を受ける（あてはまる方）" in response.text


async def test_markup_in_content_and_in_the_address_stays_text(client: httpx.AsyncClient) -> None:
    page = (
        await client.get("/checklist/guide-dog", params={"old": "はい", "x": '"><script>1</script>'})
    ).text
    assert "犬の&lt;b&gt;登録&lt;/b&gt;をする" in page
    assert "<script>1" not in page
    assert "https://www.city.example/dog?a=1&amp;b=2" in page


@pytest.mark.parametrize(("is_https", "scheme"), [(False, "http"), (True, "https")])
async def test_the_code_leads_to_this_page_with_the_answers_it_was_made_from(
    tmp_path: Path, is_https: bool, scheme: str
) -> None:
    knowledge = Knowledge(written(tmp_path), now=lambda: NOW)
    async with client_of(knowledge, is_https=is_https) as client:
        page = (await client.get("/checklist/guide-dog?came=2026-11-20&old=はい&x=1")).text
    query = urlencode({"came": "2026-11-20", "old": "はい"})
    code = segno.make_qr(f"{scheme}://madoguchi.example/checklist/guide-dog?{query}", error="L")
    path = re.search(r' d="([^"]+)"', code.svg_inline())
    assert path
    assert path[0] in page


async def test_an_address_too_long_for_a_code_still_gets_its_list(tmp_path: Path) -> None:
    knowledge = Knowledge(written(tmp_path), now=lambda: NOW)
    async with client_of(knowledge) as client:
        page = (await client.get("/checklist/guide-dog", headers={"host": "a" * 3000})).text
    assert "首輪を買う" in page
    assert "<svg" not in page


@pytest.mark.parametrize("guide", ["nowhere", "dog", "guide-mynumber-pin"])
async def test_where_there_is_no_checklist_the_page_says_so_with_a_phone_number(
    knowledge: Knowledge, guide: str
) -> None:
    async with client_of(knowledge) as client:
        response = await client.get(f"/checklist/{guide}")
    assert response.status_code == 404
    assert knowledge.phrases.checklist_page.gone in response.text
    assert 'href="tel:' in response.text


async def test_a_list_without_tasks_says_so(tmp_path: Path) -> None:
    guide = GUIDE.replace("  - {do: 首輪を買う, at_home: true}\n", "")
    root = written(tmp_path)
    (root / "guides" / "guide-dog.yml").write_text(guide, encoding="utf-8")
    async with client_of(Knowledge(root, now=lambda: NOW)) as client:
        response = await client.get("/checklist/guide-dog?old=いいえ")
    assert response.status_code == 200
    assert "することは見つかりませんでした" in response.text
    assert "<h2>すること</h2>" not in response.text


async def test_the_page_asks_nobody_to_keep_it_or_to_tell_of_it(api: httpx.AsyncClient) -> None:
    response = await api.get("/checklist/guide-dog?old=はい")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in response.headers
    assert '<meta name="robots" content="noindex">' in response.text


async def test_nothing_on_the_page_needs_more_than_the_content_security_policy_allows(
    api: httpx.AsyncClient,
) -> None:
    page = (await api.get("/checklist/guide-dog")).text
    assert re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", page) == []
    for path in re.findall(r'(?:src|href)="(/[^"]+)"', page):
        assert (await api.get(path)).status_code == 200


@pytest.mark.parametrize("guide", [g for g in REAL.guides.values() if g.checklist], ids=lambda g: g.id)
async def test_every_checklist_opens(knowledge: Knowledge, guide: Guide) -> None:
    async with client_of(knowledge) as client:
        page = (await client.get(f"/checklist/{guide.id}")).text
    assert guide.title in page
    assert "<svg" in page
