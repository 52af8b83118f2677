"""Requests for the calculator: an expression in digits or words, and the usual questions."""

import re
from collections.abc import Callable

from engines.errors import ParleyError
from engines.llm.routing.wording import in_digits
from engines.tools.calculator import evaluate

N = r"(-?\d+(?:\.\d+)?|\.\d+)"
P = r"(\d+(?:\.\d+)?) ?(?:%|percent|per cent)"
TAX = r"(?:tax|vat|tip|interest|service|fee|commission|sales tax|gst)"
ASK = re.compile(
    r"(?:(?:what|how much|how many)(?: is|'s| are| does| do i get for| do you get for| would be)"
    r"|whats|calculate|compute|work out|figure out|solve|evaluate|find|give me|do|do the sum"
    r"|(?:the )?(?:result|value|answer|sum)(?: of| to)?(?= [-\d(√])|and|i need|i wonder what is"
    r"|(?:can|could) you (?:calculate|compute|work out|do|solve))[:,]? "
)
TAIL = re.compile(
    r",? (?:is|equals|makes|gives|equal to|=)(?: what| how much)?$|,? (?:what's that|what is that"
    r"|how much is that|how much|what does it come to|altogether|in total)$"
)
MONEY = re.compile(r"[$£€¥]|(?<=\d) ?(?:dollars?|euros?|pounds?|bucks|quid|usd|eur|gbp)\b")
PART = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
TIMES = {"twice": 2, "double": 2, "triple": 3, "three times": 3, "thrice": 3}
LIST = rf"{N}(?:(?:,? and|,|,? plus| \+) {N})+"
PEOPLE = r"(?: (?:people|friends|persons|of us|children|kids|ways|parts|guests|colleagues))?"


def plus(a: str, p: str) -> str:
    return f"{a}+{a}*{p}/100"


def less(a: str, p: str) -> str:
    return f"{a}-{a}*{p}/100"


def numbers(text: str) -> list[str]:
    return re.findall(r"-?\d+(?:\.\d+)?", text)


