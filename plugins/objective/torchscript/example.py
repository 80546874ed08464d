"""Barlow Twins without a projector, for any number of features: python3 example.py loss.pt"""

import sys

import torch
from torch import Tensor


def standardised(z: Tensor) -> Tensor:
    return (z - z.mean(0)) / (z.var(0, unbiased=False) + 1e-5).sqrt()


def loss(a: Tensor, b: Tensor) -> Tensor:
    """Pooled latents of both views, (B, F) each, to a scalar."""
    c = standardised(a).t() @ standardised(b) / a.size(0)  # (F, F)
    invariance = (1 - c.diagonal()).square().sum()
    redundancy = c.square().sum() - c.diagonal().square().sum()
    return (invariance + 0.005 * redundancy) / a.size(1)


torch.jit.script(loss).save(sys.argv[1])
