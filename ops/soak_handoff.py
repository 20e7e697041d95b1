"""`make soak-handoff`: hundreds ask for a person at once, few clerks answer, processes die, and who got what.

A whole house on this machine, with every desk open and ten clerks in each. Clerks sign in and work over HTTP
by the console's own routes; web servers, the worker and Rasa are killed in the middle. It stops by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from ruamel.yaml import YAML

from channels.core.database import engine
from channels.staff.audit import CONSOLE
from channels.staff.roles import Role
from channels.staff.room import StaffRoom
from knowledge.loader import CONTENT
from knowledge.table import table
from ops.errors import OpsError
from ops.handoff_checks import Found, counts, waits
from ops.handoff_people import Clerk, Resident, client
from ops.model import ensure_model
from ops.run import say
from ops.stack import Ports, Stack
from ops.supervised import WEB
from ops.vectors import ensure_vectors

RESIDENTS = 200
CLERKS = 10
KILLS = 12
PERIOD = 8.0
"""Seconds, about, that everything runs between two kills."""
KILLED = (*WEB, "worker", "rasa")
PATIENCE = 900.0
"""Seconds after which it ends, whatever is still open."""
SETTLE = 5.0
"""Seconds for the last words to reach the pages."""
PROGRESS = 10.0
GOAL_MS = 300
SEED = 8
_UNUSED = "accounts are made, nobody signs in with it here"
_PASSWORD = "負荷の試験 の 合言葉 8月"  # noqa: S105  # of a house that is thrown away


def main() -> int:
    """Run the soak and print its table; returns 1 when something was lost, doubled or spoken over."""
    parser = argparse.ArgumentParser(prog="make soak-handoff", description="職員との相談に負荷と故障をかける")
    parser.add_argument("--residents", type=int, default=RESIDENTS, help=f"住民の数（ふつうは{RESIDENTS}）")
    parser.add_argument("--clerks", type=int, default=CLERKS, help=f"職員の数（ふつうは{CLERKS}）")
    parser.add_argument("--kills", type=int, default=KILLS, help=f"プロセスを止める回数（ふつうは{KILLS}）")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-soak-"))
    logins = [f"clerk{number:02}" for number in range(1, arguments.clerks + 1)]
    desks = _content(folder / "content", logins)
    ensure_vectors(say)
    settings = {"MADOGUCHI_CONTENT": str(folder / "content")}
    stack = Stack(folder / "run", Ports.free(), ensure_model(say), settings)
    try:
        stack.start(say)
        rows, is_good = asyncio.run(_soak(stack, arguments.residents, logins, desks, arguments.kills))
    except OpsError as error:
        print(f"✖ {error}", file=sys.stderr)
        return 1
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(table(("測ったもの", "値", "目標"), rows))
    return 0 if is_good else 1


def _content(root: Path, logins: Sequence[str]) -> list[str]:
    """The knowledge with everybody at every desk, day and night; the ids of the desks."""
    shutil.copytree(CONTENT, root)
    yaml, path = YAML(), root / "desks.yml"
    desks = yaml.load(path.read_text(encoding="utf-8"))
    for desk in desks["desks"]:
        desk["members"] = list(logins)
        desk["hours"] = [{"value": "Mo-Su 00:00-24:00", "text": "いつでも"}]
        desk.pop("roster", None)
        desk.pop("special_days", None)
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(desks, file)
    return [desk["id"] for desk in desks["desks"]]


async def _soak(
    stack: Stack, count: int, logins: Sequence[str], desks: list[str], kills: int
) -> tuple[list[tuple[str, str, str]], bool]:
    draw = random.Random(SEED)  # noqa: S311  # to be drawn again, not to be secret
    clerks = await _clerks(stack, logins, desks, draw)
    residents = [Resident(client(stack.url), n, random.Random(draw.random())) for n in range(count)]  # noqa: S311
    for start in range(0, count, 20):
        await asyncio.gather(*(resident.arrive() for resident in residents[start : start + 20]))
    say(f"住民{count}人が、いっせいに職員を呼びます。職員は{len(clerks)}人です。")
    began = time.monotonic()
    working = [asyncio.create_task(clerk.work()) for clerk in clerks]
    killer = asyncio.create_task(_kill(stack, kills, draw))
    living = [asyncio.create_task(resident.live()) for resident in residents]
    telling = asyncio.create_task(_tell(residents, clerks))
    _, late = await asyncio.wait([*living, killer], timeout=PATIENCE)
    seconds = time.monotonic() - began
    await asyncio.sleep(SETTLE)
    for task in (telling, *working, *late):
        task.cancel()
    ended = await asyncio.gather(telling, killer, *working, *living, return_exceptions=True)
    await asyncio.gather(*(resident.leave() for resident in residents))
    browsers = [*(clerk.browser for clerk in clerks), *(resident.browser for resident in residents)]
    await asyncio.gather(*(browser.aclose() for browser in browsers))
    broken = [one for one in ended if isinstance(one, Exception)]
    for error in broken[:3]:
        say(f"試験の側で間違いがありました：{error!r}")
    rows, is_good = _rows(Found.of(stack.database_url), residents, clerks, kills, seconds)
    return rows, is_good and not broken


async def _clerks(stack: Stack, logins: Sequence[str], desks: list[str], draw: random.Random) -> list[Clerk]:
    """Clerks with an account each, signed in by the pages."""
    database = engine(stack.database_url)
    room = StaffRoom.of(database, _UNUSED)
    clerks = []
    for login in logins:
        password = await room.accounts.create(login, f"職員{login[-2:]}", Role.CLERK, CONSOLE)
        clerk = Clerk(client(stack.url), login, desks, random.Random(draw.random()))  # noqa: S311
        await clerk.sign_in(password or "", _PASSWORD)
        clerks.append(clerk)
    await database.dispose()
    return clerks


async def _kill(stack: Stack, kills: int, draw: random.Random) -> None:
    """End processes outright, each of them at some time, the next one when the last one is back."""
    order = [name for _ in range(0, kills, len(KILLED)) for name in draw.sample(KILLED, len(KILLED))]
    for name in order[:kills]:
        await asyncio.sleep(PERIOD * draw.uniform(0.5, 1.5))
        while not await asyncio.to_thread(_is_whole, stack):  # noqa: ASYNC110  # other processes
            await asyncio.sleep(0.5)
        processes = await asyncio.to_thread(stack.processes)
        if processes[name]:
            os.kill(processes[name], signal.SIGKILL)


def _is_whole(stack: Stack) -> bool:
    """Whether residents get full answers, by both of the servers that share a port."""
    rows = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    listening = [
        row.split()[1].endswith(f":{stack.ports.web:04X}") and row.split()[3] == "0A" for row in rows
    ]
    return sum(listening) == len(WEB) and stack.is_healthy()


async def _tell(residents: Sequence[Resident], clerks: Sequence[Clerk]) -> None:
    while True:
        await asyncio.sleep(PROGRESS)
        done = sum(resident.is_done for resident in residents)
        claims = sum(len(clerk.claims) for clerk in clerks)
        say(f"{done} / {len(residents)} 人の相談が終わりました。引き受けは {claims} 回です。")


def _rows(
    found: Found, residents: Sequence[Resident], clerks: Sequence[Clerk], kills: int, seconds: float
) -> tuple[list[tuple[str, str, str]], bool]:
    """The table, and whether all that must be exact is."""
    wrong = counts(found, residents)
    claims = [claim for clerk in clerks for claim in clerk.claims]
    visible = waits(found, residents, claims)
    granted = [claim.granted - claim.started for claim in claims if claim.is_first]
    rows = [
        ("住民 / 職員 / 止めたプロセス", f"{len(residents)} / {len(clerks)} / {kills}", ""),
        ("引き受け（先を越されたもの）", f"{len(claims)}（{sum(clerk.late for clerk in clerks)}）", ""),
        ("住民が書き足したので、終えられなかった", str(sum(clerk.unheard for clerk in clerks)), ""),
        *((what, str(count), "0") for what, count in wrong),
        ("引き受けの返事 p50 / p95", _spread(granted), ""),
        ("引き受けてから住民に見えるまで p50 / p95", _spread(visible), f"p95 {GOAL_MS} ms"),
        ("かかった時間", f"{seconds:.0f} s", ""),
    ]
    return rows, not any(count for _, count in wrong)


def _spread(seconds: Sequence[float]) -> str:
    if len(seconds) < 2:
        return "―"
    cuts = statistics.quantiles(seconds, n=100)
    return f"{1000 * cuts[49]:.0f} / {1000 * cuts[94]:.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
