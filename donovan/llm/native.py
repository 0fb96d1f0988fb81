"""llama.cpp itself: its log goes to ours, and it is only given bytes whose digest was checked before."""

import logging
import os
from typing import Any

import llama_cpp

from donovan.llm.interface import ModelUnavailable
from donovan.llm.weights import Weights

_ERROR_LEVEL = 4

_log = logging.getLogger("donovan.llm")


def _log_native(level: int, text: bytes, _data: object) -> None:
    if level == _ERROR_LEVEL:
        _log.error("llama.cpp: %s", text.decode(errors="replace").strip())


# Kept in a name: the library would call into freed memory otherwise.
_native_logger = llama_cpp.llama_log_callback(_log_native)
llama_cpp.llama_log_set(_native_logger, None)


def load_model(weights: Weights, *, only_vocabulary: bool = False) -> Any:
    """The native model of a file. Raises ModelUnavailable for a file that is not the expected one, or none
    that llama.cpp can load. `only_vocabulary` reads no weights, which takes some hundredths of a second.
    """
    descriptor = weights.open_verified()
    parameters = llama_cpp.llama_model_default_params()
    parameters.n_gpu_layers = 0
    parameters.vocab_only = only_vocabulary
    model = llama_cpp.llama_model_load_from_file(f"/proc/self/fd/{descriptor}".encode(), parameters)
    os.close(descriptor)
    if not model:
        raise ModelUnavailable(f"The language model file {weights.path} is not one that llama.cpp can load.")
    return model
