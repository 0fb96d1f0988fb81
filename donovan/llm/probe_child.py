"""The part of the probe that may crash: load the chosen model, generate a few tokens, print how fast that
was.
"""

import json
import os
import sys
import time

from donovan.llm.engine import Engine
from donovan.llm.interface import GenerationRequest, Message, ModelUnavailable, never
from donovan.llm.weights import chosen_weights

CONTEXT_TOKENS = 512


def main() -> int:
    """0 and one line of JSON when tokens came, 1 and a sentence when not."""
    started = time.monotonic()
    try:
        weights = chosen_weights(
            os.environ.get("DONOVAN_LLM_MODEL", ""), os.environ.get("DONOVAN_LLM_DIGEST", "")
        )
        engine = Engine(weights, context_tokens=CONTEXT_TOKENS, threads=os.cpu_count() or 1)
    except ModelUnavailable as error:
        print(error.sentence, file=sys.stderr)
        return 1
    loaded = time.monotonic()
    request = GenerationRequest((Message("user", "Count from one to ten."),), max_tokens=16)
    steps = list(engine.generate(request, never))
    tokens = sum(step.is_token for step in steps)
    if not tokens:
        print("The language model was loaded but generated nothing.", file=sys.stderr)
        return 1
    figures = {
        "model": weights.name,
        "load_seconds": round(loaded - started, 2),
        "prompt_tokens": steps[0].prompt_tokens,
        "tokens": tokens,
        "seconds": round(time.monotonic() - loaded, 2),
    }
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
