"""Calls to other machines reach public addresses only (S-36): 60 forms of inner addresses, rebinding, redirects."""

from __future__ import annotations

import gzip
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpcore2
import httpx2
import pytest

from foundation import outgoing
from foundation.outgoing import AnswerTooLarge, OutgoingRefused, check_url, guarded_client, is_public_address

INNER_FORMS = [
    # Loopback, as the address is usually written, and as nobody would.
    "http://127.0.0.1/", "http://127.0.0.1:80/", "https://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://127.255.255.254/",
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://0x7F.0x0.0x0.0x1/", "http://017700000001/",
    "http://0177.0.0.1/", "http://0177.0.0.01/", "http://localhost/", "http://LOCALHOST/", "http://localhost./", "http://0/",
    "http://0.0.0.0/", "http://[::1]/", "http://[0:0:0:0:0:0:0:1]/", "http://[::]/", "http://[0000::1]:80/",
    # IPv4 carried within IPv6.
    "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/", "http://[::ffff:0:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::a00:1]/", "http://[2002:7f00:1::]/", "http://[2002:a00:1::]/",
    "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "http://[::ffff:10.0.0.1]/", "http://[::ffff:169.254.169.254]/",
    # Private, link-local, carrier NAT, unique local, and where clouds keep their keys.
    "http://10.0.0.1/", "http://10.255.255.255/", "http://172.16.0.1/", "http://172.31.255.254/", "http://192.168.0.1/",
    "http://192.168.1.254:443/", "http://0xc0a80101/", "http://3232235777/", "http://169.254.0.1/", "http://169.254.169.254/latest/",
    "http://2852039166/", "http://0251.0376.0251.0376/", "http://100.64.0.1/", "http://100.127.255.254/", "http://[fe80::1]/",
    "http://[fc00::1]/", "http://[fd00:ec2::254]/", "http://[fec0::1]/", "http://198.18.0.1/", "http://192.0.0.192/",
    "http://192.0.2.1/", "http://203.0.113.9/", "http://224.0.0.1/", "http://240.0.0.1/", "http://255.255.255.255/",
    "http://[ff02::1]/", "http://[2001:db8::1]/",
    # Other schemes, ports, and hosts hidden behind a name and password.
    "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_INFO", "http://example.com:22/", "http://example.com:6379/",
    "http://example.com@127.0.0.1/", "http://user:word@example.com/", "http:///", "//127.0.0.1/", "javascript:alert(1)", "",
]  # fmt: skip


@pytest.fixture
def listener():
    """A server on this machine; what reaches it is noted, and it answers as its path says."""
    hits: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            hits.append(self.path)
            if self.path.startswith("/to/"):
                self.send_response(302)
                self.send_header("Location", self.path[4:])
                self.end_headers()
            elif self.path == "/large":
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"x" * 300_000)
            elif self.path == "/packed":
                self.send_response(200)
                self.send_header("Content-Encoding", "gzip")
                self.end_headers()
                self.wfile.write(gzip.compress(b"x" * 1_000_000))
            elif self.path == "/drip":
                self.send_response(200)
                self.end_headers()
                for _drop in range(100):
                    self.wfile.write(b".")
                    self.wfile.flush()
                    time.sleep(0.05)
            else:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"fine")

        do_POST = do_GET

        def handle(self):
            try:
                super().handle()
            except ConnectionError:
                return  # whoever was calling has hung up

        def log_message(self, *_args):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.hits = hits
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def routed_to_listener(listener, monkeypatch):
    """Whatever port a connection is opened to, it lands at the listener, so that a hole in the guard makes a hit."""
    connect = httpcore2.SyncBackend.connect_tcp
    opened: list[tuple[str, int]] = []

    def to_listener(self, host, port, *args, **kwargs):
        opened.append((host, port))
        return connect(self, "127.0.0.1", listener.server_address[1], *args, **kwargs)

    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", to_listener)
    listener.opened = opened
    return listener


def test_there_are_sixty_forms_and_more():
    assert len(set(INNER_FORMS)) >= 60


@pytest.mark.parametrize("url", INNER_FORMS)
def test_no_form_of_an_inner_address_is_reached(url, routed_to_listener):
    with guarded_client() as client, pytest.raises((httpx2.HTTPError, httpx2.InvalidURL)):
        client.get(url)
    assert routed_to_listener.opened == []
    assert routed_to_listener.hits == []


def test_without_the_guard_the_same_test_would_see_a_hit(routed_to_listener, monkeypatch):
    monkeypatch.setattr(outgoing, "is_public_address", lambda address: True)
    with guarded_client() as client:
        client.get("http://127.0.0.1/")
    assert routed_to_listener.hits == ["/"]


