"""Times as the console says them, in Japanese."""

from __future__ import annotations

from datetime import datetime, timedelta

from channels.handoff.duty import local


def lasted(time: timedelta) -> str:
    """「1分未満」「12分」「1時間5分」「2日」."""
    minutes = int(time.total_seconds()) // 60
    if minutes < 1:
        return "1分未満"
    hours, minutes = divmod(minutes, 60)
    if hours >= 24:
        return f"{hours // 24}日"
    if hours:
        return f"{hours}時間{minutes}分" if minutes else f"{hours}時間"
    return f"{minutes}分"


def clock(at: datetime, now: datetime) -> str:
    """A moment from PostgreSQL, beside the local time `now`: 「14:05」, on another day 「11月30日 14:05」."""
    moment = local(at)
    hour = f"{moment:%H:%M}"
    return hour if moment.date() == now.date() else f"{moment.month}月{moment.day}日 {hour}"
