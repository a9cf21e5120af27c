"""From text to tree: a recursive descent, one method per rule of the grammar.

either    = all ("or" all)*
all       = negation ("and" negation)*
negation  = "not" negation | "(" either ")" | condition
condition = field                                        a flag alone means `= true`
          | field operator value
          | field ["not"] "in" "(" value ("," value)* ")"
          | field ["not"] "between" value "and" value
          | field ["not"] ("contains" | "starts" "with" | "ends" "with") value
          | field "is" ["not"] "empty"
"""

from collections.abc import Sequence
from typing import Final, NoReturn

from rapport.kernel.errors import did_you_mean
from rapport.kernel.filters.literals import read_literal
from rapport.kernel.filters.tokens import FilterTextError, Kind, Token, path_parts, tokens
from rapport.kernel.filters.tree import (
    KEYWORDS,
    Among,
    And,
    Between,
    Comparison,
    Expression,
    Field,
    FieldType,
    IsEmpty,
    Literal,
    Not,
    Or,
    TextMatch,
)
from rapport.kernel.filters.vocabulary import MATCHED, ORDERED, Vocabulary

DEEPEST: Final = 50
LONGEST_LIST: Final = 1_000
# SQLite reads at most 1,000 nested expressions, and a chain of `or` counts as nested.
MOST_CONDITIONS: Final = 400

_OPERATORS: Final = (
    "=, !=, <, <=, >, >=, in, not in, between, contains, starts with, ends with, is empty"
)
_OPERATOR_WORDS: Final = ("in", "not in", "between", "contains", "starts with", "ends with", "is")
_FOREIGN: Final = {
    "like": "contains, starts with or ends with",
    "ilike": "contains",
    "has": "contains",
    "equals": "=",
    "eq": "=",
}


def parse(text: str, vocabulary: Vocabulary) -> Expression:
    """The tree of a filter expression.

    Args:
        text: what a person wrote; at most 10,000 characters, 400 conditions, lists of 1,000
            values and brackets 50 deep.
        vocabulary: which fields there are and their types.

    Raises:
        FilterTextError: it cannot be read; says where, what was found and what was expected.
            Nothing else is ever raised.

    >>> words = Vocabulary({"score": FieldType.NUMBER, "channel": FieldType.TEXT})
    >>> str(parse("score>=9 AND channel=email", words))
    "score >= 9 and channel = 'email'"
    """
    parser = _Parser(text, list(tokens(text)), vocabulary)
    return parser.whole()


