"""Amounts in Chinese capitals, as receipts have them (正确填写票据和结算凭证的基本规定)."""


def capitals(fen: int) -> str:
    """An amount in capitals, such as 壹仟零壹元壹角整; nothing follows the fen. Raises ValueError below zero."""
    if fen < 0:
        raise ValueError(f"{fen} fen")
    import cn2an  # its tables take a tenth of a second: a process that writes no receipt goes without

    said = str(cn2an.an2cn(f"{fen // 100}.{fen % 100:02d}", "rmb"))
    return f"{said}整" if said.endswith("角") else said
