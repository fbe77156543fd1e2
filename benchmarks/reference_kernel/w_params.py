# ruff: noqa
# fmt: off
"""The workload of the reference kernel: all inputs, written as closed formulas.

Natural axis order used here: [age 101][sex 2][area 2][income 3][health 3][status 17].
Nothing is read from disk and no random generator is used: draws come from a
Kronecker (Weyl) sequence, so any language can rebuild the same numbers. Draw 0
is the central one.
"""
import numpy as np

A, SX, R, I, H, K, B, T = 101, 2, 2, 3, 3, 17, 6, 36
KE, KL = 8, 8                      # enrolled tenures, lapse gaps; status 16 = never
CELLS = A * SX * R * I * H * K     # 61,812
AGE = np.arange(A, dtype=float)
X = AGE / 100.0
BAND = np.select([AGE < 16, AGE < 30, AGE < 45, AGE < 60, AGE < 75], [0, 1, 2, 3, 4], 5).astype(np.int64)

# ---- population -----------------------------------------------------------
NTOT, F0, IOTA = 9.5e8, 4.0e11, 0.025


def initial_population(ke=KE, kl=KL):
    pa = (1 + 0.35 * np.cos(2 * np.pi * (AGE - 35) / 70)) * np.exp(-np.maximum(AGE - 55, 0) / 14)
    pa /= pa.sum()
    ps = np.array([0.51, 0.49])
    pr = np.array([0.45, 0.55])
    pi = np.array([[0.25, 0.50, 0.25], [0.40, 0.45, 0.15]])
    poor, fair = 0.02 + 0.25 * X**2, 0.08 + 0.35 * X**2
    ph = np.stack([1 - poor - fair, fair, poor], axis=1)                    # [a,h]
    e = np.full(ke, 0.04 * 7 / (ke - 1)); e[ke - 1] = 1 - e[:-1].sum()
    l = 0.6 ** np.arange(kl); l /= l.sum()
    pk = np.concatenate([0.92 * e, 0.06 * l, [0.02]])
    return NTOT * np.einsum('a,s,r,ri,ah,k->asrihk', pa, ps, pr, pi, ph, pk)


# ---- mortality, health, fertility, cost ----------------------------------
def mortality0():
    s = np.arange(SX)[None, :]
    a = AGE[:, None]
    base = 0.0003 + np.exp(-10.2 + 0.095 * a - 0.35 * s) + 0.004 * np.exp(-1.2 * a)
    return np.minimum(0.9, base[:, :, None] * np.array([0.6, 1.2, 3.0]))    # [a,s,h]


IMPROVE = 0.99


def health_matrix():
    """P[a, h, h'] (row = from)."""
    P = np.zeros((A, H, H))
    P[:, 0, 1] = 0.03 + 0.12 * X;          P[:, 0, 2] = 0.005 + 0.03 * X
    P[:, 1, 0] = 0.02 + 0.20 * (1 - X);    P[:, 1, 2] = 0.04 + 0.10 * X
    P[:, 2, 0] = 0.03 * (1 - X);           P[:, 2, 1] = 0.02 + 0.10 * (1 - X)
    for h in range(H):
        P[:, h, h] = 1 - P[:, h].sum(axis=1)
    return P


def surv_health(t=None):
    """M[t, a, s, h, h'] = (1 - q0 * 0.99^t) * P."""
    ts = np.arange(T)
    q = mortality0()[None] * (IMPROVE ** ts)[:, None, None, None]
    return (1 - q)[..., None] * health_matrix()[None, :, None]


def fertility():
    """f[t, a, r] births per woman of age a in year t."""
    phi = np.where((AGE >= 15) & (AGE <= 49), np.exp(-(((AGE - 28.5) / 5.5) ** 2) / 2), 0.0)
    phi /= phi.sum()
    tfr = 1.05 + 0.005 * np.arange(T)
    return tfr[:, None, None] * phi[None, :, None] * np.array([0.9, 1.1])


NEWBORN_SEX = np.array([105.0, 100.0]) / 205.0
NEWBORN_HEALTH = np.array([0.97, 0.025, 0.005])
NEWBORN_ENROL = np.array([0.95, 0.92])      # by area


