"""A call's way through consent and the seal to its process."""

from typing import Annotated

import pytest

from app import homes, paths
from app.controllers.consent import hash_of
from app.controllers.offered import MADE_UP, TAINTED
from app.controllers.toolbox import LOCKED, NOWHERE, REFUSED, ToolboxController
from app.controllers.turns import as_part, quotable
from app.store.conversations import StoredPart, StoredTurn
from engines import jail
from engines.messages import CallTool, Done, Failed, Loaded, Sent, ToolCall, ToolPicture, ToolResult
from engines.tools import registry
from engines.tools.registry import tool

PLACE, OTHER, THIRD = "example.org", "example.com", "example.net"


@tool("writes")
def scribble(text: Annotated[str, "what"]) -> str:
    """Write something down."""
    return text


@tool("sends", where=lambda arguments, options: (PLACE,))
def post(text: Annotated[str, "what"]) -> str:
    """Send something away."""
    return text


@tool("sends", where=lambda arguments, options: (PLACE, OTHER, THIRD))
def ask_all(text: Annotated[str, "what"]) -> str:
    """Ask three places."""
    return text


def place_of(arguments, options):
    return (PLACE,) if "example" in arguments["address"] else ()


@tool("sends", where=place_of, quoted="address")
def look(address: Annotated[str, "where"]) -> str:
    """Look at a page."""
    return address


@pytest.fixture
def toolbox(tool_link, store, consent, seal, preferences, monkeypatch):
    """Tools of the test beside the real ones, on a link the test plays."""
    known = dict(registry.all_tools())
    for function in (scribble, post, ask_all, look):
        made = getattr(function, registry.MARK)
        known[made.name] = made
    monkeypatch.setattr("app.controllers.toolbox.all_tools", lambda: known)
    links = dict.fromkeys({one.home for one in known.values()}, tool_link)
    starts = {home: lambda: (None, {}) for home in links}
    return ToolboxController(links, starts, store, consent, seal, preferences)


@pytest.fixture
def taken(toolbox, tool_link):
    """A function that makes a call, and lists what came of all of them."""
    found = []

    def call(name, conversation=1, tainted=False, key="c1", said="", **arguments):
        toolbox.run(ToolCall(key, name, arguments), conversation, tainted, found.append, said)
        return found

    return call


def finish(tool_link, text="done", *before, key="c1"):
    tool_link.answer(*before, ToolResult(key, text), Done())


def in_store(store, *titles):
    for title in titles:
        store.begin(title, "user", (StoredPart("text", title),))
    store.flush()


def test_what_is_pure_runs_at_once(taken, tool_link, consent):
    found = taken("calculator", expression="1+1")
    assert consent.question is None
    assert tool_link.requests == [CallTool(ToolCall("c1", "calculator", {"expression": "1+1"}))]
    finish(tool_link, "2")
    assert [one.result.text for one in found] == ["2"]


def test_an_unknown_tool_is_told_to_the_model(taken, tool_link):
    found = taken("teleport")
    assert found[0].result.error and "calculator" in found[0].result.text
    assert not tool_link.requests


def test_a_tool_switched_off_is_neither_offered_nor_run(taken, toolbox, tool_link):
    toolbox.set_on("calculator", False)
    assert "calculator" not in {one["name"] for one in toolbox.schemas()}
    assert taken("calculator", expression="1")[0].result.error
    assert not tool_link.requests
    toolbox.set_on("calculator", True)
    assert "calculator" in toolbox.offered()


@pytest.mark.parametrize("choice", ["once", "conversation", "always"])
def test_a_yes_lets_it_run(taken, tool_link, consent, choice):
    found = taken("scribble", text="milk")
    assert not tool_link.requests and "milk" in consent.question.what
    consent.answer("c1", choice)
    assert len(tool_link.requests) == 1 and consent.question is None
    finish(tool_link)
    assert found[0].result.text == "done"


def test_a_no_is_told_to_the_model_and_nothing_runs(qtbot, taken, tool_link, consent, store):
    found = taken("scribble", text="milk")
    consent.answer("c1", "never")
    assert found[0].result == ToolResult("c1", REFUSED, error=True)
    store.flush()
    qtbot.waitUntil(lambda: bool(consent.permissions()))
    assert taken("scribble", text="eggs")[1].result.text == REFUSED
    assert consent.question is None and not tool_link.requests


