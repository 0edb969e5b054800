"""People who do something about what the business writes; who does what is in people.py."""

from collections.abc import Callable
from functools import partial
from random import Random

from simulator.chats import buttons_of
from simulator.clock import Clock, Timers
from simulator.ledger import Message
from simulator.people import Habit, habit_of
from simulator.sends import Send
from simulator.settings import Settings
from simulator.templates import Template
from simulator.voices import Voice
from simulator.wire import Json

_DAY = 86_400.0
_ANSWERS = ("Yes, thank you!", "Great, see you then.", "Perfect.", "Thanks, that works for me.", "OK 👍")
_QUESTIONS = (
    "What are your opening hours?", "How much does it cost?", "Where exactly are you?", "Can I come on Saturday too?",
    "Do you take cards?",
)  # fmt: skip
_COMPLAINTS = (
    "This is the third time I write. I want to speak to a person!", "This does not work at all, very disappointing.",
    "I was charged twice. Please have somebody call me.",
)  # fmt: skip


class Habits:
    """Has people do what they do, a little after they got something, a few times a day."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        timers: Timers,
        voice: Callable[[str, str], Voice],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._timers = timers
        self._voice = voice
        self.forget()

    def forget(self) -> None:
        """Nobody has written yet."""
        self._turns: dict[tuple[str, str], tuple[int, float]] = {}
        """How often somebody has written of themselves, and since when that is counted."""

    def meet(self, message: Message, message_id: str, send: Send | None, template: Template | None) -> None:
        """Somebody gets a message."""
        habit = habit_of(message.person, self._settings)
        if habit is None or habit in (Habit.OFFLINE, Habit.ABSENT) or message.error or message.type == "reaction":
            return
        pair = message.phone_number_id, message.person
        turns, since = self._turns.get(pair, (0, self._clock.now()))
        if self._clock.now() - since > _DAY:
            turns, since = 0, self._clock.now()
        if turns >= self._settings.people_turns:
            return
        self._turns[pair] = turns + 1, since
        # A person's dice are their own: what one says does not hang on who else was written to.
        dice = Random(f"{self._settings.seed}:{message.person}:{turns}")
        buttons = buttons_of(send, template) if send else []
        act = partial(self._act, habit, pair, message_id, buttons, dice)
        self._timers.at(self._clock.now() + self._settings.people_delay, act)

    def _act(self, habit: Habit, pair: tuple[str, str], message_id: str, buttons: list[Json], dice: Random) -> None:
        voice = self._voice(*pair)
        match habit:
            case Habit.ANSWERS | Habit.HIDES:
                pressable = [each for each in buttons if each["kind"] not in ("url", "code")]
                if pressable:
                    voice.press(dice.choice(pressable), message_id)
                else:
                    voice.text(dice.choice(_ANSWERS))
            case Habit.ASKS:
                voice.text(dice.choice(_QUESTIONS))
            case Habit.COMPLAINS:
                voice.text(dice.choice(_COMPLAINTS))
            case Habit.STOPS:
                voice.text("STOP")
            case Habit.STOPS_MARKETING:
                voice.stop_marketing()
            case Habit.MOVES:
                voice.move()
            case Habit.REACTS:
                voice.react(message_id, dice.choice("👍❤😂🙏"))
                self._afterwards(lambda: voice.react(message_id, ""))
            case Habit.EDITS:
                own = voice.text("I'll be there at 10")
                self._afterwards(lambda: voice.edit(own, "I'll be there at 11"))
            case Habit.REVOKES:
                own = voice.text("Sorry, wrong chat")
                self._afterwards(lambda: voice.revoke(own))
            case _:
                pass

    def _afterwards(self, act: Callable[[], object]) -> None:
        self._timers.at(self._clock.now() + self._settings.people_delay, act)
