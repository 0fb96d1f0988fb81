"""What can go wrong in the library, each as a sentence for the person who asked."""

from django.http import Http404


class LibraryError(Exception):
    """The library refuses, and `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFoundHere(Http404):
    """There is no such document that the caller may read.

    One exception for both cases, without a word about the document, so that what does not exist and what may
    not be read cannot be told apart.
    """

    def __init__(self) -> None:
        super().__init__("There is nothing here that you may read.")
