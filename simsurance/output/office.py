"""What all files for an office share: the same bytes whenever they are written, and one line where a library is missing."""

import io
import zipfile
from importlib.util import find_spec
from typing import Final

from simsurance.errors import ExitCode, SimsuranceError

FIXED_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""When every file says that it was made, the first day of a ZIP: a report is dated by what it tells, not by the clock."""
EXTRA: Final = "report"


def required(module: str, package: str, extra: str = EXTRA) -> None:
    """Raises SimsuranceError (ENVIRONMENT), with the line that installs it, where a library is missing."""
    if find_spec(module) is None:
        raise SimsuranceError(
            f"{package} is missing; python -m pip install 'simsurance[{extra}]'", exit_code=ExitCode.ENVIRONMENT
        )


def same_bytes(content: bytes) -> bytes:
    """A file of an office, which is a ZIP of parts, with its parts in their order and all at one time."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, FIXED_TIME)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            new.writestr(part, old.read(name))
    return held.getvalue()
