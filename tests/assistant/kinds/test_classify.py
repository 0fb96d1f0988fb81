"""A question is told by its grammar, in the words that analysts use."""

import pytest

from donovan.assistant.kinds.classify import classify

QUESTIONS = {
    "count": [
        "How many reports mention the bridge?",
        "how many cables from Marsh have we got",
        "Number of telegrams that the Vinica legation sent in October 1962",
        "Delgado's mails to the port: how many altogether?",
        "¿Cuántos informes mencionan el puente?",
        "Сколько отчетов упоминают мост?",
        "Wie viele Berichte erwähnen die Brücke?",
    ],
    "fact": [
        "How many persons were taken off roofs?",
        "How many men report sick?",
        "When did the weir above Sutina fail?",
        "What figure did the prefecture give at first?",
        "How long is Route COBALT?",
    ],
    "yes-no": [
        "Is the Orlov bridge open?",
        "did the lorries get through",
        "The ferry, last week - did it run at all?",
        "¿Está abierto el puente?",
        "Est-ce que le pont est ouvert ?",
        "Ist die Brücke offen?",
        "Открыт ли мост?",
        "هل الجسر مفتوح؟",
        "桥开放了吗？",
    ],
    "why-how": [
        "Why was the bridge closed?",
        "How did the convoy get past the roadblock?",
        "What caused the outbreak?",
        "Warum wurde die Brücke gesperrt?",
        "Почему закрыт мост?",
        "为什么桥关闭了？",
    ],
    "list": [
        "List every convoy that left in September",
        "Members of the junta?",
        "Which roads are passable?",
        "Name the camps with a clinic.",
        "What were its proposals?",
        "Перечисли лагеря",
    ],
    "compare": [
        "Prefecture vs ministry on the number of displaced?",
        "Compare the figures of the police and the hospital.",
        "How do Marsh and Tretherne differ on the load limit?",
        "Do the sources agree on the cause?",
    ],
    "timeline": [
        "Give me the repair of the bridge step by step.",
        "Timeline of the outbreak",
        "How did the estimate of the displaced change between the 5th and the 18th?",
        "Walk me through the voyage of MV Corvina Star.",
    ],
    "change": ["What has changed in the order since version 1?", "What is new since 12 September?"],
    "about": ["What do we know about Goran Veselin?", "Tell me about Brodar Trade"],
    "summary": ["Sum up the minister's complaint.", "In short, what did the letter ask?"],
    "odd": ["What is odd in the fuel issues?", "Anything unusual in these tables?"],
}


@pytest.mark.parametrize(
    ("kind", "question"), [(kind, question) for kind, asked in QUESTIONS.items() for question in asked]
)
def test_a_question_is_told_by_its_grammar(kind: str, question: str) -> None:
    assert classify(question) == kind
