"""Support: conversations by e-mail, telephone and chat, with a bot, queues and reopened cases."""

from dataclasses import dataclass

import numpy as np

from rapport.demo import surveys
from rapport.demo.days import DAY, HOUR, MINUTE, SECOND
from rapport.demo.facts import CHAT_BOT, CHAT_UNANSWERED, SLOW_TEAM
from rapport.demo.months import Codes, Flags, Floats, Month
from rapport.demo.office import REGIONS, UNIT_KEYS
from rapport.demo.rows import code
from rapport.demo.sentences import THEMES
from rapport.demo.words import answers, bot_lines, questions

EMAIL, PHONE, CHAT = 0, 1, 2
_CHANNELS = np.array([code("channel", word) for word in ("email", "phone", "chat")])
_TEAM = {key: UNIT_KEYS.index(key) for key in ("care-email-nl", "care-email-int")}
_PHONE_TEAM, _CHAT_TEAM = UNIT_KEYS.index("care-phone"), UNIT_KEYS.index("care-chat")
_ABROAD = np.array([region.country in {"DE", "FR"} for region in REGIONS])
# Median working time to the first reply of a person.
_WAITS = {EMAIL: 3.2 * HOUR, PHONE: 2.5 * MINUTE, CHAT: 4 * MINUTE}
_SLOWER = 3.0
_UNANSWERED = {EMAIL: 0.05, PHONE: 0.03, CHAT: CHAT_UNANSWERED.before}
# Share of present people who have an everyday question in a month, by theme.
_QUESTIONS = {"product": 0.008, "plan": 0.004, "price": 0.003, "staff": 0.002, "website": 0.004}


@dataclass(frozen=True, slots=True)
class Talks:
    """The conversations that begin in a month.

    Attributes:
        person, number, theme: who, thread number, about what.
        way: EMAIL, PHONE or CHAT.
        team, employee: codes of who answers.
        t: first message.
        replied: first reply of a person, 0 for never.
        bot: whether a machine answers first.
    """

    person: Codes
    number: Codes
    theme: Codes
    way: Codes
    team: Codes
    employee: Codes
    t: Codes
    replied: Codes
    bot: Flags

    def of(self, some: Flags) -> "Talks":
        """Those for which `some` holds."""
        return Talks(*(getattr(self, name)[some] for name in self.__slots__))

    def about(self) -> dict[str, object]:
        """The fields all messages of a conversation share."""
        return {
            "person": self.person,
            "number": self.number,
            "thread": "K-",
            "channel": _CHANNELS[self.way],
            "touchpoint": "support",
            "unit": self.team,
        }


def converse(month: Month) -> None:
    """All conversations that begin this month, with their cases and surveys."""
    talks = _begun(month)
    _first_messages(month, talks)
    _first_replies(month, talks)
    done = _further(month, talks)
    _cases(month, talks, done)
    _aftermath(month, talks, done)


def _everyday(month: Month) -> None:
    present = month.present()
    for word, share in _QUESTIONS.items():
        some = month.some(present, share)
        t = month.calendar.moments(month.rng, len(some), month.index, "desk")
        month.worry(some, t, THEMES.index(word))


def _begun(month: Month) -> Talks:
    _everyday(month)
    person, t, theme = (np.concatenate(part) for part in zip(*month.worries, strict=True))
    n = len(person)
    strays = month.rng.random(n) < 0.2
    way = np.where(strays, month.rng.integers(0, 3, n), month.people.helped[person])
    t = np.where(way == PHONE, month.calendar.worked(t, month.rng.integers(0, HOUR, n)), t)
    abroad = np.where(
        _ABROAD[month.people.region[person]], _TEAM["care-email-int"], _TEAM["care-email-nl"]
    )
    team = np.choose(way, [abroad, _PHONE_TEAM, _CHAT_TEAM])
    bot = (way == CHAT) & month.holds(CHAT_BOT) & (month.rng.random(n) < CHAT_BOT.after)
    replied = month.calendar.worked(t, _waits(month, way, team))
    lost = month.rng.random(n) < _lost(month, way)
    return Talks(
        person,
        month.numbers(n),
        theme,
        way,
        team,
        month.at_work(team),
        t,
        np.where(lost, 0, replied),
        bot,
    )


def _waits(month: Month, way: Codes, team: Codes) -> Codes:
    median = np.choose(way, [_WAITS[EMAIL], _WAITS[PHONE], _WAITS[CHAT]])
    slow = (team == UNIT_KEYS.index(SLOW_TEAM.where)) & month.holds(SLOW_TEAM)
    median = np.where(slow, median * _SLOWER, median)
    spread = np.where(way == EMAIL, 0.9, 0.7)
    return np.asarray((median * np.exp(month.noise(len(way)) * spread)).astype(np.int64))


def _lost(month: Month, way: Codes) -> Floats:
    chat = CHAT_UNANSWERED.after if month.holds(CHAT_UNANSWERED) else CHAT_UNANSWERED.before
    return np.choose(way, [_UNANSWERED[EMAIL], _UNANSWERED[PHONE], chat])


