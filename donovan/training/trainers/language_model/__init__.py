"""The language model: a low-rank adapter over it, learned from what people corrected and preferred.

    examples -> rows (what can be learned from) -> sequences (tokens, as the model host feeds them)
             -> learning (losses, steps, checkpoints) -> export (the GGUF file that llama.cpp loads)

The method is LoRA (Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models"); preferences are
learned by DPO (Rafailov et al. 2023). The base model is never changed.
"""

from donovan.training.trainers.language_model.training import train_llm

__all__ = ["train_llm"]
