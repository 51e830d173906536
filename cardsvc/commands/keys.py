"""Keys by hand: see them by fingerprint, make new versions, copy the vault, move to a token (docs/operations.md)."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cardsvc.commands.ground import passphrase_of, stop, token_place, vault_of
from cardsvc.settings import Settings, chance
from cardsvc.vault import keystore, sealed_file
from cardsvc.vault.opening import open_token, open_vault
from cardsvc.vault.sealed_file import Content
from cardsvc.vault.vault import VaultError

if TYPE_CHECKING:
    from cardsvc.vault.token import Token

app = typer.Typer(no_args_is_help=True, help="The keys of the home: versions and fingerprints, never a key.")
RESTART = "Restart the service before a card is issued or upgraded, then make a backup: `cardsvc key backup PATH`"


@app.command()
def show() -> None:
    """The versions that are valid, and a fingerprint of every key."""
    try:
        vault = vault_of(Settings())
        print(f"card keys: versions {', '.join(map(str, vault.versions))}; new cards get {vault.newest_version}")
        for name, fingerprint in vault.fingerprints().items():
            print(f"{name:<10} {fingerprint}")
    except VaultError as error:
        stop(str(error))


@app.command("rotate-cards")
def rotate_cards() -> None:
    """Make the next version of the card keys; the older ones stay valid until each card has been upgraded."""
    settings = Settings()
    place = token_place(settings)
    try:
        if place is None:
            _replace(settings, lambda content: keystore.with_new_masters(content, chance))
        else:
            from cardsvc.vault import token_vault

            token_vault.make_next(open_token(place))
        vault = open_vault(settings.keystore, passphrase_of(settings), place)
    except VaultError as error:
        stop(str(error))
    print(
        f"card keys: version {vault.newest_version} is the newest of {', '.join(map(str, vault.versions))}. {RESTART}"
    )


@app.command("rotate-data")
def rotate_data() -> None:
    """Make a new data key; what is written from now on is hidden with it, and the older keys stay to show the rest."""
    settings = Settings()
    try:
        _replace(settings, lambda content: keystore.with_new_data_key(content, chance))
    except VaultError as error:
        stop(str(error))
    print(f"there is a new data key. {RESTART}")


@app.command()
def backup(path: Annotated[Path, typer.Argument(help="The new file, on another disk.")]) -> None:
    """Copy the vault's file, encrypted as it is, and see that the copy opens."""
    settings = Settings()
    try:
        sealed_file.copy(settings.keystore, passphrase_of(settings), path)
    except VaultError as error:
        stop(str(error))
    print(f"{path} opens with the passphrase. Keep both in a safe, not together")
    if settings.pkcs11_module:
        print("the keys on the token are not in it: copy the token with its maker's program")


@app.command("make-token")
def make_token(
    take_over: Annotated[
        bool, typer.Option("--take-over", help="Move the card and signing keys of the vault's file onto the token.")
    ] = False,
) -> None:
    """Make the home's keys on an empty PKCS#11 token (ONECARD_PKCS11_MODULE, _TOKEN, _PIN)."""
    settings = Settings()
    place = token_place(settings)
    if place is None:
        stop("set ONECARD_PKCS11_MODULE, ONECARD_PKCS11_TOKEN and ONECARD_PKCS11_PIN")
    if settings.keystore.exists() and not take_over:
        stop(f"{settings.keystore} has keys already: --take-over moves those of cards and signatures onto the token")
    try:
        token = open_token(place)
        if take_over:
            _take_over(settings, token)
        else:
            _make_new(settings, token)
    except VaultError as error:
        stop(str(error))
    show()


def _make_new(settings: Settings, token: "Token") -> None:
    from cardsvc.vault import token_vault

    passphrase = passphrase_of(settings)
    token_vault.make_keys(token)
    sealed_file.create(settings.keystore, passphrase, keystore.personal_content(chance), chance)


def _take_over(settings: Settings, token: "Token") -> None:
    from cardsvc.vault import token_vault

    kept = _replace(settings, lambda content: token_vault.take_over(content, token))
    print(
        f"the keys are on the token. {kept} still has them: put it in the safe or destroy it, and make the next version"
        " with `cardsvc key rotate-cards`, which has never been outside"
    )


def _replace(settings: Settings, change: Callable[[Content], Content]) -> Path:
    """Change the vault's file; gives where the older one stays."""
    passphrase = passphrase_of(settings)
    content = change(sealed_file.read(settings.keystore, passphrase))
    kept = sealed_file.replace(settings.keystore, passphrase, content, chance)
    print(f"the vault as it was is kept as {kept}")
    return kept
