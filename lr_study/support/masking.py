"""Credentials masked in everything that is printed or stored."""

import os
import re

MASK = "***"

# Up to the last @ before a slash: a password may hold an @ itself.
_IN_ADDRESS = re.compile(r"(?P<scheme>[a-zA-Z][\w+.-]*://)[^/\s]*:[^/\s]*@")
_BEFORE_HOST = re.compile(r"(?P<scheme>[a-zA-Z][\w+.-]*://)[^/\s]*@")
_IN_QUERY = re.compile(r"(?i)(?P<name>[?&][^=&\s]*(?:password|secret|token|key)[^=&\s]*=)[^&\s]+")
_SECRET_NAME = re.compile(r"(PASSWORD|PASSWD|TOKEN|SECRET|KEY)$")
_SHORTEST = 6
"""A shorter value may be an ordinary word."""


def without_credentials(address: str) -> str:
    """Return an address without user, password and secret values.

    >>> without_credentials("https://ann:pa@ss@host:5000/x?sslpassword=y")
    'https://host:5000/x?sslpassword=***'
    """
    return _IN_QUERY.sub(rf"\g<name>{MASK}", _BEFORE_HOST.sub(r"\g<scheme>", address))


def mask(text: str) -> str:
    """Return a text with the credentials in addresses and those of the environment masked.

    Those of the environment are values of variables named ...PASSWORD, TOKEN, SECRET or KEY.

    >>> mask("the store https://ann:pa@ss@host:5000/x cannot be used")
    'the store https://***@host:5000/x cannot be used'
    """
    text = _IN_ADDRESS.sub(rf"\g<scheme>{MASK}@", text)
    text = _IN_QUERY.sub(rf"\g<name>{MASK}", text)
    for name, value in os.environ.items():
        if len(value) >= _SHORTEST and _SECRET_NAME.search(name.upper()):
            text = text.replace(value, MASK)
    return text
