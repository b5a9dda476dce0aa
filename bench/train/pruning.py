#!/usr/bin/env python3
"""What pruning costs and saves on a small network, measured on a CPU: pruning.py [--runs DIR] [--docs docs/pruning.md]

  tickets   one dense training, then iterative magnitude pruning to 80, 90, 95 and 98 %, rewound and not
  channels  half of the MACs by taylor, magnitude and random choice, trained on alike, three seeds; and what as many
            epochs give without pruning
  narrow    the MACs of the network of half the width, by pruning and by training that network from scratch

Every run is one of `netfit train` or `netfit prune` and is kept in DIR; what is there already is not done again. With
--docs the tables between the page's markers are written anew, and the chart beside it. Needs the complete CIFAR-10.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NETWORK = "blocks:stages=conv_c16_s2+ir_e4_c16_n2+ir_e4_c24_s2_n2+conv_k1_c96"
NARROW = "blocks:stages=conv_c8_s2+ir_e4_c8_n2+ir_e4_c12_s2_n2+conv_k1_c48"
FIRST_EPOCHS, FURTHER_EPOCHS = 10, 5
IMAGES = 5000
SEEDS = [1, 2, 3]
CRITERIA = ["taylor", "magnitude", "random"]
SPARSITIES = "0.8,0.9,0.95,0.98"
RECIPE = """validation = 0
[schedule]
epochs = {epochs}
batch = 64
warm_up_epochs = 1
[optimizer]
learning_rate = {rate}
[augmentation]
crop = 2
"""


def netfit(options, *words):
    done = subprocess.run([options.netfit, *words, "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"pruning.py: error: netfit {' '.join(words)}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def recipe(options, name, epochs, rate):
    path = os.path.join(options.runs, name + ".toml")
    with open(path, "w") as out:
        out.write(RECIPE.format(epochs=epochs, rate=rate))
    return path


def data(options):
    return ["--data", options.data, "--limit", str(IMAGES), "--threads", str(options.threads)]


def tickets(options):
    folder = os.path.join(options.runs, "tickets")
    return netfit(options, "prune", "--arch", NETWORK, "--sparsity", SPARSITIES, "--rewind", "epoch=2,none", "--recipe",
                  recipe(options, "tickets", 10, 0.2), *data(options), "--out", folder, "--chart",
                  os.path.join(options.runs, "lottery-tickets.svg"), "--resume")["rounds"]


def trained(options, folder, *words):
    result = os.path.join(folder, "result.json")
    if os.path.exists(result):
        return json.load(open(result))
    return netfit(options, "train", *words, *data(options), "--out", folder, "--resume")


def from_scratch(options, name, network, epochs, seed):
    run = trained(options, os.path.join(options.runs, f"{name}{seed}"), "--arch", network, "--recipe",
                  recipe(options, name, epochs, 0.2), "--seed", str(seed))
    return run["test_top1"], macs_of(options, network)


def macs_of(options, network):
    return netfit(options, "inspect", network)["macs"]


def pruned(options, name, target, criterion, seed):
    parent = os.path.join(options.runs, f"parent{seed}", "network.safetensors")
    steps = netfit(options, "prune", parent, "--structured", "--target", f"macs={target}", "--criterion", criterion,
                   "--multiple", "2", "--seed", str(seed), "--recipe", recipe(options, "after", FURTHER_EPOCHS, 0.1),
                   *data(options), "--out", os.path.join(options.runs, f"{name}{seed}"), "--resume")["steps"]
    return steps[-1]["test_top1"], steps[-1]["macs"]


def rows(ways):
    """(name, MACs, a top-1 for each seed) of ways to a network, each a function of the seed."""
    for name, way in ways.items():
        figures = [way(seed) for seed in SEEDS]
        yield name, max(macs for _, macs in figures), [top1 for top1, _ in figures]


def channels(options):
    whole = FIRST_EPOCHS + FURTHER_EPOCHS
    ways = {f"not pruned, {FIRST_EPOCHS} epochs": lambda s: from_scratch(options, "parent", NETWORK, FIRST_EPOCHS, s),
            f"not pruned, {whole} epochs": lambda s: from_scratch(options, "longer", NETWORK, whole, s)}
    for criterion in CRITERIA:
        ways[criterion] = lambda seed, by=criterion: pruned(options, by, "50%", by, seed)
    return list(rows(ways))


def narrow(options):
    whole = FIRST_EPOCHS + FURTHER_EPOCHS
    macs = macs_of(options, NARROW)
    return list(rows({"pruned by taylor": lambda s: pruned(options, "thin", macs, "taylor", s),
                      f"half the width, {whole} epochs from scratch":
                          lambda s: from_scratch(options, "narrow", NARROW, whole, s)}))


def tickets_table(rounds):
    kept = {round(r["sparsity"], 2): r for r in rounds if r["weights"] == "kept"}
    rewound = {round(r["sparsity"], 2): r for r in rounds if r["weights"] == "rewound"}
    dense = next(r for r in rounds if r["weights"] == "dense")
    lines = ["| weights that are zero | rewound to epoch 2 | not rewound | int8 weights, dense | in a sparse encoding |",
             "|--:|--:|--:|--:|--:|",
             f"| 0 % | {dense['test_top1']:.2f} % | {dense['test_top1']:.2f} % | {dense['int8_bytes']:,} | "
             f"{dense['int8_bytes_sparse']:,} |"]
    for sparsity, r in sorted(rewound.items()):
        lines.append(f"| {100 * sparsity:.0f} % | {r['test_top1']:.2f} % | {kept[sparsity]['test_top1']:.2f} % | "
                     f"{r['int8_bytes']:,} | {r['int8_bytes_sparse']:,} |")
    return "\n".join([*lines, "", "![accuracy over sparsity](lottery-tickets.svg)"])


def channels_table(head, figures):
    lines = [f"| {head} | MACs | test top-1, seeds 1, 2, 3 | mean | spread (standard deviation) |",
             "|---|--:|---|--:|--:|"]
    for name, macs, values in figures:
        lines.append(f"| {name} | {macs:,} | {', '.join(f'{v:.2f}' for v in values)} | "
                     f"{statistics.mean(values):.2f} % | {statistics.stdev(values):.2f} |")
    return "\n".join(lines)


def write_between(path, marker, text):
    page = open(path).read()
    begin, end = f"<!-- {marker}: begin -->", f"<!-- {marker}: end -->"
    before, rest = page.split(begin)
    after = rest.split(end)[1]
    with open(path, "w") as out:
        out.write(f"{before}{begin}\n{text}\n{end}{after}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", default=os.path.join(ROOT, "build", "pruning"), metavar="DIR")
    parser.add_argument("--docs", metavar="PAGE", help="the page whose tables are written")
    parser.add_argument("--data", default=os.path.join(ROOT, "build", "cifar10"))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--netfit", default=os.path.join(ROOT, "build", "release", "bin", "netfit"))
    options = parser.parse_args()
    os.makedirs(options.runs, exist_ok=True)
    tables = {"channels": channels_table("channels chosen by", channels(options)),
              "narrow": channels_table("network", narrow(options)),
              "tickets": tickets_table(tickets(options))}
    for name, table in tables.items():
        print(table + "\n")
        if options.docs:
            write_between(options.docs, name, table)
    if options.docs:
        chart = os.path.join(options.runs, "lottery-tickets.svg")
        with open(os.path.join(os.path.dirname(options.docs), "lottery-tickets.svg"), "w") as out:
            out.write(open(chart).read())


if __name__ == "__main__":
    main()
