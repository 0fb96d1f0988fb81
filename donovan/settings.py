"""Settings of the one-machine installation. What a site may change is an environment variable named here.

DONOVAN_DATA            folder for the database, originals, page images and indexes (default: var/)
DONOVAN_SECRET_KEY      signing key; without it one is made and kept in DONOVAN_DATA
DONOVAN_AUDIT_KEY       key of the record's chain; without it one is made and kept in DONOVAN_DATA
DONOVAN_CHECKPOINTS     folder for the record's checkpoints, best on another disk (default: in DONOVAN_DATA)
DONOVAN_CHECKPOINTS_COPY a second, append-only folder for them, best on another machine (default: none)
DONOVAN_PROXIES         addresses of proxies whose X-Forwarded-For is believed, divided by commas
DONOVAN_HTTPS           1 when browsers reach the site through TLS: secure cookies, redirect and HSTS
DONOVAN_IDLE_MINUTES    minutes without an action that end a session (default 15, administrators at most 10)
DONOVAN_CONSENT         path of a text file that replaces the consent text of the sign-in page
DONOVAN_HOSTS           host names to answer to, divided by commas (default: localhost,127.0.0.1)
DONOVAN_DEBUG           1 shows tracebacks in the browser; never on a shared machine
DONOVAN_DATABASE_URL    postgresql://user:password@host/name instead of SQLite
DONOVAN_BROKER_URL      a Celery broker instead of the file-system one
DONOVAN_MARKING_POLICY  path of a TOML file that replaces donovan/access/marking_policy.toml: whose
                        information this is, how markings are written and whom each control keeps out
DONOVAN_SYSTEM_HIGH     the highest marking this system may hold; also given to what has no readable marking
DONOVAN_LLM_PROVIDER    embedded, openai or scripted
DONOVAN_LLM_MODEL       path of a GGUF file instead of the packaged or chosen (make run MODEL=) model
DONOVAN_LLM_DIGEST      SHA-256 of that file; required with DONOVAN_LLM_MODEL
DONOVAN_LLM_URL         base address of an OpenAI-compatible endpoint on the enclave (provider openai)
DONOVAN_EMBEDDER        all-MiniLM-L6-v2, the small English model, or the path of a sentence-transformers
                        folder, instead of the multilingual model; what is indexed moves over by itself
DONOVAN_MULTILINGUAL    path of the multilingual base model's folder instead of the one in the environment
DONOVAN_SERVE_EMBEDDER  folder of a trained model to use instead of the promoted one, or "base" for none, so
                        that a measurement runs another model without moving a pointer; so too
                        DONOVAN_SERVE_RERANKER, DONOVAN_SERVE_READER, DONOVAN_SERVE_LLM,
                        DONOVAN_SERVE_VERIFIER and DONOVAN_SERVE_TRIAGE
DONOVAN_NER_MODEL       path of a spaCy or GLiNER model folder that finds names beside the rules (no pickles)
DONOVAN_NER_TAGGER      0 leaves the finding of people, organisations and places to the rules
DONOVAN_NER_LLM         1 lets the language model look for names too, on the first part of each page; slow
DONOVAN_EXCLUDED_ORIGINS
                        countries whose models do not read scans, two letters each, divided by commas: with CN
                        Tesseract reads alone; the page of models names the country of each
DONOVAN_WORKERS         documents worked on at once (default: one per core)
DONOVAN_MAX_UPLOAD_MB   the largest file that the upload page takes in, in megabytes (default: 512)
DONOVAN_MAX_FORM_MB     the most that one form with files may bring (default: twice the largest file)
DONOVAN_QUOTA_PERSON_MB what the originals that one person handed in may take (default: 20480; 0: no limit)
DONOVAN_QUOTA_LABEL_MB  what the originals of one collection under one marking may take (default: 204800;
                        0: no limit)
DONOVAN_DISK_RESERVE_MB what stays free on the disk of uploads (default: 256)
"""

