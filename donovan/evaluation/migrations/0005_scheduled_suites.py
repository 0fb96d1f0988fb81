"""A suite that is run again and again is scheduled, as reports are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0004_jobs")]

    operations = [
        migrations.RenameModel("StandingSuite", "ScheduledSuite"),
        migrations.RenameField("SuiteRun", "standing", "schedule"),
        migrations.RemoveConstraint("ScheduledSuite", "one_standing_run_per_suite_and_size"),
        migrations.AddConstraint(
            "ScheduledSuite",
            models.UniqueConstraint(fields=["suite", "size"], name="one_schedule_per_suite_and_size"),
        ),
    ]
