"""The only modules of ``voice`` that import heavy or replaceable libraries, one file each.

Each is loaded late, by the table in ``device.loading``, and fulfils a small Protocol that stands
beside the stage which uses it.
"""

import os

# ONNX Runtime 1.31 reports its use to its makers unless told not to; nothing leaves this device but
# what its owner sends.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
