"""Email addresses: checked by a library, kept in one spelling."""

from email_validator import EmailNotValidError, validate_email

from cnt_grpc.kit.errors import Invalid


def clean_email(text: str) -> str:
    """The address in its normal form; raises Invalid when it cannot be one. Only a code shows whether mail arrives."""
    try:
        return _normal(text)
    except EmailNotValidError as error:
        raise Invalid.of("email", str(error), "email.invalid") from None


def as_stored(text: str) -> str:
    """How an address that someone types at sign-in would have been stored; what is no address stays as it is."""
    try:
        return _normal(text)
    except EmailNotValidError:
        return text


def _normal(text: str) -> str:
    # Asking the name servers here would tie each registration to an outside party. Without SMTPUTF8, which mail servers
    # need not speak: whoever gets no mail could neither prove the address nor set a new password.
    found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    assert found.ascii_email is not None, "without SMTPUTF8 there always is one"
    return found.ascii_email
