"""The disk is shared out: what one person and what one collection under one marking may take."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from donovan.access.models import User
from donovan.library.errors import LibraryError
from ingest.models import Document
from tests.library.conftest import HandIn

pytestmark = pytest.mark.django_db

MEGABYTE = 1024 * 1024


def test_a_person_who_has_handed_in_enough_is_told_so(
    hand_in: HandIn, ana: User, ben: User, settings: LazySettings
) -> None:
    settings.QUOTA_PERSON_MB = 1
    hand_in(ana, b"a" * (MEGABYTE - 10), "first.txt", marking="UNCLASSIFIED", is_read=False)
    with pytest.raises(LibraryError) as refused:
        hand_in(ana, b"b" * 20, "second.txt", marking="UNCLASSIFIED", is_read=False)
    assert refused.value.sentence.startswith("Your documents take up the 1 MB")
    hand_in(ben, b"c" * 20, "third.txt", marking="UNCLASSIFIED", is_read=False)


def test_a_full_collection_tells_nothing_of_what_one_may_not_read(
    hand_in: HandIn, ana: User, ben: User, settings: LazySettings
) -> None:
    settings.QUOTA_LABEL_MB = 1
    hand_in(ana, b"a" * (MEGABYTE - 10), "secret.txt", marking="SECRET", is_read=False)
    # Ben may not read it, and its bytes do not count against what he hands in.
    hand_in(ben, b"b" * 1000, "open.txt", marking="UNCLASSIFIED", is_read=False)
    with pytest.raises(LibraryError) as refused:
        hand_in(ana, b"d" * 20, "more.txt", marking="SECRET", is_read=False)
    assert "no more room for documents marked SECRET" in refused.value.sentence


def test_the_page_says_so_and_nothing_is_kept(
    client_for: Callable[[User], Client], ana: User, settings: LazySettings
) -> None:
    settings.QUOTA_PERSON_MB = 1
    sent = {
        "collection": "relief",
        "marking": "UNCLASSIFIED",
        "files": SimpleUploadedFile("big.txt", b"x" * (MEGABYTE + 1)),
    }
    response = client_for(ana).post(reverse("library:upload"), sent)
    assert response.status_code == 400
    assert "Your documents take up the 1 MB" in response.content.decode()
    assert not Document.objects.exists()
