"""Asking the database from the event loop: a few questions at a time, each with an end."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from benchdb.site.server.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from benchdb.api import Database
    from benchdb.site.server.answers import Answer
    from benchdb.site.server.limits import Limits
    from benchdb.site.server.pool import Pool

T = TypeVar("T")
_PAUSE_S = 0.05
_PATIENCE_S = 5.0


class _Ticket:
    """One question on its way: the database that answers it, once it has its turn."""

    def __init__(self) -> None:
        self.database: Database | None = None
        self.is_stopped = False

    def stop(self) -> None:
        self.is_stopped = True
        if self.database is not None:
            self.database.interrupt()


class Asker:
    """Answers questions in threads of its own, and keeps results to cut further pages from."""

    def __init__(self, pool: Pool, limits: Limits) -> None:
        self.pool = pool
        self.limits = limits
        self._threads = ThreadPoolExecutor(limits.at_once, thread_name_prefix="benchdb")
        self._running: set[_Ticket] = set()
        self._pending: dict[asyncio.Future[Any], _Ticket] = {}
        self._state = ("", 0.0)
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._kept_rows = 0
        self._chores: set[asyncio.Task[None]] = set()

    def known_state(self) -> str | None:
        """Return the state of the database if it is known without asking a server; None otherwise."""
        state = self.pool.file_state()
        if state is not None:
            return state
        found, at = self._state
        return found if found and time.monotonic() - at < self.limits.recheck_s else None

    async def state(self) -> str:
        """Return the state of the database as it is now.

        Raises:
            ProblemError: If the database cannot be asked.
        """
        state = self.pool.file_state()
        if state is None:
            state = await self.ask(lambda database: database.state())
            self._state = (state, time.monotonic())
        return state

    async def ask(self, question: Callable[[Database], T]) -> T:
        """Return what a function of an open database returns, run in a thread.

        Args:
            question: Asks the database; every statement of it can be stopped.

        Raises:
            ProblemError: If too many questions wait, or this one takes too long.
        """
        if len(self._pending) >= self.limits.at_once + self.limits.waiting:
            raise ProblemError.overloaded()
        ticket = _Ticket()
        future = asyncio.get_running_loop().run_in_executor(self._threads, self._answer, ticket, question)
        self._pending[future] = ticket
        future.add_done_callback(self._forget)
        done, _ = await asyncio.wait({future}, timeout=self.limits.seconds)
        if done:
            return future.result()
        if not future.cancel():
            chore = asyncio.create_task(_stop(ticket, future))
            self._chores.add(chore)
            chore.add_done_callback(self._chores.discard)
        raise ProblemError.too_long(self.limits.seconds)

    async def answer(self, key: Hashable, question: Callable[[Database], Answer]) -> Answer:
        """Return an answer in full, the one kept for the same question and state where there is one.

        Args:
            key: What tells the question from others.
            question: Asks it.

        Raises:
            ProblemError: As of `ask`.
        """
        full = (await self.state(), key)
        if full in self._kept:
            self._kept.move_to_end(full)
            return self._kept[full]
        found = await self.ask(question)
        if full[0] == await self.state():
            self._keep(full, found)
        return found

    async def tidy(self) -> None:
        """Let the database go whenever nobody has asked for a while; runs until it is cancelled."""
        while True:
            await asyncio.sleep(self.limits.release_s / 2)
            self.pool.close_unused(self.limits.release_s)

    def close(self) -> None:
        """Stop what runs, and close the databases."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        deadline = time.monotonic() + _PATIENCE_S
        while self._running and time.monotonic() < deadline:
            for ticket in list(self._running):
                ticket.stop()
            time.sleep(_PAUSE_S)
        self.pool.close_unused()

    def _keep(self, key: Hashable, found: Answer) -> None:
        if len(found.records) > self.limits.kept_rows or key in self._kept:
            return
        self._kept[key] = found
        self._kept_rows += len(found.records) + 1
        while self._kept_rows > self.limits.kept_rows:
            self._kept_rows -= len(self._kept.popitem(last=False)[1].records) + 1

    def _answer(self, ticket: _Ticket, question: Callable[[Database], T]) -> T:
        self._running.add(ticket)
        try:
            with self.pool.lend(self.limits.seconds) as database:
                ticket.database = database
                if ticket.is_stopped:
                    raise ProblemError.too_long(self.limits.seconds)
                return question(database)
        finally:
            self._running.discard(ticket)

    def _forget(self, future: asyncio.Future[Any]) -> None:
        self._pending.pop(future, None)
        if not future.cancelled():
            future.exception()


async def _stop(ticket: _Ticket, future: asyncio.Future[Any]) -> None:
    """Stop one statement after the other until the question has ended."""
    while not future.done():
        await asyncio.to_thread(ticket.stop)
        await asyncio.wait({future}, timeout=_PAUSE_S)
