"""Need classes: a share keeps its class, the rest is drawn anew so that the population keeps its prevalence."""

import numpy as np

from simsurance.axes import axes_except, axis, left

OVER_NEEDS = axis("health", of=left("run"))


def redraw_shares(people: np.ndarray, prevalence: np.ndarray, persistence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares by need class among those drawn anew, and the prevalence missed where a share had to be limited.

    `people` [run, health, 1, sex, area, income, age] before the transition; `prevalence` [run, health, 1, sex, 1, 1, age];
    `persistence` [run, 1, …]. Returns the shares [run, health, 1, sex, 1, 1, age], each in [0, 1], summing to 1 over the
    classes, and the largest absolute error of the prevalence, [run].
    """
    by_class = people.sum(axis=axis("area", "income"), keepdims=True)
    everyone = by_class.sum(axis=axis("health"), keepdims=True)
    present = np.empty_like(by_class)
    present[:] = prevalence
    np.divide(by_class, everyone, out=present, where=everyone > 0)
    free = np.where(persistence < 1, 1 - persistence, 1.0)
    shares = np.where(persistence < 1, (prevalence - persistence * present) / free, prevalence)
    if shares.min() < 0:
        outside = (shares < 0).any(axis=axis("health"), keepdims=True)
        limited = np.maximum(shares, 0)
        shares = np.where(outside, limited / limited.sum(axis=axis("health"), keepdims=True), shares)
    reached = persistence * present + (1 - persistence) * shares
    return shares, np.abs(reached - prevalence).max(axis=axes_except())


def transition(
    cells: np.ndarray, shares: np.ndarray, persistence: np.ndarray, everyone: np.ndarray, drawn: np.ndarray
) -> None:
    """Move persons and tracked totals between need classes, in place; run by run, whose cells stay in cache.

    `cells` [run, health, row, sex, area, income, age]; `everyone` and `drawn` are workspaces [row, sex, …, age].
    """
    redrawn = np.empty((*cells.shape[:2], 1, *cells.shape[3:]))
    redrawn[:] = (1 - persistence) * shares
    kept = np.broadcast_to(persistence, (len(cells), *persistence.shape[1:]))
    for own, keeps, redraws in zip(cells, kept, redrawn, strict=True):
        np.add.reduce(own, axis=OVER_NEEDS, out=everyone)
        own *= keeps
        for of_need, share in zip(own, redraws, strict=True):
            np.multiply(everyone, share, out=drawn)
            of_need += drawn
