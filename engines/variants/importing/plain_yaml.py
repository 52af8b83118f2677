"""YAML of which no more is read than JSON has. Loaded when a file may be YAML: it takes a while."""

import yaml

PLAIN = {
    f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "seq", "map")
}
OF_THE_LIBRARY = (ValueError, LookupError, TypeError, AttributeError, OverflowError)  # its faults


def load(said: str) -> object:
    """None where it is no YAML."""
    try:
        return yaml.load(said, Loader=_Plain)
    except (yaml.YAMLError, RecursionError, *OF_THE_LIBRARY):
        return None


class _Plain(yaml.SafeLoader):
    """Of what JSON has, too: no dates, no sets. Aliases make gigabytes of a few lines."""

    yaml_constructors = {
        tag: made
        for tag, made in yaml.SafeLoader.yaml_constructors.items()
        if tag is None or tag in PLAIN
    }
    yaml_implicit_resolvers = {
        first: [one for one in rules if one[0] in PLAIN]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)
