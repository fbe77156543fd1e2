"""Exponential and logarithm for kernels, in a form that goes through many numbers at once."""

from typing import Any, Final

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from simsurance.model.compiled.machine import compiled

DOUBLE, WHOLE = ir.DoubleType(), ir.IntType(64)
THREE_QUARTERS: Final = 0x3FE8000000000000
"""The bits of 0.75."""
LOG2_E: Final = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
"""ln 2 in two parts, the first with zeros at its end."""
SHIFT: Final = 1000
NEAR: Final = 0.3
"""How far from 1 a ratio may be for its logarithm by `near_one`."""


@intrinsic  # type: ignore[untyped-decorator]
def power_of_two(_: Any, exponent: Any) -> Any:
    """2ⁿ from its bits."""

    def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del context, signature
        whole = arguments[0].type
        return builder.bitcast(builder.shl(builder.add(arguments[0], whole(1023)), whole(52)), DOUBLE)

    return types.float64(types.int64), write


@intrinsic  # type: ignore[untyped-decorator]
def bits_of(_: Any, number: Any) -> Any:
    """The bits of a number as a whole one."""

    def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del context, signature
        return builder.bitcast(arguments[0], WHOLE)

    return types.int64(types.float64), write


@compiled
def exponential(y: float) -> float:
    """e^y to the last digits, for y from −690 to 690; beyond, what it is there."""
    inside = min(max(y, -690.0), 690.0)
    n = np.int32(inside * LOG2_E + (SHIFT + 0.5)) - SHIFT
    r = (inside - n * LN2_HIGH) - n * LN2_LOW
    s = r * r
    first = (1.0 + r) + (0.5 + r / 6.0) * s
    second = (1.0 / 24 + r * (1.0 / 120)) + (1.0 / 720 + r * (1.0 / 5040)) * s
    third = (1.0 / 40320 + r * (1.0 / 362880)) + (1.0 / 3628800 + r * (1.0 / 39916800)) * s
    fourth = 1.0 / 479001600 + r * (1.0 / 6227020800)
    q = s * s
    return (first + (second + (third + fourth * q) * q) * q) * power_of_two(np.int64(n))


@compiled
def near_one(z: float) -> float:
    """The logarithm of 1 + z to the last digits where z is NEAR 0: twice the inverse hyperbolic tangent of z ÷ (2 + z)."""
    s = z / (2.0 + z)
    q = s * s
    low = (1.0 + q * (1.0 / 3)) + (1.0 / 5 + q * (1.0 / 7)) * (q * q)
    high = (1.0 / 9 + q * (1.0 / 11)) + (1.0 / 13 + q * (1.0 / 15)) * (q * q)
    return 2.0 * s * (low + (high + (1.0 / 17) * (q * q) * (q * q)) * (q * q) * (q * q))


@compiled
def logarithm(y: float) -> float:
    """The logarithm to the last digits, of y from 1e-307 on: of a number between 0.75 and 1.5, and of a power of two."""
    n = (bits_of(y) - THREE_QUARTERS) >> 52
    s = y * power_of_two(-n)
    s = (s - 1.0) / (s + 1.0)
    q = s * s
    p = q * q
    low = (1.0 + q * (1.0 / 3)) + (1.0 / 5 + q * (1.0 / 7)) * p
    middle = (1.0 / 9 + q * (1.0 / 11)) + (1.0 / 13 + q * (1.0 / 15)) * p
    high = (1.0 / 17 + q * (1.0 / 19)) + (1.0 / 21 + q * (1.0 / 23)) * p
    return n * LN2_HIGH + (2.0 * s * (low + (middle + high * (p * p)) * (p * p)) + n * LN2_LOW)