import json
import os
import secrets
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Set before anything can import transformers: a model is a path here, and no hub is ever asked.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DONOVAN_DATA") or BASE_DIR / "var").resolve()
# What is written here is for this account alone, whatever the account's own habit.
os.umask(0o077)
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
if DATA_DIR.stat().st_uid == os.geteuid() and DATA_DIR.stat().st_mode & 0o077:
    DATA_DIR.chmod(0o700)
BLOB_DIR = DATA_DIR / "blobs"
PAGE_IMAGE_DIR = DATA_DIR / "pages"
PASSWORD_DIR = DATA_DIR / "passwords"
INDEX_DIR = DATA_DIR / "index"
RUN_DIR = DATA_DIR / "run"
LOG_DIR = DATA_DIR / "logs"
SCRATCH_DIR = DATA_DIR / "scratch"
TABLE_DIR = DATA_DIR / "tables"
MODELS_DIR = DATA_DIR / "models"
DATASETS_DIR = DATA_DIR / "datasets"
TRAINING_DIR = DATA_DIR / "training"


def _kept_secret(name: str) -> str:
    """A secret made once and kept readable by this account only, so that a restart signs nobody out."""
    path = DATA_DIR / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as stream:
        stream.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


SECRET_KEY = os.environ.get("DONOVAN_SECRET_KEY") or _kept_secret("secret.key")
AUDIT_KEY = os.environ.get("DONOVAN_AUDIT_KEY") or _kept_secret("audit.key")
DEBUG = os.environ.get("DONOVAN_DEBUG") == "1"
ALLOWED_HOSTS = [h for h in os.environ.get("DONOVAN_HOSTS", "localhost,127.0.0.1").split(",") if h]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "ingest.work",
    "ingest",
    "retrieval",
    "donovan.ui",
    "donovan.audit",
    "donovan.access",
    "donovan.llm",
    "donovan.library",
    "donovan.assistant",
    "donovan.assistant.glossary",
    "donovan.insight.tables",
    "donovan.insight.anomalies",
    "donovan.insight.trends",
    "donovan.insight.entities",
    "donovan.insight.watch",
    "donovan.insight.processing",
    "donovan.insight.triage",
    "donovan.reports",
    "donovan.feedback",
    "donovan.feedback.projects",
    "donovan.feedback.datasets",
    "donovan.evaluation",
    "donovan.training",
]

MIDDLEWARE = [
    "donovan.ui.incidents.IncidentMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "donovan.ui.security.SecurityHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "donovan.access.middleware.SessionMiddleware",
    "donovan.access.middleware.EntryMiddleware",
]

ROOT_URLCONF = "donovan.urls"
ASGI_APPLICATION = "donovan.asgi.application"
AUTH_USER_MODEL = "access.User"
# What fails is told without its words (donovan.ui.error_log): to the log of the service, as text, and to
# DATA/logs/events.jsonl, where `manage.py incident` finds it. Libraries' own handlers would write the words.
_HANDLERS = ["service", "file"]
_LIBRARIES = ("celery", "kombu", "uvicorn", "uvicorn.error", "uvicorn.access", "py.warnings", "asyncio")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "places": {
            "()": "donovan.ui.error_log.PlacesFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        },
        "lines": {"()": "donovan.ui.error_log.LinesFormatter"},
    },
    "handlers": {
        "service": {"class": "logging.StreamHandler", "level": "ERROR", "formatter": "places"},
        # The supervisor waits for the line that says a worker is ready.
        "worker": {"class": "logging.StreamHandler", "level": "INFO", "formatter": "places"},
        "file": {
            "class": "donovan.ui.error_log.SharedFileHandler",
            "level": "WARNING",
            "formatter": "lines",
        },
    },
    "loggers": {
        "django": {"handlers": _HANDLERS, "level": "INFO", "propagate": False},
        **{name: {"handlers": [], "propagate": True} for name in _LIBRARIES},
        "celery.apps.worker": {"handlers": ["worker"], "level": "INFO", "propagate": False},
    },
    "root": {"handlers": _HANDLERS, "level": "WARNING"},
}
# In the session, which ends with the person's stay: a cookie would show one person's notices to the next.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGIN_URL = "access:sign-in"
LOGIN_REDIRECT_URL = "/"
CSRF_FAILURE_VIEW = "donovan.ui.errors.csrf_failure"

