"""Keys of XDM: the qualified ones of its published examples, and the plain ones that datasets have."""

from __future__ import annotations

EXPERIENCE = "https://ns.adobe.com/experience/"
_OWN = ("schema", "repo", "dc", "xmpDM", "iptc4xmpExt", "braze")


def plain_path(key: str, *, inside: bool) -> tuple[str, ...]:
    """The plain names that a key leads to, from the object that has it.

    Args:
        key: a key of either kind; a plain one leads to itself.
        inside: whether a key of the namespace of experiences lies above, so that the last part says all.

    >>> plain_path("xdm:timestamp", inside=False)
    ('timestamp',)
    >>> plain_path("https://ns.adobe.com/experience/decisioning/propositions", inside=False)
    ('_experience', 'decisioning', 'propositions')
    >>> plain_path("https://ns.adobe.com/experience/decisioning/scopeDetails", inside=True)
    ('scopeDetails',)

    Source: adobe/xdm, the examples beside the schemas; other URLs, which are keys of maps, stay as they are.
    """
    if is_of_experience(key):
        names = [name for name in key.removeprefix(EXPERIENCE).split("/") if name]
        return (names[-1],) if inside else ("_experience", *names)
    if key in ("@id", "@type"):
        return (f"_{key[1:]}",)
    head, _, tail = key.partition(":")
    if not tail or "/" in tail:
        return (key,)
    if head == "xdm":
        return (tail,)
    return (f"_{head}", tail) if head in _OWN else (key,)


def is_of_experience(key: str) -> bool:
    """Whether a key is a URL of the namespace of experiences."""
    return key.startswith(EXPERIENCE) and bool(key.removeprefix(EXPERIENCE).strip("/"))
