"""Whose requests reach Dagster's UI, at http://127.0.0.1:3000 or through a proxy as hall.example."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from assets.web_guard import Message, Receive, Scope, Send, WebGuard

OWN = "127.0.0.1:3000"
MUTATION = "query=mutation{deleteRun(runId:1){__typename}}"


async def ui(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands for Dagster's UI: it answers whatever reaches it."""
    await send({"type": "reached"})


GUARD = WebGuard(ui, hosts=("hall.example",))


def sent(**request: Any) -> list[Message]:
    """What is sent back for a request; `host`, `origin`, `method`, `path`, `query` and `kind` describe it."""
    headers = [(b"host", request.get("host", OWN).encode())]
    if "origin" in request:
        headers.append((b"origin", request["origin"].encode()))
    scope: Scope = {
        "type": request.get("kind", "http"),
        "method": request.get("method", "GET"),
        "path": request.get("path", "/graphql"),
        "query_string": request.get("query", "").encode(),
        "headers": headers,
    }
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        messages.append(message)

    # In a thread of its own: where a browser is open in this process, this thread has a running loop already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, GUARD(scope, receive, send)).result()
    return messages


def is_reached(**request: Any) -> bool:
    return sent(**request) == [{"type": "reached"}]


@pytest.mark.parametrize("host", [OWN, "localhost:3000", "[::1]:3000", "HALL.example"])
def test_own_names_pass(host: str) -> None:
    assert is_reached(host=host)
    assert is_reached(host=host, origin=f"http://{host}", method="POST")


@pytest.mark.parametrize("host", ["evil.example:3000", "127.0.0.1.evil.example", "", "[broken"])
def test_a_foreign_host_is_refused_with_a_sentence(host: str) -> None:
    start, body = sent(host=host)
    assert start["status"] == 403
    assert "ui_hosts" in body["body"].decode()


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1.evil.example:3000", "file://"])
def test_a_page_of_another_site_cannot_post(origin: str) -> None:
    assert sent(origin=origin, method="POST")[0]["status"] == 403


def test_graphql_is_not_asked_by_get() -> None:
    assert sent(query=MUTATION)[0]["status"] == 405
    assert sent(query="x=1&" + MUTATION, path="/prefix/graphql")[0]["status"] == 405
    assert is_reached(), "the playground has no query"
    assert is_reached(query="query=runs", path="/locations"), "other pages may have a parameter of that name"
    assert is_reached(query=MUTATION, method="POST")


def test_a_page_of_another_site_cannot_listen() -> None:
    assert is_reached(kind="websocket", origin=f"http://{OWN}")
    closed = sent(kind="websocket", origin="http://evil.example")
    assert [(message["type"], message["code"]) for message in closed] == [("websocket.close", 1008)]


def test_what_is_no_request_passes() -> None:
    assert is_reached(kind="lifespan")
