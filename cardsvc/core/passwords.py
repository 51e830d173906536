"""What a password or a PIN may be (NIST SP 800-63B, 5.1.1.2 and 5.1.1.1: length, no composition, none that all try)."""

from cardsvc.core.problems import Problem, Refusal

SHORTEST = 8
LONGEST = 200
PIN_SHORTEST, PIN_LONGEST = 6, 12
FIRST_BYTES = 12
"""Sixty bits: nobody guesses a first password before it is changed."""
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""No i, l, o, u: what is read off a slip is typed as it was meant."""
COMMON = frozenset(
    {
        *("password", "password1", "passw0rd", "p@ssw0rd", "p@ssword", "qwertyuiop", "qwerty123", "qwer1234"),
        *("1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "qazwsxedc", "asdfghjkl", "asdf1234", "zxcvbnm123", "abcd1234"),
        *("abc12345", "abc123456", "a1234567", "a12345678", "a123456789", "aa123456", "aa12345678", "iloveyou"),
        *("5201314520", "woaini1314", "woaini520", "woaiwojia", "administrator", "admin123", "admin1234", "admin888"),
        *("root1234", "welcome1", "letmein123", "changeme", "computer", "internet", "football", "baseball"),
        *("sunshine", "princess", "superman", "trustno1", "14725836", "147258369", "741852963", "789456123"),
        *("11223344", "123123123", "12341234", "wenzhou1", "wenzhou123", "wenzhou2026", "onecard1", "onecard123"),
        *("binyiguan", "minzhengju", "一卡通一卡通一卡通"),
    }
)
COMMON_PINS = frozenset(
    {
        *("123123", "121212", "112233", "123321", "131313", "520520", "521521", "789456", "147258", "159753"),
        *("147258369", "741852", "5201314", "1314520"),
    }
)
SEQUENCES = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz")


def wrong_password(new: str, staff_no: str) -> Refusal | None:
    """Why this cannot be the password of who has this number; None when it can."""
    if not SHORTEST <= len(new) <= LONGEST:
        return Refusal(Problem.PASSWORD_SHORT, str(SHORTEST))
    plain = new.casefold()
    rest = plain.replace(staff_no.casefold(), "") if staff_no else plain
    common = plain in COMMON or rest in COMMON or len(rest) < len(plain) // 2 or _simple(plain)
    return Refusal(Problem.PASSWORD_COMMON) if common else None


def wrong_pin(pin: str, staff_no: str) -> Refusal | None:
    """Why this cannot be the PIN of who has this number; None when it can. Stations have keys of digits only."""
    if not (pin.isascii() and pin.isdigit() and PIN_SHORTEST <= len(pin) <= PIN_LONGEST):
        return Refusal(Problem.PIN_WRONG, f"{PIN_SHORTEST}–{PIN_LONGEST}")
    own = staff_no.isdigit() and pin in staff_no * PIN_LONGEST
    return Refusal(Problem.PIN_COMMON) if own or pin in COMMON_PINS or _simple(pin) else None


def readable(chance: bytes) -> str:
    """A first password of these random bytes: `k7m2-9xwp-h3ta`."""
    text = "".join(ALPHABET[one % len(ALPHABET)] for one in chance)
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _simple(plain: str) -> bool:
    """One character said again, or a piece of a sequence."""
    return len(set(plain)) < 3 or any(plain in one for one in SEQUENCES)
