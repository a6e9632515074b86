#!/usr/bin/env python3
"""Golden nets and outputs of src/models/deep/tests/golden: PyTorch's own modules in float64, over the whole series at once.

Needs Debian's python3-torch (1.13) and python3-numpy. Usage: make.py OUTPUT_FOLDER
Writes lstm.net, transformer.net and cnn.net, weight files packed here from the layout that net_weights.hpp states, and for
each a .csv: the features of each bar (nan, inf and -inf among them), then its three outputs with 17 digits. The formulae
are those of net_spec.hpp: LSTM, Conv1d, LayerNorm, Linear and softmax are PyTorch's, masks instead of moving windows."""
import math
import pathlib
import struct
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional

INPUTS, WIDTH, WINDOW, HEADS, FEED, KERNEL, BARS = 5, 16, 12, 2, 24, 3, 150
DILATIONS = (1, 2, 5)
KINDS = {"lstm": 0, "transformer": 1, "cnn": 2}
MASK64 = (1 << 64) - 1
torch.manual_seed(20260101)
torch.set_default_dtype(torch.float64)


def window_scores(scores, age_bias):
    """Adds the bias of each age and masks all but the last WINDOW bars. scores [bars, bars] by query and key."""
    bars = scores.shape[0]
    age = torch.arange(bars)[:, None] - torch.arange(bars)[None, :]
    inside = (age >= 0) & (age < WINDOW)
    return (scores + age_bias[age.clamp(0, WINDOW - 1)]).masked_fill(~inside, -math.inf)


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.LSTM(INPUTS, WIDTH, 2, batch_first=True)
        self.query = nn.Linear(WIDTH, WIDTH, bias=False)
        self.age_bias = nn.Parameter(torch.randn(WINDOW))
        self.combine = nn.Linear(2 * WIDTH, WIDTH)
        self.head = nn.Linear(WIDTH, 3)

    def forward(self, x):
        h = self.net(x[None])[0][0]
        share = functional.softmax(window_scores(self.query(h) @ h.T / math.sqrt(WIDTH), self.age_bias), 1)
        return self.head(torch.tanh(self.combine(torch.cat([h, share @ h], 1))))

    def tensors(self):
        for layer in range(2):
            yield f"lstm.{layer}.weight_ih", getattr(self.net, f"weight_ih_l{layer}")
            yield f"lstm.{layer}.weight_hh", getattr(self.net, f"weight_hh_l{layer}")
            yield f"lstm.{layer}.bias", getattr(self.net, f"bias_ih_l{layer}") + getattr(self.net, f"bias_hh_l{layer}")
        yield "attention.query", self.query.weight
        yield "attention.age_bias", self.age_bias
        yield from linear("combine", self.combine)
        yield from linear("head", self.head)


class TransformerBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH, bias=False) for _ in range(3))
        self.age_bias = nn.Parameter(torch.randn(HEADS, WINDOW))
        self.out, self.expand, self.contract = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, FEED), nn.Linear(FEED, WIDTH)

    def forward(self, e):
        u, size = self.norm1(e), WIDTH // HEADS
        q, k, v = self.query(u), self.key(u), self.value(u)
        heads = []
        for h in range(HEADS):
            own = slice(h * size, (h + 1) * size)
            scores = q[:, own] @ k[:, own].T / math.sqrt(size)
            heads.append(functional.softmax(window_scores(scores, self.age_bias[h]), 1) @ v[:, own])
        e = e + self.out(torch.cat(heads, 1))
        return e + self.contract(functional.silu(self.expand(self.norm2(e))))

    def tensors(self, prefix):
        yield from linear(prefix + "norm1", self.norm1)
        for part in ("query", "key", "value"):
            yield prefix + part, getattr(self, part).weight
        yield prefix + "age_bias", self.age_bias
        yield from linear(prefix + "out", self.out)
        yield from linear(prefix + "norm2", self.norm2)
        yield from linear(prefix + "expand", self.expand)
        yield from linear(prefix + "contract", self.contract)


