from django.db import migrations, models

from donovan.insight.entities.name_variants import sound_key


def give_sounds(apps, schema_editor):
    kept = apps.get_model("entities", "Entity").objects
    people = kept.filter(kind="person").only("pk", "normal")
    some = []
    for person in people.iterator(chunk_size=1_000):
        person.sound = sound_key(person.normal)
        if person.sound:
            some.append(person)
    kept.bulk_update(some, ["sound"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("entities", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="entity",
            name="sound",
            field=models.CharField(blank=True, db_index=True, default="", max_length=200),
        ),
        migrations.RunPython(give_sounds, migrations.RunPython.noop),
    ]
