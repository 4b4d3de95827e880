"""The only modules of ``voice`` that import heavy or replaceable libraries, one file each.

Each is loaded late, by the table in ``device.assemble``, and fulfils a small Protocol that stands
beside the stage which uses it.
"""
