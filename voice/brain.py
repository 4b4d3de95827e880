"""Asking the language model: the request, its tools, its time, and what is kept of it.

One turn: ``answer`` yields text while the model writes it and runs the tools it calls; ``believed``
is asked about each sentence before it is spoken; ``spoke`` tells what was really heard.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

from voice.chat import (
    Message,
    Model,
    ModelPart,
    TextDelta,
    ToolCall,
    ToolSpec,
)
from voice.claims import ClaimGuard, announced
from voice.config import Model as ModelSettings
from voice.config import Persona, Place
from voice.errors import (
    BrainError,
    BrokenStreamError,
    ModelNameError,
    NoModelError,
    RefusedRequestError,
)
from voice.history import History, ToolRound
from voice.patience import Patience
from voice.prompt import system_prompt
from voice.speakable import ThoughtFilter
from voice.tools import Toolbox, ToolResult, ToolTurn

log = logging.getLogger(__name__)

NO_MODEL = "none"
"""The name when there is no model."""

_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What would command a terminal, or can't be written as UTF-8; line ends and tabs stay."""


@dataclass(slots=True)
class _Turn:
    """One request while it is worked on, and after it until ``spoke``."""

    heard: str
    tools: ToolTurn
    guard: ClaimGuard
    patience: Patience
    rounds: list[ToolRound] = field(default_factory=list[ToolRound])
    healed: bool = False
    """The model refused the full request and gets the bare one."""
    text: str = ""
    """What the model has written so far."""
    trouble: str = ""
    """The sentence that is said for the error it ended with."""
    done: str = ""
    """What the last tool says it did, until the model has said something about it."""


