"""The model library is built for named instructions only, and proven before it is used."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from deploy import llama, llama_build
from deploy.environment import PYTHON
from deploy.progress import Step, StepError

EVERY_FLAG = frozenset({"sse4_2", "avx", "avx2", "bmi2", "fma", "f16c", "avx512f", "amx_tile", "amx_int8"})


def test_no_level_leaves_the_choice_of_instructions_to_the_build() -> None:
    for level in llama.LEVELS:
        arguments = level.cmake_arguments.split()
        assert "-DGGML_NATIVE=OFF" in arguments
        assert all(f"-DGGML_{switch}=" in level.cmake_arguments for switch in llama.EVERY_SWITCH)
        assert "AMX" not in level.cmake_arguments
        assert "AVX512" not in level.cmake_arguments


def test_the_fastest_level_that_the_processor_shows_is_tried_first() -> None:
    assert [level.name for level in llama.levels_for(EVERY_FLAG)] == ["avx2", "plain"]
    assert [level.name for level in llama.levels_for(EVERY_FLAG - {"fma"})] == ["plain"]
    assert [level.name for level in llama.levels_for(frozenset())] == ["plain"]


def test_the_processor_is_read_from_its_first_entry() -> None:
    text = "processor\t: 0\nflags\t\t: fpu avx avx2\n\nprocessor\t: 1\nflags\t\t: fpu\n"
    assert llama.processor_flags(text) == {"fpu", "avx", "avx2"}
    assert llama.processor_flags("processor: 0\n") == frozenset()


def test_wheels_of_different_switches_are_never_confused() -> None:
    keys = {llama.key_of(level) for level in llama.LEVELS}
    assert len(keys) == len(llama.LEVELS)
    assert all(key.startswith(llama.REQUIREMENT.replace("==", "-")) for key in keys)


def test_a_kept_wheel_is_used_instead_of_another_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    level = llama.LEVELS[0]
    assert llama.kept_wheel(level) is None
    wheel = llama.cache_folder() / llama.key_of(level) / "llama_cpp_python-0.0.0-py3-none-any.whl"
    wheel.parent.mkdir(parents=True)
    wheel.write_bytes(b"kept")
    log = tmp_path / "log"
    assert llama.wheel_for(level, PYTHON, log=log, current=Step("test")) == wheel
    assert not log.exists()


def test_a_change_of_the_parts_that_are_built_is_another_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = llama.key_of(llama.LEVELS[0])
    changed = tmp_path / "parts.cmake"
    changed.write_text(llama_build.PARTS.read_text() + "\n")
    monkeypatch.setattr(llama, "PARTS", changed)
    assert llama.key_of(llama.LEVELS[0]) != before


def test_a_compiler_cache_is_used_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "LAUNCHER" not in llama_build.environment_of("-DA=B", tmp_path)["CMAKE_ARGS"]
    cache = tmp_path / "ccache"
    cache.write_text("#!/bin/sh\n")
    cache.chmod(0o755)
    told = llama_build.environment_of("-DA=B", tmp_path)["CMAKE_ARGS"]
    assert "-DA=B" in told
    assert f"-DCMAKE_CXX_COMPILER_LAUNCHER={cache}" in told


BUILDING_PYTHON = """#!/bin/sh
echo "$*" >> {folder}/asked
case "$*" in
*" download "*)
    while [ "$1" != --dest ]; do shift; done
    mkdir {source} && touch {source}/CMakeLists.txt
    tar -czf "$2/{source}.tar.gz" {source} && rm -r {source} ;;
*" wheel "*)
    for last in "$@"; do :; done
    test -f "$last/CMakeLists.txt" || exit 9
    mkdir -p "$SKBUILD_BUILD_DIR"
    if [ ! -f "$SKBUILD_BUILD_DIR/half" ]; then touch "$SKBUILD_BUILD_DIR/half"; kill -KILL $$; fi
    while [ "$1" != --wheel-dir ]; do shift; done
    mkdir -p "$2" && touch "$2/llama_cpp_python-0.0.0-py3-none-any.whl" ;;