class _Parser:
    def __init__(self, text: str, found: Sequence[Token], vocabulary: Vocabulary) -> None:
        self._text = text
        self._tokens = found
        self._vocabulary = vocabulary
        self._next = 0
        self._depth = 0
        self._conditions = 0

    # The rules

    def whole(self) -> Expression:
        if self._here.kind is Kind.END:
            self._fail(self._here, "The filter is empty", expected="a condition like score >= 9")
        tree = self._either()
        rest = self._here
        if rest.kind is not Kind.END:
            self._fail(
                rest, "The filter goes on where it should end", expected="and, or, or the end"
            )
        return tree

    def _either(self) -> Expression:
        parts = [self._all()]
        while self._take("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Expression:
        parts = [self._negation()]
        while self._take("and"):
            parts.append(self._negation())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _negation(self) -> Expression:
        token = self._here
        if self._take("not"):
            self._enter(token)
            tree: Expression = Not(self._negation())
        elif self._take_mark("("):
            self._enter(token)
            tree = self._either()
            self._want_mark(")")
        else:
            return self._condition()
        self._depth -= 1
        return tree

    def _condition(self) -> Expression:
        at = self._here
        field = self._field()
        self._count(at, 1)
        operator = self._here
        if operator.kind is Kind.OPERATOR:
            self._next += 1
            return self._comparison(field, operator)
        if self._take("is"):
            negated = self._take("not")
            self._want("empty")
            return Not(IsEmpty(field)) if negated else IsEmpty(field)
        negated = self._take("not")
        tree = self._worded(field)
        if tree is not None:
            return Not(tree) if negated else tree
        if field.type is not FieldType.FLAG or negated:
            self._no_operator(field)
        return Comparison(field, "=", True)

    def _comparison(self, field: Field, token: Token) -> Expression:
        value = self._value(field)
        match token.text:
            case "=" | "==":
                return Comparison(field, "=", value)
            case "!=" | "<>":
                return Not(Comparison(field, "=", value))
            case operator:
                self._check_ordered(field, value, token)
                return Comparison(field, operator, value)

    def _worded(self, field: Field) -> Expression | None:
        token = self._here
        if self._take("in"):
            return self._among(field)
        if self._take("between"):
            low = self._value(field)
            self._check_ordered(field, low, token)
            self._want("and")
            second = self._here
            high = self._value(field)
            self._check_same_kind(low, high, second)
            return Between(field, low, high)
        if self._take("contains"):
            return self._text_match(field, "contains", token)
        for word in ("starts", "ends"):
            if self._take(word):
                self._want("with")
                return self._text_match(field, f"{word} with", token)
        return None

    def _among(self, field: Field) -> Expression:
        self._want_mark("(")
        values = [self._value(field)]
        while self._take_mark(","):
            at = self._here
            if len(values) == LONGEST_LIST:
                self._fail(
                    at,
                    f"The list has more than {LONGEST_LIST:,} values",
                    hint="Make a segment of them, or ask in several steps.",
                )
            if field.type is FieldType.MOMENT:
                self._count(at, 1)  # each day or moment is a condition of its own
            values.append(self._value(field))
            self._check_same_kind(values[0], values[-1], at)
        self._want_mark(")")
        return Among(field, tuple(values))

    def _text_match(self, field: Field, how: str, token: Token) -> Expression:
        if field.type not in MATCHED:
            self._fail(
                token,
                f"Only text can be asked what it {how.split()[0]}",
                got=f"{field}, which holds a {field.type}",
                expected="a field that holds text",
            )
        at = self._here
        value = self._value(Field(field.parts, FieldType.TEXT))
        assert isinstance(value, str)
        if not value:
            self._fail(
                at,
                f"There is nothing to look for after {how}",
                expected="a text of at least one character",
                hint=f"To ask for any text at all, write {field} is not empty.",
            )
        return TextMatch(field, how, value)

    # Fields and values

    def _field(self) -> Field:
        token = self._here
        if token.kind is not Kind.PATH or token.keyword in KEYWORDS:
            hint = "A field named like a keyword goes in backquotes." if token.keyword else None
            self._fail(
                token, "Here a field should stand", expected="the name of a field", hint=hint
            )
        parts = path_parts(token.text)
        field = self._vocabulary.field(parts)
        if field is None:
            self._fail(
                token,
                f"There is no field named {token.shown}",
                hint=self._vocabulary.hint(parts),
                got=None,
            )
        self._next += 1
        return field

    def _value(self, field: Field) -> Literal:
        token = self._here
        value = read_literal(self._text, token, field, self._vocabulary)
        self._next += 1
        return value

    # Checks

    def _check_ordered(self, field: Field, value: Literal, token: Token) -> None:
        if field.type not in ORDERED or isinstance(value, bool):
            self._fail(token, f"{field} has no order, it is true or false", expected="= or !=")

    def _check_same_kind(self, first: Literal, other: Literal, token: Token) -> None:
        # Dates and moments mix well on a field that holds moments.
        texts_or_numbers = isinstance(first, str | bool) or isinstance(other, str | bool)
        if texts_or_numbers and type(first) is not type(other):
            self._fail(
                token,
                "Text and numbers cannot be mixed here",
                expected="values of one kind",
                hint="Put all of them in quotes, or none.",
            )

    def _count(self, token: Token, more: int) -> None:
        self._conditions += more
        if self._conditions > MOST_CONDITIONS:
            self._fail(
                token,
                f"The filter has more than {MOST_CONDITIONS} conditions",
                hint="Write field in ('a', 'b') for field = 'a' or field = 'b', or make a segment.",
            )

    def _enter(self, token: Token) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            self._fail(
                token,
                f"The filter is nested more than {DEEPEST} deep",
                hint="Take away brackets or repeated not.",
            )

    # Tokens

    @property
    def _here(self) -> Token:
        return self._tokens[self._next]

    def _take(self, keyword: str) -> bool:
        if self._here.keyword != keyword:
            return False
        self._next += 1
        return True

    def _take_mark(self, mark: str) -> bool:
        if self._here.kind is not Kind.MARK or self._here.text != mark:
            return False
        self._next += 1
        return True

    def _want(self, keyword: str) -> None:
        if not self._take(keyword):
            self._fail(self._here, "Something is missing", expected=keyword)

    def _want_mark(self, mark: str) -> None:
        if not self._take_mark(mark):
            self._fail(self._here, "Something is missing", expected=mark)

    def _no_operator(self, field: Field) -> NoReturn:
        token = self._here
        word = token.text.casefold()
        if word in _FOREIGN:
            hint: str | None = f"Did you mean {_FOREIGN[word]}?"
        else:
            hint = did_you_mean(word, _OPERATOR_WORDS) if token.kind is Kind.PATH else None
        if hint is not None and not hint.startswith("Did you mean"):
            hint = None  # the list of all operators is said anyway
        self._fail(token, f"After {field} an operator should stand", expected=_OPERATORS, hint=hint)

    def _fail(
        self,
        token: Token,
        message: str,
        *,
        got: str | None = "",
        expected: str | None = None,
        hint: str | None = None,
    ) -> NoReturn:
        raise FilterTextError(
            message,
            text=self._text,
            position=token.position,
            got=token.shown if got == "" else got,
            expected=expected,
            hint=hint,
        )
