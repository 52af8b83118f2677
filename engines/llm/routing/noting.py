"""Requests to write a note or find some, and to search the web, where they are said to be that."""

import re

from engines.llm.routing.wording import unwrapped

NOTE = (
    r"note(?: (?:this|that|it))?(?: down)?(?: this)?|write (?:this |that |it )?down|jot"
    r" (?:this |that )?down"
    r"|(?:make|take|write|add|save|create|keep)(?: me)? (?:an? )?(?:quick |new |short"
    r" )?(?:note|memo)"
    r"(?: of(?: this)?)?|new note|note to self|note to myself|my note"
    r"|(?:put|add|write|save|note)(?: this| that| it)? (?:in|to|into) my notes|(?:please"
    r" )?remember this"
)
WANT = r"(?:i (?:want|need|would like|'d like) (?:you )?to )?(?:please )?"
WRITE = re.compile(rf"{WANT}(?:{NOTE})(?P<mark>:| that|,| -)? (?P<text>.+)", re.IGNORECASE)
WRITE_TO = re.compile(
    rf"{WANT}(?:make|take|write|add|save|create)(?: me| myself)? an? (?:\w+ )?note"
    r" (?:to (?!self|myself)|saying(?: that)?:? )(?P<text>.+)"
    r"|(?:store|save|keep|log|record) (?:this|that|the following)(?: down| for me| somewhere)?:"
    r" (?P<other>.+)"
    r"|remember (?P<third>(?:my|our) .+ (?:is|are|was|lives|has) .+)",
    re.IGNORECASE,
)
WRITE_AT_END = re.compile(
    r"(?:add|put|write|save|note) (?P<text>.+?) (?:to|in|into|on) my notes"
    r"|(?P<other>.+?)[,.;:] (?:note that|note it|write (?:that|it|this) down|make a note of"
    r" (?:that|it)"
    r"|please note(?: that)?|save (?:that|it) as a note|(?:put|add|save) (?:that|it) (?:in"
    r"|to|into) my notes)",
    re.IGNORECASE,
)
REMEMBER = re.compile(
    r"(?:remember|keep in mind|don't forget)(?P<mark>:| that) (?P<text>.+)", re.IGNORECASE
)
QUOTES = "\"'“”"

