#!/usr/bin/env bash
# distributed: a call that is interrupted before the client's loop has begun it is not cancelled, and is done all the same.
# Belief: Ctrl-C in a call of the client, such as a wait for results, ends the call and cancels what it had asked for.
# Seen: the interruption reaches the caller at once; where the loop was busy the callback that is to cancel the call comes first,
# finds a variable that nobody has set yet, and fails with a NameError that only the log tells; then the call begins and ends.
# Matters: while many chunks of a projection come in the loop is busy. A user who interrupts sees a traceback of the library, and
# what was interrupted, a submission of the next chunks for one, is still done. What has to be undone must be undone by hand.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q --no-compile distributed==2026.8.0 dask==2026.8.0 tornado==6.6.1

cat >"$folder/interrupted.py" <<'PY'
import logging
import os
import signal
import sys
import threading
import time

import distributed
from distributed import Client

seen, told = [], []


class Kept(logging.Handler):
    def emit(self, record):
        told.append(record.exc_info[0].__name__ if record.exc_info else record.getMessage())


async def submission():
    seen.append("begun")
    return "done"


if __name__ == "__main__":
    logger = logging.getLogger("tornado.application")
    logger.addHandler(Kept())
    logger.propagate = False
    client = Client(processes=False, dashboard_address=None)
    client.loop.add_callback(time.sleep, 2)  # results that come in keep the loop busy
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        client.sync(submission)
        raised = "nothing"
    except KeyboardInterrupt:
        raised = "KeyboardInterrupt"
    at_once = list(seen)
    time.sleep(3)
    print("version:   distributed", distributed.__version__)
    print("belief:    an interrupted call is cancelled")
    print(f"behaviour: the caller gets {raised}; begun by then: {at_once or 'nothing'}; a little later: {seen}")
    print(f"behaviour: told in the log alone: {told}")
    print("matters:   what was interrupted is done after all, and the user sees the library's traceback")
    client.close()
    as_described = raised == "KeyboardInterrupt" and not at_once and seen == ["begun"] and "NameError" in told
    sys.exit(0 if as_described else "the behaviour has changed")
PY
"$folder/venv/bin/python" "$folder/interrupted.py"
