"""Addresses of the web: public machines at the usual ports, and what the setting allows besides."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import AddressRefused, WrongUsage
from ingest.web.addresses import Allowed, allowed, checked, is_public, reachable

NOBODY = Allowed()
PRIVATE = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.255",
    "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192",
    "192.168.1.1", "198.18.0.1", "203.0.113.7", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::",
    "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0",
    "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "::ffff:1.1.1.1", "64:ff9b::101:101",
]  # fmt: skip


@pytest.mark.parametrize("place", PRIVATE)
def test_a_machine_that_is_not_public_is_not_reached(place: str) -> None:
    for port in (80, 443):
        with pytest.raises(AddressRefused, match="DATELINE_FETCH_ALLOW"):
            reachable("news.example.org", port, [place], NOBODY)


@pytest.mark.parametrize("place", PUBLIC)
def test_a_public_machine_is_reached_at_the_ports_of_the_web_only(place: str) -> None:
    for port in (80, 443):
        assert len(reachable("news.example.org", port, [place], NOBODY)) == 1
    for port in (22, 25, 79, 81, 442, 444, 6379, 8080, 65535):
        with pytest.raises(AddressRefused, match=f"port {port};"):
            reachable("news.example.org", port, [place], NOBODY)


@pytest.mark.parametrize("place", PRIVATE)
def test_one_private_address_among_public_ones_refuses_the_host(place: str) -> None:
    for found in ([place, "1.1.1.1"], ["1.1.1.1", place], ["1.1.1.1", place, "9.9.9.9"]):
        with pytest.raises(AddressRefused):
            reachable("news.example.org", 443, found, NOBODY)


def _known_elsewhere(machine: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """What the standard library knows to be of no use on the internet."""
    return (
        machine.is_private
        or machine.is_loopback
        or machine.is_link_local
        or machine.is_multicast
        or machine.is_reserved
        or machine.is_unspecified
        or getattr(machine, "is_site_local", False)
    )


@given(st.ip_addresses(v=4))
def test_what_the_library_knows_to_be_special_is_never_public(
    machine: ipaddress.IPv4Address,
) -> None:
    assert not (is_public(machine) and _known_elsewhere(machine))


@given(st.ip_addresses(v=6))
def test_an_address_outside_global_unicast_is_never_public(machine: ipaddress.IPv6Address) -> None:
    if machine.ipv4_mapped or machine in ipaddress.ip_network("64:ff9b::/96"):
        return
    assert not is_public(machine) or str(machine.exploded)[0] in "23"
    assert not (is_public(machine) and _known_elsewhere(machine))


@given(st.ip_addresses(v=4))
def test_a_wrapped_address_counts_as_what_it_wraps(machine: ipaddress.IPv4Address) -> None:
    for prefix in ("::ffff:0:0", "64:ff9b::"):
        wrapped = ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | int(machine))
        assert is_public(wrapped) == is_public(machine)


@given(st.ip_addresses(), st.integers(1, 65535))
def test_what_is_reached_is_public_and_at_a_port_of_the_web(machine: object, port: int) -> None:
    try:
        (place,) = reachable("news.example.org", port, [str(machine)], NOBODY)
    except AddressRefused:
        return
    assert port in (80, 443)
    assert is_public(ipaddress.ip_address(place))


@given(st.text(max_size=60))
def test_any_text_is_an_address_in_one_normal_form_or_refused(words: str) -> None:
    try:
        url = checked(words)
    except AddressRefused:
        return
    assert url.scheme in ("http", "https")
    assert url.host
    assert not url.userinfo
    assert checked(str(url)) == url


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "ftp://news.example.org/", "gopher://127.0.0.1:6379/_x", "data:text/html,x",
        "news.example.org", "//news.example.org/", "http://", "http:///x", "http://news.example.org:0/",
        "http://news.example.org:65536/", "http://desk@news.example.org/",
        "https://desk:word@news.example.org/", "http://news\n.example.org/", "http://news.example.org/\x00",
        "http://[::1", f"https://news.example.org/{'a' * 2000}",
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused, match=r"check it|only http|leave them out"):
        checked(address)


def test_an_address_is_kept_without_its_fragment_and_usual_port() -> None:
    assert str(checked("HTTP://News.Example.org:80/a?b=c#d")) == "http://news.example.org/a?b=c"
    assert str(checked("https://news.example.org:443/")) == "https://news.example.org/"
    assert str(checked("https://news.example.org:80/")) == "https://news.example.org:80/"


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "127.1", "017700000001", "localhost."]
)
def test_other_spellings_of_loopback_are_resolved_before_they_are_judged(host: str) -> None:
    from ingest.web.network import resolved

    try:
        found = resolved(host, 80)
    except OSError:
        return  # this resolver takes no such spelling
    with pytest.raises(AddressRefused):
        reachable(host, 80, found, NOBODY)


def test_an_allowed_host_or_network_is_reached_at_any_port_and_no_other_is() -> None:
    allow = allowed("intranet.example.org, 10.1.0.0/16, [fd00::5],127.0.0.1")
    assert reachable("Intranet.example.org", 8080, ["192.168.3.4"], allow) == ["192.168.3.4"]
    assert reachable("other.example.org", 8080, ["10.1.255.255"], allow) == ["10.1.255.255"]
    assert reachable("other.example.org", 81, ["::ffff:10.1.0.1"], allow) == ["10.1.0.1"]
    assert reachable("other.example.org", 81, ["fd00::5"], allow) == ["fd00::5"]
    for host, place in [
        ("other.example.org", "10.2.0.0"), ("other.example.org", "192.168.3.4"),
        ("x.intranet.example.org", "10.2.0.1"), ("intranet.example.org.evil.example", "10.2.0.1"),
        ("other.example.org", "127.0.0.2"), ("other.example.org", "fd00::6"),
    ]:  # fmt: skip
        with pytest.raises(AddressRefused):
            reachable(host, 80, [place], allow)
    with pytest.raises(AddressRefused):
        reachable("other.example.org", 80, ["10.1.0.1", "10.2.0.1"], allow)


@pytest.mark.parametrize("words", ["10.1.0.0/33", "http://intranet", "10.0.0.1/8", "a b", "*"])
def test_a_setting_that_allows_nothing_that_there_is_is_named(words: str) -> None:
    with pytest.raises(WrongUsage, match="DATELINE_FETCH_ALLOW"):
        allowed(words)


def test_a_host_without_an_address_is_refused() -> None:
    with pytest.raises(AddressRefused, match="no address on any network"):
        reachable("news.example.org", 80, [], NOBODY)
    with pytest.raises(AddressRefused, match="no address that can be checked"):
        reachable("news.example.org", 80, ["not an address"], NOBODY)