ABOUT = r"(?:about|on|for|regarding|mentioning|with|of|concerning|that mention|mention|that have)"
HAVE = (
    r"what(?:'s| is| was| do i have| have i got| did i (?:write|put|save|note)(?:"
    r" down)?)?(?: there)?"
    r"|is there (?:anything|something)|(?:do i have|have i|have i got) (?:anything"
    r"|something)|anything"
    r"|do i have something"
)
FIND = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?:{HAVE}) in (?:my|the) notes {ABOUT} (?P<about>.+)",
        rf"(?:{HAVE}) {ABOUT} (?P<about>.+?) in (?:my|the) notes",
        rf"(?:find|search|show(?: me)?|look for|get|open|list|give me|look up|check|read(?:"
        rf" me)?|fetch|"
        rf"pull up|see|display)(?: me)? (?:through )?(?:all )?(?:of )?(?:my |the |any"
        rf" )?notes? {ABOUT}"
        r" (?P<about>.+)",
        r"(?:search|check|look (?:in|through)|go through|look) (?:in )?(?:my|the) notes"
        r" (?:for|about)"
        r" (?P<about>.+)",
        r"(?:look for|search for|find|look up) (?P<about>.+?) in (?:my|the) notes",
        rf"(?:what did i|what have i|did i(?: ever)?|have i(?: ever)?) (?:write|wrote"
        rf"|written|noted?|"
        rf"jot|jotted|save|saved)(?: down)?(?: something| anything)? {ABOUT} (?P<about>.+)",
        rf"(?:do i have|have i got|have i|are there|is there|got|any)(?: any| a| some)?"
        rf" notes? {ABOUT}"
        r" (?P<about>.+)",
        rf"(?:my )?notes(?::| {ABOUT}) (?P<about>.+)",
        r"(?:which|what) notes (?:mention|are about|do i have (?:on|about)|talk about)"
        r" (?P<about>.+)",
        r"(?:where is|what was) (?:my|the|that) note (?:about|on|for) (?P<about>.+)",
    )
]
NAMED = re.compile(
    r"(?:find|show(?: me)?|open|get|read(?: me)?) (?:me )?(?:my |the )"
    r"(?P<about>(?!latest|last|recent|newest|most|other)\w+(?: \w+)?) notes?",
    re.IGNORECASE,
)
LATEST = re.compile(
    r"(?:show(?: me)?|list|what are|open|read(?: me)?|see|display|get)(?: all)?(?: of)? my"
    r"(?: latest| last| recent| newest| most recent)? notes|what(?:'s| is) in my notes"
    r"|my(?: latest| last)? notes",
    re.IGNORECASE,
)
WEB = r"(?:the )?(?:web|internet|net)"
SEARCH = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?:search|look|check|browse|ask)(?: up)?(?: on| in| through)? (?:{WEB}|online|google)"
        r" (?:for|about|what there is about) (?P<query>.+)",
        rf"(?:search|look on|check) (?:{WEB}|online)[:,] (?P<query>.+)",
        r"(?:google|websearch|web search|search google)(?: search)?(?: for|:)? (?P<query>.+)",
        r"(?:do|run|make) an? (?:web|internet|online|google) search (?:for|on|about) (?P<query>.+)",
        rf"(?:look up|find|search|search for|look for|look|get|find out)(?: me)? (?P<query>.+?)"
        rf" (?:up )?(?:on|in|from) (?:{WEB}|google)",
        r"(?:look up|find|search|search for|look for|look|find out)(?: me)? (?P<query>.+?)"
        r" (?:up )?online",
        rf"go (?:online|on {WEB}) and (?:find|look for|look up|search for|search) (?P<query>.+)",
        rf"use {WEB} to (?:find|look up|search for) (?P<query>.+)",
        rf"what does {WEB} (?:say|know) about (?P<query>.+)",
    )
]
CLEAN = re.compile(r"^(?:(?:out|up|me|for|about) )+|[\s?.!]+$")
ENDING = re.compile(
    r"(?:[\s,]*(?:\bfor me|\bif you can|\bplease|\bthanks|\bthank you|[?!.]))+$", re.IGNORECASE
)
PRONOUN = re.compile(r"(?:it|that|this|them|him|her|those|these)", re.IGNORECASE)


def write(text: str) -> str:
    """What is to be noted, or "". text keeps its case (wording.tidy)."""
    begun = unwrapped_front(text)
    if found := WRITE_TO.fullmatch(begun):
        return _kept(next(one for one in found.groups() if one))
    for form in (WRITE, REMEMBER):
        found = form.fullmatch(begun)
        if found and (said := _kept(found["text"])):
            return said
    if (found := WRITE_AT_END.fullmatch(begun.rstrip(" .!?"))) and not begun.endswith("?"):
        return _kept(found["text"] or found["other"])
    return ""


def _kept(text: str) -> str:
    said = ENDING.sub("", text).strip(" :,").strip(QUOTES)
    return "" if PRONOUN.fullmatch(said) else said


def unwrapped_front(text: str) -> str:
    """Only the beginning is taken off: at the end stands what is to be kept."""
    whole = unwrapped(text)
    return text[text.find(whole) :].strip() if whole else text


def find(text: str) -> str | None:
    """What is looked for ("" for the latest notes), or None."""
    text = unwrapped(text)
    if LATEST.fullmatch(text):
        return ""
    return _first([*FIND, NAMED], text, "about")


def search(text: str) -> str | None:
    return _first(SEARCH, unwrapped(text), "query")


def _first(forms: list[re.Pattern[str]], text: str, group: str) -> str | None:
    for form in forms:
        if found := form.fullmatch(text):
            said = CLEAN.sub("", found[group]).strip(" :,").strip(QUOTES)
            if said and not PRONOUN.fullmatch(said) and not (group == "about" and "," in said):
                return said
    return None
