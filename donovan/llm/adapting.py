"""Adapters inside the model host: low-rank matrices added to the model, verified before they are loaded.

The host cannot see the data folder, so a client hands in an open descriptor. Its bytes are copied into
memory that nobody else can reach, and the copy is what is hashed and loaded: whatever happens to the file
afterwards changes nothing.
"""

import ctypes
import hashlib
import os
from collections import OrderedDict
from io import FileIO
from typing import Any

import llama_cpp

from donovan.llm.interface import ModelUnavailable

MOST_BYTES = 1024 * 1024 * 1024
KEPT_LOADED = 2
_COPIED_AT_ONCE = 1024 * 1024


class AdapterBytes:
    """A GGUF adapter whose SHA-256 is `digest`, in memory. It is released with the last reference to it."""

    def __init__(self, memory: FileIO, digest: str) -> None:
        self._memory = memory
        self.digest = digest

    @property
    def place(self) -> str:
        """A path that reads these bytes, in this process only."""
        return f"/proc/self/fd/{self._memory.fileno()}"


def take_over(descriptor: int, digest: str) -> AdapterBytes:
    """Copy and verify what `descriptor` reads; the descriptor is closed. Raises ModelUnavailable."""
    with open(descriptor, "rb", buffering=0) as given:
        memory = FileIO(os.memfd_create("adapter", os.MFD_CLOEXEC), "r+b")
        hashed = hashlib.sha256()
        size = 0
        try:
            given.seek(0)
            while some := given.read(_COPIED_AT_ONCE):
                size += len(some)
                if size > MOST_BYTES:
                    raise ModelUnavailable(
                        "The adapter of the language model is too large; it is not loaded."
                    )
                hashed.update(some)
                rest = memoryview(some)
                while rest:
                    rest = rest[memory.write(rest) or 0 :]
        except OSError as error:
            memory.close()
            raise ModelUnavailable(
                f"The adapter of the language model cannot be read ({error.strerror}). Promote it again, or "
                "roll back."
            ) from error
        except ModelUnavailable:
            memory.close()
            raise
    if hashed.hexdigest() != digest:
        memory.close()
        raise ModelUnavailable(
            f"The adapter of the language model is not the recorded one: its SHA-256 begins "
            f"{hashed.hexdigest()[:12]}, expected is {digest[:12]}. It was not loaded. Roll back, or "
            "train it again."
        )
    return AdapterBytes(memory, digest)


class Adapting:
    """Which adapter a native context uses. The last few stay loaded: changing between them is quick."""

    def __init__(self, model: Any, context: Any) -> None:
        self._model = model
        self._context = context
        self._loaded: OrderedDict[str, Any] = OrderedDict()
        self.digest = ""

    def use(self, adapter: AdapterBytes | None) -> bool:
        """Use `adapter` (None: the model as it is) from now on; whether that is a change.

        Raises ModelUnavailable for bytes that are no adapter for this model; then the one before stays.
        """
        digest = adapter.digest if adapter is not None else ""
        if digest == self.digest:
            return False
        handles = [self._load(adapter)] if adapter is not None else []
        pointers = (ctypes.c_void_p * len(handles))(*handles)
        scales = (ctypes.c_float * len(handles))(*([1.0] * len(handles)))
        listed = ctypes.cast(pointers, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p)))
        if llama_cpp.llama_set_adapters_lora(self._context, listed, len(handles), scales) != 0:
            raise ModelUnavailable("The adapter of the language model cannot be used with this model.")
        self.digest = digest
        self._free_all_but(KEPT_LOADED)
        return True

    def _load(self, adapter: AdapterBytes) -> int:
        if adapter.digest not in self._loaded:
            found = llama_cpp.llama_adapter_lora_init(self._model, adapter.place.encode())
            if not found:
                raise ModelUnavailable(
                    "The adapter of the language model does not fit the model that runs, or is damaged. Roll "
                    "back, or train it again."
                )
            self._loaded[adapter.digest] = found
        self._loaded.move_to_end(adapter.digest)
        return int(ctypes.cast(self._loaded[adapter.digest], ctypes.c_void_p).value or 0)

    def _free_all_but(self, count: int) -> None:
        while len(self._loaded) > count:
            digest = next(iter(self._loaded))
            if digest == self.digest:
                return
            llama_cpp.llama_adapter_lora_free(self._loaded.pop(digest))