def _first_messages(month: Month, talks: Talks) -> None:
    language = month.people.language[talks.person].astype(np.int64)
    wrote = talks.way != PHONE
    month.tell(
        len(talks.t),
        **talks.about(),
        t=talks.t,
        kind="message.received",
        direction="inbound",
        text=np.where(wrote, questions(month.rng, language, talks.theme), -1),
        language=np.where(wrote, language, -1),
    )
    bot = talks.of(talks.bot)
    spoken = month.people.language[bot.person].astype(np.int64)
    month.tell(
        len(bot.t),
        **bot.about(),
        t=bot.t + month.rng.integers(2 * SECOND, 15 * SECOND, len(bot.t)),
        kind="message.sent",
        direction="outbound",
        automated=1,
        text=bot_lines(month.rng, spoken),
        language=spoken,
    )


def _reply(month: Month, talks: Talks, t: Codes) -> None:
    language = month.people.language[talks.person].astype(np.int64)
    wrote = talks.way != PHONE
    month.tell(
        len(talks.t),
        **talks.about(),
        t=t,
        kind="message.sent",
        direction="outbound",
        automated=0,
        employee=talks.employee,
        text=np.where(wrote, answers(month.rng, language), -1),
        language=np.where(wrote, language, -1),
    )


def _first_replies(month: Month, talks: Talks) -> None:
    answered = talks.of(talks.replied > 0)
    _reply(month, answered, answered.replied)


def _further(month: Month, talks: Talks) -> Codes:
    """Some answer back once or twice; the moment of our last reply, 0 where there was none."""
    last = talks.replied.copy()
    for share in (0.4, 0.3):
        goes_on = (last > 0) & (month.rng.random(len(last)) < share)
        some = talks.of(goes_on)
        pause = np.where(some.way == CHAT, 2 * MINUTE, np.where(some.way == PHONE, DAY, 5 * HOUR))
        wrote = month.after(last[goes_on], pause)
        wrote = np.where(some.way == PHONE, month.calendar.worked(wrote, pause * 0 + MINUTE), wrote)
        month.tell(
            len(some.t), **some.about(), t=wrote, kind="message.received", direction="inbound"
        )
        again = month.calendar.worked(wrote, _waits(month, some.way, some.team))
        _reply(month, some, again)
        last[goes_on] = again
    return last


def _cases(month: Month, talks: Talks, done: Codes) -> None:
    """Most conversations are cases; some solved ones come back."""
    cased = month.rng.random(len(talks.t)) < np.choose(talks.way, [0.85, 0.6, 0.35])
    some, last = talks.of(cased), done[cased]
    month.tell(
        len(some.t),
        **some.about(),
        t=some.t + SECOND,
        kind="case.opened",
        direction="inbound",
        automated=1,
    )
    solved = some.of(last > 0)
    resolved = month.after(last[last > 0], 20 * MINUTE)
    _resolve(month, solved, resolved)
    back = month.rng.random(len(solved.t)) < 0.09
    again, t = solved.of(back), resolved[back] + month.rng.integers(DAY // 2, 6 * DAY, back.sum())
    for kind in ("message.received", "case.reopened"):
        month.tell(len(t), **again.about(), t=t + (kind[0] == "c"), kind=kind, direction="inbound")
    reply = month.calendar.worked(t, _waits(month, again.way, again.team))
    _reply(month, again, reply)
    _resolve(month, again, month.after(reply, HOUR))
    month.feel(again.person, -0.5)


def _resolve(month: Month, talks: Talks, t: Codes) -> None:
    month.tell(
        len(t),
        **talks.about(),
        t=t,
        kind="case.resolved",
        direction="outbound",
        automated=0,
        employee=talks.employee,
    )


def _pain(talks: Talks) -> Floats:
    """What the conversation does to the mood: long waits and silence hurt, quick help pleases."""
    hours = np.maximum(talks.replied - talks.t, 0) / HOUR
    waited = np.clip(0.3 - 0.22 * np.log2(1 + hours / 4), -1.2, 0.3)
    return np.where(talks.replied > 0, waited, -1.3)


def _aftermath(month: Month, talks: Talks, done: Codes) -> None:
    pain = _pain(talks)
    month.feel(talks.person, pain)
    lucky = (done > 0) & (month.rng.random(len(done)) < 0.5)
    some, felt = talks.of(lucky), pain[lucky]
    warmth, n = month.people.warmth[some.person], int(lucky.sum())
    for way, channel in ((EMAIL, "email"), (PHONE, "phone"), (CHAT, "chat")):
        here = some.way == way
        asked = surveys.ask(
            month,
            (some.person[here], month.after(done[lucky][here], 2 * HOUR)),
            ("support", "support", channel),
            units=some.team[here],
            employees=some.employee[here],
            share=0.36,
        )
        bot = np.where(some.bot, 0.5, 0.0)
        ease = 5.3 + 0.2 * warmth + 1.6 * felt - bot + month.noise(n, 0.9)
        calm = 4.1 + 0.25 * warmth + 1.0 * felt - bot / 2 + month.noise(n, 0.7)
        theme = np.where(felt[here] < 0, THEMES.index("waiting"), some.theme[here])
        surveys.answer(month, asked, "effort", "ces7", ease[here])
        surveys.answer(month, asked, "satisfaction", "csat5", calm[here], theme)
