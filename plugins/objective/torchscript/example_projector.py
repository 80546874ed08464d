"""A cosine loss with a projector and a predictor: python3 example_projector.py F loss.pt

F is the number of pooled features, which the first layer needs: 2 * 64 with the tokenizer vqvae and ssl.pool = "avgmax".
A wrong one is refused with the right one in the message.
"""

import sys

import torch
from torch import Tensor, nn


def mlp(inputs: int, hidden: int, outputs: int) -> nn.Module:
    return nn.Sequential(nn.Linear(inputs, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, outputs))


class Loss(nn.Module):
    def __init__(self, features: int, width: int = 512):
        super().__init__()
        self.projector = mlp(features, width, width)
        self.predictor = mlp(width, width // 4, width)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        z_a, z_b = self.projector(a), self.projector(b)
        p_a, p_b = self.predictor(z_a), self.predictor(z_b)
        similarity = torch.cosine_similarity
        return -0.5 * (similarity(p_a, z_b.detach()) + similarity(p_b, z_a.detach())).mean()


torch.jit.script(Loss(int(sys.argv[1]))).save(sys.argv[2])
