from __future__ import annotations

import asyncio
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import text

from channels.errors import SignInRefusedError
from channels.staff.lockout import ACCOUNT
from channels.staff.roles import Role, Staff
from channels.staff.room import StaffRoom
from channels.staff.second_factor import OFFER_SECONDS, RECOVERY_CODES
from channels.staff.sessions import CODE_LIFE, Step
from tests.channels.staff.people import CALLER, PASSWORD, Clock, account, phone, signed_in

STEP = timedelta(seconds=30)


async def half_way(room: StaffRoom) -> Staff:
    """Who has given the password and not yet the code."""
    session = await room.sessions.find(await room.sign_in.with_password("sato", PASSWORD, CALLER))
    assert session
    assert session.step is Step.CODE
    return session.staff


async def is_let_in(room: StaffRoom, code: str) -> bool:
    staff = await half_way(room)
    try:
        token = await room.sign_in.with_code(staff, code, CALLER)
    except SignInRefusedError:
        return False
    session = await room.sessions.find(token)
    assert session
    assert session.step is None
    return True


async def test_a_code_works_once(room: StaffRoom, clock: Clock) -> None:
    await account(room)
    totp, _ = await phone(room, "sato", clock.now)
    code = totp.at(clock.now)
    assert await is_let_in(room, code)
    assert not await is_let_in(room, code)
    clock.turn(STEP)
    assert not await is_let_in(room, code)  # still within the drift
    assert await is_let_in(room, totp.at(clock.now))


async def test_of_two_who_send_the_same_code_at_once_one_gets_in(room: StaffRoom, clock: Clock) -> None:
    await account(room)
    totp, _ = await phone(room, "sato", clock.now)
    both = [await half_way(room), await half_way(room)]
    tries = (room.sign_in.with_code(staff, totp.at(clock.now), CALLER) for staff in both)
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(isinstance(result, str) for result in results) == [False, True]


