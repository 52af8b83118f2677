"""Requests that are certainly beyond the starter: it says so rather than guess."""

import re

TEXTS = (
    r"essay|story|poem|letter|e-?mail|speech|song|report|article|summary|blog ?post|review"
    r"|haiku|book|"
    r"script|cover letter|rap|limerick|paragraph|novel|sonnet|ballad|cv|resume|toast|lyrics"
    r"|press release|"
    r"thesis|tweet|caption|slogan|invitation|complaint|fairy tale|bedtime story|love letter"
    r"|screenplay"
)
CODE = (
    r"python|javascript|java|rust|c\+\+|html|css|sql|bash|php|swift|typescript|regex"
    r"|kotlin|golang|excel"
)
PROGRAM = (
    r"program|function|code|class|query|app|website|loop|macro|algorithm|parser|compiler|server"
)
LANGUAGES = (
    r"french|german|spanish|italian|japanese|chinese|latin|dutch|polish|greek|arabic"
    r"|swahili|russian|"
    r"portuguese|korean|turkish|hindi|finnish|welsh|czech|swedish|danish|norwegian|mandarin|english"
)
MAKE = (
    r"(?:write|compose|draft|author|produce|create|make|give me|i need|help me(?: to)?"
    r" write|help me with)"
)
WRITING = re.compile(
    rf"(?:please )?{MAKE}(?: me| us)? (?:an?|some|the|my) (?:\w+[ -]){{0,4}}?(?:{TEXTS})s?\b.*"
    rf"|(?:please )?(?:summari[sz]e|proofread|rewrite|paraphrase|rephrase|shorten) .+"
)
CODING = re.compile(
    rf"(?:please )?(?:write|code|program|develop|build|debug|fix|implement|refactor|port"
    rf"|create|make)\b.*"
    rf"\b(?:{CODE}|{PROGRAM})\b.*"
)
TRANSLATION = re.compile(
    rf"(?:translate|render|express) .+|(?:how do you say|how do i say|what is|what's|say|put) .+ in"
    rf" (?:{LANGUAGES})|.+ in(?:to)? (?:{LANGUAGES})"
)
PICTURE = re.compile(
    r"(?:draw|paint|sketch|generate|make|create)(?: me)? (?:an? |the )?(?:picture|image"
    r"|photo|painting|"
    r"drawing|portrait|logo|illustration) of .+"
)
FACT = re.compile(
    r"who (?:invented|discovered|wrote|painted|built|won|founded|composed|directed|sang"
    r"|created|said|"
    r"was the first|is the (?:president|king|queen|prime minister|author|ceo|chancellor"
    r"|mayor)\b)\b.*"
    r"|(?:what|which) (?:is|was|are|were)(?: the| a)? (?:capital|population|history|meaning"
    r"|cause|origin|"
    r"president|language|currency|largest city|national anthem|highest mountain|biggest"
    r"|longest|tallest|"
    r"largest|smallest|definition)\b.*"
    r"|(?:what's|how's|how is|what is) the weather.*|will it (?:rain|snow)\b.*|is it"
    r" (?:raining|snowing).*"
    r"|(?:what is|what's|tell me|show me)(?: the)? (?:latest )?news\b.*|why (?:is|are) the"
    r" (?:sky|sea|sun)\b.*"
    r"|(?:what's|what is) the (?:price|exchange rate|score|stock price|forecast) .+"
    r"|(?:when|where|in what year|in which country) (?:was|were|did) (?!i\b|my\b|we\b).+"
    r"|who (?:was|were) (?!i\b|you\b|my\b).+"
)
ADVICE = re.compile(
    r"(?:recommend|suggest)(?: me)? .+|give me (?:some )?(?:medical|legal|investment"
    r"|dating) advice.*"
    r"|(?:what|which) (?:should|shall) i (?:eat|wear|watch|read|buy|cook|study|play|name)\b.*"
    r"|(?:how do i|how can i|how to|how should i) (?:cook|bake|repair|grow|paint|knit"
    r"|invest in|play|"
    r"treat|lose|train|get rid of|fix my|build a|make (?:a|an)? ?(?:cake|bread|pizza|soup"
    r"|sauce|money)) .+"
)
BEYOND = (
    "That is beyond this small starter model. I can calculate, convert, tell dates, draw plots and"
    " charts, keep notes, set reminders and explain Parley. For more, add a larger model under"
    " File > Open model."
)
REFUSAL = BEYOND.partition(".")[0]  # how the model's own refusal begins, too
SEARCH = ' I can also search the web when you say so: "search the web for …".'
OWN = re.compile(r"\b(?:parley|starter|conversation|this app|my notes?|my reminders?)\b")


def certain(text: str) -> str:
    """ "fact", "other", or "" where it is not certain; text as wording.bare leaves it."""
    if OWN.search(text):
        return ""
    if FACT.fullmatch(text):
        return "fact"
    forms = (WRITING, CODING, TRANSLATION, PICTURE, ADVICE)
    return "other" if any(form.fullmatch(text) for form in forms) else ""


def words(kind: str, offered: frozenset[str]) -> str:
    return BEYOND + (SEARCH if kind == "fact" and "web_search" in offered else "")