Form = tuple[str, Callable[..., str]]
FORMS: tuple[Form, ...] = (
    (rf"{P} of {N}", lambda p, n: f"{n}*{p}/100"),
    (rf"(?:an? )?{P} {TAX} (?:on|for|of) (?:an? )?{N}(?: bill| meal| dinner| order)?",
     lambda p, n: f"{n}*{p}/100"),
    (rf"(?:an? )?{TAX} of {P} (?:on|for) (?:an? )?{N}(?: bill| meal)?",
     lambda p, n: f"{n}*{p}/100"),
    (rf"(?:the )?{TAX} (?:on|for) {N} at {P}", lambda n, p: f"{n}*{p}/100"),
    (rf"{N} (?:plus|\+|with|and|including|incl\.?|increased by|raised by) {P}(?: {TAX})?", plus),
    (rf"(?:increase|raise) {N} by {P}", plus),
    (rf"(?:add|put) {P} (?:to|on) {N}", lambda p, n: plus(n, p)),
    (rf"{N} (?:minus|-|less|reduced by|decreased by|with a discount of) {P}", less),
    (rf"{N} (?:with|at|minus) (?:an? )?{P} (?:off|discount)", less),
    (rf"(?:reduce|decrease|lower) {N} by {P}", less),
    (rf"(?:take |get |deduct |subtract |with )?(?:an? )?{P} (?:off|from|discount on|off of) {N}",
     lambda p, n: less(n, p)),
    (rf"{N} (?:as an? (?:percentage|percent) of|is (?:what|how many) (?:%|percent|per cent|percenta"
     rf"ge) of) {N}", lambda a, b: f"{a}/{b}*100"),
    (rf"(?:what|which|how many) (?:%|percent|per cent|percentage) (?:is|are) {N} (?:out )?of {N}",
     lambda a, b: f"{a}/{b}*100"),
    (rf"(?:what|which) (?:%|percent|per cent|percentage|share) of {N} is {N}",
     lambda b, a: f"{a}/{b}*100"),
    (rf"{N} (?:out )?of {N},? (?:in|as) (?:an? )?(?:percentage|percent|per cent|%)",
     lambda a, b: f"{a}/{b}*100"),
    (rf"(?:the )?(?:percent|percentage) (?:change|increase|decrease|difference) from {N} to {N}",
     lambda a, b: f"({b}-{a})/{a}*100"),
    (rf"(?:subtract|take away|take) {N} from {N}", lambda a, b: f"{b}-{a}"),
    (rf"(?:the )?difference (?:between|of) {N} and {N}", lambda a, b: f"{a}-{b}"),
    (rf"(?:multiply|times) {N} (?:by|with|and|times) {N}", lambda a, b: f"{a}*{b}"),
    (rf"(?:the )?product of {N} and {N}", lambda a, b: f"{a}*{b}"),
    (rf"(?:divide|split|share) {N} (?:by|between|among|amongst|into) {N}{PEOPLE}",
     lambda a, b: f"{a}/{b}"),
    (rf"{N} (?:divided|split|shared) (?:between|among|amongst|into) {N}{PEOPLE}",
     lambda a, b: f"{a}/{b}"),
    (rf"how (?:often|many times) does {N} (?:go|fit) into {N}", lambda a, b: f"{b}/{a}"),
    (rf"(?:the )?(?:square root|sqrt|root)(?: of)? ?\(?{N}\)?", lambda a: f"sqrt({a})"),
    (rf"(?:the )?(?:cube root|cbrt|third root)(?: of)? ?\(?{N}\)?", lambda a: f"cbrt({a})"),
    (rf"√ ?{N}", lambda a: f"sqrt({a})"),
    (rf"(?:the )?square of {N}", lambda a: f"{a}**2"),
    (rf"(?:the )?cube of {N}", lambda a: f"{a}**3"),
    (rf"{N} (?:to the|to the power of the) {N}(?:st|nd|rd|th)(?: power)?",
     lambda a, b: f"{a}**{b}"),
    (r"(\d+) factorial|(?:the )?factorial of (\d+)"
        r"|(\d+) ?!", lambda *n: f"{next(filter(None, n))}!"),
    (rf"(?:the )?remainder (?:of|when dividing|when) {N} (?:is )?(?:divided )?(?:by|over|/) {N}",
     lambda a, b: f"{a} mod {b}"),
    (rf"(?:an? |one )?({'|'.join(PART)})(?: of)? {N}", lambda w, n: f"{n}/{PART[w]}"),
    (rf"(\d) ({'|'.join(PART)})s of {N}", lambda k, w, n: f"{n}*{k}/{PART[w]}"),
    (rf"({'|'.join(TIMES)})(?: of)? {N}", lambda w, n: f"{n}*{TIMES[w]}"),
    (rf"{N} (?:doubled|times two)", lambda n: f"{n}*2"),
    (rf"{N} (?:halved)", lambda n: f"{n}/2"),
)  # fmt: skip
THING = r"(?:\w+ ){1,3}?"
GONE = r"(?:gave|give|spent|spend|lost|lose|ate|eat|sold|sell|used|use|took|take|broke|drank|paid)"
PLAIN = r"(?:(?!%|percent)\D)"
ENOUGH = r"(?:[,.;]? .*)?"  # what follows may only ask how much it is: there is no third number
STORIES: tuple[Form, ...] = (
    (rf"(\d+)/(\d+)(?:ths?|rds?)? of (?:an? )?{N}", lambda a, b, n: f"{n}*{a}/{b}"),
    (rf"{P} (?:more|higher) than {N}", lambda p, n: plus(n, p)),
    (rf"{P} (?:less|lower|cheaper) than {N}", lambda p, n: less(n, p)),
    (
        rf"(?:an? |the )?(?:bill (?:of|is|was|for) )?{N} (?:split|divided|shared)"
        rf" (?:equally )?(?:by |between |among |amongst )?{N}{PEOPLE}{ENOUGH}",
        lambda a, b: f"{a}/{b}",
    ),
    (
        rf"(?:if )?{N} (?:people|friends|persons|of us|kids|colleagues) (?:share|split|pay)"
        rf" (?:equally )?(?:an? |the )?(?:bill (?:of|for) )?{N}{ENOUGH}",
        lambda a, b: f"{b}/{a}",
    ),
    (
        rf"(?:i (?:buy|bought|want|need|get) |if i (?:buy|bought) |the price of |the cost of )?"
        rf"{N} {THING}(?:at|for|costing|cost) {N} (?:each|apiece|a piece|per piece){ENOUGH}",
        lambda a, b: f"{a}*{b}",
    ),
    (
        rf"(?:if )?(?:i|we|she|he|there) (?:had|have|has|were|are|was) {N} (?:{THING})?.*\b{GONE}\b"
        rf"\D*{N}\D*\b(?:left|remain|remains|still)\b.*",
        lambda a, b: f"{a}-{b}",
    ),
    (rf"(?:how much )?(?:the )?change (?:do i get )?(?:from|out of) {N}{PLAIN}+{N}{PLAIN}*",
     lambda a, b: f"{a}-{b}"),
    (rf"(?:the )?area of an? (?:\w+ )?{N} (?:by|x|times) {N}(?: \w+)?", lambda a, b: f"{a}*{b}"),
    (rf"(?:the )?area of an? (?:rectangle|room|field|garden|wall)(?: of)? {N} (?:by|x|times) {N}",
     lambda a, b: f"{a}*{b}"),
    (rf"(?:the )?area of a circle (?:with|of) (?:a )?radius(?: of)? {N}",
     lambda r: f"pi*{r}**2"),
    (rf"(?:i (?:earn|make|get|pay) |it costs )?{N} (?:an?|per|every) (?P<unit>hour|day|week|month|"
     rf"night)(?:,| and)?(?: i work)? (?:for|over|times|in) {N} (?P=unit)s{ENOUGH}",
     lambda a, _, b: f"{a}*{b}"),
    (rf"{N} (?P<unit>hour|day|week|month|night|litre|liter|kilo|metre|meter|gallon)s (?:at|for) {N}"
     rf" (?:an?|per) (?P=unit){ENOUGH}", lambda a, _, b: f"{a}*{b}"),
    (rf"(?:i (?:earn|make|pay|save) )?{N} (?:a|per|every) month{ENOUGH}(?: a| per| in a) year",
     lambda a: f"{a}*12"),
)  # fmt: skip
WHOLE = [(re.compile(form), make) for form, make in FORMS]
TOLD = [(re.compile(form), make) for form, make in STORIES]
SUM = re.compile(
    r"(?:please )?(?:add(?: up| together)?|sum(?: up)?|total|(?:the )?(?:sum|total) of"
    rf"|put together) ({LIST}|{N} (?:and|to|plus) {N})"
)
AND = re.compile(rf"{N} and {N}")
MEAN = re.compile(rf"(?:the )?(?:average|mean) of ({LIST})")
# What is said -> the sign of the calculator, in order.
SAID = (
    (r"\b(?:divided by|over)\b|÷|∕", "/"),
    (r"\b(?:multiplied by|times)\b|×|·|(?<=[\d) ])x(?=[ \d(])", "*"),
    (r"\b(?:plus|added to)\b", "+"),
    (r"\b(?:minus|take away|less)\b", "-"),
    (r"\b(?:to the power of|to the power|raised to(?: the power(?: of)?)?)\b|\^", "**"),
    (r"\bsquared\b|²", "**2"),
    (r"\bcubed\b|³", "**3"),
    (r"\b(?:the )?(?:square root of|sqrt(?: of)?) ?\(?(\d+(?:\.\d+)?)\)?", r"sqrt(\1)"),
    (r"\bmodulo\b", "mod"),
)
PERCENT = re.compile(rf"{P} of {N}")
WORDS = [(re.compile(said), sign) for said, sign in SAID]
CALCULATED = re.compile(r"(?:[-+*/()!.\d ]|\bmod\b|sqrt|cbrt)+")
BINARY = re.compile(r"[\d)!] ?(?:[-+*/]|mod)|sqrt|cbrt")
NO_SUM = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{2,4}|\d{3}-\d{4}|24/7")


