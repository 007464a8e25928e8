"""Tunes a low-rank adapter (Hu et al., 2021, arXiv:2106.09685) of the embedded model."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from peft import LoraConfig
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from sentence_transformers.base.sampler import DefaultBatchSampler
from torch.utils.data import SequentialSampler

from ccs_qa.encoder.adapter import Adapter
from ccs_qa.encoder.pretrained import write_torch_model
from training.loss import PooledAndLateLoss
from training.pairs import BATCH, Pair, in_batches

RANK = 8
ALPHA = 16
# A third of the way from the untouched to the tuned weights (Wortsman et al., 2022,
# arXiv:2109.01903): nothing is lost on other texts, as it is half way (`python -m eval beir`).
STRENGTH = 0.35
LEARNING_RATE = 4e-4
SEED = 7
# Attention and feed-forward layers; word embeddings stay as they are, and the pooler, which
# nothing here uses, is left alone.
_TARGETS = r"encoder\..*\.(query|key|value|dense)"


def tune(
    pairs: Sequence[Pair], folder: Path, epochs: int = 1, *, bf16: bool = True
) -> tuple[Adapter, dict[str, Any]]:
    """Tune the adapter on pairs; bfloat16 is twice as fast where the processor can."""
    torch.manual_seed(SEED)
    model = write_torch_model(folder / "base")
    config = LoraConfig(r=RANK, lora_alpha=ALPHA, lora_dropout=0.05, target_modules=_TARGETS)
    model.add_adapter(config)
    ordered = [pair for epoch in range(epochs) for pair in in_batches(pairs, SEED + epoch)]
    data = Dataset.from_dict(
        {
            "question": [pair.question for pair in ordered],
            "passage": [pair.passage for pair in ordered],
            "label": [pair.label for pair in ordered],
        }
    )
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(folder / "trainer"),
        num_train_epochs=1,
        per_device_train_batch_size=BATCH,
        learning_rate=LEARNING_RATE,
        warmup_steps=10,
        lr_scheduler_type="cosine",
        prompts={"question": "query: ", "passage": "passage: "},
        # The order of the pairs is the order of the batches.
        batch_sampler=_in_order,
        seed=SEED,
        save_strategy="no",
        report_to="none",
        logging_steps=20,
        bf16=bf16,
        use_cpu=not torch.cuda.is_available(),
        dataloader_pin_memory=False,
    )
    trainer = SentenceTransformerTrainer(
        model=model, args=arguments, train_dataset=data, loss=PooledAndLateLoss(model)
    )
    start = time.monotonic()
    trainer.train()
    record = {
        "pairs": len(pairs),
        "batches": len(ordered) // BATCH,
        "batch": BATCH,
        "epochs": epochs,
        "rank": RANK,
        "alpha": ALPHA,
        "strength": STRENGTH,
        "learning_rate": LEARNING_RATE,
        "seed": SEED,
        "seconds": round(time.monotonic() - start),
        "device": "cuda" if torch.cuda.is_available() else "cpu",
        "losses": [
            round(float(row["loss"]), 4) for row in trainer.state.log_history if "loss" in row
        ],
    }
    return adapter_of(model), record


def _in_order(dataset: Dataset, **options: Any) -> DefaultBatchSampler:  # noqa: ANN401 - the library's
    return DefaultBatchSampler(SequentialSampler(dataset), **options)


def adapter_of(model: SentenceTransformer) -> Adapter:
    """Take the adapter out of a tuned model."""
    weights = {name.removeprefix("model."): value for name, value in model[0].named_parameters()}
    layers = [name.removesuffix(".lora_A.default.weight") for name in weights if "lora_A" in name]
    pairs = {
        layer: (
            weights[f"{layer}.lora_B.default.weight"],
            weights[f"{layer}.lora_A.default.weight"],
        )
        for layer in layers
    }
    return Adapter(STRENGTH * ALPHA / RANK, pairs)
