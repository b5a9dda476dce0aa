#!/usr/bin/env python3
"""Images a second of a PyTorch training step, to compare `netfit train` with: pytorch_step.py [--steps N]

MobileNetV2 for CIFAR-10 (2.24 M parameters), batch 512, float16 with loss scaling, channels last, the whole step in one
CUDA graph, SGD with Nesterov's momentum; the same batch every time, no augmentation. Prints one JSON object.
"""
import argparse
import json
import time

import torch
from torch import nn


def conv(inputs, outputs, kernel, stride=1, groups=1, activate=True):
    layers = [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, *([nn.ReLU6()] if activate else []))


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        wide = inputs * expansion
        layers = [conv(inputs, wide, 1)] if expansion > 1 else []
        layers += [conv(wide, wide, 3, stride, wide), conv(wide, outputs, 1, activate=False)]
        self.branch = nn.Sequential(*layers)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.branch(x) if self.adds else self.branch(x)


def mobilenet_v2():
    stages = [(1, 16, 1, 1), (6, 24, 2, 1), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    layers, width = [conv(3, 32, 3)], 32
    for expansion, channels, repeats, stride in stages:
        for i in range(repeats):
            layers.append(Block(width, channels, stride if i == 0 else 1, expansion))
            width = channels
    return nn.Sequential(*layers, conv(320, 1280, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, 10))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--batch", type=int, default=512)
    arguments = parser.parse_args()
    torch.backends.cudnn.benchmark = True
    model = mobilenet_v2().cuda().to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=5e-4)
    images = torch.randn(arguments.batch, 3, 32, 32, device="cuda").to(memory_format=torch.channels_last)
    labels = torch.randint(10, (arguments.batch,), device="cuda")
    scale = 1024.0

    def step():
        with torch.autocast("cuda", torch.float16):
            loss = nn.functional.cross_entropy(model(images), labels)
        (loss * scale).backward()
        for parameter in model.parameters():
            parameter.grad.div_(scale)
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)

    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(5):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    for _ in range(20):
        graph.replay()
    torch.cuda.synchronize()
    begin = time.perf_counter()
    for _ in range(arguments.steps):
        graph.replay()
    torch.cuda.synchronize()
    seconds = time.perf_counter() - begin
    parameters = sum(p.numel() for p in model.parameters())
    print(json.dumps({"images_per_second": arguments.steps * arguments.batch / seconds, "parameters": parameters,
                      "device": torch.cuda.get_device_name(), "torch": torch.__version__}))


main()