class CnnBlock(nn.Module):
    def __init__(self, dilation):
        super().__init__()
        self.reach = (KERNEL - 1) * dilation
        self.norm = nn.LayerNorm(WIDTH)
        self.conv = nn.Conv1d(WIDTH, WIDTH, KERNEL, dilation=dilation)
        self.mix = nn.Linear(WIDTH, WIDTH)

    def forward(self, e):
        padded = functional.pad(self.norm(e).T[None], (self.reach, 0))
        return e + self.mix(functional.silu(self.conv(padded)[0].T))

    def tensors(self, prefix):
        yield from linear(prefix + "norm", self.norm)
        yield from linear(prefix + "conv", self.conv)
        yield from linear(prefix + "mix", self.mix)


class Residual(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.embed, self.blocks = nn.Linear(INPUTS, WIDTH), nn.ModuleList(blocks)
        self.norm, self.head = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 3)

    def forward(self, x):
        e = self.embed(x)
        for block in self.blocks:
            e = block(e)
        return self.head(self.norm(e))

    def tensors(self):
        yield from linear("embed", self.embed)
        for number, block in enumerate(self.blocks):
            yield from block.tensors(f"block.{number}.")
        yield from linear("norm", self.norm)
        yield from linear("head", self.head)


def linear(prefix, module):
    yield prefix + ".weight", module.weight
    yield prefix + ".bias", module.bias


def fingerprint(data):
    """Fingerprint::add_bytes of base/hash.hpp over whole words."""
    state = 0xCBF29CE484222325
    for (word,) in struct.iter_unpack("<Q", data):
        state = ((state ^ word) * 0x100000001B3) & MASK64
        state ^= state >> 29
    state = (state * 0x100000001B3) & MASK64  # the empty tail: a word of 0
    return state ^ (state >> 29)


def text(words):
    data = words.encode()
    return struct.pack("<Q", len(data)) + data


def pad(data):
    return data + bytes(-len(data) % 64)


def weight_file(kind, tensors):
    header = struct.pack("<B8I", KINDS[kind], INPUTS, 3, WIDTH, 2, WINDOW, HEADS, FEED, KERNEL)
    header += struct.pack(f"<Q{len(DILATIONS)}I", len(DILATIONS), *DILATIONS)
    header += b"".join(text(f"feature {i}") for i in range(INPUTS))
    header += text("fedcba9876543210") + text("tools/golden/deep/make.py")
    header += struct.pack("<I", len(tensors))
    for name, values in tensors:
        header += text(name) + struct.pack(f"<B{values.ndim}Q", values.ndim, *values.shape)
    first = (24 + len(header) + 63) // 64 * 64
    body = b"".join(pad(values.tobytes()) for _, values in tensors)
    size = first + len(body) + 8
    data = pad(b"AITDEEP\n" + struct.pack("<IIQ", 1, first, size) + header) + body
    return data + struct.pack("<Q", fingerprint(data))


def main():
    folder, random = pathlib.Path(sys.argv[1]), np.random.default_rng(3)
    nets = {"lstm": Lstm(), "transformer": Residual(TransformerBlock() for _ in range(2)),
            "cnn": Residual(CnnBlock(d) for d in DILATIONS)}
    for kind, net in nets.items():
        with torch.no_grad():
            for parameter in net.parameters():  # what the file holds is what is computed with
                parameter.copy_((parameter + 0.2 * torch.randn_like(parameter)).float().double())
            if kind == "lstm":  # the file holds the sum, rounded once
                for layer in range(2):
                    getattr(net.net, f"bias_ih_l{layer}").zero_()
        mean = random.normal(size=INPUTS).astype(np.float32)
        scale = random.uniform(0.5, 2, size=INPUTS).astype(np.float32)
        rows = mean + scale * random.normal(size=(BARS, INPUTS)) * 1.5
        for bar, odd in ((20, np.nan), (33, np.inf), (47, -np.inf), (60, 1e200), (75, -1e30)):
            rows[bar, bar % INPUTS] = odd
        with np.errstate(all="ignore"):
            x = np.clip((rows - mean.astype(float)) / scale.astype(float), -10, 10)
        x[~np.isfinite(rows)] = 0
        with torch.no_grad():
            outputs = net(torch.tensor(x)).numpy()
            tensors = [("input.mean", mean), ("input.scale", scale)]
            tensors += [(name, values.numpy().astype("<f4")) for name, values in net.tensors()]
        (folder / f"{kind}.net").write_bytes(weight_file(kind, tensors))
        lines = [",".join(f"{v:.17g}" for v in (*row, *out)) for row, out in zip(rows, outputs)]
        (folder / f"{kind}.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