@pytest.mark.parametrize(("steps", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_the_phone_may_be_one_step_off(
    room: StaffRoom, clock: Clock, steps: int, *, is_good: bool
) -> None:
    await account(room)
    totp, _ = await phone(room, "sato", clock.now)
    assert await is_let_in(room, totp.at(clock.now + steps * STEP)) is is_good


async def test_an_older_code_is_not_taken_after_a_newer_one(room: StaffRoom, clock: Clock) -> None:
    await account(room)
    totp, _ = await phone(room, "sato", clock.now)
    assert await is_let_in(room, totp.at(clock.now + STEP))
    assert not await is_let_in(room, totp.at(clock.now))


async def test_each_recovery_code_works_once_however_it_is_typed(room: StaffRoom, clock: Clock) -> None:
    await account(room)
    _, codes = await phone(room, "sato", clock.now)
    assert len(set(codes)) == RECOVERY_CODES == 10
    assert await is_let_in(room, codes[0])
    assert not await is_let_in(room, codes[0])
    assert await is_let_in(room, codes[1].upper().replace("-", " － "))
    async with room.engine.connect() as connection:
        assert await connection.scalar(text("select count(*) from recovery_code")) == RECOVERY_CODES - 2
        kept = str((await connection.execute(text("select digest from recovery_code"))).all())
    assert codes[2].encode() not in kept.encode()


async def test_a_recovery_code_of_somebody_else_opens_nothing(room: StaffRoom, clock: Clock) -> None:
    await account(room)
    await account(room, "other")
    await phone(room, "sato", clock.now)
    _, codes = await phone(room, "other", clock.now)
    assert not await is_let_in(room, codes[0])


async def test_wrong_codes_lock_the_account_and_the_right_password_forgives_none(
    room: StaffRoom, clock: Clock
) -> None:
    await account(room)
    totp, _ = await phone(room, "sato", clock.now)
    for _ in range(ACCOUNT.free):
        assert not await is_let_in(room, "000000")
    with pytest.raises(SignInRefusedError) as error:
        await room.sign_in.with_code(await half_way(room), totp.at(clock.now), CALLER)
    assert error.value.retry_after == 30


@pytest.mark.parametrize(
    "code", ["", "1", "あ" * 10_000, "\0", "１２３４５６", "\ud800", "000000 OR 1=1", "²²²²²²"]
)
async def test_a_hostile_code_is_just_wrong(room: StaffRoom, clock: Clock, code: str) -> None:
    await account(room)
    await phone(room, "sato", clock.now)
    assert not await is_let_in(room, code)


async def test_full_width_digits_are_digits(room: StaffRoom, clock: Clock) -> None:
    await account(room)
    totp, _ = await phone(room, "sato", clock.now)
    wide = totp.at(clock.now).translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    assert await is_let_in(room, f" {wide[:3]}　{wide[3:]} ")


async def test_the_code_has_to_come_soon(room: StaffRoom, clock: Clock) -> None:
    await account(room)
    await phone(room, "sato", clock.now)
    token = await room.sign_in.with_password("sato", PASSWORD, CALLER)
    clock.turn(CODE_LIFE)
    assert await room.sessions.find(token) is None


async def test_who_has_entered_the_code_leaves_nothing_half_way(room: StaffRoom, clock: Clock) -> None:
    await account(room)
    totp, _ = await phone(room, "sato", clock.now)
    token = await room.sign_in.with_password("sato", PASSWORD, CALLER)
    session = await room.sessions.find(token)
    assert session
    new = await room.sign_in.with_code(session.staff, totp.at(clock.now), CALLER)
    assert new != token
    assert await room.sessions.find(token) is None


async def test_a_secret_is_set_only_by_a_right_code_and_kept_encrypted(room: StaffRoom, clock: Clock) -> None:
    await account(room)
    staff = await signed_in(room)
    offer = room.second_factor.offer(staff.account, staff.login)
    with pytest.raises(SignInRefusedError):
        await room.accounts.set_second_factor(staff, offer.sealed, "000000")
    assert not (await room.accounts.named("sato")).has_second_factor
    assert room.second_factor.offer(staff.account, staff.login, offer.sealed).secret == offer.secret
    await room.accounts.set_second_factor(staff, offer.sealed, pyotp.TOTP(offer.secret).at(clock.now))
    assert (await room.accounts.named("sato")).has_second_factor
    assert not await is_let_in(room, pyotp.TOTP(offer.secret).at(clock.now))  # it was used to set it up
    async with room.engine.connect() as connection:
        kept = await connection.scalar(text("select totp_secret from account"))
    assert offer.secret.encode() not in kept


async def test_an_offer_is_for_one_account_and_for_a_while(room: StaffRoom, clock: Clock) -> None:
    await account(room)
    await account(room, "other")
    staff, other = await signed_in(room), await signed_in(room, "other")
    offer = room.second_factor.offer(staff.account, staff.login)
    code = pyotp.TOTP(offer.secret).at(clock.now)
    for sealed in ("x" + offer.sealed, "", "あ"):
        with pytest.raises(SignInRefusedError):
            await room.accounts.set_second_factor(staff, sealed, code)
    with pytest.raises(SignInRefusedError):
        await room.accounts.set_second_factor(other, offer.sealed, code)
    clock.turn(timedelta(seconds=OFFER_SECONDS + 1))
    late = pyotp.TOTP(offer.secret).at(clock.now)
    with pytest.raises(SignInRefusedError):
        await room.accounts.set_second_factor(staff, offer.sealed, late)


@pytest.mark.parametrize("role", list(Role))
async def test_managers_and_auditors_have_to_set_one_up_first(
    room: StaffRoom, clock: Clock, role: Role
) -> None:
    await account(room, "sato", role)
    session = await room.sessions.find(await room.sign_in.with_password("sato", PASSWORD, CALLER))
    assert session
    assert session.step == (Step.FACTOR if role in {Role.MANAGER, Role.AUDITOR} else None)
