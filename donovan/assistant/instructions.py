"""Text in a document that addresses the program: it may be quoted, never drawn upon."""

import re

_INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:previous|above|prior|earlier|all|any|the)\b.{0,30}"
    r"\b(?:instruction|prompt|rule|message|text|context|question)s?\b"
    r"|\b(?:system|assistant|user)\s*+(?:(?:prompt|message)\s*+)?[:>]\s"
    r"|\byou are (?:now )?(?:a|an|the) (?:\w+ ){0,3}(?:assistant|model|ai|bot|chatbot|program)\b"
    r"|\bas an? (?:ai|assistant|language model)\b"
    r"|\b(?:answer|respond|reply|output|print|say)\b.{0,20}\b(?:only|exactly|with|instead)\b.{0,40}[\"“”':]"
    r"|\btell the (?:user|reader|analyst)\b|<\|?(?:im_start|im_end|system|endoftext)\|?>"
    r"|\b(?:ignora|olvida)\b.{0,30}\binstrucciones\b|\bигнорируй\w*\b.{0,30}\bинструкци"
    r"|\bignor(?:e|ez)\b.{0,30}\binstructions\b|\bignorier\w*\b.{0,40}\b(?:anweisung|instruktion)"
    r"|تجاهل.{0,30}(?:التعليمات|الأوامر)|(?:忽略|无视).{0,15}(?:指令|指示|说明)",
    re.IGNORECASE | re.DOTALL,
)


def reads_like_instruction(text: str) -> bool:
    """Whether a text addresses the program instead of telling something."""
    return _INSTRUCTION.search(text) is not None
