"""What the columns of a CSV mean: as their headers suggest, in many languages, or as somebody says."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.contacts.details import MOST_ATTRIBUTES, OWN_NAMES, check_name
from domain.core.errors import Checks, ErrorCode, Refusal
from domain.core.phone import parse_phone


class ContactField(StrEnum):
    NAME = "NAME"
    FIRST_NAME = "FIRST_NAME"
    LAST_NAME = "LAST_NAME"
    PHONE_NUMBER = "PHONE_NUMBER"
    EMAIL = "EMAIL"
    COMPANY = "COMPANY"
    JOB_TITLE = "JOB_TITLE"
    OPT_IN_STATUS = "OPT_IN_STATUS"
    TAGS = "TAGS"
    TIME_ZONE = "TIME_ZONE"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a CSV, and what it means: a field, a custom value, or nothing."""

    header: str
    field: ContactField | None = None
    attribute: str | None = None


_WORDS: Mapping[ContactField, str] = {
    ContactField.NAME: "name fullname customername contactname nome nomecompleto nombre nombrecompleto nombreyapellido "
    "nombreyapellidos nom nomcomplet nomeecognome vollername vollstandigername kontakt naam volledigenaam namn "
    "imieinazwisko nama namalengkap isim adsoyad имя фио 姓名 名前 氏名 नाम الاسم contact contacto contato cliente "
    "customer client",
    ContactField.FIRST_NAME: "firstname givenname forename primeironome primernombre nombres nombredepila prenom "
    "vorname voornaam fornamn fornavn etunimi imie primonome ad namadepan имяклиента 名 الاسمالاول",
    ContactField.LAST_NAME: "lastname surname familyname apellido apellidos sobrenome ultimonome apelido nomdefamille "
    "nachname familienname achternaam efternamn etternavn sukunimi nazwisko cognome soyad namabelakang фамилия 姓",
    ContactField.PHONE_NUMBER: "phone phones phonenumber telephone telephonenumber tel mobile mobilephone mobilenumber "
    "mobileno phoneno cell cellphone cellular homephone workphone businessphone primaryphone whatsapp whatsappnumber "
    "whatsappphone wa waid msisdn telefono telefonos telefonocelular telefonomovil movil celular numerodetelefono "
    "numerodecelular telefone telefonecelular telemovel fone numerodetelefone numerodewhatsapp numerotelephone "
    "numerodetelephone portable gsm telefon telefonnummer handy handynummer mobil mobilnummer mobiltelefon rufnummer "
    "telefoon telefoonnummer mobiel cellulare telefonocellulare numeroditelefono puhelin telefoni numertelefonu "
    "komorka ceptelefonu cep nohp nomorhp nomortelepon телефон номертелефона мобильный мобильныйтелефон 电话 电话号码 "
    "手机 手机号 手机号码 otherphone otherphonenumber secondphone secondaryphone alternatephone otrotelefono "
    "segundotelefono telefonoalternativo outrotelefone segundotelefone autretelephone zweitnummer altrotelefono 電話 "
    "電話番号 携帯電話 फोन मोबाइल هاتف رقمالهاتف الجوال",
    ContactField.EMAIL: "email emailaddress emails mail correo correoelectronico enderecodeemail courriel adressemail "
    "mailadresse emailadresse epost eposta почта электроннаяпочта 邮箱 电子邮件 メール ईमेल",
    ContactField.COMPANY: "company companyname organization organisation organizationname business empresa compania "
    "organizacion organizacao firma unternehmen societe entreprise azienda bedrijf foretag yritys sirket perusahaan "
    "компания организация 公司 会社",
    ContactField.JOB_TITLE: "jobtitle title position role job cargo puesto ocupacion profissao funcao profesion poste "
    "fonction funktion beruf position ruolo functie stanowisko jabatan unvan должность 职位 役職",
    ContactField.OPT_IN_STATUS: "optin optinstatus optedin consent marketingconsent acceptsmarketing subscribed "
    "subscription newsletter permission consentimiento consentimento aceptamarketing aceitamarketing suscrito inscrito "
    "consentement einwilligung consenso toestemming zgoda согласие 同意",
    ContactField.TAGS: "tags tag labels label etiquetas etiqueta etiquettes etiquette schlagworte schlagworter "
    "etichette etichetta labelscontact taggar метки теги 标签 タグ",
    ContactField.TIME_ZONE: "timezone tz zonahoraria husohorario fusohorario fuseauhoraire zeitzone fusoorario "
    "tijdzone tidszon strefaczasowa часовойпояс 时区",
}
"""Headers, without case, accents, digits and whatever stands between letters."""
_OFTEN = {ContactField.PHONE_NUMBER}
"""Fields that several columns may fill."""


def named(cells: Sequence[str]) -> list[str]:
    """The headers as columns are called: each differs from the others, and none is empty."""
    names = list[str]()
    for place, cell in enumerate(cells, 1):
        name = plain = " ".join(cell.split()) or f"Column {place}"
        again = 1
        while name in names:
            again += 1
            name = f"{plain} ({again})"
        names.append(name)
    return names


