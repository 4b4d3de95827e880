"""What English words need others behind them: the tables that ``voice.completeness`` reads.

Another language needs a module like this one; the names say what a word does in a sentence. Verbs
stand in their base form, the other forms are found by their endings (``forms``) or stand here when
they are irregular.
"""

from __future__ import annotations


def words(listed: str) -> frozenset[str]:
    """Return the words of a table."""
    return frozenset(listed.split())


def phrases(listed: str) -> frozenset[str]:
    """Return the phrases of a table, which bars part."""
    return frozenset(phrase.strip() for phrase in listed.split("|"))


COMPLETE_ALONE = phrases(
    "yes|yeah|yep|yup|yes please|yes do|yes do it|no|nope|nah|no thanks|no thank you|do it|go ahead"
    "|of course|sure|correct|stop|stop it|cancel|enough|quiet|never mind|nevermind|that's right"
    "|that's wrong|how so|and then|why is that|absolutely|definitely|not now|later|confirm|continue|next"
)
"""Whole answers and commands of a word or two."""

OFTEN_GOES_ON = phrases(
    "what|sorry|help|help me|hello|hi|hey|again|excuse me|good morning|good afternoon|good evening"
    "|thanks|thank you|cheers|what's today|what is today|date|the date|the time|pardon me|repeat"
    "|nothing|are you there|start|status|how are you|are you sure|what do you think|tell me something"
    "|can you|could you|can you help|could you help|read|say|say that|set a timer|explain that|explain this|can you help me|could you help me"
)
"""What is whole, or matches an intent, as it stands, but as often the beginning of more."""

# The ends of sentences that need others to follow

OPEN_WORDS = (
    # determiners
    words("a an the my your his her our their its every each any some both either neither")
    | words("whose these those very really quite such several many same")
    # conjunctions
    | words(
        "and or but because cause if while although though unless until till than as whether nor"
    )
    | words("so plus minus times divided multiplied versus vs where")
    # prepositions
    | words("for to of at with from by about into onto between under without during against toward")
    | words("towards near per like beside behind above below across among except since past")
    # auxiliaries, and pronouns that carry one
    | words(
        "am be been being will would could should shall does has had may might must gonna wanna"
    )
    | words(
        "isn't aren't wasn't weren't don't doesn't didn't can't won't couldn't wouldn't shouldn't"
    )
    | words(
        "haven't hasn't hadn't let's i'm i'll i'd i've you're you'll you've he's she's we're we'll"
    )
    | words(
        "we've they're they've there's it's it'll who's where's when's how's what's whats that's"
    )
    | words("gotta another saying including")
    # fillers
    | words("um uh uhm er erm hmm mm ah well actually basically maybe")
)
"""Last words after which something must follow, whatever stands before them."""

OPEN_ENDS = phrases(
    "i mean|you know|let me see|let's see|sort of|kind of|how about|what about|in order|as well as"
    "|going to|want to|need to|have to|the most|the largest|the first|the second|the biggest|a new"
    "|remind me|tell me|show me|give me|send me|wake me|find me|let me|i want|i need|i would|teach me"
    "|i think|how many|how much|how long|how far|how old|how often|what kind|what time|what day"
    "|saying that|so that|if it|when it|like this|half past|get rid|how come|what if|another word"
)
"""Last words that only together need others to follow."""

NEEDS_OBJECT = words(
    "set add remind tell send play show give make create write explain translate define calculate"
    " convert compare change turn switch put remove delete schedule book order buy text email"
    " message search summarize describe let want need get find call read open close start move"
    " recommend suggest name teach imagine pretend suppose lock unlock dim"
)
"""Verbs that do nothing alone: open as the first word, or after a polite beginning."""

POLITE = words("please can could would will you to and then just i'd like hey okay ok")
LINKS = words("is are was were can do did have")
WH = words("what who where when why how which whose")
WH_STARTS = WH | words("what's who's where's when's how's")
TELLING = words(
    "tell know explain show remember wonder wondering ask sure idea say guess understand see learn"
    " teach describe find check forget"
)
SUBJECTS = words("i you we he she they it")
ASKING = words("can could would will do does did should shall may might must have") | WH
PARTICLES = words("on in off up down out over back through around away")
PARTICLE_VERBS = words(
    "turn switch put set look call take bring get live work click log sign find make write"
)

