"""Prove a bundle on a bare Debian 12 without a network: `make prove-bundle`.

A minimal root is made by debootstrap while the network is there. Then, in namespaces with loopback as the
only network, install.sh runs inside that root with nothing but the bundle, and a user signs in and asks.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from deploy.environment import PYTHON, ROOT

# Inside: pivot into the bare root, so that the sandbox of the product may still make namespaces of its own.
INSIDE = """
set -euo pipefail
root="$1"
mount --make-rprivate /
mount --bind "$root" "$root"
mkdir -p "$root/old" "$root/bundle"
mount --bind "$2" "$root/bundle"
mount -o remount,ro,bind "$root/bundle"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
cd "$root"
pivot_root . old
umount -l /old
export HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin
unset $(env | sed -n 's/^\\(PIP_[A-Z_]*\\|DONOVAN_[A-Z_]*\\|VIRTUAL_ENV\\|PYTHON[A-Z]*\\)=.*/\\1/p') || true
bash /bundle/install.sh --demo --port 8123
cd /opt/donovan/current
.venv/bin/python - < /proof.py
DONOVAN_DATA=/var/lib/donovan .venv/bin/python -m deploy.supervisor --stop
"""

PROOF = """
import json, pathlib, re, socket, time
import httpx

assert [name for _, name in socket.if_nameindex()] == ["lo"], "there is another network"
with httpx.Client(base_url="http://127.0.0.1:8123", follow_redirects=True, timeout=60) as browser:
    page = browser.get("/")
    assert "Sign in" in page.text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    names = {"username": "ana", "password": "donovan-demo"}
    page = browser.post(page.url, data={"csrfmiddlewaretoken": token, **names})
    assert page.status_code == 200 and "Sign out" in page.text, page.text[:2000]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("/ask/").text)[1]
    question = "When did Orlov Bridge reopen?"
    thread = browser.post("/ask/start/", data={"csrfmiddlewaretoken": token, "question": question})
    assert thread.status_code == 200, thread.status_code
    events = re.search(r'data-events="([^"]+)"', thread.text)[1]
    kinds = []
    with browser.stream("GET", events, headers={"Accept": "text/event-stream"}) as stream:
        for line in stream.iter_lines():
            if line.startswith("event: "):
                kinds.append(line.removeprefix("event: "))
            if kinds and kinds[-1] == "done":
                break
    assert "evidence" in kinds and kinds[-1] == "done", kinds
    print("signed in, asked, and was answered:", ", ".join(dict.fromkeys(kinds)))
"""


def bare_root(folder: Path) -> None:
    """A minimal Debian 12, from wherever this machine gets its packages. Raises CalledProcessError."""
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(RELEASE) $(SITE)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    site = next(line.split()[1] for line in targets if line.split()[0] == "bookworm")
    subprocess.run(
        ["debootstrap", "--variant=minbase", "bookworm", folder, site], check=True, stdout=subprocess.DEVNULL
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.deploy.prove_bundle", description=__doc__)
    parser.add_argument("--bundle", type=Path, default=ROOT / "bundle")
    parser.add_argument("--root", type=Path, help="a bare root made earlier; it is copied, not changed")
    options = parser.parse_args()
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        print("The proof needs root and the package debootstrap.")
        return 1
    with tempfile.TemporaryDirectory(prefix="donovan-bare-") as name:
        root = Path(name) / "root"
        started = time.monotonic()
        if options.root:
            subprocess.run(["cp", "--archive", "--reflink=auto", options.root, root], check=True)
        else:
            bare_root(root)
        print(f"A bare Debian 12 is ready ({time.monotonic() - started:.0f} s).", flush=True)
        (root / "proof.py").write_text(PROOF)
        started = time.monotonic()
        spaces = ["unshare", "--net", "--mount", "--pid", "--fork", "--ipc", "--uts"]
        inner = [
            PYTHON,
            "-m",
            "deploy.loopback",
            "bash",
            "-c",
            INSIDE,
            "inside",
            root,
            options.bundle.resolve(),
        ]
        outcome = subprocess.run([*spaces, "--", *inner], cwd=ROOT, check=False, stdin=subprocess.DEVNULL)
        if outcome.returncode != 0:
            print("NOT PROVEN: the installation from the bundle failed; what it said stands above.")
            return 1
        seconds = time.monotonic() - started
    print(f"Proven in {seconds:.0f} s: a bare Debian 12, the bundle alone, loopback the only network.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