def suggested(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Column]:
    """What the columns seem to mean, by their headers; numbers without a header of theirs are known by the rows."""
    fields = list[ContactField | None]()
    for name in names:
        field = _MEANINGS.get(_bare(name))
        fields.append(None if field in fields and field not in _OFTEN else field)
    if ContactField.LAST_NAME in fields and ContactField.FIRST_NAME not in fields and ContactField.NAME in fields:
        fields[fields.index(ContactField.NAME)] = ContactField.FIRST_NAME
    if ContactField.FIRST_NAME in fields and ContactField.LAST_NAME not in fields and "nom" in map(_bare, names):
        fields[[*map(_bare, names)].index("nom")] = ContactField.LAST_NAME
    if ContactField.PHONE_NUMBER not in fields:
        found = next((n for n, field in enumerate(fields) if field is None and _holds_numbers(n, rows)), None)
        if found is not None:
            fields[found] = ContactField.PHONE_NUMBER
    return [
        Column(name, field, None if field else attribute)
        for name, field, attribute in zip(names, fields, _attributes(names), strict=True)
    ]


def chosen(columns: Sequence[Column], mapping: Sequence[Mapping[str, Any]] | None) -> list[Column]:
    """The columns with what somebody says they mean; those that are not named are left out. Raises Refusals."""
    if mapping is None:
        return _complete(columns)
    meant = {column.header: Column(column.header) for column in columns}
    check, said, filled = Checks(), set[str](), set[str]()
    for place, one in enumerate(mapping):
        at = f"mapping[{place}]"
        name, field, attribute = one["column"], one.get("field"), one.get("attribute")
        with check():
            if name not in meant:
                raise _wrong(f"{at}.column", "The file has no column of this name.", "unknown_column")
            if name in said:
                raise _wrong(f"{at}.column", "This column is mapped already.", "conflict")
            said.add(name)
            if field is not None and attribute is not None:
                raise _wrong(f"{at}.attribute", "A column fills a field or a custom value, not both.", "conflict")
            if attribute is not None:
                check_name(attribute, f"{at}.attribute")
            target = field or attribute
            if target in filled and field not in _OFTEN:
                where = f"{at}.field" if field else f"{at}.attribute"
                raise _wrong(where, f"Another column fills {target} already.", "conflict")
            if target is not None:
                filled.add(target)
            meant[name] = Column(name, field, attribute)
    check.done()
    return _complete(list(meant.values()))


def _complete(columns: Sequence[Column]) -> list[Column]:
    """Refuses columns of which no row could be taken, with the first reason."""
    for reason, words in lacking(columns).items():
        raise _wrong("mapping", words, reason)
    return list(columns)


def lacking(columns: Sequence[Column]) -> dict[str, str]:
    """Why no row of such columns could be taken: words by reason."""
    fields, found = {column.field for column in columns}, dict[str, str]()
    if ContactField.PHONE_NUMBER not in fields:
        found["no_phone_column"] = "No column holds phone numbers: name the one that does."
    if fields.isdisjoint({ContactField.NAME, ContactField.FIRST_NAME, ContactField.LAST_NAME}):
        found["no_name_column"] = "No column holds names: name the one that does."
    if (values := sum(column.attribute is not None for column in columns)) > MOST_ATTRIBUTES:
        found["too_many"] = f"{values} columns would be custom values; {MOST_ATTRIBUTES} are allowed: leave some out."
    return found


def _wrong(field: str, message: str, reason: str) -> Refusal:
    return Refusal(ErrorCode.VALIDATION_ERROR, message, field=field, reason=reason)


def _bare(header: str) -> str:
    letters = unicodedata.normalize("NFKD", header.casefold())
    return re.sub(r"value$", "", "".join(char for char in letters if char.isalpha())) or "value"


_MEANINGS = {_bare(word): field for field, words in _WORDS.items() for word in words.split()}


def _attributes(headers: Sequence[str]) -> list[str]:
    """Names of custom values after headers, each another one."""
    found = list(OWN_NAMES)
    for place, header in enumerate(headers, 1):
        letters = "".join(char for char in unicodedata.normalize("NFKD", header) if not unicodedata.combining(char))
        name = plain = re.sub(r"[^a-z0-9]+", "_", letters.lower()).strip("_")[:50] or f"column_{place}"
        again = 1
        while name in found:
            again += 1
            name = f"{plain}_{again}"
        found.append(name)
    return found[len(OWN_NAMES) :]


def _holds_numbers(place: int, rows: Sequence[Sequence[str]]) -> bool:
    cells = [row[place] for row in rows if place < len(row) and row[place].strip()]
    return bool(cells) and sum(map(is_number, cells)) >= 0.8 * len(cells)


def is_number(cell: str) -> bool:
    """Whether a cell is a phone number with its country code."""
    try:
        parse_phone(cell)
    except Refusal:
        return False
    return True
