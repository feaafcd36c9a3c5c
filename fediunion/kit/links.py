"""Links inside HTML: what they read as, and where they lead."""

import html as _html
import re
import unicodedata

from fediunion.kit.text import ascii_host, display_host

REL = "nofollow noopener noreferrer"

_LINK = re.compile(r'<a((?: [a-z]++="[^"]*+")*+)>(.*?)</a>', re.DOTALL)
_HREF = re.compile(r' href="https?://([^"/?#\\]*+)([^"]*+)"', re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*+>")
_HIDDEN = re.compile(r'<span class="[^"]*invisible[^"]*">[^<]*+</span>')
_READS_AS_HOST = re.compile(
    r"\W{0,8}(?:(?P<scheme>[a-z]{2,6}:/{1,2}))?(?P<www>www\.)?"
    r"(?P<host>[\w-]{1,63}(?:\.[\w-]{1,63})*+)(?P<port>:[0-9]{1,5})?(?P<next>.?)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_FILE_ENDINGS = {
    *("c", "cc", "cpp", "css", "csv", "doc", "docx", "go", "html", "java", "jpg", "js", "json", "jsx", "md"),
    *("odt", "pdf", "php", "png", "ppt", "py", "rb", "rs", "sh", "svg", "swift", "tar", "toml", "ts", "tsx"),
    *("txt", "vue", "xls", "xlsx", "xml", "yaml", "yml", "zip"),
}
_SHOWN_PATH_CHARACTERS = 30


def settle_links(cleaned: str) -> str:
    """Return sanitised HTML whose links read as the host they lead to; hashtags get rel="tag"."""
    return _LINK.sub(_settled, cleaned) if "<a " in cleaned else cleaned


def _settled(link: re.Match[str]) -> str:
    attributes, inner = link[1], link[2]
    if ' class="' in attributes and "hashtag" in attributes:
        attributes = attributes.replace(f' rel="{REL}"', f' rel="tag {REL}"')
    target = _HREF.search(attributes)
    if target is None or inner[:1] in "@#":
        return f"<a{attributes}>{inner}</a>"
    authority = _html.unescape(target[1])
    shown = _shown_host(inner)
    honest = shown is None or _leads_there(shown, authority)
    if honest and 'class="' in inner and "invisible" in inner:
        honest = _host_is_visible(inner, authority)
    if not honest:
        inner = _honest_text(authority, target[2])
    return f"<a{attributes}>{inner}</a>"


def _shown_host(inner: str) -> str | None:
    """Return the host that the link's text claims, None where it reads as no address."""
    text = inner[:4000]
    if "." not in text and ":" not in text and text.isascii() and "&" not in text:
        return None
    text = _html.unescape(_TAGS.sub("", text))
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(each for each in text if unicodedata.category(each) != "Cf").replace("。", ".")
    text = text.strip()
    read = _READS_AS_HOST.match(text)
    if read is None:
        return None
    host, following = read["host"], read["next"]
    ending = host.rpartition(".")[2].lower()
    cut = following == "…" or (following == "." and read["rest"].startswith("."))
    if read["scheme"] or read["www"] or (cut and "." in host):
        return f"{host}{following}" if cut or following == "@" else host
    alone = not following or following in "/?#:@"
    if "." not in host or not alone or not ending or (ending.isdigit() and not read["port"]):
        return None
    return None if ending in _FILE_ENDINGS and following not in ("/", ":") else host


def _leads_there(shown: str, authority: str) -> bool:
    """Return whether a host as shown, whole and unambiguous, is where the link leads, or above it."""
    host = _without_port(authority)
    claimed = (ascii_host(shown) or shown).removeprefix("www.")
    if not shown.isascii() and display_host(shown).isascii():
        return False
    return host == claimed or host.endswith(f".{claimed}")


def _host_is_visible(inner: str, authority: str) -> bool:
    """Return whether the part of an address that is not hidden by `invisible` still begins with its host."""
    visible = _html.unescape(_TAGS.sub("", _HIDDEN.sub("", inner))).strip().lower().removeprefix("www.")
    if "." not in visible or " " in visible:
        return True
    host = _without_port(authority)
    return visible.startswith((host, display_host(host), f"https://{host}", f"http://{host}"))


def _without_port(authority: str) -> str:
    host = authority.rpartition("@")[2]
    host = host if host.startswith("[") else host.partition(":")[0]
    return (ascii_host(host) or host.lower()).removeprefix("www.")


def _honest_text(authority: str, path: str) -> str:
    host = display_host(_without_port(authority))
    tail = _html.unescape(path)[:_SHOWN_PATH_CHARACTERS]
    return _html.escape(host + tail if len(tail) > 1 and tail[0] == "/" else host, quote=False)
