"""Train a model here, with progress; stopped by Ctrl-C or a kill, the same command goes on."""

import json
import time
import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from donovan.access.models import User
from donovan.library.console import wrong
from donovan.training import jobs, services
from donovan.training.console import person_named, sentences
from donovan.training.kinds import KINDS
from donovan.training.models import TrainingJob
from donovan.training.targets import said_before

State = TrainingJob.State
_WAIT_SECONDS = 1.0


class Command(BaseCommand):
    help = (
        "Train a candidate on a data set, in the foreground. The same command goes on with a training that "
        "was stopped or killed; --anew begins another one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", nargs="?", choices=sorted(KINDS), help="what to train")
        parser.add_argument("--dataset", metavar="NAME[@N]", default="", help="the data set, newest version")
        parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same model")
        parser.add_argument(
            "--set", dest="pairs", action="append", default=[], metavar="KEY=VALUE", help="a setting"
        )
        parser.add_argument("--continue", dest="job", metavar="JOB", default="", help="go on with this job")
        parser.add_argument(
            "--anew", action="store_true", help="begin anew even if the same was begun before"
        )
        parser.add_argument("--as", dest="username", required=True, metavar="USER", help="who trains")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        person = person_named(options["username"])
        with sentences():
            job = self._job(person, options)
            job = self._follow(job)
        if job.state != State.DONE:
            raise CommandError(
                f"The training is {job.get_state_display()} at step {job.step} of {job.total_steps}. "
                f"{job.notice} Go on with: train --continue {job.pk}"
            )
        self._tell(job, as_json=options["json"])

    def _job(self, person: User, options: dict[str, Any]) -> TrainingJob:
        if options["job"]:
            return services.continue_job(person, _id(options["job"]), wakes=False)
        if not options["kind"] or not options["dataset"]:
            raise wrong("Say what to train and on which data set: train retriever --dataset NAME.")
        chosen = services.parsed_settings(options["pairs"])
        kind, dataset, seed = options["kind"], options["dataset"], options["seed"]
        self.stderr.write(said_before(person, kind, dataset))
        begun = services.job_to_go_on_with(person, kind, dataset, chosen, seed)
        if begun is None or options["anew"]:
            return services.start_job(person, kind, dataset, settings=chosen, seed=seed, wakes=False)
        self.stderr.write(f"Going on with the training {begun.pk}, which is {begun.get_state_display()}.")
        return services.continue_job(person, begun.pk, wakes=False) if begun.may_go_on else begun

    def _follow(self, job: TrainingJob) -> TrainingJob:
        """Work on the job here, or watch the worker that has it; the job once it is settled."""
        last = ""
        while True:
            try:
                jobs.run_job(job.pk, on_progress=self._progress)
            except KeyboardInterrupt:
                raise CommandError(f"Stopped. Go on with: train --continue {job.pk}") from None
            job.refresh_from_db()
            if not job.is_open:
                return job
            if last != (last := f"{job.step}/{job.total_steps}"):
                self._progress(job)
            time.sleep(_WAIT_SECONDS)

    def _progress(self, job: TrainingJob) -> None:
        loss = f", loss {job.loss:.4f}" if job.loss is not None else ""
        left = f", {job.time_left} left" if job.time_left else ""
        words = f"  {job.words}" if job.words else ""
        self.stderr.write(f"step {job.step} of {job.total_steps}{loss}{left}{words}")

    def _tell(self, job: TrainingJob, *, as_json: bool) -> None:
        candidate = job.candidate
        said = {
            "job": str(job.pk),
            "kind": job.kind,
            "state": job.state,
            "dataset": job.dataset_named,
            "dataset_digest": job.dataset_digest,
            "seed": job.seed,
            "code_version": job.code_version,
            "settings": job.settings,
            "steps": job.total_steps,
            "seconds": round(job.worked_seconds, 1),
            "metrics": job.metrics,
            "candidate": str(candidate.pk),
            "role": candidate.role,
            "name": candidate.name,
            "digest": candidate.digest,
            "marking": candidate.marking,
        }
        if as_json:
            self.stdout.write(json.dumps(said, ensure_ascii=False, indent=1))
            return
        self.stdout.write(f"Trained {candidate.role}/{candidate.name} in {job.worked_seconds:.0f} s.")
        for name, value in sorted(job.metrics.items()):
            self.stdout.write(f"  {name}: {value}")
        self.stdout.write(
            f"Measure it with: promote {candidate.name} --evaluate --as {job.started_by.username}"
        )


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise wrong(services.UNKNOWN) from None
