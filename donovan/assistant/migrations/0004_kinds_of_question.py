from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assistant", "0003_standing_of_claims")]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="head",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AlterField(
            model_name="claim",
            name="origin",
            field=models.CharField(
                choices=[
                    ("drafted", "written by the model"),
                    ("quoted", "quoted from the page"),
                    ("computed", "counted or judged over what is cited"),
                ],
                default="drafted",
                max_length=8,
            ),
        ),
    ]
