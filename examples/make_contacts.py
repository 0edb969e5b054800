"""Writes examples/contacts.csv: a thousand made-up people of fifteen countries, and fifteen rows that are wrong.

Numbers lie in ranges that regulators keep free for stories where a country has one (US and CA 555-01xx, GB 7700 900xxx,
FR 6 39 98 xx xx, DE 171 39200xx, SE 70 174 06xx), and elsewhere around the example number of libphonenumber.
The same seed gives the same file: python examples/make_contacts.py
"""

import csv
import random
from pathlib import Path

import phonenumbers

FILE = Path(__file__).with_name("contacts.csv")
PEOPLE = 1000
NOT_ON_WHATSAPP = 5
"""People whose number ends in 0000, which the simulator takes for not being on WhatsApp."""

FICTIONAL = {
    "US": "+1{area}55501{two}",
    "CA": "+1{north}55501{two}",
    "GB": "+447700900{three}",
    "FR": "+3363998{four}",
    "DE": "+4917139200{two}",
    "SE": "+46701740{six}",
}
AREAS = ["202", "206", "212", "303", "312", "404", "415", "512", "617", "702", "713", "808"]
NORTHERN_AREAS = ["204", "306", "403", "416", "514", "604", "613", "902"]
REGIONS = ["US", "CA", "GB", "FR", "DE", "SE", "BR", "MX", "CO", "IN", "NG", "KE", "ID", "ES", "TN"]
NAMES = {
    "US": (
        "Olivia Liam Emma Noah Ava Ethan Mia Lucas Zoe Mason",
        "Carter Brooks Hayes Morgan Reed Foster Bennett Hughes",
    ),
    "CA": (
        "Chloé William Sophie Owen Maya Félix Abby Logan",
        "Tremblay Roy MacDonald Gagnon Campbell Singh Côté Fraser",
    ),
    "GB": (
        "Amelia Oliver Isla George Freya Harry Poppy Alfie",
        "Thompson Walker Hughes Khan Patel Evans Clarke Wright",
    ),
    "FR": (
        "Camille Hugo Manon Louis Inès Jules Léa Gabriel",
        "Lefèvre Moreau Girard Dubois Fontaine Rousseau Chevalier",
    ),
    "DE": ("Hannah Jonas Lena Finn Mia Jürgen Käthe Björn", "Schröder Müller Köhler Weiß Vogel Krüger Schäfer Lang"),
    "SE": ("Astrid Elias Maja Nils Saga Åke Örjan Linnéa", "Lindqvist Åberg Öström Nyström Holm Sjöberg Ek"),
    "BR": ("Ana João Beatriz Pedro Larissa Mateus Júlia Thiago", "Silva Souza Araújo Gonçalves Ribeiro Carvalho Rocha"),
    "MX": ("Sofía Diego Valeria Emiliano Ximena José Renata Ángel", "Hernández García Muñoz Ortega Ramírez Núñez Vega"),
    "CO": ("Valentina Santiago Mariana Andrés Luisa Camilo Sara", "Rodríguez Gómez Restrepo Cárdenas Ospina Zapata"),
    "IN": ("Aarav Diya Vihaan Ananya Arjun Isha Rohan Meera", "Sharma Iyer Reddy Mehta Nair Gupta Banerjee Rao"),
    "NG": ("Chidi Amara Tunde Ngozi Emeka Yetunde Ibrahim Zainab", "Okafor Adeyemi Balogun Eze Abubakar Nwosu Danjuma"),
    "KE": ("Wanjiru Otieno Achieng Kamau Njeri Kiprop Akinyi", "Mwangi Odhiambo Kariuki Chebet Mutua Wafula Njoroge"),
    "ID": ("Putri Budi Dewi Agus Siti Rizky Ayu Bambang", "Wijaya Santoso Lestari Pratama Hidayat Siregar"),
    "ES": ("Lucía Hugo Martina Pablo Carmen Álvaro Íñigo Nerea", "García Fernández Ibáñez Peña Castaño Ortiz Muñoz"),
    "TN": ("Yasmine Ahmed Ines Karim Salma Mehdi Rania Amine", "Trabelsi Ben Ali Jaziri Mansour Chaabane Gharbi"),
}
WRONG = [
    ("Letters Instead", "call me maybe"),
    ("Half Letters", "+1202555CALL"),
    ("Too Short", "+4412"),
    ("Far Too Long", "+12025550123456789"),
    ("No Country Code", "07700 900123"),
    ("Leading Zero", "0171 3920001"),
    ("Unknown Country", "+9992025550123"),
    ("Plus Alone", "+"),
    ("Two Numbers", "+12025550111 or +12025550112"),
    ("An Email", "someone@example.com"),
    ("Too Few Digits", "+1 202 555"),
    ("Punctuation", "---"),
    ("", "+12025550199"),
]
"""Refused by themselves; two more rows repeat a number of the list."""


def number_of(region: str, chance: random.Random) -> str:
    if pattern := FICTIONAL.get(region):
        return pattern.format(
            area=chance.choice(AREAS),
            north=chance.choice(NORTHERN_AREAS),
            two=f"{chance.randrange(100):02}",
            three=f"{chance.randrange(1000):03}",
            six=f"{chance.randrange(605, 700)}",
            four=f"{chance.randrange(10_000):04}",
        )
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if example is None:
        raise LookupError(region)
    return f"+{example.country_code}{str(example.national_number)[:-4]}{chance.randrange(10_000):04}"


def is_usable(number: str) -> bool:
    """A number that could be one, and that the simulator does not take for absent."""
    parsed = phonenumbers.parse(number)
    return phonenumbers.is_possible_number(parsed) and not number.endswith("0000")


def person_of(region: str, chance: random.Random) -> str:
    given, family = NAMES[region]
    return f"{chance.choice(given.split())} {chance.choice(family.split())}"


def spelled(number: str, chance: random.Random) -> str:
    """As people write it: half of them with spaces, dashes or brackets."""
    parsed = phonenumbers.parse(number)
    wide = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return chance.choice([number, number, wide, "00" + number[1:]])


def rows(chance: random.Random) -> list[tuple[str, str]]:
    numbers: dict[str, str] = {}
    for each in range(NOT_ON_WHATSAPP):
        numbers[f"+5222212{each}0000"] = "MX"
    while len(numbers) < PEOPLE:
        region = chance.choice(REGIONS)
        number = number_of(region, chance)
        if is_usable(number):
            numbers.setdefault(number, region)
    people = [(person_of(region, chance), spelled(number, chance)) for number, region in numbers.items()]
    chance.shuffle(people)
    for wrong in WRONG:
        people.insert(chance.randrange(20, len(people)), wrong)
    for repeated in ("Twice Alike", "Twice Otherwise"):
        people.append((repeated, chance.choice(list(numbers))))
    return people


def main() -> None:
    with FILE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name", "phone"))
        writer.writerows(rows(random.Random(20260301)))


if __name__ == "__main__":
    main()
