#!/usr/bin/env python3
"""Judges .tflite files: check_tflite.py [--same-as OTHER] FILE...

For each file: the public schema's classes unpack it, operator versions and per-channel parameters keep the runtime's
rules, an attached labels file is found where the metadata says, and LiteRT gives finite outputs with its default and its
reference kernels, for one sample and for four at once, the first of the four as the one. Outputs must equal, bit for
bit, those of the same file repacked without shared vectors, and with --same-as those of OTHER. Prints one JSON object a file; exits with 1 at the first file that fails.
"""
import argparse
import io
import json
import sys
import zipfile

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

KINDS = {"default": OpResolverType.AUTO, "reference": OpResolverType.BUILTIN_REF}


def samples(details, count):
    """The same for every file with the same inputs."""
    rng = np.random.default_rng(0)
    made = []
    for detail in details:
        shape = [4, *detail["shape"][1:]]
        if np.issubdtype(detail["dtype"], np.floating):
            made.append(rng.uniform(-1, 1, shape).astype(detail["dtype"])[:count])
        else:
            limits = np.iinfo(detail["dtype"])
            made.append(rng.integers(limits.min, limits.max + 1, shape).astype(detail["dtype"])[:count])
    return made


def run(content, kind, count):
    made = Interpreter(model_content=content, experimental_op_resolver_type=kind, num_threads=1)
    for detail in made.get_input_details():
        if count > 1:
            made.resize_tensor_input(detail["index"], [count, *detail["shape"][1:]], strict=True)
    made.allocate_tensors()
    details = made.get_input_details()
    for detail, value in zip(details, samples(details, count)):
        made.set_tensor(detail["index"], value)
    made.invoke()
    return [made.get_tensor(detail["index"]) for detail in made.get_output_details()]


def check_schema(content):
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content))
    assert model.version == 3 and len(model.subgraphs) == 1
    names = [entry.name.decode() for entry in model.metadata]
    assert "min_runtime_version" in names, names
    for tensor in model.subgraphs[0].tensors:
        quant = tensor.quantization
        if quant is None:
            continue
        assert len(quant.scale) == len(quant.zeroPoint), tensor.name
        if len(quant.scale) > 1:
            assert tensor.shape[quant.quantizedDimension] == len(quant.scale), tensor.name
    for code in model.operatorCodes:
        assert code.version >= 1 and code.deprecatedBuiltinCode == min(code.builtinCode, 127)
    return names


def repack(content):
    """The same model as the public classes write it: every table with vectors of its own."""
    builder = flatbuffers.Builder(len(content))
    builder.Finish(schema.ModelT.InitFromObj(schema.Model.GetRootAs(content)).Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def read_labels(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
            # Runtimes on phones count from the start of the file, which zipfile would also forgive if wrong.
            assert all(content[info.header_offset:][:4] == b"PK\3\4" for info in archive.infolist())
            return archive.read("labels.txt").decode().splitlines()
    except zipfile.BadZipFile:
        return []


def same(left, right):
    return all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))


def check(path, other):
    content = open(path, "rb").read()
    metadata = check_schema(content)
    repacked = repack(content)
    for kind in KINDS.values():
        one, four = run(content, kind, 1), run(content, kind, 4)
        assert all(np.isfinite(output).all() for output in one + four)
        for a, b in zip(one, four):
            assert np.allclose(a[0].astype(float), b[0].astype(float), rtol=1e-5, atol=1e-6), "batch changes the result"
        assert same(one, run(repacked, kind, 1)), "sharing changes the result"
        assert other is None or same(one, run(open(other, "rb").read(), kind, 1)), "differs from the other file"
    return {"file": path, "bytes": len(content), "bytes_unshared": len(repacked), "metadata": metadata, "labels": read_labels(content)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--same-as", dest="other")
    parser.add_argument("files", nargs="+")
    flags = parser.parse_args()
    for path in flags.files:
        try:
            print(json.dumps(check(path, flags.other)))
        except (AssertionError, RuntimeError, ValueError) as fault:
            print(f"{path}: {fault}", file=sys.stderr)
            sys.exit(1)


if __name__ == "__main__":
    main()