def cost0():
    """c[a, s, h] yuan a person-year at year 0."""
    base = 300 * (1 + 2 * np.exp(-AGE / 2)) + 1800 * X**2
    woman = 1 + 0.08 * ((AGE >= 15) & (AGE <= 49))
    sx = np.stack([np.ones(A), woman], axis=1)
    return base[:, None, None] * sx[:, :, None] * np.array([0.6, 1.6, 5.0])


# ---- money and behaviour --------------------------------------------------
Y0 = np.array([[18000., 42000., 95000.], [7000., 18000., 42000.]])   # [r,i]
RURAL_EXTRA = 0.01 * np.exp(-np.arange(T) / 15)
C_T = 0.0125 + 0.0002 * np.arange(T)        # premium as share of mean disposable income
ASSIST = np.array([0.4, 0.0, 0.0])          # share of premium waived, by income
GAMMA = 1.675                               # state subsidy per head / premium
AB_DROP = np.array([-0.3, 0.5, 0.1, -0.2, -0.5, -0.6])
AB_RE = np.array([0.3, -0.3, 0.0, 0.1, 0.3, 0.3])
H_DROP = np.array([0.2, 0.0, -0.6])
H_RE = np.array([-0.2, 0.0, 0.5])
BETA_DROP, BETA_RE = 40.0, 30.0


def status_tables(ke=KE, kl=KL):
    """Waiting months w[k] and the status part of the logit, z[k]."""
    k = np.arange(ke + kl + 1)
    w = np.zeros(k.size)
    w[ke:ke + kl] = np.minimum(3 + np.arange(kl), 10)
    w[-1] = 3
    z = np.empty(k.size)
    z[:ke] = -3.6 - 0.12 * np.maximum(0, np.arange(1, ke + 1) - 3)
    z[ke:ke + kl] = -1.0 - 0.10 * w[ke:ke + kl]
    z[-1] = -2.0 - 0.10 * w[-1]
    return w, z


PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101,
          103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193, 197, 199,
          211, 223, 227, 229, 233, 239, 241, 251, 257, 263, 269, 271, 277, 281, 283, 293, 307, 311, 313, 317,
          331, 337, 347, 349, 353, 359, 367, 373, 379, 383, 389]          # 77 = 5 + 36 + 36


def draws(S, first=0):
    """Draw d = first..first+S-1; draw 0 is the central (deterministic) run."""
    d = np.arange(first, first + S, dtype=float)[:, None]
    u = np.mod(0.5 + d * np.sqrt(np.array(PRIMES, dtype=float))[None], 1.0)
    c = 2 * u - 1                                                        # 0 for d = 0
    t = np.arange(T)
    g = 0.02 + 0.03 * np.exp(-t / 12) + 0.015 * c[:, :1] + 0.01 * c[:, 5:5 + T]
    m = 0.03 + 0.03 * np.exp(-t / 15) + 0.02 * c[:, 1:2] + 0.01 * c[:, 41:41 + T]
    gi = g[:, :, None] + np.stack([np.zeros(T), RURAL_EXTRA], axis=1)[None]   # [S,T,r]
    # income level in year t (growth applies from year 1) and medical price level
    lvl = np.cumprod(np.concatenate([np.ones((len(d), 1, 2)), 1 + gi[:, :-1]], axis=1), axis=1)
    y = lvl[:, :, :, None] * Y0[None, None]                                # [S,T,r,i]
    trend = np.cumprod(np.concatenate([np.ones((len(d), 1)), 1 + m[:, :-1]], axis=1), axis=1)
    return dict(y=np.ascontiguousarray(y), trend=trend,
                a_drop=0.4 * c[:, 2].copy(), bmul=1 + 0.5 * c[:, 3], a_re=0.4 * c[:, 4].copy(), S=S)


_cache = {}


def params(ke=KE, kl=KL):
    if (ke, kl) not in _cache:
        w, z = status_tables(ke, kl)
        _cache[(ke, kl)] = dict(N0=initial_population(ke, kl), M=surv_health(), f=fertility(), c=cost0(), w=w, z=z,
                                cover=1 - w / 12, ke=ke, kl=kl, K=ke + kl + 1)
    return _cache[(ke, kl)]


def rel(a, b):
    return float(np.max(np.abs(a - b) / np.maximum(np.abs(b), 1e-300)))