class Brain:
    """The model with its tools and its memory of the conversation."""

    def __init__(
        self,
        model: Model | None,
        tools: Toolbox,
        history: History,
        settings: ModelSettings,
        persona: Persona,
        place: Place,
        *,
        clock: Callable[[], datetime],
        missing: str = "no language model is configured, and none was found",
    ) -> None:
        """``clock`` returns the time with its zone; ``missing`` says why there is no model."""
        self._model = model
        self._tools = tools
        self._history = history
        self._settings = settings
        self._persona = persona
        self._place = place
        self._clock = clock
        self._missing = missing
        self._turn: _Turn | None = None
        self._tools_refused = False

    @property
    def name(self) -> str:
        """The model's name, or "none"."""
        return self._model.name if self._model else NO_MODEL

    @property
    def local(self) -> bool:
        """Whether the model runs on this machine, so that asking it in vain costs nothing."""
        return bool(self._model and self._model.local)

    async def warm(self) -> None:
        """Get the model ready for the next request; at start, and again when one is about to come.

        A model on this machine reads all that comes before the request meanwhile; from others
        nothing is asked, only the connection is opened.
        """
        if self._model:
            specs = self._specs()
            earlier = self._history.messages(tools=bool(specs))
            await self._model.warm([self._system(tools=bool(specs)), *earlier], specs)

    async def close(self) -> None:
        """Give back what the model holds."""
        if self._model:
            await self._model.close()

    async def answer(
        self, text: str, *, committed: asyncio.Event | None = None
    ) -> AsyncGenerator[str, None]:
        """Yield the answer's text as it comes; raises BrainError.

        Cancelling it, or ``aclose()``, ends the request at once; who may leave the loop early uses
        ``contextlib.aclosing``. A request made before the speaker is known to be done passes
        ``committed``: tools that change something wait for it.
        """
        if not self._model:
            raise NoModelError(self._missing)
        heard = text.encode("utf-8", "replace").decode()  # half a character must not break the JSON
        tools = self._tools.turn()
        guard = ClaimGuard(lambda: tools.acted)
        turn = self._turn = _Turn(heard, tools, guard, self._patience())
        async with aclosing(self._rounds(self._model, turn, committed)) as pieces:
            async for piece in pieces:
                yield piece
                if guard.caught:  # nothing that follows a false claim is said, or done
                    return

    def believed(self, sentence: str) -> str:
        """Return what may be spoken of the next clause or sentence of the answer.

        A claim of something that no tool did becomes one honest sentence; the answer then ends, and
        what is still waiting to be spoken becomes "".
        """
        return self._turn.guard.feed(sentence) if self._turn else sentence

    def spoke(self, text: str, interrupted: bool) -> None:
        """Take the turn into the history, with what was really heard of its answer.

        A sentence about trouble is left out: models take to repeating it.
        """
        turn, self._turn = self._turn, None
        if turn:
            text = text.strip().removesuffix(turn.trouble)
            self._history.add(turn.heard, text, turn.rounds, acted=turn.tools.acted)
            log.debug("answer over: %d characters, interrupted: %s", len(text), interrupted)

    def forget(self) -> None:
        """Take nothing of the turn into the history: it was withdrawn."""
        self._turn = None

    def noted(self, heard: str, spoken: str) -> None:
        """Take what the device answered itself into the history, so that the model knows of it."""
        self._history.add(heard, spoken)

    def new_conversation(self) -> Callable[[], None]:
        """Forget what was said; returns what takes that back."""
        self._turn = None
        self._tools_refused = False
        return self._history.clear()

    def _patience(self) -> Patience:
        return Patience(self.name, self._settings.stall_s, self._settings.timeout_s)

    # -- the request --------------------------------------------------------------------------

    def _specs(self) -> tuple[ToolSpec, ...]:
        offered = self._model and self._model.offers_tools and not self._tools_refused
        return self._tools.specs if offered else ()

    def _system(self, *, tools: bool) -> Message:
        prompt = system_prompt(self._persona, self._place, self._clock(), tools=tools)
        return {"role": "system", "content": prompt}

    def _request(self, turn: _Turn) -> tuple[list[Message], tuple[ToolSpec, ...]]:
        """Return messages and tools: everything, or the bare request after a refusal."""
        specs = self._specs()
        user: Message = {"role": "user", "content": turn.heard}
        if turn.healed:
            done = "; ".join(result for part in turn.rounds for result in part.results)
            if done:
                user["content"] += f"\n(Already looked up or done: {done})"
            return [self._system(tools=False), user], ()
        earlier = self._history.messages(tools=bool(specs))
        rounds = [message for part in turn.rounds for message in part.messages()]
        return [self._system(tools=bool(specs)), *earlier, user, *rounds], specs

    # -- one turn -----------------------------------------------------------------------------

    async def _rounds(
        self, model: Model, turn: _Turn, committed: asyncio.Event | None
    ) -> AsyncGenerator[str, None]:
        """Ask, run the tools that are called, ask again, until the model only talks."""
        try:
            while True:
                said, calls = "", list[ToolCall]()
                thoughts, shown = ThoughtFilter(), False
                async with aclosing(self._ask(model, turn)) as parts:
                    async for part in parts:
                        if isinstance(part, TextDelta):
                            text = plain = _NO_TEXT.sub("", part.text)
                            if not text:
                                continue
                            if not said and turn.text and not turn.text[-1].isspace():
                                text = f" {text}"  # "Let me look." and then "It is five."
                            said += plain
                            turn.text += text
                            shown = shown or bool(thoughts.feed(plain).strip())
                            turn.done = "" if shown else turn.done
                            yield text
                        elif isinstance(part, ToolCall):
                            calls.append(part)
                if not calls:
                    break
                if refusal := await self._run(turn, calls, said, committed):
                    yield f" {refusal}" if turn.text else refusal
                    return
            shown = shown or bool(thoughts.close().strip())
            if ending := self._ending(turn, shown):
                yield ending
        except BrainError as fault:
            if not (turn.done and turn.tools.acted):
                turn.trouble = fault.spoken
                raise
            log.warning("%s; what was asked for is done all the same", fault)
            yield turn.done

    def _ending(self, turn: _Turn, shown: bool) -> str:
        """Return what has to be added to what the model said; raises BrokenStreamError for nothing."""
        if not shown:
            if turn.done:
                return turn.done
            raise BrokenStreamError(f"{self.name}: the answer is empty; try another model")
        deed = announced(turn.text)
        return f" {deed.honest}" if deed and not turn.tools.acted else ""

    async def _ask(self, model: Model, turn: _Turn) -> AsyncGenerator[ModelPart, None]:
        """Yield one answer; a refused request is made once more with the bare minimum."""
        begun = False
        messages, specs = self._request(turn)
        try:
            stream = model.stream(messages, specs, max_tokens=self._settings.max_tokens)
            async with aclosing(turn.patience.watch(stream)) as parts:
                async for part in parts:
                    begun = True
                    yield part
            return
        except RefusedRequestError as fault:
            if begun or turn.healed or isinstance(fault, ModelNameError):
                raise
            log.warning("%s; asking again without history and tools", fault)
        turn.healed = True
        messages, specs = self._request(turn)
        stream = model.stream(messages, specs, max_tokens=self._settings.max_tokens)
        async with aclosing(turn.patience.watch(stream)) as parts:
            async for part in parts:
                yield part
        # It worked, so history or tools are what the server does not take.
        self._history.clear()
        self._tools_refused = True

    async def _run(
        self, turn: _Turn, calls: list[ToolCall], said: str, committed: asyncio.Event | None
    ) -> str | None:
        """Run the calls of one round and keep them with their results; return a refusal to say.

        What an interruption leaves undone gets a result that says so: a call without a result is
        an invalid history.
        """
        results = list[ToolResult]()
        try:
            for call in calls:
                if committed and turn.tools.acts(call):
                    await committed.wait()
                with turn.patience.spending():
                    result = await turn.tools.run(call)
                results.append(result)
                turn.done = result.text if result.ok else ""
                if result.refusal:
                    return result.refusal
            return None
        finally:
            texts = [result.text for result in results]
            texts += ["not run: interrupted"] * (len(calls) - len(texts))
            sound = tuple(_sound(call) for call in calls)
            turn.rounds.append(ToolRound(said.strip(), sound, tuple(texts)))


def _sound(call: ToolCall) -> ToolCall:
    """Return a call as it can be sent back: some servers parse its arguments and fail."""
    try:
        arguments = call.arguments if isinstance(json.loads(call.arguments), dict) else "{}"
    except (ValueError, RecursionError):
        arguments = "{}"
    return ToolCall(call.id, call.name, arguments)
