"""Of what time a question asks: of a state as it is, of what happened, or of what is to come."""

import re
from dataclasses import dataclass
from datetime import date

from donovan.assistant.questions import Question
from donovan.assistant.reconciliation.sources import whole_day
from ingest.values.dates import dates

_STILL = re.compile(
    r"(?<!\w)(?:still|yet|no longer|any ?more|currently|now|nowadays|at present|at the moment|today"
    r"|latest|current"
    r"|newest|todavía|aún|sigue|siguen|actual|actualmente|ahora|ya no|última|último"
    r"|encore|toujours|actuellement|maintenant|désormais|dernière?"
    r"|noch|derzeit|aktuell\w*|jetzt|zurzeit|neueste\w*"
    r"|ещё|еще|сейчас|теперь|по-прежнему|до сих пор|последн\w+|još|sada|trenutno|i dalje|još uvek|још|сада"
    r"|لا يزال|لا تزال|ما زال|ما زالت|مازال|الآن|حاليا|حاليًا)(?!\w)|还|仍|现在|目前|最新|当前",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"(?<!\w)(?:did|was|were|had|happened|fue|fueron|era|eran|estaba|estaban|había|hubo|\w+aron"
    r"|\w{2,}ó|était|étaient|fut|avait|a été|ont été|war|waren|wurde|wurden|hatte|hatten|(?:hat"
    r"|haben)\b.*\bge\w+(?:t|en)"
    r"|a(?:-t-(?:il|elle|on))?\s\w+ée?s?"
    r"|был|была|было|были|\w{2,}(?:ал|ала|али|ил|ила|или|ел|ела|ели|ыл|ыла|ыли|ёз|ёс|шёл|шел)"
    r"|je bio|bila|bilo|bili"
    r"|كان|كانت|كانوا)(?!\w)|曾",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"(?<!\w)(?:will|shall|going to|planned|plans?|expected|due|scheduled|forecast|intends?|será|serán"
    r"|va a|van a"
    r"|previst[oa]s?|sera|seront|va|prévue?s?|wird|werden|geplant|soll|будет|будут|планиру\w+|ожида\w+"
    r"|سوف|من المقرر)(?!\w)|将|计划|预计",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class AskedTime:
    """`is_state`: asks how something is, so that the newest statement answers. `is_still`: says so itself.
    `is_future`: asks for what is planned. `day`: the day that it asks about, if it names one.
    """

    is_state: bool
    is_still: bool
    is_future: bool
    day: date | None


def time_words(text: str) -> str:
    """The words of a text that ask for the present state: "still", "no longer", "now"."""
    return " ".join(match[0] for match in _STILL.finditer(text))


def asked_time(question: Question) -> AskedTime:
    """Read it off the small words and the verb of the question."""
    is_still = _STILL.search(question.text) is not None
    is_future = _FUTURE.search(question.text) is not None
    is_past = _PAST.search(question.text) is not None and not is_still
    days = {day for each in dates(question.text) if (day := whole_day(each)) is not None}
    asks_when = question.expects == "date"
    return AskedTime(
        is_state=is_still or not (is_past or (asks_when and not is_future)),
        is_still=is_still,
        is_future=is_future and not is_still,
        day=days.pop() if len(days) == 1 and not asks_when else None,
    )
