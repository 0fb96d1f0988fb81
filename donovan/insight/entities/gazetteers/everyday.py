"""English words that are the name of some town as well: a capital alone makes no town of them.

Names of the packaged GeoNames extract that public-domain prose of the U.S. Government (Foreign Relations
of the United States, World Factbook) writes small at least twice and more than now and then.
"""

_WORDS = frozenset(
    """
    academy accord act add advance age agency ago aid aim air airport aka alia all allege alliance alone along
    alpine altar alter alumina ama amb amber amir anchorage and anew ang anger angles annex antelope anthem
    any aol apples apt arc are area arena arm arrest arsenal art artillery asas asbestos ascension ash ask
    assent assumption aura aux awash axe bad bag bail bailing ball ballots banana band bang bank banks banner
    banning bar bare barley barrage barren bars base basic basin basing bat battle bay baza beach bean bear
    bed beer beets beg began begun bei belt ben bend bent best betel bias bid big bigger billed bin bison
    blast blend blessing blossom bluff boggy boil bolder bona bonanza bond book boom border bore born borne
    bottom bottoms boundary bow box boy brain brains brake branch brand brick bridge bright brilliant broke
    bron brown brush bullet burden burimi burst bury bus bush busy but buy cacao cactus calcium caldera came
    camps can canal canals candor cane canning canoe canon canton cap car carbonate care cargo carry cars
    cases cash cast castle cat cave caves cedar celebration cement center central centres cents century cha
    chagrin chair chamber chambers champion chance change charge chili chinook church circa circle cite citrus
    clans clay clever cliffs climax cloud coal coaling cocoa cog college colony com combine come comfort
    commerce commissioner commonwealth communal communism competition compound conception concession concise
    concrete condor confederation confines confluence conservation constitution content contention contest
    continental conversion convoy cool cope cordillera cordon cork corn corners cornucopia corporation
    countryside course court cow crane crater crescent crest crossroads cruzeiro crystal cube culture cut
    cutoff cuts dal dam damp dan dare das date dawn day deal deep deer defiance del delay delta den dent
    deposit der des desk diamond die dim dire discovery divide doc docking dog dollar dome dominion don dot
    drag drain drains drew drone drug drum dry dual due dunes dusty eagle ear early earnest earth eat ech
    echelon echo economy eda een effort egg emblem empire energetic energy engineer ensue enter enterprise
    equality era erode est eve ever exchange experiment export ext eye faith falcon fall far farmers farmland
    farms fat fate federal federation fell fertile fig fines fiscal flee fleet flora fly fog fonte for force
    fore forest forge forth fortune fossil foster four franca frank freedom freer freshwater friend friendly
    friendship from front frost fue fully furnace gang gap garland garrison garuda gas gem gentry get gets
    give glad globe gob god goes going gold golden gone goodwill got gov grace graces grad graft grain grand
    granite grant grants grass gratis grave green gross guano guarani guay guide guise guns gypsum had halfway
    hall halt hammer hang happy harbor hard harm harmony harp harvest has haste hat haven hazard headquarters
    heard hell her heritage hero highland highlands highways hill hills hinge hire hit holder hole holiday
    home homeland honey hook hope horn hot hour hub hue human hunt hunting hurricane hurt ibis ida ill
    imperial independence industry ink inland int intercourse iron island isles isn izvor jade jam job joy
    junction junior jury just justice kai keel keen key keys kill kin king kings knock kraj lab label labor
    lag lake lakes lame lander landfall landing lane lang las latte laurel law lax lay lbs lead leader lean
    led legacy lei lend lent les lessen let level lever levy liberal liberation liberty lid lie lignite liking
    limestone limit line linn lion lions lip list liter lively lives loan loans lock locust lone long look
    loose los loss lot loving low lowlands loyal luck lucky lush mad made mae magazine mahogany maiden mailing
    maize major make makes male males man manage mango manning many marble marine marines mark market marks
    marlin marsh marshal marshes matai maximum may means media mel men mer mercury mercy mere merit mess met
    metal meter mica mid midway mil mile miles mill millet milli mills mind mine mining minister minor mins
    miro mission moa mob mobile model modern modus mold mondo monte monument moon moral more moss most moth
    mountain much mud muno muster name naval nearest nest net never nice nine nod non none nor normal north
    northeast northward northwest not nut oak oasis occasion oceanic off officer oil old one onset opportunity
    oral orange orb ore ores orient ostan our oust ousted out outer outlook over overland oversee owe oyo pace
    pack pact page pains pampas paper par para paradise paramount paras parent pari parks parole part passage
    pat patrol peace peculiar peer peg pelican penal penguin peninsula per perseverance pet phone pier pin
    pine pipes pirate plain plains plan planes plans plantation plate plateau pleasant plenty plunge plus pod
    poinciana point pole police poll pool pope popular por port poses possession post pouch pound powers pri
    price prince principal pro proclamation progress prospect prosper prosperity prosperous proven punch
    purchase pure put pyramid qua quarter quetzal quo race rail rain ram ran rapid rash rate raw ray rays
    reach reading real receiving record recovery red reeds reform rein reliance reps republic res research
    reserve reservoir respublika rest retreat rice rich rid ride rider ridge rifle rig rim ring ripe rise
    risen rivers road rock roles rona root rose royal rule rum run ruse rush rye sad said sail sake sale sales
    saline salt salute same sand sands sandy sat savanna savannah save say scant scenic sea section sector see
    seem seen sees sell sells send sent serves set settle seven sever severance shale shamrock shape shaping
    share shared she shell shepherd shi shields shoals shore shoreline shot shut sic side siding sierra silly
    since sine sing sisal sit six sixteen sky slap slaughter slide slope smelter snow sober soda soften sole
    son song sore sort sorts soum sow split spoken spring springs spur spy sre stamp stamps stan staple star
    stark start station stave steep steps sterling stern still stock stone store story straw street strong
    success sucre sulphur sumber summer summit sun sunflower sung sunshine superior surprise swallow swamp
    sway sweet swords tactic tai taking talent tank tap tar taro tea tell temperance temple ten tender
    terminal than the them thermal tiara tie till time tin tip tires toll ton tone too tool top torn tour
    tours tower train tranquility transit trap tree trial triangle tricolor trident trip triumph troublesome
    try tsunami tuna tundra tune turn twin und une union unity university unn upland uplands usa used uses
    valley van vary vermilion veto via vice victory vicuna vii vir virgin visa vista vol volcano voters waging
    wake wal walk wall war ward warn wary was waterways wave waxing way ways wean week welcome well wells were
    west westerly western wetter white win windfall wing winner winters wise woods wool worth yang yarn yen
    yes yet young yuan zeal zero zone
    """.split()  # noqa: SIM905
)


def is_everyday_word(name: str) -> bool:
    """Whether a folded name is a word of everyday English."""
    return name in _WORDS
