"""One-time codes: templates of the category AUTHENTICATION, whose words are Meta's own (A3, A7)."""

from simulator.errors import CloudError
from simulator.wire import Json, is_array, is_object

CATEGORY = "AUTHENTICATION"
_LONGEST, _LABEL = 15, 25
_APP_NEEDED = ("ONE_TAP", "ZERO_TAP")
_WORDS = {
    "en": (
        "*{{1}}* is your verification code.",
        "For your security, do not share this code.",
        "This code expires in {} minutes.",
        "Copy code",
    ),
    "es": (
        "Tu código de verificación es *{{1}}*.",
        "Por tu seguridad, no lo compartas.",
        "Este código caduca en {} minutos.",
        "Copiar código",
    ),
    "pt": (
        "*{{1}}* é o seu código de verificação.",
        "Para sua segurança, não o compartilhe.",
        "Este código expira em {} minutos.",
        "Copiar código",
    ),
}


def _invalid(details: str) -> CloudError:
    return CloudError(100, details)


def preset(components: object, language: str) -> list[Json]:
    """What Meta keeps, and lists, of the components of a one-time code; or the CloudError that it would give."""
    given: dict[str, Json] = {}
    for component in components if is_array(components) else []:
        if is_object(component):
            given[str(component.get("type", "")).upper()] = component
    if given.keys() - {"BODY", "FOOTER", "BUTTONS"} or not {"BODY", "BUTTONS"} <= given.keys():
        raise _invalid("A template of category AUTHENTICATION has a BODY, BUTTONS and perhaps a FOOTER.")
    if any("text" in given.get(kind, {}) for kind in ("BODY", "FOOTER")):
        raise _invalid("The text of a template of category AUTHENTICATION is fixed: leave it out.")
    said, advice, expiry, label = _WORDS.get(language.partition("_")[0], _WORDS["en"])
    advised = given["BODY"].get("add_security_recommendation", False)
    if not isinstance(advised, bool):
        raise _invalid("add_security_recommendation is true or false.")
    body: Json = {"type": "BODY", "text": f"{said} {advice}" if advised else said}
    kept = [{**body, "add_security_recommendation": advised, "example": {"body_text": [["123456"]]}}]
    minutes = given.get("FOOTER", {}).get("code_expiration_minutes")
    if "FOOTER" in given:
        if not isinstance(minutes, int) or isinstance(minutes, bool) or not 1 <= minutes <= 90:
            raise _invalid("code_expiration_minutes is a number from 1 to 90.")
        kept.append({"type": "FOOTER", "text": expiry.format(minutes), "code_expiration_minutes": minutes})
    return [*kept, {"type": "BUTTONS", "buttons": [_button(given["BUTTONS"].get("buttons"), label)]}]


def _button(buttons: object, label: str) -> Json:
    """As Meta lists it: a link, though it was asked for as an OTP."""
    button = buttons[0] if is_array(buttons) and len(buttons) == 1 else None
    if not is_object(button) or str(button.get("type", "")).upper() != "OTP":
        raise _invalid("A template of category AUTHENTICATION has one button, of type OTP.")
    kind, text = str(button.get("otp_type", "")).upper(), button.get("text", label)
    if kind not in ("COPY_CODE", *_APP_NEEDED):
        raise _invalid("otp_type is COPY_CODE, ONE_TAP or ZERO_TAP.")
    if kind in _APP_NEEDED and not button.get("supported_apps"):
        raise _invalid(f"{kind} needs supported_apps.")
    if not isinstance(text, str) or not 1 <= len(text) <= _LABEL:
        raise _invalid(f"The label of a button has 1 to {_LABEL} characters.")
    url = f"https://www.whatsapp.com/otp/code/?otp_type={kind}&code=otp"
    return {"type": "URL", "text": text, "url": url + "{{1}}", "example": [f"{url}123456"]}


def check(body: list[Json], button: list[Json]) -> None:
    """A send has the code twice, of 15 characters at the most: in the text and on the button."""
    said = [parameter.get("text") for parameter in body]
    if [(each.get("type"), each.get("text")) for each in button] != [("text", text) for text in said]:
        raise CloudError(131009, "The code on the button must be a parameter of type text, and the one in the body.")
    if any(len(str(text)) > _LONGEST for text in said):
        raise CloudError(132005, f"A one-time code has at most {_LONGEST} characters.")