# The rules of staying signed in. A site may shorten the idle time; the rest is policy.
IDLE_SECONDS = 60 * int(os.environ.get("DONOVAN_IDLE_MINUTES") or 15)
IDLE_SECONDS_ADMINISTRATOR = min(IDLE_SECONDS, 60 * 10)
SESSION_CAP_SECONDS = 60 * 60 * 12
SESSION_LIMIT = 3
SIGN_IN_FAILURES = 3
SIGN_IN_WINDOW_SECONDS = 60 * 15
SIGN_IN_LOCK_SECONDS = 60 * 15
CONSENT_FILE = os.environ.get("DONOVAN_CONSENT", "")
CHECKPOINT_DIR = Path(os.environ.get("DONOVAN_CHECKPOINTS") or DATA_DIR / "checkpoints")
CHECKPOINT_COPY_DIR = os.environ.get("DONOVAN_CHECKPOINTS_COPY", "")
# With less room than this for checkpoints nothing is recorded, and so nothing done.
CHECKPOINT_ROOM_BYTES = 1 << 20
# The addresses of proxies whose X-Forwarded-For is believed; of others it is what anybody may have written.
TRUSTED_PROXIES = frozenset(filter(None, os.environ.get("DONOVAN_PROXIES", "").replace(" ", "").split(",")))

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

IS_HTTPS = os.environ.get("DONOVAN_HTTPS") == "1"
SESSION_COOKIE_AGE = SESSION_CAP_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if IS_HTTPS:
    # TLS ends at the proxy of the host, which must strip this header from what clients send.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
else:
    # Plain HTTP is for the loopback address alone; donovan.access.checks warns when other hosts are allowed.
    SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "donovan.ui.context.workbench",
            ],
        },
    },
]


def _databases() -> dict[str, dict[str, object]]:
    url = os.environ.get("DONOVAN_DATABASE_URL")
    if url:
        parts = urlsplit(url)
        return {
            "default": {
                "ENGINE": "donovan.postgresql",
                "NAME": unquote(parts.path.lstrip("/")),
                "USER": unquote(parts.username or ""),
                "PASSWORD": unquote(parts.password or ""),
                # A folder with the server's socket is written %2Fvar%2Frun%2Fpostgresql.
                "HOST": unquote(parts.hostname or ""),
                "PORT": str(parts.port or ""),
                "OPTIONS": {
                    # As with SQLite, who waits half a minute for the writers before is told so. A client that
                    # is cut off, or hangs within a transaction, does not keep the others for long.
                    "options": "-c lock_timeout=30s -c idle_in_transaction_session_timeout=5min "
                    # Each statement sees what was committed before it, and so what the last writer left.
                    "-c default_transaction_isolation=read\\ committed "
                    "-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3",
                    "keepalives_idle": 15,
                    "keepalives_interval": 5,
                    "keepalives_count": 3,
                    "connect_timeout": 10,
                    "application_name": "donovan",
                },
            }
        }
    return {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "donovan.sqlite3",
            "OPTIONS": {
                # FULL: what was acknowledged, and what a checkpoint names, is on the disk even when the power
                # fails. Writers queue at BEGIN instead of failing half-way, and readers never wait for them.
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
            # A file, not memory: threads and the live server of the tests must see the same database.
            "TEST": {"NAME": DATA_DIR / f"test-{os.getpid()}.sqlite3"},
        }
    }


DATABASES = _databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

MARKING_POLICY = os.environ.get("DONOVAN_MARKING_POLICY", "")
SYSTEM_HIGH = os.environ.get("DONOVAN_SYSTEM_HIGH", "TOP SECRET//NOFORN")

LLM_PROVIDER = os.environ.get("DONOVAN_LLM_PROVIDER", "embedded")


