from __future__ import annotations

import time

import pytest

from channels.errors import PasswordRejectedError
from channels.staff.passwords import MAX_LENGTH, Passwords, check_password, one_time_password
from tests.channels.staff.people import PASSWORD


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "12文字以上"),
        ("short-word1", "12文字以上"),
        ("x" * (MAX_LENGTH + 1), "128文字以内"),
        ("password1234", "よく使われる"),
        ("ＰＡＳＳＷＯＲＤ１２３４５", "よく使われる"),
        ("!Madoguchi2026!!", "よく使われる"),
        ("123456789012", "よく使われる"),
        ("abcdefghijklm", "よく使われる"),
        ("zyxwvutsrqponm", "よく使われる"),
        ("ねこいぬねこいぬねこいぬ", "よく使われる"),
        ("aaaaaaaaaaaa", "よく使われる"),
        ("sato.hanako2026", "ログイン名や氏名"),
        ("SATO.HANAKO-1234", "ログイン名や氏名"),
        ("佐藤はなこ12345678", "ログイン名や氏名"),
        ("たこやき\0自転車の八月です", "見えない文字"),
        ("たこやき\n自転車の八月です", "見えない文字"),
        ("たこやき\ud800自転車の八月です", "見えない文字"),
    ],
)
def test_a_weak_password_is_refused_with_what_is_wrong(password: str, why: str) -> None:
    with pytest.raises(PasswordRejectedError, match=why):
        check_password(password, "sato.hanako", "佐藤はなこ")


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "correct horse battery",
        "あおい空とラーメンと列車",
        pytest.param(one_time_password(), id="one-time"),
        "a1b2c3d4e5f6",
    ],
)
def test_a_long_one_of_ones_own_is_taken(password: str) -> None:
    check_password(password, "sato.hanako", "佐藤 はなこ")


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(PasswordRejectedError) as told:
        check_password("sato1", "sato", "佐藤")
    assert "12文字以上" in str(told.value)
    assert "ログイン名や氏名" in str(told.value)


async def test_a_password_is_kept_as_argon2id_and_full_width_letters_are_the_same() -> None:
    passwords = Passwords()
    stored = await passwords.hash("Ｔａｋｏ yaki 8月 jitensha")
    assert stored.startswith("$argon2id$")
    assert await passwords.matches("Tako yaki ８月 jitensha", stored)
    assert not await passwords.matches("tako yaki 8月 jitensha", stored)


async def test_no_password_is_as_much_work_as_a_wrong_one() -> None:
    passwords = Passwords()
    stored = await passwords.hash(PASSWORD)
    times = {}
    for name, kept in (("wrong", stored), ("none", None)):
        began = time.process_time()
        for _ in range(3):
            assert not await passwords.matches("another password", kept)
        times[name] = time.process_time() - began
    assert 0.5 < times["none"] / times["wrong"] < 2


@pytest.mark.parametrize("password", ["あ" * 10_000, "\0", "\ud800", ""])
async def test_whatever_is_typed_is_just_wrong(password: str) -> None:
    passwords = Passwords()
    assert not await passwords.matches(password, await passwords.hash(PASSWORD))


async def test_a_longer_password_that_begins_like_the_right_one_is_wrong() -> None:
    passwords = Passwords()
    longest = "あい" * (MAX_LENGTH // 2)
    stored = await passwords.hash(longest)
    assert await passwords.matches(longest, stored)
    assert not await passwords.matches(longest + "う", stored)