@pytest.mark.parametrize(
    ("choice", "conversation", "asks"),
    [("once", 1, True), ("conversation", 1, False), ("conversation", 2, True)]
    + [("always", 2, False)],
)
def test_how_long_a_yes_lasts(taken, tool_link, consent, store, choice, conversation, asks):
    in_store(store, "First", "Second")
    taken("scribble", text="milk")
    consent.answer("c1", choice)
    finish(tool_link)
    store.flush()
    taken("scribble", conversation, key="c2", text="eggs")
    assert (consent.question is not None) is asks
    assert len(tool_link.requests) == (1 if asks else 2)


def test_a_permission_taken_back_is_asked_for_again(qtbot, taken, tool_link, consent, store):
    taken("scribble", text="milk")
    consent.answer("c1", "always")
    finish(tool_link)
    store.flush()
    permission = consent.permissions()[0]
    assert (permission.tool, permission.words) == ("Scribble", "Always")
    consent.forget(permission.key)
    store.flush()
    taken("scribble", text="eggs")
    assert consent.question


def test_a_permission_is_bound_to_every_word_of_the_tool():
    schema = {"name": "x", "description": "y", "parameters": {"type": "object"}}
    changed = [
        hash_of("mcp", "run me", schema),
        hash_of("tools", "", schema),
        hash_of("mcp", "run it", schema),
        hash_of("mcp", "run me", schema | {"description": "z"}),
        hash_of("mcp", "run me", schema | {"parameters": {"type": "object", "required": ["a"]}}),
    ]
    assert len(set(changed)) == len(changed)


def test_only_the_question_that_waits_can_be_answered(taken, tool_link, consent, store):
    taken("scribble", text="milk")
    consent.answer("another", "always")
    store.flush()
    assert consent.question and not consent.permissions() and not tool_link.requests


def test_stopping_counts_as_no(taken, toolbox, tool_link, consent):
    found = taken("scribble", text="milk")
    toolbox.stop()
    assert consent.question is None
    consent.answer("c1", "always")
    assert not found and not tool_link.requests


def test_the_seal_opens_for_the_one_call_and_shuts(qtbot, taken, tool_link, consent, seal, store):
    found = taken("post", text="my secret")
    assert seal.seal.state == "shut" and seal.seal.wants[0][0] == PLACE
    assert consent.question.where == (PLACE,) and consent.question.what == "my secret"
    consent.answer("c1", "once")
    qtbot.waitUntil(lambda: bool(tool_link.requests))
    assert seal.seal.state == "open" and tool_link.requests[0].allowed == (PLACE,)
    finish(tool_link, "sent", Sent(PLACE, "GET /", 120, 900))
    assert found[0].result.text == "sent" and seal.seal.state == "shut"
    assert not seal.seal.wants
    store.flush()
    entry = seal.log()[0]
    assert (entry.who, entry.where, entry.what) == ("Post", PLACE, "my secret")
    assert (entry.sent, entry.received, entry.outcome) == (120, 900, "")


def test_an_address_stays_open_for_the_other_call_that_needs_it(seal):
    shut = []
    seal.shut_for.connect(shut.append)
    for who in ("Listing", "Post"):
        seal.open_for(PLACE, who, once=True)
    seal.shut_once((PLACE,))
    assert seal.permits(PLACE) and not shut
    seal.shut_once((PLACE,))
    assert not seal.permits(PLACE) and shut == [PLACE]


def test_a_refused_call_shuts_nothing_that_another_one_opened(taken, consent, seal):
    seal.open_for(PLACE, "Listing", once=True)
    taken("post", text="my secret")
    consent.answer("c1", "never")
    assert seal.permits(PLACE)


def test_what_leaves_is_in_the_log_before_it_leaves(qtbot, taken, tool_link, consent, seal, store):
    taken("post", text="my secret")
    consent.answer("c1", "once")
    assert not tool_link.requests  # the entry is not on disk yet
    qtbot.waitUntil(lambda: bool(tool_link.requests))
    assert seal.log()[0].outcome == "not answered"