def _language_model() -> tuple[str, str]:
    """Path and SHA-256 of the model file: of the environment, else of the choice kept in MODELS_DIR."""
    named = os.environ.get("DONOVAN_LLM_MODEL", "")
    chosen = MODELS_DIR / "chosen.json"
    if named or LLM_PROVIDER != "embedded" or not chosen.is_file():
        return named, os.environ.get("DONOVAN_LLM_DIGEST", "")
    try:
        said = json.loads(chosen.read_text())
        return str(MODELS_DIR / said["file"]), str(said["sha256"])
    except (ValueError, KeyError, TypeError) as error:
        raise ImproperlyConfigured(
            f"{chosen} cannot be read. Choose the language model again: make run MODEL=default"
        ) from error


LLM_MODEL, LLM_DIGEST = _language_model()
LLM_URL = os.environ.get("DONOVAN_LLM_URL", "")
LLM_SOCKET = RUN_DIR / "llm.sock"
EMBEDDER = os.environ.get("DONOVAN_EMBEDDER", "")
MULTILINGUAL_MODEL = os.environ.get("DONOVAN_MULTILINGUAL") or str(
    Path(sys.prefix) / "models" / "multilingual-e5-small"
)
EMBEDDER_SOCKET = RUN_DIR / "embedder.sock"
_SERVED_INSTEAD = {
    "embedder": os.environ.get("DONOVAN_SERVE_EMBEDDER", ""),
    "reranker": os.environ.get("DONOVAN_SERVE_RERANKER", ""),
    "reader": os.environ.get("DONOVAN_SERVE_READER", ""),
    "llm": os.environ.get("DONOVAN_SERVE_LLM", ""),
    "verifier": os.environ.get("DONOVAN_SERVE_VERIFIER", ""),
    "triage": os.environ.get("DONOVAN_SERVE_TRIAGE", ""),
}
SERVED_INSTEAD = {role: folder for role, folder in _SERVED_INSTEAD.items() if folder}
NER_MODEL = os.environ.get("DONOVAN_NER_MODEL", "")
NER_TAGGER = os.environ.get("DONOVAN_NER_TAGGER") != "0"
NER_LLM = os.environ.get("DONOVAN_NER_LLM") == "1"
EXCLUDED_ORIGINS = frozenset(
    code.strip().upper() for code in os.environ.get("DONOVAN_EXCLUDED_ORIGINS", "").split(",") if code.strip()
)
WORKERS = int(os.environ.get("DONOVAN_WORKERS") or os.cpu_count() or 1)

MAX_UPLOAD_MB = int(os.environ.get("DONOVAN_MAX_UPLOAD_MB") or 512)
MAX_FORM_MB = int(os.environ.get("DONOVAN_MAX_FORM_MB") or 2 * MAX_UPLOAD_MB)
QUOTA_PERSON_MB = int(os.environ.get("DONOVAN_QUOTA_PERSON_MB") or 20_480)
QUOTA_LABEL_MB = int(os.environ.get("DONOVAN_QUOTA_LABEL_MB") or 204_800)
DISK_RESERVE_MB = int(os.environ.get("DONOVAN_DISK_RESERVE_MB") or 256)
# Files come to disk beside the originals, one by one, so that one that is too large costs neither memory nor
# the others.
FILE_UPLOAD_HANDLERS = ["donovan.library.uploads.CappedUploadHandler"]
FILE_UPLOAD_TEMP_DIR = SCRATCH_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
DATA_UPLOAD_MAX_NUMBER_FILES = 1000

BROKER_DIR = DATA_DIR / "broker"
CELERY_BROKER_URL = os.environ.get("DONOVAN_BROKER_URL") or "filesystem://"
if CELERY_BROKER_URL.startswith("filesystem"):
    for _folder in ("queue", "control", "processed"):
        (BROKER_DIR / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
    }
elif CELERY_BROKER_URL.startswith("redis"):
    # A broker that answers nothing must not hold up whoever wakes somebody through it.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_connect_timeout": 3.0,
        "socket_timeout": 15.0,
        "socket_keepalive": True,
    }
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = WORKERS
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = {
    # A message that waited longer than to the next one says nothing new.
    "wake whoever should be working": {
        "task": "work.reconcile",
        "schedule": 15.0,
        "options": {"expires": 15.0},
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat")
