"""Fits the layer behind the multilingual model (`retrieval.centring`) and writes it into the source tree."""

import importlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from retrieval import centring
from retrieval.loading import one_at_a_time

BEFORE_THE_LAYER = 3


class Command(BaseCommand):
    help = (
        "Fit the layer that takes from vectors what only tells their language (for whoever builds Donovan)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", type=Path, help="the unpacked multilingual model")
        parser.add_argument(
            "lines", type=Path, help="a folder of .txt files, one a language, aligned by line"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        files = sorted(options["lines"].glob("*.txt"))
        if len(files) < 2:
            raise CommandError(f"There are no texts in two languages in {options['lines']}.")
        library = importlib.import_module("sentence_transformers")
        with one_at_a_time:
            whole = library.SentenceTransformer(str(options["model"]), device="cpu", local_files_only=True)
        model = library.SentenceTransformer(
            modules=list(whole)[:BEFORE_THE_LAYER], device="cpu", prompts=whole.prompts
        )
        lines = [path.read_text(encoding="utf-8").splitlines()[:: centring.EVERY] for path in files]
        kinds = [
            [model.encode(some, prompt_name=prompt, normalize_embeddings=True) for some in lines]
            for prompt in ("query", "passage")
        ]
        centring.write(centring.FOLDER, *centring.fit(kinds))
