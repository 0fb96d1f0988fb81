"""One small interface to a language model, whatever stands behind it."""

from donovan.llm.providers import get_language_model, using

__all__ = ["get_language_model", "using"]
