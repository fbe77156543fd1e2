"""The one exception for everything that a user can cause, and the exit codes of the command."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command tells the shell. A fund that is depleted is a result, not an error: DONE."""

    DONE = 0
    BUG = 1
    USAGE = 2
    INPUT = 3
    IDENTITY = 4
    COMPARISON = 5
    ENVIRONMENT = 6
    INTERRUPTED = 130
    CLOSED_PIPE = 141


class SimsuranceError(Exception):
    """Something that the user can put right, said in one line a fault.

    `exit_code` says of which kind: INPUT (a scenario or a table is wrong), IDENTITY (an accounting identity does not
    hold or a number is not finite), COMPARISON (results differ from their reference), ENVIRONMENT (a file, a folder or
    an optional package).
    """

    def __init__(self, *lines: str, exit_code: ExitCode = ExitCode.INPUT) -> None:
        super().__init__(*lines)
        self.lines = lines
        self.exit_code = exit_code

    def __str__(self) -> str:
        return "\n".join(self.lines)
