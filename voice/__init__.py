"""The conversation: what happens between a microphone and a speaker.

Read the modules in this order to follow one sentence: ``audio``, ``events``, ``errors``,
``config``, ``wake``, ``endpoint``, ``ears``, ``stt``, ``listening``, ``intents``, ``tools``,
``history``, ``brain``, ``speakable``, ``tts``, ``turn``, ``session``.

Nothing here knows hardware, files of state, systemd or the command line: that is ``device``,
which imports ``voice`` and is never imported by it.
"""
