"""The settings of every process of the campaign, workers and what they start alike: the product's, and an
application that shortens its leases.
"""

from donovan.settings import *  # noqa: F403 - these are the product's settings
from donovan.settings import CELERY_BROKER_TRANSPORT_OPTIONS, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.benchmarks.killing"]
# A worker that is rung looks at once, so that the campaign waits for leases and not for the broker.
CELERY_BROKER_TRANSPORT_OPTIONS = {**CELERY_BROKER_TRANSPORT_OPTIONS, "polling_interval": 0.1}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LLM_PROVIDER = "scripted"
