"""`/staff`: who waits. One press claims and opens the talk."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, status
from fastapi.responses import Response

from channels.staff.console.console import Console
from channels.staff.roles import Staff


async def queue_page(
    console: Console, request: Request, staff: Staff, problem: str = "", status_code: int = status.HTTP_200_OK
) -> Response:
    """The page of the queue, perhaps with why a claim was refused."""
    queue = await console.queue(staff)
    return console.room.pages.show(request, "queue.html", staff, status_code, problem, queue=queue)


def queue_router(console: Console) -> APIRouter:
    """`GET /staff`."""
    router = APIRouter()

    type Reader = Annotated[Staff, Depends(console.room.gate.signed_in())]

    @router.get("/staff")
    async def show(request: Request, staff: Reader) -> Response:
        return await queue_page(console, request, staff)

    return router
