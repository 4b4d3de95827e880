"""``sayso bench``: how fast and how exact the assistant is, beside a plain one in the same run.

Times on a shared machine mean little alone, so every clip is answered twice, one after the other: by
the real pipeline and by a plain baseline with the same models. Read ``measure`` first; ``ours`` and
``baseline`` answer clips in a room that keeps real time, ``accuracy`` hears without any pace.
"""
