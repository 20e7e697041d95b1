from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.errors import Problem
from knowledge.links import NoNetworkError, dead_links
from knowledge.loader import load
from tests.knowledge.handmade import a_content, an_entry
from tests.knowledge.website import Website, closed_door, website

ENTRY = "procedures/parking.yml"
PAGE_LINE = 8
"""`an_entry` has 7 lines: what is added begins on line 8."""


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def site() -> Iterator[Website]:
    with website() as running:
        yield running


def dead(root: Path, more: str) -> list[Problem]:
    a_content(root, {ENTRY: an_entry(more=more)})
    return dead_links(load(root), root)


def pages(*urls: str) -> str:
    return "page:\n" + "".join(f"  - {url}\n" for url in urls)


@pytest.mark.parametrize("path", ["/200", "/moved-to/200", "/no-head", "/500", "/503", "/403", "/429"])
def test_a_page_that_is_there_moved_busy_or_refuses_robots_is_no_problem(
    tmp_path: Path, site: Website, path: str
) -> None:
    assert dead(tmp_path, pages(site.url + path)) == []


@pytest.mark.parametrize("status", ["404", "410"])
def test_a_page_that_is_gone_is_told_with_its_line_and_what_to_do(
    tmp_path: Path, site: Website, status: str
) -> None:
    [problem] = dead(tmp_path, pages(f"{site.url}/200", f"{site.url}/{status}"))
    assert (problem.path, problem.line) == (ENTRY, PAGE_LINE + 2)
    assert f"（{status}）" in problem.message
    assert "直すか、消してください" in problem.message
    assert problem.message.endswith(f"{site.url}/{status}")


def test_a_page_that_moved_to_where_nothing_is_is_gone(tmp_path: Path, site: Website) -> None:
    [problem] = dead(tmp_path, pages(f"{site.url}/moved-to/404"))
    assert "（404）" in problem.message


def test_a_page_that_answers_is_not_read(tmp_path: Path, site: Website) -> None:
    dead(tmp_path, pages(f"{site.url}/200"))
    assert site.asked == ["HEAD /200"]


def test_a_server_that_refuses_to_be_asked_without_reading_is_read(tmp_path: Path, site: Website) -> None:
    dead(tmp_path, pages(f"{site.url}/no-head"))
    assert site.asked == ["HEAD /no-head", "GET /no-head"]


def test_a_server_that_does_not_answer_is_told(tmp_path: Path, site: Website) -> None:
    with closed_door() as url:
        [problem] = dead(tmp_path, pages(f"{site.url}/200", url))
    assert problem.line == PAGE_LINE + 2
    assert "つながりません" in problem.message


@pytest.mark.parametrize(
    "url",
    ["http://xn--a/", "http://あ..jp/", "http://localhost:abc/", "http://127.0.0.1:99999/", "https:///a"],
)
def test_an_address_that_cannot_be_is_told_like_any_other(tmp_path: Path, site: Website, url: str) -> None:
    [problem] = dead(tmp_path, pages(f"{site.url}/200", url))
    assert "つながりません" in problem.message
    assert url in problem.message


def test_when_nothing_can_be_reached_it_is_the_network(tmp_path: Path) -> None:
    with closed_door() as url, pytest.raises(NoNetworkError):
        dead(tmp_path, pages(url, url + "other"))


def test_without_links_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert dead(tmp_path, "") == []


def test_a_page_is_asked_for_once_and_told_at_every_place_that_links_to_it(
    tmp_path: Path, site: Website
) -> None:
    url = f"{site.url}/404"
    source = f"sources: [{{title: 案内, url: '{url}', checked_on: 2026-11-01}}]"
    more = f"form: {{service: 予約, url: '{url}'}}\nfee:\n  - value: 300円\n    {source}\npage: {url}\n"
    assert sorted(problem.line for problem in dead(tmp_path, more)) == [8, 11, 12]
    assert site.asked == ["HEAD /404", "GET /404"]
