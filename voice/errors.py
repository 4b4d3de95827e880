"""Everything that can go wrong, as one tree.

::

    SaysoError
    ├── ConfigError            the YAML, or a --set
    ├── UsageError             a request that makes no sense as given
    ├── StateError             another process owns the state, or a file of it is unreadable
    ├── StorageError           no space, not writable
    ├── ModelFileError         a model file is missing, half there or the wrong kind
    ├── DeviceError
    │   ├── MicrophoneError
    │   └── SpeakerError
    ├── TranscriptionError
    ├── SynthesisError
    ├── SettingError           a setting can't be changed by voice
    ├── AgendaError            a timer, alarm, list or the like can't be changed as was asked
    └── BrainError             the language model
        ├── NoModelError       none configured, none found
        ├── OfflineError       no network, refused, no such host
        ├── BadKeyError        401, 403
        ├── QuotaError         out of credit, or told to come back much later
        ├── OverloadedError    429 or 5xx
        ├── ModelTimeoutError  connect, first content, or the whole turn took too long
        ├── BrokenStreamError  the answer broke off or was not what was agreed
        └── RefusedRequestError  400: the server does not take what we sent
            └── ModelNameError  404: the server has no model of that name

``str(error)`` is one line for a person at a terminal: what, where, how to mend it.
``error.spoken`` is one short sentence that can be said aloud. Exception text is never spoken.
"""

from __future__ import annotations

from typing import ClassVar


class SaysoError(Exception):
    """Base of all errors that Sayso raises on purpose."""

    code: str = "error"
    """Stable name for programs."""
    spoken: str = "Sorry, something went wrong."
    """One sentence to say aloud."""
    exit_code: ClassVar[int] = 1
    """What a command returns when it ends with this error."""


class ConfigError(SaysoError):
    """The configuration can't be used."""

    code = "config"
    spoken = "My configuration has a mistake in it."
    exit_code = 78


class UsageError(SaysoError):
    """What was asked for makes no sense as given."""

    code = "usage"
    exit_code = 2


class StateError(SaysoError):
    """Another process owns the state, or what is stored can't be read."""

    code = "state"


class StorageError(SaysoError):
    """Something could not be written."""

    code = "storage"
    spoken = "I have no space left to write to."


class ModelFileError(SaysoError):
    """A model file is missing, incomplete or of the wrong kind."""

    code = "model_file"
    spoken = "One of my model files is missing."


class DeviceError(SaysoError):
    """A piece of hardware does not do its part."""

    code = "device"


class MicrophoneError(DeviceError):
    """There is no microphone, or it stopped."""

    code = "microphone"
    spoken = "I can't hear: there is no microphone."


class SpeakerError(DeviceError):
    """There is no speaker, or it stopped."""

    code = "speaker"


class TranscriptionError(SaysoError):
    """Speech could not be turned into text."""

    code = "stt"
    spoken = "Sorry, I couldn't make out the words."


class SynthesisError(SaysoError):
    """Text could not be turned into speech."""

    code = "tts"


class SettingError(SaysoError):
    """A setting can't be changed by voice, or not be kept."""

    code = "setting"
    spoken = "I couldn't save that, so nothing has changed."


class AgendaError(SaysoError):
    """A timer, alarm, reminder, routine, list or note can't be changed as was asked.

    The codes all begin with ``agenda_``; ``voice.agenda.refusals`` lists them with their sentences.
    """

    code = "agenda"
    spoken = "Sorry, I couldn't change that."

    def __init__(self, message: str, *, code: str, spoken: str) -> None:
        super().__init__(message)
        self.code = code
        self.spoken = spoken


class BrainError(SaysoError):
    """The language model did not answer."""

    code = "model"
    spoken = "Sorry, the model didn't answer."


class NoModelError(BrainError):
    """No model is configured and none was found."""

    code = "model_none"
    spoken = "I have no language model to ask. The time, sums and volume still work."


class OfflineError(BrainError):
    """The model's server can't be reached."""

    code = "model_offline"
    spoken = "I can't reach the model right now. The network may be down."


class BadKeyError(BrainError):
    """The model's server does not accept the key."""

    code = "model_key"
    spoken = "The model refused my key. Please check it."


class QuotaError(BrainError):
    """The account has nothing left to spend."""

    code = "model_quota"
    spoken = "The model account has run out of credit."


class OverloadedError(BrainError):
    """The model's server is too busy or faulty."""

    code = "model_overloaded"
    spoken = "The model is too busy right now. Please try again in a moment."


class ModelTimeoutError(BrainError):
    """The model took too long."""

    code = "model_timeout"
    spoken = "The model is taking too long, so I stopped waiting."


class BrokenStreamError(BrainError):
    """The model's answer broke off or could not be understood."""

    code = "model_stream"
    spoken = "The model's answer broke off."


class RefusedRequestError(BrainError):
    """The model's server does not take the request (HTTP 400)."""

    code = "model_request"
    spoken = "The model didn't accept the request."


class ModelNameError(RefusedRequestError):
    """The model's server has no model of the configured name (HTTP 404)."""

    code = "model_name"
    spoken = "The model I'm set to use isn't there. Please check its name."
