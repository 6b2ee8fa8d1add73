"""The elements of an open page, as Streamlit's messages draw them, and the values of its widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

_PARTS: Final = 3
"""Of the identifier of a widget with a key: `$$ID`, a hash, the key."""

_SHOWN: Final = ("text", "markdown", "heading")


def key_of(identifier: str) -> str:
    """Return the key that a widget or a container was given in the page's script; empty without one."""
    parts = identifier.split("-", _PARTS - 1)
    key = parts[-1] if len(parts) == _PARTS else ""
    return "" if key == "None" else key


@dataclass(frozen=True)
class Widget:
    """A widget: its kind as Streamlit's protocol calls it, its message, and the fragment around it."""

    kind: str
    element: Any
    fragment: str

    @property
    def key(self) -> str:
        """The key that it was given in the page's script; empty without one."""
        return key_of(self.element.id)

    @property
    def first(self) -> Any:
        """The value before somebody sets it, or as the script sets it; None where it has none."""
        return _FIRST[self.kind](self.element) if self.kind in _FIRST else None

    @property
    def options(self) -> list[str]:
        """The options that it offers."""
        return [getattr(each, "content", each) for each in getattr(self.element, "options", ())]


@dataclass
class _Node:
    """An element or a block, with the run and the script that drew it last, and the fragment around it."""

    run: str
    script: str = ""
    fragment: str = ""
    content: Any = None
    is_block: bool = True
    children: dict[int, _Node] = field(default_factory=dict)

    def below(self) -> Iterator[_Node]:
        yield self
        for _, child in sorted(self.children.items()):
            yield from child.below()

    def keep(self, stays: Callable[[_Node], bool]) -> None:
        """Drop all elements and blocks that do not stay."""
        for number, child in list(self.children.items()):
            if child.content is None or stays(child):
                child.keep(stays)
            else:
                del self.children[number]


class Elements:
    """The elements of a page."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        """The values that somebody has set, by the identifiers of their widgets."""
        self._root = _Node("")
        self._run, self._main = "", ""
        self._fragments: frozenset[str] = frozenset()

    def begin(self, message: ForwardMsg) -> None:
        """Take the beginning of a run."""
        run = message.metadata.run
        self._run, self._fragments = run.script_run_id, frozenset(run.fragment_ids)
        self._main = message.new_session.main_script_hash

    def draw(self, message: ForwardMsg) -> None:
        """Take an element or a block."""
        *way, last = message.metadata.delta_path
        kind = message.delta.WhichOneof("type")
        if kind == "new_transient":
            return  # a spinner, in front of the elements that stand there
        parent = self._root
        for number in way:
            parent = parent.children.setdefault(number, _Node(self._run))
        is_block, earlier = kind == "add_block", parent.children.get(last)
        node = _Node(
            self._run,
            message.metadata.active_script_hash,
            message.delta.fragment_id,
            message.delta.add_block if is_block else message.delta.new_element,
            is_block,
        )
        if earlier is not None and earlier.is_block and is_block:
            node.children = earlier.children
        parent.children[last] = node

    def drop_old(self, of_fragment: bool) -> None:
        """Drop everything not drawn again by the run that has just ended."""
        run, fragments = self._run, self._fragments
        if of_fragment:
            self._root.keep(lambda node: node.fragment not in fragments or node.run == run)
        else:
            self._root.keep(lambda node: node.run == run)

    def leave_page(self) -> None:
        """Drop the elements of the page, for another page; the shell around it stays."""
        main = self._main
        self._root.keep(lambda node: node.script == main)

    def widgets(self) -> list[Widget]:
        """Return the widgets in their order on the page."""
        found = []
        for node in self._elements():
            kind = node.content.WhichOneof("type")
            element = getattr(node.content, kind) if kind else None
            if getattr(element, "id", ""):
                found.append(Widget(str(kind), element, node.fragment))
        return found

    def states(self) -> list[WidgetState]:
        """Return the values of all widgets."""
        states = []
        for widget in self.widgets():
            value = self.values.get(widget.element.id, widget.first)
            if value is None:
                continue
            state = WidgetState(id=widget.element.id)
            if isinstance(value, list):
                name = "double_array_value" if any(isinstance(each, float) for each in value) else "string_array_value"
                getattr(state, name).SetInParent()
                getattr(state, name).data.extend(value)
            else:
                setattr(state, _FIELDS[type(value)], value)
            states.append(state)
        return states

    def texts(self, container: str = "") -> list[str]:
        """Return the texts of the page, or of a container by its key."""
        blocks = [node for node in self._root.below() if node.is_block and node.content is not None]
        roots = [node for node in blocks if key_of(node.content.id) == container] if container else [self._root]
        elements = [node.content for root in roots for node in root.below() if not node.is_block]
        said = [getattr(each, kind).body for each in elements for kind in _SHOWN if each.WhichOneof("type") == kind]
        return [str(each) for each in said]

    def kinds(self) -> set[str]:
        """Return the kinds of elements on the page."""
        return {str(node.content.WhichOneof("type")) for node in self._elements()}

    def errors(self) -> list[str]:
        """Return the errors that the page shows."""
        found = []
        for node in self._elements():
            kind, content = node.content.WhichOneof("type"), node.content
            if kind == "exception":
                found.append(f"{content.exception.type}: {content.exception.message}")
            elif kind == "alert" and content.alert.format == Alert.ERROR:
                found.append(content.alert.body)
        return found

    def _elements(self) -> Iterator[_Node]:
        return (node for node in self._root.below() if not node.is_block)


def _of_buttons(element: Any) -> list[str]:
    given = list(element.raw_values) if element.set_value else []
    return given or [element.options[number].content for number in element.default]


def _of_slider(element: Any) -> list[Any]:
    if not element.options:
        return list(element.value if element.set_value else element.default)
    given = list(element.raw_value) if element.set_value else []
    return given or [element.options[int(number)] for number in element.default]


def _of_choice(element: Any) -> str | None:
    if element.set_value and element.HasField("raw_value"):
        return str(element.raw_value)
    return str(element.options[element.default]) if element.HasField("default") and element.options else None


def _of_several(element: Any) -> list[str]:
    return list(element.raw_values) if element.set_value else [element.options[each] for each in element.default]


def _of_number(element: Any) -> float | None:
    if element.set_value:
        return float(element.value) if element.HasField("value") else None
    return float(element.default) if element.HasField("default") else None


def _of_switch(element: Any) -> bool:
    return bool(element.value if element.set_value else element.default)


def _of_text(element: Any) -> str:
    return str(element.value if element.set_value else element.default)


_FIRST: Final[Mapping[str, Callable[[Any], Any]]] = {
    "button_group": _of_buttons,
    "selectbox": _of_choice,
    "radio": _of_choice,
    "multiselect": _of_several,
    "slider": _of_slider,
    "checkbox": _of_switch,
    "text_input": _of_text,
    "text_area": _of_text,
    "number_input": _of_number,
}
_FIELDS: Final = {str: "string_value", bool: "bool_value", float: "double_value"}
"""The field of the protocol for each type of a value; lists have fields of their own."""