def asked(text: str) -> str:
    """The expression of a request (see wording.bare), or ""."""
    text = MONEY.sub("", in_digits(text))
    wanted = False
    while found := ASK.match(text):
        text, wanted = text[found.end() :], True
    text = TAIL.sub("", text).strip(" ,:?=")
    if wanted and (found := AND.fullmatch(text)):
        return f"{found[1]}+{found[2]}"
    return checked(_form(text) or _written(text))


def _form(text: str) -> str:
    for form, make in WHOLE:
        if found := form.fullmatch(text):
            return make(*found.groups())
    if found := SUM.fullmatch(text):
        return "+".join(numbers(found[1]))
    for form, make in TOLD:
        found = form.fullmatch(text)
        if found and len(numbers(text)) == len(numbers(" ".join(found.groups()))):
            return make(*found.groups())
    if found := MEAN.fullmatch(text):
        some = numbers(found[1])
        return f"({'+'.join(some)})/{len(some)}"
    return ""


def _written(text: str) -> str:
    """A whole expression; one that begins with a sign may go on from what was said before."""
    if NO_SUM.fullmatch(text) or not re.match(r"[\d(.√]|-\d|sqrt|the square", text):
        return ""
    text = PERCENT.sub(r"(\2*\1/100)", text)
    for said, sign in WORDS:
        text = said.sub(sign, text)
    if not CALCULATED.fullmatch(text) or not BINARY.search(text):
        return ""
    return re.sub(r" ?([-+*/]+) ?", r"\1", " ".join(text.split()))


def checked(expression: str) -> str:
    """The same when the calculator can work it out, or says why it cannot be: 5/0."""
    if not expression:
        return ""
    try:
        evaluate(expression)
    except ParleyError:
        return expression if re.search(r"/0\b(?!\.)|sqrt\(-", expression) else ""
    return expression
