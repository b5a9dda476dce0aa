#!/usr/bin/env python3
"""Writes the numerics vectors *.txt of this folder: make_vectors.py (needs numpy for single-precision arithmetic)

Every expected result is computed here with Python's unbounded integers, straight from the equations of
docs/quantization.md and independently of the C++ kernels; tests/oracles/check_vectors.py holds the same cases against
LiteRT's reference kernels. Each case is a graph of one node in the text form, its inputs and its result.
"""
import math
import pathlib
import random
from dataclasses import dataclass, field

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
F32 = np.float32
RANGES = {"i4": (-8, 7), "i8": (-128, 127), "u8": (0, 255), "i16": (-32768, 32767), "i32": (-2**31, 2**31 - 1)}
REAL_LIMITS = {"none": (-math.inf, math.inf), "relu": (0, math.inf), "relu6": (0, 6), "relu_n1_to_1": (-1, 1)}


# ---- scalars ---------------------------------------------------------------------------------------------------------

def round_away(x):
    """Nearest integer of a real, ties away from zero."""
    return int(math.copysign(math.floor(abs(x) + 0.5), x)) if abs(x) < 2**51 else int(x)


def clamp(x, low, high):
    return min(max(x, low), high)


def wrap(x, bits=32):
    return (x + 2**(bits - 1)) % 2**bits - 2**(bits - 1)


def multiplier(real):
    """(mantissa, shift) with real = mantissa * 2^(shift - 31)."""
    if real == 0:
        return 0, 0
    fraction, shift = math.frexp(real)
    mantissa = round_away(fraction * 2.0**31)
    if mantissa == 2**31:
        mantissa, shift = 2**30, shift + 1
    return (0, 0) if shift < -31 else (mantissa, shift)


def high(a, b, bits=32):
    """a * b / 2^(bits-1) to the nearest, ties upwards, saturated."""
    return min((a * b + 2**(bits - 2)) >> (bits - 1), 2**(bits - 1) - 1)


def shift_right(x, n):
    """x / 2^n to the nearest, ties away from zero."""
    rounded = (abs(x) + (2**(n - 1) if n > 0 else 0)) >> n
    return rounded if x >= 0 else -rounded


def scale32(x, m):
    mantissa, shift = m
    return shift_right(high(wrap(x << max(shift, 0)), mantissa), max(-shift, 0))


def scale64(x, m):
    """The rule for 64-bit sums: mantissa of 16 bits, one rounding, ties upwards."""
    mantissa, shift = m
    short = (mantissa + 2**15) >> 16 if mantissa < 0x7FFF0000 else 0x7FFF
    return (x * short + 2**(14 - shift)) >> (15 - shift)


# ---- tensors ---------------------------------------------------------------------------------------------------------

@dataclass
class Tensor:
    name: str
    dtype: str
    shape: tuple
    data: list
    scales: list = field(default_factory=list)
    zero: int = 0
    axis: int = -1
    constant: bool = False

    def type_text(self):
        text = f"{self.dtype}[{','.join(map(str, self.shape))}]"
        if self.axis >= 0:
            return text + f" q(axis={self.axis}, [{', '.join(map(number, self.scales))}])"
        return text + (f" q({number(self.scales[0])}, {self.zero})" if self.scales else "")

    def scale(self, channel=0):
        return self.scales[channel if self.axis >= 0 else 0]

    def array(self):
        return np.array(self.data, dtype=object).reshape(self.shape)


def number(x):
    return str(F32(x)) if isinstance(x, (float, F32)) else str(x)


@dataclass
class Case:
    name: str
    op: str
    attrs: dict
    inputs: list
    result: Tensor
    padding: str = ""       # "same" or "valid", for LiteRT
    litert: bool = True     # whether LiteRT can run it

    def text(self):
        data = [x for x in self.inputs if not x.constant]
        lines = [f"case {self.name}",
                 f"graph main({', '.join(f'%{x.name}: {x.type_text()}' for x in data)}) -> (%y) {{"]
        lines += [f"  const @{x.name}: {x.type_text()} = [{', '.join(map(number, x.data))}]"
                  for x in self.inputs if x.constant]
        names = ", ".join(("@" if x.constant else "%") + x.name for x in self.inputs)
        attrs = "".join(f" {key}={attr(value)}" for key, value in self.attrs.items())
        lines += [f"  %y: {self.result.type_text()} = {self.op}({names}){attrs}", "}"]
        lines += ["input " + " ".join(map(number, x.data)) for x in data]
        return "\n".join(lines + ["output " + " ".join(map(number, self.result.data)), ""])


