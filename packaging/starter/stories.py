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
STORIES_HELD = (
    ("how much do {n} {t} at {a} each come to", "{n}*{a}"),
    ("{n} [crates|baskets] each holding {m} {t}: how many {t} altogether", "{n}*{m}"),
    ("a bill of {a} for {n} people, what must each of them pay", "{a}/{n}"),
    ("of {big} {t} only {m} were taken, how many still stand there", "{big}-{m}"),
    ("my collection of {big} {t} grew by {m}, how large is it", "{big}+{m}"),
)
