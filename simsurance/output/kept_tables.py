"""Tables that a folder keeps as arrays in one file, to be written as CSV later: the same numbers to the last bit."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

KEY: Final = "key"
COLUMN: Final = "column"


def packed(tables: "Mapping[str, pd.DataFrame]") -> bytes:
    """Tables as a file of NumPy's arrays, `table/key/name` and `table/column/name`."""
    arrays: dict[str, np.ndarray] = {}
    for table, frame in tables.items():
        keys = map(str, frame.index.names)
        arrays |= {f"{table}/{KEY}/{name}": _array(frame.index.get_level_values(name)) for name in keys}
        arrays |= {f"{table}/{COLUMN}/{name}": _array(column) for name, column in frame.items()}
    held = io.BytesIO()
    np.savez(held, **arrays)  # type: ignore[arg-type]
    return held.getvalue()


def unpacked(file: Path, table: str) -> "pd.DataFrame":
    """One of the tables that a file keeps; KeyError if it is not there."""
    import pandas as pd

    with np.load(file) as found:
        names = [name.split("/", 2) for name in found.files]
        keys, columns = (
            {name: found[f"{table}/{kind}/{name}"] for of, own, name in names if (of, own) == (table, kind)}
            for kind in (KEY, COLUMN)
        )
    if not keys:
        raise KeyError(table)
    index: Any = (
        pd.MultiIndex.from_arrays(list(keys.values()), names=list(keys))
        if len(keys) > 1
        else pd.Index(next(iter(keys.values())), name=next(iter(keys)))
    )
    return pd.DataFrame(columns, index=index)


def _array(values: Any) -> np.ndarray:
    """Values as an array of numbers or of text."""
    array = np.asarray(values)
    return array if array.dtype.kind in "biuf" else np.array([str(each) for each in array])
