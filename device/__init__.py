"""The thing on the desk: command line, sound card, files, service; may import ``voice``, never the other way."""
