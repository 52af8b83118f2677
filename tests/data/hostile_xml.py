"""XML that grows when it is read."""

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" %s>%s</svg>'


def entities(depth, times, behind):
    """Each entity is so often the one before."""
    made = b'<!ENTITY a0 "lol">'
    for n in range(1, depth):
        made += b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * times)
    return b"<!DOCTYPE x [" + made + b"]>" + behind


def uses(depth, times):
    """A drawing in which each group is so often the one before."""
    groups = b'<g id="g0"><rect width="1" height="1"/></g>'
    for n in range(1, depth):
        groups += b'<g id="g%d">%s</g>' % (n, b'<use href="#g%d"/>' % (n - 1) * times)
    shown = b'<use href="#g%d"/>' % (depth - 1)
    return SVG % (b'width="9" height="9"', b"<defs>" + groups + b"</defs>" + shown)


def nested(tag, depth):
    inside = b"<%s>" % tag * depth + b'<rect width="9" height="9"/>' + b"</%s>" % tag * depth
    return SVG % (b'width="9" height="9"', inside)


XML_BOMBS = [
    entities(10, 10, b"<a>&a9;</a>"),
    entities(2, 100_000, b"<a>" + b"&a1;" * 100 + b"</a>"),
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
    b"<a>" * 100_000,
    b"<a>" * 250 + b"</a>" * 250,
    b"<a " + b"".join(b'a%d="" ' % n for n in range(100_000)) + b"/>",
    b"<a>" + b"x" * 11_000_000 + b"</a>",
    b"<?xml version='1.0' encoding='utf-7'?><a/>",
    b"\xff\xfe<\0a\0",
    b"",
]
