"""Hostile chat templates run no code, do not hang and stay small; honest ones render."""

import subprocess
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest

from engines.llm.llama.templates import SOURCE, Template, TemplateRefused

ROOT = Path(__file__).parents[2]
MESSAGES = [{"role": "user", "content": "Hello"}]
GROWING = (
    "{%% set x = namespace(s=%s) %%}{%% for i in range(40) %%}{%% set x.s = %s %%}{%% endfor %%}"
)

CODE = {  # each tries to reach Python behind the template
    "class": "{{ ''.__class__.__mro__ }}",
    "globals": "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "cycler": "{{ cycler.__init__.__globals__ }}",
    "attr": "{{ ''|attr('__class__') }}",
    "format_map": "{{ '{a.__class__}'.format_map({'a': 1}) }}",
    "include": "{% include '/etc/passwd' %}",
    "import": "{% import 'os' as os %}",
    "append": "{{ messages.append(1) }}",
    "update": "{{ messages[0].update({'role': 'system'}) }}",
}
HARMLESS = {  # these find nothing to reach
    "format": "{{ '{0.__class__}'.format(1) }}",
    "function": "{{ raise_exception.__globals__ }}",
    "map": "{{ [1]|map(attribute='__class__')|list }}",
}
TOO_SLOW = {
    "loops": "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    "filtered loops": "{% for i in range(99999) if i %}{% for j in range(99999) if j %}"
    "{% endfor %}{% endfor %}",
    "lists": "{% for i in range(99999) %}{% set x = range(99999)|list|sort %}{% endfor %}",
    "cycles": "{% set c = cycler(1, 2) %}{% for i in range(99999) %}{% for j in range(99999) %}"
    "{% set x = c.next() %}{% endfor %}{% endfor %}",
}
TOO_LARGE = {
    "times": "{{ 'a' * 10**10 }}",
    "range": "{% for i in range(10**9) %}{% endfor %}",
    "power": "{{ (9**9**9)|string|length }}",
    "squares": GROWING % ("3", "x.s * x.s"),
    "doubling": GROWING % ("'aaaaaaaaaa'", "x.s + x.s"),
    "joining": GROWING % ("'aaaaaaaaaa'", "x.s ~ x.s"),
    "lists of lists": GROWING % ("['a']", "[x.s, x.s]") + "{{ x.s }}",
    "comparing": GROWING % ("['a']", "[x.s, x.s]") + "{{ x.s == x.s[:] }}",
    "dicts of dicts": GROWING % ("{}", "{'a': x.s, 'b': x.s}") + "{{ x.s|tojson }}",
    "blocks": "{% set a %}aaaaaaaaaa{% endset %}"
    + "{% set a %}{{ a }}{{ a }}{{ a }}{% endset %}" * 20,
    "slices": "{% set x = namespace(s=[], t='a' * 1000000) %}"
    "{% for i in range(99999) %}{% set x.s = x.s + [x.t[1:]] %}{% endfor %}",
    "centre": "{{ 'a'.center(10**10) }}",
    "indent": "{{ ('\n' * 100000)|indent(100000) }}",
    "replace": "{{ ('a' * 100000)|replace('a', 'b' * 100000) }}",
    "replace nothing": "{{ ('a' * 100000).replace('', 'b' * 100000) }}",
    "join": "{{ range(9999)|map('string')|join('a' * 100000) }}",
    "sum": "{% set l = range(9999)|list %}{{ range(9999)|map('default', l)|sum(start=l) }}",
    "width": "{{ '%1000000000d' % 1 }}",
    "given width": "{{ '{:{}}'.format('a', 10**9) }}",
    "fields": "{{ ('{0}' * 10000).format('b' * 10000) }}",
    "names": "{{ '%(a)s%(a)s%(a)s' % {'a': 'b' * 900000} }}",
    "json indent": "{{ range(9999)|list|tojson(indent=100000) }}",
    "output": "{% set a = 'a' * 1000000 %}{% for i in range(99999) %}{{ a }}{% endfor %}",
    "source": "{{ 1 }}" * 300_000,
}
BROKEN = {
    "syntax": "{% for",
    "recursion": "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
    "own loop": "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "parentheses": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "lists in lists": "{{ " + "[" * 3000 + "]" * 3000 + " }}",
    "ifs": "{% if 1 %}" * 3000 + "{% endif %}" * 3000,
    "a circle": "{% set n = namespace() %}{% set n.a = n %}{{ [n]|tojson }}{{ n }}",
    "refusal": "{{ raise_exception('not with me') }}",
}
REFUSED = CODE | TOO_LARGE | BROKEN