def attr(value):
    if isinstance(value, tuple) and len(value) == 2:
        return f"{value[0]}x{value[1]}"
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if isinstance(value, list):
        return "[" + ",".join(map(str, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else number(value)


def limits(y, activation="none"):
    low, top = RANGES[y.dtype]

    def quantized(real):
        if math.isinf(real):
            return low if real < 0 else top
        return clamp(round_away(float(F32(real) / F32(y.scales[0]))) + y.zero, low, top)
    return tuple(map(quantized, REAL_LIMITS[activation]))


def elements(rng, dtype, count, low=None, top=None):
    """Random ones, with both ends of the type among them."""
    least, most = RANGES[dtype]
    low, top = (least if low is None else low), (most if top is None else top)
    data = [rng.randint(low, top) for _ in range(count)]
    for i, end in enumerate((low, top)):
        if i < count:
            data[rng.randrange(count)] = end
    return data


def tensor(rng, name, dtype, shape, scale, zero=0):
    return Tensor(name, dtype, shape, elements(rng, dtype, math.prod(shape)), [float(F32(scale))], zero)


def result(dtype, shape, scale, zero=0):
    return Tensor("y", dtype, shape, [], [float(F32(scale))], zero)


# ---- conv2d, depthwise_conv2d, fully_connected -----------------------------------------------------------------------

def weights(rng, shape, scales, axis, dtype="i8"):
    low = -7 if dtype == "i4" else -127
    return Tensor("w", dtype, shape, elements(rng, dtype, math.prod(shape), low, -low),
                  [float(F32(s)) for s in scales], 0, axis if len(scales) > 1 else -1, True)


def bias(rng, x, w, channels, dtype, most=20000):
    scales = [float(F32(x.scale()) * F32(s)) for s in w.scales]
    return Tensor("b", dtype, (channels,), [rng.randint(-most, most) for _ in range(channels)], scales, 0,
                  0 if len(scales) > 1 else -1, True)


def finish(sum_, channel, x, w, y, bounds, wide):
    real = float(x.scale()) * float(w.scale(channel)) / float(y.scale())
    scaled = scale64(sum_, multiplier(real)) if wide else scale32(wrap(sum_), multiplier(real))
    return clamp(scaled + y.zero, *bounds)


def finish_once(sum_, channel, x, w, y, bounds, wide):
    real = float(x.scale()) * float(w.scale(channel)) / float(y.scale())
    return clamp(round_away((sum_ if wide else wrap(sum_)) * real) + y.zero, *bounds)


def is_wide(x, b):
    return x.dtype == "i16" and not (b is not None and b.dtype == "i32")


def same_padding(size, window, stride, dilation):
    out = -(-size // stride)
    total = max((out - 1) * stride + (window - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def geometry(x, kernel, stride, dilation, padding):
    if padding == "valid":
        pads = ((0, 0), (0, 0))
    elif padding == "same":
        pads = tuple(same_padding(x.shape[i + 1], kernel[i], stride[i], dilation[i]) for i in (0, 1))
    else:
        pads = padding
    out = tuple((x.shape[i + 1] + sum(pads[i]) - (kernel[i] - 1) * dilation[i] - 1) // stride[i] + 1 for i in (0, 1))
    return pads, out


def windowed(name, op, x, w, b, y_scale, y_zero, stride=(1, 1), dilation=(1, 1), padding="same", activation="none"):
    kernel = w.shape[1:3]
    pads, (rows, columns) = geometry(x, kernel, stride, dilation, padding)
    depthwise = op == "depthwise_conv2d"
    channels = w.shape[3] if depthwise else w.shape[0]
    groups = 1 if depthwise else x.shape[3] // w.shape[3]
    y = result(x.dtype, (1, rows, columns, channels), y_scale, y_zero)
    xs, ws, bounds = x.array(), w.array(), limits(y, activation)
    for r in range(rows):
        for c in range(columns):
            for o in range(channels):
                total = b.data[o] if b else 0
                for ky in range(kernel[0]):
                    for kx in range(kernel[1]):
                        i = r * stride[0] - pads[0][0] + ky * dilation[0]
                        j = c * stride[1] - pads[1][0] + kx * dilation[1]
                        if not (0 <= i < x.shape[1] and 0 <= j < x.shape[2]):
                            continue
                        if depthwise:
                            total += ws[0, ky, kx, o] * (xs[0, i, j, o // (channels // x.shape[3])] - x.zero)
                            continue
                        first = o // (channels // groups) * w.shape[3]
                        total += sum(ws[o, ky, kx, k] * (xs[0, i, j, first + k] - x.zero) for k in range(w.shape[3]))
                y.data.append(finish(total, o, x, w, y, bounds, is_wide(x, b)))
    attrs = {"stride": stride, "dilation": dilation, "padding": (*pads[0], *pads[1]), "activation": activation}
    return Case(name, op, attrs, [x, w] + ([b] if b else []), y, padding if isinstance(padding, str) else "",
                isinstance(padding, str) and b is not None)


def conv2d_cases():
    rng = random.Random(1)
    for name, shape, w_shape, options in [
            ("per_channel_same", (1, 5, 4, 3), (4, 3, 3, 3), {}),
            ("relu6_stride_2", (1, 6, 7, 2), (3, 3, 3, 2), {"stride": (2, 2), "activation": "relu6"}),
            ("relu_valid", (1, 4, 4, 2), (2, 2, 3, 2), {"padding": "valid", "activation": "relu"}),
            ("dilated", (1, 6, 5, 2), (2, 3, 2, 2), {"dilation": (2, 2), "activation": "relu_n1_to_1"}),
            ("grouped", (1, 3, 3, 4), (6, 2, 2, 2), {}),
            ("one_sided_padding", (1, 4, 3, 2), (2, 3, 3, 2), {"padding": ((0, 2), (1, 0))}),
            ("zero_point_at_ends", (1, 4, 4, 2), (3, 3, 3, 2), {"zeros": (-128, 127)}),
            ("zero_point_at_other_ends", (1, 4, 4, 2), (3, 3, 3, 2), {"zeros": (127, -128), "activation": "relu"})]:
        options = dict(options)
        zeros = options.pop("zeros", (rng.randint(-128, 127), rng.randint(-100, 100)))
        x = tensor(rng, "x", "i8", shape, rng.uniform(0.01, 0.05), zeros[0])
        w = weights(rng, w_shape, [rng.uniform(0.001, 0.02) for _ in range(w_shape[0])], 0)
        b = bias(rng, x, w, w_shape[0], "i32", 3000)
        yield windowed("int8_" + name, "conv2d", x, w, b, rng.uniform(0.05, 0.3), zeros[1], **options)
    x = tensor(rng, "x", "i8", (1, 3, 3, 2), 0.03, 5)
    w = weights(rng, (3, 2, 2, 2), [0.011], 0)
    yield windowed("int8_per_tensor", "conv2d", x, w, bias(rng, x, w, 3, "i32"), 0.06, -7)
    yield windowed("int8_without_bias", "conv2d", x, w, None, 0.06, -7)
    # Multipliers that vanish, that round up to the next power of two, and above one; sums that saturate.
    w = weights(rng, (6, 1, 1, 2), [1e-10, 3.1e-11, 0.00199999996, 0.5, 3.0, 40.0], 0)
    yield windowed("int8_extreme_multipliers", "conv2d", x, w, bias(rng, x, w, 6, "i32", 2**20), 0.06, 3)
    # Adjacent ones: every rounding of small sums is met.
    x = Tensor("x", "i8", (1, 16, 16, 1), list(range(-128, 128)), [0.5], 0)
    w = Tensor("w", "i8", (4, 1, 1, 1), [1, -1, 3, 127], [0.25, 0.125, 0.0625, 0.0078125], 0, 0, True)
    yield windowed("int8_ties", "conv2d", x, w, bias(rng, x, w, 4, "i32", 3), 1.0, 0)
    x = tensor(rng, "x", "i8", (1, 4, 4, 3), 0.02, -11)
    w = weights(rng, (4, 3, 3, 3), [rng.uniform(0.02, 0.2) for _ in range(4)], 0, "i4")
    yield windowed("int8_with_int4_weights", "conv2d", x, w, bias(rng, x, w, 4, "i32"), 0.2, 9)
    for dtype in ("i64", "i32"):
        x = tensor(rng, "x", "i16", (1, 5, 4, 3), 0.0004)
        w = weights(rng, (4, 3, 3, 3), [rng.uniform(0.001, 0.02) for _ in range(4)], 0)
        yield windowed(f"int16_bias_{dtype}", "conv2d", x, w, bias(rng, x, w, 4, dtype, 2**22), 0.002,
                       0, activation="relu" if dtype == "i64" else "none")
    x = tensor(rng, "x", "i16", (1, 3, 3, 4), 0.0007)
    w = weights(rng, (4, 2, 2, 2), [0.01, 0.002, 1e-9, 2.0], 0)
    yield windowed("int16_grouped_extremes", "conv2d", x, w, bias(rng, x, w, 4, "i64", 2**30), 0.003, 0,
                   activation="relu6")


def depthwise_cases():
    rng = random.Random(2)
    for name, shape, w_shape, options in [
            ("same", (1, 5, 5, 4), (1, 3, 3, 4), {"activation": "relu6"}),
            ("stride_2", (1, 6, 5, 3), (1, 3, 3, 3), {"stride": (2, 2)}),
            ("multiplier_2", (1, 4, 4, 3), (1, 2, 3, 6), {}),
            ("dilated", (1, 6, 6, 2), (1, 3, 3, 2), {"dilation": (2, 2)}),
            ("valid", (1, 4, 5, 3), (1, 4, 5, 3), {"padding": "valid", "activation": "relu"}),
            ("one_sided_padding", (1, 4, 4, 2), (1, 3, 3, 2), {"padding": ((2, 0), (0, 1))})]:
        for dtype, wide in (("i8", "i32"), ("i16", "i64")):
            zero, y_zero = (rng.randint(-128, 127), rng.randint(-128, 127)) if dtype == "i8" else (0, 0)
            unit = 1 if dtype == "i8" else 1 / 200
            x = tensor(rng, "x", dtype, shape, rng.uniform(0.01, 0.05) * unit, zero)
            w = weights(rng, w_shape, [rng.uniform(0.001, 0.03) for _ in range(w_shape[3])], 3)
            b = bias(rng, x, w, w_shape[3], wide, 3000)
            yield windowed(f"{'int8' if dtype == 'i8' else 'int16'}_{name}", "depthwise_conv2d", x, w, b,
                           rng.uniform(0.02, 0.1) * unit, y_zero, **options)


    for dtype, wide in (("i8", "i32"), ("i16", "i64")):
        x = Tensor("x", dtype, (1, 16, 16, 1), list(range(-128, 128)), [0.5], 0)
        w = Tensor("w", "i8", (1, 1, 1, 3), [1, -1, 3], [0.25, 0.125, 0.0625], 0, 3, True)
        yield windowed(f"{'int8' if dtype == 'i8' else 'int16'}_ties", "depthwise_conv2d", x, w,
                       bias(rng, x, w, 3, wide, 3), 0.5, 0)


def fully_connected_cases():
    rng = random.Random(3)

    def case(name, x, w, b, y_scale, y_zero, activation="none", litert=True):
        y = result(x.dtype, (*x.shape[:-1], w.shape[0]), y_scale, y_zero)
        ws, bounds = w.array(), limits(y, activation)
        for row in x.array().reshape(-1, x.shape[-1]):
            for o in range(w.shape[0]):
                total = (b.data[o] if b else 0) + sum(ws[o, k] * (row[k] - x.zero) for k in range(len(row)))
                y.data.append(finish_once(total, o, x, w, y, bounds, is_wide(x, b)))
        return Case(name, "fully_connected", {"activation": activation}, [x, w] + ([b] if b else []), y, "", litert)

    for dtype, wide in (("i8", "i32"), ("i16", "i64")):
        name = "int8" if dtype == "i8" else "int16"
        zero, y_zero, unit = (-20, 31, 1) if dtype == "i8" else (0, 0, 1 / 250)
        x = tensor(rng, "x", dtype, (1, 9), 0.02 * unit, zero)
        for i, (s, t) in enumerate([(0.00731, 0.0613), (0.0101, 0.0333), (0.0123, 0.1017)]):
            w = weights(rng, (67, 9), [s], 0)
            yield case(f"{name}_per_tensor_{i}", x, w, bias(rng, x, w, 67, wide, 4000), t * unit, y_zero)
        w = weights(rng, (53, 9), [rng.uniform(0.001, 0.02) for _ in range(53)], 0)
        yield case(f"{name}_per_channel", x, w, bias(rng, x, w, 53, wide, 4000), 0.05 * unit, y_zero, "relu6")
        yield case(f"{name}_without_bias", x, w, None, 0.05 * unit, y_zero, "relu")
        if dtype == "i16":
            yield case(f"{name}_bias_i32", x, w, bias(rng, x, w, 53, "i32", 4000), 0.01 * unit, y_zero)
        x = tensor(rng, "x", dtype, (1, 3, 8), 0.02 * unit, zero)
        w = weights(rng, (4, 8), [0.01], 0)
        yield case(f"{name}_rank_3", x, w, bias(rng, x, w, 4, wide, 400), 0.02 * unit, y_zero)


# ---- add, sub, mul ---------------------------------------------------------------------------------------------------

def binary(name, op, a, b, y_scale, y_zero, activation, combine):
    shape = np.broadcast_shapes(a.shape, b.shape)
    y = result(a.dtype, shape, y_scale, y_zero)
    bounds = limits(y, activation)
    left = np.broadcast_to(a.array(), shape).reshape(-1)
    right = np.broadcast_to(b.array(), shape).reshape(-1)
    y.data = [clamp(combine(int(p) - a.zero, int(q) - b.zero, a, b, y) + y.zero, *bounds) for p, q in zip(left, right)]
    return Case(name, op, {"activation": activation}, [a, b], y)


def summed(sign):
    def combine(p, q, a, b, y):
        headroom = 15 if a.dtype == "i16" else 20
        twice = 2.0 * max(a.scale(), b.scale())
        terms = [scale32(v << headroom, multiplier(t.scale() / twice)) for v, t in ((p, a), (q, b))]
        return scale32(terms[0] + sign * terms[1], multiplier(twice / (2.0**headroom * y.scale())))
    return combine


def multiplied(p, q, a, b, y):
    return scale32(p * q, multiplier(float(F32(a.scale()) * F32(b.scale()) / F32(y.scale()))))


def elementwise_cases():
    rng = random.Random(4)
    for op, combine in (("add", summed(1)), ("sub", summed(-1)), ("mul", multiplied)):
        for dtype in ("i8", "i16"):
            unit = 1 if dtype == "i8" else 1 / 256
            for i, (shapes, activation) in enumerate([
                    (((1, 4, 5, 3), (1, 4, 5, 3)), "none"), (((1, 3, 3, 4), (1, 1, 1, 4)), "relu"),
                    (((1, 1, 1, 4), (1, 3, 2, 4)), "relu6"), (((1, 30), (1, 30)), "relu_n1_to_1"),
                    (((1, 60), (1, 60)), "none")]):
                zeros = [rng.randint(-128, 127) for _ in range(3)] if dtype == "i8" else [0, 0, 0]
                scales = [rng.uniform(0.005, 0.08) * unit for _ in range(3)]
                if op == "mul":
                    scales = [rng.uniform(0.005, 0.08) * math.sqrt(unit) for _ in range(2)] + [rng.uniform(0.01, 0.2)]
                if i == 4:  # operands of very different size
                    scales[1] = scales[0] / 700
                a = tensor(rng, "a", dtype, shapes[0], scales[0], zeros[0])
                b = tensor(rng, "b", dtype, shapes[1], scales[1], zeros[1])
                yield binary(f"{op}_{'int8' if dtype == 'i8' else 'int16'}_{i}", op, a, b, scales[2], zeros[2],
                             activation, combine)
        # Half of these results lie between two integers.
        a = Tensor("a", "i8", (1, 256), list(range(-128, 128)), [0.5], 0)
        b = Tensor("b", "i8", (1, 256), [rng.randint(-90, 90) for _ in range(256)], [0.5 if op != "mul" else 1.0], 0)
        yield binary(f"{op}_int8_ties", op, a, b, 1.0, 0, "none", combine)
        a = Tensor("a", "i16", (1, 100), elements(rng, "i16", 100), [2.0**-12], 0)
        b = Tensor("b", "i16", (1, 100), elements(rng, "i16", 100, -200, 200), [2.0**-12 if op != "mul" else 0.125], 0)
        yield binary(f"{op}_int16_ties", op, a, b, 2.0**-11, 0, "none", combine)


# ---- pools and mean --------------------------------------------------------------------------------------------------

def pool(name, op, x, window, stride, padding, activation="none"):
    pads, (rows, columns) = geometry(x, window, stride, (1, 1), padding)
    y = Tensor("y", x.dtype, (1, rows, columns, x.shape[3]), [], x.scales, x.zero)
    xs, bounds = x.array(), limits(y, activation)
    for r in range(rows):
        for c in range(columns):
            for k in range(x.shape[3]):
                taps = [xs[0, i, j, k]
                        for i in range(r * stride[0] - pads[0][0], r * stride[0] - pads[0][0] + window[0])
                        for j in range(c * stride[1] - pads[1][0], c * stride[1] - pads[1][0] + window[1])
                        if 0 <= i < x.shape[1] and 0 <= j < x.shape[2]]
                n = len(taps)
                value = max(taps)
                if op == "average_pool2d":
                    total = sum(taps)
                    value = (abs(total) + n // 2) // n * (1 if total >= 0 else -1)
                y.data.append(clamp(value, *bounds))
    attrs = {"window": window, "stride": stride, "padding": (*pads[0], *pads[1]), "activation": activation}
    return Case(name, op, attrs, [x], y, padding if isinstance(padding, str) else "", isinstance(padding, str))


def pool_cases():
    rng = random.Random(5)
    for op in ("average_pool2d", "max_pool2d"):
        for dtype in ("i8", "i16"):
            name = f"{op}_{'int8' if dtype == 'i8' else 'int16'}"
            zero = rng.randint(-60, 60) if dtype == "i8" else 0
            x = tensor(rng, "x", dtype, (1, 5, 6, 3), 0.05 if dtype == "i8" else 0.0005, zero)
            yield pool(name + "_same", op, x, (3, 3), (1, 1), "same")
            yield pool(name + "_stride_2", op, x, (2, 3), (2, 2), "same", "relu")
            yield pool(name + "_valid", op, x, (2, 2), (2, 2), "valid", "relu6")
            yield pool(name + "_global", op, x, (5, 6), (1, 1), "valid")
            yield pool(name + "_one_sided_padding", op, x, (3, 3), (2, 2), ((0, 1), (2, 0)))


def mean_cases():
    rng = random.Random(6)

    def case(name, x, axes, keep, y_scale, y_zero):
        xs = x.array()
        sums = xs.sum(axis=tuple(axes), keepdims=keep)
        n = math.prod(x.shape[a] for a in axes)
        y = result(x.dtype, tuple(np.shape(sums)), y_scale, y_zero)
        mantissa, shift = multiplier(x.scale() / y.scale())
        bits = min(n.bit_length() - 1, 32, 31 + shift)
        m = ((mantissa << bits) // n, shift - bits)
        y.data = [clamp(scale32(wrap(int(s) - n * x.zero), m) + y.zero, *limits(y))
                  for s in np.reshape(np.array(sums, dtype=object), -1)]
        return Case(name, "mean", {"axes": axes, "keep_dims": keep}, [x], y)

    for dtype in ("i8", "i16"):
        name = "int8" if dtype == "i8" else "int16"
        unit = 1 if dtype == "i8" else 1 / 256
        zero = (lambda: rng.randint(-128, 127)) if dtype == "i8" else (lambda: 0)
        for i, (shape, axes, keep) in enumerate([((1, 4, 4, 6), [1, 2], False), ((1, 7, 7, 5), [1, 2], True),
                                                 ((1, 3, 5, 4), [2], True), ((1, 6, 2, 2), [1, 2, 3], False),
                                                 ((1, 2, 3, 9), [3], False), ((1, 1, 1, 20), [1, 2], True)]):
            x = tensor(rng, "x", dtype, shape, rng.uniform(0.01, 0.06) * unit, zero())
            yield case(f"{name}_{i}", x, axes, keep, rng.uniform(0.01, 0.06) * unit, zero())
        x = Tensor("x", dtype, (1, 2, 128), list(range(-128, 128)), [0.25], 0)
        yield case(f"{name}_ties", x, [1], False, 0.25, 0)
        x = tensor(rng, "x", dtype, (1, 2, 2, 4), 1e-7, zero())
        yield case(f"{name}_vanishing", x, [1, 2], True, 0.9, zero())
        x = tensor(rng, "x", dtype, (1, 2, 3, 4), 0.9 * unit, zero())
        yield case(f"{name}_saturating", x, [1, 2], True, 0.02 * unit, zero())


# ---- softmax ---------------------------------------------------------------------------------------------------------

def saturate_left(x, n):
    return clamp(x << n, -2**31, 2**31 - 1)


def exp_negative(x):
    """exp of x <= 0 in Q5.26, in Q0.31: a polynomial on [-1/4, 0), times constants for the powers of two."""
    if x == 0:
        return 2**31 - 1
    small = x % 2**24 - 2**24
    a = saturate_left(small, 5) + 2**28
    a2 = high(a, a)
    a3, a4 = high(a2, a), high(a2, a2)
    tail = shift_right(high(shift_right(a4, 2) + a3, 715827883) + a2, 1)
    eighth = round_away(math.exp(-0.125) * 2**31)
    y = eighth + high(eighth, a + tail)
    for k in range(-2, 5):
        if (small - x) >> (26 + k) & 1:
            y = high(y, round_away(math.exp(-2.0**k) * 2**31))
    return y


def reciprocal(total):
    """1 / total for a sum in Q12.19: mantissa in Q0.31 and the bits over one."""
    headroom = 32 - total.bit_length()
    half = (wrap((total << headroom) - 2**31, 33) + 2**31) >> 1
    y = round_away(48 / 17 * 2**29) + high(half, round_away(-32 / 17 * 2**29))
    for _ in range(3):
        y += saturate_left(high(y, 2**29 - high(half, y)), 2)
    return saturate_left(y, 1), 12 - headroom


def softmax8(row, x, beta):
    real = min(float(F32(beta)) * x.scale() * 2.0**26, 2.0**31 - 1)
    mantissa, shift = multiplier(real)
    least = -math.floor(31 * 2.0**26 / 2.0**shift)
    exps = [exp_negative(high(wrap((q - max(row)) << shift), mantissa)) if q - max(row) >= least else None for q in row]
    mantissa, over = reciprocal(sum(shift_right(e, 12) for e in exps if e is not None))
    return [-128 if e is None else clamp(shift_right(high(mantissa, e), over + 23) - 128, -128, 127) for e in exps]


def table16(function, low, top):
    """513 corners of 512 straight pieces; each is moved by half the error in the middle of its piece."""
    unit, step, corners = 65536.0 / ((2.0 / 65535) * 32767 - (2.0 / 65535) * -32768), (top - low) / 512, []
    for i in range(512):
        corner = round_away(function(low + i * step) * unit)
        line = round_away((function(low + (i + 1) * step) * unit + corner) / 2)
        middle = round_away(function(low + i * step + step / 2) * unit)
        corners.append(clamp(corner - round_away((line - middle) / 2), -32768, 32767))
    return corners + [clamp(round_away(function(top) * unit), -32768, 32767)]


def look_up(table, x):
    piece, offset = 256 + (x >> 7), x & 127
    return table[piece] + (((table[piece + 1] - table[piece]) * offset + 64) >> 7)


EXP = table16(math.exp, 10.0 / 65535 * (-32768 - 32767), 0.0)
INVERSE = table16(lambda x: 1 / (1 + x), 0.0, 1.0 / 65535 * 65535)


def softmax16(row, x, beta):
    m = multiplier(float(F32(x.scale()) * F32(beta)) / (10.0 / 65535.0))
    exps = [look_up(EXP, clamp(scale32(q - max(row), m) + 32767, -32768, 32767)) for q in row]
    total = sum(exps)
    headroom = 32 - total.bit_length()
    fraction = ((total << (headroom - 1)) + 2**13) >> 14
    inverse = look_up(INVERSE, clamp(fraction - 2**15 - 2**16, -32768, 32767))
    right = 31 - headroom
    return [clamp((e * inverse + 2**(right - 1)) >> right, 0, 32767) for e in exps]


def softmax_cases():
    rng = random.Random(7)
    for dtype, rule, scales in (("i8", softmax8, [0.004, 0.05, 0.11, 0.3, 1.7, 20.0]),
                                ("i16", softmax16, [0.00002, 0.0003, 0.0011, 0.003, 0.02])):
        for i, scale in enumerate(scales):
            for depth, beta in ((10, 1.0), (3, 0.5), (1, 1.0), (64, 2.0)):
                x = tensor(rng, "x", dtype, (1, 3, depth), scale, rng.randint(-128, 127) if dtype == "i8" else 0)
                x.data[:depth] = [x.data[0]] * depth  # a flat row
                y = result(dtype, x.shape, 1 / 256 if dtype == "i8" else 1 / 32768, -128 if dtype == "i8" else 0)
                for at in range(0, 3 * depth, depth):
                    y.data += rule(x.data[at:at + depth], x, beta)
                yield Case(f"{'int8' if dtype == 'i8' else 'int16'}_{i}_{depth}", "softmax", {"beta": beta}, [x], y)


# ---- sigmoid, hard_swish, relu, leaky_relu ---------------------------------------------------------------------------

def sigmoid8(q, x, y):
    real = F32(x.scale()) * F32(q - x.zero)
    share = F32(1) / (F32(1) + np.exp(-real, dtype=F32))
    return clamp(round_away(float(share * F32(256))) - 128, -128, 127)


def sigmoid_table():
    def exact(i):
        return 65536 / (1 + math.exp(-i / 24))
    return [round_away(exact(i) + (exact(i + 0.5) - (exact(i) + exact(i + 1)) / 2) / 2) for i in range(255)] + [65535]


SIGMOID = sigmoid_table()


def sigmoid16(q, x, y):
    factor, shift = x.scale() * 4096.0 * 3.0, 0
    if x.scale() == 2.0**-12:
        factor = 3
    else:
        while factor <= 32767 / 2 and shift <= 30:
            factor, shift = factor * 2, shift + 1
    at = (q * int(factor) + (1 << shift >> 1)) >> shift
    piece, offset = abs(at) >> 9, abs(at) & 511
    value = 0x7FFF << 10 if piece >= 255 else (SIGMOID[piece] << 9) + offset * (SIGMOID[piece + 1] - SIGMOID[piece])
    return (value + 512 if at >= 0 else (1 << 25) - value + 511) >> 10


def hard_swish8(q, x, y):
    fine_scale = F32(1 / 128) * F32(x.scale())

    def short(real):
        mantissa, shift = multiplier(float(real))
        return min((mantissa + 2**15) >> 16, 32767), shift
    to_y, to_third = short(fine_scale / F32(y.scale())), short(fine_scale / (F32(3) / F32(32768)))
    fine = (q - x.zero) * 128
    third = clamp(fine << max(to_third[1] - 1, 0), -32768, 32767)
    third = high(third, to_third[0], 16)
    if to_third[1] > 0:
        third = clamp(third * 2, -32768, 32767)
    third = shift_right(third, max(-to_third[1], 0))
    product = ((third + 2**15) >> 1) * high(fine, to_y[0], 16)
    truncated = abs(product) // 2**15 * (1 if product >= 0 else -1)
    return clamp(shift_right(truncated, -to_y[1]) + y.zero, -128, 127)


def relu_rule(q, x, y):
    return scale32(q - x.zero, multiplier(float(F32(x.scale()) / F32(y.scale())))) + y.zero


def leaky_rule(alpha):
    def rule(q, x, y):
        slope, sign = (alpha, math.copysign(1, alpha)) if q < x.zero else (1, 1)
        m = multiplier(float(F32(x.scale()) * F32(abs(slope)) / F32(y.scale())))
        return int(sign) * scale32(q - x.zero, m) + y.zero
    return rule


def every8(scale, zero):
    return Tensor("x", "i8", (1, 256), list(range(-128, 128)), [float(F32(scale))], zero)


def sampled16(rng, scale):
    data = [-32768, -32767, -1, 0, 1, 32766, 32767] + [rng.randint(-32768, 32767) for _ in range(193)]
    return Tensor("x", "i16", (1, 200), data, [float(F32(scale))])


def unary(name, op, x, y, rule, activation="none", attrs=None):
    y.data = [clamp(rule(q, x, y), *limits(y, activation)) for q in x.data]
    return Case(name, op, attrs or {}, [x], y)


def activation_cases():
    rng = random.Random(8)
    for i, (scale, zero) in enumerate([(0.0471, -3), (0.1, 127), (0.0123, -128), (0.5, 20), (0.00391, 0)]):
        yield unary(f"sigmoid_int8_{i}", "sigmoid", every8(scale, zero), result("i8", (1, 256), 1 / 256, -128), sigmoid8)
    for i, scale in enumerate([2.0**-12, 0.0003, 0.001, 0.00001, 0.02]):
        yield unary(f"sigmoid_int16_{i}", "sigmoid", sampled16(rng, scale), result("i16", (1, 200), 1 / 32768),
                    sigmoid16)
    for i, (scale, zero, y_scale, y_zero) in enumerate([(0.0471, -3, 0.03, -116), (0.1, 0, 0.07, -128),
                                                        (0.3, 100, 0.2, 127), (0.004, -128, 0.002, 5),
                                                        (1.9, 12, 1.1, 0), (0.02, 64, 0.02, -100)]):
        yield unary(f"hard_swish_{i}", "hard_swish", every8(scale, zero), result("i8", (1, 256), y_scale, y_zero),
                    hard_swish8)
    for op in ("relu", "relu6", "relu_n1_to_1"):
        for i, (scale, zero, y_scale, y_zero) in enumerate([(0.05, -3, 0.05, -3), (0.1, 20, 0.0235, -128),
                                                            (0.02, 127, 0.07, 10), (0.3, -128, 0.011, -90),
                                                            (0.25, -64, 0.5, -1)]):
            yield unary(f"{op}_int8_{i}", op, every8(scale, zero), result("i8", (1, 256), y_scale, y_zero), relu_rule,
                        op)
        if op != "relu_n1_to_1":  # LiteRT has no such kernel in 16 bits
            yield unary(f"{op}_int16", op, sampled16(rng, 0.0007), result("i16", (1, 200), 0.0003), relu_rule, op)
    yield from leaky_cases(rng)


def leaky_cases(rng):
    # Slopes above 1, of either sign and none; scales that shift to the left, to the right and not at all.
    for i, (alpha, scale, zero, y_scale, y_zero) in enumerate([(0.2, 0.05, -3, 0.05, -3), (0.01, 0.1, 20, 0.0235, -128),
                                                               (-0.3, 0.02, 127, 0.07, 10), (1.5, 0.3, -64, 0.011, -90),
                                                               (0.0, 0.25, 64, 0.5, -1), (-2.5, 0.5, 90, 0.5, 0)]):
        y = result("i8", (1, 256), y_scale, y_zero)
        yield unary(f"leaky_relu_int8_{i}", "leaky_relu", every8(scale, zero), y, leaky_rule(alpha),
                    attrs={"alpha": alpha})
    for i, (alpha, y_scale) in enumerate([(0.2, 0.0003), (-0.7, 0.0007), (0.01, 0.002)]):
        y = result("i16", (1, 200), y_scale)
        yield unary(f"leaky_relu_int16_{i}", "leaky_relu", sampled16(rng, 0.0007), y, leaky_rule(alpha),
                    attrs={"alpha": alpha})
    reals = [float(F32(rng.uniform(-12, 12))) for _ in range(60)] + [0.0, -1e-38, 1e-38, float(F32(-3e38))]
    x = Tensor("x", "f32", (1, len(reals)), reals)
    for alpha in (0.2, -0.3):
        y = Tensor("y", "f32", x.shape, [float(F32(v) if v > 0 else F32(v) * F32(alpha)) for v in reals])
        yield Case(f"leaky_relu_f32_{alpha}", "leaky_relu", {"alpha": alpha}, [x], y)


# ---- requantize ------------------------------------------------------------------------------------------------------

def requantize_cases():
    rng = random.Random(9)
    reals = [float(F32(rng.uniform(-12, 12))) for _ in range(60)]
    reals += [0.0, -0.0, 0.05, -0.05, 0.15, -0.15, 0.25, 1e5, -1e5, 6.35, -6.35]
    x = Tensor("x", "f32", (1, len(reals)), reals)
    # Beyond 32 bits LiteRT's conversion to an integer is undefined; here it saturates.
    huge = Tensor("x", "f32", (1, 4), [1e9, -1e9, float(F32(3e38)), float(F32(-3e38))])
    y = Tensor("y", "i8", (1, 4), [127, -128, 127, -128], [float(F32(0.1))], 5)
    yield Case("f32_to_i8_huge", "requantize", {"to": "i8"}, [huge], y, "", False)
    for dtype, scale, zero in (("i8", 0.1, -7), ("i8", 0.0625, 127), ("u8", 0.1, 128), ("i16", 0.0005, 0)):
        y = result(dtype, x.shape, scale, zero)
        y.data = [clamp(round_away(float(F32(v) / F32(y.scale()))) + zero, *RANGES[dtype]) for v in reals]
        yield Case(f"f32_to_{dtype}_{zero}", "requantize", {"to": dtype}, [x], y)
    for source in ("i8", "u8", "i16"):
        zero = {"i8": -7, "u8": 120, "i16": 0}[source]
        x = tensor(rng, "x", source, (1, 120), 0.04 if source != "i16" else 0.0004, zero)
        y = Tensor("y", "f32", x.shape, [float(F32(x.scale() * (q - zero))) for q in x.data])
        yield Case(f"{source}_to_f32", "requantize", {"to": "f32"}, [x], y)
        for to in ("i8", "u8", "i16"):
            y_zero = {"i8": 11, "u8": 99, "i16": 0}[to]
            for i, ratio in enumerate((1.0, 1.7, 0.31, 2.0, 8.0)):
                y = result(to, x.shape, x.scale() * ratio, y_zero)
                m = multiplier(x.scale() / y.scale())
                y.data = [clamp(scale32(q - zero, m) + y_zero, *RANGES[to]) for q in x.data]
                # LiteRT lacks these pairs.
                missing = (source, to) in (("u8", "i16"), ("i16", "u8"))
                yield Case(f"{source}_to_{to}_{i}", "requantize", {"to": to}, [x], y, "", not missing)


FILES = {
    "activation": activation_cases,
    "conv2d": conv2d_cases,
    "depthwise_conv2d": depthwise_cases,
    "elementwise": elementwise_cases,
    "fully_connected": fully_connected_cases,
    "mean": mean_cases,
    "pool": pool_cases,
    "requantize": requantize_cases,
    "softmax": softmax_cases,
}


def main():
    for name, cases in FILES.items():
        text = "# Made by make_vectors.py.\n" + "\n".join(case.text() for case in cases())
        (HERE / f"{name}.txt").write_text(text)


if __name__ == "__main__":
    main()
