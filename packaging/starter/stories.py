"""Sums told as little scenes: templates, and the expression each of them asks for."""

ASK_TOTAL = (
    "[how much is that|how much altogether|what is the total|total|how "
    "much in total|what do i pay|how much do i pay|what does that cost]"
)
ASK_COUNT = (
    "[how many {t} is that|how many altogether|how many in total|how many "
    "are there|how many do i have|what's the total]"
)
STORIES = (
    ("{n} {t} at {a} each[, " + ASK_TOTAL + "|]", "{n}*{a}"),
    (
        "[i buy|i bought|we bought|i want|i ordered|i take] {n} {t} [at|for] {a} each, "
        + ASK_TOTAL,
        "{n}*{a}",
    ),
    (
        (
            "[one|each] of the {t} costs {a}[, how much are| - what do|, what do] "
            "{n} [cost|of them cost|]"
        ),
        "{n}*{a}",
    ),
    ("{n} {t} cost {a} each[, | - |. ]" + ASK_TOTAL, "{n}*{a}"),
    ("[what is|what's|how much is|] the [price|cost] of {n} {t} at {a}[ each| apiece|]", "{n}*{a}"),
    (
        (
            "[i have|there are|we have|i've got|we need] {n} {u} with {m} {t} [in "
            "each|each|in each of them], "
        )
        + ASK_COUNT,
        "{n}*{m}",
    ),
    ("{n} {u} [of|with|hold|contain] {m} {t} each, " + ASK_COUNT, "{n}*{m}"),
    (
        (
            "[split|divide|share] {a} [between|among|by|for] {n} [people|friends|"
            "of us|persons|children|ways]"
        ),
        "{a}/{n}",
    ),
    (
        (
            "[the bill is|the bill was|dinner was|lunch cost|the taxi was|we paid|"
            "the total is] {a} [and we are|for|and there are|shared by] {n} "
            "[people|of us|friends], [what does each pay|how much each|how much "
            "does everyone pay|what is my share]"
        ),
        "{a}/{n}",
    ),
    (
        (
            "{n} [of us|friends|people] share [a bill of|] {a}[, how much each|, "
            "what does each one pay|]"
        ),
        "{a}/{n}",
    ),
    ("{a} [split|divided|shared] [between|among|by] {n}[ people| friends|]", "{a}/{n}"),
    (
        (
            "[i had|i have|there were|we had] {big} {t} and [gave away|sold|lost|"
            "used|ate] {m}[, how many are left|, what is left|, how many remain]"
        ),
        "{big}-{m}",
    ),
    (
        (
            "[i had|i have|she had|there were] {big} {t} and [got|bought|found|"
            "received|added] {m} more[, how many now|, how many do i have|, how "
            "many is that]"
        ),
        "{big}+{m}",
    ),
    (
        (
            "[i pay|i spend|i earn|i save] {a} [a|per|every] [month|week|day][, "
            "how much is that|, what is that|. how much] [for|in|over|after] {n} "
            "[months|weeks|days]"
        ),
        "{n}*{a}",
    ),
    (
        (
            "[how many|] {t} [per person|does each get|for each] if {big} are "
            "[shared by|divided among|split between] {n} [people|children]"
        ),
        "{big}/{n}",
    ),
    (
        (
            "[i read|i walk|i drive|we use|i drink] {m} [pages|steps|miles|sheets|"
            "cups] a day, how many [is that|] in {n} days"
        ),
        "{m}*{n}",
    ),
    (
        (
            "[what is|how much is|what's] the change from {big} [if i pay for|for "
            "something at|when it costs] {m}"
        ),
        "{big}-{m}",
    ),
)
STORIES += (
    (
        "[i earn|i make|i get|she earns|the rent is] {a} [an hour|a day|a month|per month"
        "|per hour|a week][, |. ][how much is that|what is that|that makes how much] [for"
        "|in|after] {n} [hours|days|months|weeks]",
        "{n}*{a}",
    ),
    (
        "[i earn|i make|the rent is|it costs|i pay] {a} [a|per|every] month[, |. ][how much"
        " is that|what is that|how much] [a|per|in a] year",
        "{a}*12",
    ),
    (
        "{n} [litres|kilos|metres|hours|nights|pieces|packs|pounds] [at|for|of something at]"
        " {a} [each|a litre|a kilo|a metre|per night|an hour|a piece|]",
        "{n}*{a}",
    ),
    (
        "[i have|i had|there was] {big}[, | and ][i spend|i spent|i use|minus|i paid|i gave"
        " away] {m}[, |. ][how much is left|what's left|how much do i have left|what"
        " remains]",
        "{big}-{m}",
    ),
    (
        "[if|] [a|one] {u} [holds|has|contains] {m} {t}[,|] how many {t} [are in|do|are there"
        " in] {n} [of them|of those|hold|]",
        "{n}*{m}",
    ),
    (
        "{n} [friends|people|of us|kids] [pay|owe|share|split] {a}[, |. ][how much does each"
        " pay|how much each|how much per person|each pays how much]",
        "{a}/{n}",
    ),
    (
        "[how much|what] [is it|is that|does each pay|is it each|per person] if [we|{n}"
        " people] [split|share] {a} [by {n}|between {n}|among {n}|{n} ways]",
        "{a}/{n}",
    ),
    (
        "[i am|i'm|he is|she is] {n} years old[, |. ][how many months|how many months is that]",
        "{n}*12",
    ),
    (
        "{a} for {n} {t}[, |. ][how much is one|how much per piece|what does one cost|price"
        " of one]",
        "{a}/{n}",
    ),
    (
        "[a pack of|a box of|] {n} {t} [costs|cost|is] {a}[, |. ][how much is one|how much is"
        " each|what does one cost|what is that per piece]",
        "{a}/{n}",
    ),
    (
        "[i drove|we drove|i ran|she cycled] {m} [km|miles|kilometres] in {n} hours[, |. ][how"
        " fast|what speed|what is the speed|average speed]",
        "{m}/{n}",
    ),
    ("how [often|many times] does {n} [go|fit] into {big}", "{big}/{n}"),
    ("[what is|how much is|] {a} a [day|week|month] [for|over] {n} [days|weeks|months]", "{n}*{a}"),
    (
        "[i save|i put away|i invest] {a} [a|every|each] [week|month|day][, |. ][what do i"
        " have|how much do i have|how much is it] after {n} [weeks|months|days]",
        "{n}*{a}",
    ),
    (
        "[i was born in|she was born in|built in|since] {y}[, |. ][how old am i in|what age is"
        " that in|how many years until] {z}",
        "{z}-{y}",
    ),
)
STORIES_HELD = (
    ("how much do {n} {t} at {a} each come to", "{n}*{a}"),
    ("{n} [crates|baskets] each holding {m} {t}: how many {t} altogether", "{n}*{m}"),
    ("a bill of {a} for {n} people, what must each of them pay", "{a}/{n}"),
    ("of {big} {t} only {m} were taken, how many still stand there", "{big}-{m}"),
    ("my collection of {big} {t} grew by {m}, how large is it", "{big}+{m}"),
)
