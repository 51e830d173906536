"""Names as screens may show them, and the words by which a name is found.

Masking keeps a surname and hides the rest.
"""

COMPOUND = ("欧阳", "歐陽", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯")
NAMELESS = "无"
"""What stands for the name of somebody unidentified (DOMAIN.md section 1)."""


def masked_name(name: str) -> str:
    """The surname and one 某 for the given name: 王某; a foreign name keeps its first letter."""
    name = name.strip()
    if name in ("", NAMELESS):
        return name
    if name.isascii():
        return f"{name[0]}***"
    length = 2 if name.startswith(COMPOUND) and len(name) > 2 else 1
    return f"{name[:length]}某"


def surname_agrees(shown_name: str, surname: str) -> bool:
    """Whether a typed surname is that of a masked name; of a foreign name only the first letter is kept."""
    typed = surname.strip()
    if shown_name.isascii():
        return typed[:1].casefold() == shown_name[:1].casefold()
    return typed == shown_name.removesuffix("某")
