"""Keeps the services of one installation alive, in the foreground, until Ctrl-C or a SIGTERM.

python -m deploy.supervisor              start everything and stay; --demonstration: and read it meanwhile
python -m deploy.supervisor --status     say what runs (exit status 1 when nothing does); --json for programs
python -m deploy.supervisor --stop       end the one that runs
"""

import argparse
import json
import os
import signal
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from deploy import instance, processes, took
from deploy.child import Child
from deploy.instance import ServiceState, State
from deploy.logs import RotatingLog
from deploy.services import Service, demonstration, table

TICK = 0.1
STEADY_SECONDS = 60.0
LONGEST_WAIT = 30.0
# A service that has never been ready and dies this often will not become ready by another try.
HOPELESS_AFTER = 3
STOP_SECONDS = 60.0


class Supervisor:
    """Owns the children, says in sentences what happens to them, and keeps services.json up to date."""

    def __init__(self, data: Path, port: int, services: list[Service]) -> None:
        self.data = data
        self.port = port
        self.log = RotatingLog(data / "logs" / "supervisor.log")
        self._started = time.monotonic()
        self._begun, self._steps = took.taken_over(data)
        self.children = [Child(service, data) for service in services]
        self.is_stopping = False
        self.is_hurried = False
        self._has_announced = False
        self._written = ""

    def say(self, sentence: str) -> None:
        now = datetime.now(UTC)
        print(f"{now:%H:%M:%S}  {sentence}", flush=True)
        self.log.write(f"{now.isoformat(timespec='seconds')} {sentence}\n".encode())

    def ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        """The signal handler: it only raises flags, the loop does the work. A second signal hurries."""
        self.is_hurried = self.is_stopping
        self.is_stopping = True

    def run(self) -> int:
        """Start everything, stay until asked to stop, end everything. Returns the exit status."""
        signal.signal(signal.SIGINT, self.ask_to_stop)
        signal.signal(signal.SIGTERM, self.ask_to_stop)
        status = 0
        self.write_state()
        try:
            self.start_first()
            while not self.is_stopping:
                for child in self.children:
                    self.attend(child)
                self.announce()
                self.write_state()
                if any(child.failures_before_ready >= HOPELESS_AFTER for child in self.children):
                    status = 1
                    break
                time.sleep(TICK)
        finally:
            self.stop()
        return status

    def start_first(self) -> None:
        """Start who has a head start; the others wait for them, but not for ever."""
        latest = max((child.service.head_start for child in self.children), default=0.0)
        for child in self.children:
            if child.service.head_start:
                child.start()
            else:
                child.state = "waiting"
                child.next_start = self._started + latest

    def may_start(self, child: Child) -> bool:
        """Whether the time of a waiting child has come, or no other needs its head start any more."""
        if time.monotonic() >= child.next_start:
            return True
        return not child.restarts and all(
            other.state == "ready" for other in self.children if other.service.head_start
        )

    def attend(self, child: Child) -> None:
        """Move one child on: notice that it is ready, has died, has taken too long, or may start again."""
        name = child.service.name
        if child.state == "waiting":
            if self.may_start(child):
                child.start()
            return
        ending = child.ending()
        if ending is not None:
            child.clear_group()
            if child.service.once:
                self.let_go(child, ending)
                return
            if child.failures_before_ready >= HOPELESS_AFTER:
                self.say(f"The {name} {ending} {HOPELESS_AFTER} times before it was ready. Its last words:")
                print(child.log.tail(15), flush=True)
                return
            wait = child.plan_restart(STEADY_SECONDS, LONGEST_WAIT)
            when = f"in {wait:.0f} s" if wait else "at once"
            self.say(f"The {name} {ending}; it is started again {when}. Its log: {child.log.path}")
        elif child.state == "starting" and child.is_ready():
            now = "begins" if child.service.once else f"is ready ({child.seconds:.1f} s)"
            self.say(f"The {name} {now}.")
        elif child.state == "starting" and child.seconds > child.service.patience:
            self.say(f"The {name} was not ready after {child.service.patience:.0f} s and is ended.")
            child.kill()

    def let_go(self, child: Child, ending: str) -> None:
        """What runs once has ended: say how, and leave it at that."""
        name = child.service.name
        child.finish()
        child.state = "done" if child.succeeded else "failed"
        if child.succeeded:
            self.say(f"The {name} is done ({child.seconds:.0f} s).")
        else:
            self.say(f"The {name} {ending}; the next start tries again. Its last words:")
            print(child.log.tail(15), flush=True)

    def announce(self) -> None:
        """Print the address and the names once, when everything is ready for the first time."""
        if self._has_announced or not all(child.is_settled() for child in self.children):
            return
        self._has_announced = True
        text = instance.sign_in_text(self.data)
        if any(child.service.once and child.state == "ready" for child in self.children):
            text += "The documents of the demonstration are being read now; the library shows how far.\n"
        print(f"\nDonovan is up: {instance.address(self.port)}\n{text}Ctrl-C ends it.\n", flush=True)
        if self._begun is not None:
            now = time.monotonic()
            steps = [*self._steps, ("Services", now - self._started)]
            told = took.text(steps, whole=now - self._begun)
            took.keep(self.data, told)
            print(told, flush=True)

    def write_state(self) -> None:
        """Write services.json when it has changed."""
        services = [child.snapshot() for child in self.children]
        state = State(supervisor=os.getpid(), port=self.port, services=services)
        text = json.dumps(asdict(state))
        if text != self._written:
            state.write(self.data / "run" / "services.json")
            self._written = text

    def stop(self) -> None:
        """End the children in the opposite order of their start; who does not end in time is killed."""
        self.say("Ending Donovan.")
        for child in reversed(self.children):
            child.terminate()
            deadline = time.monotonic() + child.service.grace
            while child.is_alive() and time.monotonic() < deadline and not self.is_hurried:
                time.sleep(0.02)
            if child.is_alive():
                self.say(
                    f"The {child.service.name} did not end by itself and is killed; nothing accepted is lost."
                )
            child.kill()
            child.finish()
        self.write_state()
        self.say("Everything has ended.")
        self.log.close()

    def clear_leftovers(self) -> None:
        """Kill what an earlier supervisor left behind: two workers on one queue would only quarrel."""
        earlier = instance.read_state(self.data)
        left = [
            service
            for service in (earlier.services if earlier else [])
            if service.pid and processes.start_time(service.pid) == service.started
        ]
        for service in left:
            self.say(f"A {service.name} of an earlier start is still there and is ended.")
            processes.kill_group(service.pid)
        deadline = time.monotonic() + 10
        while any(processes.group_members(service.pid) for service in left) and time.monotonic() < deadline:
            time.sleep(0.05)


