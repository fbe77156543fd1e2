"""The engines that step the years, by name."""

from typing import Final

PLAIN: Final = "plain"
COMPILED: Final = "compiled"
ENGINES: Final = (PLAIN, COMPILED)
"""NumPy alone, or the kernels of `simsurance.model.compiled`: the same numbers but for last digits."""