NUMBER_WORDS = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
    " hundred thousand million half"
)
WANTS_UNIT = words("timer timers remind reminder wait snooze countdown convert")
BEFORE_AMOUNT = words("in for after every another about least")
OPERATIONS = words("plus minus times divided multiplied percent x over of off")
SUM_STARTS = ("what's", "whats", "what is", "how much is", "calculate", "divide", "multiply")
LISTING = words("add buy order put get bring need")

# The parts of a sentence

CONTRACTIONS = {"'m": "am", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would"}
IRREGULAR_CONTRACTIONS = {
    "can't": "can not",
    "won't": "will not",
    "shan't": "shall not",
    "let's": "let us",
    "whats": "what is",
}
TAKES_IS = WH | SUBJECTS | words("that there here this everything nobody somebody someone")
"""Words whose 's is an "is"; elsewhere it marks an owner."""

BE = words("is are was were am be been being")
ASKING_FIRST = words("do does did can could will would should shall may might must has have had")
LEADS = words(
    "please okay ok well hey hi hello so and but then just now yes yeah no thanks also alright right"
    " sorry oh actually maybe great thank good"
)
"""What comes before the sentence proper, and leaves it as it is."""

SUBORDINATING = words(
    "if when while because since although though unless until once after before as"
)
"""Words whose sentence part needs another one, when they come first."""

DETERMINERS = words(
    "a an the my your his her our their its every each any some both no this that these those another"
    " which what whose many much few several more most all"
)
LONE_SUBJECTS = SUBJECTS | words(
    "this that these those there anyone everyone someone somebody nobody everybody people one"
)
FREE_OBJECTS = words(
    "what which who whom whose everything anything something nothing all whatever thing things much"
    " many"
)
"""What may be the object of a verb that comes later: "what do I need", "everything you know"."""

CLOSERS = words(
    "again now today tonight tomorrow yesterday please anymore already here there then though"
    " sometimes often alone together instead anyway lately outside inside home later well once twice"
)
"""Words with which sentences end that were whole before them."""

ADVERBS = words(
    "also even still never always usually often sometimes just only ever not almost nearly rather"
    " probably really quite very so too pretty more most less extremely perfectly slightly"
)
"""Words that wait for what they modify."""

RECEIVERS = words(
    "tell give send show teach ask remind lend hand wish promise offer bring text sing write read buy"
    " find order telling giving sending showing teaching asking"
)
"""Verbs of two objects: with a person alone behind them they are not finished."""
PERSONS = words("me him her us them you peter anna") | words(
    "mother mom mum father dad wife husband boss brother sister son daughter friend kids kid children"
    " neighbor grandmother grandfather landlord teacher"
)

WANTS_OF = words(
    "capital difference population meaning name author history price point distance size height age"
    " number amount kind type sort lot bit piece pair cup glass bottle slice way synonym rest end"
    " beginning part side plot taste rules capitals top middle bottom length weight depth speed value"
    " cause causes reason purpose role definition inventor founder owner president"
    " ingredients spelling pronunciation currency symbol"
    " start edge center centre front kinds types sorts pros advantages benefits effects rate total"
    " sum average word sentence example couple series variety risk chance possibility south"
    " north east west percentage origin moral"
)
"""Nouns that, behind "the" or "a", say too little without an "of …", "for …" or "to …"."""

OFTEN_TOLD_MORE_ABOUT = words(
    "story stories poem email letter recipe recipes book books speech song essay note message movie"
    " movies film restaurant question questions name names idea ideas advice tips fact facts reminder"
    " meeting appointment plan present gift word words limerick rhyme"
)
"""What is asked for with "a", "some" or a number, and as often goes on: "… about", "for", "that"."""

NAME_BEGINNINGS = words(
    "baking leap quantum vitamin new san los saint st mount mona grand white lake north south east west dr mr mrs miss sir"
)
COMPOUND_BEGINNINGS = words(
    "gas heat living dining bath boiling packing vacuum wedding swimming shopping banana letter"
    " washing steam solar human"
)
"""Words that are mostly the first half of a noun: "the nearest gas", "a heat"."""

ADJECTIVES = words(
    "good bad big small large little long short tall high low old young new great nice best worst"
    " better worse bigger largest smallest biggest longest shortest highest lowest oldest youngest"
    " nearest closest fastest quickest easiest cheapest latest newest greatest simplest tallest"
    " deepest first second third fourth fifth last next previous other different same similar whole"
    " entire full empty main real true false common popular famous important interesting funny fun"
    " silly sad happy angry scary spooky romantic relaxing healthy quick slow fast easy hard simple"
    " difficult cheap expensive free fresh hot cold warm cool wet dry clean dirty dark light heavy"
    " loud quiet soft strong weak sweet sour spicy salty vegetarian vegan organic raw cooked baked"
    " fried frozen red green blue yellow black white brown pink purple orange grey gray golden"
    " wooden plastic metal electric digital virtual modern ancient medieval classical traditional"
    " typical special general local national international global public private personal social"
    " political economic medical legal natural chemical physical mental human solar lunar royal"
    " american english british french german italian spanish chinese japanese russian greek roman"
    " indian mexican thai turkish egyptian european african asian polite formal informal friendly"
    " professional random possible favorite favourite perfect proper right wrong safe dangerous rare"
    " normal early late recent current final single double triple medium broken lost missing strange weird"
    " beautiful pretty ugly cute lovely wonderful amazing awesome creative detailed brief thank"
    " used famous five-year-old year-old tiny huge giant rich poor busy tired bored lonely"
    " hungry thirsty sick healthy allergic sure ready afraid proud jealous honest careful useful"
    " well-known blind deaf bedtime magic paper own rainy sunny cloudy windy snowy spring olympic"
)
"""Words that, behind a determiner, wait for their noun."""

AFTER_THE = words(
    "dark cold light left right public poor rich past present future wet second first last"
)
"""Some of them that are nouns behind "the"."""

ENDINGS_OF_ADJECTIVES = ("ful", "ous", "ible", "able", "less")
"""Endings that nearly always make such a word."""

NO_ADJECTIVES = words(
    "vegetable table cable fable timetable stable spoonful handful cupful mouthful"
)
"""Nouns with such an ending."""

TRANSITIVE = words(
    "add admire adopt answer apply appreciate arrange attach avoid beat become begin believe bind"
    " blame boil book borrow break brew bring build buy calculate carry cause celebrate change check"
    " choose clean close collect compare complete consider contain continue control convert copy correct count"
    " cover create cure cut damage decide decorate define deliver describe design destroy detect"
    " develop discover discuss divide download drop earn edit enable enjoy enter erase explain explore"
    " express face feed feel fill find finish fit fix fold follow forget forgive format freeze gain"
    " get give grab grill guess hang hate have hear hide hire hit hold hurt identify imagine improve"
    " include increase inform insert install introduce invent invite involve join keep kick kill know"
    " lack lay lead learn list leave lend let lift like lock lose love lower maintain make manage mark"
    " match mean measure melt memorize mention mind mix multiply name need notice obtain offer"
    " open operate order organize own pack paint pay peel perform pick place plan plant play pour"
    " predict prefer prepare present prevent print produce pronounce protect prove provide publish"
    " pull push put raise reach read receive recognize recommend record recover reduce refer regard"
    " release remember remind remove rename rent repair replace represent repeat request require rescue"
    " reserve reset resolve respect restore reveal roast save say search seem select sell send set"
    " share sharpen shop show shut sign skip slice solve speak spell spend spread start steal store"
    " study substitute suggest summarize support suppose surprise take taste teach tell test thank"
    " tie touch train translate treat trim trust tune turn type understand unlock update upload use"
    " value visit switch dim quiz turn want warn wash watch water wear weigh win wipe wish wrap write paint eat drink cook"
    " bake meet see call ask help stop try"
)
"""Verbs that want an object, unless what it is was said before."""

CHANGES_BY_ITSELF = words(
    "hurt change open close melt freeze boil break start stop spread begin cook bake grow burn improve"
)
"""Verbs of both kinds: "does it hurt", "when do the clocks change" need no object."""

MAY_STAND_ALONE = words(
    "repeat help stop start try finish change eat drink cook bake read write win know see"
    " understand melt break open close boil freeze begin hurt speak play study learn lead call feel"
    " turn meet hear guess lose leave improve spread"
)
"""Verbs among them that need none: after these the end is neither sure nor sure not to be one."""

INTRANSITIVE = words(
    "agree appear arrive bark behave bleed bloom blow bounce breathe burn care chat cheat climb come"
    " cost cough crash crawl cry dance depend die differ disappear dream drive drown evolve exist"
    " expire explode fade fail fall fight flow fly form function get-up glow go grow happen hibernate"
    " hunt hurry itch joke jump kneel last laugh lie listen live look matter migrate move orbit pass"
    " pray purr rain react relax rest retire return rhyme ripen ring rise run sail sing sit"
    " ski sleep smell smile smoke snore snow sneeze sound spin stand stay stick stink strike"
    " survive sweat swell swim swing talk think travel vanish vote wait wake walk wander"
    " work worry yawn end sink hatch dissolve rot mate smile shine sparkle vary erupt expand float"
    " set rhyme fit weigh"
)
"""Verbs that need none."""

WANTS_PLACE = words("set turn switch put convert translate divide multiply compare")
"""Verbs whose object alone is not enough: "to forty", "on", "into German"."""

STAYS_OPEN = words("stay seem become keep depend belong consist refer rely")
"""Verbs of them that hardly ever end a sentence."""

MAY_END_A_YES_OR_NO_QUESTION = words("dream laugh walk grow fall listen travel")
"""Verbs of the next table after which "do dogs dream" ends."""

WANTS_MORE = words(
    "take go cost get keep seem become look sound depend belong refer consist differ lead"
    " deal rely happen-to talk wait listen think come last say try mean need want have rhyme start"
    " begin live stick compare wonder result travel laugh walk worry fall dream grow"
)
"""Verbs after which most sentences go on: never early behind them, unless a question's verb."""

PAST = {
    "ate": "eat", "lost": "lose", "got": "get", "broke": "break", "said": "say", "made": "make",
    "took": "take", "gave": "give", "had": "have", "bought": "buy", "found": "find", "saw": "see",
    "seen": "see", "told": "tell", "thought": "think", "knew": "know", "known": "know",
    "won": "win", "wrote": "write", "written": "write", "built": "build", "met": "meet",
    "went": "go", "gone": "go", "came": "come", "fell": "fall", "felt": "feel", "kept": "keep",
    "left": "leave", "held": "hold", "sang": "sing", "sung": "sing", "spoke": "speak",
    "spoken": "speak", "drank": "drink", "began": "begin", "begun": "begin", "brought": "bring",
    "caught": "catch", "chose": "choose", "chosen": "choose", "did": "do", "done": "do",
    "drew": "draw", "drawn": "draw", "drove": "drive", "driven": "drive", "eaten": "eat",
    "flew": "fly", "forgot": "forget", "given": "give", "grew": "grow", "grown": "grow",
    "heard": "hear", "led": "lead", "meant": "mean", "paid": "pay", "ran": "run", "rang": "ring",
    "sent": "send", "sold": "sell", "slept": "sleep", "spent": "spend", "stole": "steal",
    "swam": "swim", "taken": "take", "taught": "teach", "threw": "throw", "woke": "wake",
    "wore": "wear", "worn": "wear", "lit": "light", "struck": "strike", "sank": "sink",
    "cut": "cut", "put": "put", "hit": "hit", "hurt": "hurt", "let": "let", "set": "set",
    "has": "have", "does": "do", "goes": "go", "held ": "hold", "dreamt": "dream",
}  # fmt: skip
"""Irregular forms and the verb they belong to."""

PARTICIPLES = words(
    "eaten written spoken taken given known seen done gone made built found told held sent sold paid"
    " left lost worn drawn driven grown chosen begun bought brought caught taught kept led heard meant"
    " lit broken stolen thrown frozen born called cut put hit set let won formed"
)
"""Forms that, behind a form of "be", have their object already as the subject."""
