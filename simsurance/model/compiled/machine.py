"""How a kernel becomes machine code. Nothing here or in the kernels is imported unless the compiled engine is asked for."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import numba

import simsurance.axes

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(kernel: Kernel) -> Kernel:
    """A function that kernels call; it is compiled with them.

    Not in fast mathematics: numbers are added as they are written. Division is NumPy's: a check for zero would keep loops from
    going through many ages at once.
    """
    return numba.njit(kernel, error_model="numpy")


def kept(kernel: Kernel) -> Kernel:
    """A function that Python calls; its machine code is kept on disk for the next process."""
    return numba.njit(kernel, error_model="numpy", cache=True)


def _digest() -> int:
    """Sixty bits of the text of all kernels and axes."""
    files = [*sorted(Path(__file__).parent.glob("*.py")), Path(simsurance.axes.__file__)]
    text = b"".join(each.read_bytes() for each in files)
    return int.from_bytes(hashlib.sha256(text).digest()[:8]) >> 4


SOURCES: Final = _digest()
"""Stands in what is kept: a change of any kernel, and not of the file alone that Python calls, makes it anew."""
