"""What is installed is pinned to the last file."""

import re
from importlib import metadata
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from deploy import lock
from deploy.environment import FOLDER, TORCH, check_models, site_packages
from deploy.progress import StepError

# What a bare Debian 12 brings; the machine of a developer is often ahead of it.
PYTHON_OF_DEBIAN = "3.11.2"
LOCKS = ("requirements.lock", "requirements-test.lock")


def pinned(name: str) -> dict[str, str]:
    return {canonicalize_name(each.name): str(each.specifier) for each in lock.requirements_in(name)}


def test_every_requirement_is_pinned_to_one_version_and_locked() -> None:
    for source, target in (("requirements.txt", LOCKS[0]), ("requirements-test.txt", LOCKS[1])):
        locked = pinned(target)
        for name, specifier in pinned(source).items():
            assert re.fullmatch(r"==[^*]+", specifier), name
            assert locked.get(name) == specifier, f"{name}: run `make lock`"


def test_the_locks_hold_all_that_the_requirements_lead_to() -> None:
    product = set(pinned(LOCKS[0]))
    outside = product | set(pinned("requirements-models.txt")) | set(pinned("requirements-llama.txt"))
    wanted = lock.requirements_in("requirements.txt") + lock.requirements_in("requirements-llama.txt")
    assert set(lock.closure(wanted)) <= outside, "run `make lock`"
    tests = set(lock.closure(lock.requirements_in("requirements-test.txt")))
    assert tests <= outside | set(pinned(LOCKS[1])), "run `make lock`"


def test_no_package_is_locked_twice() -> None:
    assert not set(pinned(LOCKS[0])) & set(pinned(LOCKS[1]))


def test_this_environment_is_the_locked_one() -> None:
    for name in (*LOCKS, "requirements-models.txt", "requirements-llama.txt"):
        for package, specifier in pinned(name).items():
            assert f"=={metadata.version(package).split('+')[0]}" == specifier, package


def test_torch_is_asked_for_by_its_exact_version_first() -> None:
    assert pinned(LOCKS[0])["torch"] == TORCH.removeprefix("torch")


def test_nothing_from_another_vendor_of_processors_is_locked() -> None:
    assert not [name for name in pinned(LOCKS[0]) if name.startswith(("nvidia", "triton", "cuda"))]


def test_the_models_are_the_pinned_files() -> None:
    check_models(site_packages())
    assert len((FOLDER / "models.sha256").read_text().splitlines()) == 2


def test_a_model_that_differs_is_refused_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "site-packages"
    with pytest.raises(StepError, match="is not where its package should have put it"):
        check_models(folder)
    for line in (FOLDER / "models.sha256").read_text().splitlines():
        path = folder / line.split()[1]
        path.parent.mkdir(parents=True)
        path.write_bytes(b"something else")
    with pytest.raises(StepError, match=r"model\.safetensors is not the pinned one"):
        check_models(folder)


def test_every_locked_package_accepts_the_python_of_debian_12() -> None:
    for name in (*LOCKS, "requirements-models.txt", "requirements-llama.txt"):
        for package in pinned(name):
            wanted = metadata.metadata(package)["Requires-Python"] or ""
            assert SpecifierSet(wanted).contains(PYTHON_OF_DEBIAN), f"{package} wants Python {wanted}"
