"""The one home of LibreOffice: a file of an old office format becomes one of a format that is read here.

It runs in the sandbox of the file, each time with a profile of its own, so that nothing of one file can reach
another, under the memory limit of the reader and a time limit. Its exit status says nothing: it is 0 for
damaged and for unknown files, so only what it wrote counts.
"""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from ingest import limits
from ingest.errors import failure
from ingest.identify_office import CONVERTED, KINDS, damaged, is_container, is_sealed

_FILTERS = {
    "docx": "docx:MS Word 2007 XML", "xlsx": "xlsx:Calc MS Excel 2007 XML",
    "pptx": "pptx:Impress MS PowerPoint 2007 XML", "pdf": "pdf:draw_pdf_Export",
}  # fmt: skip
# How kinds outside of a container are opened. Left to itself LibreOffice reads what it cannot open as text.
_OPENED_AS: dict[str, tuple[str, ...]] = {
    "doc": ("MS WinWord 5",), "wpd": ("WordPerfect",), "wri": ("MS_Write",), "wps": ("MS_Works",),
    "wk": ("Lotus", "WPS_Lotus_Calc"), "wb": ("Quattro Pro 6.0", "WPS_QPro_Calc"),
    "xls": ("MS Excel 4.0", "MS Excel 5.0/95"),
}  # fmt: skip
_WHERE = "/usr/bin:/usr/local/bin"
# No macro runs, nothing linked is fetched, and of what was deleted or hidden nothing is thrown away.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
{items}
</oor:items>
"""
_ITEM = (
    '<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}" oor:op="fuse">'
    "<value>{value}</value></prop></item>"
)
_VALUES = (
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Writer/Content/Update", "Link", "0"),
    ("Calc/Content/Update", "Link", "2"),
    ("Common/Misc", "UseOpenCL", "false"),
    ("Common/Save/Document", "EditProperty", "false"),
)


def convert(path: Path, kind: str, folder: Path) -> Path:
    """Convert the file at `path` in the empty `folder`; the converted file lies there.

    Raises IngestError "converter-missing", "too-slow", "encrypted", "damaged".
    """
    program = shutil.which("soffice", path=_WHERE)
    if program is None:
        raise failure("converter-missing", kind=KINDS[kind][0])
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    items = "\n".join(_ITEM.format(path=p, name=n, value=v) for p, n, v in _VALUES)
    (profile / "registrymodifications.xcu").write_text(_SETTINGS.format(items=items))
    source = folder / f"file.{kind}"
    source.symlink_to(path)
    converted = folder / "out" / f"file.{CONVERTED[kind]}"
    for opened_as in _OPENED_AS.get(kind, ("",)) if not is_container(path) else ("",):
        command = [
            program, f"-env:UserInstallation=file://{profile.parent}", "--headless", "--norestore",
            "--nologo", "--nolockcheck", *([f"--infilter={opened_as}"] if opened_as else []), "--convert-to",
            _FILTERS[CONVERTED[kind]], "--outdir", str(converted.parent), str(source),
        ]  # fmt: skip
        _run(command, folder)
        if converted.is_file() and converted.stat().st_size:
            return converted
    raise failure("encrypted") if is_sealed(path, kind) else damaged(kind)


def _run(command: list[str], folder: Path) -> None:
    """Wait for the end of a program and of all that it started. Raises IngestError "too-slow"."""
    environment = {
        "PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8", "TMPDIR": str(folder),
        "SAL_USE_VCLPLUGIN": "svp", "SAL_DISABLE_OPENCL": "1", "OMP_THREAD_LIMIT": "1",
    }  # fmt: skip
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            process.wait(timeout=limits.CONVERSION_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise failure("too-slow", seconds=limits.CONVERSION_SECONDS) from error
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
