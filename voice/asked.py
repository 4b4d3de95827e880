"""One request to the language model: asking, running tools, asking again, until there is an answer."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing

from voice.chat import Model, ModelPart, TextDelta, ToolCall
from voice.claims import ClaimGuard, announced
from voice.context import Context, Sent
from voice.errors import (
    BrainError,
    BrokenStreamError,
    ModelNameError,
    NoModelError,
    RefusedRequestError,
)
from voice.history import ToolRound
from voice.patience import Patience
from voice.speakable import ThoughtFilter
from voice.tools import ToolResult, ToolTurn

log = logging.getLogger(__name__)

_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What would command a terminal, or can't be written as UTF-8; line ends and tabs stay."""


class Asked:
    """A request, while it is worked on and until it is known what of its answer was heard.

    One that is dropped before ``spoke`` leaves nothing behind, so asking in vain is harmless.
    """

    def __init__(
        self,
        heard: str,
        model: Model | None,
        context: Context,
        tools: ToolTurn,
        patience: Patience,
        *,
        max_tokens: int,
        committed: asyncio.Event | None,
        missing: str,
    ) -> None:
        """See ``Brain.ask``; ``missing`` says why there is no model."""
        self._heard = heard
        self._model = model
        self._context = context
        self._tools = tools
        self._patience = patience
        self._max_tokens = max_tokens
        self._committed = committed
        self._missing = missing
        self._guard = ClaimGuard(lambda: tools.acted)
        self._rounds: list[ToolRound] = []
        self._refused = False  # the full request was: the bare one is made
        self._bare_works = False
        self._text = ""  # what the model has written so far
        self._trouble = ""  # the sentence that is said for the error it ended with
        self._done = ""  # what the last tool says it did, until the model has spoken of it

    async def answer(self) -> AsyncGenerator[str, None]:
        """Yield the answer's text as it comes; raises BrainError.

        Cancelling it, or ``aclose()``, ends the request at once; who may leave the loop early uses
        ``contextlib.aclosing``.
        """
        if not self._model:
            raise NoModelError(self._missing)
        async with aclosing(self._until_answered(self._model)) as pieces:
            async for piece in pieces:
                yield piece
                if self._guard.caught:  # nothing that follows a false claim is said, or done
                    return

    def believed(self, sentence: str) -> str:
        """Return what may be spoken of the next clause or sentence of the answer.

        A claim of something that no tool did becomes one honest sentence; the answer then ends, and
        what is still waiting to be spoken becomes "".
        """
        return self._guard.feed(sentence)

    def spoke(self, text: str, interrupted: bool) -> None:
        """Take the request into the history, with what was really heard of its answer.

        A sentence about trouble is left out: models take to repeating it.
        """
        if self._bare_works:
            self._context.only_bare_works()
        text = text.strip().removesuffix(self._trouble)
        self._context.history.add(self._heard, text, self._rounds, acted=self._tools.acted)
        log.debug("answer over: %d characters, interrupted: %s", len(text), interrupted)

    async def _until_answered(self, model: Model) -> AsyncGenerator[str, None]:
        """Ask, run the tools that are called, ask again, until the model only talks."""
        try:
            while True:
                said, calls = "", list[ToolCall]()
                thoughts, shown = ThoughtFilter(), False
                async with aclosing(self._ask(model)) as parts:
                    async for part in parts:
                        if isinstance(part, TextDelta):
                            text = plain = _NO_TEXT.sub("", part.text)
                            if not text:
                                continue
                            if not said and self._text and not self._text[-1].isspace():
                                text = f" {text}"  # "Let me look." and then "It is five."
                            said += plain
                            self._text += text
                            shown = shown or bool(thoughts.feed(plain).strip())
                            self._done = "" if shown else self._done
                            yield text
                        elif isinstance(part, ToolCall):
                            calls.append(part)
                if not calls:
                    break
                if refusal := await self._run(calls, said):
                    yield f" {refusal}" if self._text else refusal
                    return
            shown = shown or bool(thoughts.close().strip())
            if ending := self._ending(model, shown):
                yield ending
        except BrainError as fault:
            if not (self._done and self._tools.acted):
                self._trouble = fault.spoken
                raise
            log.warning("%s; what was asked for is done all the same", fault)
            yield self._done

    def _ending(self, model: Model, shown: bool) -> str:
        """Return what has to be added to what the model said; raises BrokenStreamError for nothing."""
        if not shown:
            if self._done:
                return self._done
            raise BrokenStreamError(f"{model.name}: the answer is empty; try another model")
        deed = announced(self._text)
        return f" {deed.honest}" if deed and not self._tools.acted else ""

    async def _ask(self, model: Model) -> AsyncGenerator[ModelPart, None]:
        """Yield one answer; a refused request is made once more with the bare minimum."""
        begun = False
        if not self._refused:
            try:
                async with aclosing(
                    self._stream(model, self._context.request(self._heard, self._rounds))
                ) as parts:
                    async for part in parts:
                        begun = True
                        yield part
                return
            except RefusedRequestError as fault:
                if begun or isinstance(fault, ModelNameError):
                    raise
                log.warning("%s; asking again without history and tools", fault)
        self._refused = True
        async with aclosing(
            self._stream(model, self._context.bare(self._heard, self._rounds))
        ) as parts:
            async for part in parts:
                yield part
        self._bare_works = True

    def _stream(self, model: Model, sent: Sent) -> AsyncGenerator[ModelPart, None]:
        messages, specs = sent
        return self._patience.watch(model.stream(messages, specs, max_tokens=self._max_tokens))

    async def _run(self, calls: list[ToolCall], said: str) -> str | None:
        """Run the calls of one round and keep them with their results; return a refusal to say.

        What an interruption leaves undone gets a result that says so: a call without a result is
        an invalid history.
        """
        results = list[ToolResult]()
        try:
            for call in calls:
                if self._committed and self._tools.acts(call):
                    await self._committed.wait()
                with self._patience.spending():
                    result = await self._tools.run(call)
                results.append(result)
                self._done = result.text if result.ok else ""
                if result.refusal:
                    return result.refusal
            return None
        finally:
            texts = [result.text for result in results]
            texts += ["not run: interrupted"] * (len(calls) - len(texts))
            sound = tuple(_sound(call) for call in calls)
            self._rounds.append(ToolRound(said.strip(), sound, tuple(texts)))


def _sound(call: ToolCall) -> ToolCall:
    """Return a call as it can be sent back: some servers parse its arguments and fail."""
    try:
        arguments = call.arguments if isinstance(json.loads(call.arguments), dict) else "{}"
    except (ValueError, RecursionError):
        arguments = "{}"
    return ToolCall(call.id, call.name, arguments)