def test_a_public_address_is_called_at_the_address_that_was_checked(routed_to_listener):
    asked = []

    def resolver(host, port):
        asked.append(host)
        return ["93.184.215.14"]

    with guarded_client(resolver=resolver) as client:
        assert client.get("http://public.example/hello").text == "fine"
    assert asked == ["public.example"]
    assert routed_to_listener.opened == [("93.184.215.14", 80)]


def test_a_name_that_turns_inward_between_look_ups_is_never_followed(routed_to_listener):
    answers = iter([["93.184.215.14"], ["127.0.0.1"], ["127.0.0.1"]])

    def rebinding(host, port):
        return next(answers)

    with guarded_client(resolver=rebinding) as client:
        client.get("http://rebind.example/", headers={"Connection": "close"})
        with pytest.raises(OutgoingRefused):
            client.get("http://rebind.example/")
    assert [host for host, _port in routed_to_listener.opened] == ["93.184.215.14"]


@pytest.mark.parametrize("answer", [["93.184.215.14", "10.0.0.1"], ["10.0.0.1", "93.184.215.14"], ["fe80::1%eth0"], ["nonsense"]])
def test_one_inner_address_among_several_is_enough_to_refuse(answer, routed_to_listener):
    with guarded_client(resolver=lambda host, port: answer) as client, pytest.raises(OutgoingRefused):
        client.get("http://mixed.example/")
    assert routed_to_listener.opened == []


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1/", "http://[::1]/", "http://2130706433/", "http://public.example:6379/", "file:///etc/passwd"]
)
def test_a_redirect_inward_is_refused(target, routed_to_listener):
    def resolver(host, port):
        return ["93.184.215.14"] if host == "public.example" else outgoing.resolve(host, port)

    with guarded_client(resolver=resolver) as client, pytest.raises((httpx2.HTTPError, httpx2.InvalidURL)):
        client.get(f"http://public.example/to/{target}")
    assert len(routed_to_listener.hits) == 1


def test_three_redirects_are_followed_and_a_fourth_is_not(routed_to_listener):
    with guarded_client(resolver=lambda host, port: ["93.184.215.14"]) as client:
        assert client.get("http://a.example/to//to//to//end").text == "fine"
        with pytest.raises(httpx2.TooManyRedirects):
            client.get("http://a.example/to//to//to//to//end")


def test_where_redirects_are_not_wanted_none_is_followed(routed_to_listener):
    with guarded_client(follow_redirects=False, resolver=lambda host, port: ["93.184.215.14"]) as client:
        assert client.post("http://a.example/to//end").status_code == 302
    assert routed_to_listener.hits == ["/to//end"]


def test_an_allowed_host_is_reached_at_its_port_and_at_no_other(listener, settings):
    port = listener.server_address[1]
    with guarded_client() as client, pytest.raises(OutgoingRefused, match="OUTGOING_ALLOWED_HOSTS"):
        client.get(f"http://127.0.0.1:{port}/")
    settings.OUTGOING_ALLOWED_HOSTS = [f"127.0.0.1:{port}"]
    with guarded_client() as client:
        assert client.get(f"http://127.0.0.1:{port}/").text == "fine"
        with pytest.raises(OutgoingRefused):
            client.get(f"http://localhost:{port}/")
        with pytest.raises(OutgoingRefused):
            client.get("http://127.0.0.1/")


def test_a_large_answer_is_cut_and_a_packed_one_refused(listener, settings):
    base = f"127.0.0.1:{listener.server_address[1]}"
    settings.OUTGOING_ALLOWED_HOSTS = [base]
    with guarded_client(max_bytes=100_000) as client:
        with pytest.raises(AnswerTooLarge):
            client.get(f"http://{base}/large")
        with pytest.raises(AnswerTooLarge):
            client.get(f"http://{base}/packed")


def test_an_answer_that_drips_ends_with_the_deadline(listener, settings):
    base = f"127.0.0.1:{listener.server_address[1]}"
    settings.OUTGOING_ALLOWED_HOSTS = [base]
    began = time.monotonic()
    with guarded_client(total_seconds=0.5) as client, pytest.raises(httpx2.TimeoutException):
        client.get(f"http://{base}/drip")
    assert time.monotonic() - began < 2


def test_a_proxy_of_the_environment_is_not_used(routed_to_listener, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    with guarded_client(resolver=lambda host, port: ["93.184.215.14"]) as client:
        client.get("http://public.example/")
    assert routed_to_listener.opened == [("93.184.215.14", 80)]


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111"])
def test_public_addresses_are_public(address):
    assert is_public_address(address)


def test_a_form_can_be_checked_before_it_is_called():
    assert str(check_url("https://hooks.example.com/a?b=c")) == "https://hooks.example.com/a?b=c"
    with pytest.raises(OutgoingRefused, match="private network"):
        check_url("http://10.0.0.1/")
    with pytest.raises(OutgoingRefused, match="https://"):
        check_url("mailto:a@example.com")
