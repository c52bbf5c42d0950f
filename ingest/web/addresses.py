"""Which web addresses may be asked, and which machines they may lead to."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from ingest.errors import AddressRefused, WrongUsage

if TYPE_CHECKING:
    import httpx2

Machine = ipaddress.IPv4Address | ipaddress.IPv6Address
LONGEST_ADDRESS = 2000  # characters
PORTS = {"http": 80, "https": 443}

# What the special-purpose registries of IANA list, multicast, and the one service for virtual
# machines that a cloud puts on a public address (168.63.129.16, Azure).
_SPECIAL = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 "
        "172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 "
        "198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 "
        "2001::/23 2001:db8::/32 2002::/16 3fff::/20"
    ).split()
]
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Allowed:
    """Hosts and networks that may be asked though they are not public, at any port."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()


def allowed(words: str) -> Allowed:
    """Of names of hosts, addresses and networks between commas. Raises WrongUsage."""
    hosts, networks = set[str](), []
    for word in filter(None, (one.strip().lower() for one in words.split(","))):
        try:
            networks.append(ipaddress.ip_network(word.strip("[]")))
        except ValueError:
            if not all(part.replace("-", "").isalnum() for part in word.split(".")):
                raise WrongUsage(
                    f'DATELINE_FETCH_ALLOW: "{word[:40]}" is no host, address or network; '
                    "write names such as intranet.example.org, or 10.1.0.0/16"
                ) from None
            hosts.add(word)
    return Allowed(frozenset(hosts), tuple(networks))


def shown(address: str) -> str:
    """An address for people and logs: without a password, and not endless."""
    return re.sub(r"(?<=//)[^/?#]*@", "…@", address)[:LONGEST_ADDRESS]


def checked(address: str, within: httpx2.URL | None = None) -> httpx2.URL:
    """The address, as it stands in the page `within`, in its normal form, without a fragment.

    Raises AddressRefused where it is not http or https, has no host or holds credentials. Where it
    leads is for `reachable` to judge.
    """
    import httpx2

    try:
        url = httpx2.URL(urljoin(str(within), address) if within else address)
    except (httpx2.InvalidURL, ValueError) as error:
        raise AddressRefused(f"is no web address ({error}); check it") from error
    if url.scheme not in PORTS or not url.host:
        raise AddressRefused("is no web address; only http:// and https:// are asked")
    if url.userinfo:
        raise AddressRefused("holds a user name or password; leave them out")
    if len(str(url)) > LONGEST_ADDRESS:
        raise AddressRefused(f"is longer than {LONGEST_ADDRESS} characters; check it")
    if not 0 < port_of(url) < 65536:
        raise AddressRefused("names a port that there is not; check it")
    if url.fragment or url.port == PORTS[url.scheme]:
        port = None if url.port == PORTS[url.scheme] else url.port
        return url.copy_with(fragment=None, port=port)
    return url


def port_of(url: httpx2.URL) -> int:
    return PORTS[url.scheme] if url.port is None else url.port


def reachable(host: str, port: int, found: Iterable[str], allow: Allowed) -> list[str]:
    """The addresses `found` for a host, each of which may be connected to at this port. Raises
    AddressRefused where one of them may not, or there is none."""
    try:
        machines = [_unwrapped(ipaddress.ip_address(place)) for place in found]
    except ValueError as error:
        raise AddressRefused("leads to no address that can be checked; check the name") from error
    if not machines:
        raise AddressRefused("has no address on any network; check the name")
    if host.lower() not in allow.hosts:
        for machine in machines:
            if any(machine in network for network in allow.networks):
                continue
            if not is_public(machine):
                raise AddressRefused(
                    "leads to a machine that is not on the public internet; "
                    "DATELINE_FETCH_ALLOW names hosts and networks that may be asked all the same"
                )
            if port not in PORTS.values():
                raise AddressRefused(
                    f"names port {port}; public machines are asked at 80 and 443 only, "
                    "others are named in DATELINE_FETCH_ALLOW"
                )
    return [str(machine) for machine in machines]


def expect_reachable(url: httpx2.URL, allow: Allowed) -> None:
    """Raises AddressRefused where the host is the number of a machine that `reachable` refuses."""
    try:
        ipaddress.ip_address(url.host)
    except ValueError:
        return  # a name: where it leads is looked up when it is asked
    reachable(url.host, port_of(url), [url.host], allow)


def is_public(machine: Machine) -> bool:
    """Whether anybody on the internet may have this address. A wrapped IPv4 address counts as what
    it is."""
    machine = _unwrapped(machine)
    if machine.version == 6 and machine not in _GLOBAL_UNICAST:
        return False
    return not any(machine in network for network in _SPECIAL)


def _unwrapped(machine: Machine) -> Machine:
    if isinstance(machine, ipaddress.IPv6Address):
        if machine.ipv4_mapped:
            return machine.ipv4_mapped
        if machine in _NAT64:
            return ipaddress.IPv4Address(int(machine) & 0xFFFFFFFF)
    return machine
