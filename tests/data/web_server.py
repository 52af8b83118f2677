"""Places of the web on this computer: what MediaWiki, SearXNG and DuckDuckGo answer by their public
documentation, and pages as strangers make them who mean harm."""

import gzip
import json
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

ARTICLE = (
    "<html><head><title>Mount Kenya &amp; its height</title></head><body><nav><a href='/'>Home</a>"
    "</nav><article><h1>Mount Kenya</h1><p>Mount Kenya is the highest mountain of Kenya and the "
    "second highest of Africa, after Kilimanjaro.</p><p>Its highest peaks are Batian, 5,199 metres"
    ", and Nelion. The mountain is about 150 kilometres from Nairobi.</p></article></body></html>"
)


def wiki(*pages, **more):
    """What api.php says to action=query with generator=search; (title, extract) each."""
    listed = [
        {
            "pageid": 100 + place,
            "ns": 0,
            "title": title,
            "index": place + 1,
            "extract": extract,
            "fullurl": f"https://en.wikipedia.org/wiki/{title.replace(' ', '_')}",
        }
        for place, (title, extract) in enumerate(pages)
    ]
    listed.reverse()  # the order is in index, not in the list
    return {"batchcomplete": True, "query": {"pages": listed}} | more


def searx(*results, silent=()):
    listed = [
        {"url": url, "title": title, "content": words, "engine": "x", "category": "general"}
        for title, url, words in results
    ]
    told = {"query": "q", "number_of_results": 0, "results": listed, "answers": []}
    return told | {"infoboxes": [], "suggestions": [], "unresponsive_engines": list(silent)}


def duck(*results):
    """The page without scripts; (title, address, snippet) each."""
    found = "".join(
        '<div class="result results_links"><div class="links_main links_deep result__body">'
        f'<h2 class="result__title"><a class="result__a" href="{url}">{title}</a></h2>'
        f'<a class="result__snippet" href="{url}">{words}</a></div></div>'
        for title, url, words in results
    )
    return f"<!DOCTYPE html><html><body><div class='serp__results'>{found}</div></body></html>"


class Web:
    """What is at each path, and what was asked for. A page is (status, headers, body), bytes or
    text of HTML, a dict of JSON, or a function that gets the handler."""

    def __init__(self):
        self.pages, self.asked, self.port = {}, [], 0
        self.over = threading.Event()

    @property
    def place(self):
        return f"127.0.0.1:{self.port}"

    def address(self, path="/"):
        return f"http://{self.place}{path}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    web: Web

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._answer("")

    def do_POST(self):
        self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _answer(self, body):
        self.web.asked.append((self.command, self.path, dict(self.headers), body))
        host = self.headers.get("Host", "")
        path = urlsplit(self.path).path
        page = self.web.pages.get(host + path, self.web.pages.get(path))
        try:
            if callable(page):
                page(self)
                self.close_connection = True
            else:
                self.reply(page)
        except OSError:
            self.close_connection = True  # whoever asked has heard enough

    def reply(self, page):
        if page is None:
            page = (404, {"Content-Type": "text/plain"}, b"nothing here")
        if isinstance(page, dict):
            page = (200, {"Content-Type": "application/json"}, json.dumps(page).encode())
        if isinstance(page, str):
            page = page.encode()
        if isinstance(page, bytes):
            page = (200, {"Content-Type": "text/html; charset=utf-8"}, page)
        status, headers, body = page
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def words(self):
        """The words a search was asked for."""
        return parse_qs(urlsplit(self.path).query)


@contextmanager
def serving(web, context=None):
    """context: an SSL context to speak TLS with."""
    kind = type("Handler", (Handler,), {"web": web})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        server.daemon_threads, server.block_on_close = True, False
        server.handle_error = lambda *_: None
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        web.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield web
        web.over.set()
        server.shutdown()
        thread.join()


def certificate(folder, *names):
    """(for the server, for who asks it): SSL contexts of a certificate for these names."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    secret = serialization.NoEncryption()
    kinds = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, secret)
    shown = made.public_bytes(serialization.Encoding.PEM)
    file.write_bytes(key.private_bytes(*kinds) + shown)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(cadata=shown.decode())
    return server, client


# strangers who mean harm


def redirect(where, status=302):
    return (status, {"Location": where}, b"")


def endless(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "text/plain")
    handler.end_headers()
    while not handler.web.over.is_set():
        handler.wfile.write(b"more and more words " * 5000)


def drip_body(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "text/plain")
    handler.end_headers()
    drip(handler, b"x")


def drip_headers(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    drip(handler, b"X-A: b\r\n")


def drip(handler, piece):
    while not handler.web.over.wait(0.05):
        handler.wfile.write(piece)
        handler.wfile.flush()


def header_flood(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(200_000):
        handler.wfile.write(b"X-%d: %s\r\n" % (number, b"y" * 100))


def cut_off(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b"<html><body><p>Only the beg")


def silence(handler):
    handler.close_connection = True


def not_http(handler):
    handler.wfile.write(b"\x00\x01\x02 SSH-2.0-hello\r\n\r\n")


def bomb(size=80_000_000):
    """A page of so many bytes, packed into a few hundred kilobytes."""
    headers = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    return (200, headers, gzip.compress(b" " * size, 1))


def wait_until_asked(web, count=1, seconds=20):
    until = time.monotonic() + seconds
    while len(web.asked) < count and time.monotonic() < until:
        time.sleep(0.01)
    assert len(web.asked) >= count
