"""Which questions ask for what is written in a picture, and what about it.

A question is recognised whole or not at all: a conversation with a picture has other questions
too, and half a match ("In which colour is it written?") would answer those wrongly.
"""

import re

LONGEST = 120  # characters
POLITE = (  # before a question
    r"(?:(?:and|so|now|then|ok|okay|well|hey|hi|hello|please|parley|but|also|just|um|hm+)[, ]+)*"
)
ASKS = (
    r"(?:(?:can|could|would|will) you(?: please)? (?:tell me|say|show me)(?: please)? |"
    r"(?:please )?(?:tell|show) me(?: please)? |do you know |"
    r"i(?: would|'d)? (?:want|like|need) to know |(?:can|could|would|will) you(?: please)? |"
    r"are you able to |please )?"
)
IN = (
    r"(?: (?:in|on|of|from|inside|within|across) (?:the|this|that|my|it|there|here)"
    r"(?: (?:picture|image|photo|photograph|screenshot|sign|drawing|poster|page|scan|label|paper"
    r"|note|card|plate|board|attachment|file|one|screen|shirt|cover|logo))?)?"
)
TAIL = (
    rf"(?: (?:exactly|there|here|again|then|now|please|out loud|aloud|for me|to me|for us|to us"
    rf"|in there|in full|literally|word for word|by any chance))*{IN}"
    r"(?: (?:exactly|there|here|again|please|for me|to me|parley))*"
)
SEES = r"(?: (?:do|can|could) (?:you|we|i|one) (?:see|read|recogni[sz]e|make out|find))"
SHOWN = (
    r"(?: (?:is|are)(?: (?:it|this|that|these|those|they|there|here))?"
    r"(?: (?:shown|written|printed|displayed|drawn|depicted|standing|in it|on it|visible))?)"
)
WHAT = r"(?:what(?: is|'s|s| are|'re)?|which(?: is)?)"
TEXT = (
    r"(?:text|words?|writing|caption|sentence|phrase|inscription|title|label|lettering|message"
    r"|line|name|letters and words)"
)
SIGN = (
    r"(?:it|this|that|he|the (?:text|sign|picture|image|photo|writing|word|label|note|poster|screen"
    r"|screenshot|page|caption|letters|message|card|plate|board|paper|drawing|logo|inscription"
    r"|document|scan|letter|title|line))"
)
THE = r"(?:the|this|that|any|all the|all of the|its)"
NUMBER = r"(?:numbers?|digits?|figures?|numerals?|ciphers?)"
SHOW = r"(?:show|say|contain|have|display|spell|read)s?"

