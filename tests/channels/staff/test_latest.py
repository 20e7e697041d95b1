from __future__ import annotations

import asyncio

import pytest

from channels.staff.console.latest import Latest


class Book:
    """Read slowly; `begun` counts the reads, `opened` tells of the first."""

    def __init__(self) -> None:
        self.page = 0
        self.begun = 0
        self.opened = asyncio.Event()
        self.is_torn = False

    async def read(self) -> int:
        self.begun += 1
        self.opened.set()
        page = self.page
        await asyncio.sleep(0.02)
        if self.is_torn:
            raise OSError
        return page


async def test_who_asks_together_shares_one_read() -> None:
    book = Book()
    latest = Latest(book.read)
    assert await asyncio.gather(*(latest.get() for _ in range(50))) == [0] * 50
    assert book.begun == 1


async def test_who_asks_while_a_read_runs_gets_what_is_new() -> None:
    book = Book()
    latest = Latest(book.read)
    early = asyncio.create_task(latest.get())
    await book.opened.wait()
    book.page = 1
    late = [asyncio.create_task(latest.get()) for _ in range(50)]
    assert await early == 0
    assert await asyncio.gather(*late) == [1] * 50
    assert book.begun == 2


async def test_who_goes_away_takes_it_from_nobody() -> None:
    latest = Latest(Book().read)
    leaves, stays = asyncio.create_task(latest.get()), asyncio.create_task(latest.get())
    await asyncio.sleep(0.005)
    leaves.cancel()
    assert await stays == 0


async def test_a_read_that_fails_fails_for_its_own_only() -> None:
    book = Book()
    latest = Latest(book.read)
    book.is_torn = True
    for found in await asyncio.gather(latest.get(), latest.get(), return_exceptions=True):
        assert isinstance(found, OSError)
    book.is_torn = False
    assert await latest.get() == 0


async def test_each_later_read_is_a_new_one() -> None:
    book = Book()
    latest = Latest(book.read)
    for page in range(3):
        book.page = page
        assert await latest.get() == page


@pytest.mark.parametrize("count", [1, 20])
async def test_it_reads_once_at_a_time(count: int) -> None:
    running = most = 0

    async def read() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.005)
        running -= 1

    latest = Latest(read)

    async def ask(after: int) -> None:
        await asyncio.sleep(after / 1000)
        await latest.get()

    await asyncio.gather(*(ask(after) for after in range(count)))
    assert most == 1
