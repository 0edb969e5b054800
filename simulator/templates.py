"""Message templates of a WABA: kept, reviewed, and held against the parameters of a send (A7, A3)."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from simulator import codes
from simulator.clock import Clock
from simulator.errors import CloudError
from simulator.nodes import next_id
from simulator.settings import Settings
from simulator.wire import Json, is_array, is_object

_VARIABLE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
_NAME = re.compile(r"[a-z0-9_]{1,512}")
_CATEGORIES = ("AUTHENTICATION", "MARKETING", "UTILITY")
_MEDIA = ("IMAGE", "VIDEO", "DOCUMENT", "LOCATION")
_AN_HOUR, _MOST, _DAY = 100, 250, 86_400.0
_EDITABLE = ("APPROVED", "REJECTED", "PAUSED")
_LENGTHS = {"HEADER": (60, 2388047), "BODY": (1024, 2388072), "FOOTER": (60, 2388073)}


def variables(text: str) -> list[str]:
    """The distinct placeholders of `text`, in order."""
    return list(dict.fromkeys(_VARIABLE.findall(text)))


@dataclass(slots=True)
class Template:
    """A template in one language."""

    id: str
    waba_id: str
    name: str
    language: str
    category: str
    named: bool
    components: list[Json]
    status: str = "PENDING"
    parts: dict[str, Json] = field(default_factory=dict[str, Json])
    """HEADER, BODY, FOOTER, BUTTONS by type."""
    quality: str = "UNKNOWN"
    pauses: int = 0
    disliked: bool = False
    """Paused for low quality, which nobody ends by hand."""
    edits: list[float] = field(default_factory=list[float])
    """When it was edited while it was approved."""

    def shown(self) -> Json:
        """The element of `data` in a list of templates (A7)."""
        return {
            "id": self.id,
            "name": self.name,
            "language": self.language,
            "status": self.status,
            "category": self.category,
            "parameter_format": "NAMED" if self.named else "POSITIONAL",
            "quality_score": {"score": self.quality},
            "components": self.components,
        }


def _invalid(details: str, subcode: int = 0) -> CloudError:
    return CloudError(100, details, subcode)


def _parts(components: object) -> dict[str, Json]:
    """Components by type, within Meta's lengths; each breach has its subcode (A7)."""
    if not is_array(components) or not components:
        raise _invalid("components must be a list that holds at least a BODY.")
    parts: dict[str, Json] = {}
    for component in components:
        if not is_object(component) or not isinstance(component.get("type"), str):
            raise _invalid("Each component is an object with a type.")
        kind = str(component["type"]).upper()
        text = component.get("text", "")
        if not isinstance(text, str):
            raise _invalid(f"The text of {kind} must be a string.")
        limit, subcode = _LENGTHS.get(kind, (60_000, 0))
        if len(text) > limit:
            raise _invalid(f"{kind} must not exceed {limit} characters.", subcode)
        parts[kind] = component
    body = str(parts.get("BODY", {}).get("text", "")).strip()
    if "{{" in str(parts.get("FOOTER", {}).get("text", "")):
        raise _invalid("A footer holds no variable.", 2388073)
    _buttons(parts.get("BUTTONS", {}).get("buttons", []))
    if not body:
        raise _invalid("A template needs a BODY with a text.")
    if _VARIABLE.match(body) or re.search(_VARIABLE.pattern + r"\Z", body):
        raise _invalid("Variables must not be at the start or the end of the body.", 2388299)
    if len(variables(str(parts.get("HEADER", {}).get("text", "")))) > 1:
        raise _invalid("A header holds at most one variable.", 2388047)
    return parts


def _read(components: object, category: str, language: str) -> tuple[list[Json], dict[str, Json]]:
    """Components as they are kept, and by type."""
    kept = codes.preset(components, language) if category == codes.CATEGORY else components
    parts = _parts(kept)
    return (kept if is_array(kept) else []), parts


