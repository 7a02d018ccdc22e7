"""For the LA administrator: mail and work that waits or failed, and trying it again."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.errors import NotThere
from app.notifications import waiting as outboxes
from app.notifications.blueprint import PAGE_SIZE, pages


@pages.get("/waiting")
@requires("authority.mail")
def waiting() -> str:
    after = read_cursor("given up", request.args.get("after"))
    found = outboxes.given_up(after, PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    last = shown[-1] if len(found) > PAGE_SIZE else None
    place = last and last.failed_at and [last.failed_at.isoformat(), str(last.id)]
    return render_template(
        "notifications/waiting.html",
        heaps=outboxes.heaps() if after is None else [],
        tried_again=outboxes.tried_again(PAGE_SIZE) if after is None else [],
        given_up=shown,
        task_words=outboxes.TASK_WORDS,
        next_url=place and url_for(".waiting", after=make_cursor("given up", place)),
        first_url=url_for(".waiting") if after is not None else None,
    )


@pages.post("/waiting/again")
@requires("authority.mail")
def try_again() -> Response:
    try:
        row_id = UUID(request.form.get("row", ""))
    except ValueError:
        raise NotThere from None
    task = outboxes.try_again(row_id, by=me())
    flash(f"{outboxes.TASK_WORDS.get(task, task)}: it is tried again now.", "success")
    return redirect(url_for(".waiting"), 303)


@pages.post("/waiting/all-again")
@requires("authority.mail")
def try_all_again() -> Response:
    count = outboxes.try_all_again(by=me())
    flash(f"{count:,} tried again now." if count else "Nothing had been given up.", "success")
    return redirect(url_for(".waiting"), 303)
