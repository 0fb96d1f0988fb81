"""Trainings, moves that were asked for and evaluations of candidates are jobs; what waits or is in work is
carried over.
"""

from django.db import migrations

from ingest.work.carrying import Unfinished, carry_over


def carry(apps, schema_editor):
    moves = apps.get_model("training", "AskedMove").objects.filter(notice="").select_related("asked_by")
    carry_over(
        apps,
        "training.move",
        "training",
        (Unfinished(each.pk, each.asked_by.username, created_at=each.asked_at) for each in moves),
    )
    candidates = apps.get_model("training", "Candidate").objects.exclude(evaluation_asked_by=None)
    carry_over(
        apps,
        "training.evaluate",
        "training",
        (
            Unfinished(each.pk, each.evaluation_asked_by.username)
            for each in candidates.select_related("evaluation_asked_by")
        ),
        rank=1,
    )
    candidates.update(evaluation_words="")
    trainings = apps.get_model("training", "TrainingJob").objects
    trainings.filter(state="stopping").update(state="stopped")
    trainings.filter(state="running").update(state="waiting")
    carry_over(
        apps,
        "training.job",
        "training",
        (
            Unfinished(each.pk, each.started_by.username, each.attempts, each.created_at)
            for each in trainings.filter(state="waiting").select_related("started_by")
        ),
        rank=5,
    )


class Migration(migrations.Migration):
    dependencies = [("training", "0004_reader_kind"), ("work", "0001_initial")]

    operations = [
        migrations.RunPython(carry, migrations.RunPython.noop),
        migrations.RemoveIndex("trainingjob", "training_tr_state_0d0349_idx"),
        migrations.RemoveField("trainingjob", "attempts"),
        migrations.RemoveField("trainingjob", "lease_token"),
        migrations.RemoveField("trainingjob", "lease_until"),
        migrations.RemoveField("askedmove", "lease_until"),
        migrations.RemoveField("askedmove", "words"),
        migrations.RemoveField("candidate", "evaluation_until"),
    ]
