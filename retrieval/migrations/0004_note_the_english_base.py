"""Installations whose index the small English model made go on with it until the move is done."""

from django.conf import settings
from django.db import migrations

ROLE, UNNAMED, ENGLISH = "embedder", "base", "all-MiniLM-L6-v2"


def note(apps, schema_editor):
    if settings.EMBEDDER:
        return
    served = apps.get_model("retrieval", "ServedModel").objects.filter(role=ROLE)
    segments = apps.get_model("retrieval", "IndexSegment").objects
    served.filter(folder="", name=UNNAMED).update(name=ENGLISH)
    made = segments.filter(is_current=True, embedder__startswith=f"{ENGLISH}@").exists()
    if made and not served.filter(is_current=True).exists():
        served.create(role=ROLE, name=ENGLISH)


class Migration(migrations.Migration):
    dependencies = [("retrieval", "0003_kept_segments")]
    operations = [migrations.RunPython(note, migrations.RunPython.noop)]