def _buttons(buttons: object) -> None:
    """At most ten, two of them URLs, one phone, one code; labels and URLs within their lengths (A7)."""
    if not is_array(buttons) or not all(is_object(each) for each in buttons):
        raise _invalid("buttons is a list of objects.")
    kinds = Counter(str(each.get("type", "")).upper() for each in buttons)
    for kind, most in (("URL", 2), ("PHONE_NUMBER", 1), ("COPY_CODE", 1)):
        if kinds[kind] > most:
            raise _invalid(f"A template has at most {most} buttons of type {kind}.")
    if len(buttons) > 10:
        raise _invalid("A template has at most 10 buttons.")
    for button in buttons:
        lengths = (("text", 25), ("url", 2000), ("phone_number", 20))
        if any(len(str(button.get(name, ""))) > most for name, most in lengths):
            raise _invalid("A button's label has at most 25 characters, its URL 2000, its phone number 20.")
        url = str(button.get("url", ""))
        if len(variables(url)) > 1 or (variables(url) and not url.endswith("}}")):
            raise _invalid("A URL holds one variable, at its end.")


class Templates:
    """The templates of every WABA."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._created: dict[str, deque[float]] = {}
        """When an account made its latest templates."""
        self._blocked: dict[tuple[str, str], float] = {}
        """Until when the name of a deleted template is taken."""
        self._by_key: dict[tuple[str, str, str], Template] = {}

    def create(self, waba_id: str, body: Json) -> Template:
        """A PENDING template, or the CloudError Meta would give."""
        name, language, category = (body.get(key) for key in ("name", "language", "category"))
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise _invalid("name is 1 to 512 characters of a-z, 0-9 and _.")
        if not isinstance(language, str) or not language:
            raise _invalid("language is missing.")
        if not isinstance(category, str) or category.upper() not in _CATEGORIES:
            raise _invalid(f"category is one of {', '.join(_CATEGORIES)}.")
        key = (waba_id, name, language)
        if key in self._by_key:
            raise _invalid(f"There is already {language} content for this template.", 2388024)
        components, parts = _read(body.get("components"), category.upper(), language)
        if self._settings.template_limits:
            self._check_creation(waba_id, name)
        template = Template(
            id=next_id(),
            waba_id=waba_id,
            name=name,
            language=language,
            category=category.upper(),
            named=str(body.get("parameter_format", "")).upper() == "NAMED" and category.upper() != codes.CATEGORY,
            components=components,
            parts=parts,
        )
        self._by_key[key] = template
        return template

    def _check_creation(self, waba_id: str, name: str) -> None:
        """100 an hour, 250 in all, and no name that was deleted within 30 days (A7)."""
        now = self._clock.now()
        made = self._created.setdefault(waba_id, deque(maxlen=_AN_HOUR))
        if len(made) == _AN_HOUR and made[0] > now - 3_600:
            raise CloudError(80007, "There have been too many templates created for this account.")
        if len(self.of_waba(waba_id)) >= _MOST:
            raise _invalid(f"An account has at most {_MOST} templates.", 2388019)
        if self._blocked.get((waba_id, name), 0.0) > now:
            raise _invalid(f"New content cannot be added while {name} is being deleted. Try again later.", 2388023)
        made.append(now)

    def _check_edit(self, template: Template) -> None:
        """An approved template is edited once a day and ten times in 30 days (A7)."""
        now = self._clock.now()
        template.edits = [at for at in template.edits if at > now - 30 * _DAY]
        if template.status == "APPROVED":
            if len(template.edits) >= 10 or (template.edits and template.edits[-1] > now - _DAY):
                raise _invalid("An approved template is edited once a day and ten times in 30 days.", 2388025)
            template.edits.append(now)

    def edit(self, template: Template, body: Json) -> None:
        """Replace components or category and put the template under review again."""
        if template.status not in _EDITABLE:
            raise _invalid(f"A template that is {template.status} cannot be edited.")
        if self._settings.template_limits:
            self._check_edit(template)
        category = str(body.get("category", template.category)).upper()
        if category not in _CATEGORIES:
            raise _invalid(f"category is one of {', '.join(_CATEGORIES)}.")
        if "components" in body:
            template.components, template.parts = _read(body["components"], category, template.language)
        template.category = category
        template.status = "PENDING"

    def of_waba(self, waba_id: str) -> list[Template]:
        """Every template of the WABA, oldest first."""
        return [template for template in self._by_key.values() if template.waba_id == waba_id]

    def named(self, name: str, waba_id: str = "", language: str = "") -> list[Template]:
        """Templates called `name`: in every WABA and language unless told."""
        return [
            each
            for each in self._by_key.values()
            if each.name == name and waba_id in ("", each.waba_id) and language in ("", each.language)
        ]

    def by_id(self, template_id: str) -> Template | None:
        """The template with this id."""
        return next((each for each in self._by_key.values() if each.id == template_id), None)

    def remove(self, template: Template) -> None:
        """Forget the template; the name of an approved one is taken for 30 days."""
        if template.status == "APPROVED":
            self._blocked[template.waba_id, template.name] = self._clock.now() + 30 * _DAY
        self._by_key.pop((template.waba_id, template.name, template.language), None)

    def sendable(self, waba_id: str, name: str, language: str) -> Template:
        """The template if it may be sent; a paused, disabled, unapproved or missing one has its own code."""
        template = self._by_key.get((waba_id, name, language))
        if template is None or template.status not in ("APPROVED", "PAUSED", "DISABLED"):
            raise CloudError(132001, f"template name ({name}) does not exist in {language}")
        if template.status == "PAUSED":
            raise CloudError(132015, f"template {name} is paused")
        if template.status == "DISABLED":
            raise CloudError(132016, f"template {name} is disabled")
        return template


def _sent_parts(components: object) -> Iterator[tuple[str, str, list[Json]]]:
    """(type, index, parameters) of each component of a send."""
    if components is None:
        return
    if not is_array(components):
        raise CloudError(131009, "template['components'] must be an array")
    for component in components:
        parameters = component.get("parameters", []) if is_object(component) else None
        if not is_object(component) or not is_array(parameters) or not all(is_object(each) for each in parameters):
            raise CloudError(131009, "template['components'] holds objects with an array of parameters")
        yield str(component.get("type", "")).lower(), str(component.get("index", "")), parameters


def _filled(part: str, text: str, parameters: list[Json], *, named: bool) -> str:
    """`text` with its placeholders filled; wrong count 132000, wrong name or format 132012 (A3)."""
    wanted = variables(text)
    if len(wanted) != len(parameters):
        details = f"number of localizable_params ({len(parameters)}) does not match the expected number of params"
        raise CloudError(132000, f"{part}: {details} ({len(wanted)})")
    values: dict[str, str] = {}
    for place, parameter in zip(wanted, parameters, strict=True):
        kind, name = parameter.get("type"), parameter.get("parameter_name")
        content = parameter.get(str(kind))
        value = content.get("fallback_value") if is_object(content) else parameter.get("text")
        if not isinstance(value, str) or not value:
            raise CloudError(132012, f"{part}: parameter {place} must be of type text and not empty")
        if named != isinstance(name, str) or (named and name not in wanted):
            raise CloudError(132012, f"{part}: Parameter name {name!r} does not fit; expected {', '.join(wanted)}")
        values[str(name) if named else place] = value
    if len(values) != len(wanted):
        raise CloudError(132012, f"{part}: a parameter name is given twice")
    return _VARIABLE.sub(lambda match: values[match[1]], text)


def fill(template: Template, components: object) -> str:
    """Hold a send's components against the template and return the body's text with its parameters filled."""
    given: dict[str, list[Json]] = {}
    buttons: dict[str, list[Json]] = {}
    for kind, index, parameters in _sent_parts(components):
        if kind == "button":
            buttons[index] = parameters
        else:
            given[kind] = parameters
    header = template.parts.get("HEADER", {})
    form = str(header.get("format", "TEXT")).upper()
    if form in _MEDIA:
        kinds = [str(each.get("type", "")).upper() for each in given.get("header", [])]
        if kinds != [form]:
            raise CloudError(
                132012, f"header: Format mismatch, expected {form}, received {', '.join(kinds) or 'UNKNOWN'}"
            )
    else:
        _filled("header", str(header.get("text", "")), given.get("header", []), named=template.named)
    for index, button in enumerate(template.parts.get("BUTTONS", {}).get("buttons", [])):
        if variables(str(button.get("url", ""))) and not buttons.get(str(index)):
            raise CloudError(131008, f"buttons: Button at index {index} of type Url requires a parameter")
    if template.category == codes.CATEGORY:
        codes.check(given.get("body", []), buttons.get("0", []))
    return _filled("body", str(template.parts["BODY"]["text"]), given.get("body", []), named=template.named)