READ = (
    rf"what (?:does|do|did|might|would|could) (?:{SIGN}|they|those)(?: (?:really|actually))? "
    r"(?:say|read|spell|spell out)",
    rf"what (?:{SIGN} )?(?:says|reads)(?: {SIGN})?",
    r"(?:what is|what's|whats|what has been|what was|what's been|what stands|what) "
    r"(?:written|printed|spelled|lettered|typed|engraved)(?: down)?(?: (?:on|in) it)?",
    rf"{WHAT} (?:{THE} )?{TEXT}(?:{SHOWN}|{SEES})?",
    rf"(?:what|which) {TEXT}(?:{SHOWN}|{SEES}| does {SIGN} {SHOW})?",
    rf"{WHAT} (?:{THE} )?{TEXT} (?:that )?(?:is )?(?:written|shown|printed)",
    rf"(?:read|transcribe|copy|type|write|quote|repeat|ocr|extract|decipher|say)(?: out| down)? "
    rf"(?:(?:me )?(?:{THE} )?{TEXT}|it|this|that|everything|what (?:it|this|the sign|the text) says"
    r"|what (?:is|you see|you read|can be read|stands)(?: written| there| here)?"
    r"|what's (?:written|there|on it))(?: out| down| aloud| loud)?",
    r"read(?: out)?(?: aloud| it out| out loud)?",
    r"(?:what|anything) (?:can|do) (?:you|we) read",
    r"what(?: is| are|'s) (?:it|this|that|they) (?:saying|spelling)(?: out)?",
    r"(?:the )?(?:text|words?|writing|caption)",
    r"what do the letters (?:say|spell|mean together)",
    r"do you read (?:it|that|this)",
)
ANY = (
    rf"(?:is|are) there (?:any |some |a |an )?(?:{TEXT}|anything (?:written|to read|readable))"
    r"(?: (?:written|to read|visible|shown))?",
    rf"(?:{ASKS}|do you )?(?:see|read|find|recogni[sz]e|make out) (?:any|some|a) ?"
    rf"(?:thing|{TEXT}|letters|thing written)",
    rf"do you (?:see|read) (?:any|some|a) ?(?:thing written|{TEXT}|letters)",
    r"(?:can|could) you read anything",
    r"(?:is|was) (?:anything|something|any text|some text|a word|any word) (?:written|printed)",
    rf"does {SIGN} (?:say|contain|have|show) (?:anything|something|any |some |a )?(?:{TEXT})?",
)
NUMBERS = (
    rf"(?:what|which) {NUMBER}(?:{SHOWN}|{SEES}| does {SIGN} {SHOW}| (?:is|are) there)?",
    rf"{WHAT} (?:{THE} )?{NUMBER}(?:{SHOWN}|{SEES})?",
    rf"{WHAT} (?:{THE} )?{NUMBER} (?:that )?(?:is |are )?(?:written|shown|printed)",
    rf"(?:read|transcribe|copy|type|quote|repeat|say|name)(?: out| down)? (?:me )?"
    rf"(?:{THE} )?{NUMBER}(?: out| down| aloud| loud)?",
    rf"what {NUMBER} (?:do|does|can) (?:you see|you read|it say|it show|that say|this say)",
    rf"(?:the )?{NUMBER}",
    rf"do you (?:see|read) (?:any|some|a) {NUMBER}",
    rf"is there (?:any|a) {NUMBER}",
)
LETTERS = (
    rf"(?:what|which) letters?(?:{SHOWN}|{SEES}| (?:is|are) there| does {SIGN} {SHOW})?",
    rf"{WHAT} (?:{THE} )?letters?(?:{SHOWN}|{SEES})?",
    rf"(?:read|name|list|say)(?: out)? (?:{THE} )?letters?(?: out| aloud)?",
    r"spell(?: out)? (?:it|this|that|the word|the text|the letters)(?: out)?",
    r"how (?:is|do you|would you|do i) (?:it |this |that |the word )?(?:spelled|spelt|spell)"
    r"(?: it| this| that| the word)?(?: spelled| spelt)?",
    r"(?:the )?letters?",
)
FIRST = (
    r"(?:what(?: is|'s)|which is|name|read) the (?:first|starting|initial|beginning)"
    r"(?: of the)? letters?(?: of (?:the |this |that )?(?:word|text|it))?",
    r"(?:with )?(?:what|which) letter(?: does (?:it|the word|the text|this))? "
    r"(?:begins?|starts?|comes first)(?: with)?",
    r"(?:with )?(?:what|which) letter (?:does|do) (?:it|the word|the text|this) (?:begin|start)"
    r"(?: with)?",
    r"what does (?:it|the word|the text) (?:begin|start) with",
    r"(?:what|which) letter (?:is|comes) (?:the )?first",
    r"(?:the )?first letter",
)
LAST = (
    r"(?:what(?: is|'s)|which is|name|read) the (?:last|final|ending)"
    r"(?: of the)? letters?(?: of (?:the |this |that )?(?:word|text|it))?",
    r"(?:with )?(?:what|which) letter (?:does|do) (?:it|the word|the text|this) end"
    r"(?: with| in| on)?",
    r"what does (?:it|the word|the text) end (?:with|in|on)",
    r"(?:what|which) letter (?:is|comes) (?:the )?last",
    r"(?:the )?last letter",
)
OF = r"(?: (?:does (?:it|the word|the text|this|that|the number) have|long is it|make it up))"
HOW_MANY = (
    r"(?:how many|count (?:the|all)(?: the)?|what(?: is|'s) the (?:number|count) of) "
    r"(letter|digit|character|word|line|number)s?"
    rf"(?: are(?: there)?(?: written)?|{OF}|{SEES}| does (?:it|the word|the text|this) "
    r"(?:contain|consist of))?",
)
NAMED = r"(?P<word>[\w'’.,%+-]+(?: [\w'’.,%+-]+){0,5}?)"
WRITTEN = r"(?:the )?(?:word|number|digit|letter|letters|text|name)s? "
IS_IT = (
    rf"(?:does|did|would) {SIGN}(?: really)? (?:say|read|spell)s?(?: {WRITTEN})? ?{NAMED}",
    rf"(?:is|was) (?:it|this|that) (?:really )?{WRITTEN}{NAMED}",
    rf"(?:would you say|do you think)(?: that)? (?:it|this|that) (?:is|says) {WRITTEN}{NAMED}",
    rf"is {THE} (?:word|text|number|digit|letter|name|writing) {NAMED}",
    rf"is (?:the (?:word|number|text|digit) )?{NAMED} (?:written|printed|what it says)",
    rf"(?:can|could|do) you (?:read|see) {WRITTEN}{NAMED}",
    rf"do(?:es)? (?:they|the letters|the word|the letters together) (?:spell|say|read|make) "
    rf"(?:{WRITTEN})?{NAMED}",
    rf"is there {WRITTEN}{NAMED}",
    rf"am i (?:reading|looking at) {WRITTEN}{NAMED}",
    rf"could (?:it|this|that) be {WRITTEN}{NAMED}",
    rf"(?:it|this|that) says {NAMED}(?: right| doesn't it| or not)",
)
DESCRIBES = (
    r"what (?:do|can|could) (?:you|i|we|one) (?:see|find|recogni[sz]e)",
    rf"{WHAT} (?:in|on|shown in|to be seen in|depicted in) (?:the|this|that|my)"
    r" (?:picture|image|photo|photograph|screenshot|attachment|file)",
    r"(?:describe|explain|caption) (?:it|this|that|(?:the|this|that|my)(?: attached)?"
    r" (?:picture|image|photo|photograph|screenshot))(?: in (?:detail|words|a sentence))?",
    r"what (?:does|do) (?:the|this|that|my) (?:picture|image|photo|photograph|screenshot)"
    r" (?:show|depict|contain|display)",
    r"(?:what(?: is|'s|s)|whats) (?:it|this|that|shown|here|depicted|to be seen)",
    r"what (?:is|'s) (?:this|that|it) (?:a )?(?:picture|image|photo)? ?(?:of|about)?",
    r"what (?:this|that|the|my) ?(?:picture|image|photo)? (?:is|shows)",
    r"what is (?:in|on) (?:it|there)",
    r"what am i looking at|what are we looking at",
    r"what can be seen|what is to be seen",
    r"which things? (?:is|are|do you see)(?: shown| there)?",
)
KINDS = {  # the first that fits
    "how many": HOW_MANY,
    "first": FIRST,
    "last": LAST,
    "any": ANY,
    "number": NUMBERS,
    "letters": LETTERS,
    "read": READ,
    "is it": IS_IT,
}


