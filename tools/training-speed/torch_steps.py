"""A step of training in PyTorch on the CPU, each time a line arrives. First line: {"graph": ..., "batch": ...}, a graph of ours."""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Network(nn.Module):
    def __init__(self, graph):
        super().__init__()
        self.nodes = graph["nodes"]
        shapes = {parameter["name"]: parameter["shape"] for parameter in graph["parameters"]}
        self.layers = nn.ModuleDict()
        for node in self.nodes:
            layer = None
            if node["op"] == "conv2d":
                out, per_group, height, width = shapes[node["weight"]]
                layer = nn.Conv2d(per_group * node["groups"], out, (height, width), node["stride"], groups=node["groups"])
            elif node["op"] == "linear":
                out, features = shapes[node["weight"]]
                layer = nn.Linear(features, out)
            elif node["op"] == "batchNorm":
                (channels,) = shapes[node["scale"]]
                layer = nn.BatchNorm1d(channels, node["epsilon"])
            if layer is not None:
                self.layers[node["name"].replace(".", "_")] = layer

    def forward(self, x):
        for node in self.nodes:
            op = node["op"]
            layer = self.layers[node["name"].replace(".", "_")] if node["name"].replace(".", "_") in self.layers else None
            if op in ("conv2d", "pad2d"):
                pads = node["pads"]
                x = F.pad(x, (pads["left"], pads["right"], pads["top"], pads["bottom"])) if any(pads.values()) else x
            if op == "batchNorm" and x.dim() == 4:
                x = F.batch_norm(x, layer.running_mean, layer.running_var, layer.weight, layer.bias, True, 0.1, layer.eps)
            elif layer is not None:
                x = layer(x)
            elif op == "relu":
                x = F.relu(x)
            elif op == "lrn":
                x = F.local_response_norm(x, node["size"], node["alpha"], node["beta"], node["bias"])
            elif op == "maxPool2d":
                x = F.max_pool2d(x, node["kernel"], node["stride"], ceil_mode=node["ceilMode"])
            elif op == "adaptiveAvgPool2d":
                x = F.adaptive_avg_pool2d(x, node["output"])
            elif op == "flatten":
                x = x.flatten(1)
            elif op == "dropout":
                x = F.dropout(x, node["rate"], True)
        return x  # logits: cross_entropy has the softmax


def main():
    task = json.loads(sys.stdin.readline())
    graph, batch = task["graph"], task["batch"]
    torch.manual_seed(1)
    network = Network(graph)
    optimiser = torch.optim.SGD(network.parameters(), lr=1e-4, momentum=0.9, weight_decay=5e-4)
    images = torch.randn(batch, *graph["inputs"][0]["shape"])
    labels = torch.arange(batch) % 10
    print("ready", flush=True)
    for _ in sys.stdin:
        begin = time.perf_counter()
        optimiser.zero_grad()
        F.cross_entropy(network(images), labels).backward()
        optimiser.step()
        print(1000 * (time.perf_counter() - begin), flush=True)


main()