def render(source: str, **variables: object) -> str:
    return Template(source).render({"messages": MESSAGES, **variables})


@pytest.mark.parametrize("source", REFUSED.values(), ids=REFUSED.keys())
def test_a_hostile_template_is_refused(source):
    with pytest.raises(TemplateRefused):
        render(source)


@pytest.mark.parametrize("source", HARMLESS.values(), ids=HARMLESS.keys())
def test_looking_for_python_finds_nothing(source):
    assert "class" not in render(source).lower()


@pytest.mark.parametrize("source", TOO_SLOW.values(), ids=TOO_SLOW.keys())
def test_a_slow_template_is_known_to_be_costly(source):
    with pytest.raises(TemplateRefused, match="too long") as refusal:
        render(source)
    assert refusal.value.costly


def test_the_whole_corpus_needs_little_memory():
    """In a process that may grow by 300 MB, which one doubled text would need."""
    code = """if True:
        import resource, sys
        sys.path.insert(0, "")
        from tests.unit.test_llm_templates import TOO_LARGE, render
        from engines.llm.llama.templates import TemplateRefused
        used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + (300 << 20),) * 2)
        for source in TOO_LARGE.values():
            try:
                render(source)
            except TemplateRefused as reason:
                assert "MemoryError" not in str(reason), reason
    """
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_the_tracing_that_was_there_comes_back():
    before = sys.gettrace()
    for source in ("{{ 1 }}", TOO_LARGE["times"]):
        with suppress(TemplateRefused):
            render(source)
        assert sys.gettrace() is before


def test_a_long_template_is_refused_unread():
    with pytest.raises(TemplateRefused, match="characters"):
        Template(" " * (SOURCE + 1))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ messages[0]['content'] }}", "Hello"),
        ("{{ messages[-1:][0].content[1:3] }}", "el"),
        ("{{ {'b': 'ü', 'a': [1, none]} | tojson }}", '{"b": "ü", "a": [1, null]}'),
        ("{{ {'a': 1} | tojson(indent=2) }}", '{\n  "a": 1\n}'),
        ("{% for i in range(9) %}{% if i == 2 %}{% break %}{% endif %}{{ i }}{% endfor %}", "01"),
        ("{% generation %}said{% endgeneration %}", "said"),
        ("{% set n = namespace(x=1) %}{% for i in [1, 2] %}{% set n.x = n.x + i %}{% endfor %}"
         "{{ n.x }}", "4"),
        ("{% macro f(a, b='!') %}{{ a ~ b }}{% endmacro %}{{ f('hi') }}", "hi!"),
        ("{{ 'a-b'.split('-') | join(',') }}{{ '%s and %d' % ('x', 3) }}", "a,bx and 3"),
        ("{{ ['b', 'a'] | sort | map('upper') | list }}{{ (1, 2) }}", "['A', 'B'](1, 2)"),
        ("{{ messages | selectattr('role', 'equalto', 'user') | list | length }}", "1"),
        ("{{ [1, 2, 3] | sum }}{{ [{'a': 4}] | sum(attribute='a') }}", "64"),
        ("{{ '{} {x}'.format(1, x=2) }}{{ 'a'.replace('a', 'bb') }}", "1 2bb"),
        ("{%- if missing is defined %}a{%- else %}b{%- endif %}", "b"),
        ("  {% if true %}\nx\n  {% endif %}\n", "x\n"),
    ],
)  # fmt: skip
def test_what_honest_templates_do(source, expected):
    assert render(source) == expected


def test_the_date_is_that_of_today():
    assert render("{{ strftime_now('%Y') }}") == str(datetime.now().year)