def _whole(forms: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(f"{POLITE}{ASKS}(?:{one}){TAIL}") for one in forms)


FORMS = {kind: _whole(forms) for kind, forms in KINDS.items()}
SHOWS = _whole(DESCRIBES)
PLACES = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1, "left": 0, "right": -1}
PICTURE = r"(?:picture|image|photo|photograph|screenshot)"
ORDINAL = re.compile(rf"\b(?:the )?(first|second|third|fourth|last) (?:{PICTURE}|one)\b")
NUMBERED = re.compile(rf"\b(?:the )?{PICTURE} (?:number |no\.? ?)?(\d{{1,2}})\b")
NO_WORD = frozenset(
    ("it", "this", "that", "so", "anything", "something", "nothing", "there", "here", "what")
    + ("which", "more", "any", "a", "an", "the")
)


def recognised(asked: str) -> tuple[str, str]:
    """The kind of question ("" for none of these), and the word it asks about, if any."""
    text = tidy(asked)
    if not text or len(text) > LONGEST:
        return "", ""
    for kind, forms in FORMS.items():
        for form in forms:
            if found := form.fullmatch(text):
                word = found.groupdict().get("word") or (found[1] if kind == "how many" else "")
                if kind == "is it" and word in NO_WORD:
                    break
                return kind, _as_written(word, asked)
    return "", ""


def describes(asked: str) -> bool:
    """It asks what the picture shows."""
    text = tidy(asked)
    return any(form.fullmatch(text) for form in SHOWS)


def which_picture(asked: str, count: int) -> tuple[int | None, str]:
    """The place of the picture that is asked about, if one is named, and the rest of the words."""
    if count < 2:
        return None, asked
    if found := ORDINAL.search(asked.lower()):
        place = PLACES[found[1]]
    elif found := NUMBERED.search(asked.lower()):
        place = int(found[1]) - 1
    else:
        return None, asked
    rest = f"{asked[: found.start()]}the picture{asked[found.end() :]}"
    return (place if -count <= place < count else None), rest


def tidy(asked: str) -> str:
    """In small letters, without marks around words."""
    text = asked.lower().replace("’", "'").strip()
    text = re.sub(r"[\"“”„«»`*]|(?<!\w)'|'(?!\w)", "", text)
    text = re.sub(r"[?!;:,]+|\.(?!\w)", " ", text)
    return " ".join(text.split())


def _as_written(word: str, asked: str) -> str:
    """The word in the letters the person used."""
    at = asked.lower().find(word) if word else -1
    return asked[at : at + len(word)] if at >= 0 else word
