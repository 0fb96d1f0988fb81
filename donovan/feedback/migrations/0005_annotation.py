"""What people say is an annotation; what protects is an access label."""

from django.db import migrations


class Migration(migrations.Migration):
    # The items of projects refer to this model by the name that it had.
    dependencies = [("feedback", "0004_nearest_evidence"), ("projects", "0002_asked_model")]

    operations = [migrations.RenameModel("Label", "Annotation")]