def test_every_place_has_its_own_bytes_in_the_log(qtbot, taken, tool_link, consent, seal, store):
    taken("ask_all", text="words")
    assert consent.question.where == (PLACE, OTHER, THIRD)
    consent.answer("c1", "once")
    qtbot.waitUntil(lambda: bool(tool_link.requests))
    told = (
        *(Sent(OTHER, "GET /a", 100, 700), Sent(OTHER, "GET /b", 10, 70)),
        *(Sent(PLACE, "GET /", 120, 0), Sent("elsewhere.example", "GET /", 5, 5)),
    )
    finish(tool_link, "done", *told)
    store.flush()
    found = {one.where: (one.sent, one.received, one.outcome) for one in seal.log()}
    assert found == {
        PLACE: (120, 0, "not answered"),
        OTHER: (110, 770, ""),
        THIRD: (0, 0, "not asked"),
    }


def test_of_a_process_that_dies_nobody_knows_whom_it_asked(
    qtbot, taken, tool_link, consent, seal, store
):
    taken("ask_all", text="words")
    consent.answer("c1", "once")
    qtbot.waitUntil(lambda: bool(tool_link.requests))
    tool_link.answer(Failed("It broke."))
    store.flush()
    assert {one.outcome for one in seal.log()} == {"not answered"}


def test_a_call_that_names_no_address_is_not_asked_about(taken, tool_link, consent):
    found = taken("look", address="nothing")
    assert found[0].result.text == NOWHERE and consent.question is None
    assert not tool_link.requests


@pytest.mark.parametrize(
    ("address", "said", "tainted", "warning"),
    [
        ("https://example.org/a?b=1", "look at EXAMPLE.org/a?b=1 please", False, ""),
        ("https://example.org/", "see http://example.org", False, ""),
        ("https://example.org/a?b=secret", "look at example.org/a", False, MADE_UP),
        ("https://example.org/a", "", True, f"{MADE_UP} {TAINTED}"),
        ("https://example.org/a", "example.org/a", True, TAINTED),
    ],
)
def test_an_address_from_nowhere_is_pointed_out(taken, consent, address, said, tainted, warning):
    taken("look", tainted=tainted, said=said, address=address)
    assert consent.question.warning == warning


def test_a_made_up_address_asks_even_where_the_tool_is_allowed(
    qtbot, taken, tool_link, consent, store
):
    taken("look", said="example.org", address="example.org")
    consent.answer("c1", "always")
    qtbot.waitUntil(lambda: bool(tool_link.requests))
    finish(tool_link)
    store.flush()
    taken("look", key="c2", said="example.org", address="example.org?q=secret")
    assert consent.question.warning == MADE_UP and len(tool_link.requests) == 1


def test_addresses_may_come_from_the_person_and_from_searches_only():
    calls = [ToolCall("s", "web_search", {}), ToolCall("r", "read_page", {})]
    results = [ToolResult("s", "found.example"), ToolResult("r", "on-a-page.example")]
    parts = tuple(map(as_part, (calls[0], results[0], calls[1], results[1])))
    turns = [
        StoredTurn(1, "1", 1, None, "user", (StoredPart("text", "mine.example"),), "done", 0),
        StoredTurn(2, "2", 1, 1, "assistant", (*parts, StoredPart("text", "I said")), "done", 0),
    ]
    assert quotable(turns).split() == ["mine.example", "found.example"]


def test_a_locked_network_asks_nobody(taken, tool_link, consent, seal):
    seal.lock(True)
    found = taken("post", text="my secret")
    assert found[0].result.text == LOCKED and consent.question is None
    assert seal.seal.state == "locked" and not tool_link.requests


def test_locking_while_the_question_waits_counts(taken, tool_link, consent, seal):
    found = taken("post", text="my secret")
    seal.lock(True)
    consent.answer("c1", "once")
    assert found[0].result.error and not tool_link.requests


