# ruff: noqa
# fmt: off
"""The reference kernel in tuned NumPy: N[draw, h, row, (s, ri, a)], age innermost with one spare slot (row length A + 1).

Rows: 0 never, 1..kl lapsed gap 1..kl, kl+1..kl+ke enrolled tenure 1..ke. With that order the tenure/gap shift
is one subtract written one row lower (no roll). The age shift is the health-mixing result written one slot to the
right on the flattened (s, ri, a) axis, so every heavy ufunc call runs over long contiguous lines; what spills from
age 100 lands in the spare slot and is folded back. All temporaries are preallocated and reused.
`block` = draws worked on at once: small enough for cache, large enough to hide per-call overhead.
"""
import numpy as np
from reference_kernel.w_params import *

A1 = A + 1
LENS = np.bincount(BAND, minlength=B); LENS1 = LENS.copy(); LENS1[-1] += 1


class Model:
    def __init__(self, block=1, dtype=np.float64, P=None):
        P = P or params()
        self.dt = dt = np.dtype(dtype)
        ke, kl = self.ke, self.kl = P['ke'], P['kl']
        self.kt = kt = ke + kl + 1
        self.order = np.r_[kt - 1, ke:ke + kl, 0:ke]                     # row -> natural status
        n = kl + 1

        def pad(x):
            return np.concatenate([x, np.zeros(x.shape[:-1] + (1,))], axis=-1).astype(dt)
        N0 = P['N0'].transpose(5, 4, 1, 2, 3, 0)[self.order]             # [k,h,s,r,i,a]
        self.N0 = pad(N0.reshape(kt, H, SX, 6, A)).transpose(1, 0, 2, 3, 4).copy()
        M = P['M'].transpose(0, 4, 3, 2, 1)[:, :, :, :, None]            # [t, h', h, s, 1, a]
        self.M = pad(np.broadcast_to(M, M.shape[:4] + (6, A))).reshape(T, H, H, -1)
        self.Msum = self.M.sum(axis=1)                                   # survival [t, h, s*ri*a]
        self.f = pad(np.repeat(P['f'].transpose(0, 2, 1), 3, axis=1))    # [t, ri, a]
        c = P['c'].transpose(2, 1, 0)[:, :, None]                        # [h,s,1,a]
        self.c = pad(np.broadcast_to(c, (H, SX, 6, A))).reshape(-1)
        self.coverx = P['cover'][self.order][:n].astype(dt)
        z = P['z'][self.order]
        # exp(-logit) of an additive logit is a product of factors
        self.base = np.empty((H, kt, B))
        for rows, hh, ab in ((slice(0, n), H_RE, AB_RE), (slice(n, kt), H_DROP, AB_DROP)):
            self.base[:, rows] = np.exp(-(z[None, rows, None] + hh[:, None, None] + ab))
        self.nbw = (NEWBORN_HEALTH[:, None] * NEWBORN_SEX[None, :])[None, :, :, None]          # [1,h,s,1]
        self.enrol = np.repeat(NEWBORN_ENROL, 3)
        self.L = SX * 6 * A1
        self.alloc(block)

    def alloc(self, block):
        """All buffers from one 64-byte-aligned arena, staggered so that no two start at the same page offset."""
        self.block = b = block
        dt, kt, L = self.dt, self.kt, self.L
        shapes = dict(N=(b, H, kt, L + 8), mv=(b, H, kt, L), Ns=(b, H, kt + 1, L), t1=(b, kt, L), t2=(b, kt, L),
                      ex=(b, H, L), jx=(b, H, L))
        sizes = {k: (int(np.prod(s)) * dt.itemsize + 63) // 64 * 64 + 64 * 11 for k, s in shapes.items()}
        raw = np.zeros(sum(sizes.values()) + 64, np.uint8)
        o = (-raw.ctypes.data) % 64
        for k, s in shapes.items():
            setattr(self, k, raw[o:o + int(np.prod(s)) * dt.itemsize].view(dt).reshape(s))
            o += sizes[k]
        self.N = self.N[..., :L + 1]                                     # one more slot: the shifted write ends there

    def run_block(self, D, d0, b):
        if b != self.block:
            self.alloc(b)
        kt, n, L, dt = self.kt, self.kl + 1, self.L, self.dt
        N_, mv, Ns, t1, t2, ex, jx = self.N, self.mv, self.Ns, self.t1, self.t2, self.ex, self.jx
        N = N_[..., :L]
        sl = slice(d0, d0 + b)
        y = D['y'][sl].reshape(b, T, 6); trend = D['trend'][sl]
        xd = np.exp(-D['a_drop'][sl])[:, None]; xr = np.exp(-D['a_re'][sl])[:, None]
        bd = BETA_DROP * D['bmul'][sl][:, None]; br = BETA_RE * D['bmul'][sl][:, None]
        pay = np.tile(1 - ASSIST, 2)
        v6 = lambda x: x.reshape(x.shape[:-1] + (SX, 6, A1))
        v6(N)[:] = self.N0
        F, out, sq = np.full(b, F0), np.empty((b, T, 4)), np.sqrt(1 + IOTA)
        pop = v6(N).sum(axis=(1, 2, 3, 5), dtype=float)                  # [b,ri]
        g = np.empty((b, H, kt, 6, B))
        base = self.base[None, :, :, None, :]
        live, stay = Ns[:, :, :kt], Ns[:, :, n + 1:]
        for t in range(T):
            p = C_T[t] * (pop * y[:, t]).sum(1) / pop.sum(1)             # [b]
            q = p[:, None] * pay / y[:, t]                               # [b,ri]
            ed, er = xd * np.exp(-bd * q), xr * np.exp(br * q)
            np.multiply(base[:, :, :n], er[:, None, None, :, None], out=g[:, :, :n])
            np.multiply(base[:, :, n:], ed[:, None, None, :, None], out=g[:, :, n:])
            g += 1.0
            np.reciprocal(g, out=g)
            hz = np.repeat(g if dt == g.dtype else g.astype(dt), LENS1, axis=-1).reshape(b, H, kt, 1, 6 * A1)
            np.multiply(N.reshape(b, H, kt, SX, 6 * A1), hz, out=mv.reshape(b, H, kt, SX, 6 * A1))
            np.subtract(N[:, :, 0], mv[:, :, 0], out=Ns[:, :, 0])
            np.subtract(N[:, :, 1:n], mv[:, :, 1:n], out=Ns[:, :, 2:n + 1])       # lapsed, one gap on
            Ns[:, :, n - 1] += Ns[:, :, n]                               # gap kl+1 folds into kl
            np.subtract(N[:, :, n:], mv[:, :, n:], out=stay)             # enrolled, one tenure on
            np.add.reduce(stay, axis=2, out=ex)
            Ns[:, :, kt - 1] += Ns[:, :, kt]
            np.add.reduce(mv[:, :, n:], axis=2, out=Ns[:, :, 1])         # drop -> gap 1
            np.add.reduce(mv[:, :, :n], axis=2, out=Ns[:, :, n])         # join -> tenure 1
            np.matmul(self.coverx, mv[:, :, :n], out=jx)
            jx += ex
            claims = trend[:, t] * (jx.reshape(b, -1) @ self.c)
            ex += Ns[:, :, n]
            E = v6(ex).sum(axis=(1, 2, 4), dtype=float)                  # [b,ri]
            contrib = (E * (p[:, None] * pay + GAMMA * p[:, None])).sum(1)
            F = F * (1 + IOTA) + (contrib - claims) * sq
            out[:, t, 0], out[:, t, 1], out[:, t, 2], out[:, t, 3] = F, contrib, claims, E.sum(1)
            np.add.reduce(live, axis=2, out=jx)                          # persons by h,s,ri,a
            births = np.einsum('bhra,ra->br', v6(jx)[:, :, 1], self.f[t]).astype(float)
            M = self.M[t]
            for h2 in range(H):
                np.multiply(live[:, 0], M[h2, 0], out=t1)
                np.multiply(live[:, 1], M[h2, 1], out=t2)
                np.add(t1, t2, out=t1)
                np.multiply(live[:, 2], M[h2, 2], out=t2)
                np.add(t1, t2, out=N_[:, h2, :, 1:])                     # one age on
            w = v6(N)
            w[..., A - 1] += w[..., A]
            w[..., A] = 0
            w[..., 0] = 0
            nb = births[:, None, None, :] * self.nbw                     # [b,h,s,ri]
            w[:, :, n, ..., 0] = nb * self.enrol
            w[:, :, 0, ..., 0] = nb * (1 - self.enrol)
            np.multiply(jx, self.Msum[t], out=jx)
            pop = births + v6(jx).sum(axis=(1, 2, 4), dtype=float)
        return out

    def run(self, D):
        S, b = D['S'], self.block
        return np.concatenate([self.run_block(D, d, min(b, S - d)) for d in range(0, S, b)])