def print_status(data: Path, *, as_json: bool) -> int:
    """Say what runs. Returns 0 when a Donovan runs on this data folder, 1 when none does."""
    state = instance.running(data)
    if state is None:
        print(
            json.dumps({"running": False})
            if as_json
            else f"No Donovan runs on {data}. Start it with: make run"
        )
        return 1
    total = processes.tree_memory(state.supervisor)
    rows = [(service, processes.tree_memory(service.pid)) for service in state.services if service.pid]
    if as_json:
        listed = [
            {**asdict(service), "resident": memory.resident, "proportional": memory.proportional}
            for service, memory in rows
        ]
        where = {"address": instance.address(state.port), "supervisor": state.supervisor}
        memory_of_all = {"resident": total.resident, "proportional": total.proportional}
        print(json.dumps({"running": True, **where, "memory": memory_of_all, "services": listed}))
        return 0
    print(f"Donovan runs at {instance.address(state.port)} with its data in {data}")
    for service, memory in rows:
        print(describe(service, memory.proportional))
    print(f"Together {total.proportional / 1e6:.0f} MB (shared memory counted once).")
    return 0


def describe(service: ServiceState, memory: int) -> str:
    again = f", started again {service.restarts} times" if service.restarts else ""
    place = f"since {service.since}, {memory / 1e6:.0f} MB, process {service.pid}"
    return f"  {service.name:15} {service.state:9} {place}{again}"


def stop_running(data: Path) -> int:
    """Ask the running supervisor to end and wait for it. Returns 0 when nothing runs any more."""
    state = instance.running(data)
    if state is None:
        print(f"No Donovan runs on {data}.")
        return 0
    os.kill(state.supervisor, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while instance.running(data) is not None:
        if time.monotonic() > deadline:
            print(f"Donovan has not ended after {STOP_SECONDS:.0f} s. See {data / 'logs' / 'supervisor.log'}")
            return 1
        time.sleep(0.1)
    print("Donovan has ended.")
    return 0


def start(data: Path, port: int, *, with_demonstration: bool = False) -> int:
    """Take the lock and supervise. Returns the exit status: 0 also when a Donovan runs already."""
    lock = instance.take_lock(data)
    if lock is None:
        state = instance.read_state(data) or State(supervisor=0, port=0)
        print(instance.already_running_text(data, state))
        return 0
    with lock:
        services = [*table(data, port), *([demonstration()] if with_demonstration else [])]
        supervisor = Supervisor(data, port, services)
        longest = len(str(data / "run" / "embedder.sock").encode())
        if longest > instance.LONGEST_SOCKET:
            supervisor.say(
                f"The path of the data folder is too long for a Unix socket: {data}. Choose a shorter one."
            )
            return 1
        supervisor.clear_leftovers()
        if not instance.port_is_free(port):
            supervisor.say(instance.busy_sentence(port))
            return 1
        return supervisor.run()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.supervisor", description="Keep Donovan's services alive."
    )
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--status", action="store_true", help="say what runs")
    chosen.add_argument("--stop", action="store_true", help="end the one that runs")
    chosen.add_argument("--demonstration", action="store_true", help="read the demonstration meanwhile")
    parser.add_argument("--json", action="store_true", help="with --status: one JSON object")
    options = parser.parse_args(arguments)
    # Logs and all that the services write are for this account alone.
    os.umask(0o077)
    data = instance.data_folder()
    if options.status:
        return print_status(data, as_json=options.json)
    if options.stop:
        return stop_running(data)
    try:
        port = instance.port()
    except ValueError as error:
        print(error)
        return 2
    return start(data, port, with_demonstration=options.demonstration)


if __name__ == "__main__":
    sys.exit(main())