def test_shutting_the_seal_ends_the_process_that_may_send(
    qtbot, tool_link, store, consent, seal, preferences, monkeypatch
):
    made = getattr(post, registry.MARK)
    monkeypatch.setattr("app.controllers.toolbox.all_tools", lambda: {"post": made})
    starts = {"tools": lambda: (None, {"network": True})}
    toolbox = ToolboxController({"tools": tool_link}, starts, store, consent, seal, preferences)
    toolbox.run(ToolCall("c1", "post", {"text": "x"}), 1, False, lambda taken: None)
    consent.answer("c1", "once")
    qtbot.waitUntil(lambda: bool(tool_link.requests))
    assert tool_link.grants == {"network": True}
    states = []
    tool_link.state_changed.connect(states.append)
    seal.shut()
    assert states == ["stopped"]


def test_after_strangers_words_sending_asks_every_time(qtbot, taken, tool_link, consent, store):
    taken("post", text="one")
    consent.answer("c1", "always")
    qtbot.waitUntil(lambda: bool(tool_link.requests))
    finish(tool_link)
    store.flush()
    taken("post", text="two", key="c2")  # the lasting yes holds
    qtbot.waitUntil(lambda: len(tool_link.requests) == 2)
    finish(tool_link, key="c2")
    taken("post", text="three", key="c3", tainted=True)
    assert consent.question and consent.question.warning
    assert [choice for choice, _ in consent.question.choices] == ["once", "never"]
    assert len(tool_link.requests) == 2


def test_pictures_are_kept_with_the_answer(taken, tool_link, store):
    found = taken("calculator", expression="1")
    finish(tool_link, "drawn", ToolPicture(b"\x89PNG", 40, 30, "Sine"))
    picture = found[0].pictures[0]
    assert picture.kind == "picture" and '"width":40' in picture.text
    assert store.attachment(picture.attachment).read_bytes() == b"\x89PNG"


def test_a_process_that_dies_is_told_to_the_model(taken, tool_link):
    found = taken("calculator", expression="1")
    tool_link.answer(Failed("It broke.", "Try again."))
    assert found[0].result == ToolResult("c1", "It broke. Try again.", error=True)


# where a jail is missing


@pytest.mark.parametrize("offer", [jail.Offer(0, False), jail.Offer(0, True), jail.Offer(7, False)])
def test_code_is_not_offered_where_it_cannot_be_locked_in(monkeypatch, offer):
    monkeypatch.setattr("app.homes.jail.probe", lambda: offer)
    assert set(homes.unusable()) == {"algebra", "run_python"}
    assert all(words == homes.NO_JAIL for words in homes.unusable().values())
    monkeypatch.setattr("app.homes.jail.probe", lambda: jail.Offer(1, True))
    assert not homes.unusable()


def test_a_process_that_finds_its_jail_open_takes_its_tools_away(
    toolbox, tool_link, consent, taken
):
    changes = []
    toolbox.changed.connect(lambda: changes.append(1))
    found = taken("run_python", code="1")
    consent.answer("c1", "once")
    tool_link.event.emit(0, Loaded(name="Python", jail="It is open."))
    tool_link.answer(Failed("It is open."))
    assert found[0].result.error and changes
    assert {"algebra", "run_python"} <= set(toolbox.unusable)
    assert not {"algebra", "run_python"} & set(toolbox.offered())
    assert taken("run_python", code="1", key="c2")[1].result.error and consent.question is None
    shown = {one.name: one for one in toolbox.tools()}
    assert (shown["run_python"].on, shown["run_python"].off_words) == (False, "It is open.")
    assert shown["calculator"].on and shown["plot"].on


def test_homes_are_granted_only_what_is_theirs(preferences, tmp_path):
    notes, cache = tmp_path / "notes", tmp_path / "cache"
    options, grants = homes.home("python", preferences, notes, cache)()
    fonts = paths.resource("fonts")
    assert grants["read"][0] == fonts and grants["write"] == (cache / "python",)
    assert all("ont" in path.name for path in grants["read"])  # nothing but fonts
    assert (options.scratch, options.fonts) == (str(cache / "python"), str(fonts))
    options, grants = homes.home("drawing", preferences, notes, cache)()
    assert list(grants) == ["read"] and options.fonts == str(fonts)
