# SPDX-License-Identifier: Apache-2.0
"""Runs a command and prints what it took, as JSON: measured.py LOG COMMAND...

A process of its own, because the peak memory that the system tells of a child counts what its parent held when it
began: a parent with a few million images would be in every figure.
"""

import json
import os
import subprocess
import sys
import time

if __name__ == "__main__":
    start = time.monotonic()
    with open(sys.argv[1], "wb") as output:
        child = subprocess.Popen(sys.argv[2:], stdout=output, stderr=output)
        _, status, usage = os.wait4(child.pid, 0)
    print(json.dumps({"code": os.waitstatus_to_exitcode(status), "user_seconds": usage.ru_utime,
                      "wall_seconds": time.monotonic() - start, "peak_mb": usage.ru_maxrss * 1024 / 1e6}))