esac
"""


def test_a_build_that_broke_off_goes_on_with_what_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    python = tmp_path / "python"
    python.write_text(BUILDING_PYTHON.format(folder=tmp_path, source=llama_build.SOURCE))
    python.chmod(0o755)
    level = llama.LEVELS[0]
    with pytest.raises(StepError, match="could not be built"):
        llama.wheel_for(level, python, log=tmp_path / "log", current=Step("test"))
    assert llama.kept_wheel(level) is None
    wheel = llama.wheel_for(level, python, log=tmp_path / "log", current=Step("test"))
    assert wheel == llama.kept_wheel(level)
    asked = (tmp_path / "asked").read_text().splitlines()
    assert [words.split()[2] for words in asked] == ["download", "wheel", "wheel"]
    assert list((tmp_path / "cache" / "donovan" / "building").glob("*/")) == [], "source and objects are left"


def test_half_a_source_is_not_taken_for_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "unpacked" / llama_build.SOURCE).mkdir(parents=True)
    python = tmp_path / "python"
    python.write_text(BUILDING_PYTHON.format(folder=tmp_path, source=llama_build.SOURCE))
    python.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    llama_build.fetch_source(tmp_path, python, log=tmp_path / "log", current=Step("test"))
    assert (tmp_path / llama_build.SOURCE / "CMakeLists.txt").is_file()


def scripted_python(folder: Path, *, crashes: int, code: int) -> Path:
    """An interpreter whose pip always works and whose probe dies by SIGILL `crashes` times, then exits."""
    counter = folder / "count"
    counter.write_text("0")
    python = folder / "python"
    python.write_text(
        "#!/bin/sh\n"
        'case "$*" in *donovan.llm.probe*) ;; *) exit 0 ;; esac\n'
        f"n=$(cat {counter}); echo $((n + 1)) > {counter}\n"
        f"if [ $n -lt {crashes} ]; then kill -ILL $$; fi\n"
        f"echo 'the digest is wrong'; exit {code}\n"
    )
    python.chmod(0o755)
    return python


def with_kept_wheels(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    for level in llama.LEVELS:
        wheel = llama.cache_folder() / llama.key_of(level) / "llama_cpp_python-0.0.0-py3-none-any.whl"
        wheel.parent.mkdir(parents=True)
        wheel.write_bytes(b"kept")


def test_a_build_that_dies_of_an_unknown_instruction_gives_way_to_a_plainer_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_kept_wheels(tmp_path, monkeypatch)
    monkeypatch.setattr(llama, "processor_flags", lambda _: EVERY_FLAG)
    python = scripted_python(tmp_path, crashes=1, code=0)
    assert llama.install_proven(python, log=tmp_path / "log", current=Step("test")) == "plain"


def test_no_build_that_runs_is_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_kept_wheels(tmp_path, monkeypatch)
    monkeypatch.setattr(llama, "processor_flags", lambda _: EVERY_FLAG)
    python = scripted_python(tmp_path, crashes=2, code=0)
    with pytest.raises(
        StepError, match="avx2 uses an instruction that this processor does not have; plain uses"
    ):
        llama.install_proven(python, log=tmp_path / "log", current=Step("test"))


def test_a_library_that_works_but_refuses_is_not_rebuilt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_kept_wheels(tmp_path, monkeypatch)
    monkeypatch.setattr(llama, "processor_flags", lambda _: EVERY_FLAG)
    python = scripted_python(tmp_path, crashes=0, code=1)
    with pytest.raises(StepError, match="does not work") as raised:
        llama.install_proven(python, log=tmp_path / "log", current=Step("test"))
    assert "the digest is wrong" in raised.value.tail


@pytest.mark.model
def test_the_installed_library_runs_the_real_model_here() -> None:
    outcome = llama.probe(PYTHON)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_a_crash_is_named() -> None:
    assert "instruction" in llama.crash_sentence(-signal.SIGILL)
    assert "SIGSEGV" in llama.crash_sentence(-signal.SIGSEGV)


def test_the_scripted_interpreter_really_dies_of_that_signal(tmp_path: Path) -> None:
    python = scripted_python(tmp_path, crashes=1, code=0)
    outcome = subprocess.run([python, "-m", "donovan.llm.probe"], check=False, env=dict(os.environ))
    assert outcome.returncode == -signal.SIGILL
