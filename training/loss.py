"""Contrastive loss on pooled vectors and on late interaction at once."""

from collections.abc import Iterable
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from torch import Tensor
from torch.nn import functional

_POOLED_TEMPERATURE = 0.02
_LATE_TEMPERATURE = 0.05


class PooledAndLateLoss(torch.nn.Module):
    """InfoNCE (van den Oord et al., 2018, arXiv:1807.03748) in both directions.

    Scores are the cosine of pooled vectors, and MaxSim of token vectors centred on their
    batch mean, as the index centres them on the corpus mean. Texts of the same passage do
    not count as each other's negatives.
    """

    def __init__(self, model: SentenceTransformer) -> None:
        """Bind the model."""
        super().__init__()
        self.model = model

    def forward(self, features: Iterable[dict[str, Tensor]], labels: Tensor) -> Tensor:
        """Score a batch.

        Args:
            features: Tokenised questions, then tokenised passages, (batch, length) each.
            labels: (batch,) which passage each pair belongs to.
        """
        questions, passages = (self.model(dict(item)) for item in features)
        same = labels[:, None] == labels[None]
        pooled = questions["sentence_embedding"] @ passages["sentence_embedding"].T
        late = max_sim(questions, passages)
        return contrast(pooled / _POOLED_TEMPERATURE, same) + contrast(
            late / _LATE_TEMPERATURE, same
        )


def max_sim(questions: dict[str, Any], passages: dict[str, Any]) -> Tensor:
    """Score by late interaction: (questions, passages), mean over tokens of the best cosine."""
    asked, asked_mask = _centred(questions)
    told, told_mask = _centred(passages)
    similarity = torch.einsum("qtd,psd->qpts", asked, told)
    best = similarity.masked_fill(~told_mask[None, :, None, :], -1.0).amax(dim=-1)
    weights = asked_mask[:, None, :].float()
    return (best * weights).sum(-1) / weights.sum(-1)


def _centred(output: dict[str, Any]) -> tuple[Tensor, Tensor]:
    vectors = output["token_embeddings"].float()
    mask = output["attention_mask"].bool()
    mean = vectors[mask].mean(dim=0).detach()
    return functional.normalize(vectors - mean, dim=-1), mask


def contrast(scores: Tensor, same: Tensor) -> Tensor:
    """Ask for the diagonal of (batch, batch), in both directions; `same` are no negatives."""
    diagonal = torch.eye(len(scores), dtype=torch.bool, device=scores.device)
    kept = scores.masked_fill(same & ~diagonal, -1e9)
    target = torch.arange(len(scores), device=scores.device)
    return (functional.cross_entropy(kept, target) + functional.cross_entropy(kept.T, target)) / 2
