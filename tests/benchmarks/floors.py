"""Which queries are taken to have a sense: words of ten languages, which are to pass, and random letters."""

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import evaluation_data
from tests.benchmarks.shares import in_scratch, share


def run() -> list[Figure]:
    told = in_scratch("tests.benchmarks.floors_steps", evaluation_data("translation"))
    return [
        *(
            share(f"words of {language} with a sense", passed, n, 0.93)
            for language, (passed, n) in told["words"].items()
        ),
        *(
            share(f"random {script} strings with a sense", passed, n, 0.05, "at_most")
            for script, (passed, n) in told["strings"].items()
        ),
    ]
