"""`manage.py run_embedding_host`: hold the embedding model for everybody on this machine."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from retrieval.embedding import EmbedderUnavailable
from retrieval.embedding_host import serve, share_one_heap


class Command(BaseCommand):
    help = "Hold the embedding model and answer at the Unix socket of this installation, until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        # Few kept routines are enough for sixteen lengths of text; the library's default keeps a thousand.
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "256")
        share_one_heap()
        try:
            serve(Path(settings.EMBEDDER_SOCKET))
        except EmbedderUnavailable as error:
            raise CommandError(error.sentence) from error
        except KeyboardInterrupt:
            self.stdout.write("The embedding host has stopped.")
