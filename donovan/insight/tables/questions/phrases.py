"""The phrases that mean something to a table, by their code (see lexicon), with what they say.

A phrase is written in small letters as words are cut: "isn't" is one word, "mg/l" two.
"""

from typing import Any

Meaning = tuple[str, Any]


def _many(code: str, payload: Any, text: str) -> list[tuple[tuple[str, ...], Meaning]]:
    return [(tuple(phrase.split()), (code, payload)) for phrase in text.split(";")]


_ALL: list[tuple[tuple[str, ...], Meaning]] = [
    *_many(
        "h", None,
        "how many;number of;the number of;count of;count;count the number of;what number of;how many of;"
        "tell me how many;amount of rows;number",
    ),
    *_many("T", None, "how often;how many times;number of times;how frequently"),
    *_many("H", None, "how much;amount of;quantity of;what amount of;what quantity of;volume of"),
    *_many("w", None, "which;what;what's;name;identify;whose;which of"),
    *_many("W", None, "who;whom;by whom"),
    *_many("n", None, "when;what date;on what date;which date;on which date"),
    *_many("l", None, "list;show;display;give;find;show me;give me;return;print;get me;tell me;see;"
        "look up;select"),
    *_many("a", "sum", "sum;total;sum of;total of;in total;altogether;combined;overall;add up;totals;summed;"
            "the sum;sum up;grand total;in all;adding up;all together;total sum of;total amount of;"
            "total number of;total quantity of;total volume of;aggregate;cumulative total of"),
    *_many("a", "avg", "average;mean;avg;on average;averaged;average of;mean of;arithmetic mean;"
        "typical average;"
            "average value of;mean value of;averages"),
    *_many("a", "median", "median;median of;median value of;the middle value of;middle value"),
    *_many("a", "range", "range;range of;spread of;spread"),
    *_many("a", "stddev", "standard deviation;standard deviation of;stdev;std dev"),
    *_many("x", ("desc", "most"), "most"),
    *_many("x", ("asc", "most"), "least;fewest"),
    *_many("x", ("desc", "high"), "highest;largest;biggest;greatest;maximum;max;peak;maximal;"
        "highest value of;"
            "largest value of;maximum value of;maximum of;max of;highest single;largest single"),
    *_many("x", ("asc", "high"), "lowest;smallest;minimum;min;minimal;lowest value of;smallest value of;"
            "minimum value of;minimum of;min of"),
    *_many("x", ("asc", "time"), "earliest;first;oldest;very first"),
    *_many("x", ("desc", "time"), "latest;last;most recent;newest;very last"),
    *_many("d", None, "distinct;different;unique;separate"),
    *_many("y", "desc", "most common;most frequent;most often;commonest;most frequently;mode of;"
        "mode;most popular;"
            "most commonly;most usual;most frequently occurring"),
    *_many("y", "asc", "least common;least frequent;rarest;least often"),
    *_many("s", None, "share;percentage;proportion;fraction;percent;share of;percentage of;proportion of;"
            "fraction of;percent of;what share of;what percentage of;per cent of;% of;what part of"),
    *_many("g", None, "ratio;ratio of;the ratio of;ratio between"),
    *_many("G", None, "difference;difference in;difference of;the difference;gap;differ;how different"),
    *_many("+", None, "how much more;how many more;how much greater;how much higher;how much larger;"
            "how much bigger"),
    *_many("-", None, "how much less;how many fewer;how many less;how much fewer;how much lower;"
        "how much smaller"),
    *_many("X", None, "change;changed;increase;increased;grow;grew;rise;rose;decrease;decreased;"
        "fall;fell;drop;"
            "dropped;change in;changes"),
    *_many("J", None, "by how much;how much"),
    *_many("E", None, "is there;are there;was there;were there;is there any;are there any;were there any;"
            "was there any;do any;did any;does any;has any;have any"),
    *_many("P", None, "top"),
    *_many("B", None, "bottom"),
    *_many("r", None, "row;rows;record;records;entry;entries;line;lines;rows of data;data rows;observation;"
            "observations;table rows"),
    *_many("e", None, "per;each;every;for each;for every;in each;by each;grouped by;broken down by;split by;"
            "break down by;group by;at each;on each;from each;to each;of each;per each;separately for each;"
            "for each of the;within each;with each;according to;as per;across;broken out by;divided by;"
            "summarised by;summarized by;aggregated by;separated by;itemised by"),
    *_many("b", None, "by"),
    *_many("i", "day", "day;days;daily;date"),
    *_many("i", "week", "week;weeks;weekly"),
    *_many("i", "month", "month;months;monthly"),
    *_many("i", "year", "year;years;yearly;annually"),
    *_many("O", "over time", "over time;through time;as time goes by"),
    *_many("o", "more", "more than;greater than;over;above;exceeding;exceeds;exceed;exceeded;larger than;"
            "bigger than;higher than;in excess of;after;later than;older than;heavier than;longer than;"
            "is more than;is over;is above;upwards of;beyond;greater;surpassing"),
    *_many("o", "less", "less than;fewer than;below;under;smaller than;lower than;before;earlier than;"
            "younger than;lighter than;shorter than;short of;prior to;beneath"),
    *_many("o", "at least", "at least;no less than;not less than;a minimum of;minimum of;no fewer than;"
            "on or after;since;starting from;from at least;not fewer than;not below;or more;as from;"
            "no earlier than"),
    *_many("o", "at most", "at most;no more than;not more than;a maximum of;up to;maximum of;on or before;"
            "no later than;until;not exceeding;not above;not over;through;till"),
    *_many("o", "is", "equal to;equals;exactly;equalling;precisely;equaling;same as"),
    *_many("k", None, "between;in between;ranging from;ranging between;within"),
    *_many("f", None, "from"),
    *_many("t", None, "to;through"),
    *_many("&", None, "and;&;plus;as well as;together with;both"),
    *_many("q", None, "versus;vs;against;compared to;compared with;relative to;as opposed to"),
    *_many("m", None, "when;whenever"),
    *_many("|", None, "or;either"),
    *_many("!", None, "not;isn't;aren't;wasn't;weren't;except;excluding;other than;apart from;"
        "but not;except for;"
            "leaving out;non;didn't;don't;doesn't;ignoring"),
    *_many("z", None, "missing;blank;empty;unknown;null;not given;not recorded;unrecorded;absent;not stated;"
            "not filled in;not known;left blank;left empty;unfilled;not available"),
    *_many("Z", None, "no;without;lacking;lack;lacks;without any;without a;has no;have no;had no;missing a;"
            "missing an;missing the;do not have;does not have;don't have;doesn't have"),
    *_many("Y", None, "present;not missing;filled in;not empty;not blank;known;given"),
    *_many("c", "contains", "contains;contain;containing;includes;include;including;mentions;"
        "mentioning;mention;"
            "with the word;with the words;have the word;has the word;containing the word"),
    *_many("c", "starts", "starts with;start with;starting with;begins with;begin with;beginning with"),
    *_many("c", "ends", "ends with;end with;ending with;ends in;end in;ending in"),
    *_many(">", None, "than"),
    *_many("m", None, "with;having;where;that have;which have;that had;which had"),
    *_many("q", None, "compare;comparison of;comparing;contrast"),
    *_many("v", None, "is;are;was;were;be;been;being;do;does;did;has;have;had;go;goes;went;gone;use;"
        "uses;used;using;"
            "make;makes;made;account;accounts;carry;carries;carried;take;takes;took;taken;get;gets;got;"
            "record;recorded;report;reported;hold;holds;held;belong;belongs;happen;happened;occur;"
            "occurs;occurred;"
            "consume;consumes;consumed;log;logged;register;registered;note;noted;list;listed;stand;stands;"
            "come;comes;came;is there;are there;was there;were there;appear;appears;appeared;exist;"
            "exists;run;ran;make up;makes up;made up;account for;"
            "accounts for;accounted for;fall on;fell on;show;shows;shown;see;seen;reach;reaches;reached;"
            "need;needs;needed;there;measured;counted;entered;take place;took place;comprise;"
            "amount to;belonged"),
    *_many(".", None, "the;a;an;over all;over all of;across all;of all;over all the;of;in;on;at;for;as;it;"
            "its;that;this;these;those;all;any;please;can;could;you;"
            "would;like;i;me;we;us;our;want;know;into;within the;via;so;then;also;them;they;their;"
            "table;data;dataset;sheet;file;spreadsheet;value;values;column;columns;only;whole;entire;just;if;"
            "kind;kinds;type of;kind of;kinds of;types of;equal;overall in;during;one;ones;whatever;who's;"
            "do we have;did we;do you know;tell;calculate;compute;work out;determine;what is the;"
            "answer;figure;"
            "figures;out;up;given that;in the;on the;of the;what are the;throughout;however;such;"
            "whom;hello;thanks;"
            "thank you;level of;recorded value;what was the;what were the;happen to be;respectively"),
]  # fmt: skip
# A phrase can have several meanings; which one is meant shows in the sentence.
PHRASES: dict[tuple[str, ...], list[Meaning]] = {}
for _phrase, _meaning in _ALL:
    PHRASES.setdefault(_phrase, []).append(_meaning)
LONGEST = max(len(phrase) for phrase in PHRASES)
