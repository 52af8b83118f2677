"""Placeholders in texts of characters: {{char}}, {{user}} and their like, put into words."""

import re

from engines.variants.importing.taking import Taking
from engines.variants.importing.values import shown

MACRO = re.compile(r"\{\{([^{}]{0,2000})\}\}")
OLD = re.compile(r"<(char|bot|user)>", re.IGNORECASE)
DEEPEST = 5  # macros within macros
LONGEST = 1_000_000  # characters, beyond which nothing more is replaced
MARK = "\ue000user\ue000"  # stands for the person until one knows whether an 's follows
DATE, TIME = "today's date", "the time of day"
MOMENTS = {  # of Jan, Open WebUI and SillyTavern
    **dict.fromkeys(("current_date", "date", "isodate"), DATE),
    **dict.fromkeys(("current_time", "time", "isotime"), TIME),
    **dict.fromkeys(("current_datetime", "datetimeformat"), f"{DATE} and {TIME}"),
    **dict.fromkeys(("current_weekday", "weekday"), "the day of the week"),
}
CHOICE = re.compile(r"(?<!\\),")


class Macros:
    """name is that of the character, as it is called in texts."""

    def __init__(self, name: str, taking: Taking) -> None:
        self._name, self._taking = name, taking

    def told(self, said: str) -> str:
        """In what tells the model who it is: the person is the user."""
        return self._replaced(said, "the user", "the user's")

    def spoken(self, said: str) -> str:
        """In what the character says: the person is addressed."""
        return self._replaced(said, "you", "your")

    def _replaced(self, said: str, user: str, of_user: str) -> str:
        said = OLD.sub(lambda found: f"{{{{{found[1]}}}}}", said)
        for _ in range(DEEPEST):
            before = said
            said = MACRO.sub(self._one, said)
            if said == before or len(said) > LONGEST:
                break
        said = said.replace(f"{MARK}'s", of_user).replace(f"{MARK}’s", of_user)
        for left in MACRO.findall(said)[:5]:
            self._taking.leave(f"The placeholder {{{{{shown(left)}}}}}, which stays as it is.")
        return said.replace(MARK, user)

    def _one(self, found: re.Match[str]) -> str:
        name, _, rest = found[1].partition(":")
        rest = rest.removeprefix(":")
        match name.strip().lower():
            case "char" | "bot":
                return self._name
            case "user" | "user_name":
                return MARK
            case "original":  # where a program's own words would stand
                return ""
            case "random" | "pick":
                self._taking.leave("What is chosen at random each time: the first was chosen now.")
                return CHOICE.split(rest)[0].replace("\\,", ",").strip()
            case "roll":
                self._taking.leave(
                    "What is thrown with dice each time: the range stands there now."
                )
                return f"a number from 1 to {rest.strip().lower().removeprefix('d')}"
            case "reverse":
                return rest.strip()[::-1]
            case "comment" | "hidden_key":
                return ""
            case word if word in MOMENTS:
                self._taking.leave("The day and time of each question, only words in it now.")
                return MOMENTS[word]
            case comment if comment.startswith("//"):
                return ""
        return found[0]
